package storetest

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"askahead/domain"
	"askahead/store"
)

const (
	session = "panel"
	day     = 24 * time.Hour
)

// opening is when the session of the tests opens.
func opening() time.Time { return time.Date(2018, 10, 1, 9, 0, 0, 0, time.UTC) }

// keys are the ones that every test uses.
func keys() domain.Keys { return domain.NewKeys([]byte("a key of 32 bytes for tests only")) }

// page is a batch of the source "list", read from since.
func page(since, next string, items ...store.Item) store.Batch {
	return store.Batch{Session: session, Source: "list", Since: since, Next: next, Now: opening(), Items: items}
}

// asked is an item with one panel question for each text. Its external id is its canonical one.
func asked(canonical string, texts ...string) store.Item {
	id := keys().Item(canonical)
	it := store.Item{ID: id, ExternalID: canonical, Content: keys().Content([]byte(strings.Join(texts, "\n"))),
		Published: opening(), Outcome: store.Kept, Expires: opening().Add(90 * day)}
	for i, text := range texts {
		it.Questions = append(it.Questions, store.Question{
			Question: domain.Question{ID: domain.QuestionID(id, i+1), Session: session, Item: id, Text: text,
				Language: "en", Kind: domain.Panel, Why: "mark", Asker: keys().Asker(canonical + "@people.example"),
				Published: opening(), Collected: opening(), Source: "list", TLP: domain.Green,
				Fingerprint: keys().Fingerprint(text)},
			Terms: slices.Compact(slices.Sorted(slices.Values(strings.Fields(strings.ToLower(text))))),
		})
		q := &it.Questions[i]
		q.Keys = words{}.Keys(q.Question)
	}
	return it
}

// silent is an item without a question.
func silent(canonical string) store.Item {
	return store.Item{ID: keys().Item(canonical), ExternalID: canonical, Content: keys().Content([]byte(canonical)),
		Published: opening(), Outcome: store.NoQuestion, Expires: opening().Add(90 * day)}
}

// each returns the item with every question changed by f.
func each(it store.Item, f func(*store.Question)) store.Item {
	it.Questions = slices.Clone(it.Questions)
	for i := range it.Questions {
		f(&it.Questions[i])
	}
	return it
}

// published returns the item as published and collected some days after the opening.
func published(it store.Item, days int) store.Item {
	at := opening().Add(time.Duration(days) * day)
	it.Published = at
	return each(it, func(q *store.Question) { q.Published, q.Collected = at, at })
}

// tagged returns the item with a community on every question.
func tagged(it store.Item, communities ...string) store.Item {
	return each(it, func(q *store.Question) {
		for _, c := range communities {
			q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagCommunity, Value: c, Rule: "config rule 1", Evidence: "list", Strength: 3})
		}
	})
}

// edited returns the item as its author changed it.
func edited(it store.Item) store.Item {
	it.Edited = true
	return it
}

// words groups questions that have at least half of their longer words in common.
type words struct{}

func longer(text string) []string {
	fields := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
	slices.Sort(fields)
	return slices.DeleteFunc(slices.Compact(fields), func(w string) bool { return len(w) < 4 })
}

// Order is as they come.
func (words) Order(questions []domain.Question) []int {
	places := make([]int, len(questions))
	for i := range places {
		places[i] = i
	}
	return places
}

// Keys gives one key for each longer word.
func (words) Keys(q domain.Question) []int64 {
	var found []int64
	for _, w := range longer(q.Text) {
		h := fnv.New64a()
		h.Write([]byte(w))
		found = append(found, int64(h.Sum64()))
	}
	slices.Sort(found)
	return found
}

// Place gives the topic whose leader shares the most words, among equals the first.
func (words) Place(q domain.Question, near []domain.Topic) string {
	own := longer(q.Text)
	best, id := 0, ""
	for _, t := range near {
		theirs := longer(t.Leader.Text)
		common := 0
		for _, w := range theirs {
			if slices.Contains(own, w) {
				common++
			}
		}
		if common > best && 2*common >= max(len(own), len(theirs)) {
			best, id = common, t.ID
		}
	}
	return id
}
