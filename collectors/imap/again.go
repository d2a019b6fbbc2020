package imap

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"askahead/collectors"
)

// Fetch gives the mails that are asked for. As Gone come those that Sweep would report so.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		byBox := boxesOf(ids)
		if len(byBox) == 0 {
			return nil
		}
		a := &again{visit: visit{c: c}, yield: yield, total: int64(len(ids))}
		defer a.leave(ctx)
		return a.fetch(ctx, byBox)
	})
}

// again is one Fetch.
type again struct {
	visit
	yield       func(collectors.Batch, error) bool
	done, total int64
}

func (a *again) fetch(ctx context.Context, byBox map[string][]mailID) error {
	configured, err := a.boxes(ctx, a.c.mailboxes)
	if err != nil {
		return err
	}
	for _, box := range slices.Sorted(maps.Keys(byBox)) {
		for part := range slices.Chunk(byBox[box], collectors.BatchItems) {
			gone, err := a.gone(ctx, box, part, slices.Contains(configured, box))
			if err != nil {
				return err
			}
			if err := a.give(ctx, collectors.Page{Batch: collectors.Batch{Gone: gone}}, len(gone)); err != nil {
				return err
			}
			there := slices.DeleteFunc(part, func(id mailID) bool { return slices.Contains(gone, id.String()) })
			if err := a.mails(ctx, there); err != nil {
				return err
			}
		}
	}
	return nil
}

// mails reads mails of one mailbox that were there a moment ago.
func (a *again) mails(ctx context.Context, ids []mailID) error {
	if len(ids) == 0 {
		return nil
	}
	read := &reader{v: &a.visit, box: ids[0].box, validity: ids[0].validity}
	uids := make([]imap.UID, len(ids))
	for i, id := range ids {
		uids[i] = id.uid
	}
	slices.Sort(uids)
	if err := read.measure(ctx, uids); err != nil {
		return err
	}
	for len(uids) > 0 {
		n := read.next(uids)
		if err := read.read(ctx, uids[:n]); err != nil {
			return err
		}
		var page collectors.Page
		for _, uid := range uids[:n] {
			id := mailID{read.box, read.validity, uid}
			if m := read.got[uid]; m.gone {
				page.Gone = append(page.Gone, id.String())
			} else {
				add(&page, id, m, read)
			}
		}
		if err := a.give(ctx, page, n); err != nil {
			return err
		}
		uids = uids[n:]
	}
	return nil
}

// give hands over a page about n mails, if it says anything.
func (a *again) give(ctx context.Context, page collectors.Page, n int) error {
	a.done += int64(n)
	page.Done = collectors.Progress{Now: a.done, Total: a.total, Unit: "messages"}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case page.Empty() || a.yield(page.Batch, nil):
		return nil
	}
	return collectors.ErrStopped
}

// skew is how far the clocks of those who write may go ahead of the server's. It also covers that a search knows days
// alone, and in the server's zone.
const skew = 48 * time.Hour

// Rewind gives the place before the first mail that arrived at or after a time, in each mailbox.
func (c *Collector) Rewind(ctx context.Context, to time.Time) (collectors.Cursor, error) {
	v := &visit{c: c}
	defer v.leave(ctx)
	names, err := v.boxes(ctx, c.mailboxes)
	if err != nil {
		return "", err
	}
	pos := position{Boxes: map[string]place{}}
	for _, name := range names {
		if pos.Boxes[name], err = v.before(ctx, name, to); err != nil {
			return "", err
		}
	}
	return pos.cursor()
}

// before is the place in a mailbox behind which the mails since a time come.
func (v *visit) before(ctx context.Context, name string, to time.Time) (place, error) {
	s, err := v.in(ctx, name, 0)
	if err != nil {
		return place{}, err
	}
	at := place{Validity: s.data.UIDValidity}
	if s.data.NumMessages == 0 {
		return at, nil
	}
	uids, err := s.find(ctx, &imap.SearchCriteria{Since: to.Add(-skew)}, 0)
	switch {
	case broke(err) || refused(err):
		return at, v.c.unavailable("search for mails since a day", err)
	case err != nil:
		return at, err
	case len(uids) > 0:
		at.UID = slices.Min(uids) - 1
	case s.data.UIDNext > 0:
		at.UID = s.data.UIDNext - 1
	}
	return at, nil
}
