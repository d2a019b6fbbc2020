// Command gendata writes the lists of data/ that are made from other people's lists; data/README.md names them
// and their licences.
//
//	go run ./communities/gendata -lists DIR -out communities/data
//
// DIR holds the lists as they are published (see sources in lists.go). Hand-written files of data/ stay.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"askahead/communities"
	"askahead/domain"
)

func main() {
	log.SetFlags(0)
	lists := flag.String("lists", "", "folder with the published lists")
	out := flag.String("out", "communities/data", "folder to write to")
	flag.Parse()
	if err := run(*lists, *out); err != nil {
		log.Fatal("gendata: ", err)
	}
}

func run(lists, out string) error {
	g, err := newGenerator(lists)
	if err != nil {
		return err
	}
	academia := g.keep(g.academia, communities.Academia)
	government := g.keep(g.government, communities.Government)
	banks := g.keep(g.banks, communities.PrivateSector)
	webmail := g.webmail(academia)
	for _, f := range []struct {
		name, origin string
		domains      []string
	}{
		{"academia.txt", "swot (JetBrains), university-domains-list (Hipo) and MISP's university domains", academia},
		{"government.txt", "the US General Services Administration's list of government domains outside .gov and .mil", government},
		{"banks.txt", "MISP's list of banks' web sites", banks},
		{"webmail.txt", "free-email-domains (Kiko Beats) and the list of disposable addresses: those that another rule would speak about", webmail},
	} {
		if err := write(filepath.Join(out, f.name), f.origin, f.domains); err != nil {
			return err
		}
		fmt.Printf("%s: %d domains\n", f.name, len(f.domains))
	}
	return writeCountries(filepath.Join(out, "countries.tsv"), filepath.Join(out, "groups.txt"))
}

// generator decides which domains of the published lists are worth a place.
type generator struct {
	rules                               *communities.Tagger // without any list
	academia, government, banks, public []string            // public: anyone can have an address there
	free                                map[string]bool
}

// keep gives the domains that no rule answers for, without those below another one, in order.
func (g *generator) keep(domains []string, group string) []string {
	set := map[string]bool{}
	for _, d := range domains {
		if !g.free[d] && g.answer(d) == "" {
			set[d] = true
		}
	}
	var out []string
	for d := range set {
		if !below(d, set) && (group == communities.Academia || !below(d, g.free)) {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return out
}

// webmail gives the domains that are open to anyone and that something else would be said of.
func (g *generator) webmail(academia []string) []string {
	var out []string
	for _, d := range g.public {
		if slices.Contains(g.academia, d) {
			continue // a university that offers mail to its alumni
		}
		_, listed := slices.BinarySearch(academia, d)
		cc := d[strings.LastIndexByte(d, '.')+1:]
		if g.answer(d) != "" || listed || g.free[d] && len(cc) == 2 && strings.Count(d, ".") == 1 {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// answer gives the community that the rules alone see in a domain.
func (g *generator) answer(d string) string {
	r := &domain.Reading{Envelope: domain.Envelope{Facts: []domain.Fact{{Name: domain.FactDomain, Value: d}}}}
	for _, t := range g.rules.Tags(r, &domain.Found{}) {
		if t.Kind == domain.TagCommunity {
			return t.Value
		}
	}
	return ""
}

// below says that a parent of d is in the set.
func below(d string, set map[string]bool) bool {
	for {
		_, parent, ok := strings.Cut(d, ".")
		if !ok {
			return false
		}
		if set[parent] {
			return true
		}
		d = parent
	}
}

// write makes a list as communities reads it: a line for each last label, its names sorted.
func write(path, origin string, domains []string) error {
	names := map[string][]string{}
	for _, d := range domains {
		dot := strings.LastIndexByte(d, '.')
		names[d[dot+1:]] = append(names[d[dot+1:]], d[:dot])
	}
	var tlds []string
	for tld := range names {
		tlds = append(tlds, tld)
	}
	slices.Sort(tlds)
	var b strings.Builder
	fmt.Fprintf(&b, "# Written by gendata from %s; see README.md.\n", origin)
	for _, tld := range tlds {
		slices.Sort(names[tld])
		fmt.Fprintf(&b, "%s %s\n", tld, strings.Join(names[tld], " "))
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
