package communities

import (
	"io/fs"
	"strings"
	"testing"

	"askahead/domain"
)

func TestEveryNameOfAListIsFoundAndItsNeighboursAreNot(t *testing.T) {
	for _, file := range []string{"academia", "government", "banks", "webmail"} {
		l, err := newList("data/" + file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for tld, names := range l.lines {
			last := ""
			for name := range strings.SplitSeq(names, " ") {
				n++
				if name <= last {
					t.Errorf("%s: %s.%s stands behind %s", file, name, tld, last)
				}
				last = name
				if !l.has(name + "." + tld) {
					t.Errorf("%s: %s.%s is not found", file, name, tld)
				}
				for _, other := range []string{name + "!", "!" + name, name[:len(name)-1] + "!"} {
					if l.has(other + "." + tld) {
						t.Errorf("%s: %s.%s is found", file, other, tld)
					}
				}
			}
		}
		if n < 1000 {
			t.Errorf("%s: %d names", file, n)
		}
	}
}

func TestTheEmbeddedDataStaySmall(t *testing.T) {
	size := int64(0)
	err := fs.WalkDir(data, ".", func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		size += info.Size()
		return err
	})
	if err != nil || size > 400<<10 {
		t.Errorf("%d bytes, %v", size, err)
	}
}

func TestNoOrganisationIsGivenToTwoCommunities(t *testing.T) {
	seen := map[string]string{}
	err := eachLine("data/organisations.txt", func(f []string) error {
		if f[0] != "-" && !knownID(f[0]) {
			t.Errorf("%s is no community", f[0])
		}
		for _, d := range f[1:] {
			if normalDomain(d) != d {
				t.Errorf("%s is no domain", d)
			}
			if was, ok := seen[d]; ok && was != f[0] {
				t.Errorf("%s is %s and %s", d, was, f[0])
			}
			seen[d] = f[0]
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func knownID(id string) bool {
	for _, c := range Vocabulary() {
		if c.ID == id {
			return true
		}
	}
	return false
}

func TestTheRegionalGroupsHaveAllMembers(t *testing.T) {
	got := map[string]int{}
	seen := map[string]bool{}
	err := eachLine("data/groups.txt", func(f []string) error {
		for _, cc := range f[1:] {
			if seen[cc] {
				t.Errorf("%s twice", cc)
			}
			seen[cc] = true
			got[f[0]]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	members := 0
	for group, want := range map[string]int{African: 54, AsiaPacific: 54, EasternEuropean: 23, Grulac: 33, Weog: 29} {
		members += got[group]
		if got[group] != want {
			t.Errorf("%s has %d members, want %d", group, got[group], want)
		}
	}
	if members != 193 {
		t.Errorf("%d members of the United Nations", members)
	}
}

func TestRegionOfADomain(t *testing.T) {
	a, err := newAtlas()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ domain, group string }{
		{"example.co.ke", African}, {"example.jp", AsiaPacific}, {"example.pl", EasternEuropean}, {"example.com.br", Grulac},
		{"example.de", Weog}, {"example.ac.uk", Weog}, {"example.gov", Weog}, {"example.africa", African},
		{"example.co", ""}, {"example.com.co", ""}, {"example.edu.co", Grulac}, {"example.io", ""}, {"example.ai", ""}, {"example.tv", ""},
		{"example.me", ""}, {"gov.me", EasternEuropean}, {"example.com", ""}, {"example.eu", ""}, {"example.sn", African},
		{"example." + "xn--fiqs8s", AsiaPacific}, {"x", ""}, {"", ""},
	} {
		if got, _ := a.ofDomain(c.domain); got != c.group {
			t.Errorf("%s: got %q, want %q", c.domain, got, c.group)
		}
	}
}

func TestCommunityOfADomain(t *testing.T) {
	tagger := newTagger(t)
	for _, c := range []struct{ domain, want string }{
		{"un.org", Intergovernmental}, {"mail.un.org", Intergovernmental}, {"itu.int", Intergovernmental}, {"ec.europa.eu", Intergovernmental},
		{"bsi.bund.de", Government}, {"gc.ca", Government}, {"x.gc.ca", Government}, {"mofa.go.jp", Government}, {"x.gub.uy", Government},
		{"minfin.gob.ec", Government}, {"comune.firenze.it", Government}, {"bundestag.de", Government},
		{"mit.edu", Academia}, {"x.edu.au", Academia}, {"ox.ac.uk", Academia}, {"univ-beispiel.fr", Academia}, {"uni-beispiel.de", Academia},
		{"cert.org", Technical}, {"csirt-kit.nl", Technical}, {"jpcert.or.jp", Technical}, {"ripe.net", Technical}, {"cert-in.org.in", Technical},
		{"gov.uk", Government}, {"mycolcert.example", ""}, {"colcert.gov.co", Technical}, {"nic.br", Technical}, {"nic.in", Government},
		{"ixp.example.ng", Technical}, {"x-ix.net", Technical}, {"amnesty.de", CivilSociety}, {"amnestypharma.de", ""}, {"ebrd.com", Intergovernmental},
		{"finanzen.bayern.de", Government}, {"x.bel.tr", Government}, {"x.sch.ng", Academia}, {"anything.university", ""}, {"sparkasse-beispiel.de", PrivateSector},
		{"eff.org", CivilSociety}, {"privacyinternational.org", CivilSociety}, {"x.ngo", CivilSociety},
		{"microsoft.com", PrivateSector},
		{"gmail.com", ""}, {"yahoo.co.uk", ""}, {"gmx.de", ""}, {"outlook.edu.pl", ""}, {"example.org", ""}, {"example.com", ""},
		{"concert.de", ""}, {"desertcert.com", ""}, {"unicorn.de", ""}, {"gov.example.com", ""}, {"edu.example.com", ""}, {"go.example.de", ""},
		{"notun.org", ""}, {"eff.org.example.com", ""}, {"someone@mit.edu", ""}, {"..", ""}, {"MIT.EDU.", Academia},
	} {
		r := &domain.Reading{Envelope: domain.Envelope{Facts: []domain.Fact{{Name: domain.FactDomain, Value: c.domain}}}}
		got := ""
		for _, tag := range tagger.Tags(r, &domain.Found{}) {
			if tag.Kind == domain.TagCommunity {
				got = tag.Value
				break
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.domain, got, c.want)
		}
	}
}
