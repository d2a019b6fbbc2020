package digest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/domain"
	"askahead/protect"
	"askahead/store"
)

// render gives the edition in every format, by name.
func render(t testing.TB, e Edition) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := f.Write(&b, e); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		out[f.Name] = b.String()
	}
	return out
}

func TestAnEditionThatBuildDidNotMakeIsNotRendered(t *testing.T) {
	around := Edition{paper: paper{Questions: []quote{{ID: "item01.1", Text: "Is this shown?"}}}}
	for _, e := range []Edition{{}, around} {
		for _, f := range Formats() {
			var b bytes.Buffer
			if err := f.Write(&b, e); !errors.Is(err, ErrNotGated) || b.Len() > 0 {
				t.Errorf("%s wrote %q, %v; want ErrNotGated and nothing", f.Name, b.String(), err)
			}
		}
	}
}

// The package's own code has one way to what is shown: quotes, which takes a protect.Gated. This reads the
// source, since nothing else would keep a later file from making a quote of a stored question.
func TestNoOutputIsBuiltAroundTheGate(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	stored := []string{"select.go", "rebuild.go", "edition.go"} // may know a domain.Question or the store's: they read, and record
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			in := ""
			if f, ok := decl.(*ast.FuncDecl); ok {
				in = f.Name.Name
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					made, _ := n.Type.(*ast.Ident)
					if made == nil {
						break
					}
					if made.Name == "quote" && in != "quotes" {
						t.Errorf("%s: %s makes a quote; only quotes may, from what passed the gate", name, in)
					}
					if made.Name == "Edition" && len(n.Elts) > 0 && in != "assemble" {
						t.Errorf("%s: %s makes an Edition; only assemble may, for Build and Rebuild", name, in)
					}
				case *ast.SelectorExpr:
					pkg, _ := n.X.(*ast.Ident)
					if pkg != nil && (pkg.Name == "domain" && n.Sel.Name == "Question" || pkg.Name == "store") &&
						!slices.Contains(stored, name) && name != "request.go" {
						t.Errorf("%s: %s uses %s.%s, which has not passed the gate", name, in, pkg.Name, n.Sel.Name)
					}
				case *ast.FuncDecl:
					if n.Name.Name == "quotes" && !takesGated(n) {
						t.Error("quotes does not take a protect.Gated")
					}
				}
				return true
			})
		}
	}
}

func takesGated(f *ast.FuncDecl) bool {
	for _, p := range f.Type.Params.List {
		if s, ok := p.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Gated" {
			return true
		}
	}
	return false
}

func TestWhatIsHeldBackIsInNoOutput(t *testing.T) {
	secrets := map[string]domain.TLP{ // the text, and the least audience that may read it
		"wallet addresses":    domain.Amber,
		"must stay inside":    domain.Inside,
		"owner of an infecte": domain.Green,
	}
	for _, audience := range []domain.TLP{domain.Clear, domain.Green, domain.Amber, domain.AmberStrict} {
		e, held, err := Build(t.Context(), newShelf(t, workshop()), newRequest(t, audience))
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range render(t, e) {
			for secret, label := range secrets {
				if shown := strings.Contains(text, secret); shown != label.For(audience) && (shown || name == "json") {
					t.Errorf("%s for %s: %q shown: %v", name, audience.Label(), secret, shown)
				}
			}
		}
		if len(held) == 0 || !slices.ContainsFunc(held, func(h protect.Held) bool { return strings.Contains(h.Why, "no label") }) {
			t.Errorf("the operator is not told what %s holds back: %v", audience, held)
		}
	}
}

func TestWhatModeratorsHoldBackIsInNoOutput(t *testing.T) {
	s := newShelf(t, moderated())
	e, held, err := Build(t.Context(), s, newRequest(t, domain.Green))
	if err != nil {
		t.Fatal(err)
	}
	chosen := newRequest(t, domain.Green)
	chosen.Approved = true
	only, heldToo, err := Build(t.Context(), s, chosen)
	if err != nil {
		t.Fatal(err)
	}
	why := func(held []protect.Held, reason string) (n int) {
		for _, h := range held {
			if h.Why == reason {
				n++
			}
		}
		return n
	}
	if n := why(held, "dismissed by a moderator"); n != 2 {
		t.Errorf("the operator is told of %d dismissed questions, want 2", n)
	}
	if n := why(heldToo, "not approved yet"); n == 0 || only.Questions() != 7 || only.Questions()+len(heldToo) != len(s.questions) {
		t.Errorf("%d are not approved yet, %d questions are shown, %d are held back of %d", n, only.Questions(), len(heldToo), len(s.questions))
	}
	if only.paper.Totals.Askers != 7 || e.paper.Totals.Askers >= newEdition(t, newShelf(t, workshop()), newRequest(t, domain.Green)).paper.Totals.Askers {
		t.Errorf("%d and %d askers are counted: some are of questions that are held back", only.paper.Totals.Askers, e.paper.Totals.Askers)
	}
	for _, edition := range []Edition{e, only} {
		for name, out := range render(t, edition) {
			for what, secret := range map[string]string{"a dismissed question": "mutual legal assistance", "another one": "registros de conexão",
				"what a moderator cut out": "who accredits them", "where one under the Chatham House Rule was answered": "by phone"} {
				if strings.Contains(out, secret) {
					t.Errorf("%s shows %s", name, what)
				}
			}
		}
	}
}

