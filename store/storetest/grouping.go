package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) grouping(t *testing.T) {
	t.Run("questions that ask the same share a topic, which the first one leads", b.sharesTopics)
	t.Run("what is near shares a key, is in order of id, and may be of the same batch", b.offersNear)
	t.Run("a batch in any order gives the topics that the grouper's order gives", b.placesInOrder)
	t.Run("a leader that goes is followed by the earliest question", b.followsLeader)
	t.Run("a topic without questions is gone", b.dropsEmptyTopics)
	t.Run("a topic keeps its id when the question that opened it comes back", b.givesNoIDTwice)
	t.Run("keys that very many topics share do not offer them all", b.limitsNear)
	t.Run("questions that are not for the panel have no topic", b.groupsPanelOnly)
	t.Run("keys are asked for where a question has none", b.asksForKeys)
}

// topicOf gives the topic of the first question of an item.
func (h *handle) topicOf(t *testing.T, canonical string) string {
	t.Helper()
	return h.questions(t, session)[domain.QuestionID(keys().Item(canonical), 1)].Topic
}

func (b Backend) sharesTopics(t *testing.T) {
	h := b.open(t)
	first := tagged(asked("m1", "Will WHOIS data stay public?"), "technical")
	saved := h.save(t, page("", "c1", first, asked("m2", "Will WHOIS data remain public?"), asked("m3", "Who pays for logs?")))
	if saved.Questions != 3 || saved.Topics != 2 {
		t.Errorf("%d questions in %d topics, want 3 in 2", saved.Questions, saved.Topics)
	}
	if saved := h.save(t, page("c1", "c2", asked("m4", "Will WHOIS data be public?"))); saved.Topics != 0 {
		t.Errorf("a later batch opened %d topics", saved.Topics)
	}
	id := domain.QuestionID(keys().Item("m1"), 1)
	for _, m := range []string{"m1", "m2", "m4"} {
		if got := h.topicOf(t, m); got != id {
			t.Errorf("%s is in topic %q, want the one that m1 opened, %q", m, got, id)
		}
	}
	topics, err := h.Topics(t.Context(), session, []string{"unknown", h.topicOf(t, "m3"), id, id})
	if err != nil || len(topics) != 3 || topics[0].Leader.Text != "Who pays for logs?" {
		t.Fatalf("topics %v, %v; want 3 in the order of the ids", topics, err)
	}
	want := first.Questions[0].Question
	want.Topic = id
	if d := cmp.Diff(domain.Topic{ID: id, Leader: want}, topics[1]); d != "" {
		t.Errorf("the topic (-want +got):\n%s", d)
	}
}

// listening notes what it is offered.
type listening struct {
	words
	near map[string][]domain.Topic // by the text of the question
}

func (g listening) Place(q domain.Question, near []domain.Topic) string {
	g.near[q.Text] = slices.Clone(near)
	return g.words.Place(q, near)
}

// byText places questions in the order of their texts.
type byText struct{ words }

func (g byText) Order(questions []domain.Question) []int {
	places := g.words.Order(questions)
	slices.SortFunc(places, func(a, b int) int { return strings.Compare(questions[a].Text, questions[b].Text) })
	return places
}

func (b Backend) placesInOrder(t *testing.T) {
	// The second is like the first and like the third, which are not alike: who leads decides what meets.
	items := []store.Item{asked("m1", "alpha beta gamma delta"), asked("m2", "beta gamma delta zeta omega"), asked("m3", "gamma zeta omega lambda"),
		each(asked("m4", "Where is the room?"), func(q *store.Question) { q.Kind, q.Keys = domain.Logistics, nil })}
	var want map[string]string
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}} {
		h := b.open(t)
		var batch []store.Item
		for _, i := range order {
			batch = append(batch, items[i])
		}
		if _, err := h.SaveBatch(t.Context(), page("", "c1", batch...), byText{}); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, m := range []string{"m1", "m2", "m3"} {
			got[m] = h.topicOf(t, m)
		}
		if want == nil {
			want = got
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("in the order %v the topics are others (-want +got):\n%s", order, d)
		}
	}
	if m1 := domain.QuestionID(keys().Item("m1"), 1); want["m1"] != m1 || want["m2"] != m1 {
		t.Errorf("m1, which is the first by its text, does not lead: %v", want)
	}
}

func (b Backend) offersNear(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "alpha beta gamma delta"), asked("m2", "alpha rho sigma kappa omicron"), asked("m3", "lambda omega theta")))
	g := listening{near: map[string][]domain.Topic{}}
	batch := page("c1", "c2", asked("m4", "alpha zeta iota upsilon epsilon"), asked("m5", "alpha upsilon lambda aleph gimel daleth"))
	if _, err := h.SaveBatch(t.Context(), batch, g); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"alpha zeta iota upsilon epsilon":         {"m1", "m2"},
		"alpha upsilon lambda aleph gimel daleth": {"m1", "m2", "m3", "m4"},
	} {
		var ids []string
		for _, m := range want {
			ids = append(ids, domain.QuestionID(keys().Item(m), 1))
		}
		slices.Sort(ids)
		var got []string
		for _, topic := range g.near[text] {
			got = append(got, topic.ID)
			if topic.Leader.ID != topic.ID || topic.Leader.Text == "" || topic.Leader.Language != "en" || topic.Leader.Kind != domain.Panel {
				t.Errorf("the leader of %s is not whole: %+v", topic.ID, topic.Leader)
			}
		}
		if !slices.Equal(got, ids) {
			t.Errorf("near %q are %v, want %v", text, got, ids)
		}
	}
}

