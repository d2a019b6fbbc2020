package pipeline

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
	"askahead/domain"
	"askahead/store"
	"askahead/take"
)

// handedIn is what somebody puts into a form for questions.
func handedIn(id, text string, labels ...string) domain.Item {
	return domain.Item{ExternalID: "ask/p/" + id, Type: domain.TypeText, Raw: []byte(text), Envelope: domain.Envelope{
		Canonical: "form:" + id, Author: domain.Author{ID: "chat:7"}, Published: time.Date(2018, 11, 1, 11, 0, 0, 0, time.UTC),
		Labels: labels, Asked: true,
	}}
}

func newForm(t *testing.T) Source {
	src := newSource(t, &shelf{}, take.Rule{})
	src.Default = domain.Green
	return src
}

func TestReceive(t *testing.T) {
	for _, c := range []struct {
		name, text string
		labels     []string
		want       collectors.Receipt
	}{
		{"a question", "Who pays for the reports?", nil,
			collectors.Receipt{Outcome: collectors.Recorded, Questions: []string{"Who pays for the reports?"}, Label: domain.Green}},
		{"what is no sentence is asked all the same", "The role of incident responders under the new law", nil,
			collectors.Receipt{Outcome: collectors.Recorded, Questions: []string{"The role of incident responders under the new law"}, Label: domain.Green}},
		{"a label in front is obeyed and is no word of it", "TLP:AMBER the role of incident responders under the new law", nil,
			collectors.Receipt{Outcome: collectors.Recorded, Questions: []string{"the role of incident responders under the new law"}, Label: domain.Amber}},
		{"labels beside it", "Who pays for the reports?", []string{"TLP:AMBER+STRICT", "Chatham House Rule"},
			collectors.Receipt{Outcome: collectors.Recorded, Questions: []string{"Who pays for the reports?"}, Label: domain.AmberStrict, NoName: true}},
		{"red", "TLP:RED Who pays for the reports?", nil, collectors.Receipt{Outcome: collectors.Red}},
		{"nothing", "  ", nil, collectors.Receipt{Outcome: collectors.NoQuestion}},
		{"a matter of the event", "At what time does the session start and in which room is it?", nil, collectors.Receipt{Outcome: collectors.Elsewhere}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newLine(t)
			src := newForm(t)
			c.want.Session = src.Parts[0].Session.Title
			got, err := f.Receive(t.Context(), src, handedIn("1", c.text, c.labels...))
			if diff := cmp.Diff([]collectors.Receipt{c.want}, got, cmp.FilterPath(func(p cmp.Path) bool {
				return c.want.Outcome == collectors.Elsewhere && (p.Last().String() == ".Label")
			}, cmp.Ignore())); diff != "" || err != nil {
				t.Errorf("%v -want +got:\n%s", err, diff)
			}
		})
	}
}

func TestWhatIsHandedInTwiceIsRecordedOnce(t *testing.T) {
	f := newLine(t)
	src := newForm(t)
	for i, want := range []collectors.Outcome{collectors.Recorded, collectors.Before} {
		got, err := f.Receive(t.Context(), src, handedIn("1", "Who pays for the reports?"))
		if err != nil || got[0].Outcome != want {
			t.Errorf("the %d. time: %+v, %v", i+1, got, err)
		}
	}
	page, err := f.db.Questions(t.Context(), store.Query{Session: src.Parts[0].Session.ID, Audience: domain.Green})
	if err != nil || len(page.Questions) != 1 {
		t.Errorf("%d questions, %v", len(page.Questions), err)
	}
}

