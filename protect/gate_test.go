package protect

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"askahead/domain"
)

func question(id string, level domain.TLP) domain.Question {
	return domain.Question{ID: id, Topic: "t1", Text: "Who pays?", TLP: level, Language: "en", Kind: domain.Panel, Published: time.Unix(1, 0),
		URL: "https://social.example/@ada/1", Tags: []domain.Tag{
			{Kind: domain.TagCommunity, Value: "government", Rule: "suffix of the domain", Evidence: "*.gov.example", Strength: 180},
			{Kind: domain.TagCommunity, Value: "civil-society", Rule: "self-declared", Evidence: "i speak for", Strength: 400},
			{Kind: domain.TagRegion, Value: "african", Strength: 100}, {Kind: domain.TagTheme, Value: "encryption", Strength: 100}}}
}

// TestGateKeepsItsPromise is promise 2 of the design: above the audience, unlabelled, RED: in no output.
func TestGateKeepsItsPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := rapid.SampledFrom([]domain.TLP{0, -1, 5, 10, 15, 20, 25, 30, 40, 45, 50, 60, 90, 100})
		audience := levels.Draw(t, "audience")
		var qs []domain.Question
		for i, level := range rapid.SliceOf(levels).Draw(t, "labels") {
			qs = append(qs, question(domain.QuestionID("q", i), level))
		}
		check := func(g Gated, held []Held) {
			for v := range g.All() {
				if v.TLP > audience || v.TLP < domain.Clear || v.TLP >= domain.Red || v.TLP.Label() == "" || audience >= domain.Red {
					t.Fatalf("%v let through for %v", v.TLP, audience)
				}
			}
			for _, h := range held {
				if h.Why == "" {
					t.Fatal("held without a reason")
				}
			}
		}
		g, held := Gate(audience, qs)
		check(g, held)
		if g.Len()+len(held) != len(qs) {
			t.Fatalf("%d + %d of %d", g.Len(), len(held), len(qs))
		}
		now := map[string]domain.TLP{}
		for _, q := range qs {
			now[q.ID] = levels.Draw(t, "later")
		}
		again, gone := g.Recheck(func(id string) (domain.Question, bool) { return question(id, now[id]), now[id] != 5 })
		check(again, gone)
		if again.Len()+len(gone) != g.Len() || again.Audience() != g.Audience() {
			t.Fatal("the second gate lost or found questions")
		}
	})
}

func TestAModeratorsDecisionsAreObeyed(t *testing.T) {
	states := []domain.State{domain.Open, domain.Approved, domain.Dismissed, domain.Changed, 7}
	var qs []domain.Question
	for _, s := range states {
		q := question(domain.QuestionID("q", int(s)), domain.Clear)
		q.State = s
		qs = append(qs, q)
	}
	reasons := func(held []Held) (why []string) {
		for _, h := range held {
			why = append(why, h.ID+": "+h.Why)
		}
		return why
	}
	all, held := Gate(domain.Clear, qs)
	if got, want := reasons(held), []string{"q.2: dismissed by a moderator"}; !slices.Equal(got, want) {
		t.Errorf("held back %q, want %q", got, want)
	}
	want := []string{"q.0: not approved yet", "q.2: dismissed by a moderator",
		"q.3: not approved yet as it stands now: its text has changed since", "q.7: not approved yet"}
	approved, held := GateApproved(domain.Clear, qs)
	if got := reasons(held); !slices.Equal(got, want) || approved.Len() != 1 {
		t.Errorf("held back where approval is needed: %q, want %q", got, want)
	}
	for name, c := range map[string]struct {
		g     Gated
		state domain.State
		left  int
	}{
		"dismissed since": {all, domain.Dismissed, 0},
		"open since":      {all, domain.Open, all.Len()},
		"dismissed since, where approval is needed":    {approved, domain.Dismissed, 0},
		"taken back since, where approval is needed":   {approved, domain.Open, 0},
		"changed since, where approval is needed":      {approved, domain.Changed, 0},
		"still approved, where approval is needed":     {approved, domain.Approved, 1},
		"approved since, where none was needed before": {all, domain.Approved, all.Len()},
	} {
		again, held := c.g.Recheck(func(id string) (domain.Question, bool) {
			q := question(id, domain.Clear)
			q.State = c.state
			return q, true
		})
		third, _ := again.Recheck(func(id string) (domain.Question, bool) { return question(id, domain.Clear), true })
		if third.Len() != 0 && name == "still approved, where approval is needed" {
			t.Error("after one check more, approval is not needed any more")
		}
		if again.Len() != c.left || again.Len()+len(held) != c.g.Len() {
			t.Errorf("%s: %d are left, want %d; held %v", name, again.Len(), c.left, held)
		}
	}
}

