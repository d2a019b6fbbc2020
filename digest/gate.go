package digest

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/bidi"

	"askahead/domain"
	"askahead/protect"
)

// beside is what an edition tells of a question that protect.View does not hold.
type beside struct {
	source string
	isNew  bool
}

// quotes makes what is printed of the questions that passed the gate. This is the only way in.
func quotes(g protect.Gated, about map[string]beside, p palette) []quote {
	list := make([]quote, 0, g.Len())
	for v := range g.All() {
		b := about[v.ID]
		q := quote{
			ID: v.ID, Topic: v.Topic, Text: oneLine(v.Text), Context: oneLine(v.Context), Language: v.Language,
			Dir: direction(v.Text), TLP: v.Label(), level: v.TLP, NoName: v.NoName, New: b.isNew,
			Edited: v.Edited, Answered: v.Answered, Answer: oneLine(v.Answer), AnswerURL: v.AnswerURL,
		}
		if q.Language == "" {
			q.Language = "und"
		}
		for _, t := range v.Tags {
			if t.Kind == domain.TagTheme && !slices.Contains(q.Themes, t.Value) {
				q.Themes = append(q.Themes, t.Value)
			}
		}
		slices.Sort(q.Themes)
		if !v.NoName {
			q.attribute(v, b, p)
		}
		list = append(list, q)
	}
	return list
}

// attribute says where a question came from, which the Chatham House Rule forbids.
func (q *quote) attribute(v protect.View, b beside, p palette) {
	q.Source, q.Published, q.URL, q.Support = clean(b.source), v.Published.UTC(), v.URL, v.Support
	q.Community = p.of(v.Community)
	best := 0
	for _, t := range v.Tags {
		switch {
		case t.Kind == domain.TagRegion && (q.Region == "" || t.Strength > best):
			q.Region, best = t.Value, t.Strength
		case t.Kind == domain.TagCommunity && t.Value != v.Community && !slices.Contains(q.Also, t.Value):
			q.Also = append(q.Also, t.Value)
		}
	}
	slices.Sort(q.Also)
}

// direction is that of the first letter with one (UAX #9, rule P2).
func direction(s string) string {
	for _, r := range s {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.R, bidi.AL:
			return "rtl"
		case bidi.L:
			return "ltr"
		}
	}
	return "ltr"
}

// clean is for texts of the organiser, such as titles: the same as the gate does to an asker's text.
func clean(s string) string { return oneLine(protect.NotReadable(s)) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func utc(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
