package imap

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"askahead/collectors"
)

func TestNumbers(t *testing.T) {
	newRun := func(t *testing.T) (*fake, collectors.Cursor) {
		f := newFake(t, loopbackCertificates(t), 1, 2, 3)
		got := collect(t, f.collector(t, nil), "")
		if got.err != nil || len(got.ids) != 3 {
			t.Fatal(got.ids, got.err)
		}
		return f, got.next
	}
	for _, c := range []struct {
		name   string
		change func(f *fake)
		want   []string
	}{
		{"the last mail, given for n:* though it is old, is not new", func(f *fake) { f.ignore, f.next = true, 9 }, fakeIDs(7)},
		{"without ESEARCH too", func(f *fake) { f.ignore, f.next, f.caps = true, 9, "IMAP4rev1" }, fakeIDs(7)},
		{"another UIDVALIDITY begins anew", func(f *fake) { f.validity, f.uids = 8, []int{1, 2} }, fakeIDs(8, 1, 2)},
		{"numbers that go backwards begin anew", func(f *fake) { f.uids = []int{1, 2} }, fakeIDs(7, 1, 2)},
		{"a mail behind a gap is new", func(f *fake) { f.uids = append(f.uids, 4_000_000_000) }, fakeIDs(7, 4_000_000_000)},
		{"the highest number that there is", func(f *fake) { f.uids = append(f.uids, 4_294_967_295) }, fakeIDs(7, 4_294_967_295)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, next := newRun(t)
			f.change(c.change)
			got := collect(t, f.collector(t, nil), next)
			if got.err != nil || !slices.Equal(got.ids, c.want) {
				t.Errorf("got %q, %v, want %q", got.ids, got.err, c.want)
			}
			if again := collect(t, f.collector(t, nil), got.next); again.err != nil || len(again.ids) > 0 {
				t.Errorf("then %q, %v", again.ids, again.err)
			}
		})
	}
	t.Run("an unchanged MODSEQ spares the search", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1, 2)
		f.modSeq, f.next = 5, 90
		got := collect(t, f.collector(t, nil), "")
		before := f.said()
		collect(t, f.collector(t, nil), got.next)
		search := func(s string) bool { return strings.HasPrefix(s, "UID SEARCH") }
		if after := f.said(); len(got.ids) != 2 || !slices.ContainsFunc(before, search) || slices.ContainsFunc(after, search) {
			t.Errorf("it said %q, then %q", before, after)
		}
	})
	t.Run("a change of UIDVALIDITY in the middle mixes nothing", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), count(10)...)
		f.line = func(c *fakeConn, uid int, body bool) bool {
			if uid == 5 && body {
				f.mu.Lock()
				f.validity, f.line = 8, nil
				f.mu.Unlock()
				return false
			}
			return true
		}
		got := collect(t, f.collector(t, nil), "")
		if !errors.Is(got.err, collectors.ErrUnavailable) || !slices.Equal(got.ids, fakeIDs(7, 1, 2, 3)) { // that 4 came whole was not certain
			t.Errorf("got %q, %v", got.ids, got.err)
		}
		if rest := collect(t, f.collector(t, nil), got.next); rest.err != nil || !slices.Equal(rest.ids, fakeIDs(8, count(10)...)) {
			t.Errorf("then %q, %v", rest.ids, rest.err)
		}
	})
	t.Run("a mail that was not settled is not passed, though a later one was", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1, 2, 3)
		f.hook = func(c *fakeConn, tag, command, arguments string) bool {
			if command != "UID FETCH" || !strings.Contains(arguments, "BODY") {
				return false
			}
			f.fetch(c, 3, 3, true)
			f.fetch(c, 2, 2, true)
			c.Close()
			f.change(func(f *fake) { f.validity, f.hook = 8, nil })
			return true
		}
		got := collect(t, f.collector(t, nil), "")
		if !errors.Is(got.err, collectors.ErrUnavailable) || len(got.ids) > 0 || got.next != "" {
			t.Errorf("got %q, %v", got.ids, got.err)
		}
	})
	t.Run("nothing is said that could change a mailbox", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1, 2)
		collect(t, f.collector(t, nil), "")
		for _, said := range f.said() {
			if strings.HasPrefix(said, "SELECT") || strings.HasPrefix(said, "UID STORE") || strings.Contains(said, "BODY[") || strings.Contains(said, "ENVELOPE") {
				t.Errorf("it said %q", said)
			}
		}
	})
}
