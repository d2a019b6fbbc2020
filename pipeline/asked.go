package pipeline

import (
	"slices"
	"strings"

	"askahead/domain"
)

// asked gives the questions of what was put into a form for questions. Where nothing in it looks like one for the
// panel, all of it is: "The role of incident responders under the new law", or what would be a sigh elsewhere. What is
// about the event itself stays that.
func (l *Line) asked(r *domain.Reading, found []domain.Found) []domain.Found {
	if slices.ContainsFunc(found, func(f domain.Found) bool { return f.Kind != domain.Rhetorical }) {
		return found
	}
	start, end := unlabelled(r)
	text := strings.Join(strings.Fields(r.Own[start:end]), " ")
	if text == "" {
		return found
	}
	return []domain.Found{{Text: text, Start: start, End: end, Kind: domain.Panel, Why: "asked in a form for questions",
		Language: l.Finder.Language(text, r.Language)}}
}

// unlabelled is the range of the author's words without white space at its ends, and without a TLP label at one of them.
func unlabelled(r *domain.Reading) (start, end int) {
	end = len(r.Own)
	for changed := true; changed; {
		start += len(r.Own[start:end]) - len(strings.TrimLeft(r.Own[start:end], blanks))
		end = start + len(strings.TrimRight(r.Own[start:end], " \t\r\n"))
		changed = false
		for _, m := range r.Marks {
			if m.What != domain.MarkTLP || m.End <= start || m.Start >= end {
				continue
			}
			if m.Start <= start {
				start, changed = m.End, true
			} else if m.End >= end {
				end, changed = m.Start, true
			}
		}
	}
	return start, end
}

// blanks is what stands between a label and what it governs.
const blanks = " \t\r\n:-–—"