func (b Backend) followsLeader(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Will WHOIS data stay public?"),
		published(asked("m2", "Will WHOIS data stay open?"), 3),
		published(asked("m3", "Will WHOIS data stay around?"), 2)))
	id := h.topicOf(t, "m1")
	leader := func() string {
		topics, err := h.Topics(t.Context(), session, []string{id})
		if err != nil || len(topics) != 1 {
			t.Fatalf("topics %v, %v", topics, err)
		}
		return topics[0].Leader.Text
	}
	h.remove(t, "list", "m1")
	if got := leader(); got != "Will WHOIS data stay around?" {
		t.Errorf("the leader is now %q", got)
	}
	h.save(t, page("c1", "c2", asked("m4", "around around stay Will?"), asked("m5", "public stay")))
	if got := h.topicOf(t, "m4"); got != id {
		t.Errorf("a question like the new leader is in %q, want %q", got, id)
	}
	if got := h.topicOf(t, "m5"); got == id {
		t.Errorf("a question like the former leader is in its topic")
	}
	if _, err := h.Expire(t.Context(), opening().Add(89*day)); err != nil {
		t.Fatal(err)
	}
	h.save(t, page("c2", "c3", published(asked("m6", "Will WHOIS data stay?"), -1)))
	h.remove(t, "list", "m3")
	if got := leader(); got != "Will WHOIS data stay?" {
		t.Errorf("the leader is now %q, want the one that was published first", got)
	}
}

func (b Backend) dropsEmptyTopics(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Will WHOIS data stay public?")))
	id := h.topicOf(t, "m1")
	h.remove(t, "list", "m1")
	if topics, err := h.Topics(t.Context(), session, []string{id}); err != nil || len(topics) != 0 {
		t.Errorf("topics %v, %v", topics, err)
	}
	if saved := h.save(t, page("c1", "c2", asked("m2", "Will WHOIS data stay public?"))); saved.Topics != 1 {
		t.Errorf("the same question again opened %d topics", saved.Topics)
	}
}

func (b Backend) givesNoIDTwice(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Will WHOIS data stay public?"), asked("m2", "Will WHOIS data stay open?")))
	id := h.topicOf(t, "m2")
	h.save(t, page("c1", "c1", edited(asked("m1", "Who pays for deleting logs?"))))
	other := h.topicOf(t, "m1")
	if other == id || h.topicOf(t, "m2") != id {
		t.Fatalf("m1 is in %q and m2 in %q", other, h.topicOf(t, "m2"))
	}
	h.remove(t, "list", "m1")
	h.save(t, page("c1", "c2", asked("m1", "What about children?")))
	for _, topic := range []string{h.topicOf(t, "m1"), id} {
		topics, err := h.Topics(t.Context(), session, []string{topic})
		if err != nil || len(topics) != 1 || topics[0].Leader.Topic != topic {
			t.Errorf("topic %q: %v, %v", topic, topics, err)
		}
	}
	if h.topicOf(t, "m1") == id {
		t.Error("the question that came back took the topic that others are in")
	}
}

func (b Backend) limitsNear(t *testing.T) {
	h := b.open(t)
	const topics, common, limit = 1000, 20, 200
	batch := page("", "c1")
	word := func(kind string, i int) string { // of letters only
		return fmt.Sprintf("%s%c%c%c", kind, 'a'+i%26, 'a'+i/26%26, 'a'+i/676)
	}
	all := ""
	for i := range topics {
		batch.Items = append(batch.Items, asked(fmt.Sprintf("m%d", i), fmt.Sprintf("%s %s %s",
			word("common", i%common), word("also", i), word("other", i))))
		if i < common {
			all += word("common", i) + " "
		}
	}
	if saved := h.save(t, batch); saved.Topics != topics {
		t.Fatalf("%d topics", saved.Topics)
	}
	g := listening{near: map[string][]domain.Topic{}}
	if _, err := h.SaveBatch(t.Context(), page("c1", "c2", asked("x1", all)), g); err != nil {
		t.Fatal(err)
	}
	if n := len(g.near[all]); n == 0 || n > limit {
		t.Errorf("%d topics are near a question that shares a word with each of %d; some, but at most %d, were expected", n, topics, limit)
	}
}

func (b Backend) groupsPanelOnly(t *testing.T) {
	h := b.open(t)
	var items []store.Item
	for i, kind := range []domain.Kind{domain.Logistics, domain.Rhetorical} {
		items = append(items, each(asked(fmt.Sprint("m", i), "Will WHOIS data stay public?"), func(q *store.Question) { q.Kind = kind }))
	}
	saved, err := h.SaveBatch(t.Context(), page("", "c1", items...), nil)
	if err != nil || saved.Questions != 0 || saved.Topics != 0 || saved.New != 2 {
		t.Errorf("saved %+v, %v", saved, err)
	}
	for id, q := range h.questions(t, session) {
		if q.Topic != "" {
			t.Errorf("%s is in topic %q", id, q.Topic)
		}
	}
	if saved := h.save(t, page("c1", "c2", asked("m3", "Will WHOIS data stay public?"))); saved.Topics != 1 {
		t.Errorf("a panel question that asks the same opened %d topics", saved.Topics)
	}
}

func (b Backend) asksForKeys(t *testing.T) {
	h := b.open(t)
	bare := func(canonical, text string) store.Item {
		return each(asked(canonical, text), func(q *store.Question) { q.Keys = nil })
	}
	h.save(t, page("", "c1", bare("m1", "Will WHOIS data stay public?")))
	if saved := h.save(t, page("c1", "c2", bare("m2", "Will WHOIS data stay public?"))); saved.Topics != 0 {
		t.Errorf("the same question opened %d topics", saved.Topics)
	}
}
