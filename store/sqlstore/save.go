package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"askahead/domain"
	"askahead/store"
)

// SaveBatch stores a page of one source for one session, or nothing of it; see store.Store.
//
// An item that was gone and is seen again counts as Changed. An item without a question or with one is
// replaced by the news that its author declines, edited or not; the news is not taken back by a later sighting
// without it, unless that is an edit, and from where the item was seen before.
func (db *DB) SaveBatch(ctx context.Context, b store.Batch, g store.Grouper) (store.Saved, error) {
	b, err := clean(b)
	if err != nil {
		return store.Saved{}, err
	}
	var saved store.Saved
	err = db.write(ctx, "save a batch of "+b.Source, func(t *tx) error {
		s := &saving{tx: t, b: &b, g: g, keys: db.keys}
		err := s.run(ctx)
		saved = s.saved
		return err
	})
	if err != nil {
		return store.Saved{}, err
	}
	return saved, nil
}

// saving is one SaveBatch under way.
type saving struct {
	*tx
	b        *store.Batch
	keys     domain.Keys
	g        store.Grouper
	saved    store.Saved
	numbered int64 // the last number given to a question of the session

	items     map[string]store.Known // as they are stored, by id
	sightings map[string]sighting    // as they are stored, by external id

	write  []string               // ids of the items to write, in order
	by     map[string]*store.Item // what to write of them
	fresh  map[string]bool        // those of them that were never stored
	seen   map[string]sighting    // sightings to write, by external id
	unseen []string               // external ids whose sightings go
	lose   []string               // items that lost a sighting
	lost   []string               // those of them that no source holds any more
	again  map[string]int         // the support of those that stay as they are, by id

	old    map[string][]question    // of a rereading: what is stored of items whose content is the same, by item
	before map[string]store.Outcome // of a rereading: what the items to write were

	rows []row // the questions to write
}

// sighting is where a source has an item.
type sighting struct {
	item    string
	expires int64
}

// row is a question with the numbers that it is stored under.
type row struct {
	*store.Question                 // as moderators left it
	asked           *store.Question // as it was found; nil if nothing was decided about it
	ruling          *ruling         // what was; nil like asked
	n, topic        int64
	was             int64 // the topic that it was in before its text changed; 0 if it is new
	stored          bool  // its id was stored before
	back            bool  // its item was: its id may be a topic's
	undated         bool  // its item does not say when it was published
}

// begin waits for its turn in the session, and tells whether the batch was saved before.
func (s *saving) begin(ctx context.Context) (before bool, err error) {
	if s.numbered, err = s.enter(ctx, s.b.Session, s.b.Now); err != nil {
		return false, err
	}
	if err := s.atGeneration(ctx, s.keys); err != nil {
		return false, err
	}
	var cursor string
	_, err = s.row(ctx, "SELECT read_to FROM progress WHERE session_id = $1 AND stream = $2",
		[]any{s.b.Session, s.b.Stream}, &cursor)
	switch {
	case err != nil:
		return false, err
	case s.b.Still:
		s.b.Next = cursor
	case cursor == s.b.Next && cursor != s.b.Since:
		s.saved.Again = len(s.b.Items)
		_, err := s.exec(ctx, "UPDATE progress SET last_run = $1 WHERE session_id = $2 AND stream = $3",
			micros(s.b.Now), s.b.Session, s.b.Stream)
		return true, err
	case cursor != s.b.Since && !s.b.Part:
		return false, fmt.Errorf("%w: the source was read from another place than where it stands", domain.ErrConflict)
	}
	return false, nil
}

// enter locks the session against other writers until the transaction ends, and gives its last number.
// The error is store.ErrWiped if the session was wiped.
func (t *tx) enter(ctx context.Context, session string, now time.Time) (numbered int64, err error) {
	var wiped int64
	_, err = t.row(ctx, `INSERT INTO sessions (session_id, saved, numbered) VALUES ($1, $2, 0)
		ON CONFLICT (session_id) DO UPDATE SET saved = excluded.saved RETURNING numbered, wiped`,
		[]any{session, micros(now)}, &numbered, &wiped)
	if err == nil && wiped != 0 {
		err = store.ErrWiped
	}
	return numbered, err
}

