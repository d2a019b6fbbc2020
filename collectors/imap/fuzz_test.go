package imap

import (
	"strings"
	"testing"
	"time"
)

// FuzzAnswers gives what a server may say about the sizes and the texts of three mails. Whatever it is, the run ends, and
// each mail is handed on once, put aside once, gone, or left to the next run in its place.
func FuzzAnswers(f *testing.F) {
	for _, seed := range [][2]string{
		{"* 1 FETCH (UID 1 RFC822.SIZE 20)\r\n* 2 FETCH (UID 2 RFC822.SIZE 20)\r\n", "* 1 FETCH (UID 1 BODY[] {20}\r\nSubject: a\r\n\r\nWhy?\r\n)\r\n"},
		{"", "* 2 FETCH (BODY[] \"Subject: b\" UID 2)\r\n* 2 FETCH (UID 2 BODY[] NIL)\r\n"},
		{"* 1 FETCH (UID 1 RFC822.SIZE 4000000000)\r\n", "* 1 FETCH (UID 1 BODY[]<0> {3}\r\nabc)\r\n* 3 FETCH (UID 3 BODY[] {3}\r\nabc)\r\n"},
		{"* 2 EXPUNGE\r\n* 9 EXISTS\r\n", "* BYE later\r\n"},
		{"* VANISHED 1\r\n", "* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n+ go on\r\n"},
		{"* 1 FETCH (FLAGS (\\Seen) UID 1 MODSEQ (4))\r\n", "* OK [X 1] \xff\r\nT99 OK\r\n"},
	} {
		f.Add(seed[0], seed[1])
	}
	server := newFake(f, loopbackCertificates(f), 1, 2, 3)
	f.Fuzz(func(t *testing.T, sizes, texts string) {
		server.change(func(s *fake) {
			s.hook = func(c *fakeConn, tag, command, arguments string) bool {
				switch {
				case command != "UID FETCH":
					return false
				case strings.Contains(arguments, "BODY"):
					c.Write([]byte(texts))
				default:
					c.Write([]byte(sizes))
				}
				c.say("%s OK done", tag)
				return true
			}
		})
		c := server.collector(t, nil)
		c.silence = 20 * time.Millisecond
		got := collect(t, c, "")
		seen := map[string]int{}
		for _, id := range got.ids {
			seen[id]++
		}
		for _, b := range got.broken {
			seen[b.ID]++
			if b.Reason == "" {
				t.Errorf("%s was put aside without a reason", b.ID)
			}
		}
		for id, n := range seen {
			if n > 1 || (id != "INBOX/7/1" && id != "INBOX/7/2" && id != "INBOX/7/3") {
				t.Errorf("%s came %d times", id, n)
			}
		}
		if got.err == nil {
			if rest := collect(t, c, got.next); rest.err != nil || len(rest.ids)+len(rest.broken) > 0 {
				t.Errorf("then %q, %v, %v", rest.ids, rest.broken, rest.err)
			}
		}
	})
}
