package imap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

func fakeIDs(validity int, uids ...int) []string {
	ids := []string{}
	for _, uid := range uids {
		ids = append(ids, fmt.Sprintf("INBOX/%d/%d", validity, uid))
	}
	return ids
}

func count(n int) (uids []int) {
	for i := range n {
		uids = append(uids, i+1)
	}
	return uids
}

func without(uids []int, one int) []int {
	return slices.DeleteFunc(slices.Clone(uids), func(uid int) bool { return uid == one })
}

// TestOneBadMail plays what servers do about a single mail. It alone goes to quarantine, and the run after it is
// empty.
func TestOneBadMail(t *testing.T) {
	const bad, all = 37, 64
	for _, c := range []struct {
		name, reason string
		line         func(c *fakeConn, uid int, body bool) bool
	}{
		{"an item that nobody asked for", "cannot be read", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad {
				c.say("* 9 FETCH (X-GM-MSGID 5 UID %d RFC822.SIZE 9)", uid)
			}
			return true
		}},
		{"garbage instead of an answer", "cannot be read", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad {
				c.say("\x00\xff)) garbage %d", uid)
			}
			return true
		}},
		{"garbage in the text's answer alone", "cannot be read", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad && body {
				c.say(`* 9 FETCH (UID %d BODY[] "un"escaped")`, uid)
			}
			return true
		}},
		{"a connection that dies in the middle of a literal", "breaks the connection", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad && body {
				fmt.Fprintf(c, "* 9 FETCH (UID %d BODY[] {500}\r\nSubject: cut", uid)
				return false
			}
			return true
		}},
		{"a server that goes silent", "goes silent", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad && body {
				fmt.Fprintf(c, "* 9 FETCH (UID %d BODY[] {500}\r\nSubject: cut", uid)
				c.hang()
				return false
			}
			return true
		}},
		{"flags that nobody asked for and that are none", "cannot be read", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad {
				c.say(`* 9 FETCH (UID %d FLAGS (\Seen "odd) RFC822.SIZE 9)`, uid)
			}
			return true
		}},
		{"an envelope that nobody asked for, of nine fields", "cannot be read", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad {
				c.say(`* 9 FETCH (UID %d ENVELOPE (NIL "a" NIL NIL NIL NIL NIL NIL NIL))`, uid)
			}
			return true
		}},
		{"an unescaped quote in an envelope that nobody asked for", "cannot be read", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad {
				c.say(`* 9 FETCH (UID %d ENVELOPE (NIL "a "quote"" NIL NIL NIL NIL NIL NIL NIL NIL))`, uid)
			}
			return true
		}},
		{"a date of arrival that nobody asked for and that is none", "cannot be read", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad {
				c.say(`* 9 FETCH (UID %d INTERNALDATE "yesterday")`, uid)
			}
			return true
		}},
		{"an announcement of QRESYNC, which was not switched on", "cannot be read", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad {
				c.say("* VANISHED 41,43:116")
			}
			return true
		}},
		{"a text that is longer than its literal says", "cannot be read", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad && body {
				c.say("* 9 FETCH (UID %d BODY[] {20}\r\n%s)", uid, mailText(uid))
			}
			return true
		}},
		{"a text that is shorter than its literal says, so that it swallows what follows", "goes silent", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad && body {
				c.say("* 9 FETCH (UID %d BODY[] {90000}\r\n%s)", uid, mailText(uid))
			}
			return true
		}},
		{"a goodbye", "breaks the connection", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad && body {
				c.say("* BYE shutting down")
				c.Close()
				return false
			}
			return true
		}},
		{"a text that never ends", "more than max_size", func(c *fakeConn, uid int, body bool) bool {
			if uid == bad && body {
				fmt.Fprintf(c, "* 9 FETCH (UID %d BODY[] {4000000000}\r\n", uid)
				line := []byte(strings.Repeat("x", 1<<16))
				for {
					if _, err := c.Write(line); err != nil {
						return false
					}
				}
			}
			return true
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, loopbackCertificates(t), count(all)...)
			f.line = c.line
			k := f.collector(t, nil)
			if strings.Contains(c.reason, "silent") {
				k.silence = time.Second
			}
			got := collect(t, k, "")
			if got.err != nil || !slices.Equal(got.ids, fakeIDs(7, without(count(all), bad)...)) {
				t.Fatalf("got %d mails, %v", len(got.ids), got.err)
			}
			for i := range got.broken {
				got.broken[i].Raw = nil
			}
			if len(got.broken) != 1 || got.broken[0].ID != fakeIDs(7, bad)[0] || !strings.Contains(got.broken[0].Reason, c.reason) {
				t.Errorf("broken are %+v", got.broken)
			}
			if again := collect(t, k, got.next); again.err != nil || len(again.ids)+len(again.broken) > 0 {
				t.Errorf("then %q, %v", again.ids, again.err)
			}
			f.change(func(f *fake) {
				if f.logins > 12 {
					t.Errorf("it logged in %d times", f.logins)
				}
			})
		})
	}
}

