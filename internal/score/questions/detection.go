package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"askahead/domain"
	"askahead/questions"
)

type scorer struct {
	f    *questions.Finder
	out  io.Writer
	show string
}

// row is one labelled sentence.
type row struct {
	Text     string `json:"text"`
	Question bool   `json:"question"`
}

// asks tells whether a question of any kind is found in a text.
func (s *scorer) asks(text, declared string) bool {
	return len(s.f.Find(&domain.Authored{Own: text}, declared)) > 0
}

// tally counts right and wrong answers.
type tally struct{ hit, wrong, missed, n int }

func (t *tally) add(want, got bool) {
	t.n++
	switch {
	case want && got:
		t.hit++
	case got:
		t.wrong++
	case want:
		t.missed++
	}
}

func (t tally) precision() float64 { return ratio(t.hit, t.hit+t.wrong) }
func (t tally) recall() float64    { return ratio(t.hit, t.hit+t.missed) }

func (t tally) f1() float64 { return ratio(2*t.hit, 2*t.hit+t.wrong+t.missed) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func (t tally) String() string {
	return fmt.Sprintf("P %.3f R %.3f F %.3f", t.precision(), t.recall(), t.f1())
}

func endsWithMark(text string) bool {
	text = strings.TrimRight(text, " \t\n\"'”’»)")
	return strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") || strings.HasSuffix(text, "؟")
}

var unmark = strings.NewReplacer("?", "", "？", "", "؟", "", "¿", "")

// labelled scores the sets whose sentences are labelled question or not, as given and without any mark.
func (s *scorer) labelled(files map[string][]byte) error {
	for _, name := range []string{"gum_train", "mrda_val", "swda_val"} {
		rows, err := readRows[row](files["questions/"+name+".jsonl"])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		var given, bare, base tally
		for _, r := range rows {
			got, without := s.asks(r.Text, ""), s.asks(unmark.Replace(r.Text), "")
			given.add(r.Question, got)
			bare.add(r.Question, without)
			base.add(r.Question, endsWithMark(r.Text))
			s.explain(name, r.Question, got, r.Text)
			s.explain(name+"-bare", r.Question, without, r.Text)
		}
		fmt.Fprintf(s.out, "%-28s %6d sentences: %v (baseline %v); without marks: %v (baseline F 0.000)\n", name, len(rows), given, base, bare)
	}
	return nil
}

func (s *scorer) explain(set string, want, got bool, text string) {
	if set != s.show || want == got {
		return
	}
	word := "missed"
	if got {
		word = "false "
		for _, q := range s.f.Find(&domain.Authored{Own: text}, "") {
			word += " [" + q.Why + "]"
		}
	}
	fmt.Fprintln(s.out, word, text)
}

func readRows[T any](text []byte) ([]T, error) {
	var rows []T
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var r T
		err := d.Decode(&r)
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
}

// marked scores sets whose texts are all questions, most of them with a mark: how many are found.
func (s *scorer) marked(files map[string][]byte) error {
	sets := []struct {
		name, file, lang string
		comma            rune
		columns          []int
		header           bool
	}{
		{"queries, English", "query_wellformedness_dev.tsv", "en", '\t', []int{0}, false},
		{"lcqmc, Chinese", "lcqmc_dev.tsv", "zh", '\t', []int{0, 1}, false},
		{"pairs, Korean", "korean_pairs_train.csv", "ko", ',', []int{3, 4}, true},
		{"banking, English", "banking77_test.csv", "en", ',', []int{0}, true},
	}
	for _, set := range sets {
		r := csv.NewReader(bytes.NewReader(files["questions/"+set.file]))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = set.comma, true, -1
		rows, err := r.ReadAll()
		if err != nil {
			return fmt.Errorf("%s: %w", set.name, err)
		}
		if set.header {
			rows = rows[1:]
		}
		var with, bare tally
		unmarked := tally{}
		for _, row := range rows {
			for _, c := range set.columns {
				if c >= len(row) {
					continue
				}
				got := s.asks(row[c], "")
				if endsWithMark(row[c]) {
					with.add(true, got)
					bare.add(true, s.asks(unmark.Replace(row[c]), ""))
					s.explain(set.name, true, got, row[c])
				} else {
					unmarked.add(true, got)
				}
			}
		}
		fmt.Fprintf(s.out, "%-28s %6d with a mark: recall %.3f (baseline 1.000), mark removed %.3f; %d without: taken %.3f (baseline 0.000)\n",
			set.name, with.n, with.recall(), bare.recall(), unmarked.n, unmarked.recall())
	}
	return nil
}
