// Command questions measures package questions on labelled sets that are kept outside of the repository:
//
//	go run ./internal/score/questions -corpora DIR
//
// DIR holds questions.tar.bz2 and languages.tar.bz2. Each set is one line; beside each figure stands the
// baseline "a sentence that ends with a question mark asks".
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

	"askahead/questions"
)

func main() {
	dir := flag.String("corpora", "", "folder that holds questions.tar.bz2 and languages.tar.bz2")
	show := flag.String("show", "", "print what is wrong in this set: false or missed questions, sentence ends")
	flag.Parse()
	if *dir == "" {
		fmt.Fprintln(os.Stderr, "score: -corpora names no folder")
		os.Exit(2)
	}
	if err := run(*dir, *show, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

func run(dir, show string, out io.Writer) error {
	f, err := questions.New()
	if err != nil {
		return err
	}
	s := &scorer{f: f, out: out, show: show}
	for _, name := range []string{"questions", "languages"} {
		files, err := unpack(filepath.Join(dir, name+".tar.bz2"))
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if name == "questions" {
			err = errors.Join(s.labelled(files), s.marked(files), s.segmenter(files))
		} else {
			err = errors.Join(s.encyclopedia(files), s.web(files), s.declaration(files))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unpack reads the files of a pack into memory, by their names.
func unpack(path string) (map[string][]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	files := map[string][]byte{}
	for r := tar.NewReader(bzip2.NewReader(f)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		files[filepath.Base(filepath.Dir(h.Name))+"/"+filepath.Base(h.Name)] = text
	}
}
