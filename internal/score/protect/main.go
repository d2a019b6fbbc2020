// Command protect counts, on real mail and chats, what package protect takes for a TLP label, and what it masks in the
// questions that are found there.
//
//	go run ./internal/score/protect -corpora DIR
//
// DIR holds spamassassin-public.tar.bz2, cypherpunks-1992-1998.mbox.bz2 and social-chat-feeds.tar.bz2. All of it is older than
// TLP is in common use, or from people who do not use it: any label found is a mistake, and nothing is learned of labels that
// are overlooked. Of the mask, it counts the addresses that a plain expression still finds behind it.
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"askahead/authored"
	"askahead/domain"
	"askahead/protect"
	"askahead/questions"
)

func main() {
	log.SetFlags(0)
	corpora := flag.String("corpora", "", "folder with the sets")
	every := flag.Int("every", 10, "read every so many mails of the long archive")
	flag.Parse()
	if err := run(os.Stdout, *corpora, *every); err != nil {
		log.Fatal("score protect: ", err)
	}
}

func run(out io.Writer, dir string, every int) error {
	finder, err := questions.New()
	if err != nil {
		return err
	}
	set := func(name string) *tally { return &tally{finder: finder, name: name} }
	mail, archive, chat := set("spamassassin"), set("cypherpunks"), set("IRC")
	err = errors.Join(
		unpack(filepath.Join(dir, "spamassassin-public.tar.bz2"), "", func(raw []byte) { mail.read(raw, domain.TypeMail) }),
		mbox(filepath.Join(dir, "cypherpunks-1992-1998.mbox.bz2"), every, func(raw []byte) { archive.read(raw, domain.TypeMail) }),
		unpack(filepath.Join(dir, "social-chat-feeds.tar.bz2"), ".raw.txt", func(raw []byte) {
			for line := range bytes.Lines(raw) {
				chat.read(line, domain.TypeText)
			}
		}))
	for _, t := range []*tally{mail, archive, chat} {
		fmt.Fprintf(out, "%-13s %6d items, %d with a label; %5d questions, %d masks in %d of them, %d addresses left\n",
			t.name, t.items, t.labelled, t.questions, t.masks, t.masked, t.left)
	}
	return err
}

type tally struct {
	name                                            string
	finder                                          *questions.Finder
	items, labelled, questions, masks, masked, left int
}

var (
	address = regexp.MustCompile(`(?i)[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}`)
	mask    = regexp.MustCompile(`\[(e-mail|account|phone|bank account)\]`)
)

func (t *tally) read(raw []byte, kind string) {
	r, err := authored.Read(domain.Item{Type: kind, Raw: raw})
	if err != nil {
		return
	}
	t.items++
	if d := protect.Label(&r, 0); d.TLP != domain.Inside || len(d.Spans) > 0 {
		t.labelled++
	}
	for _, f := range t.finder.Find(&r.Authored, r.Language) {
		if f.Kind != domain.Panel {
			continue
		}
		t.questions++
		shown := protect.Mask(f.Context + " " + f.Text)
		n := len(mask.FindAllString(shown, -1)) - len(mask.FindAllString(f.Context+" "+f.Text, -1))
		if n > 0 {
			t.masks += n
			t.masked++
		}
		t.left += len(address.FindAllString(shown, -1))
	}
}

// mostBytes is more than any item of the sets has.
const mostBytes = 16 << 20

// unpack calls f with each file whose name ends so.
func unpack(path, suffix string, f func(raw []byte)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for r := tar.NewReader(bzip2.NewReader(file)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		if h.Typeflag != tar.TypeReg || !strings.HasSuffix(h.Name, suffix) {
			continue
		}
		raw, err := io.ReadAll(io.LimitReader(r, mostBytes))
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		f(raw)
	}
}

// mbox calls f with every n-th mail of an archive.
func mbox(path string, n int, f func(raw []byte)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var raw []byte
	mails := 0
	put := func() {
		if mails++; raw != nil && mails%n == 0 {
			f(bytes.Clone(raw))
		}
		raw = raw[:0]
	}
	r := bufio.NewReaderSize(bzip2.NewReader(file), 1<<20)
	for blank := true; ; {
		line, err := r.ReadBytes('\n')
		switch {
		case blank && bytes.HasPrefix(line, []byte("From ")):
			put()
		case len(raw) < mostBytes:
			raw = append(raw, line...)
		}
		if errors.Is(err, io.EOF) {
			put()
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		blank = len(bytes.TrimSpace(line)) == 0
	}
}