// refuse makes a hook that answers NO to a FETCH of texts that bad is part of.
func refuse(bad int, words string) func(c *fakeConn, tag, command, arguments string) bool {
	return func(c *fakeConn, tag, command, arguments string) bool {
		set, items, _ := strings.Cut(arguments, " ")
		if command != "UID FETCH" || !strings.Contains(items, "BODY") || !within(set, bad) {
			return false
		}
		c.say("%s NO %s", tag, words)
		return true
	}
}

func TestRefusedMails(t *testing.T) {
	t.Run("one that the server refuses is broken, the others come", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), count(64)...)
		f.hook = refuse(37, "[SERVERBUG] cannot read bot@askahead.example")
		got := collect(t, f.collector(t, nil), "")
		if got.err != nil || len(got.ids) != 63 || len(got.broken) != 1 || got.broken[0].ID != "INBOX/7/37" {
			t.Errorf("got %d mails, %+v, %v", len(got.ids), got.broken, got.err)
		}
		f.change(func(f *fake) {
			if f.logins != 1 {
				t.Errorf("a refusal costs no connection, and it logged in %d times", f.logins)
			}
		})
	})
	t.Run("one that is gone meanwhile is not broken", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1, 2, 3)
		no := refuse(2, "[EXPUNGEISSUED] gone")
		f.hook = func(c *fakeConn, tag, command, arguments string) bool {
			if !no(c, tag, command, arguments) {
				return false
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			f.uids = []int{1, 3}
			return true
		}
		got := collect(t, f.collector(t, nil), "")
		if got.err != nil || !slices.Equal(got.ids, fakeIDs(7, 1, 3)) || len(got.broken) > 0 {
			t.Errorf("got %q, %+v, %v", got.ids, got.broken, got.err)
		}
	})
	t.Run("one that an answer leaves out is gone if it is no longer listed", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1, 2, 3)
		f.hook = func(c *fakeConn, tag, command, arguments string) bool {
			if strings.Contains(arguments, "BODY") {
				f.change(func(f *fake) { f.uids = []int{1, 3} })
			}
			return false
		}
		got := collect(t, f.collector(t, nil), "")
		if got.err != nil || !slices.Equal(got.ids, fakeIDs(7, 1, 3)) || len(got.broken) > 0 {
			t.Errorf("got %q, %+v, %v", got.ids, got.broken, got.err)
		}
	})
	t.Run("one that is listed and has no text is broken", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1, 2, 3)
		f.line = func(c *fakeConn, uid int, body bool) bool {
			if uid == 2 && body {
				c.say("* 2 FETCH (UID 2 BODY[] NIL)")
			}
			return true
		}
		f.hook = func(c *fakeConn, tag, command, arguments string) bool {
			if set, _, _ := strings.Cut(arguments, " "); command == "UID FETCH" && set == "2" {
				c.say("* 2 FETCH (UID 2 BODY[] NIL)")
				c.say("%s OK done", tag)
				return true
			}
			return false
		}
		got := collect(t, f.collector(t, nil), "")
		if got.err != nil || !slices.Equal(got.ids, fakeIDs(7, 1, 3)) || len(got.broken) != 1 || !strings.Contains(got.broken[0].Reason, "does not give its text") {
			t.Errorf("got %q, %+v, %v", got.ids, got.broken, got.err)
		}
	})
	t.Run("a server that refuses for the moment loses nothing", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1, 2, 3)
		f.hook = refuse(2, "[UNAVAILABLE] later")
		got := collect(t, f.collector(t, nil), "")
		if !errors.Is(got.err, collectors.ErrUnavailable) || len(got.broken) > 0 {
			t.Fatalf("got %q, %+v, %v", got.ids, got.broken, got.err)
		}
		f.change(func(f *fake) { f.hook = nil })
		if rest := collect(t, f.collector(t, nil), got.next); rest.err != nil || !slices.Equal(append(got.ids, rest.ids...), fakeIDs(7, 1, 2, 3)) {
			t.Errorf("then %q, %v", rest.ids, rest.err)
		}
	})
	t.Run("a server that gives none of its mails is not believed", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), count(20)...)
		f.line = func(c *fakeConn, uid int, body bool) bool {
			if body {
				c.say("* 1 GARBAGE")
			}
			return true
		}
		got := collect(t, f.collector(t, nil), "")
		if !errors.Is(got.err, collectors.ErrUnavailable) || len(got.broken) > mostBad {
			t.Errorf("%d are broken, %v", len(got.broken), got.err)
		}
	})
	t.Run("every run goes on, however bad the mails are", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), count(40)...)
		f.line = func(c *fakeConn, uid int, body bool) bool {
			if uid%2 == 0 {
				c.say("* 1 GARBAGE")
			}
			return true
		}
		var ids []string
		var next collectors.Cursor
		broken, runs := 0, 0
		for ; runs < 30; runs++ {
			got := collect(t, f.collector(t, nil), next)
			ids, broken, next = append(ids, got.ids...), broken+len(got.broken), got.next
			if got.err == nil {
				break
			}
		}
		if len(ids) != 20 || broken != 20 {
			t.Errorf("after %d runs %d mails and %d broken", runs, len(ids), broken)
		}
	})
}

