// Command mail measures package authored on labelled mail that is kept outside of the repository:
//
//	go run ./internal/score/mail -corpora DIR
//
// DIR holds reply-stripping.tar.bz2, mime.tar.bz2, spamassassin-public.tar.bz2 and
// cypherpunks-1992-1998.mbox.bz2. Each suite is one line; the last two also check their lists against their own
// threads. What a suite asserts and askahead does not claim to do, such as cutting a thread into its mails, is
// counted as not applicable, never passed over.
package main

import (
	"archive/tar"
	"compress/bzip2"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	dir := flag.String("corpora", "", "folder that holds the packs")
	show := flag.String("show", "", "print the failed cases of this suite")
	quick := flag.Bool("quick", false, "leave out the large collections, which have no labels")
	flag.Parse()
	if *dir == "" {
		fmt.Fprintln(os.Stderr, "score: -corpora names no folder")
		os.Exit(2)
	}
	if err := run(*dir, *show, *quick, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

func run(dir, show string, quick bool, out io.Writer) error {
	replies, err := unpack(filepath.Join(dir, "reply-stripping.tar.bz2"))
	if err != nil {
		return err
	}
	messages, err := unpack(filepath.Join(dir, "mime.tar.bz2"))
	if err != nil {
		return err
	}
	s := &scorer{out: out, show: show}
	err = errors.Join(s.suites(replies), s.webis(replies), s.quagga(replies), s.decoding(messages), s.structure(messages))
	if err != nil || quick {
		return err
	}
	return errors.Join(s.spamassassin(filepath.Join(dir, "spamassassin-public.tar.bz2")),
		s.mbox("cypherpunks", filepath.Join(dir, "cypherpunks-1992-1998.mbox.bz2")))
}

type scorer struct {
	out  io.Writer
	show string // the suite whose failures are printed
}

// unpack reads the files of a pack into memory, by their names below the pack's own folder.
func unpack(path string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := eachFile(path, func(name string, data []byte) { files[name] = data })
	return files, err
}

func eachFile(path string, do func(name string, data []byte)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := tar.NewReader(bzip2.NewReader(f))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", filepath.Base(path), err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("read %s: %w", filepath.Base(path), err)
		}
		do(belowFirst(h.Name), data)
	}
}

// belowFirst drops the first folder of a path.
func belowFirst(name string) string {
	name = filepath.ToSlash(filepath.Clean(name))
	for i := range name {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}
