package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// declaration scores the language of the Universal Declaration of Human Rights, for the languages that have
// a rule file and for all that have an ISO 639-1 code; and what a declaration does: a right one, and one of English for all.
func (s *scorer) declaration(files map[string][]byte) error {
	ours := " en fr es pt ar zh ru de it nl hi ur ja ko tr id sw fa el pl uk da th hy "
	for _, n := range []int{100, 300, 1 << 20} {
		var main, all, declared, contradicted tally
		wrong := 0
		for i, row := range strings.Split(string(files["languages/udhr_index.tsv"]), "\n") {
			cells := strings.Split(strings.TrimRight(row, "\r"), "\t")
			if i == 0 || len(cells) < 3 {
				continue
			}
			code, _, _ := strings.Cut(cells[2], "-")
			text := string(files["udhr/"+cells[0]+".txt"])
			if len(code) != 2 || text == "" {
				continue
			}
			head := text
			if utf8.RuneCountInString(text) > n {
				head = string([]rune(text)[:n])
			}
			got := s.f.Language(head, "")
			all.add(true, got == code)
			if got != code && got != "und" {
				wrong++
			}
			if strings.Contains(ours, " "+code+" ") {
				main.add(true, got == code)
				declared.add(true, s.f.Language(head, code) == code)
				contradicted.add(true, s.f.Language(head, "en") == code)
				if got != code && s.show == "udhr" {
					fmt.Fprintln(s.out, n, cells[0], code, got)
				}
			}
		}
		fmt.Fprintf(s.out, "%-28s first %d characters: right %.3f (declared %.3f, declared English %.3f) of %d texts in languages with rules; of all %d: right %.3f, wrong %.3f (the rest \"und\")\n",
			"udhr", n, main.recall(), declared.recall(), contradicted.recall(), main.n, all.n, all.recall(), ratio(wrong, all.n))
	}
	return nil
}
