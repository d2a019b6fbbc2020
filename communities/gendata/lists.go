package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"askahead/communities"
	"askahead/domain"
)

// wellFormed is what a domain of a list must look like; lists hold addresses of pages and of machines too.
var wellFormed = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)

func newGenerator(dir string) (*generator, error) {
	tagger, err := communities.New(domain.Session{}, nil, nil)
	if err != nil {
		return nil, err
	}
	g := &generator{rules: tagger.Without(func(string) bool { return true }), free: map[string]bool{}}
	sources := []struct {
		file string
		into *[]string
		take func(row []string) bool
	}{
		{"swot_universities.tsv", &g.academia, all},
		{"universities_world.tsv", &g.academia, all},
		{"misp_university_domains.tsv", &g.academia, all},
		{"us_gov_other_tlds.tsv", &g.government, publicBody},
		{"misp_bank_website.tsv", &g.banks, company},
		{"free_mail.tsv", &g.public, all},
		{"disposable_mail.tsv", &g.public, all},
	}
	for _, s := range sources {
		before := len(*s.into)
		if err := read(filepath.Join(dir, s.file), s.into, s.take); err != nil {
			return nil, err
		}
		if s.file == "free_mail.tsv" {
			for _, d := range (*s.into)[before:] {
				g.free[d] = true
			}
		}
	}
	for _, d := range g.academia {
		delete(g.free, d)
	}
	return g, nil
}

// read takes the first column of a table with a heading.
func read(path string, into *[]string, take func([]string) bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for first := true; lines.Scan(); first = false {
		row := strings.Split(lines.Text(), "\t")
		name := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(row[0])), "."), "www.")
		if !first && wellFormed.MatchString(name) && take(row) {
			*into = append(*into, name)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func all([]string) bool { return true }

// publicBody leaves out what is only partly of the government.
func publicBody(row []string) bool {
	return len(row) > 4 && slices.Contains([]string{"Local", "County", "State", "Federal", "Regional", "Native Sovereign Nation / Tribal"}, row[4])
}

// company leaves central banks, banks' associations and supervisors out.
func company(row []string) bool {
	labels := strings.Split(strings.Trim(strings.ToLower(row[0]), "."), ".")
	for _, l := range labels {
		if slices.Contains([]string{"org", "gov", "gob", "int", "edu", "ac", "or"}, l) || strings.Contains(l, "central") && !strings.HasPrefix(l, "central") {
			return false
		}
	}
	return !slices.Contains(centralBanks(), strings.Join(labels, "."))
}

// centralBanks are public institutions among the banks, and the development banks of several states.
func centralBanks() []string {
	return strings.Fields(`bundesbank.de banque-france.fr bancaditalia.it bde.es bportugal.pt dnb.nl nbb.be oenb.at snb.ch riksbank.se
		norges-bank.no nationalbanken.dk suomenpankki.fi bof.fi eestipank.ee bank.lv lb.lt nbp.pl cnb.cz nbs.sk mnb.hu bnr.ro bnb.bg bnro.ro
		hnb.hr bsi.si nbs.rs cbbh.ba nbrm.mk cbcg.me bankofalbania.org bankofgreece.gr centralbank.ie bankofengland.co.uk bankofcanada.ca
		cbr.ru nbrb.by bank.gov.ua bnm.md nationalbank.kz nbkr.kg cbu.uz cba.am cbar.az nbg.gov.ge boj.or.jp bok.or.kr resbank.co.za
		centralbank.go.ke bancomext.com banxico.org.mx bcentral.cl bcu.gub.uy kfw.de eib.org ebrd.com coebank.org nib.int afdb.org adb.org iadb.org isdb.org aiib.org bcie.org boad.org bstdb.org
		eabr.org eadb.org caf.com cdb.int ndb.int ecobank-ebid.org bidc-ebid.org`)
}
