package pipeline

import (
	"cmp"
	"errors"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode"

	"askahead/authored"
	"askahead/domain"
	"askahead/protect"
)

// Understood is everything that was made of one item, with the reasons; explain shows it whole.
type Understood struct {
	Reading domain.Reading
	Label   protect.Decision
	OptOut  string         // the rule by which its author declines; empty if none
	Found   []domain.Found // empty if it is not read any further: opted out or TLP:RED
	Err     error          // it can't be read: for quarantine
	Own     []PartView     // one for each Part of the source, in order

	mine  bool  // it asks askahead itself: for Line.Mailbox
	old   bool  // published before the run is interested: read no further
	index index // only of what is to be saved
}

// PartView is what one session makes of an item.
type PartView struct {
	Taken bool
	Why   string         // the condition that took it, or that none did
	Tags  [][]domain.Tag // one list for each of Found
}

// WhyNot says why nothing of the item becomes a question in an edition; empty if something may.
func (u *Understood) WhyNot() string {
	switch {
	case u.Err != nil:
		return u.Err.Error()
	case u.mine:
		return "it asks askahead itself, and no panel"
	case u.OptOut != "":
		return "its author declines: " + u.OptOut
	case u.Label.TLP == domain.Red:
		return "TLP:RED is never stored: " + u.Label.Why
	case len(u.Own) > 0 && !u.taken():
		return u.Own[0].Why
	case len(u.Found) == 0:
		return "no question"
	}
	for _, f := range u.Found {
		if f.Kind == domain.Panel {
			return ""
		}
	}
	return "its questions are not for the panel: " + string(u.Found[0].Kind)
}

// red says that nothing of it may be stored.
func (u *Understood) red() bool { return u.OptOut == "" && u.Label.TLP == domain.Red }

func (u *Understood) taken() bool {
	for _, p := range u.Own {
		if p.Taken {
			return true
		}
	}
	return false
}

// Understand reads one item as far as it may be read. It never panics: a fault in a parser is an item that
// could not be read, with its place in the log, so that one mail can't stop the others.
func (l *Line) Understand(src *Source, item *domain.Item) Understood {
	return l.understandSince(src, item, time.Time{})
}

// understandSince is Understand, but no further than needed to tell that an item was published before since.
func (l *Line) understandSince(src *Source, item *domain.Item, since time.Time) (u Understood) {
	defer l.catch(src, &u)
	return l.understand(src, item, since)
}

// catch turns a panic into an item that could not be read. What the panic says may quote the item; where it
// happened may not.
func (l *Line) catch(src *Source, u *Understood) {
	if fault := recover(); fault != nil {
		l.Log.Error("a parser failed", "source", src.Name, "stack", string(debug.Stack()))
		*u = Understood{Err: errFault}
	}
}

func (l *Line) understand(src *Source, item *domain.Item, since time.Time) (u Understood) {
	source := domain.Fact{Name: domain.FactSource, Value: src.Name}
	kind := domain.Fact{Name: domain.FactKind, Value: src.Kind}
	item.Facts = append(item.Facts[:len(item.Facts):len(item.Facts)], source, kind)
	reading, err := authored.Read(*item)
	if err != nil {
		return Understood{Err: err}
	}
	if at := reading.Published; !at.IsZero() && at.Before(since) {
		return Understood{old: true}
	}
	if n := reading.Author.Name; n != "" && !slices.ContainsFunc(reading.Facts, func(f domain.Fact) bool { return f.Name == domain.FactName }) {
		reading.Facts = append(reading.Facts, domain.Fact{Name: domain.FactName, Value: n}) // of a mail only its headers tell
	}
	if l.Mailbox != nil && item.Type == domain.TypeMail && l.Mailbox.Mine(&reading) {
		return Understood{Reading: reading, Own: make([]PartView, len(src.Parts)), mine: true}
	}
	u = Understood{Reading: reading, OptOut: protect.OptOut(&reading.Envelope)}
	u.Label = protect.Label(&u.Reading, cmp.Or(item.Unlabelled, src.Default))
	u.Own = make([]PartView, len(src.Parts))
	open := false
	for i, part := range src.Parts {
		u.Own[i].Why, u.Own[i].Taken = part.Take.Match(&u.Reading.Envelope, u.Reading.Own)
		open = open || u.Own[i].Taken || part.Take.Thread
	}
	if u.OptOut != "" || u.Label.TLP == domain.Red || !open {
		return u
	}
	u.Reading.Marks = withLabels(u.Reading.Marks, u.Label.Spans)
	u.Found = l.Finder.Find(&u.Reading.Authored, u.Reading.Language, src.names()...)
	if u.Reading.Asked {
		u.Found = l.asked(&u.Reading, u.Found)
	}
	for i, part := range src.Parts {
		u.Own[i].Tags = make([][]domain.Tag, len(u.Found))
		for j := range u.Found {
			u.Own[i].Tags[j] = part.Tagger.Tags(&u.Reading, &u.Found[j])
		}
	}
	return u
}

// names are what the sessions of the source are called: people ask "WS164", or the session by its title.
func (s *Source) names() (names []string) {
	for i := range s.Parts {
		session := &s.Parts[i].Session
		for _, name := range append([]string{session.ID, session.Title}, session.Hashtags...) {
			if telling(name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// telling tells whether a name is none of the words that people use without meaning the session: it has several
// words, a digit, or a capital inside.
func telling(name string) bool {
	return strings.ContainsAny(name, " -_0123456789") || strings.IndexFunc(name[min(1, len(name)):], unicode.IsUpper) >= 0
}

// withLabels marks where TLP labels stand, so that "TLP:GREEN" is no word of the question behind it.
func withLabels(marks, labels []domain.Span) []domain.Span {
	if len(labels) == 0 {
		return marks
	}
	all := slices.Clone(marks)
	for _, l := range labels {
		all = append(all, domain.Span{Start: l.Start, End: l.End, What: domain.MarkTLP})
	}
	slices.SortStableFunc(all, func(a, b domain.Span) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

// errFault stands for a panic in a parser.
var errFault = errors.New("a parser failed on it: please report this as a fault of askahead")

// unreadable says why an item goes to quarantine, without personal data.
func unreadable(err error) string {
	var known *authored.Unreadable
	if errors.As(err, &known) {
		return known.Why
	}
	if errors.Is(err, errFault) {
		return errFault.Error()
	}
	return "it can't be read"
}
