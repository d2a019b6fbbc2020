package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/domain"
	"askahead/store"
)

// places is a Grouper that knows nothing but vectors: the same place is the same topic.
type places struct{}

func (places) Keys(q domain.Question) []int64 {
	if len(q.Vector.At) == 0 {
		return words{}.Keys(q)
	}
	return []int64{int64(q.Vector.At[0] * 1000)}
}

func (places) Place(q domain.Question, near []domain.Topic) string {
	for _, t := range near {
		if cosine, ok := q.Vector.Cosine(t.Leader.Vector); ok && cosine > 0.9 {
			return t.ID
		}
	}
	return ""
}

func at(x float32) domain.Vector { return domain.Vector{Model: "m", At: []float32{x, 1 - x}} }

// placed is an item with a question that a model places.
func placed(canonical, text string, x float32) store.Item {
	return each(asked(canonical, text), func(q *store.Question) { q.Vector, q.Keys = at(x), places{}.Keys(domain.Question{Vector: at(x)}) })
}

func (b Backend) vectors(t *testing.T) {
	const one, two = "Who pays for the logs?", "¿Quién paga?"
	// kept gives the vectors of both texts, as they are stored.
	kept := func(t *testing.T, v store.Vectors) (found []string) {
		t.Helper()
		got, err := v.Vectors(t.Context(), session, "m", []string{keys().Fingerprint(one), keys().Fingerprint(two)})
		if err != nil {
			t.Fatal(err)
		}
		for of, vector := range got {
			if len(vector.At) != 2 || vector.Model != "m" {
				t.Errorf("a vector is %v", vector)
			}
			found = append(found, map[string]string{keys().Fingerprint(one): one, keys().Fingerprint(two): two}[of])
		}
		slices.Sort(found)
		return found
	}
	save := func(t *testing.T, h *handle, batch store.Batch) store.Saved {
		t.Helper()
		saved, err := h.SaveBatch(t.Context(), batch, places{})
		if err != nil {
			t.Fatal(err)
		}
		return saved
	}
	open := func(t *testing.T) (*handle, store.Vectors) {
		h := b.open(t)
		return h, h.Store.(store.Vectors)
	}

	t.Run("a question meets the leader of its place in a later batch", func(t *testing.T) {
		h, v := open(t)
		save(t, h, page("", "1", placed("a", one, 1)))
		if saved := save(t, h, page("1", "2", placed("b", two, 1))); saved.Topics != 0 || saved.Questions != 1 {
			t.Errorf("%+v", saved)
		}
		if got := kept(t, v); len(got) != 2 {
			t.Errorf("vectors are kept of %q", got)
		}
		if got, err := v.Vectors(t.Context(), session, "other", []string{keys().Fingerprint(one)}); err != nil || len(got) != 0 {
			t.Errorf("another model has %v, %v", got, err)
		}
	})

	t.Run("a vector goes with its question", func(t *testing.T) {
		for name, remove := range map[string]func(t *testing.T, h *handle){
			"gone":    func(t *testing.T, h *handle) { h.remove(t, "list", "a") },
			"expired": func(t *testing.T, h *handle) { check(t, second(h.Expire(t.Context(), opening().Add(91*day)))) },
			"declined": func(t *testing.T, h *handle) {
				it := silent("a")
				it.Outcome = store.OptedOut
				save(t, h, page("1", "2", it))
			},
			"edited": func(t *testing.T, h *handle) { save(t, h, page("1", "2", edited(asked("a", "What else?")))) },
		} {
			t.Run(name, func(t *testing.T) {
				h, v := open(t)
				save(t, h, page("", "1", placed("a", one, 1)))
				if remove(t, h); len(kept(t, v)) != 0 {
					t.Error("the vector is there still")
				}
			})
		}
	})

	t.Run("a decision leaves the vector, and an edit takes it", func(t *testing.T) {
		h, v := open(t)
		save(t, h, page("", "1", placed("a", one, 1)))
		id := domain.QuestionID(keys().Item("a"), 1)
		decide := func(d store.Decision) {
			d.Session, d.Question, d.By, d.At = session, id, "M. Fictional", opening().Add(time.Hour)
			_, err := h.Store.(store.Decisions).Decide(t.Context(), d, places{})
			check(t, err)
		}
		decide(store.Decision{Verb: store.Approve})
		if len(kept(t, v)) != 1 {
			t.Error("approving lost it")
		}
		decide(store.Decision{Verb: store.Edit, Text: "Who pays?", Terms: []string{"pays"}})
		if len(kept(t, v)) != 0 {
			t.Error("the vector of the asker's words stands for the moderator's")
		}
	})

	t.Run("leaders without a vector are listed by label, and filled", func(t *testing.T) {
		h, v := open(t)
		item := func(name, text string, f func(*store.Question)) store.Item { return each(asked(name, text), f) }
		save(t, h, page("", "1", item("a", one, func(q *store.Question) { q.TLP = domain.Clear }),
			item("b", "Who else?", func(q *store.Question) { q.TLP = domain.Green }),
			item("c", "Where are backups?", func(q *store.Question) { q.TLP, q.NoName = domain.Clear, true }),
			item("d", "When does it start?", func(q *store.Question) { q.TLP = domain.Inside })))
		list := func(audience domain.TLP, named bool, model string) string {
			found, err := v.Unplaced(t.Context(), store.Unplaced{Session: session, Model: model, Audience: audience, Named: named, Limit: 10})
			check(t, err)
			var texts []string
			for _, q := range found {
				texts = append(texts, q.Text)
			}
			return strings.Join(texts, " ")
		}
		for _, c := range []struct {
			audience domain.TLP
			named    bool
			want     string
		}{{domain.Clear, true, one}, {domain.Clear, false, "Where are backups? " + one}, {domain.AmberStrict, false, "Where are backups? Who else? " + one}, {0, false, ""}, {domain.Red, false, ""}} {
			if got := list(c.audience, c.named, "m"); got != c.want {
				t.Errorf("audience %d, named %v: %q, want %q", c.audience, c.named, got, c.want)
			}
		}
		found, err := v.Unplaced(t.Context(), store.Unplaced{Session: session, Model: "m", Audience: domain.Clear, Named: true, Limit: 10})
		check(t, err)
		found[0].Vector = at(1)
		stale := found[0]
		stale.ID, stale.Text = domain.QuestionID(keys().Item("b"), 1), "another text"
		check(t, v.Place(t.Context(), session, append(found, stale)))
		if got := list(domain.Green, true, "m"); got != "Who else?" {
			t.Errorf("left are %q", got)
		}
		if got := list(domain.Clear, true, "newer"); got != one {
			t.Errorf("another model lacks %q", got)
		}
		if saved := save(t, h, page("1", "2", placed("e", two, 1))); saved.Topics != 0 {
			t.Error("what comes later does not find the leader by its new vector")
		}
	})
}

func second[T any](_ T, err error) error { return err }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
