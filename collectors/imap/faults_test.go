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
			if c.reason == "goes silent" {
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