// TestHarmlessAnswers plays what servers may say in the middle of an answer: every mail comes, over one connection.
func TestHarmlessAnswers(t *testing.T) {
	for name, line := range map[string]string{
		"a mail that arrives":               "* 99 EXISTS",
		"a mail that is deleted":            "* 1 EXPUNGE",
		"marks that somebody changes":       `* 3 FETCH (FLAGS (\Seen \Answered $Junk))`,
		"marks of a mail by its UID":        `* 3 FETCH (UID 3 FLAGS (\Seen))`,
		"a counter that nobody asked for":   "* 2 FETCH (UID 2 MODSEQ (4242))",
		"8-bit letters in an envelope":      "* 2 FETCH (UID 2 ENVELOPE (\"not a date\" \"B\xfcrger\" NIL NIL NIL NIL NIL NIL NIL NIL))",
		"an alert":                          "* OK [ALERT] the disk is nearly full \xe9",
		"a code that nobody knows":          "* OK [X-ODD 1 (2 3)] hm",
		"a text that was asked for already": "* 1 FETCH (UID 1 BODY[] NIL)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, loopbackCertificates(t), count(20)...)
			f.line = func(c *fakeConn, uid int, body bool) bool {
				if uid%5 == 0 {
					c.say("%s", line)
				}
				return true
			}
			got := collect(t, f.collector(t, nil), "")
			if got.err != nil || !slices.Equal(got.ids, fakeIDs(7, count(20)...)) || len(got.broken) > 0 {
				t.Errorf("got %d mails, %+v, %v", len(got.ids), got.broken, got.err)
			}
			f.change(func(f *fake) {
				if f.logins != 1 {
					t.Errorf("it logged in %d times", f.logins)
				}
			})
		})
	}
}

