package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"askahead/authored"
	"askahead/domain"
)

// tally counts question marks and lines.
type tally struct {
	hit, extra, missed int // "?" that are own and kept; kept but not own; own but lost
	kept, own          int // lines of paragraphs
	gone, other        int // lines to be removed
	wrong              map[string]int
}

func (t tally) print(out *scorer, name string) {
	p, r := percent(t.hit, t.hit+t.extra), percent(t.hit, t.hit+t.missed)
	fmt.Fprintf(out.out, "%-20s \"?\" P %.3f R %.3f (%d own); own lines kept %.3f (%d); other lines removed %.3f (%d)\n",
		name, p/100, r/100, t.hit+t.missed, percent(t.kept, t.own)/100, t.own, percent(t.gone, t.other)/100, t.other)
	if out.show == name {
		fmt.Fprintln(out.out, "   stayed, by label:", t.wrong)
	}
}

// ownBytes tells for each byte of the text whether it is in Own.
func ownBytes(a domain.Authored) []bool {
	own := make([]bool, len(a.Text))
	for _, m := range a.Map {
		for i := m.Text; i < m.Text+m.Len; i++ {
			own[i] = true
		}
	}
	return own
}

// runeOffsets gives the byte offset of each rune, for labels count characters.
func runeOffsets(s string) []int {
	var list []int
	for i := range s {
		list = append(list, i)
	}
	return append(list, len(s))
}

// offset is the byte offset of character n; a few zones end behind the text.
func offset(at []int, n int) int { return at[min(n, len(at)-1)] }

// webis labels the paragraphs of a forwarded mail as paragraphs too; the second line counts the lines above
// the first quote alone.
func (s *scorer) webis(files map[string][]byte) error {
	t, top := tally{wrong: map[string]int{}}, tally{wrong: map[string]int{}}
	for line := range bytes.Lines(files["annotated/webis_enron.jsonl"]) {
		var r struct {
			Text   string
			Labels [][]any
			Own    []int `json:"own_q"`
			Other  []int `json:"other_q"`
		}
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("webis: %w", err)
		}
		r.Text = visible(r.Text)
		a, err := readText(r.Text)
		if err != nil {
			return err
		}
		own, at := ownBytes(a), runeOffsets(r.Text)
		t.questions(own, at, r.Own, r.Other)
		above := true
		for _, l := range r.Labels {
			from, to := at[int(l[0].(float64))], at[int(l[1].(float64))]
			label := l[2].(string)
			t.lines(own, r.Text, from, to, label)
			if above = above && label != "quotation" && label != "quotation_marker" && label != "inline_headers"; above {
				top.lines(own, r.Text, from, to, label)
			}
		}
	}
	t.print(s, "webis-enron")
	top.print(s, "webis-enron above")
	return nil
}

// visible puts blanks in the place of control characters, which authored drops, so that labels still fit.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || r == '\ufeff' || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

// readText reads the body of a mail. Labels point into the text, so it must come back as it was.
func readText(text string) (domain.Authored, error) {
	got, err := authored.Read(domain.Item{Type: domain.TypeMailText, Raw: []byte(text)})
	if err == nil && got.Text != text {
		err = fmt.Errorf("a text of %d bytes came back changed", len(text))
	}
	return got.Authored, err
}

func (t *tally) questions(own []bool, at, mine, others []int) {
	for _, q := range mine {
		if own[at[q]] {
			t.hit++
		} else {
			t.missed++
		}
	}
	for _, q := range others {
		if own[at[q]] {
			t.extra++
		}
	}
}

func (t *tally) lines(own []bool, text string, from, to int, label string) {
	for from < to {
		end := strings.IndexByte(text[from:to], '\n')
		if end < 0 {
			end = to - from
		}
		line := text[from : from+end]
		if trimmed := strings.TrimSpace(line); trimmed != "" {
			stays := own[from+strings.Index(line, trimmed)]
			t.count(label, stays)
		}
		from += end + 1
	}
}

func (t *tally) count(label string, stays bool) {
	switch label {
	case "paragraph":
		t.own++
		if stays {
			t.kept++
		}
	case "quotation", "quotation_marker", "mua_signature", "personal_signature", "inline_headers", "visual_separator":
		t.other++
		if stays {
			t.wrong[label]++
		} else {
			t.gone++
		}
	}
}

// quagga: the first body is the author's, what follows the first header is not.
func (s *scorer) quagga(files map[string][]byte) error {
	t := tally{wrong: map[string]int{}}
	for line := range bytes.Lines(files["annotated/quagga_enron_train.jsonl"]) {
		var r struct {
			Text  string
			Zones []struct {
				Start, End int
				Type       string
			}
		}
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("quagga: %w", err)
		}
		r.Text = visible(r.Text)
		a, err := readText(r.Text)
		if err != nil {
			return err
		}
		own, at := ownBytes(a), runeOffsets(r.Text)
		first, signature := true, map[int]bool{}
		for _, z := range r.Zones {
			if z.Type == "Body/Signature" {
				for i := offset(at, z.Start); i < offset(at, z.End); i++ {
					signature[i] = true
				}
			}
		}
		for _, z := range r.Zones {
			if z.Type != "Body" && z.Type != "Header" {
				continue
			}
			mine := z.Type == "Body" && first
			first = false
			t.zone(own, signature, r.Text, offset(at, z.Start), offset(at, z.End), mine, z.Type)
		}
	}
	t.print(s, "quagga-enron")
	return nil
}

func (t *tally) zone(own []bool, signature map[int]bool, text string, from, to int, mine bool, typ string) {
	for i := from; i < to; i++ {
		if text[i] != '?' {
			continue
		}
		switch {
		case mine && own[i]:
			t.hit++
		case mine:
			t.missed++
		case own[i]:
			t.extra++
		}
	}
	pos := from
	for line := range strings.Lines(text[from:to]) {
		if trimmed := strings.TrimSpace(line); trimmed != "" {
			i := pos + strings.Index(line, trimmed)
			label := "quotation"
			switch {
			case mine && signature[i]:
				label = "personal_signature"
			case mine:
				label = "paragraph"
			case typ == "Header":
				label = "inline_headers"
			}
			t.count(label, own[i])
		}
		pos += len(line)
	}
}