func (s *saving) run(ctx context.Context) error {
	before, err := s.begin(ctx)
	if err != nil || before {
		return err
	}
	for _, step := range []func(context.Context) error{
		s.load, s.loadReread, s.sort, s.writeItems, s.writeContacts, s.writeSightings, s.dropItems, s.dropQuestions,
		s.group, s.writeQuestions, s.writeSupport, s.writeCounts, s.writeArrivals, s.writeQuarantine, s.writeProgress,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// load reads what is stored of the batch's items and of their places.
func (s *saving) load(ctx context.Context) error {
	ids := make([]string, 0, len(s.b.Items))
	external := make([]string, 0, len(s.b.Items)+len(s.b.Gone))
	for i := range s.b.Items {
		ids = append(ids, s.b.Items[i].ID)
		external = append(external, s.b.Items[i].ExternalID)
	}
	for _, id := range s.b.Gone {
		external = append(external, text(id))
	}
	for id := range s.b.Support {
		external = append(external, text(id))
	}
	var err error
	if s.items, err = s.known(ctx, s.b.Session, distinct(ids)); err != nil {
		return err
	}
	s.sightings = make(map[string]sighting, len(external))
	return lists(ctx, s.tx, `SELECT external_id, item_id, expires FROM sightings
		WHERE session_id = $1 AND stream = $2 AND external_id IN (?)`,
		[]any{s.b.Session, s.b.Stream}, distinct(external), func(r *sql.Rows) error {
			var id string
			var at sighting
			err := r.Scan(&id, &at.item, &at.expires)
			s.sightings[id] = at
			return err
		})
}

// known reads what is stored of items.
func (t *tx) known(ctx context.Context, session string, ids []string) (map[string]store.Known, error) {
	items := make(map[string]store.Known, len(ids))
	err := lists(ctx, t, "SELECT item_id, outcome, content FROM items WHERE session_id = $1 AND item_id IN (?)",
		[]any{session}, ids, func(r *sql.Rows) error {
			var id string
			var k store.Known
			err := r.Scan(&id, &k.Outcome, &k.Content)
			items[id] = k
			return err
		})
	return items, err
}

// distinct sorts values and leaves each once.
func distinct[T int64 | string](values []T) []T {
	slices.Sort(values)
	return slices.Compact(values)
}

// sort decides for every item, in order, what is to be done. Nothing is written yet.
func (s *saving) sort(context.Context) error {
	s.by, s.fresh, s.seen = map[string]*store.Item{}, map[string]bool{}, map[string]sighting{}
	s.before, s.again = map[string]store.Outcome{}, map[string]int{}
	for id, support := range s.b.Support {
		if at, ok := s.sightings[text(id)]; ok {
			s.again[at.item] = max(s.again[at.item], within(support))
		}
	}
	gone := make(map[string]bool, len(s.b.Gone))
	for _, id := range s.b.Gone {
		id = text(id)
		if at, ok := s.sightings[id]; ok && !gone[id] {
			s.lose = append(s.lose, at.item)
			s.unseen = append(s.unseen, id)
		}
		gone[id] = true
	}
	for i := range s.b.Items {
		it := &s.b.Items[i]
		if gone[it.ExternalID] {
			s.saved.Changed++ // what is deleted at its source is not stored for a moment
			continue
		}
		k, stored := s.items[it.ID]
		switch {
		case !stored:
			s.fresh[it.ID] = true
			s.saved.New++
		case s.b.Reread && s.by[it.ID] == nil:
			if !s.anew(it, k) {
				s.repeat(it, k)
				continue
			}
		case k.Outcome == store.Expired, k.Outcome == store.Forgotten:
			s.saved.Again++
			continue
		case s.replaces(it, k):
			s.saved.Changed++
		default:
			s.saved.Again++
			s.see(it)
			s.repeat(it, k)
			continue
		}
		delete(s.again, it.ID)
		if s.by[it.ID] == nil {
			s.write = append(s.write, it.ID)
		}
		s.by[it.ID] = it
		s.items[it.ID] = store.Known{Outcome: it.Outcome, Content: it.Content}
		s.see(it)
	}
	return nil
}

// repeat notes what changes without an edit of an item that is seen again.
func (s *saving) repeat(it *store.Item, k store.Known) {
	if k.Outcome == store.Kept && it.Outcome == store.Kept {
		s.again[it.ID] = it.Support
	}
}

// replaces tells whether a stored item gives way to what is seen now. That its author declines is taken back by an edit
// alone, and only at a place that had the item before: another may not know of it.
func (s *saving) replaces(it *store.Item, stored store.Known) bool {
	edited := it.Edited && it.Content != stored.Content
	switch {
	case stored.Outcome == store.Gone:
		return true
	case stored.Outcome == store.OptedOut:
		return edited && it.Outcome != store.OptedOut && s.sightings[it.ExternalID].item == it.ID
	}
	return edited || it.Outcome == store.OptedOut
}

// see notes where an item was seen. Its retention counts from the first time; a shorter one is obeyed.
func (s *saving) see(it *store.Item) {
	at := sighting{item: it.ID, expires: until(it.Expires)}
	before, ok := s.seen[it.ExternalID]
	if !ok {
		before, ok = s.sightings[it.ExternalID]
	}
	switch {
	case !ok && s.b.Reread && !s.fresh[it.ID]:
		return
	case ok && before.item != it.ID: // the source has given the id to something else
		s.lose = append(s.lose, before.item)
		if s.b.Reread { // or other rules name the same thing otherwise: it is kept no longer for that
			at.expires = min(at.expires, before.expires)
		}
	case ok && before.expires <= at.expires:
		return
	}
	s.seen[it.ExternalID] = at
}