// TestWrongSizes plays servers whose RFC822.SIZE is a guess.
func TestWrongSizes(t *testing.T) {
	text := func(uid, lines int) string {
		return mailText(uid) + strings.Repeat("Who reads the reports?\r\n", lines)
	}
	for _, c := range []struct {
		name   string
		said   func(real int) int
		lines  int
		broken int
	}{
		{"too small: the mails come whole", func(int) int { return 1 }, 14_000, 0},
		{"none: the mails come whole", func(int) int { return 0 }, 10, 0},
		{"above max_size, though they are small: they come whole", func(int) int { return 99_000_000 }, 10, 0},
		{"below max_size, though they are above it: their beginning alone is kept", func(int) int { return 1 }, 50_000, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t, loopbackCertificates(t), count(6)...)
			f.hook = func(k *fakeConn, tag, command, arguments string) bool {
				set, items, _ := strings.Cut(arguments, " ")
				if command != "UID FETCH" {
					return false
				}
				for _, uid := range count(6) {
					raw := text(uid, c.lines)
					switch {
					case !within(set, uid):
					case !strings.Contains(items, "BODY"):
						k.say("* %d FETCH (UID %d RFC822.SIZE %d)", uid, uid, c.said(len(raw)))
					case strings.Contains(items, "<0.65536>"):
						raw = raw[:min(len(raw), beginning)]
						k.say("* %d FETCH (UID %d BODY[]<0> {%d}\r\n%s)", uid, uid, len(raw), raw)
					default:
						k.say("* %d FETCH (UID %d BODY[] {%d}\r\n%s)", uid, uid, len(raw), raw)
					}
				}
				k.say("%s OK done", tag)
				return true
			}
			got := collect(t, f.collector(t, func(s *Settings) { s.MaxSize = 1 << 20 }), "")
			if got.err != nil || len(got.ids) != 6-c.broken || len(got.broken) != c.broken {
				t.Fatalf("got %d mails, %d broken, %v", len(got.ids), len(got.broken), got.err)
			}
			f.change(func(f *fake) {
				if c.broken == 0 && f.logins != 1 {
					t.Errorf("it logged in %d times", f.logins)
				}
			})
			for i, raw := range got.raw {
				if raw != text(i+1, c.lines) {
					t.Errorf("mail %d has %d bytes", i+1, len(raw))
				}
			}
			for _, b := range got.broken {
				if !b.Cut || len(b.Raw) != beginning || !strings.Contains(b.Reason, "more than max_size") {
					t.Errorf("%s: cut %v, %d bytes: %s", b.ID, b.Cut, len(b.Raw), b.Reason)
				}
			}
		})
	}
}

// TestManyMails opens a mailbox of half a million mails, reads the first batch, and goes on from there.
func TestManyMails(t *testing.T) {
	const all = 500_000
	uids := make([]int, all)
	for i := range uids {
		uids[i] = 3*i + 1 // so that no two are neighbours
	}
	for name, caps := range map[string]string{"with ESEARCH": "IMAP4rev1 ESEARCH AUTH=PLAIN SASL-IR", "as IMAP4rev1 has it": "IMAP4rev1"} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, loopbackCertificates(t), uids...)
			f.change(func(f *fake) { f.caps = caps })
			begin, first := time.Now(), 0
			for b, err := range f.collector(t, nil).Collect(t.Context(), "") {
				if err != nil || b.Done.Total != all {
					t.Fatal(b.Done, err)
				}
				if first += len(b.Items); first > 1000 {
					break
				}
			}
			if took := time.Since(begin); first == 0 || took > 30*time.Second {
				t.Errorf("%d mails after %s", first, took)
			}
		})
	}
}

// TestLines looks at how long a line becomes where no two UIDs are neighbours and all are long: servers may refuse more
// than 8000 bytes.
func TestLines(t *testing.T) {
	uids := count(2500)
	for i := range uids {
		uids[i] = 4_000_000_000 + 2*i
	}
	f := newFake(t, loopbackCertificates(t), uids...)
	longest := 0
	f.hook = func(c *fakeConn, tag, command, arguments string) bool {
		longest = max(longest, len(tag+" "+command+" "+arguments))
		return false
	}
	c := f.collector(t, nil)
	got := collect(t, c, "")
	if got.err != nil || len(got.ids) != len(uids) || longest > 8000 || longest < 5000 {
		t.Errorf("got %d mails, %v, the longest line has %d bytes", len(got.ids), got.err, longest)
	}
	for _, err := range c.Sweep(t.Context(), got.ids) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range c.Fetch(t.Context(), got.ids) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if longest > 8000 {
		t.Errorf("the longest line has %d bytes", longest)
	}
}

