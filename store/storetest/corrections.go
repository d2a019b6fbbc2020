package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) corrections(t *testing.T) {
	t.Run("a correction holds for what the asker put before and puts after", b.remembersAsker)
	t.Run("one for a single question says nothing of the asker, and stands above what is said", b.correctsAlone)
	t.Run("the last correction of an asker counts, kind by kind", b.correctsAgain)
	t.Run("it is taken back from whichever question of the asker", b.takesBackCorrection)
	t.Run("a question under the Chatham House Rule is linked to no other", b.linksNoName)
	t.Run("a rereading and an edit keep it", b.rereadsCorrected)
	t.Run("it is forgotten with the last question of its asker, and comes back with that", b.forgetsCorrection)
	t.Run("it is erased with the asker", b.erasesCorrection)
}

// rosas are items of one asker, each with a community and a region that were found; hank's is another's.
func rosas(canonical ...string) (items []store.Item) {
	for _, c := range canonical {
		it := each(tagged(asked(c, "Who pays for "+c+"?"), "technical"), func(q *store.Question) {
			q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagRegion, Value: "weog", Rule: "country-code domain", Evidence: ".example", Strength: 1})
		})
		items = append(items, by(it, "rosa"))
	}
	return items
}

// retagAt is a retag some hours after the opening.
func retagAt(hours int, question string, tags ...string) store.Decision {
	d := retagTo(question, tags...)
	d.At = opening().Add(time.Duration(hours) * time.Hour)
	return d
}

// alone gives a decision for its question only.
func alone(d store.Decision) store.Decision {
	d.Alone = true
	return d
}

// tagsOf gives the values of a question's tags of a kind; what a moderator said is marked.
func (h *handle) tagsOf(t *testing.T, canonical, kind string) []string {
	t.Helper()
	got := []string{}
	for _, tag := range h.now(t, idOf(canonical, 1)).Tags {
		switch {
		case tag.Kind != kind:
		case tag.Rule == store.ModeratorRule:
			got = append(got, tag.Value+"!")
		default:
			got = append(got, tag.Value)
		}
	}
	return got
}

// wantTags compares the tags of a kind that questions have, by their items.
func (h *handle) wantTags(t *testing.T, kind string, want map[string][]string) {
	t.Helper()
	for canonical, values := range want {
		if d := cmp.Diff(values, h.tagsOf(t, canonical, kind)); d != "" {
			t.Errorf("%s of %s (-want +got):\n%s", kind, canonical, d)
		}
	}
}

func (h *handle) said(t *testing.T, canonical string) ([]store.Correction, int) {
	t.Helper()
	list, others, err := h.moderation(t).Corrections(t.Context(), session, idOf(canonical, 1))
	if err != nil {
		t.Fatal(err)
	}
	return list, others
}

func (b Backend) remembersAsker(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", append(rosas("m1", "m2"), tagged(asked("m9", "Who else?"), "technical"))...))
	d := retagAt(1, idOf("m1", 1), domain.TagCommunity, "civil-society", domain.TagTheme, "money")
	h.decide(t, d)
	h.save(t, page("c1", "c2", rosas("m3")...))
	h.wantTags(t, domain.TagCommunity, map[string][]string{
		"m1": {"civil-society!"}, "m2": {"civil-society!"}, "m3": {"civil-society!"}, "m9": {"technical"}})
	h.wantTags(t, domain.TagRegion, map[string][]string{"m1": {"weog"}, "m2": {"weog"}, "m3": {"weog"}})
	h.wantTags(t, domain.TagTheme, map[string][]string{"m1": {"money!"}, "m2": {}, "m3": {}})
	if got := h.list(t, store.Query{Session: session, Audience: domain.Green, Community: "civil-society"}); len(got) != 3 {
		t.Errorf("%d questions are of the community, want 3", len(got))
	}
	for _, canonical := range []string{"m1", "m3"} {
		said, others := h.said(t, canonical)
		if want := []store.Correction{{Kind: domain.TagCommunity, Values: []string{"civil-society"}, By: "ada", At: d.At}}; others != 2 || !cmp.Equal(want, said) {
			t.Errorf("of the asker of %s there is said %v, for %d others", canonical, said, others)
		}
	}
	if said, _ := h.said(t, "m9"); len(said) != 0 {
		t.Errorf("of somebody else there is said %v", said)
	}
	if q, err := h.moderation(t).Original(t.Context(), session, idOf("m3", 1)); err != nil || len(q.Tags) != 2 || q.Tags[0].Value != "technical" {
		t.Errorf("it was found with %v, %v", q.Tags, err)
	}
	if got := h.decided(t, idOf("m2", 1)); len(got) != 0 {
		t.Errorf("about another question of hers there was decided %v", got)
	}
	h.decide(t, retagAt(2, idOf("m2", 1), domain.TagRegion, domain.Unknown))
	h.save(t, page("c2", "c3", rosas("m4")...))
	h.wantTags(t, domain.TagRegion, map[string][]string{"m1": {}, "m3": {}, "m4": {}, "m9": {}})
}

