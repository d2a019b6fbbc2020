package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) decisions(t *testing.T) {
	t.Run("a decision is recorded with who, when and why, and is in force", b.recordsDecisions)
	t.Run("an unknown question is not found", b.decidesOnWhatIsThere)
	t.Run("a decision that lacks something is refused", b.refusesBadDecisions)
	t.Run("questions are listed by how they stand, dismissed ones only when asked for", b.listsByStanding)
	t.Run("a question is found by how its id begins", b.findsByBeginning)
	t.Run("a dismissed question has no voice", b.silencesDismissed)
	t.Run("a decision outlives whatever happens to the item", b.outlivesItem)
	t.Run("a decision follows its question when others are put before it", b.followsText)
	t.Run("a decision follows its question when it was changed first", b.followsChangedText)
	t.Run("a decision does not fall on a question that moves up", b.sparesOthers)
	t.Run("of a question that stands twice in an item the one that was meant is", b.tellsTwinsApart)
	t.Run("an approval is of the text that was read", b.approvesText)
	t.Run("an edit is what is shown, found and grouped", b.editsText)
	t.Run("an edited question keeps its topic if it still fits", b.editKeepsTopic)
	t.Run("an edit stays when the source changes, and is taken back to what it is then", b.keepsEdit)
	t.Run("tags of a moderator stand in the place of those of their kind", b.retags)
	t.Run("a question that is not for the panel can be decided about", b.decidesAnyKind)
	t.Run("the words of a decision go with its question, and its effect does not", b.forgetsWords)
	t.Run("an edited question that comes back without its text shows none", b.withholdsLostEdit)
	t.Run("nothing outlives an item that expires", b.forgetsExpired)
	t.Run("a question that was quoted and is dismissed is recalled", b.recallsDismissed)
	t.Run("a rereading keeps what was decided", b.rereadsDecided)
	t.Run("decisions and batches at once undo nothing of each other", b.decidesWhileSaving)
}

// moderation gives the part of the store under test that this suite is about.
func (h *handle) moderation(t *testing.T) store.Decisions {
	t.Helper()
	d, ok := h.Store.(store.Decisions)
	if !ok {
		t.Fatal("the store does not keep decisions")
	}
	return d
}

// idOf names the n-th question of an item.
func idOf(canonical string, n int) string { return domain.QuestionID(keys().Item(canonical), n) }

// decision is what Ada decides one hour after the opening.
func decision(question string, verb store.Verb) store.Decision {
	d := store.Decision{Session: session, Question: question, Verb: verb, By: "ada", At: opening().Add(time.Hour)}
	if verb == store.Dismiss {
		d.Reason = "off topic"
	}
	return d
}

// editTo is Ada's wording of a question.
func editTo(question, text string) store.Decision {
	d := decision(question, store.Edit)
	d.Text, d.Terms = text, strings.Fields(strings.ToLower(text))
	slices.Sort(d.Terms)
	return d
}

// retagTo takes tags as "kind", "value", ….
func retagTo(question string, tags ...string) store.Decision {
	d := decision(question, store.Retag)
	for i := 0; i < len(tags); i += 2 {
		d.Tags = append(d.Tags, domain.Tag{Kind: tags[i], Value: tags[i+1]})
	}
	return d
}

// decide records a decision that must be taken.
func (h *handle) decide(t *testing.T, d store.Decision) domain.Question {
	t.Helper()
	q, err := h.moderation(t).Decide(t.Context(), d, words{})
	if err != nil {
		t.Fatalf("%s %s: %v", d.Verb, d.Question, err)
	}
	return q
}

// decided gives the history of a question that is there.
func (h *handle) decided(t *testing.T, question string) []store.Decision {
	t.Helper()
	history, err := h.moderation(t).Decided(t.Context(), session, question)
	if err != nil {
		t.Fatalf("the history of %s: %v", question, err)
	}
	return history
}

