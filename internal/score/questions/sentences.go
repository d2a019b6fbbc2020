package main

import (
	"fmt"
	"slices"
	"strings"
)

// segmentCase is one rule of the golden set: a text and its sentences.
type segmentCase struct {
	Lang      string   `json:"lang"`
	Text      string   `json:"text"`
	Sentences []string `json:"sentences"`
	Verbatim  bool     `json:"verbatim"`
}

// segmenter scores the golden rules of sentence ends: a case is right if all its sentences are equal.
func (s *scorer) segmenter(files map[string][]byte) error {
	rows, err := readRows[segmentCase](files["questions/segmenter.jsonl"])
	if err != nil {
		return fmt.Errorf("segmenter: %w", err)
	}
	right, all := map[string]int{}, map[string]int{}
	for _, r := range rows {
		key := r.Lang
		if !r.Verbatim {
			key = "cleaned"
		}
		got := s.split(r.Text)
		want := r.Sentences
		if !r.Verbatim {
			got, want = squeeze(got), squeeze(want)
		}
		all[key]++
		if slices.Equal(trimAll(got), trimAll(want)) {
			right[key]++
		} else if s.show == "segmenter" || s.show == "segmenter-"+key {
			fmt.Fprintf(s.out, "%s %q\n   want %q\n   got  %q\n", key, r.Text, r.Sentences, got)
		}
	}
	line, hits, n := "", 0, 0
	for _, key := range slices.Sorted(mapKeys(all)) {
		line += fmt.Sprintf(" %s %d/%d", key, right[key], all[key])
		if key != "cleaned" {
			hits, n = hits+right[key], n+all[key]
		}
	}
	fmt.Fprintf(s.out, "%-28s %6d verbatim cases: %.3f;%s\n", "segmenter", n, ratio(hits, n), line)
	return nil
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (s *scorer) split(text string) []string {
	var out []string
	for _, sp := range s.f.Sentences(text) {
		out = append(out, text[sp.Start:sp.End])
	}
	return out
}

func trimAll(in []string) []string {
	out := make([]string, len(in))
	for i, t := range in {
		out[i] = strings.TrimSpace(t)
	}
	return out
}

// squeeze leaves out white space, for cases whose expected sentences were cleaned.
func squeeze(in []string) []string {
	out := make([]string, len(in))
	for i, t := range in {
		out[i] = strings.Join(strings.Fields(t), "")
	}
	return out
}

// document is a passage with its sentences.
type document struct {
	Lang      string   `json:"lang"`
	Text      string   `json:"text"`
	Sentences []string `json:"sentences"`
}

// ends scores the ends of sentences, counted in bytes that are no white space.
func (s *scorer) ends(d document, t *tally) {
	want := positions(d.Sentences)
	got := positions(s.split(d.Text))
	for p := range got {
		t.add(want[p], true)
	}
	for p := range want {
		if !got[p] {
			t.add(true, false)
		}
	}
}

func positions(sentences []string) map[int]bool {
	at, out := 0, map[int]bool{}
	for _, t := range sentences {
		at += len(strings.Join(strings.Fields(t), ""))
		out[at] = true
	}
	return out
}

// encyclopedia scores news and encyclopedia passages in seven languages: sentence ends, questions that are found as given
// and with every mark removed, passages and sentences without a mark that are taken, and sentences whose full stop was
// removed too, as in posts.
func (s *scorer) encyclopedia(files map[string][]byte) error {
	for _, lang := range []string{"ar", "es", "fr", "hi", "pt", "ru", "zh"} {
		docs, err := readRows[document](files["languages/pud_"+lang+".jsonl"])
		if err != nil {
			return fmt.Errorf("pud %s: %w", lang, err)
		}
		var ends, passages, marked, bare, plain, open, language tally
		for _, d := range docs {
			s.ends(d, &ends)
			quiet := true
			for _, t := range d.Sentences {
				if strings.ContainsAny(t, "?？؟") {
					quiet = false
					if endsWithMark(t) {
						marked.add(true, s.asks(t, ""))
						s.explain("pud "+lang, true, s.asks(t, ""), t)
						bare.add(true, s.asks(unmark.Replace(t), ""))
						s.explain("pud "+lang+" bare", true, s.asks(unmark.Replace(t), ""), t)
					}
					continue
				}
				plain.add(false, s.asks(t, ""))
				open.add(false, s.asks(unstop(t), ""))
				s.explain("pud "+lang+" open", false, s.asks(unstop(t), ""), unstop(t))
			}
			if quiet {
				passages.add(false, s.asks(d.Text, ""))
				s.explain("pud "+lang, false, s.asks(d.Text, ""), d.Text)
			}
			language.add(true, s.f.Language(d.Text, "") == lang)
		}
		fmt.Fprintf(s.out, "%-28s sentence ends F %.3f; %d marked questions: recall %.3f, mark removed %.3f; passages without a mark that are taken: %d of %d = %.4f (baseline 0); of %d sentences %.4f, full stop removed %.4f; language right %.3f\n",
			"pud "+lang, ends.f1(), marked.n, marked.recall(), bare.recall(), passages.wrong, passages.n, ratio(passages.wrong, passages.n),
			plain.n, ratio(plain.wrong, plain.n), ratio(open.wrong, open.n), language.recall())
	}
	return nil
}

// unstop leaves out the full stop at the end.
func unstop(text string) string { return strings.TrimRight(text, " .。।۔") }

// web scores English web texts.
func (s *scorer) web(files map[string][]byte) error {
	for _, part := range []string{"dev", "test"} {
		docs, err := readRows[document](files["languages/ewt_en_"+part+".jsonl"])
		if err != nil {
			return fmt.Errorf("ewt %s: %w", part, err)
		}
		var ends, marks tally
		for _, d := range docs {
			s.ends(d, &ends)
			for _, t := range d.Sentences {
				marks.add(endsWithMark(t), s.asks(t, ""))
				s.explain("ewt "+part, endsWithMark(t), s.asks(t, ""), t)
			}
		}
		fmt.Fprintf(s.out, "%-28s sentence ends F %.3f; against \"ends with a mark\": %v\n", "ewt "+part, ends.f1(), marks)
	}
	return nil
}
