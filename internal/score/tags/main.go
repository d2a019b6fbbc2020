// Command tags scores what communities says of domains, on lists of domains whose community is known.
//
//	go run ./internal/score/tags -corpora DIR
//
// No row is scored with what was read from it: for each set, the domains of that set are taken out of the
// shipped lists first, unless another list that was made without it has them too.
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
	corpora := flag.String("corpora", "", "folder with domains.tar.bz2")
	show := flag.Int("show", 0, "how many wrong answers to show for each set")
	flag.Parse()
	if err := run(*corpora, *show); err != nil {
		log.Fatal("score tags: ", err)
	}
}

// set is rows of one community, and which domains must be unlearned before they are asked for.
type set struct {
	name, want string // want "" is that nothing may be said
	rows       []string
	drop       func(string) bool
}

func run(corpora string, show int) error {
	lists, err := unpack(filepath.Join(corpora, "domains.tar.bz2"))
	if err != nil {
		return err
	}
	tagger, err := communities.New(domain.Session{}, nil, nil)
	if err != nil {
		return err
	}
	sum := map[string]*score{}
	for _, s := range sets(lists) {
		got := measure(tagger.Without(s.drop), s, show)
		fmt.Println(got.line(s))
		if s.want == "" {
			continue // webmail is measured by how much is left unknown
		}
		for group, n := range got.answers {
			if sum[group] == nil {
				sum[group] = &score{}
			}
			sum[group].n += n
			if group == s.want {
				sum[group].right += n
			}
		}
	}
	fmt.Println("\nover all sets but webmail, where it answers:")
	var groups []string
	for g := range sum {
		groups = append(groups, g)
	}
	slices.Sort(groups)
	for _, g := range groups {
		fmt.Printf("  %-18s precision %.4f of %d answers\n", g, ratio(sum[g].right, sum[g].n), sum[g].n)
	}
	return nil
}

// sets splits the lists. The two lists of universities were made by different people, so each is asked with
// the knowledge of the other alone; of the government's and the banks' lists there is one each, so they are
// asked with rules alone.
func sets(l map[string][]string) []set {
	hipo := index(l["universities_world.tsv"], l["misp_university_domains.tsv"])
	swot := index(l["swot_universities.tsv"])
	nothing := func(string) bool { return true }
	return []set{
		{"universities_world, asked without it (knows swot)", communities.Academia, l["universities_world.tsv"], func(d string) bool { return !swot[d] }},
		{"swot, asked without it (knows universities_world)", communities.Academia, l["swot_universities.tsv"], func(d string) bool { return !hipo[d] }},
		{"universities_world, rules alone", communities.Academia, l["universities_world.tsv"], nothing},
		{"swot, rules alone", communities.Academia, l["swot_universities.tsv"], nothing},
		{"us_dotgov (no row is shipped)", communities.Government, l["us_dotgov.tsv"], nothing},
		{"us_gov_other_tlds, rules alone", communities.Government, l["us_gov_other_tlds.tsv"], nothing},
		{"governmental_domains below, rules alone", communities.Government, beginning(governmental, l["governmental_domains.yaml"]), nothing},
		{"the same of several states, rules alone", communities.Intergovernmental, beginning(intergovernmental, l["governmental_domains.yaml"]), nothing},
		{"banks, rules alone", communities.PrivateSector, l["misp_bank_website.tsv"], nothing},
		{"held out: intergovernmental", communities.Intergovernmental, heldOutOf(communities.Intergovernmental), nil},
		{"held out: technical", communities.Technical, heldOutOf(communities.Technical), nil},
		{"held out: civil society", communities.CivilSociety, heldOutOf(communities.CivilSociety), nil},
		{"held out: private sector", communities.PrivateSector, heldOutOf(communities.PrivateSector), nil},
		{"free_mail, asked without it", "", l["free_mail.tsv"], nothing},
		{"disposable_mail, asked without it", "", l["disposable_mail.tsv"], nothing},
		{"free_mail, as shipped", "", l["free_mail.tsv"], nil},
		{"disposable_mail, as shipped", "", l["disposable_mail.tsv"], nil},
	}
}

func index(lists ...[]string) map[string]bool {
	out := map[string]bool{}
	for _, l := range lists {
		for _, d := range l {
			out[d] = true
		}
	}
	return out
}

type score struct {
	n, right, unknown int
	answers           map[string]int
}

func measure(t *communities.Tagger, s set, show int) score {
	out := score{answers: map[string]int{}}
	for _, d := range s.rows {
		out.n++
		got := answer(t, d)
		switch {
		case got == "":
			out.unknown++
		default:
			out.answers[got]++
		}
		if got == s.want {
			out.right++
		} else if got != "" && show > 0 {
			show--
			fmt.Fprintf(os.Stderr, "  %s is said to be %s\n", d, got)
		}
	}
	return out
}

// answer is the strongest community that is seen in a domain.
func answer(t *communities.Tagger, d string) string {
	r := &domain.Reading{Envelope: domain.Envelope{Facts: []domain.Fact{{Name: domain.FactDomain, Value: d}}}}
	for _, tag := range t.Tags(r, &domain.Found{}) {
		if tag.Kind == domain.TagCommunity {
			return tag.Value
		}
	}
	return ""
}

func (s score) line(of set) string {
	if of.want == "" {
		return fmt.Sprintf("%-52s %6d rows: left unknown %.4f", of.name, s.n, ratio(s.unknown, s.n))
	}
	answered := s.n - s.unknown
	var wrong []string
	for g, n := range s.answers {
		if g != of.want {
			wrong = append(wrong, fmt.Sprintf("%s %d", g, n))
		}
	}
	slices.Sort(wrong)
	return fmt.Sprintf("%-52s %6d rows: answered %.4f, right where answered %.4f  %s", of.name, s.n,
		ratio(answered, s.n), ratio(s.right, answered), strings.Join(wrong, ", "))
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