func TestAModeratorSeesWhatIsDismissedButNotWhatIsAbove(t *testing.T) {
	q := question("q.1", domain.Green)
	q.State = domain.Dismissed
	if v, why := Review(domain.Green, &q); why != "" || v.Text != "Who pays?" || v.State != domain.Dismissed {
		t.Errorf("%+v, %q", v, why)
	}
	if v, why := Review(domain.Clear, &q); why == "" || v.Text != "" {
		t.Errorf("above the audience: %+v, %q", v, why)
	}
}

func TestAnEditedQuestionIsShownAsTheModeratorWroteIt(t *testing.T) {
	q := question("q.1", domain.Clear)
	q.Edited, q.Text = true, "Who pays ada@example.org?"
	g, _ := Gate(domain.Clear, []domain.Question{q})
	if v := g.Questions()[0]; !v.Edited || v.Text != "Who pays [e-mail]?" {
		t.Errorf("%+v", v)
	}
	q.Text, q.Context = "", "They told me."
	if g, held := Gate(domain.Clear, []domain.Question{q}); g.Len() != 0 || !strings.Contains(held[0].Why, "wording of it is lost") {
		t.Errorf("%+v, %v", g, held)
	}
}

// The reason quotes the asker's words.
func TestWhyAQuestionWasTakenIsMaskedAndGoesWithTheAskersWords(t *testing.T) {
	q := question("q.1", domain.Clear)
	q.Why = "request: please ask ada@example.org\x1b[31m"
	g, _ := Gate(domain.Clear, []domain.Question{q})
	if v := g.Questions()[0]; v.Why != "request: please ask [e-mail]" {
		t.Errorf("%q", v.Why)
	}
	q.Edited = true
	g, _ = Gate(domain.Clear, []domain.Question{q})
	if v := g.Questions()[0]; v.Why != "" {
		t.Errorf("edited: %q", v.Why)
	}
}

func TestWhereAQuestionWasAnsweredIsSafeToShow(t *testing.T) {
	for _, c := range []struct {
		answer    string
		noName    bool
		words, at string
	}{
		{"in the session", false, "in the session", ""},
		{"by ada@example.org\x1b[31m", false, "by [e-mail]", ""},
		{"https://u:p@a.example/x", false, "", "https://a.example/x"},
		{"javascript:alert(1)", false, "javascript:alert(1)", ""},
		{"https://a.example/thread", true, "", ""},
		{"to Ada, on the list", true, "", ""},
		{"", false, "", ""},
	} {
		q := question("q.1", domain.Clear)
		q.Answered, q.Answer, q.NoName = time.Unix(9, 0), c.answer, c.noName
		g, _ := Gate(domain.Clear, []domain.Question{q})
		if v := g.Questions()[0]; v.Answer != c.words || v.AnswerURL != c.at || v.Answered.IsZero() {
			t.Errorf("%q: %q and %q, want %q and %q", c.answer, v.Answer, v.AnswerURL, c.words, c.at)
		}
	}
}

func TestTheZeroGatedIsEmpty(t *testing.T) {
	var g Gated
	again, held := g.Recheck(func(string) (domain.Question, bool) { return question("q.1", domain.Clear), true })
	if g.Len() != 0 || len(g.Questions()) != 0 || again.Len() != 0 || held != nil || g.Audience() != 0 {
		t.Errorf("%+v %+v", g, again)
	}
}

func TestAViewShowsWhatMayBeShown(t *testing.T) {
	q := question("q.1", domain.Green)
	q.Text = "  Who pays ada@example.org\x1b[31m?\u202e "
	q.Context = "See https://ada:secret@example.org/x"
	q.Support = 12
	g, held := Gate(domain.Green, []domain.Question{q})
	if len(held) != 0 {
		t.Fatal(held)
	}
	v := g.Questions()[0]
	if v.Text != "Who pays [e-mail]?" || v.Context != "See https://example.org/x" {
		t.Errorf("text %q, context %q", v.Text, v.Context)
	}
	if v.Community != "civil-society" || len(v.Tags) != 4 || v.URL != q.URL || v.Label() != "TLP:GREEN" || v.Published.IsZero() || v.Topic != "t1" || v.Support != 12 {
		t.Errorf("%+v", v)
	}
	for _, tag := range v.Tags {
		if tag.Evidence != "" {
			t.Errorf("evidence %q is shown", tag.Evidence)
		}
	}
}

