package mbox

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// mail is one fictional message as it stands in a file, its separator included.
func mail(n int) string {
	return fmt.Sprintf("From list-bounces@lists.example.org Mon Mar  2 10:%02d:%02d 2026\nFrom: Alice <alice@ngo.example>\nMessage-ID: <%d@ngo.example>\nSubject: Question %d\n\nHow are incidents reported?\nFrom here it looks hard.\n\n", n/60%60, n%60, n, n)
}

func mails(from, to int) string {
	var b strings.Builder
	for n := from; n < to; n++ {
		b.WriteString(mail(n))
	}
	return b.String()
}

// ids are the external ids of mails(from, to).
func ids(from, to int) []string {
	var ids []string
	for n := from; n < to; n++ {
		_, raw, _ := strings.Cut(mail(n), "\n")
		ids = append(ids, hash([]byte(strings.TrimSuffix(raw, "\n"))))
	}
	return ids
}

func gz(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

// newFile writes a file that was last changed an hour before newCollector's clock.
func newFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "archive.mbox")
	write(t, path, text)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	touch(t, path, testNow().Add(-time.Hour))
}

func add(t *testing.T, path, text string) {
	t.Helper()
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(old)+text)
}

func touch(t *testing.T, path string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func testNow() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func newCollector(t *testing.T, path string) *Collector {
	t.Helper()
	c, err := New(Settings{Path: path, Format: string(auto)}, collectors.Deps{Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConformance(t *testing.T) {
	const empty = "From nobody@example.org Mon Mar  2 11:00:00 2026\n\n"
	text := mails(0, 700) + empty + mails(700, 1200)
	for name, pack := range map[string]func(string) string{"plain": func(s string) string { return s }, "gzip": gz} {
		t.Run(name, func(t *testing.T) {
			path := newFile(t, pack(text))
			torn := newFile(t, gz(text)[:len(gz(text))-9])
			collectortest.Run(t, collectortest.Fixture{
				New:     func(t *testing.T) collectors.Collector { return newCollector(t, path) },
				Want:    ids(0, 1200),
				Broken:  []string{fmt.Sprintf("offset-%d", len(mails(0, 700)))},
				Empty:   func(t *testing.T) collectors.Collector { return newCollector(t, newFile(t, pack("\n"))) },
				Failing: func(t *testing.T) collectors.Collector { return newCollector(t, torn) },
				Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
					return newCollector(t, path), collectortest.Fetched{Items: []string{ids(0, 1)[0], ids(1100, 1101)[0]},
						Broken: []string{fmt.Sprintf("offset-%d", len(mails(0, 700)))}, Unknown: []string{"offset-1", ids(5000, 5001)[0]}}
				},
				Grow: func(t *testing.T) []string {
					add(t, path, pack(mails(1200, 1900)))
					return ids(1200, 1900)
				},
			})
		})
	}
}

// collectAll gives the messages and the last cursor.
func collectAll(t *testing.T, c *Collector, since collectors.Cursor) (all []string, edited int, next collectors.Cursor, err error) {
	t.Helper()
	next = since
	for b, err := range c.Collect(t.Context(), since) {
		if err != nil {
			return all, edited, next, err
		}
		for _, item := range b.Items {
			all = append(all, string(item.Raw))
			if item.Edited {
				edited++
			}
		}
		next = b.Next
	}
	return all, edited, next, nil
}

func TestGrowingFile(t *testing.T) {
	body := func(n int) string { _, raw, _ := strings.Cut(mail(n), "\n"); return strings.TrimSuffix(raw, "\n") }
	type step struct {
		add    string
		fresh  bool // written to just now
		want   []string
		edited int
	}
	half := len(mail(2)) - 20
	const separator = "From a@ngo.example Mon Mar  2 10:00:00 2026\n"
	big := separator + "Subject: x\n\n" + strings.Repeat("0123456789abcde\n", (4<<20-50<<10)/16) // leaves the buffer nearly full
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"takes new mails alone", []step{{mail(1), false, []string{body(1)}, 0}, {mail(2) + mail(3), false, []string{body(2), body(3)}, 0}}},
		{"waits for the rest of a mail that is being written", []step{
			{mail(1) + mail(2)[:half], true, []string{body(1)}, 0}, {mail(2)[half:], false, []string{body(2)}, 0}}},
		{"takes a last line without its end from a file at rest", []step{
			{mail(1) + strings.TrimRight(mail(2), "\n"), false, []string{body(1), strings.TrimRight(body(2), "\n")}, 0}}},
		{"gives a mail again, as edited, that was longer than it seemed", []step{
			{mail(1) + mail(2)[:half], false, []string{body(1), body(2)[:len(body(2))-19]}, 0},
			{mail(2)[half:] + mail(3), false, []string{body(2), body(3)}, 1}, {mail(4), false, []string{body(4)}, 0}}},
		{"does so for a mail that is alone in the file", []step{
			{mail(2)[:half], false, []string{body(2)[:len(body(2))-19]}, 0}, {mail(2)[half:], false, []string{body(2)}, 1}}},
		{"does so for a large one", []step{
			{big, false, []string{strings.TrimPrefix(big, separator)}, 0}, {"and more\n" + mail(2), false, []string{strings.TrimPrefix(big, separator) + "and more\n", body(2)}, 1}}},
		{"waits for the rest of a separator", []step{
			{mail(1), false, []string{body(1)}, 0}, {mail(2)[:9], true, nil, 0}, {mail(2)[9:], false, []string{body(2)}, 0}}},
		{"takes mails that follow without a blank line", []step{
			{strings.TrimSuffix(mail(1), "\n"), false, []string{body(1)}, 0}, {mail(2), false, []string{body(2)}, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := newFile(t, "")
			var since collectors.Cursor
			for i, s := range c.steps {
				add(t, path, s.add)
				if s.fresh {
					touch(t, path, testNow().Add(-time.Second))
				}
				got, edited, next, err := collectAll(t, newCollector(t, path), since)
				if err != nil || !slices.Equal(got, s.want) || edited != s.edited {
					t.Fatalf("step %d: got %.500q, %d edited, %v; want %.500q", i+1, got, edited, err, s.want)
				}
				since = next
			}
		})
	}
}

func TestReplacedFile(t *testing.T) {
	long := mails(0, 100)
	for name, text := range map[string]string{
		"shorter than before":                       mails(50, 60),
		"of the same length":                        strings.Replace(long, "Question 3\n", "Question X\n", 1),
		"longer, with another beginning":            mails(50, 250),
		"longer, changed before the end":            strings.Replace(long, "Question 99\n", "Question XX\n", 1) + mails(100, 120),
		"shorter than where its text is compared":   mail(7),
		"cut in the middle of the text it compares": long[:len(long)-2000] + "\n",
	} {
		for kind, pack := range map[string]func(string) string{"plain": func(s string) string { return s }, "gzip": gz} {
			t.Run(kind+" and "+name+" is read from its start", func(t *testing.T) {
				path := newFile(t, pack(long))
				_, _, since, err := collectAll(t, newCollector(t, path), "")
				if err != nil {
					t.Fatal(err)
				}
				write(t, path, pack(text))
				want, _, _, _ := collectAll(t, newCollector(t, path), "")
				got, _, _, err := collectAll(t, newCollector(t, path), since)
				if err != nil || !slices.Equal(got, want) || len(got) == 0 {
					t.Errorf("got %d mails, %v; want %d", len(got), err, len(want))
				}
			})
		}
	}
}

func TestPackedFileThatDidNotChangeIsNotUnpackedAgain(t *testing.T) {
	path := newFile(t, gz(mails(0, 500))) // a full page ends with the file
	_, _, since, err := collectAll(t, newCollector(t, path), "")
	if err != nil {
		t.Fatal(err)
	}
	src, err := open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.close()
	var at position
	if err := since.Read(cursorKind, &at); err != nil {
		t.Fatal(err)
	}
	r := &reading{c: newCollector(t, path), src: src}
	if ready, err := r.resume(at); ready || err != nil || src.counted != nil {
		t.Errorf("resume gives %v, %v and has begun to unpack: %v", ready, err, src.counted != nil)
	}
}
