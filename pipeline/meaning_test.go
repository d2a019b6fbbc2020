package pipeline

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/domain"
	"askahead/store"
	"askahead/take"
	"askahead/topics"
)

// concepts is a model that knows a few words in three languages, and counts which of its concepts a text names.
type concepts struct {
	sent []string
	err  error
}

func (c *concepts) Embed(_ context.Context, texts []string) ([]domain.Vector, error) {
	c.sent = append(c.sent, texts...)
	if c.err != nil {
		return nil, c.err
	}
	words := [][]string{{"pays", "paga", "paie"}, {"deletion", "eliminación", "effacement"}, {"logs", "registros", "journaux"}, {"borders", "fronteras", "frontières"}, {"fingerprints", "huellas", "empreintes"}}
	out := make([]domain.Vector, len(texts))
	for i, text := range texts {
		at := make([]float32, len(words)+1)
		at[len(words)] = 0.1
		for j, names := range words {
			if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(strings.ToLower(text), n) }) {
				at[j] = 1
			}
		}
		sum := float32(0)
		for _, x := range at {
			sum += x * x
		}
		for j := range at {
			at[j] /= float32(sqrt(sum))
		}
		out[i] = domain.Vector{Model: "concepts", At: at}
	}
	return out, nil
}

func sqrt(x float32) float32 {
	r := x
	for range 30 {
		r = (r + x/r) / 2
	}
	return r
}

// newMeaning is a line that asks a model, with what it is sent and what is logged.
func newMeaning(t *testing.T, change func(*Meaning)) (fixture, *concepts, *bytes.Buffer) {
	t.Helper()
	f, model, log := newLine(t), &concepts{}, &bytes.Buffer{}
	f.Log = slog.New(slog.NewTextHandler(log, nil))
	f.Grouper = topics.NewMeaning(0.86)
	f.Meaning = &Meaning{Embedder: model, Model: "concepts", Kept: f.db, Audience: domain.Clear, Named: true, Wait: time.Second, Now: f.Now, Log: f.Log}
	if change != nil {
		change(f.Meaning)
	}
	return f, model, log
}

const (
	paysEnglish = "Who pays for the deletion of the logs?"
	paysSpanish = "¿Quién paga la eliminación de los registros?"
	paysFrench  = "Qui paie pour l'effacement des journaux ?"
)

func TestQuestionsInDifferentLanguagesMeet(t *testing.T) {
	f, model, _ := newMeaning(t, nil)
	src := newSource(t, &shelf{pages: [][]domain.Item{
		{mail(1, "a", paysEnglish), mail(2, "b", paysSpanish, "Content-Type: text/plain; charset=utf-8")},
		{mail(3, "c", paysFrench, "Content-Type: text/plain; charset=utf-8"), mail(4, "d", askBorder), mail(5, "e", paysEnglish)},
	}}, take.Rule{})
	if sum := f.collect(t, src); sum.Questions != 5 || sum.Topics != 2 {
		t.Errorf("%d questions in %d topics, want 5 in 2: %q", sum.Questions, sum.Topics, f.texts(t, "one"))
	}
	f.collect(t, src)
	if sent := slices.Sorted(slices.Values(model.sent)); len(slices.Compact(slices.Clone(sent))) != 4 {
		t.Errorf("other texts were sent: %q", sent)
	}
	before := len(model.sent)
	again := newSource(t, &shelf{pages: [][]domain.Item{{mail(6, "f", paysEnglish), mail(7, "g", paysSpanish, "Content-Type: text/plain; charset=utf-8")}}}, take.Rule{})
	again.Name = "other"
	if f.collect(t, again); len(model.sent) != before {
		t.Errorf("what is stored was sent again: %q", model.sent[before:])
	}
}

