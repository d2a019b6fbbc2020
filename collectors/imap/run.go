package imap

import (
	"bytes"
	"context"
	"fmt"
	"maps"

	"github.com/emersion/go-imap/v2"

	"askahead/collectors"
	"askahead/domain"
)

// How many mails' sizes are asked for at once, and how long the text of a set of UIDs may become in a command: servers
// need not take longer lines (RFC 7162, section 4).
const (
	window = 4000
	maxSet = 7500 // bytes
)

// share cuts the beginning of uids that one command can name.
func share(uids []imap.UID) []imap.UID {
	uids = uids[:min(len(uids), window)]
	for len(uids) > 1 && len(imap.UIDSetNum(uids...).String()) > maxSet {
		uids = uids[:len(uids)*3/4]
	}
	return uids
}

// delivery is what goes from the run, which reads ahead, to the one who handles batches. One without batch
// and error tells the run, once it is taken, that all before it was handled.
type delivery struct {
	batch *collectors.Batch
	err   error
}

// run is one Collect.
type run struct {
	visit
	pos   *position
	out   chan<- delivery
	done  int64 // mails that were passed
	total int64
	good  bool       // some mail could be read
	bad   int        // mails that could not, before any could
	mark  []imap.UID // passed, and handed over last: they are handled when the next delivery is taken
}

// pending is what is new in one mailbox.
type pending struct {
	box      string
	validity uint32
	modSeq   uint64 // to be kept once all is read
	uids     []imap.UID
}

// deliver runs from the first mail to the last, and closes out.
func (r *run) deliver(ctx context.Context) {
	defer close(r.out)
	err := r.collect(ctx)
	if err == nil {
		r.leave(ctx)
	} else {
		r.send(ctx, delivery{err: err})
	}
	if r.s != nil {
		r.s.close()
	}
}

