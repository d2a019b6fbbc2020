package communities

import (
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// atlas knows the regional group of a country-code domain. It is read-only.
type atlas struct {
	groups  map[string]string // "ke" → "african"
	generic map[string]bool   // sold to anyone: says nothing
}

func newAtlas() (*atlas, error) {
	a := &atlas{groups: map[string]string{}, generic: map[string]bool{}}
	err := eachLine("data/groups.txt", func(f []string) error {
		for _, cc := range f[1:] {
			a.groups[cc] = strings.TrimPrefix(f[0], "territory:")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a, eachLine("data/country_domains.txt", a.add)
}

func (a *atlas) add(f []string) error {
	switch {
	case f[0] == "generic":
		for _, cc := range f[1:] {
			a.generic[cc] = true
		}
	case f[0] == "alias" && len(f) == 3:
		name, err := idna.ToASCII(f[1])
		if err != nil {
			return fmt.Errorf("data/country_domains.txt: alias of %s: %w", f[2], err)
		}
		a.groups[name] = a.groups[f[2]]
	case f[0] == "top" && len(f) == 3:
		a.groups[f[1]] = f[2]
		if g, ok := a.groups[f[2]]; ok {
			a.groups[f[1]] = g
		}
	default:
		return fmt.Errorf("data/country_domains.txt: line %q", strings.Join(f, " "))
	}
	return nil
}

// ofDomain gives the group of a domain's country and the part that says so; empty if its last label is no
// country, or one that anyone may use.
func (a *atlas) ofDomain(name string) (group, part string) {
	dot := strings.LastIndexByte(name, '.')
	cc := name[dot+1:]
	group = a.groups[cc]
	if group == "" || !a.generic[cc] {
		return group, cc
	}
	// Governments and schools have the second level of a generic domain to themselves.
	second := name[strings.LastIndexByte(name[:max(dot, 0)], '.')+1 : max(dot, 0)]
	switch second {
	case "gov", "gob", "gouv", "edu", "ac", "mil":
		return group, second + "." + cc
	}
	return "", ""
}
