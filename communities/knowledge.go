package communities

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"askahead/domain"
)

// data holds what is known about domains, countries and words; data/README.md says where each file is from.
//
//go:embed data/*.txt data/*.tsv
var data embed.FS

// knowledge is what is known about domains. It is read-only.
type knowledge struct {
	exact   map[string]string // domain → group: hand-checked organisations
	suffix  map[string]string // "gov.uk", and "gov.*" for the label under any country code
	shapes  []shape
	listed  []listed
	webmail list
	drop    func(domain string) bool // of the lists; nil drops nothing
}

// listed is one list of domains that belong to a group.
type listed struct {
	group string
	list  list
}

// shape is how a group names its domains: a label that begins with, ends with or contains a word.
type shape struct {
	prefix, suffix bool
	any            int // letters of any kind behind the word: "*county??"
	word, group    string
	tlds           []string // only under these; empty is all
	pattern        string
}

func newKnowledge() (*knowledge, error) {
	k := &knowledge{exact: map[string]string{}, suffix: map[string]string{}}
	err := eachLine("data/organisations.txt", func(f []string) error {
		for _, d := range f[1:] {
			k.exact[d] = f[0]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := eachLine("data/suffixes.txt", k.addSuffixes); err != nil {
		return nil, err
	}
	if err := eachLine("data/shapes.txt", k.addShape); err != nil {
		return nil, err
	}
	for _, l := range []struct{ file, group string }{{"academia", Academia}, {"government", Government}, {"banks", PrivateSector}} {
		made, err := newList("data/" + l.file + ".txt")
		if err != nil {
			return nil, err
		}
		k.listed = append(k.listed, listed{l.group, made})
	}
	k.webmail, err = newList("data/webmail.txt")
	return k, err
}

func (k *knowledge) addSuffixes(f []string) error {
	for _, s := range f[1:] {
		k.suffix[s] = f[0]
	}
	return nil
}

// addShape reads "academia univ-*" or "government comune* it".
func (k *knowledge) addShape(f []string) error {
	if len(f) < 2 {
		return fmt.Errorf("data/shapes.txt: %q: want a group and a pattern", strings.Join(f, " "))
	}
	p := f[1]
	s := shape{group: f[0], pattern: p, word: strings.Trim(p, "*?"), tlds: f[2:], any: strings.Count(p, "?")}
	s.prefix, s.suffix = !strings.HasPrefix(p, "*"), !strings.HasSuffix(p, "*")
	k.shapes = append(k.shapes, s)
	return nil
}

// free says that anyone can have an address there.
func (k *knowledge) free(name string) bool {
	for d := name; strings.IndexByte(d, '.') > 0; _, d, _ = strings.Cut(d, ".") {
		if k.exact[d] == "-" || k.webmail.has(d) && (k.drop == nil || !k.drop(d)) {
			return true
		}
	}
	return false
}

// tags adds the community that a domain belongs to: the domain itself or a parent if it is known, else its
// suffix, else its shape; and that of an emergency response team besides.
func (k *knowledge) tags(c *collector, name string, weaker int, what string) {
	add := func(group, rule, evidence string, strength int) {
		if group != "" && group != "-" {
			c.add(domain.Tag{Kind: domain.TagCommunity, Value: group, Rule: rule + " " + what, Evidence: evidence, Strength: strength - weaker})
		}
	}
	label := team(name)
	suffixed, suffix := k.bySuffix(name)
	if label == "" && suffixed == Government { // "colcert" below gov.co; elsewhere it may be any word
		if first, _, _ := strings.Cut(name, "."); len(first) > 5 && strings.HasSuffix(first, "cert") {
			label = first
		}
	}
	if label != "" {
		add(Technical, "response team's", label, strengthTeam)
	}
	if group, d := k.lookup(name); group != "" {
		add(group, "known", d, strengthKnown)
		return
	}
	if suffixed != "" {
		add(suffixed, "suffix of the", suffix, strengthSuffix)
		return
	}
	group, p := k.byShape(name)
	add(group, "shape of the", p, strengthShape)
}

// lookup finds the longest part of name that is known; "-" is known to say nothing.
func (k *knowledge) lookup(name string) (group, part string) {
	for d := name; strings.IndexByte(d, '.') > 0; _, d, _ = strings.Cut(d, ".") {
		if g, ok := k.exact[d]; ok {
			return g, d
		}
		if k.drop != nil && k.drop(d) {
			continue
		}
		for i := range k.listed {
			if k.listed[i].list.has(d) {
				return k.listed[i].group, d
			}
		}
	}
	return "", ""
}

// bySuffix finds the longest suffix that is open to one group only.
func (k *knowledge) bySuffix(name string) (group, suffix string) {
	for d := name; d != ""; _, d, _ = strings.Cut(d, ".") {
		if g, ok := k.suffix[d]; ok && (d != name || strings.IndexByte(d, '.') > 0) {
			return g, "*." + d
		}
		label, cc, ok := strings.Cut(d, ".")
		if ok && len(cc) == 2 {
			if g, ok := k.suffix[label+".*"]; ok && (d != name || g == Government || g == Technical) { // an address right at gov.uk, nic.br
				return g, "*." + d
			}
		}
	}
	return "", ""
}

// byShape looks at each label but the last.
func (k *knowledge) byShape(name string) (group, pattern string) {
	tld := name[strings.LastIndexByte(name, '.')+1:]
	for i := range k.shapes {
		s := &k.shapes[i]
		if len(s.tlds) > 0 && !slices.Contains(s.tlds, tld) {
			continue
		}
		for rest := name; ; {
			label, next, ok := strings.Cut(rest, ".")
			if !ok {
				break
			}
			if s.fits(label) {
				return s.group, s.pattern
			}
			rest = next
		}
	}
	return "", ""
}

func (s *shape) fits(label string) bool {
	if len(label) < s.any {
		return false
	}
	label = label[:len(label)-s.any]
	switch {
	case s.prefix && s.suffix:
		return label == s.word
	case s.prefix:
		return strings.HasPrefix(label, s.word)
	case s.suffix:
		return strings.HasSuffix(label, s.word)
	}
	return strings.Contains(label, s.word)
}

// team gives the label of name that names a computer emergency response team: cert, csirt or cirt, alone or
// set off by a hyphen or a country code, as in cert.example, csirt-kit.example, jpcert.
func team(name string) string {
	for rest := name; ; {
		label, next, ok := strings.Cut(rest, ".")
		if !ok {
			return ""
		}
		rest = next
		if strings.Contains(label, "csirt") {
			return label
		}
		for part := range strings.SplitSeq(label, "-") {
			if slices.Contains([]string{"thaicert", "singcert", "tuncert", "auscert"}, part) {
				return label
			}
			if part == "cert" || part == "cirt" || part == "govcert" || part == "certcc" || len(part) == 6 && strings.HasSuffix(part, "cert") {
				if part != "cert" && part != "govcert" && part != "certcc" && part != "cirt" && !countryPrefix(part[:2]) {
					continue
				}
				return label
			}
		}
	}
}

// countryPrefix says that teams use these two letters in front of "cert": jpcert, uscert.
func countryPrefix(s string) bool {
	return strings.Contains(" jp us kr uk au nz tw hk ph vn th id my sg in lk cn br mx uy ee lv ", " "+s+" ")
}

// normalDomain gives a domain in lower-case ASCII; empty for what is none.
func normalDomain(s string) string {
	s = strings.Trim(strings.TrimSpace(s), ".")
	if len(s) > 253 || !strings.Contains(s, ".") {
		return ""
	}
	ascii := true
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 0x80:
			ascii = false
		case c <= ' ' || strings.IndexByte("@/:<>\"'\\", c) >= 0:
			return ""
		}
	}
	if !ascii {
		p, err := idna.Lookup.ToASCII(s)
		if err != nil {
			return ""
		}
		s = p
	}
	return strings.ToLower(s)
}

// eachLine reads an embedded file: words separated by white space, "#" starts a comment.
func eachLine(name string, do func(fields []string) error) error {
	raw, err := fs.ReadFile(data, name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	for line := range strings.Lines(string(raw)) {
		line, _, _ = strings.Cut(line, "#")
		if f := strings.Fields(line); len(f) > 0 {
			if err := do(f); err != nil {
				return err
			}
		}
	}
	return nil
}
