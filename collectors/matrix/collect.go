package matrix

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"askahead/collectors"
)

// maxEvents ends a run; the next one goes on from there.
const maxEvents = 500_000

// Collect yields the messages behind since, oldest first, those of all rooms together. An edit gives its
// message again, with the new text; a redaction makes it Gone. A room that can't be read does not keep the
// others from being read: its error comes last.
func (c *Collector) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		return c.collect(ctx, since, yield)
	})
}

func (c *Collector) collect(ctx context.Context, since collectors.Cursor, yield func(collectors.Batch, error) bool) error {
	r := &run{c: c, v: c.newVisit(), yield: yield, last: since, edits: map[string]bool{}}
	if err := since.Read(cursorKind, &r.position); err != nil {
		return err
	}
	defer r.v.leave(ctx)
	err := r.collect(ctx)
	if errors.Is(err, collectors.ErrStopped) || ctx.Err() != nil {
		return err
	}
	return errors.Join(r.flush(ctx), err) // what was read before an error is given
}

// run is one Collect.
type run struct {
	c        *Collector
	v        *visit
	position position
	streams  []*stream // of what is left to read
	all      []*stream
	failed   []error // of single rooms
	edits    map[string]bool
	page     collectors.Page
	yield    func(collectors.Batch, error) bool
	last     collectors.Cursor // that was yielded or begun with
	passed   int               // events since the last batch
	total    int64             // events gone by
}

func (r *run) collect(ctx context.Context) error {
	if err := r.v.login(ctx); err != nil {
		return err
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	for len(r.streams) > 0 && r.total < maxEvents {
		i, err := r.oldest(ctx)
		if err != nil {
			return err
		}
		if i < 0 {
			break
		}
		s := r.streams[i]
		e := s.events[0]
		err = r.take(ctx, s, e)
		if isRoomError(err) {
			r.fail(i, err)
			continue
		}
		if err != nil {
			return err
		}
		s.pass(e, r.c.keep())
		r.passed++
		r.total++
		if r.passed >= r.c.limit || r.page.Full() {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
	}
	return joined(append(r.failed, r.encrypted()...))
}

// open finds the rooms, and walks back to what is known of each. Rooms that are no longer in the settings are
// forgotten; of one that can't be found now, it is not known which they are, so all stay while there is one.
func (r *run) open(ctx context.Context) error {
	known := r.position.Rooms
	r.position.Rooms = map[string]*place{}
	for _, named := range r.c.rooms {
		room, err := r.v.open(ctx, named)
		if err == nil && r.position.Rooms[room.id] != nil {
			continue // two names of one room
		}
		var s *stream
		if err == nil {
			s, err = r.start(ctx, room, known[room.id])
		}
		if err != nil && !isRoomError(err) {
			return err
		}
		if err != nil {
			r.failed = append(r.failed, err)
			continue
		}
		r.streams, r.all = append(r.streams, s), append(r.all, s)
	}
	if len(r.failed) > 0 {
		for id, p := range known {
			if r.position.Rooms[id] == nil {
				r.position.Rooms[id] = p
			}
		}
	}
	return nil
}

func (r *run) start(ctx context.Context, room *room, p *place) (*stream, error) {
	if p == nil {
		p = &place{}
	}
	r.position.Rooms[room.id] = p
	// What is changed here is not what other runs began with: since was decoded for this one.
	s := &stream{room: room, place: p}
	coded, err := r.v.encrypted(ctx, room)
	if err != nil {
		return nil, err
	}
	if coded {
		s.coded++
	}
	return s, r.v.walk(ctx, s)
}

// oldest gives the stream whose next event is the oldest, -1 when nothing is left. Within a room the server's order
// holds: the time of an event is what its sender's server says.
func (r *run) oldest(ctx context.Context) (int, error) {
	found := -1
	for i := 0; i < len(r.streams); i++ {
		s := r.streams[i]
		for len(s.events) == 0 && len(s.pages) > 0 {
			if err := r.v.load(ctx, s); isRoomError(err) {
				r.fail(i, err)
				i--
				s = nil
				break
			} else if err != nil {
				return -1, err
			}
		}
		if s == nil || len(s.events) == 0 {
			continue
		}
		if found < 0 || s.events[0].At < r.streams[found].events[0].At {
			found = i
		}
	}
	return found, nil
}

// pass notes that an event was given, or looked at.
func (s *stream) pass(e *event, keep int) {
	s.events = s.events[1:]
	if e.ID == "" {
		return
	}
	s.place.After = 0
	s.place.Known = append(s.place.Known, e.ID)
	if n := len(s.place.Known) - keep; n > 0 {
		s.place.Known = slices.Delete(s.place.Known, 0, n)
	}
	if e.Type == typeEncrypted {
		s.coded++
	}
}

// fail leaves a room alone that can't be read on.
func (r *run) fail(i int, err error) {
	r.streams = slices.Delete(r.streams, i, i+1)
	r.failed = append(r.failed, err)
}

// encrypted are the errors of rooms whose messages can't be read.
func (r *run) encrypted() []error {
	var errs []error
	for _, s := range r.all {
		if s.coded > 0 {
			errs = append(errs, encryptedRoom(s.room))
		}
	}
	return errs
}

func encryptedRoom(r *room) error {
	return &roomError{collectors.ErrSettings, fmt.Sprintf("rooms: %s is encrypted, and askahead reads none of its messages: encryption can't be switched off again, so ask the questions in a room without it", r.label())}
}

// joined puts errors into one line.
func joined(errs []error) error {
	var all error
	for _, err := range errs {
		if all == nil {
			all = err
			continue
		}
		all = fmt.Errorf("%w; %w", all, err)
	}
	return all
}

// flush yields the page, if it brings anything or the cursor has moved.
func (r *run) flush(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	next, err := collectors.NewCursor(cursorKind, r.position)
	if err != nil {
		return err
	}
	if r.page.Empty() && (next == r.last || r.total == 0) {
		return nil
	}
	r.page.Next, r.page.Done = next, collectors.Progress{Now: r.total, Unit: "messages"}
	batch := r.page.Batch
	r.page, r.last, r.passed = collectors.Page{}, next, 0
	if !r.yield(batch, nil) {
		return collectors.ErrStopped
	}
	return nil
}