// send is false if nobody takes deliveries any more.
func (r *run) send(ctx context.Context, d delivery) bool {
	select {
	case r.out <- d:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *run) collect(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	names, err := r.boxes(ctx, r.c.mailboxes)
	if err != nil {
		return err
	}
	var plan []pending
	for _, name := range names {
		p, err := r.look(ctx, name)
		if err != nil {
			return err
		}
		plan = append(plan, p)
		r.total += int64(len(p.uids))
	}
	for _, p := range plan {
		if err := r.box(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// look finds out what is new in a mailbox.
func (r *run) look(ctx context.Context, name string) (pending, error) {
	for try := 1; ; try++ {
		s, err := r.in(ctx, name, 0)
		if err != nil {
			return pending{}, err
		}
		data, known := s.data, r.pos.Boxes[name]
		p := pending{box: name, validity: data.UIDValidity, modSeq: data.HighestModSeq}
		from, ok := r.from(name, known, data)
		if !ok {
			return p, nil
		}
		p.uids, err = s.search(ctx, imap.UIDSet{{Start: from, Stop: 0}}, from)
		switch {
		case err == nil && len(p.uids) > int(data.NumMessages):
			p.modSeq = 0 // there may be more than were looked at
			return p, nil
		case err == nil:
			return p, nil
		case refused(err) || (broke(err) && try == maxConnect):
			return p, r.c.unavailable("search for new mails", err)
		case !broke(err):
			return p, err
		}
		if err := r.lost(ctx); err != nil {
			return p, err
		}
	}
}

// from is the UID at which reading goes on; ok is false if nothing can be new.
func (r *run) from(name string, known place, data imap.SelectData) (from imap.UID, ok bool) {
	from = known.UID + 1
	switch {
	case known.Validity == 0:
		from = 1
	case known.Validity != data.UIDValidity:
		r.c.log.Warn("the server numbered a mailbox anew (UIDVALIDITY changed): it is read from its beginning", "mailbox", name)
		from = 1
	case data.UIDNext != 0 && data.UIDNext <= known.UID:
		// A mailbox that was put back from a backup gives numbers again that it gave before.
		r.c.log.Warn("the numbers of a mailbox went backwards (UIDNEXT): it is read from its beginning", "mailbox", name)
		from = 1
	case data.UIDNext == from, known.ModSeq != 0 && known.ModSeq == data.HighestModSeq:
		return 0, false
	}
	return from, from != 0 && data.NumMessages > 0 // 0: behind the highest number that there is
}

// box reads what is new in one mailbox.
func (r *run) box(ctx context.Context, p pending) error {
	read := &reader{v: &r.visit, box: p.box, validity: p.validity}
	for uids := p.uids; len(uids) > 0; {
		part := share(uids)
		uids = uids[len(part):]
		if err := read.measure(ctx, part); err != nil {
			return err
		}
		for len(part) > 0 {
			n := read.next(part)
			if err := r.batch(ctx, p, read, part[:n], len(part) == n && len(uids) == 0); err != nil {
				return err
			}
			part = part[n:]
		}
	}
	if r.c.settings.MarkSeen && len(r.mark) > 0 && r.send(ctx, delivery{}) {
		r.markSeen(ctx, p)
	}
	return ctx.Err()
}

// batch reads uids and hands them over. If that ends with an error, what came before is handed over first.
func (r *run) batch(ctx context.Context, p pending, read *reader, uids []imap.UID, last bool) error {
	failed := read.read(ctx, uids)
	for _, m := range read.got {
		r.good = r.good || (m.reason == "" && !m.gone)
	}
	var page collectors.Page
	passed := 0
	for _, uid := range uids {
		m, ok := read.got[uid]
		if !ok {
			break // what is behind it must not be passed
		}
		if r.allBad(m) {
			failed = fmt.Errorf("%w: %s gives none of its mails: %s", collectors.ErrUnavailable, r.c.server.host, m.reason)
			break
		}
		add(&page, mailID{p.box, p.validity, uid}, m, read)
		passed++
	}
	if passed > 0 && ctx.Err() == nil {
		at := place{Validity: p.validity, UID: uids[passed-1]}
		if last && passed == len(uids) {
			at.ModSeq = p.modSeq
		}
		if err := r.hand(ctx, p, page, uids[:passed], at); err != nil {
			return err
		}
	}
	return failed
}

// mostBad is how many mails may be put aside as broken before any could be read. Where it is more, the server is
// to blame and not the mails, and quarantine would be the wrong place for them.
const mostBad = 2

func (r *run) allBad(m mail) bool {
	if m.reason == "" || r.good {
		return false
	}
	r.bad++
	return r.bad > mostBad
}

// add puts what came of a mail into the page.
func add(page *collectors.Page, id mailID, m mail, read *reader) {
	broken := collectors.Broken{ID: id.String(), Type: domain.TypeMail, Raw: m.raw, Cut: m.cut, Reason: m.reason}
	switch {
	case m.gone:
		return
	case m.reason != "":
	case m.cut:
		broken.Reason = read.tooLarge(m.size)
	case len(bytes.TrimSpace(m.raw)) == 0:
		broken.Reason = "it has neither header nor text"
	default:
		page.Add(domain.Item{ExternalID: id.String(), Type: domain.TypeMail, Raw: m.raw})
		return
	}
	page.Break(broken)
}

// hand gives a page to the reader of the collector. When it is taken, the one before it was handled.
func (r *run) hand(ctx context.Context, p pending, page collectors.Page, uids []imap.UID, at place) error {
	r.pos = &position{Boxes: maps.Clone(r.pos.Boxes)}
	r.pos.Boxes[p.box] = at
	next, err := r.pos.cursor()
	if err != nil {
		return err
	}
	r.done += int64(len(uids))
	page.Next = next
	page.Done = collectors.Progress{Now: r.done, Total: r.total, Unit: "messages"}
	if !r.send(ctx, delivery{batch: &page.Batch}) {
		return ctx.Err()
	}
	if r.c.settings.MarkSeen {
		r.markSeen(ctx, p)
		r.mark = uids
	}
	return nil
}

// markSeen marks what was handled as read. That it fails is no reason to stop reading.
func (r *run) markSeen(ctx context.Context, p pending) {
	uids := r.mark
	if r.mark = nil; len(uids) == 0 {
		return
	}
	s, err := r.in(ctx, p.box, p.validity)
	if err == nil {
		err = s.do(ctx, smallAnswer+int64(len(uids))*overhead, func() error {
			flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
			return s.client.Store(imap.UIDSetNum(uids...), flags, nil).Close()
		})
		if broke(err) {
			s.close()
			r.s = nil
		}
	}
	if err != nil && ctx.Err() == nil {
		r.c.log.Warn("mails could not be marked as read", "mailbox", p.box, "err", r.c.unavailable("mark mails", err))
	}
}