func TestAnEditionOfApprovedQuestionsSaysWhyItIsEmpty(t *testing.T) {
	r := newRequest(t, domain.Green)
	r.Approved = true
	for name, out := range render(t, newEdition(t, newShelf(t, workshop()), r)) {
		if name != "csv" && !strings.Contains(strings.Join(strings.Fields(out), " "), "approved by a moderator") {
			t.Errorf("%s does not say that nothing was approved", name)
		}
	}
}

// leakyShelf is a store that hands out everything, whoever asks.
type leakyShelf struct{ *shelf }

func (s leakyShelf) Questions(context.Context, store.Query) (store.Page, error) {
	page := store.Page{Questions: slices.Clone(s.questions)}
	slices.Reverse(page.Questions)
	return page, nil
}

func (s leakyShelf) Voices(ctx context.Context, session string, _ domain.TLP, until time.Time, yield func(store.Voice) error) error {
	for i := range s.questions {
		s.questions[i].TLP = domain.Clear
	}
	return s.shelf.Voices(ctx, session, domain.Clear, until, yield)
}

func TestAStoreThatHandsOutTooMuchIsNotBelieved(t *testing.T) {
	for _, audience := range []domain.TLP{domain.Clear, domain.Green} {
		want := newEdition(t, newShelf(t, workshop()), newRequest(t, audience))
		got, _, err := Build(t.Context(), leakyShelf{newShelf(t, workshop())}, newRequest(t, audience))
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(render(t, got), render(t, want)) {
			t.Errorf("%s: the edition of a leaky store differs: %d questions by %d askers, want %d by %d", audience,
				got.Questions(), got.paper.Totals.Askers, want.Questions(), want.paper.Totals.Askers)
		}
	}
}

