package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) measuring(t *testing.T) {
	t.Run("voices are every panel question, oldest first, with their communities", b.yieldsVoices)
	t.Run("voices end with the first error", b.stopsVoices)
	t.Run("the store can be used while voices are heard", b.nestsVoices)
}

func (b Backend) yieldsVoices(t *testing.T) {
	h := b.open(t)
	late := published(tagged(asked("m1", "Who pays?"), "technical", "academia", "technical"), 5)
	early := published(asked("m2", "Who decides?"), 1)
	after := published(asked("m3", "Who else?"), 9)
	other := each(asked("m4", "Where is it?"), func(q *store.Question) { q.Kind = domain.Logistics })
	h.save(t, page("", "c1", late, early, after, other))
	voice := func(it store.Item, communities ...string) store.Voice {
		q := it.Questions[0]
		return store.Voice{Question: q.ID, Topic: q.ID, Asker: q.Asker, Fingerprint: q.Fingerprint, Published: q.Published, Communities: communities}
	}
	for _, c := range []struct {
		until time.Time
		want  []store.Voice
	}{
		{opening().Add(9 * day), []store.Voice{voice(early), voice(late, "academia", "technical")}},
		{time.Time{}, []store.Voice{voice(early), voice(late, "academia", "technical"), voice(after)}},
		{opening(), nil},
	} {
		var got []store.Voice
		err := h.Voices(t.Context(), session, domain.Green, c.until, func(v store.Voice) error {
			got = append(got, v)
			return nil
		})
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("until %v: %v (-want +got):\n%s", c.until, err, d)
		}
	}
}

func (b Backend) stopsVoices(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?"), asked("m2", "Who decides?"), asked("m3", "Who else?")))
	enough := errors.New("enough")
	n := 0
	err := h.Voices(t.Context(), session, domain.Green, time.Time{}, func(store.Voice) error {
		if n++; n == 2 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 2 {
		t.Errorf("%d voices, %v", n, err)
	}
}

func (b Backend) nestsVoices(t *testing.T) {
	h := b.open(t)
	h.save(t, page("", "c1", asked("m1", "Who pays?"), asked("m2", "Who decides?")))
	n := 0
	err := h.Voices(t.Context(), session, domain.Green, time.Time{}, func(v store.Voice) error {
		if n++; n == 1 {
			h.save(t, page("c1", "c2", asked("m3", "Who else?")))
		}
		p, err := h.Questions(t.Context(), store.Query{Session: session, Audience: domain.Green, IDs: []string{v.Question}})
		if len(p.Questions) != 1 {
			t.Errorf("voice %s is not found", v.Question)
		}
		return err
	})
	if err != nil || n != 2 {
		t.Errorf("%d voices, %v; want the 2 of when it began", n, err)
	}
}