// standing gives the ids of the questions of a session that stand like that, in order.
func (h *handle) standing(t *testing.T, s store.Standing) []string {
	t.Helper()
	var ids []string
	for _, q := range h.list(t, store.Query{Session: session, Audience: domain.AmberStrict, Standing: s,
		Kinds: []domain.Kind{domain.Panel, domain.Logistics, domain.Rhetorical}}) {
		ids = append(ids, q.ID)
	}
	slices.Sort(ids)
	return ids
}

// saying gives the only question of a session that is shown with this text, however it stands.
func (h *handle) saying(t *testing.T, text string) domain.Question {
	t.Helper()
	var found []domain.Question
	for _, q := range h.list(t, store.Query{Session: session, Audience: domain.AmberStrict, Standing: store.AnyStanding}) {
		if q.Text == text {
			found = append(found, q)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d questions say %q, want 1", len(found), text)
	}
	return found[0]
}

// now gives a question however it stands.
func (h *handle) now(t *testing.T, id string) domain.Question {
	t.Helper()
	for _, q := range h.list(t, store.Query{Session: session, Audience: domain.AmberStrict, Standing: store.AnyStanding,
		Kinds: []domain.Kind{domain.Panel, domain.Logistics, domain.Rhetorical}, IDs: []string{id}}) {
		return q
	}
	t.Fatalf("there is no question %s", id)
	return domain.Question{}
}

func (b Backend) recordsDecisions(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", tagged(asked("m1", "Who pays?", "Who decides?"), "technical")))
	id := idOf("m1", 1)
	if got := h.decided(t, id); len(got) != 0 {
		t.Errorf("a history before anything was decided: %v", got)
	}
	want := h.now(t, id)
	first, second := decision(id, store.Approve), decision(id, store.Answered)
	second.By, second.At, second.Reason = " grace \n hopper ", first.At.Add(time.Hour), "in the session"
	h.decide(t, first)
	got := h.decide(t, second)
	want.State, want.Answered, want.Answer = domain.Approved, second.At, "in the session"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("what it gives (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want, h.now(t, id)); d != "" {
		t.Errorf("what is stored (-want +got):\n%s", d)
	}
	second.By = "grace hopper"
	if d := cmp.Diff([]store.Decision{first, second}, h.decided(t, id)); d != "" {
		t.Errorf("the history (-want +got):\n%s", d)
	}
	got = h.decide(t, decision(id, store.Reopen))
	if got.State != domain.Open || !got.Answered.IsZero() || got.Answer != "" {
		t.Errorf("taken back: %v, %v, %q", got.State, got.Answered, got.Answer)
	}
	if other := h.now(t, idOf("m1", 2)); other.State != domain.Open || len(h.decided(t, other.ID)) != 0 {
		t.Errorf("the other question of the item is %v", other.State)
	}
	again := b.reopen(t, h.dsn)
	if n := len(again.decided(t, id)); n != 3 {
		t.Errorf("%d decisions after opening again, want 3", n)
	}
}

func (b Backend) decidesOnWhatIsThere(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?"), asked("m2", "Who decides?")))
	h.remove(t, "list", "m2")
	elsewhere := decision(idOf("m1", 1), store.Approve)
	elsewhere.Session = "other"
	for _, d := range []store.Decision{decision("nobody.1", store.Approve), decision(idOf("m2", 1), store.Approve),
		decision(idOf("m1", 2), store.Approve), elsewhere} {
		m := h.moderation(t)
		_, decide := m.Decide(t.Context(), d, words{})
		_, decided := m.Decided(t.Context(), d.Session, d.Question)
		_, original := m.Original(t.Context(), d.Session, d.Question)
		for i, err := range []error{decide, decided, original} {
			if !errors.Is(err, domain.ErrNotFound) {
				t.Errorf("%s of %s, call %d: %v", d.Question, d.Session, i+1, err)
			}
		}
	}
	if got := h.now(t, idOf("m1", 1)).State; got != domain.Open {
		t.Errorf("the question of the other session is %v", got)
	}
}

func (b Backend) refusesBadDecisions(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	id := idOf("m1", 1)
	change := func(d store.Decision, f func(*store.Decision)) store.Decision {
		f(&d)
		return d
	}
	for name, d := range map[string]store.Decision{
		"an unknown verb":          decision(id, "delete"),
		"no one who decides":       change(decision(id, store.Approve), func(d *store.Decision) { d.By = " \n" }),
		"a very long name":         change(decision(id, store.Approve), func(d *store.Decision) { d.By = strings.Repeat("é", store.MaxModerator+1) }),
		"no time":                  change(decision(id, store.Approve), func(d *store.Decision) { d.At = time.Time{} }),
		"dismissed without reason": change(decision(id, store.Dismiss), func(d *store.Decision) { d.Reason = " " }),
		"a very long reason":       change(decision(id, store.Dismiss), func(d *store.Decision) { d.Reason = strings.Repeat("x", store.MaxReason+1) }),
		"an empty text":            editTo(id, "  "),
		"a very long text":         editTo(id, strings.Repeat("x", store.MaxEdit+1)),
		"no tags":                  decision(id, store.Retag),
		"an unknown kind of tag":   retagTo(id, "mood", "sad"),
		"a tag without a value":    retagTo(id, domain.TagRegion, ""),
		"a tag of two words":       retagTo(id, domain.TagRegion, "two words"),
	} {
		if _, err := h.moderation(t).Decide(t.Context(), d, words{}); !errors.Is(err, store.ErrDecision) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := h.decided(t, id); len(got) != 0 {
		t.Errorf("recorded: %v", got)
	}
}

func (b Backend) listsByStanding(t *testing.T) {
	h := b.open(t)
	names := []string{"open", "approved", "dismissed", "answered", "both", "neither"}
	var items []store.Item
	for _, name := range names {
		items = append(items, asked(name, "Who "+name+"?"))
	}
	h.save(t, page("", "c1", items...))
	for name, verbs := range map[string][]store.Verb{"approved": {store.Approve}, "dismissed": {store.Approve, store.Dismiss},
		"answered": {store.Answered}, "both": {store.Answered, store.Approve}, "neither": {store.Answered, store.Dismiss}} {
		for _, v := range verbs {
			h.decide(t, decision(idOf(name, 1), v))
		}
	}
	for s, want := range map[store.Standing][]string{
		store.NotDismissed: {"open", "approved", "answered", "both"}, store.Undecided: {"open"},
		store.IsApproved: {"approved", "both"}, store.IsDismissed: {"dismissed", "neither"},
		store.IsAnswered: {"answered", "both"}, store.AnyStanding: names,
	} {
		var ids []string
		for _, name := range want {
			ids = append(ids, idOf(name, 1))
		}
		slices.Sort(ids)
		if d := cmp.Diff(ids, h.standing(t, s)); d != "" {
			t.Errorf("%q (-want +got):\n%s", s, d)
		}
	}
	if _, err := h.Questions(t.Context(), store.Query{Session: session, Audience: domain.Green, Standing: "lost"}); err == nil {
		t.Error("a standing that there is not lists something")
	}
}

func (b Backend) findsByBeginning(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?", "Who decides?"), asked("m2", "Who counts?")))
	item := keys().Item("m1")
	for begins, n := range map[string]int{item: 2, item[:6]: 2, idOf("m1", 2): 1, item + "x": 0, "%": 0} {
		if got := h.list(t, store.Query{Session: session, Audience: domain.Green, Begins: begins}); len(got) != n {
			t.Errorf("%q begins %d ids, want %d", begins, len(got), n)
		}
	}
}

func (b Backend) silencesDismissed(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Will WHOIS data stay public?"), asked("m2", "Will WHOIS data stay open?")))
	h.decide(t, decision(idOf("m1", 1), store.Dismiss))
	if got := h.snapshot(t, session).Voices; len(got) != 1 || got[0].Question != idOf("m2", 1) {
		t.Errorf("voices %v, want that of the other question alone", got)
	}
	h.decide(t, decision(idOf("m1", 1), store.Reopen))
	if got := h.snapshot(t, session).Voices; len(got) != 2 {
		t.Errorf("%d voices after it was taken back, want 2", len(got))
	}
}

func (b Backend) approvesText(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?")))
	id := idOf("m1", 1)
	h.decide(t, decision(id, store.Approve))
	for _, step := range []struct {
		text string
		verb store.Verb
		want domain.State
	}{
		{"WHO pays?!", "", domain.Approved},
		{"Who pays me for this advertisement?", "", domain.Changed},
		{"Who pays?", "", domain.Approved},
		{"Who pays me for this advertisement?", store.Approve, domain.Approved},
		{"Who pays?", store.Reopen, domain.Open},
		{"Who pays?", store.Edit, domain.Open},
		{"Who pays?", store.Approve, domain.Approved},
		{"Who pays less?", "", domain.Approved}, // what was approved is the moderator's text
		{"Who pays less?", store.Unedit, domain.Changed},
	} {
		h.save(t, page("c1", "c1", edited(asked("m1", step.text))))
		switch step.verb {
		case "":
		case store.Edit:
			h.decide(t, editTo(id, "Who pays the most?"))
		default:
			h.decide(t, decision(id, step.verb))
		}
		if got := h.now(t, id).State; got != step.want {
			t.Errorf("%q, %s: it is %v, want %v", step.text, step.verb, got, step.want)
		}
	}
	if got := h.standing(t, store.Undecided); len(got) != 1 {
		t.Error("who looks for what is to be decided does not find it")
	}
}

func (b Backend) editsText(t *testing.T) {
	h := b.open(t)
	first := each(asked("m1", "Will WHOIS data stay public?"), func(q *store.Question) { q.Context = "They closed it." })
	h.save(t, page("", "c1", first, published(asked("m2", "Will WHOIS data stay open?"), 1), asked("m3", "Who pays for deleting logs?")))
	id, shared, logs := idOf("m1", 1), h.topicOf(t, "m1"), h.topicOf(t, "m3")
	before := h.now(t, id)
	if h.topicOf(t, "m2") != shared || shared == logs {
		t.Fatal("the topics to begin with are not those that this test is about")
	}
	got := h.decide(t, editTo(id, "Who pays for\n deleting old logs?"))
	want := before
	want.Text, want.Context, want.Edited, want.Topic = "Who pays for deleting old logs?", "", true, logs
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the question (-want +got):\n%s", d)
	}
	for term, n := range map[string]int{"public?": 0, "deleting": 2, "old": 1} {
		if got := h.list(t, store.Query{Session: session, Audience: domain.Green, Terms: []string{term}}); len(got) != n {
			t.Errorf("%q finds %d questions, want %d", term, len(got), n)
		}
	}
	topics, err := h.Topics(t.Context(), session, []string{shared})
	if err != nil || len(topics) != 1 || topics[0].Leader.ID != idOf("m2", 1) {
		t.Errorf("its topic is now led by %v, %v", topics, err)
	}
	h.save(t, page("c1", "c2", asked("m4", "Will WHOIS data stay around?")))
	if got := h.topicOf(t, "m4"); got != shared {
		t.Errorf("a question like those that were left is in %q, want %q", got, shared)
	}
	original, err := h.moderation(t).Original(t.Context(), session, id)
	if err != nil || original.Text != before.Text || original.Context != before.Context || original.Edited {
		t.Errorf("as it was found: %+v, %v", original, err)
	}
	if got := h.decide(t, editTo(id, "How are courts involved?")); got.Topic == shared || got.Topic == logs {
		t.Error("a question that fits nowhere has no topic of its own")
	}
	got = h.decide(t, decision(id, store.Unedit))
	if d := cmp.Diff(before, got); d != "" {
		t.Errorf("taken back (-before +after):\n%s", d)
	}
	if got := h.list(t, store.Query{Session: session, Audience: domain.Green, Terms: []string{"public?"}}); len(got) != 1 {
		t.Errorf("its own words find %d questions, want it", len(got))
	}
}

func (b Backend) editKeepsTopic(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "alpha beta gamma"), asked("m2", "sigma beta delta"), asked("m3", "alpha beta gamma omega")))
	topic := h.topicOf(t, "m1")
	if got := h.decide(t, editTo(idOf("m3", 1), "alpha beta sigma delta")); got.Topic != topic {
		t.Errorf("it still fits, and is in %q", got.Topic)
	}
	if got := h.decide(t, decision(idOf("m3", 1), store.Approve)); got.Topic != topic || got.Text != "alpha beta sigma delta" {
		t.Errorf("another decision moves it to %q, %q", got.Topic, got.Text)
	}
	// The leader of a topic that it has alone keeps it.
	own := h.topicOf(t, "m2")
	if got := h.decide(t, editTo(idOf("m2", 1), "something else entirely")); got.Topic != own {
		t.Errorf("the only question of its topic is in %q", got.Topic)
	}
}