func TestUnderTheChathamHouseRuleOnlyTheQuestionIsTold(t *testing.T) {
	const text = "show it how it decides"
	e := newEdition(t, newShelf(t, workshop()), newRequest(t, domain.Clear))
	i := slices.IndexFunc(e.paper.Questions, func(q quote) bool { return strings.Contains(q.Text, text) })
	if i < 0 {
		t.Fatal("the question is not in the edition")
	}
	q := e.paper.Questions[i]
	if q.Community != (community{}) || q.Region != "" || q.Source != "" || q.URL != "" || !q.Published.IsZero() || len(q.Also) > 0 {
		t.Errorf("it tells where it came from: %+v", q)
	}
	for name, out := range render(t, e) {
		for _, line := range strings.Split(out, "\n") {
			if name != "json" && strings.Contains(line, text) && strings.Contains(line, "overnment ·") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

func TestACommunityBelowTheFloorDoesNotCountAVoiceUnderTheChathamHouseRule(t *testing.T) {
	list := []asked{
		{"a", "government", "one", "10-01", "en", "What do governments hide?", chatham},
		{"a", "government", "two", "10-02", "en", "What do governments hide from us?", nil},
	}
	e := newEdition(t, newShelf(t, list), newRequest(t, domain.Clear))
	for _, c := range e.paper.Communities {
		if c.ID == "government" && c.Askers != 1 {
			t.Errorf("government has %d askers, want the one that is no secret", c.Askers)
		}
	}
	if e.paper.Totals.Askers != 2 {
		t.Errorf("%d askers in all, want 2", e.paper.Totals.Askers)
	}
}

func TestNoAudienceNoEdition(t *testing.T) {
	for _, audience := range []domain.TLP{0, domain.Red, domain.Inside, -1} {
		_, _, err := Build(t.Context(), newShelf(t, workshop()), newRequest(t, audience))
		if !errors.Is(err, ErrAudience) {
			t.Errorf("audience %v: %v, want ErrAudience", audience, err)
		}
	}
}

func TestAStaleEditionIsNoticedBeforeItIsSent(t *testing.T) {
	s := newShelf(t, workshop())
	e := newEdition(t, s, newRequest(t, domain.Green))
	look := func(id string) (domain.Question, bool) {
		for _, q := range s.questions {
			if q.ID == id {
				return q, true
			}
		}
		return domain.Question{}, false
	}
	if held := e.Stale(look); len(held) != 0 {
		t.Fatalf("nothing changed, and yet: %v", held)
	}
	want := map[string]string{
		s.questions[0].ID: "labelled amber, above the audience green",
		s.questions[1].ID: "it is gone",
		s.questions[2].ID: "dismissed by a moderator",
		s.questions[3].ID: "its wording was changed meanwhile",
	}
	s.questions[0].TLP = domain.Amber
	s.questions[2].State = domain.Dismissed
	s.questions[3].Edited, s.questions[3].Text = true, "How is this put better?"
	s.questions = slices.Delete(s.questions, 1, 2)
	got := map[string]string{}
	for _, h := range e.Stale(look) {
		got[h.ID] = h.Why
	}
	if !maps.Equal(got, want) {
		t.Errorf("held %v, want %v", got, want)
	}
}

func TestAnEditionSaysNothingOfConsensus(t *testing.T) {
	for name, e := range editions(t) {
		for format, text := range render(t, e) {
			for _, word := range []string{"consensus", "agreement", "agreed"} {
				if strings.Contains(strings.ToLower(text), word) {
					t.Errorf("%s as %s speaks of %s: asking is not agreeing", name, format, word)
				}
			}
		}
	}
}

func TestAWriterThatFailsIsHeard(t *testing.T) {
	e := newEdition(t, newShelf(t, workshop()), newRequest(t, domain.Green))
	for _, f := range Formats() {
		if err := f.Write(brokenWriter{}, e); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v, want the writer's error", f.Name, err)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestEveryFieldOfTheJSONIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../docs/digest-json.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range jsonKeys(t) {
		if !bytes.Contains(doc, []byte("`"+key+"`")) {
			t.Errorf("docs/digest-json.md does not mention `%s`", key)
		}
	}
}

// Beside the named communities' figures, one of "Government: 1 of 5" would say who asked without a name.
func TestALoneAskerUnderTheChathamHouseRuleHasNoLineOfTheirOwn(t *testing.T) {
	list := crowd(2, 5)
	list = append(list, asked{"t000", "youth", "hidden", "10-09", "en", "What do the young ask who can't say so?", chatham})
	for i := range 5 {
		list = append(list, asked{"other", "youth", "youth" + string(rune('a'+i)), "10-09", "en", "What is " + string(rune('a'+i)) + "?", nil})
	}
	e := newEdition(t, newShelf(t, list), newRequest(t, domain.Clear))
	for _, c := range e.paper.Shared.Concerns {
		for _, s := range c.Shares {
			if c.Topic == "topic-t000" && s.Community.ID == "youth" {
				t.Errorf("the concern tells of %s in the community of the one who asked in confidence", s.of())
			}
		}
	}
	if !slices.ContainsFunc(e.paper.Shared.Concerns, func(c concern) bool { return c.Topic == "topic-t000" && c.Askers == 31 }) {
		t.Error("the voice does not count")
	}
}

func TestUnderACommunitysNameStandsNoQuestionAskedInConfidence(t *testing.T) {
	list := crowd(1, 5)
	for i, who := range []string{"first", "second"} {
		list = append(list, asked{"ours", "youth", who, "10-0" + string(rune('1'+i)), "en", "What do the young ask, by " + who + "?", chatham})
	}
	for i := range 5 {
		list = append(list, asked{"other", "youth", "youth" + string(rune('a'+i)), "10-09", "en", "What is " + string(rune('a'+i)) + "?", nil})
	}
	only := newEdition(t, newShelf(t, list), newRequest(t, domain.Clear))
	for i := range 3 { // as many as they are: their figure hides nobody, and tells of nobody
		list = append(list, asked{"ours", "youth", "third", "10-09", "en", fmt.Sprintf("What do the young ask in the open, number %d?", i+1), nil})
	}
	open := newEdition(t, newShelf(t, list), newRequest(t, domain.Clear))
	for name, e := range map[string]Edition{"only in confidence": only, "also in the open": open} {
		found := false
		for _, a := range e.paper.Single {
			for _, c := range a.Concerns {
				found = found || c.Topic == "topic-ours"
				if c.Title.NoName {
					t.Errorf("%s: %q stands under %s", name, c.Title.Text, a.Community.Title)
				}
			}
		}
		if found != (name == "also in the open") {
			t.Errorf("%s: the concern is told: %v", name, found)
		}
	}
}