func (b Backend) correctsAlone(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", rosas("m1", "m2")...))
	h.decide(t, alone(retagAt(1, idOf("m1", 1), domain.TagCommunity, "academia")))
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m1": {"academia!"}, "m2": {"technical"}})
	if said, _ := h.said(t, "m1"); len(said) != 0 {
		t.Errorf("of the asker there is said %v", said)
	}
	h.decide(t, retagAt(2, idOf("m2", 1), domain.TagCommunity, "government"))
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m1": {"academia!"}, "m2": {"government!"}})
	untag := alone(decision(idOf("m2", 1), store.Untag))
	untag.At = opening().Add(3 * time.Hour)
	h.decide(t, untag)
	h.save(t, page("c1", "c2", rosas("m3")...))
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m2": {"technical"}, "m3": {"government!"}})
	if got := h.decided(t, idOf("m2", 1)); len(got) != 2 || got[0].Alone || !got[1].Alone {
		t.Errorf("the history is %+v", got)
	}
}

func (b Backend) correctsAgain(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", rosas("m1", "m2")...))
	h.decide(t, retagAt(1, idOf("m1", 1), domain.TagCommunity, "academia", domain.TagRegion, "african"))
	h.decide(t, retagAt(2, idOf("m2", 1), domain.TagCommunity, "government", domain.TagCommunity, "technical"))
	h.save(t, page("c1", "c2", rosas("m3")...))
	for _, m := range []string{"m1", "m2", "m3"} {
		h.wantTags(t, domain.TagCommunity, map[string][]string{m: {"government!", "technical!"}})
		h.wantTags(t, domain.TagRegion, map[string][]string{m: {"african!"}})
	}
}

func (b Backend) takesBackCorrection(t *testing.T) {
	for _, from := range []string{"m1", "m2"} {
		h := b.open(t)
		h.save(t, page("", "c1", rosas("m1", "m2")...))
		before := h.snapshot(t, session)
		h.decide(t, retagAt(1, idOf("m1", 1), domain.TagCommunity, "academia", domain.TagRegion, domain.Unknown))
		untag := decision(idOf(from, 1), store.Untag)
		untag.At = opening().Add(2 * time.Hour)
		h.decide(t, untag)
		if d := cmp.Diff(before.Voices, h.snapshot(t, session).Voices); d != "" {
			t.Errorf("taken back from %s (-before +after):\n%s", from, d)
		}
		h.save(t, page("c1", "c2", rosas("m3")...))
		h.wantTags(t, domain.TagCommunity, map[string][]string{"m1": {"technical"}, "m2": {"technical"}, "m3": {"technical"}})
		h.wantTags(t, domain.TagRegion, map[string][]string{"m1": {"weog"}, "m2": {"weog"}, "m3": {"weog"}})
		if said, _ := h.said(t, "m1"); len(said) != 0 {
			t.Errorf("of the asker there is said %v", said)
		}
	}
}

