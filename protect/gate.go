package protect

import (
	"iter"
	"slices"
	"strings"
	"time"

	"askahead/domain"
)

// Gated is questions that an audience may read, in the order in which they were given. Only Gate and Recheck
// make one, and it is the only thing that renderers take. The zero value is empty.
type Gated struct {
	audience domain.TLP
	approved bool // nothing but what a moderator has approved
	views    []View
}

// View is what may be shown of a question. Text and Context are free of personal data as far as Mask knows it,
// and of anything that a terminal or a browser would act on.
type View struct {
	ID        string
	Topic     string
	Text      string
	Context   string
	Language  string // ISO 639-1, "und" where it is not certain
	Kind      domain.Kind
	Why       string       // the rule that took it and chose its kind; it quotes the asker, so empty once a moderator has edited
	Community string       // the strongest community tag; empty if there is none or NoName forbids it
	Tags      []domain.Tag // without evidence; of a NoName question only its themes
	URL       string       // where anyone can read the item; empty if nobody can or NoName forbids it
	Published time.Time    // zero for NoName: it would find the post
	TLP       domain.TLP
	NoName    bool // Chatham House Rule
	Support   int  // how many people reacted with approval; 0 for NoName: it would help to find the post

	State     domain.State
	Edited    bool      // Text is a moderator's
	Answered  time.Time // zero if it was not
	Answer    string    // where, in a moderator's words; empty for NoName
	AnswerURL string    // the same as a link
}

// Label is the marking to print beside the question: "TLP:GREEN".
func (v View) Label() string { return v.TLP.Label() }

// Held says which question stayed behind, and why.
type Held struct{ ID, Why string }

// Gate lets through what audience may read: labelled, not stricter than audience, and not dismissed by a moderator.
// An audience that is no label, or RED, reads nothing.
func Gate(audience domain.TLP, qs []domain.Question) (Gated, []Held) {
	return Gated{audience: audience}.let(qs)
}

// GateApproved is Gate for those who read nothing but what a moderator has approved.
func GateApproved(audience domain.TLP, qs []domain.Question) (Gated, []Held) {
	return Gated{audience: audience, approved: true}.let(qs)
}

// let fills an empty Gated.
func (g Gated) let(qs []domain.Question) (Gated, []Held) {
	out := g
	var held []Held
	for i := range qs {
		v, why := g.view(&qs[i])
		if why != "" {
			held = append(held, Held{ID: qs[i].ID, Why: why})
			continue
		}
		out.views = append(out.views, v)
	}
	return out, held
}

// Recheck lets through what may still be read: look gives a question as it is now, and false if it is gone.
// What it gives is shown as it is now, with its present label. It is called right before an edition leaves.
func (g Gated) Recheck(look func(id string) (domain.Question, bool)) (Gated, []Held) {
	out := Gated{audience: g.audience, approved: g.approved}
	var held []Held
	for i := range g.views {
		id := g.views[i].ID
		q, ok := look(id)
		if !ok || q.ID != id {
			held = append(held, Held{ID: id, Why: "it is gone"})
			continue
		}
		v, why := g.view(&q)
		if why != "" {
			held = append(held, Held{ID: id, Why: why})
			continue
		}
		out.views = append(out.views, v)
	}
	return out, held
}

// Audience is whom the questions were let through for; 0 for the zero value.
func (g Gated) Audience() domain.TLP { return g.audience }

// Len counts the questions.
func (g Gated) Len() int { return len(g.views) }

// All yields the questions in order.
func (g Gated) All() iter.Seq[View] {
	return func(yield func(View) bool) {
		for i := range g.views {
			if !yield(g.views[i].clone()) {
				return
			}
		}
	}
}

// Questions gives the questions in order, as a copy.
func (g Gated) Questions() []View { return slices.Collect(g.All()) }

func (v View) clone() View {
	v.Tags = slices.Clone(v.Tags)
	return v
}

// Review makes what a moderator among audience may see of a question that they decide about, which Gate would hold
// back if it is dismissed. It says why if nothing may be seen. No output is made of it.
func Review(audience domain.TLP, q *domain.Question) (View, string) { return view(audience, q) }

// view makes what may be shown of q to these readers, or says why nothing may.
func (g Gated) view(q *domain.Question) (View, string) {
	if why := withheld(g.audience, q.TLP); why != "" { // first: no decision would help
		return View{}, why
	}
	switch {
	case q.State == domain.Dismissed:
		return View{}, "dismissed by a moderator"
	case g.approved && q.State == domain.Changed:
		return View{}, "not approved yet as it stands now: its text has changed since"
	case g.approved && q.State != domain.Approved:
		return View{}, "not approved yet"
	}
	return view(g.audience, q)
}

// view makes what audience may be shown of q, or says why nothing may.
func view(audience domain.TLP, q *domain.Question) (View, string) {
	if why := withheld(audience, q.TLP); why != "" {
		return View{}, why
	}
	if q.Edited && q.Text == "" {
		return View{}, "a moderator's wording of it is lost, and the asker's was not to be shown"
	}
	v := View{
		ID: q.ID, Topic: q.Topic, Language: q.Language, Kind: q.Kind, TLP: q.TLP, NoName: q.NoName,
		State: q.State, Edited: q.Edited, Answered: q.Answered,
		Text: strings.TrimSpace(Mask(NotReadable(q.Text))), Context: strings.TrimSpace(Mask(NotReadable(q.Context))),
	}
	if v.Text == "" {
		return View{}, "nothing of it can be shown"
	}
	if !q.Edited {
		v.Why = strings.TrimSpace(Mask(NotReadable(q.Why)))
	}
	if !q.NoName {
		v.URL, v.Published, v.Support = publicURL(q.URL), q.Published, q.Support
		// Where something was answered there often stands who asked.
		if v.AnswerURL = publicURL(q.Answer); v.AnswerURL == "" {
			v.Answer = strings.TrimSpace(Mask(NotReadable(q.Answer)))
		}
	}
	best := 0
	for _, t := range q.Tags {
		if q.NoName && t.Kind != domain.TagTheme {
			continue
		}
		v.Tags = append(v.Tags, domain.Tag{Kind: t.Kind, Value: t.Value, Rule: t.Rule, Strength: t.Strength})
		if t.Kind == domain.TagCommunity && (v.Community == "" || t.Strength > best) {
			v.Community, best = t.Value, t.Strength
		}
	}
	return v, ""
}

func withheld(audience, label domain.TLP) string {
	switch {
	case label.For(audience) && label.Label() != "" && audience.Label() != "":
		return ""
	case audience.Label() == "" || audience >= domain.Red:
		return "audience " + audience.String() + " may read nothing"
	case label.Label() == "":
		return "it has no label, and its source sets no default"
	case label >= domain.Red:
		return domain.Red.Label() + " leaves in no output"
	}
	return "labelled " + label.String() + ", above the audience " + audience.String()
}

// publicURL gives a page's address without user information; empty for what is no web address.
func publicURL(u string) string {
	if !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://") {
		return ""
	}
	if strings.ContainsFunc(u, func(r rune) bool { return r <= ' ' || r == 0x7F || acts(r) }) {
		return ""
	}
	rest := u[strings.Index(u, "//")+2:]
	host := rest
	if i := strings.IndexAny(rest, "/?#\\"); i >= 0 {
		host = rest[:i]
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	return u[:strings.Index(u, "//")+2] + rest
}

// Counts says whether a question counts for its community in an output: that it does not show its
// community (NoName) is of little use when the community has fewer askers than floor.
func Counts(noName bool, askers, floor int) bool { return !noName || askers >= floor }