func (b Backend) retags(t *testing.T) {
	h := b.open(t)
	item := each(tagged(asked("m1", "Who pays?"), "technical", "academia"), func(q *store.Question) {
		q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagRegion, Value: "weog", Rule: "country-code domain", Evidence: ".example", Strength: 1},
			domain.Tag{Kind: domain.TagTheme, Value: "money", Rule: "agenda words", Evidence: "pays", Strength: 1})
	})
	h.save(t, page("", "c1", item))
	id := idOf("m1", 1)
	found := h.now(t, id).Tags
	by := func(kind, value string) domain.Tag {
		return domain.Tag{Kind: kind, Value: value, Rule: store.ModeratorRule, Strength: store.ModeratorStrength}
	}
	region, theme := found[2], found[3]
	for _, step := range []struct {
		d    store.Decision
		want []domain.Tag
	}{
		{retagTo(id, domain.TagCommunity, "government", domain.TagCommunity, "youth"),
			[]domain.Tag{by(domain.TagCommunity, "government"), by(domain.TagCommunity, "youth"), region, theme}},
		{retagTo(id, domain.TagRegion, domain.Unknown), []domain.Tag{by(domain.TagCommunity, "government"), by(domain.TagCommunity, "youth"), theme}},
		{decision(id, store.Approve), []domain.Tag{by(domain.TagCommunity, "government"), by(domain.TagCommunity, "youth"), theme}},
		{retagTo(id, domain.TagCommunity, "youth", domain.TagTheme, "law"), []domain.Tag{by(domain.TagCommunity, "youth"), by(domain.TagTheme, "law")}},
	} {
		if d := cmp.Diff(step.want, h.decide(t, step.d).Tags); d != "" {
			t.Errorf("%v (-want +got):\n%s", step.d.Tags, d)
		}
	}
	for community, n := range map[string]int{"youth": 1, "government": 0, "technical": 0} {
		if got := h.list(t, store.Query{Session: session, Audience: domain.Green, Community: community}); len(got) != n {
			t.Errorf("%s finds %d questions, want %d", community, len(got), n)
		}
	}
	if d := cmp.Diff([]string{"youth"}, h.snapshot(t, session).Voices[0].Communities); d != "" {
		t.Errorf("the voice counts for (-want +got):\n%s", d)
	}
	h.save(t, page("c1", "c1", edited(tagged(asked("m1", "Who pays us?"), "private-sector"))))
	if d := cmp.Diff([]domain.Tag{by(domain.TagCommunity, "youth"), by(domain.TagTheme, "law")}, h.now(t, id).Tags); d != "" {
		t.Errorf("after an edit at the source (-want +got):\n%s", d)
	}
	if got := h.decide(t, decision(id, store.Untag)).Tags; len(got) != 1 || got[0].Value != "private-sector" || got[0].Rule != found[0].Rule {
		t.Errorf("taken back they are %v", got)
	}
}

func (b Backend) decidesAnyKind(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", each(asked("m1", "Where is the room?"), func(q *store.Question) { q.Kind, q.Keys = domain.Logistics, nil })))
	id := idOf("m1", 1)
	h.decide(t, editTo(id, "Which room is it?"))
	if q := h.decide(t, decision(id, store.Dismiss)); q.Text != "Which room is it?" || q.State != domain.Dismissed || q.Topic != "" {
		t.Errorf("it is %+v", q)
	}
}
