package protect

import (
	"strings"

	"askahead/domain"
)

// Decision is what an item's labels ask for, and why.
type Decision struct {
	TLP    domain.TLP    // of the item as a whole: its strictest label, or the source's default
	NoName bool          // Chatham House Rule: neither name nor affiliation in any output
	Why    string        // for explain; quotes nothing but labels
	Spans  []domain.Span // byte ranges of Own where labels stand, ordered; What is the label

	outside  domain.TLP // strictest label that no passage bounds: subject, headers, end of a line; 0 if none
	rest     domain.TLP // of text in no labelled passage
	passages []passage
}

// passage is a part of Own that a label in front of it governs.
type passage struct {
	start, end int
	level      domain.TLP
}

// At gives the label of a byte range of Own: within one labelled passage that passage's, but never looser
// than a label of the whole item; anywhere else, and across passages, what holds for the item.
func (d Decision) At(start, end int) domain.TLP {
	for _, p := range d.passages {
		if p.start <= start && start <= end && end <= p.end {
			return max(p.level, d.outside)
		}
	}
	return max(d.rest, d.TLP)
}

// Label reads the labels of an item (TLP 2.0, https://www.first.org/tlp/): in its subject, headers, hashtags
// and content warning, and right before the words that they govern. Where two disagree the stricter wins, and
// a label that nobody knows is RED. def is what an unlabelled item of the source counts as; 0, like any other
// value that is no label, is domain.Inside.
func Label(r *domain.Reading, def domain.TLP) Decision {
	if def.Label() == "" {
		def = domain.Inside
	}
	l := labeller{def: def}
	l.heading("subject", r.Subject)
	l.heading("content warning", r.Context)
	for _, line := range r.Labels {
		l.header(line)
	}
	for _, tag := range r.Hashtags {
		if m, ok := nextMark(tag, 0); ok && m.start == 0 {
			l.whole("hashtag", m)
		}
	}
	l.text(r.Own)
	l.d.NoName = noName(r)
	return l.decide(r.Own)
}

// labeller gathers the labels of one item.
type labeller struct {
	d       Decision
	def     domain.TLP
	reasons []string
	gaps    []domain.Span // parts of Own that no label governs
}

// whole takes a label for the whole item.
func (l *labeller) whole(where string, m mark) {
	l.d.outside = max(l.d.outside, m.level)
	l.reason(where, m)
}

func (l *labeller) reason(where string, m mark) {
	why := where + ": " + m.level.Label()
	if m.unknown {
		why = where + ": a label that TLP 2.0 does not know counts as TLP:RED"
	}
	if len(l.reasons) < 8 {
		l.reasons = append(l.reasons, why)
	}
}

// heading reads a line that stands above the text: every label in it is for the item, unless the line
// speaks about TLP.
func (l *labeller) heading(where, s string) {
	marks := 0
	for m, ok := nextMark(s, 0); ok; m, ok = nextMark(s, m.next) {
		if marks++; marks > mostMarks {
			l.whole(where, mark{level: domain.Red, unknown: true})
			return
		}
		at := around(s, 0, m)
		if at.about() || m.loose && !at.opened && at.goesOn() && m.level < l.def {
			continue
		}
		l.whole(where, m)
	}
}

// header reads one of Reading.Labels: "X-TLP: amber", "TLP:AMBER" or the bare name of a colour.
func (l *labeller) header(line string) {
	name, value, named := strings.Cut(line, ":")
	if m, ok := nextMark(line, 0); ok {
		for ; ok; m, ok = nextMark(line, m.next) {
			l.whole("header", m)
		}
		return
	}
	named = named && strings.Contains(strings.ToLower(name), "tlp") && !strings.ContainsAny(name, " ;,=/") // "by example.org id 5tlp; Mon, 12:"
	if !named {
		value = line
	}
	// The value as it would stand behind "TLP:": a header that is there to carry a label and says nothing
	// that can be read is obeyed as RED.
	m, ok := readMark("TLP:"+strings.TrimSpace(value), 0)
	switch {
	case ok && (named || !m.unknown):
		l.whole("header", m)
	case named && strings.TrimSpace(value) != "":
		l.whole("header", mark{level: domain.Red, unknown: true})
	}
}

// decide puts together what was gathered.
func (l *labeller) decide(own string) Decision {
	d := &l.d
	strictest := d.outside
	for _, p := range d.passages {
		strictest = max(strictest, p.level)
	}
	if strictest == 0 {
		d.TLP, d.rest = l.def, l.def
		d.Why = "no label: the source's default, " + l.def.String()
		if l.def == domain.Inside {
			d.Why = "no label, and the source sets no default: it stays inside"
		}
		return *d
	}
	d.TLP, d.rest = strictest, strictest
	if d.outside == 0 {
		d.rest = max(strictest, l.def)
		for _, g := range l.gaps {
			if substance(own[g.Start:g.End]) && l.def > d.TLP {
				d.TLP = l.def
				l.reasons = append(l.reasons, "text in front of or between the labels: the source's default, "+l.def.String())
			}
		}
	}
	d.Why = strings.Join(l.reasons, "; ")
	if len(l.reasons) > 1 {
		d.Why += " (the strictest governs the item)"
	}
	return *d
}

// substance says that a part of a text is more than a greeting: it is long or asks something.
func substance(s string) bool {
	return len(strings.TrimSpace(s)) > 160 || strings.ContainsAny(s, "?？؟;；՞፧⸮")
}