func TestWhatMayLeave(t *testing.T) {
	page := []domain.Item{
		mail(1, "TLP:CLEAR a", "Who pays for the deletion : p9@rights.example or +33 1 23 45 67 89?"),
		mail(2, "TLP:GREEN b", "Which fingerprints are kept at green borders?"),
		mail(3, "TLP:AMBER c", "Which fingerprints are kept at amber borders?"),
		mail(4, "TLP:RED d", "Which fingerprints are kept at red borders?"),
		mail(5, "TLP:CLEAR Chatham House Rule e", "Which fingerprints are kept at quiet borders?"),
		mail(6, "unlabelled", "Which fingerprints are kept at unlabelled borders?"),
		mail(7, "TLP:CLEAR g", "Which fingerprints are kept at silent borders?", "X-No-Archive: yes"),
		mail(8, "TLP:CLEAR h", "Does Fictional 8 know the fingerprints at named borders?"),
		mail(9, "elsewhere", "TLP:CLEAR\n\nWhich fingerprints are kept at other borders?"),
	}
	for _, c := range []struct {
		name   string
		change func(*Meaning)
		want   []string
	}{
		{"CLEAR alone", nil, []string{"deletion", "named"}},
		{"up to GREEN", func(m *Meaning) { m.Audience = domain.Green }, []string{"deletion", "green", "named"}},
		{"all that is labelled, on this machine", func(m *Meaning) { m.Audience, m.Named = domain.AmberStrict, false }, []string{"amber", "deletion", "green", "named", "quiet"}},
		{"nothing without a level", func(m *Meaning) { m.Audience = 0 }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, model, _ := newMeaning(t, c.change)
			src := newSource(t, &shelf{pages: [][]domain.Item{page}}, take.Rule{Subject: []string{"TLP", "unlabelled"}, Thread: true})
			src.Default = 0
			f.collect(t, src)
			f.collect(t, src) // which fills what has no vector
			var got []string
			for _, word := range []string{"amber", "deletion", "green", "named", "other", "quiet", "red", "silent", "unlabelled"} {
				if slices.ContainsFunc(model.sent, func(text string) bool { return strings.Contains(text, word+" ") || strings.Contains(text, word+"?") }) {
					got = append(got, word)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("sent were %q, want %q: %q", got, c.want, model.sent)
			}
			for _, text := range model.sent {
				if strings.Contains(text, "@") || strings.Contains(text, "Fictional 8") || strings.Contains(text, "45 67") {
					t.Errorf("it names somebody: %q", text)
				}
			}
		})
	}
}

func TestAServerThatIsDown(t *testing.T) {
	f, model, log := newMeaning(t, nil)
	now := f.Now()
	f.Meaning.Now = func() time.Time { return now }
	model.err = errors.New("the server is down")
	src := newSource(t, &shelf{pages: [][]domain.Item{{mail(1, "a", paysEnglish)}, {mail(2, "b", paysSpanish, "Content-Type: text/plain; charset=utf-8")}}}, take.Rule{})
	if sum := f.collect(t, src); sum.Questions != 2 || sum.Topics != 2 {
		t.Errorf("%+v", sum)
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 || strings.Contains(log.String(), "paga") || strings.Contains(log.String(), "pays") {
		t.Errorf("the log has %d warnings: %s", n, log)
	}
	if len(model.sent) != 1 {
		t.Errorf("a server that is down was asked for %d texts", len(model.sent))
	}
	model.err, now = nil, now.Add(restAfterFailure)
	src.Collector = &shelf{pages: [][]domain.Item{nil, nil, {mail(3, "c", paysFrench, "Content-Type: text/plain; charset=utf-8")}}}
	if sum := f.collect(t, src); sum.Questions != 1 || sum.Topics != 0 {
		t.Errorf("a later question does not find a leader that was filled: %+v", sum)
	}
	left, err := f.db.Unplaced(t.Context(), store.Unplaced{Session: "one", Model: "concepts", Audience: domain.Clear, Limit: 10})
	if err != nil || len(left) != 0 {
		t.Errorf("without a vector are %v, %v", left, err)
	}
}

func TestWhatIsHandedInMeetsToo(t *testing.T) {
	f, model, _ := newMeaning(t, nil)
	src := newSource(t, nil, take.Rule{})
	for i, item := range []domain.Item{handedIn("1", paysEnglish), handedIn("2", paysSpanish)} {
		if got, err := f.Receive(t.Context(), src, item); err != nil || got[0].Outcome != collectors.Recorded {
			t.Fatalf("item %d: %v, %v", i, got, err)
		}
	}
	page, err := f.Store.Questions(t.Context(), store.Query{Session: "one", Audience: domain.Clear})
	if err != nil || len(page.Questions) != 2 || page.Questions[0].Topic != page.Questions[1].Topic || len(model.sent) != 2 {
		t.Errorf("%v, %v, sent %q", page, err, model.sent)
	}
}
