package communities

import (
	"fmt"
	"io/fs"
	"strings"
)

// list is a set of domains in a compact text: one line for each last label, "de tu-one two.three", its names
// sorted by bytes and separated by one space. Names are looked up where they lie, so that a list costs no
// memory beside the file that is embedded anyway.
type list struct{ lines map[string]string }

func newList(name string) (list, error) {
	raw, err := fs.ReadFile(data, name)
	if err != nil {
		return list{}, fmt.Errorf("read %s: %w", name, err)
	}
	l := list{lines: map[string]string{}}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		tld, names, ok := strings.Cut(line, " ")
		if !ok {
			return list{}, fmt.Errorf("%s: line %q has no names", name, line)
		}
		l.lines[tld] = names
	}
	return l, nil
}

// has says whether exactly this domain is in the list.
func (l list) has(domain string) bool {
	dot := strings.LastIndexByte(domain, '.')
	if dot <= 0 {
		return false
	}
	want, names := domain[:dot], l.lines[domain[dot+1:]]
	lo, hi := 0, len(names) // names[lo:hi] starts and ends at a name
	for lo < hi {
		mid := lo + (hi-lo)/2
		start := lo + strings.LastIndexByte(names[lo:mid], ' ') + 1
		end := strings.IndexByte(names[start:hi], ' ')
		if end < 0 {
			end = hi
		} else {
			end += start
		}
		switch name := names[start:end]; {
		case name == want:
			return true
		case name < want:
			lo = min(end+1, hi)
		default:
			hi = max(start-1, lo)
		}
	}
	return false
}
