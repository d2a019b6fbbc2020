package digest

import (
	"fmt"
	"strings"
)

// nothingSingle is said of a community that has no concern of its own.
func (p *paper) nothingSingle() string {
	if p.compared() < 2 {
		return "Nothing can be said: no other community has enough askers to compare it with."
	}
	return "Nothing qualified: it asks nothing clearly more often than the others."
}

// compared counts the communities above the floor.
func (p *paper) compared() int {
	n := 0
	for _, c := range p.Communities {
		if c.Enough {
			n++
		}
	}
	return n
}

// noData is said of a community below the floor.
func (p *paper) noData() string {
	return fmt.Sprintf("No data: at least %d askers are needed to compare it with the others.", p.Thresholds.Floor)
}

const nobodyAsked = "Nobody has asked about this yet."

// toldAbove points up the page to a topic that stands there in full.
func toldAbove(one topic) string {
	told := "told above"
	if one.Askers > 1 {
		told += ", " + plural(one.Askers, "asker", "askers")
	}
	if one.TLP != everyone {
		told += ", " + one.TLP
	}
	return told
}

// askedBy says how many people ask a topic, and from where.
func askedBy(one topic) string {
	var names []string
	for _, c := range one.Communities {
		names = append(names, c.Title)
	}
	if len(names) == 0 {
		return plural(one.Askers, "asker", "askers")
	}
	return plural(one.Askers, "asker", "askers") + ": " + listed(names)
}

// news says what the edition has that the one before had not.
func (p *paper) news() string {
	f := p.New
	switch {
	case f.First:
		return "This is the first edition: all of it is new."
	case f.Questions == 0:
		return fmt.Sprintf("Nothing came since %s.", p.day(*p.Since))
	case len(f.Topics) == 0:
		return fmt.Sprintf("%s came since %s, on what had been asked before.", plural(f.Questions, "question", "questions"), p.day(*p.Since))
	}
	return fmt.Sprintf("%s came since %s. Nobody had asked this before:", plural(f.Questions, "question", "questions"), p.day(*p.Since))
}

// tally is one list of counts with their sum.
type tally struct {
	Title  string
	N      int
	Counts []count
}

// maxCounts is how long a tally may get; the rest is summed up.
const maxCounts = 9

func (p *paper) tallies() []tally {
	list := []tally{{Title: "Regions", Counts: p.Regions}, {Title: "Languages", Counts: p.Languages}, {Title: "Sources", Counts: p.Sources}}
	for i := range list {
		for _, c := range list[i].Counts {
			list[i].N += c.N
		}
		if cs := list[i].Counts; len(cs) > maxCounts {
			rest := count{Title: fmt.Sprintf("%d others", len(cs)-maxCounts+1)}
			for _, c := range cs[maxCounts-1:] {
				rest.N += c.N
			}
			list[i].Counts = append(append([]count{}, cs[:maxCounts-1]...), rest)
		}
	}
	return list
}

// leftOut says why the figures of where questions came from do not add up to all of them.
func (p *paper) leftOut() string {
	n := 0
	for _, q := range p.Questions {
		if q.NoName {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s asked under the Chatham House Rule %s not in these figures.", plural(n, "question", "questions"), is(n))
}

func is(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// recallLine asks readers to forget. It does not say what, for that is the point.
func recallLine(r recall) string {
	refs := make([]string, 0, len(r.Questions))
	for _, id := range r.Questions {
		refs = append(refs, ref(id))
	}
	return fmt.Sprintf("%s of edition %d (%s) %s withdrawn, deleted at the source, or dismissed by a moderator. Please do not use %s any more.",
		plural(len(r.Questions), "question", "questions"), r.Edition, strings.Join(refs, ", "), was(len(r.Questions)), it(len(r.Questions)))
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func it(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
