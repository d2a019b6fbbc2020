package main

import (
	"archive/tar"
	"bufio"
	"compress/bzip2"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// Names that are made up below the suffixes of the governmental domains.
const (
	governmental      = "ministry-x."
	intergovernmental = "agency-x."
)

// beginning gives the domains with a beginning.
func beginning(with string, domains []string) (out []string) {
	for _, d := range domains {
		if strings.HasPrefix(d, with) {
			out = append(out, d)
		}
	}
	return out
}

//go:embed heldout.tsv
var heldOut string

// heldOutOf gives the domains of a community in heldout.tsv.
func heldOutOf(community string) (out []string) {
	for line := range strings.Lines(heldOut) {
		if of, domain, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && of == community {
			out = append(out, domain)
		}
	}
	return out
}

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

// international says that a heading of the governmental domains is none of a government.
func international(heading string) bool {
	return heading == "European Union" || heading == "Intergovernmental organizations" || heading == "United Nations"
}

// domains takes what can be a domain: no addresses of pages or machines. Of the governmental ones, those of organisations
// of several states are marked by the name that is made up.
func domains(r io.Reader, yaml bool) ([]string, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var out []string
	made := ""
	for first := true; lines.Scan(); first = false {
		name, _, _ := strings.Cut(lines.Text(), "\t")
		if yaml {
			item, ok := strings.CutPrefix(strings.TrimSpace(name), "- ")
			if !ok {
				made = governmental
				if international(strings.TrimSuffix(strings.TrimSpace(name), ":")) {
					made = intergovernmental
				}
				continue
			}
			name = made + item // a made-up name below the suffix
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
