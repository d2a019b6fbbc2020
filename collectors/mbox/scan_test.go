package mbox

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"askahead/collectors"
)

func updateFlag() *bool {
	if f := flag.Lookup("update"); f != nil {
		v := f.Value.(flag.Getter).Get().(bool)
		return &v
	}
	return flag.Bool("update", false, "rewrite the files that the golden cases expect")
}

func TestMain(m *testing.M) {
	updateFlag()
	flag.Parse()
	os.Exit(m.Run())
}

// scanAll cuts r into messages.
func scanAll(ctx context.Context, r io.Reader, f format) ([]message, error) {
	s := newScanner(ctx, r, 0, nil)
	s.skipBlank()
	if s.have(window); len(s.rest()) > 0 && !beginsLikeMbox(s.rest()) {
		return nil, errors.New("not an mbox")
	}
	var all []message
	for {
		m, err := s.next(f)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, m)
	}
}

// TestCases cuts testcases/NAME/in.mbox, in the format that testcases/NAME/format names, into the messages of
// testcases/NAME/want.txt.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob("testcases/*/in.mbox")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, in := range folders {
		dir := filepath.Dir(in)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			text, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			f := auto
			if named, err := os.ReadFile(filepath.Join(dir, "format")); err == nil {
				f = format(strings.TrimSpace(string(named)))
			}
			got := describe(t, bytes.NewReader(text), f)
			compare(t, filepath.Join(dir, "want.txt"), got)
			if byByte := describe(t, iotest.OneByteReader(bytes.NewReader(text)), f); byByte != got {
				t.Errorf("read byte by byte it differs:\n%s", byByte)
			}
			if bytes.Contains(text, []byte("Content-Length")) {
				return // its number counts line ends as they are
			}
			crlf := strings.ReplaceAll(string(text), "\n", "\r\n")
			if got2 := strings.ReplaceAll(describe(t, strings.NewReader(crlf), f), "\r", ""); got2 != got {
				t.Errorf("with CRLF it differs:\n%s", got2)
			}
		})
	}
}

