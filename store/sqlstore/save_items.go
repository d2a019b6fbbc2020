package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"askahead/store"
)

// writeItems writes the rows of new and changed items.
func (s *saving) writeItems(ctx context.Context) error {
	args := make([]any, 0, 4*len(s.write))
	for _, id := range slices.Sorted(slices.Values(s.write)) {
		it := s.by[id]
		args = append(args, s.b.Session, id, string(it.Outcome), it.Content)
	}
	if s.saved.New > 0 {
		s.saved.Outcomes = map[store.Outcome]int{}
		for id := range s.fresh {
			s.saved.Outcomes[s.by[id].Outcome]++
		}
	}
	_, err := s.insert(ctx, "INSERT INTO items (session_id, item_id, outcome, content)", 4, args,
		" ON CONFLICT (session_id, item_id) DO UPDATE SET outcome = excluded.outcome, content = excluded.content")
	return err
}

// writeSightings writes which items this stream holds now.
func (s *saving) writeSightings(ctx context.Context) error {
	args := make([]any, 0, 5*len(s.seen))
	for _, id := range slices.Sorted(maps.Keys(s.seen)) {
		args = append(args, s.b.Session, s.b.Stream, id, s.seen[id].item, s.seen[id].expires)
	}
	if _, err := s.insert(ctx, "INSERT INTO sightings (session_id, stream, external_id, item_id, expires)", 5, args,
		" ON CONFLICT (session_id, stream, external_id) DO UPDATE SET item_id = excluded.item_id, expires = excluded.expires"); err != nil {
		return err
	}
	_, err := execLists(ctx, s.tx, "DELETE FROM sightings WHERE session_id = $1 AND stream = $2 AND external_id IN (?)",
		[]any{s.b.Session, s.b.Stream}, s.unseen)
	return err
}

// dropItems marks the items that no source holds any more.
func (s *saving) dropItems(ctx context.Context) (err error) {
	s.lost, err = s.unheld(ctx, s.b.Session, s.lose)
	if err != nil {
		return err
	}
	for _, id := range s.lost {
		if s.by[id] != nil {
			delete(s.by, id)
			s.write = slices.DeleteFunc(s.write, func(w string) bool { return w == id })
		}
	}
	s.saved.Removed = len(s.lost)
	return s.close(ctx, s.b.Session, s.lost, store.Gone)
}

// unheld gives those of the items that have no sighting, in order.
func (t *tx) unheld(ctx context.Context, session string, ids []string) ([]string, error) {
	ids = distinct(ids)
	held := map[string]bool{}
	err := lists(ctx, t, "SELECT item_id FROM sightings WHERE session_id = $1 AND item_id IN (?)",
		[]any{session}, ids, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			held[id] = true
			return err
		})
	return slices.DeleteFunc(ids, func(id string) bool { return held[id] }), err
}

// close leaves of items nothing but that they were there.
func (t *tx) close(ctx context.Context, session string, ids []string, outcome store.Outcome) error {
	_, err := execLists(ctx, t, "UPDATE items SET outcome = $1, content = '' WHERE session_id = $2 AND item_id IN (?)",
		[]any{string(outcome), session}, ids)
	if err != nil {
		return err
	}
	return t.forgetContacts(ctx, session, ids)
}

// writeCounts adds the counts of the batch, and those of the items that are new. A rereading may take some back.
func (s *saving) writeCounts(ctx context.Context) error {
	type subject struct{ source, what, key string }
	sums := map[subject]int64{}
	add := func(counts []store.Count, sign int64) {
		for _, c := range counts {
			sums[subject{key(cmp.Or(c.Source, s.b.Source)), key(c.What), key(c.Key)}] += sign * c.N
		}
	}
	add(s.b.Counts, 1)
	for _, id := range s.write {
		if s.fresh[id] {
			add(s.by[id].Counts, 1)
		}
	}
	s.silence(add)
	subjects := slices.SortedFunc(maps.Keys(sums), func(a, b subject) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.what, b.what), cmp.Compare(a.key, b.key))
	})
	args := make([]any, 0, 5*len(subjects))
	for _, c := range subjects {
		args = append(args, s.b.Session, c.source, c.what, c.key, sums[c])
	}
	_, err := s.insert(ctx, "INSERT INTO counts (session_id, source, what, subject, happened)", 5, args,
		" ON CONFLICT (session_id, source, what, subject) DO UPDATE SET happened = counts.happened + excluded.happened")
	if err != nil || !s.b.Reread {
		return err
	}
	_, err = s.exec(ctx, "DELETE FROM counts WHERE session_id = $1 AND happened <= 0", s.b.Session)
	return err
}

// writeQuarantine puts aside what could not be read, and takes out what could be this time or is gone.
func (s *saving) writeQuarantine(ctx context.Context) error {
	readable := make([]string, 0, len(s.b.Items)+len(s.b.Gone)+len(s.b.Settled))
	for i := range s.b.Items {
		readable = append(readable, key(s.b.Items[i].ExternalID))
	}
	for _, id := range slices.Concat(s.b.Gone, s.b.Settled) {
		readable = append(readable, key(id))
	}
	waiting, err := s.row(ctx, "SELECT 1 FROM quarantine WHERE session_id = $1 AND source = $2 LIMIT 1",
		[]any{s.b.Session, s.b.Source}, new(int))
	if err != nil {
		return err
	}
	if waiting {
		if _, err := execLists(ctx, s.tx, "DELETE FROM quarantine WHERE session_id = $1 AND source = $2 AND id IN (?)",
			[]any{s.b.Session, s.b.Source}, distinct(readable)); err != nil {
			return err
		}
	}
	for i := range s.b.Broken { // one by one: each may be large
		if err := s.putAside(ctx, &s.b.Broken[i]); err != nil {
			return err
		}
	}
	return nil
}

// putAside writes one row. Of an item that has one already only the reason is today's: its bytes are kept no longer.
func (s *saving) putAside(ctx context.Context, q *store.Quarantined) error {
	raw := q.Raw
	if raw == nil {
		raw = []byte{}
	}
	n, err := s.exec(ctx, `INSERT INTO quarantine (session_id, source, id, stream, type, reason, collected, expires, cut, raw)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (session_id, source, id) DO NOTHING`,
		s.b.Session, s.b.Source, q.ID, s.b.Stream, q.Type, q.Reason, micros(q.Collected), until(q.Expires), flag(q.Cut), raw)
	if err != nil {
		return err
	}
	s.saved.Broken += n
	if n > 0 {
		return nil
	}
	_, err = s.exec(ctx, "UPDATE quarantine SET reason = $1 WHERE session_id = $2 AND source = $3 AND id = $4 AND reason <> $1",
		q.Reason, s.b.Session, s.b.Source, q.ID)
	return err
}

// writeProgress moves the cursor.
func (s *saving) writeProgress(ctx context.Context) error {
	lastNew := micros(time.Time{})
	if s.saved.New > 0 {
		lastNew = micros(s.b.Now)
	}
	_, err := s.exec(ctx, `INSERT INTO progress (session_id, stream, source, read_to, last_run, last_new)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (session_id, stream) DO UPDATE SET source = excluded.source, read_to = excluded.read_to,
			last_run = excluded.last_run,
			last_new = CASE WHEN excluded.last_new > progress.last_new THEN excluded.last_new ELSE progress.last_new END`,
		s.b.Session, s.b.Stream, s.b.Source, s.b.Next, micros(s.b.Now), lastNew)
	return err
}
