package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"askahead/domain"
)

// Decisions is what moderators decide about questions. A decision is final for every later run: it holds when the
// item is collected again, is edited at its source, goes and comes back, or is read anew by better rules. It finds
// its question by the source's text, and where no question of the item has that any more, by its id.
//
// It does not outlive what it is about. While a question is gone, its decisions keep who, when and what, and no
// words; once it has expired, nothing.
type Decisions interface {
	// Decide records a decision and puts it into force. It gives the question as it is now. The error is
	// domain.ErrNotFound if there is no such question, and ErrDecision if the decision lacks something. g finds the
	// topic of a question whose text changes: it keeps its topic if it still fits.
	Decide(ctx context.Context, d Decision, g Grouper) (domain.Question, error)
	// Decided lists what was decided about a question, the oldest first; of very many decisions the last thousand.
	// The error is domain.ErrNotFound if there is no such question.
	Decided(ctx context.Context, session, question string) ([]Decision, error)
	// Original gives a question as it was found, as if nothing had been decided about it: for a moderator's eyes.
	Original(ctx context.Context, session, question string) (domain.Question, error)
}

// Verb is what a moderator does to a question.
type Verb string

// The verbs. A permission counts for the words that it was given for: when they change at their source, it is void. It
// never makes a label stricter, and there is none for TLP:RED, which is not stored.
//
// The last of approve, dismiss and reopen holds; the last of permit and revoke holds; so does, apart from it, the last of edit and unedit, and
// for each kind of tag the last retag since untag.
const (
	Approve  Verb = "approve"
	Dismiss  Verb = "dismiss"  // in no output any more
	Answered Verb = "answered" // in the session or elsewhere
	Reopen   Verb = "reopen"   // takes back approve, dismiss and answered
	Edit     Verb = "edit"     // shows Text in the place of the asker's words
	Unedit   Verb = "unedit"   // shows the asker's words again
	Retag    Verb = "retag"    // puts Tags in the place of those of their kinds
	Untag    Verb = "untag"    // shows all tags again that were found
	Permit   Verb = "permit"   // its source allows Audience to read it, whatever its label says
	Revoke   Verb = "revoke"   // takes back permit
)

// Decision is what one moderator decided about one question.
type Decision struct {
	Session  string
	Question string // its id; in a history, as it was called at that time
	Verb     Verb
	By       string // who decided: the name that they gave
	At       time.Time
	Reason   string       // dismiss: why, required; permit: the evidence, required; answered: where, in words or as a link; may be empty for the others
	Text     string       // edit: the new text; in a history empty if the question was gone meanwhile
	Terms    []string     // edit: what the new text is found by
	Tags     []domain.Tag // retag: Kind and Value; domain.Unknown takes away those of the kind
	Audience domain.TLP   // permit: the label that it has from now on, if that is looser than its own
}

// ModeratorRule is the rule of tags that a moderator set, and ModeratorStrength their strength, above any other.
const (
	ModeratorRule     = "moderator"
	ModeratorStrength = 1000
)

// ErrDecision is what is wrong with a decision that can't be recorded.
var ErrDecision = errors.New("this can't be decided")

// How long what a moderator writes may be, in characters.
const (
	MaxModerator = 100
	MaxReason    = 1000
	MaxEdit      = 4000
)

// Cleaned gives the decision as it is recorded: white space folded, and nothing in it that its verb has no use for.
// Every store begins with it.
func (d Decision) Cleaned() (Decision, error) {
	d.By, d.Reason, d.Text = fold(d.By), fold(d.Reason), fold(d.Text)
	if d.Verb != Edit {
		d.Text, d.Terms = "", nil
	}
	if d.Verb != Retag {
		d.Tags = nil
	}
	if d.Verb != Permit {
		d.Audience = 0
	}
	return d, d.fault()
}

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

func (d *Decision) fault() error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrDecision, fmt.Sprintf(format, args...))
	}
	verbs := []Verb{Approve, Dismiss, Answered, Reopen, Edit, Unedit, Retag, Untag, Permit, Revoke}
	switch {
	case !slices.Contains(verbs, d.Verb):
		return wrong("%q is none of %v", d.Verb, verbs)
	case d.Session == "" || d.Question == "" || d.At.IsZero():
		return wrong("it names no session, no question or no time")
	case d.By == "":
		return wrong("it does not say who decides")
	case d.Verb == Dismiss && d.Reason == "":
		return wrong("who dismisses a question says why")
	case d.Verb == Permit && d.Reason == "":
		return wrong("who records a permission says what shows it")
	case d.Verb == Permit && (d.Audience.Label() == "" || d.Audience >= domain.Red):
		return wrong("%s is no audience that may be permitted", d.Audience)
	case d.Verb == Edit && d.Text == "":
		return wrong("the new text is empty")
	case d.Verb == Retag && len(d.Tags) == 0:
		return wrong("it names no tag")
	}
	for _, t := range d.Tags {
		if !slices.Contains([]string{domain.TagCommunity, domain.TagRegion, domain.TagTheme}, t.Kind) {
			return wrong("%q is no kind of tag", t.Kind)
		}
		if t.Value == "" || strings.ContainsAny(t.Value, " \n\t") {
			return wrong("%q is no %s", t.Value, t.Kind)
		}
	}
	for _, long := range []struct {
		what, text string
		most       int
	}{{"the name of who decides", d.By, MaxModerator}, {"the reason", d.Reason, MaxReason}, {"the new text", d.Text, MaxEdit}} {
		if n := utf8.RuneCountInString(long.text); n > long.most {
			return wrong("%s has %d characters, and at most %d are allowed", long.what, n, long.most)
		}
	}
	return nil
}

// Standing selects questions by what moderators decided.
type Standing string

// The standings. Undecided counts those as open that were changed at their source since they were approved.
const (
	NotDismissed Standing = ""
	Undecided    Standing = "open"
	IsApproved   Standing = "approved"
	IsDismissed  Standing = "dismissed"
	IsAnswered   Standing = "answered" // and not dismissed
	AnyStanding  Standing = "all"
)