func describe(t *testing.T, r io.Reader, f format) string {
	t.Helper()
	all, err := scanAll(t.Context(), r, f)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for i, m := range all {
		fmt.Fprintf(&b, "=== message %d", i+1)
		if m.last {
			fmt.Fprintf(&b, " (last, finished: %v)", m.finished)
		}
		fmt.Fprintf(&b, "\n%s", m.raw)
		if !m.finished {
			b.WriteString("\n")
		}
	}
	return b.String()
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *updateFlag() {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestIsSeparator(t *testing.T) {
	header := "\nReceived: from x\n"
	for _, c := range []struct {
		text       string
		afterBlank bool
		want       bool
	}{
		{"From alice@ngo.example Mon Mar  2 10:00:00 2026" + header, true, true},
		{"From alice@ngo.example Mon Mar  2 10:00:00 2026" + header, false, true},
		{"From alice@ngo.example  Mon Mar 2 10:00:00 2026\r\nReceived: x\r\n", true, true},
		{"From alice at ngo.example  Mon Mar  2 10:00:00 2026" + header, true, true},
		{"From - Mon Mar 02 10:00:00 2026" + header, true, true},
		{"From Mon Mar  2 10:00:00 2026" + header, true, true},
		{"From \"Alice A.\"@ngo.example Mon Mar  2 10:00:00 2026" + header, true, true},
		{"From 1@xxx Mon Mar 02 10:00:00 +0000 2026" + header, true, true},
		{"From a@ngo.example Mon Mar  2 10:00 CET 2026" + header, true, true},
		{"From a@ngo.example Mon Mar  2 10:00:00 2026 +0100" + header, true, true},
		{"From a@ngo.example Mon, 2 Mar 2026 10:00:00 +0100 (CET)" + header, true, true},
		{"From a!b Mon Mar  2 10:00:00 1987 remote from gw" + header, true, true},
		{"From a@ngo.example Mon Mar  2 10:00:00 2026\n>From b Mon Mar  2 10:00:00 1987 remote from gw\n", true, true},
		{"From a@ngo.example Mon Mar  2 10:00:00 2026\nX-Odd_Field: y\n", true, true},
		{"From a@ngo.example Mon Mar  2 10:00:00 2026\n\nno header", true, true},
		{"From MAILER DAEMON Mon Mar  2 10:00:00 2026" + header, true, true},
		{"From a@ngo.example Mon Mar  2 10:00:00 2026\n", true, true},

		{"From a@ngo.example Mon Mar  2 10:00:00 2026", true, false},
		{"From a@ngo.example Mon Mar  2 10:00:00 2026\nthat is when it began", true, false},
		{"From a@ngo.example Mon Mar  2 10:00:00 2026\n\nno header", false, false},
		{"From a@ngo.example Mon Mar  2 10:00:00 2026\nfirst: an odd list\n", false, false},
		{"From a@ngo.example Mon Mar  2 10:00:00 2026 it is open" + header, true, false},
		{"From what I saw on Mon Mar  2 10:00:00 2026\nnote: it is open\n", true, false},
		{"From here on: Monday" + header, true, false},
		{"From Mon to Fri" + header, true, false},
		{"From a@ngo.example Mon Mar 222 10:00:00 2026" + header, true, false},
		{"From a@ngo.example Mon Mar  2 2026" + header, true, false},
		{"From:alice@ngo.example Mon Mar  2 10:00:00 2026" + header, true, false},
		{">From alice@ngo.example Mon Mar  2 10:00:00 2026" + header, true, false},
		{"From " + strings.Repeat("x", 600) + " Mon Mar  2 10:00:00 2026" + header, true, false},
		{"From " + strings.Repeat("x ", 40) + " Mon Mar  2 10:00:00 2026" + header, true, false},
		{"", true, false},
	} {
		if got := isSeparator([]byte(c.text), c.afterBlank); got != c.want {
			t.Errorf("isSeparator(%q, %v) = %v", c.text, c.afterBlank, got)
		}
	}
}

func TestTooLarge(t *testing.T) {
	const separator = "From a@ngo.example Mon Mar  2 10:00:00 2026\nSubject: x\n\n"
	huge := separator + strings.Repeat("0123456789abcde\n", 3*collectors.MaxRaw/16) + "\n"
	got, err := scanAll(t.Context(), strings.NewReader(separator+"one\n\n"+huge+separator+"two\n\n"+huge), auto)
	if err != nil || len(got) != 4 {
		t.Fatalf("got %d messages, %v", len(got), err)
	}
	t.Run("is cut to MaxRaw, and its neighbours are whole", func(t *testing.T) {
		for i, m := range got {
			if m.tooLarge != (i%2 == 1) || m.tooLarge && len(m.raw) != collectors.MaxRaw || !m.tooLarge && len(m.raw) > 20 {
				t.Errorf("message %d: too large %v, %d bytes", i+1, m.tooLarge, len(m.raw))
			}
		}
	})
	t.Run("takes no more memory than a few times MaxRaw", func(t *testing.T) {
		s := newScanner(t.Context(), io.MultiReader(strings.NewReader(separator), io.LimitReader(endless{}, 200<<20)), 0, nil)
		if m, err := s.next(auto); err != nil || !m.tooLarge || cap(s.buf) > 4*collectors.MaxRaw {
			t.Errorf("too large %v, a buffer of %d bytes, %v", m.tooLarge, cap(s.buf), err)
		}
	})
	t.Run("does not end at a line that is no separator, wherever it is cut", func(t *testing.T) {
		begin := separator + strings.Repeat("0123456789abcde\n", 3*collectors.MaxRaw/16)
		rest := "From a@ngo.example Mon Mar  2 10:00:00 2026\nodd: it is text\n\n" + separator + "two\n"
		for cut := range 8 {
			r := io.MultiReader(strings.NewReader(begin+rest[:cut]), strings.NewReader(rest[cut:]))
			if got, err := scanAll(t.Context(), r, auto); err != nil || len(got) != 2 {
				t.Errorf("cut after %d bytes: %d messages, %v", cut, len(got), err)
			}
		}
	})
	t.Run("is broken, with its reason", func(t *testing.T) {
		for b, err := range newCollector(t, newFile(t, huge)).Collect(t.Context(), "") {
			if err != nil || len(b.Broken) != 1 || b.Broken[0].Reason != collectors.TooLarge || b.Broken[0].ID == "" {
				t.Errorf("got %d broken, %v", len(b.Broken), err)
			}
		}
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "0123456789abcde\n"[i%16]
	}
	return len(p), nil
}

// FuzzScan holds that no input is lost or read twice, whatever the chunks in which it comes.
func FuzzScan(f *testing.F) {
	const separator = "From a@ngo.example Mon Mar  2 10:00:00 2026\n"
	f.Add("Subject: x\n\nhello\n\n" + separator + "Content-Length: 70\n\n" + separator + "\n\n>From x\n>>From y\n")
	f.Add("\r\n\r\n" + separator + separator + "From \n\nFrom a Mon Mar  2 10:00:00 2026")
	f.Fuzz(func(t *testing.T, text string) {
		text = separator + text
		for _, form := range formats() {
			whole, err := scanAll(t.Context(), strings.NewReader(text), form)
			if err != nil {
				t.Fatal(err)
			}
			chunks, err := scanAll(t.Context(), iotest.HalfReader(iotest.OneByteReader(strings.NewReader(text))), form)
			if err != nil || !slices.EqualFunc(whole, chunks, func(a, b message) bool {
				return a.id == b.id && a.offset == b.offset && a.last == b.last && bytes.Equal(a.raw, b.raw)
			}) {
				t.Fatalf("%s: %d messages whole, %d in chunks, %v", form, len(whole), len(chunks), err)
			}
			last := int64(-1)
			for i, m := range whole {
				if m.offset <= last || m.last != (i == len(whole)-1) || !strings.HasPrefix(text[m.offset:], "From ") {
					t.Fatalf("%s: message %d at %d, last %v", form, i+1, m.offset, m.last)
				}
				last = m.offset
			}
		}
	})
}

func BenchmarkScan(b *testing.B) {
	text := mails(0, 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if all, err := scanAll(b.Context(), strings.NewReader(text), auto); err != nil || len(all) != 10_000 {
			b.Fatal(len(all), err)
		}
	}
}