func TestTheChathamHouseRuleHidesNameAndAffiliation(t *testing.T) {
	q := question("q.1", domain.Clear)
	q.NoName, q.Support = true, 12
	g, _ := Gate(domain.Clear, []domain.Question{q})
	v := g.Questions()[0]
	if v.Community != "" || v.URL != "" || !v.Published.IsZero() || !v.NoName || v.Support != 0 || len(v.Tags) != 1 || v.Tags[0].Kind != domain.TagTheme {
		t.Errorf("%+v", v)
	}
	if Counts(true, 4, 5) || !Counts(true, 5, 5) || !Counts(false, 1, 5) {
		t.Error("a question under the rule counts from the floor on, any other always")
	}
}

func TestRecheckShowsAQuestionAsItIsNow(t *testing.T) {
	g, _ := Gate(domain.Amber, []domain.Question{question("q.1", domain.Green), question("q.2", domain.Clear), question("q.3", domain.Amber)})
	again, held := g.Recheck(func(id string) (domain.Question, bool) {
		q := question(id, domain.Amber)
		q.NoName = true
		return q, id != "q.2"
	})
	if len(held) != 1 || held[0].ID != "q.2" || again.Len() != 2 {
		t.Fatalf("%v, %d left", held, again.Len())
	}
	if v := again.Questions()[0]; v.TLP != domain.Amber || v.URL != "" || v.Community != "" {
		t.Errorf("%+v", v)
	}
	if _, held = g.Recheck(func(string) (domain.Question, bool) { return question("q.9", domain.Clear), true }); len(held) != 3 {
		t.Error("another question took the place of one that was let through")
	}
}

func TestNobodyChangesWhatWasLetThrough(t *testing.T) {
	g, _ := Gate(domain.Green, []domain.Question{question("q.1", domain.Green)})
	g.Questions()[0].Tags[0].Value = "changed"
	if slices.ContainsFunc(g.Questions()[0].Tags, func(tag domain.Tag) bool { return tag.Value == "changed" }) {
		t.Error("a renderer changed the tags")
	}
}

func TestPublicURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x?y=1#z": "https://a.example/x?y=1#z", "https://u:p@a.example/x": "https://a.example/x",
		"https://u@a.example": "https://a.example", "https://a.example/@ada/1": "https://a.example/@ada/1",
		"https://u@v@a.example/": "https://a.example/", "javascript:alert(1)": "", "": "", "mailto:a@b.example": "",
		"https://a.example/ x": "", "https://a.example/\u202e": "", "http://a.example": "http://a.example",
	} {
		if got := publicURL(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestOptOut(t *testing.T) {
	for _, c := range []struct {
		name string
		e    domain.Envelope
		want string
	}{
		{"nothing", domain.Envelope{Author: domain.Author{Bio: "I like #nobody, #nobotany and nobot"}}, ""},
		{"said by the reader", domain.Envelope{OptOut: "X-No-Archive"}, "X-No-Archive"},
		{"bio", domain.Envelope{Author: domain.Author{Bio: "hello #NoBots!"}}, "#nobots in the author's bio"},
		{"bio in HTML", domain.Envelope{Author: domain.Author{Bio: `<p><a href="https://s.example/tags/noindex">#<span>noindex</span></a></p>`}}, "#noindex in the author's bio"},
		{"full width", domain.Envelope{Author: domain.Author{Bio: "＃nobot"}}, "#nobot in the author's bio"},
		{"name", domain.Envelope{Author: domain.Author{Name: "Ada #noarchive"}}, "#noarchive in the author's name"},
		{"hidden in the word", domain.Envelope{Author: domain.Author{Bio: "#no\u200bsearch"}}, "#nosearch in the author's bio"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := OptOut(&c.e); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNotReadable(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ntext": "plain\ntext", "a\tb\r\nc\rd": "a b\nc\nd", "\x1b[1;31mred\x1b[0m": "red",
		"\x1b]0;title\x07x": "x", "\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\": "link", "\u009b31mx": "x",
		"a\u202eb\u2066c\u2069": "abc", "a\x00b\x07": "ab", "zero\u200bwidth\ufeff": "zerowidth", "می\u200cخواهم": "می\u200cخواهم",
		"bad\xff": "bad\ufffd", "tag\U000E0041\U000E007F": "tag", "\x1b": "", "\x1b[": "", "x\x1b(By": "xy", "\x1bPq\x1b\\z": "z",
	} {
		if got := NotReadable(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzNotReadable(f *testing.F) {
	f.Add("\x1b[1;31mred\x1b]0;x\x07\u202e\u009b1m")
	f.Fuzz(func(t *testing.T, s string) {
		got := NotReadable(s)
		if strings.ContainsFunc(got, func(r rune) bool {
			return r < 0x20 && r != '\n' || r >= 0x7F && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
		}) {
			t.Errorf("%q still acts: %q", s, got)
		}
		if NotReadable(got) != got {
			t.Errorf("%q is not done after one pass: %q, %q", s, got, NotReadable(got))
		}
	})
}
