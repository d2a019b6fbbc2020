package matterbridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"askahead/collectors"
)

func numbered(from, to int) (all []any) {
	for n := from; n < to; n++ {
		all = append(all, message(n, nil))
	}
	return all
}

func (f *fake) read(t *testing.T, since collectors.Cursor) collectors.Batch {
	t.Helper()
	b, err := all(t, newCollector(t, f, nil), since)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSpool(t *testing.T) {
	t.Run("is whole whichever byte a write was cut off at", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 1)
		first := f.read(t, "")
		begin, err := os.ReadFile(f.path())
		if err != nil {
			t.Fatal(err)
		}
		f.buffer = numbered(1, 3)
		if got := f.read(t, first.Next); len(got.Items) != 2 {
			t.Fatalf("got %d items", len(got.Items))
		}
		whole, err := os.ReadFile(f.path())
		if err != nil {
			t.Fatal(err)
		}
		for n := range len(whole) + 1 {
			if err := os.WriteFile(f.path(), whole[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			lines := strings.Count(string(whole[:n]), "\n")
			f.buffer = numbered(3, 4) // what comes after the crash
			since := first.Next
			if n < len(begin) {
				since = "" // nothing of it was acknowledged
			}
			got := f.read(t, since)
			want := max(lines-1, 0) + 1
			if since != "" {
				want--
			}
			if len(got.Items) != want || len(got.Broken) > 0 || string(got.Items[want-1].Raw) != "Who reads log 3?" {
				t.Fatalf("cut at byte %d of %d: %d items, want %d; %d broken", n, len(whole), len(got.Items), want, len(got.Broken))
			}
		}
	})
	t.Run("is for its owner alone", func(t *testing.T) {
		f := newFake(t)
		f.read(t, "")
		os.Chmod(f.path(), 0o644)
		f.read(t, "")
		if info, err := os.Stat(f.path()); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("got %v, %v", info.Mode(), err)
		}
	})
	t.Run("has room before the API is asked", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 3)
		c := newCollector(t, f, nil)
		c.spool.reserve = func(*os.File, int64) error { return syscall.ENOSPC }
		_, err := all(t, c, "")
		if !errors.Is(err, collectors.ErrUnavailable) || !strings.Contains(err.Error(), "the disk of "+f.path()+" is full") || f.asked > 0 || len(f.buffer) != 3 {
			t.Errorf("asked %d times, %v", f.asked, err)
		}
		if got := f.read(t, ""); len(got.Items) != 3 {
			t.Errorf("then it gives %d", len(got.Items))
		}
	})
	t.Run("takes nothing more when it has grown too large", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 20)
		c := newCollector(t, f, nil)
		c.spool.max = 1000
		if b, err := all(t, c, ""); err != nil || len(b.Items) != 20 {
			t.Fatal(err)
		}
		f.asked, f.buffer = 0, numbered(20, 21)
		b, err := all(t, c, "")
		if err == nil || !strings.Contains(err.Error(), "has grown to") || f.asked > 0 || len(b.Items) != 20 {
			t.Errorf("asked %d times, %d items, %v", f.asked, len(b.Items), err)
		}
	})
	t.Run("gives up what is stored and old, and goes on counting", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 100)
		first := f.read(t, "")
		size := func() int64 {
			info, err := os.Stat(f.path())
			if err != nil {
				t.Fatal(err)
			}
			return info.Size()
		}
		full := size()
		f.now = f.now.Add(48 * time.Hour)
		if f.read(t, ""); size() != full {
			t.Error("what nobody has stored is gone")
		}
		f.buffer = numbered(100, 103)
		second := f.read(t, first.Next)
		if len(second.Items) != 3 || size() > full/10 {
			t.Errorf("%d items, %d bytes of %d are left", len(second.Items), size(), full)
		}
		if again := f.read(t, first.Next); len(again.Items) != 3 {
			t.Errorf("read again it gives %d", len(again.Items))
		}
		if last := f.read(t, second.Next); len(last.Items) != 0 {
			t.Errorf("behind that it gives %d", len(last.Items))
		}
		f.buffer = numbered(103, 400)
		if f.read(t, second.Next); len(f.read(t, first.Next).Items) != 300 {
			t.Error("when it has grown again, what comes behind the first cursor is not what came")
		}
	})
	t.Run("keeps what is old and not stored", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 600)
		var since collectors.Cursor
		for b, err := range newCollector(t, f, nil).Collect(t.Context(), "") {
			if err != nil || len(b.Items) != collectors.BatchItems {
				t.Fatalf("got %d items, %v", len(b.Items), err)
			}
			since = b.Next
			break
		}
		f.now = f.now.Add(48 * time.Hour)
		if b := f.read(t, since); len(b.Items) != 100 || string(b.Items[0].Raw) != "Who reads log 500?" {
			t.Errorf("got %d items", len(b.Items))
		}
	})
	t.Run("keeps what is stored for a while", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 10)
		first := f.read(t, "")
		f.now = f.now.Add(23 * time.Hour)
		f.read(t, first.Next)
		if again := f.read(t, ""); len(again.Items) != 10 {
			t.Errorf("got %d", len(again.Items))
		}
	})
	t.Run("that was deleted, or is an older copy, loses nothing that comes", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 3)
		f.read(t, "")
		old, err := os.ReadFile(f.path())
		if err != nil {
			t.Fatal(err)
		}
		f.buffer = numbered(3, 100)
		since := f.read(t, "").Next
		if err := os.WriteFile(f.path(), old, 0o600); err != nil {
			t.Fatal(err)
		}
		f.buffer = numbered(100, 102)
		if b := f.read(t, since); len(b.Items) != 5 {
			t.Errorf("an older copy gives %d", len(b.Items))
		}
		os.Remove(f.path())
		f.now = f.now.Add(time.Second)
		f.buffer = numbered(102, 104)
		if b := f.read(t, since); len(b.Items) != 2 {
			t.Errorf("a new one gives %d", len(b.Items))
		}
	})
	t.Run("is no other file, nor that of another source", func(t *testing.T) {
		f := newFake(t)
		for name, content := range map[string]string{"a letter": "Dear Ada,\n", "a letter without an end": "Dear Ada", "JSON": "{\"a\":1}\n", "a long line": strings.Repeat("x", 5000)} {
			if err := os.WriteFile(f.path(), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := all(t, newCollector(t, f, nil), "")
			if after, _ := os.ReadFile(f.path()); !errors.Is(err, collectors.ErrSettings) || string(after) != content {
				t.Errorf("%s: %v", name, err)
			}
		}
		os.Remove(f.path())
		f.read(t, "")
		other := newFake(t)
		other.dir = f.dir
		if _, err := all(t, newCollector(t, other, nil), ""); !errors.Is(err, collectors.ErrSettings) || !strings.Contains(err.Error(), "each needs a file of its own") || other.asked > 0 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("needs a folder", func(t *testing.T) {
		f := newFake(t)
		for setting, says := range map[string]string{"none/a.spool": "there is no folder", ".": "is a folder"} {
			_, err := all(t, newCollector(t, f, func(s *Settings) { s.Spool = setting }), "")
			if !errors.Is(err, collectors.ErrSettings) || !strings.Contains(err.Error(), says) || f.asked > 0 {
				t.Errorf("%s: %v", setting, err)
			}
		}
	})
	t.Run("reports a line that was damaged, and gives the others", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 3)
		f.read(t, "")
		whole, err := os.ReadFile(f.path())
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(whole), "\n")
		lines[2] = lines[2][:20] + "\x00\xff\n"
		os.WriteFile(f.path(), []byte(strings.Join(lines, "")), 0o600)
		if b := f.read(t, ""); len(b.Items) != 2 || len(b.Broken) != 1 || !strings.Contains(b.Broken[0].Reason, "damaged") {
			t.Errorf("got %d items, %+v", len(b.Items), b.Broken)
		}
	})
	t.Run("is written by one run at a time", func(t *testing.T) {
		f := newFake(t)
		c := newCollector(t, f, nil)
		o, err := c.spool.open(t.Context(), true)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
		defer cancel()
		for _, err := range newCollector(t, f, nil).Collect(ctx, "") {
			if !errors.Is(err, context.DeadlineExceeded) || f.asked > 0 {
				t.Errorf("got %v", err)
			}
		}
		o.close()
		f.buffer = numbered(0, 2)
		if b := f.read(t, ""); len(b.Items) != 2 {
			t.Errorf("then it gives %d", len(b.Items))
		}
	})
	t.Run("holds neither what is not wanted nor more of people than is needed", func(t *testing.T) {
		f := newFake(t)
		f.buffer = []any{message(1, object{"text": "askahead: who pays?", "avatar": "https://a.example/face.png", "Extra": object{"file": []object{{"Name": "face.png", "Data": "QUJD"}}}}),
			message(2, object{"text": "good morning"}), message(3, object{"text": "askahead: in the other gateway?", "gateway": "other"}), object{"text": 5, "account": "irc.example"}}
		c := newCollector(t, f, func(s *Settings) { s.Messages, s.Name, s.Gateways = onlyMentions, "@askahead", []string{"panel"} })
		if b, err := all(t, c, ""); err != nil || !slices.Equal(texts(b), []string{"askahead: who pays?"}) || len(b.Broken) > 0 {
			t.Fatalf("got %q, %v", texts(b), err)
		}
		kept, err := os.ReadFile(f.path())
		if err != nil {
			t.Fatal(err)
		}
		for _, not := range []string{"good morning", "other gateway", "198.51.100.7", "face.png", "QUJD", token} {
			if strings.Contains(string(kept), not) {
				t.Errorf("it holds %q", not)
			}
		}
	})
	t.Run("leaves no file behind beside itself", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 3)
		since := f.read(t, "").Next
		f.now = f.now.Add(48 * time.Hour)
		f.read(t, since)
		newCollector(t, f, nil).Check(t.Context())
		if files, _ := filepath.Glob(f.dir + "/*"); len(files) != 1 {
			t.Errorf("got %q", files)
		}
	})
}