func TestWithdrawnIsGoneForGood(t *testing.T) {
	f := newLine(t)
	src := newForm(t)
	other := src
	other.Name = "another" // holds the same post
	item := handedIn("1", "Who pays for the reports?")
	for _, s := range []Source{src, other} {
		if _, err := f.Receive(t.Context(), s, item); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time there is nothing left
		if err := f.Withdraw(t.Context(), src, item.ExternalID, item.Canonical); err != nil {
			t.Fatal(err)
		}
	}
	count := func() int {
		page, err := f.db.Questions(t.Context(), store.Query{Session: src.Parts[0].Session.ID, Audience: domain.AmberStrict, Standing: store.AnyStanding})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Questions)
	}
	if n := count(); n != 0 {
		t.Errorf("%d questions are left", n)
	}
	got, err := f.Receive(t.Context(), src, item)
	if err != nil || got[0].Outcome != collectors.Withdrawn || count() != 0 {
		t.Errorf("handed in again: %+v, %v, %d questions", got, err, count())
	}
	shelved := other
	shelved.Collector = &shelf{pages: [][]domain.Item{{item}}}
	if _, err := f.Collect(t.Context(), shelved, nil); err != nil || count() != 0 {
		t.Errorf("read again elsewhere: %v, %d questions", err, count())
	}
	if _, err := f.Reread(t.Context(), shelved, time.Time{}, nil); err != nil || count() != 0 {
		t.Errorf("reread: %v, %d questions", err, count())
	}
}

func TestWithdrawingWhatNobodyHoldsIsNoError(t *testing.T) {
	f := newLine(t)
	src := newForm(t)
	if err := f.Withdraw(t.Context(), src, "ask/p/9", "form:9"); err != nil {
		t.Fatal(err)
	}
	got, err := f.Receive(t.Context(), src, handedIn("9", "Who pays for the reports?"))
	if err != nil || got[0].Outcome != collectors.Recorded {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDeclaredCommunityIsATag(t *testing.T) {
	f := newLine(t)
	src := newForm(t)
	item := handedIn("1", "Who pays for the reports?")
	item.Facts = []domain.Fact{{Name: domain.FactDeclared, Value: "civil-society"}}
	if _, err := f.Receive(t.Context(), src, item); err != nil {
		t.Fatal(err)
	}
	page, err := f.db.Questions(t.Context(), store.Query{Session: src.Parts[0].Session.ID, Audience: domain.Green})
	if err != nil || len(page.Questions) != 1 || !slices.ContainsFunc(page.Questions[0].Tags, func(tag domain.Tag) bool {
		return tag.Kind == domain.TagCommunity && tag.Value == "civil-society" && tag.Rule == "self-declared"
	}) {
		t.Errorf("%+v, %v", page.Questions, err)
	}
}

func TestAPlaceMayHaveADefaultOfItsOwn(t *testing.T) {
	f := newLine(t)
	src := newForm(t)
	item := handedIn("1", "Who pays for the reports?")
	item.Unlabelled = domain.Amber
	loose := handedIn("2", "TLP:CLEAR Who reads the reports?")
	loose.Unlabelled = domain.Amber
	for want, item := range map[domain.TLP]domain.Item{domain.Amber: item, domain.Clear: loose} {
		if got, err := f.Receive(t.Context(), src, item); err != nil || got[0].Label != want {
			t.Errorf("want %v: %+v, %v", want, got, err)
		}
	}
}

func TestOneOfSeveralSessionsTakesIt(t *testing.T) {
	f := newLine(t)
	src := newForm(t)
	src.Shared = true
	src.Parts = []Part{newPart(t, "one", take.Rule{Hashtag: []string{"one"}}), newPart(t, "two", take.Rule{Hashtag: []string{"two"}})}
	item := handedIn("1", "Who pays for the reports? #two")
	for _, want := range []collectors.Outcome{collectors.Recorded, collectors.Before} {
		got, err := f.Receive(t.Context(), src, item)
		if err != nil || got[0].Outcome != collectors.NotTaken || got[1].Outcome != want {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if err := f.Withdraw(t.Context(), src, item.ExternalID, item.Canonical); err != nil || len(f.texts(t, "two")) != 0 {
		t.Errorf("%v, %q", err, f.texts(t, "two"))
	}
	if got, err := f.Receive(t.Context(), src, item); err != nil || got[1].Outcome != collectors.Withdrawn {
		t.Errorf("%+v, %v", got, err)
	}
}
