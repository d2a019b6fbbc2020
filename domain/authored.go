package domain

import "sort"

// Reading is an item that was read: what its headers say and the words of its author.
type Reading struct {
	Envelope
	Authored
}

// Authored is the text of an item, and which of it its author wrote.
type Authored struct {
	Text    string    // the decoded body, before anything is unfolded or removed
	Own     string    // the author's own words, in order
	Map     []Segment // where each part of Own lies in Text, ordered by both
	Removed []Span    // byte ranges of Text that are not in Own, with the reason; ordered, not overlapping
	Marks   []Span    // byte ranges of Own that are authored but of a special kind; ordered
}

// Span is a byte range, end exclusive, on rune boundaries, and what is said of it.
type Span struct {
	Start, End int
	What       string
}

// What a mark says about a range of Own.
const (
	MarkGreeting = "greeting"
	MarkClosing  = "closing"
	MarkCode     = "code"
	MarkLog      = "log"
	MarkPatch    = "patch"
	MarkTable    = "table"
	MarkHeading  = "heading"
	MarkTLP      = "tlp"     // a TLP label that stands on its own
	MarkAddress  = "address" // mentions and hashtags at the edges of a post: not words of a question
	MarkSpoiler  = "spoiler"
)

// RemovedQuote is the reason of a removed range in which its author quotes another.
const RemovedQuote = "quote"

// Segment says that Own[Own:Own+Len] is Text[Text:Text+Len].
type Segment struct{ Own, Text, Len int }

// ToText translates a byte range of Own into one of Text. What was removed inside of the range lies within
// the result; what was removed at its edges does not.
func (a *Authored) ToText(start, end int) (int, int) {
	if end <= start {
		at := a.at(start)
		return at, at
	}
	from, last := a.at(start), a.at(end-1)
	if s, ok := a.segment(end - 1); ok && end-1 < s.Own+s.Len {
		last++
	}
	return from, max(from, last)
}

// at is where the byte of Own lies in Text; for one that stands for removed bytes, the end of what is before it.
func (a *Authored) at(own int) int {
	s, ok := a.segment(own)
	if !ok {
		return 0
	}
	return s.Text + min(own-s.Own, s.Len)
}

// segment finds the last segment that begins at or before own.
func (a *Authored) segment(own int) (Segment, bool) {
	i := sort.Search(len(a.Map), func(i int) bool { return a.Map[i].Own > own }) - 1
	if i < 0 {
		return Segment{}, false
	}
	return a.Map[i], true
}
