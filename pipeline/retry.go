package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"askahead/collectors"
	"askahead/domain"
	"askahead/store"
)

// Retried is what became of what waited in the quarantine of a source.
type Retried struct {
	Waiting int            // when it began
	Ended   int            // not tried: their retention has ended meanwhile, and they left
	Gone    int            // gone at the source, and gone here
	Left    int            // not tried: their bytes are not here any more, or are not enough, and the source could not give them
	Sum     Summary        // of those that were read anew; Broken of them still can't be
	Reasons map[string]int // why they can't
	Asked   bool           // the source can be asked for single items
}

// Lost is what the counts do not account for: 0 unless the retry ended early.
func (r Retried) Lost() int { return r.Waiting - r.Ended - r.Gone - r.Left - r.Sum.Read }

// Retry takes what waits in the quarantine of the source's stream again, by today's rules and as if it were new: a
// whole mail from the bytes that are kept, everything else from the source, if it can be asked. What can be read
// leaves, whatever comes of it; what can't stays as long as it was to stay. src.Collector may be nil.
func (l *Line) Retry(ctx context.Context, src Source, report func(Report)) (Retried, error) {
	fetcher, asked := src.Collector.(collectors.Fetcher)
	out := Retried{Asked: asked}
	r := &retry{line: l, src: &src, fetcher: fetcher, waiting: map[string]waiting{}, reasons: map[string]int{}}
	ended, err := r.look(ctx)
	if err != nil {
		return out, err
	}
	out.Waiting, out.Ended = len(r.waiting)+len(ended), len(ended)
	if len(ended) > 0 {
		b := store.Batch{Session: src.cursorSession(), Source: src.Name, Stream: src.stream(), Still: true, Now: l.Now().UTC(), Settled: ended}
		if _, err := l.Store.SaveBatch(ctx, b, l.Grouper); err != nil {
			return out, fmt.Errorf("session %s: %w", b.Session, err)
		}
	}
	if len(r.waiting) == 0 {
		return out, nil
	}
	out.Sum, err = l.run(ctx, job{src: &src, still: true, retry: r}, r.read, report)
	out.Gone, out.Left, out.Reasons = r.gone, len(r.ask), r.reasons
	return out, err
}

// retry is what is known of the items that wait in quarantine. The fields above fetcher do not change while it runs;
// those below are the reader's, and reasons the saver's.
type retry struct {
	line    *Line
	src     *Source
	waiting map[string]waiting // by id
	fetcher collectors.Fetcher // nil if the source can't be asked

	ask  map[string]bool // what the source must be asked for, and was not answered yet
	gone int
	done collectors.Progress

	reasons map[string]int // why items still can't be read
}

// waiting is when an item was put into quarantine, and until when its bytes may be there.
type waiting struct {
	collected, expires time.Time
	emptied            bool
}

// quarantinePage is how many rows are read at once.
const quarantinePage = 100

// each calls f for every row of the source's stream.
func (r *retry) each(ctx context.Context, f func(q *store.Quarantined) error) error {
	for after := ""; ; {
		rows, err := r.line.Store.Quarantine(ctx, r.src.cursorSession(), after, quarantinePage)
		if err != nil {
			return fmt.Errorf("list the quarantine of %s: %w", r.src.Name, err)
		}
		if len(rows) == 0 {
			return nil
		}
		for i := range rows {
			if rows[i].Source == r.src.Name && rows[i].Stream == r.src.stream() {
				if err := f(&rows[i]); err != nil {
					return err
				}
			}
		}
		after = rows[len(rows)-1].Place
	}
}

// look finds what waits, and gives apart what must not be stored any more.
func (r *retry) look(ctx context.Context) (ended []string, err error) {
	now := r.line.Now().UTC()
	err = r.each(ctx, func(q *store.Quarantined) error {
		if r.src.Retention > 0 && !q.Collected.Add(r.src.Retention).After(now) {
			ended = append(ended, q.ID)
			return nil
		}
		r.waiting[q.ID] = waiting{q.Collected, q.Expires, len(q.Raw) == 0}
		return nil
	})
	r.done = collectors.Progress{Total: int64(len(r.waiting)), Unit: "items"}
	return ended, err
}

// read yields what waits: first from the bytes that are kept, then from the source.
func (r *retry) read(ctx context.Context) batches {
	return func(yield func(collectors.Batch, error) bool) {
		r.ask = map[string]bool{}
		var page collectors.Page
		flush := func() error {
			batch := page.Batch
			page = collectors.Page{}
			return r.give(batch, yield)
		}
		err := r.each(ctx, func(q *store.Quarantined) error {
			if _, ok := r.waiting[q.ID]; !ok {
				return nil // it came while the others were looked at
			}
			if !whole(q) {
				r.ask[q.ID] = true
				return nil
			}
			page.Add(domain.Item{ExternalID: q.ID, Type: q.Type, Raw: q.Raw})
			if page.Full() {
				return flush()
			}
			return nil
		})
		if err == nil {
			err = flush()
		}
		if err == nil && r.fetcher != nil {
			err = r.fetch(ctx, yield)
		}
		if err != nil && err != errStopped {
			yield(collectors.Batch{}, err)
		}
	}
}

// whole says that the bytes of a row are all that there is to read of it. Of a post they are not: who wrote it, and
// where, only its source knows how to tell.
func whole(q *store.Quarantined) bool { return q.Type == domain.TypeMail && !q.Cut && len(q.Raw) > 0 }

// fetch asks the source for what it has to be asked for.
func (r *retry) fetch(ctx context.Context, yield func(collectors.Batch, error) bool) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(r.ask)), sweepPage) {
		for batch, err := range r.fetcher.Fetch(ctx, ids) {
			if err != nil {
				return err
			}
			answered := func(id string) bool {
				found := r.ask[id]
				delete(r.ask, id)
				return found
			}
			batch.Items = slices.DeleteFunc(batch.Items, func(i domain.Item) bool { return !answered(i.ExternalID) })
			batch.Broken = slices.DeleteFunc(batch.Broken, func(b collectors.Broken) bool { return !answered(b.ID) })
			batch.Gone = slices.DeleteFunc(batch.Gone, func(id string) bool { return !answered(id) })
			if err := r.give(batch, yield); err != nil {
				return err
			}
		}
	}
	return nil
}

// give yields a batch, if it brings anything.
func (r *retry) give(b collectors.Batch, yield func(collectors.Batch, error) bool) error {
	n := len(b.Items) + len(b.Broken) + len(b.Gone)
	if n == 0 {
		return nil
	}
	r.gone += len(b.Gone)
	r.done.Now += int64(n)
	b.Next, b.Done = "", r.done
	if !yield(b, nil) {
		return errStopped
	}
	return nil
}

// collected is when an item was collected that arrives now.
func (r *retry) collected(id string, now time.Time) time.Time {
	if r == nil {
		return now
	}
	if w, ok := r.waiting[id]; ok {
		return w.collected // though it could not be read
	}
	return now
}

// keep keeps a row that goes back into quarantine no longer than it was to be kept.
func (r *retry) keep(q *store.Quarantined) {
	if r == nil {
		return
	}
	if w, ok := r.waiting[q.ID]; ok {
		q.Collected, q.Expires = w.collected, w.expires
		if w.emptied {
			q.Raw = nil
		}
	}
}

// count notes why items still can't be read.
func (r *retry) count(broken []store.Quarantined) {
	if r == nil {
		return
	}
	for _, q := range broken {
		r.reasons[q.Reason]++
	}
}