// FuzzSpool opens what may have become of a spool.
func FuzzSpool(f *testing.F) {
	head, _ := json.Marshal(spoolHead{Spool: spoolKind, Server: "127.0.0.1:4242", Epoch: "2026", Base: 100})
	f.Add(string(head)+"\n"+`{"at":"2026-03-02T09:00:00Z","m":{"text":"x","account":"irc.a"}}`+"\n", int64(100))
	f.Add(string(head)+"\n\n\n{\"raw\":5}\n{\"cut\":\"x\"", int64(-5))
	f.Add(`{"spool":"askahead`, int64(1<<62))
	f.Fuzz(func(t *testing.T, text string, offset int64) {
		path := filepath.Join(t.TempDir(), "s")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := &spool{path: path, server: "127.0.0.1:4242", now: func() time.Time { return began }, max: maxSpool, reserve: func(*os.File, int64) error { return nil }}
		o, err := s.open(t.Context(), true)
		if err != nil {
			return
		}
		defer o.close()
		if err := s.add(o, record{At: began, Message: &wireMessage{Text: "last", Account: "irc.a"}}); err != nil {
			t.Fatal(err)
		}
		at, last := o.head.Base, ""
		err = o.entries(o.head.Base, func(e entry) error {
			if e.from != at || e.next <= e.from {
				return fmt.Errorf("from %d to %d at %d", e.from, e.next, at)
			}
			at, last = e.next, ""
			if e.Message != nil {
				last = e.Message.Text
			}
			e.damaged()
			return nil
		})
		if err != nil || last != "last" || at != o.offset() {
			t.Errorf("the last is %q at %d of %d: %v", last, at, o.offset(), err)
		}
		o.entries(offset, func(entry) error { return nil })
		s.trim(o, offset, 0)
	})
}