// TestPauses looks at how long is waited where a server breaks one connection after the other.
func TestPauses(t *testing.T) {
	f := newFake(t, loopbackCertificates(t), count(50)...)
	f.line = func(c *fakeConn, uid int, body bool) bool { return !body || uid < 5 }
	c := f.collector(t, nil)
	var pauses []time.Duration
	c.pause = func(ctx context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}
	got := collect(t, c, "")
	if len(got.ids) != 4 || got.err == nil || len(pauses) < 5 || !slices.IsSorted(pauses) || pauses[0] != firstPause || pauses[4] != 5*firstPause {
		t.Errorf("got %d mails, %v, pauses %v", len(got.ids), got.err, pauses)
	}
	if longest := slices.Max(append(pauses, 0)); longest > longPause {
		t.Errorf("the longest pause is %s", longest)
	}
}

func TestGreetings(t *testing.T) {
	for _, c := range []struct {
		greeting, says string
		is             error
	}{
		{"SSH-2.0-OpenSSH_9.2", "cannot be read", collectors.ErrUnavailable},
		{"220 mail.ngo.example ESMTP", "cannot be read", collectors.ErrUnavailable},
		{"\x00\x01\x02\xff", "cannot be read", collectors.ErrUnavailable},
		{"* OK [CAPABILITY", "cannot be read", collectors.ErrUnavailable},
		{"* BYE Too many connections from your address", "Too many connections", collectors.ErrUnavailable},
		{"* NO not today", "", collectors.ErrUnavailable},
		{"* OK ready", "", nil},
		{"* PREAUTH welcome back", "", nil},
	} {
		t.Run(c.greeting, func(t *testing.T) {
			f := newFake(t, loopbackCertificates(t), 1)
			f.change(func(f *fake) { f.greet = c.greeting })
			k := f.collector(t, nil)
			k.silence = time.Second
			got := collect(t, k, "")
			if !errors.Is(got.err, c.is) || (c.is != nil && !strings.Contains(got.err.Error(), c.says)) || len(got.ids) != 1 && c.is == nil {
				t.Errorf("got %q, %v", got.ids, got.err)
			}
		})
	}
}

func TestDeadServers(t *testing.T) {
	hang := func(what string) func(c *fakeConn, tag, command, arguments string) bool {
		return func(c *fakeConn, tag, command, arguments string) bool {
			if command == what {
				c.hang()
			}
			return command == what
		}
	}
	for _, at := range []string{"AUTHENTICATE", "EXAMINE", "UID SEARCH"} {
		t.Run("a server that goes silent at "+at+" ends the run", func(t *testing.T) {
			t.Parallel()
			f := newFake(t, loopbackCertificates(t), 1)
			f.hook = hang(at)
			c := f.collector(t, nil)
			c.silence = 50 * time.Millisecond
			if got := collect(t, c, ""); !errors.Is(got.err, collectors.ErrUnavailable) || !strings.Contains(got.err.Error(), "silent") {
				t.Errorf("got %v", got.err)
			}
		})
		t.Run("cancelling does not wait for a server that is silent at "+at, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, loopbackCertificates(t), 1)
			ctx, cancel := context.WithCancel(t.Context())
			f.hook = func(c *fakeConn, tag, command, arguments string) bool {
				if command == at {
					cancel()
					c.hang()
				}
				return command == at
			}
			begin := time.Now()
			var last error
			for _, err := range f.collector(t, nil).Collect(ctx, "") {
				last = err
			}
			if took := time.Since(begin); !errors.Is(last, context.Canceled) || took > 5*time.Second {
				t.Errorf("got %v after %s", last, took)
			}
		})
	}
	t.Run("a server that never stops talking is not listened to for ever", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1)
		f.hook = func(c *fakeConn, tag, command, arguments string) bool {
			for command == "EXAMINE" {
				if _, err := c.Write([]byte(strings.Repeat("* OK and another thing\r\n", 1000))); err != nil {
					return true
				}
			}
			return false
		}
		if got := collect(t, f.collector(t, nil), ""); !errors.Is(got.err, errTooMuch) {
			t.Errorf("got %v", got.err)
		}
	})
	t.Run("a server that never greets", func(t *testing.T) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		for _, scheme := range []string{"imaps://", "imap://"} {
			c := newCollector(t, settingsFor(scheme+ln.Addr().String(), "", nil))
			c.settings.Timeout, c.silence = 50*time.Millisecond, 50*time.Millisecond
			if got := collect(t, c, ""); !errors.Is(got.err, collectors.ErrUnavailable) {
				t.Errorf("%s: got %v", scheme, got.err)
			}
		}
	})
}
