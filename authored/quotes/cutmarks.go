package quotes

import "strings"

// cutMark tells a line that says that something was left out of a quote, with a marked quote below it.
func (s *stripper) cutMark(j int) bool {
	if j >= len(s.lines) || s.lines[j].stop-s.lines[j].body > 24 && !isCutMark(s.text(j)) {
		return false
	}
	switch t := s.text(j); t[0] {
	case '[', '<', '.', '(', '{':
		k := j + 1
		for k < len(s.lines) && s.lines[k].blank() && s.lines[k].depth == 0 {
			k++
		}
		return k < len(s.lines) && s.lines[k].depth > 0
	}
	return false
}

// isCutMark tells a line that says in brackets that something was left out: "[snip]", "<stuff deleted>", "[...]".
func isCutMark(t string) bool {
	if len(t) < 3 || len(t) > 90 || strings.Contains(t, "?") {
		return false
	}
	switch t[:1] + t[len(t)-1:] {
	case "[]", "<>", "()", "{}":
	default:
		return false
	}
	low := strings.ToLower(t)
	for _, w := range [...]string{"snip", "stuff", "delet", "elided", "trimmed", "omitted", "removed", "cut", "...", "…", "schnipp", "gekürzt", "coupé", "tronqué", "recortado", "cortado", "tagliato", "geknipt", "обрез", "省略", "略"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}
