package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"askahead/domain"
)

// pool is questions that are grouped together, and which of them are the same: equal gold, equal question.
type pool struct {
	questions []domain.Question
	gold      []string
}

// pair is two questions and whether they ask the same.
type pair struct {
	a, b domain.Question
	same bool
}

type dataset struct {
	pools []pool
	pairs []pair
}

type set struct {
	name    string
	read    func(dir string) (dataset, error)
	reposts bool
}

func sets() []set {
	return []set{
		{"semeval-2016", readSemEval, true},
		{"semeval-2016 subjects", readSemEvalSubjects, false},
		{"banking77 test", readBanking, true},
		{"lcqmc dev", readLCQMC, true},
		{"korean pairs", readKorean, true},
	}
}

// half keeps every second pool or pair, so that what was tuned on one half can be measured on the other.
func (d dataset) half(which string) dataset {
	rest := map[string]int{"even": 0, "odd": 1}
	r, ok := rest[which]
	if !ok {
		return d
	}
	var h dataset
	for i, p := range d.pairs {
		if i%2 == r {
			h.pairs = append(h.pairs, p)
		}
	}
	if len(d.pairs) > 0 {
		h.pools = []pool{poolOf(h.pairs)}
		return h
	}
	if len(d.pools) > 1 {
		for i, p := range d.pools {
			if i%2 == r {
				h.pools = append(h.pools, p)
			}
		}
		return h
	}
	for _, p := range d.pools {
		var one pool
		for i := range p.questions {
			if hash(p.gold[i])%2 == uint32(r) {
				one.questions = append(one.questions, p.questions[i])
				one.gold = append(one.gold, p.gold[i])
			}
		}
		h.pools = append(h.pools, one)
	}
	return h
}

func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

func readSemEval(dir string) (dataset, error) { return readThreads(dir, false) }

func readSemEvalSubjects(dir string) (dataset, error) { return readThreads(dir, true) }

// readThreads makes a pool of each question with its ten candidates. Perfect matches are the same question;
// candidates labelled merely relevant are on the same subject, but another question.
func readThreads(dir string, subjects bool) (dataset, error) {
	f, err := os.Open(filepath.Join(dir, "semeval16_qq.jsonl"))
	if err != nil {
		return dataset{}, err
	}
	defer f.Close()
	var d dataset
	at := map[string]int{}
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var row struct{ OID, OQ, RID, RQ, Label string }
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			return d, err
		}
		if subjects {
			row.OQ, _, _ = strings.Cut(row.OQ, " — ")
			row.RQ, _, _ = strings.Cut(row.RQ, " — ")
		}
		i, ok := at[row.OID]
		if !ok {
			i = len(d.pools)
			at[row.OID] = i
			d.pools = append(d.pools, pool{})
			d.pools[i].add(row.OID, row.OQ, "en", row.OID)
		}
		gold := row.RID
		if row.Label == "PerfectMatch" {
			gold = row.OID
		}
		d.pools[i].add(row.RID, row.RQ, "en", gold)
	}
	return d, in.Err()
}

func (p *pool) add(id, text, lang, gold string) {
	p.questions = append(p.questions, domain.Question{ID: id, Text: text, Language: lang, Kind: domain.Panel})
	p.gold = append(p.gold, gold)
}

func readBanking(dir string) (dataset, error) {
	var d dataset
	d.pools = make([]pool, 1)
	err := readCSV(filepath.Join(dir, "banking77_test.csv"), ',', func(i int, row []string) {
		d.pools[0].add(fmt.Sprintf("b%05d", i), row[0], "en", row[1])
	})
	return d, err
}

func readLCQMC(dir string) (dataset, error) {
	f, err := os.Open(filepath.Join(dir, "lcqmc_dev.tsv"))
	if err != nil {
		return dataset{}, err
	}
	defer f.Close()
	var d dataset
	in := bufio.NewScanner(f)
	for n := 0; in.Scan(); n++ {
		row := strings.Split(in.Text(), "\t")
		if len(row) == 3 {
			d.pairs = append(d.pairs, newPair(n, row[0], row[1], "zh", row[2] == "1"))
		}
	}
	d.pools = []pool{poolOf(d.pairs)}
	return d, in.Err()
}

func readKorean(dir string) (dataset, error) {
	var d dataset
	err := readCSV(filepath.Join(dir, "korean_pairs_train.csv"), ',', func(i int, row []string) {
		if len(row) >= 6 {
			d.pairs = append(d.pairs, newPair(i, row[3], row[4], "ko", row[5] == "0")) // 0 is the same, see its README
		}
	})
	d.pools = []pool{poolOf(d.pairs)}
	return d, err
}

func newPair(n int, a, b, lang string, same bool) pair {
	return pair{
		a:    domain.Question{ID: fmt.Sprintf("p%06da", n), Text: a, Language: lang, Kind: domain.Panel},
		b:    domain.Question{ID: fmt.Sprintf("p%06db", n), Text: b, Language: lang, Kind: domain.Panel},
		same: same,
	}
}

// poolOf joins the distinct texts of pairs: what a chain of "same" labels connects is one question.
func poolOf(pairs []pair) pool {
	number := map[string]int{}
	var list []domain.Question
	get := func(q domain.Question) int {
		i, ok := number[q.Text]
		if !ok {
			i = len(list)
			number[q.Text] = i
			list = append(list, q)
		}
		return i
	}
	type edge struct{ a, b int }
	var edges []edge
	for _, p := range pairs {
		a, b := get(p.a), get(p.b)
		if p.same {
			edges = append(edges, edge{a, b})
		}
	}
	u := newUnion(len(list))
	for _, e := range edges {
		u.join(e.a, e.b)
	}
	var p pool
	for i, q := range list {
		p.questions = append(p.questions, q)
		p.gold = append(p.gold, fmt.Sprint(u.root(i)))
	}
	return p
}

func readCSV(path string, comma rune, each func(i int, row []string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord = comma, -1
	for i := 0; ; i++ {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if i > 0 {
			each(i, row)
		}
	}
}
