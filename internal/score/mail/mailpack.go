package main

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"askahead/authored"
	"askahead/authored/mime"
	"askahead/domain"
)

// decoding compares the text parts of james-mime4j's messages with its decoded files.
func (s *scorer) decoding(files map[string][]byte) error {
	good, n := 0, 0
	for _, name := range sorted(files) {
		if !strings.HasPrefix(name, "james-mime4j/") || !strings.HasSuffix(name, ".msg") {
			continue
		}
		base := strings.TrimSuffix(name, ".msg")
		var texts []string
		for _, p := range mime.Parse(files[name]).Leaves() {
			texts = append(texts, lines(p.Bytes()), lines(p.Text()))
		}
		for _, want := range sorted(files) {
			if !strings.HasPrefix(want, base+"_decoded_") || !strings.HasSuffix(want, ".txt") {
				continue
			}
			n++
			if slices.Contains(texts, lines(string(files[want]))) {
				good++
			} else if s.show == "mime4j" {
				fmt.Fprintf(s.out, "--- mime4j %s\n", want)
			}
		}
	}
	fmt.Fprintf(s.out, "%-20s %3d of %3d text parts as expected (%.1f%%)\n", "mime4j", good, n, percent(good, n))
	return nil
}

// lines gives a text the line ends that all compare with; the last one does not count.
func lines(s string) string {
	return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
}

// structure reads every file of the pack that is a message: none may take a second, and each gives a subject
// or a text, or says why not.
func (s *scorer) structure(files map[string][]byte) error {
	suites := map[string][3]int{}
	for _, name := range sorted(files) {
		suite, _, ok := strings.Cut(name, "/")
		if !ok || !isMessage(name) {
			continue
		}
		c := suites[suite]
		c[0]++
		start := time.Now()
		got, err := authored.Read(domain.Item{Type: domain.TypeMail, Raw: files[name]})
		if time.Since(start) > time.Second {
			fmt.Fprintf(s.out, "--- %s took %s\n", name, time.Since(start))
		}
		if err != nil {
			c[1]++
		} else if strings.TrimSpace(got.Subject+got.Text) == "" && len(got.Removed) == 0 {
			c[2]++
			if s.show == "structure" {
				fmt.Fprintf(s.out, "--- %s has neither subject nor text\n", name)
			}
		}
		suites[suite] = c
	}
	for _, suite := range sorted(suites) {
		c := suites[suite]
		fmt.Fprintf(s.out, "%-20s %3d messages, %d with a clear error, %d with neither subject nor text\n", suite, c[0], c[1], c[2])
	}
	return nil
}

// isMessage leaves out what the pack holds besides messages: expected results, pages, compressed files.
func isMessage(name string) bool {
	switch path.Ext(name) {
	case ".xml", ".out", ".golden", ".html", ".gz", ".zip", ".md", ".bin", ".json", ".png", ".jpg", ".gif", ".pdf":
		return false
	case ".txt":
		return strings.HasPrefix(name, "cpython-test_email/msg_")
	}
	return !strings.Contains(name, "LICENSE") && !strings.Contains(name, "_decoded_")
}

func sorted[V any](m map[string]V) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// bulk counts what a large collection gives, and how long the slowest mail takes.
type bulk struct {
	mails, errors, empty, own, text int
	bytes                           int
	spent, worst                    time.Duration
	broken                          int // results whose parts do not fit together
}

func (b *bulk) read(raw []byte) {
	start := time.Now()
	got, err := authored.Read(domain.Item{Type: domain.TypeMail, Raw: raw})
	took := time.Since(start)
	b.spent += took
	b.worst = max(b.worst, took)
	b.mails++
	b.bytes += len(raw)
	if err != nil {
		b.errors++
		return
	}
	if strings.TrimSpace(got.Own) == "" {
		b.empty++
	}
	b.own += len(got.Own)
	b.text += len(got.Text)
	if !fits(got.Authored) {
		b.broken++
	}
}

// fits tells whether Own is the pieces of Text that Map names.
func fits(a domain.Authored) bool {
	var b strings.Builder
	for _, m := range a.Map {
		if m.Own != b.Len() || m.Text+m.Len > len(a.Text) {
			return false
		}
		b.WriteString(a.Text[m.Text : m.Text+m.Len])
	}
	return b.String() == a.Own
}

func (b *bulk) print(s *scorer, name string) {
	fmt.Fprintf(s.out, "%-20s %d mails, %.0f a second (mean %.1f KB), slowest %s; %d errors, %d without own text, %.0f%% of the text is own, %d misfits\n",
		name, b.mails, float64(b.mails)/b.spent.Seconds(), float64(b.bytes)/float64(max(b.mails, 1))/1024, b.worst.Round(time.Microsecond),
		b.errors, b.empty, percent(b.own, b.text), b.broken)
}

func (s *scorer) spamassassin(path string) error {
	var b bulk
	t := newThreads()
	err := eachFile(path, func(name string, data []byte) {
		if !strings.HasSuffix(name, ".md") && strings.Contains(name, "/") {
			b.read(data)
			t.add(data)
		}
	})
	if err != nil {
		return err
	}
	b.print(s, "spamassassin")
	t.print(s, "spamassassin threads")
	return nil
}

// mbox reads the mails of a bzip2 mailbox: each begins with "From " behind an empty line.
func (s *scorer) mbox(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var all bytes.Buffer
	if _, err := all.ReadFrom(bzip2.NewReader(f)); err != nil {
		return errors.Join(errors.New("read the mailbox"), err)
	}
	var b bulk
	t := newThreads()
	data := all.Bytes()
	for len(data) > 0 {
		end := bytes.Index(data, []byte("\n\nFrom "))
		if end < 0 {
			end = len(data) - 2
		}
		b.read(data[:min(len(data), end+2)])
		t.add(data[:min(len(data), end+2)])
		data = data[min(len(data), end+2):]
	}
	b.print(s, name)
	t.print(s, name+" threads")
	return nil
}
