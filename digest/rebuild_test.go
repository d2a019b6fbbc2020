package digest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

// kept is a record as a store gives it back: to the microsecond, with the recalls that it told.
func kept(e Edition, s *shelf) store.Edition {
	r := e.Record("html")
	r.Created, r.Since, r.Until = r.Created.Truncate(time.Microsecond), r.Since.Truncate(time.Microsecond), r.Until.Truncate(time.Microsecond)
	r.Questions, r.Recalls = nil, s.recalls
	return r
}

// recorded is an edition of the workshop with everything that can be in one, and its record.
func recorded(t *testing.T, r Request) (*shelf, map[string]string, store.Edition) {
	t.Helper()
	s := newShelf(t, workshop())
	s.editions = []store.Edition{{Session: "igf2018-ws164", Name: "panelists", Number: 2, Audience: r.Audience, Until: at("2018-10-22 05:00")}}
	s.recalls = []store.Recall{{Question: "item98.1", Edition: 1}, {Question: "item97.2", Edition: 2}}
	e := newEdition(t, s, r)
	return s, render(t, e), kept(e, s)
}

// goOn is what happens to a store after an edition: it is recorded, its recalls are told, and more comes in.
func (s *shelf) goOn(record store.Edition) {
	s.editions = append([]store.Edition{record}, s.editions...)
	s.recalls = nil
	late := s.questions[0]
	late.ID, late.Item, late.Text, late.Collected = "late.1", "late", "Was this asked too late?", record.Until
	s.questions = append(s.questions, late)
}

func again(t *testing.T, s *shelf, record store.Edition, r Request) Edition {
	t.Helper()
	r.Now, r.Since, r.Until = record.Created.Add(72*time.Hour), time.Time{}, time.Time{}
	e, _, err := Rebuild(t.Context(), s, record, r)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnEditionThatIsMadeAgainIsTheSameByteByByte(t *testing.T) {
	for name, change := range map[string]func(*Request){
		"as usual":                 func(*Request) {},
		"made within a second":     func(r *Request) { r.Now = r.Now.Add(123456789) },
		"with a window of its own": func(r *Request) { r.Since, r.Until = at("2018-10-05 00:00"), at("2018-10-20 00:00") },
		"for everyone":             func(r *Request) { r.Audience = domain.Clear },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRequest(t, domain.Green)
			r.Options.Sources = []string{"preparation-list", "hashtag"}
			change(&r)
			s, first, record := recorded(t, r)
			s.goOn(record)
			for format, text := range render(t, again(t, s, record, r)) {
				if d := cmp.Diff(first[format], text); d != "" {
					t.Errorf("%s (-first +again):\n%s", format, d)
				}
			}
		})
	}
}

func TestAnEditionThatIsMadeAgainIsWithoutWhatMayNotBeReadAnyMore(t *testing.T) {
	const text = "Who protects refugees whose biometric data are taken at the border, and where can they complain?"
	for name, happens := range map[string]func(s *shelf, i int){
		"erased":     func(s *shelf, i int) { s.questions = append(s.questions[:i], s.questions[i+1:]...) },
		"relabelled": func(s *shelf, i int) { s.questions[i].TLP = domain.Amber },
		"unlabelled": func(s *shelf, i int) { s.questions[i].TLP = domain.Inside },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRequest(t, domain.Green)
			s, first, record := recorded(t, r)
			s.goOn(record)
			for i, q := range s.questions {
				if q.Text == text {
					happens(s, i)
					break
				}
			}
			e := again(t, s, record, r)
			if e.Number() != 3 || e.Created() != record.Created {
				t.Errorf("number %d, made %v", e.Number(), e.Created())
			}
			for format, now := range render(t, e) {
				was, is := strings.Join(strings.Fields(first[format]), " "), strings.Join(strings.Fields(now), " ")
				if !strings.Contains(was, "Who protects refugees whose biometric data") {
					t.Errorf("%s did not have it in the first place", format)
				}
				if strings.Contains(is, "and where can they complain") {
					t.Errorf("%s still has it", format)
				}
			}
		})
	}
}

func TestOfTwoAudiencesTheStricterHoldsWhenAnEditionIsMadeAgain(t *testing.T) {
	for _, c := range []struct{ then, now, want domain.TLP }{
		{domain.Green, domain.Clear, domain.Clear}, {domain.Clear, domain.Amber, domain.Clear}, {domain.Green, domain.Green, domain.Green},
	} {
		s, _, record := recorded(t, newRequest(t, c.then))
		if got := again(t, s, record, newRequest(t, c.now)).Audience(); got != c.want {
			t.Errorf("made for %s, to be sent to %s: for %s, want %s", c.then, c.now, got, c.want)
		}
	}
	s, _, record := recorded(t, newRequest(t, domain.Green))
	if _, _, err := Rebuild(t.Context(), s, record, newRequest(t, 0)); !errors.Is(err, ErrAudience) {
		t.Errorf("without an audience: %v, want ErrAudience", err)
	}
}

func TestOnlyTheEditionThatIsRecordedIsMadeAgain(t *testing.T) {
	r := newRequest(t, domain.Green)
	s, _, record := recorded(t, r)
	for name, change := range map[string]func(*store.Edition){
		"of another session": func(e *store.Edition) { e.Session = "other" },
		"of another name":    func(e *store.Edition) { e.Name = "public" },
		"without a number":   func(e *store.Edition) { e.Number = 0 },
	} {
		wrong := record
		change(&wrong)
		if _, _, err := Rebuild(t.Context(), s, wrong, r); err == nil {
			t.Errorf("one %s was made again", name)
		}
	}
}