func (b Backend) linksNoName(t *testing.T) {
	noName := func(items []store.Item) []store.Item {
		return []store.Item{each(items[0], func(q *store.Question) { q.NoName = true })}
	}
	h := b.open(t)
	h.save(t, page("", "c1", append(noName(rosas("m1")), rosas("m2", "m3")...)...))
	h.decide(t, retagAt(1, idOf("m1", 1), domain.TagCommunity, "academia"))
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m1": {"academia!"}, "m2": {"technical"}})
	if got := h.decided(t, idOf("m1", 1)); len(got) != 1 || !got[0].Alone {
		t.Errorf("it was decided of the asker: %+v", got)
	}
	h.decide(t, retagAt(2, idOf("m2", 1), domain.TagCommunity, "government"))
	if said, others := h.said(t, "m2"); len(said) != 1 || others != 1 {
		t.Errorf("%d others are counted of the asker, want the one that may be linked", others)
	}
	if said, others := h.said(t, "m1"); len(said) != 0 || others != 0 {
		t.Errorf("there is told %v and %d others", said, others)
	}
	untag := decision(idOf("m1", 1), store.Untag)
	untag.At = opening().Add(3 * time.Hour)
	h.decide(t, untag)
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m1": {"technical"}, "m2": {"government!"}, "m3": {"government!"}})
}

func (b Backend) rereadsCorrected(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", rosas("m1", "m2")...))
	h.decide(t, retagAt(1, idOf("m1", 1), domain.TagCommunity, "academia", domain.TagRegion, domain.Unknown))
	again := page("", "", rosas("m1", "m2")...)
	again.Reread, again.Still = true, true
	if saved := h.save(t, again); saved.Anew != 0 {
		t.Errorf("by the same rules %d items are other ones", saved.Anew)
	}
	other := slices.Clone(again.Items)
	other[1] = each(other[1], func(q *store.Question) { q.Tags = nil })
	again.Items = other
	if saved := h.save(t, again); saved.Anew != 1 {
		t.Errorf("by other rules %d items are other ones, want 1", saved.Anew)
	}
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m1": {"academia!"}, "m2": {"academia!"}})
	h.save(t, page("c1", "c1", edited(by(asked("m2", "Who pays now?"), "rosa"))))
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m2": {"academia!"}})
	if q, err := h.moderation(t).Original(t.Context(), session, idOf("m2", 1)); err != nil || len(q.Tags) != 0 {
		t.Errorf("it was found with %v, %v", q.Tags, err)
	}
}

func (b Backend) forgetsCorrection(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", append(rosas("m1", "m2"), asked("m9", "Who else?"))...))
	h.decide(t, retagAt(1, idOf("m1", 1), domain.TagCommunity, "academia"))
	h.remove(t, "list", "m1")
	if gone := h.purge(t, store.Purge{Now: opening().Add(2 * time.Hour)}); len(gone) != 0 {
		t.Errorf("while one is left there went %v", gone)
	}
	h.remove(t, "list", "m2")
	want := []store.Purged{{Session: session, Kind: store.PurgedCorrections, N: 1}}
	if d := cmp.Diff(want, h.purge(t, store.Purge{Now: opening().Add(2 * time.Hour)})); d != "" {
		t.Errorf("with the last one there went (-want +got):\n%s", d)
	}
	h.save(t, page("c1", "c2", rosas("m3")...))
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m3": {"technical"}})
	h.save(t, page("c2", "c3", rosas("m1", "m4")...))
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m1": {"academia!"}, "m4": {"academia!"}})
}

func (b Backend) erasesCorrection(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", rosas("m1", "m2")...))
	h.decide(t, retagAt(1, idOf("m1", 1), domain.TagCommunity, "academia"))
	h.forget(t, store.Person{Askers: []string{"rosa"}})
	h.save(t, page("c1", "c2", rosas("m3")...))
	h.wantTags(t, domain.TagCommunity, map[string][]string{"m3": {"technical"}})
}
