package main

import (
	"archive/tar"
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// unpack reads the lists of the pack: the first column of each table, without its heading.
func unpack(file string) (map[string][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := map[string][]string{}
	archive := tar.NewReader(bzip2.NewReader(f))
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		name := path.Base(h.Name)
		if out[name], err = domains(archive, strings.HasSuffix(name, ".yaml")); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
}

// domains takes what can be a domain: no addresses of pages or machines.
func domains(r io.Reader, yaml bool) ([]string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var out []string
	for first := true; lines.Scan(); first = false {
		name, _, _ := strings.Cut(lines.Text(), "\t")
		if yaml {
			item, ok := strings.CutPrefix(strings.TrimSpace(name), "- ")
			if !ok {
				continue
			}
			name = "ministry-x." + item // a made-up name below the suffix
		} else if first {
			continue
		}
		name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), ".")
		if strings.Contains(name, ".") && !strings.ContainsAny(name, "/ :~") {
			out = append(out, name)
		}
	}
	return out, lines.Err()
}
