package matrix

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"askahead/collectors"
)

// The API gives a room's history page by page from the newest event back, and asks other servers for what the
// homeserver lacks on that way alone. So a stream walks back to what is known, remembers where each page
// began, and then gives the pages from the oldest on. A page that was walked over is asked for again when its
// turn comes, but for the last one: memory holds one page of each room, and the room's news of one page, which
// are the rule, take one request.

const (
	maxWalk  = 20_000 // pages; a server that gives more has no end
	maxRefs  = 5_000  // pages remembered: those beyond are left to the next run
	maxEmpty = 50     // pages in a row without an event
)

// ref is a page that was walked over.
type ref struct {
	from   string // the token that it begins with; empty for the newest
	oldest string // the id of its oldest event
}

// stream is a room, read from its oldest unknown event on.
type stream struct {
	room   *room
	place  *place
	known  map[string]bool // what place named at the beginning
	after  int64           // and when it begins
	pages  []ref           // still to be given, the oldest last
	held   []*event        // the events of the oldest page, oldest first
	begin  string          // the oldest known event: what is before it was given
	before map[string]bool // ids of the page last given
	events []*event        // of the current page, oldest first
	coded  int             // encrypted events
}

// pageOf asks for a page of events, newest first.
func (v *visit) pageOf(ctx context.Context, r *room, from string, limit int) (events []*event, page wirePage, err error) {
	query := url.Values{"dir": {"b"}, "limit": {strconv.Itoa(limit)}, "filter": {filter}}
	if from != "" {
		query.Set("from", from)
	}
	if err := v.get(ctx, api("rooms", r.id, "messages"), query, &page); err != nil {
		return nil, page, explain(err, r.label())
	}
	if page.Chunk == nil && page.Start.V == "" && page.End.V == "" {
		// Not the end of the room's history: Dendrite may leave out the list, and no server the token.
		return nil, page, &roomError{collectors.ErrUnavailable, r.label() + ": the homeserver answers with something that is no page of messages"}
	}
	for _, raw := range page.Chunk {
		events = append(events, readEvent(raw))
	}
	for _, raw := range page.State {
		if e := readMember(raw); e != nil {
			r.remember(*e.StateKey, e.name)
		}
	}
	return events, page, nil
}

// filter leaves out what is not read, such as who comes and goes. Servers may ignore it.
const filter = `{"types":["` + typeMessage + `","` + typeEncrypted + `","` + typeRedaction + `","` + typePoll + `","` + typeOldPoll + `"],"lazy_load_members":true}`

type memberEvent struct {
	wireEvent
	name string
}

// readMember reads a membership beside a page; nil if it is none.
func readMember(raw json.RawMessage) *memberEvent {
	var e memberEvent
	var member wireMember
	if json.Unmarshal(raw, &e.wireEvent) != nil || e.Type != "m.room.member" || e.StateKey == nil || json.Unmarshal(e.Content, &member) != nil {
		return nil
	}
	e.name = member.Name.V
	return &e
}

// walk goes back to what is known, or to the beginning of what the bot may see.
func (v *visit) walk(ctx context.Context, s *stream) error {
	from, empty, met := "", 0, false
	s.known, s.after = map[string]bool{}, s.place.After
	for _, id := range s.place.Known {
		s.known[id] = true
	}
	for range maxWalk {
		events, page, err := v.pageOf(ctx, s.room, from, v.c.limit)
		if err != nil {
			return err
		}
		end := page.End.V
		switch {
		case len(events) == 0:
			empty++
		case s.repeats(events):
			if end == "" {
				return nil // a server may end with what it ended a page with before
			}
			return fmt.Errorf("%s: the homeserver gives the same page again instead of older events", s.room.label())
		default:
			empty = 0
			oldest := s.meet(events)
			if oldest == "" && met {
				return nil // all that is known lies behind
			}
			met = met || oldest != ""
			s.add(from, events)
			if met && oldest == s.place.Known[0] || s.beyond(events) {
				return nil
			}
		}
		if end == "" || end == from || empty > maxEmpty {
			return nil
		}
		from = end
	}
	return fmt.Errorf("%s: the homeserver gives ever more pages", s.room.label())
}

// repeats says that all of a page was in the one before.
func (s *stream) repeats(events []*event) bool {
	return !slices.ContainsFunc(events, func(e *event) bool {
		return e.ID == "" || !slices.ContainsFunc(s.held, func(h *event) bool { return h.ID == e.ID })
	})
}

// meet finds the oldest known event of a page, and makes it the one to begin behind.
func (s *stream) meet(events []*event) string {
	for _, e := range slices.Backward(events) {
		if s.known[e.ID] {
			s.begin = e.ID
			return e.ID
		}
	}
	return ""
}

// beyond says that all of a page is of before the time to begin at.
func (s *stream) beyond(events []*event) bool {
	return s.after > 0 && !slices.ContainsFunc(events, func(e *event) bool { return e.At >= s.after })
}

// add remembers a page. Of too many, the newest are left to the next run.
func (s *stream) add(from string, events []*event) {
	p := ref{from: from}
	for _, e := range slices.Backward(events) {
		if p.oldest = e.ID; p.oldest != "" {
			break
		}
	}
	s.pages = append(s.pages, p)
	if len(s.pages) > maxRefs {
		s.pages = slices.Delete(s.pages, 0, 1)
	}
	s.held = slices.Clone(events)
	slices.Reverse(s.held)
}

// load takes the next page. It leaves out what was given before.
func (v *visit) load(ctx context.Context, s *stream) error {
	last := len(s.pages) - 1
	p := s.pages[last]
	events := s.held
	if s.held = nil; events == nil {
		var err error
		if events, err = v.reread(ctx, s.room, p); err != nil {
			return err
		}
	}
	s.pages = s.pages[:last]
	if i := slices.IndexFunc(events, func(e *event) bool { return e.ID != "" && e.ID == s.begin }); i >= 0 {
		events = events[i+1:]
	}
	s.begin = "" // it stands in the oldest page
	here := map[string]bool{}
	s.events = slices.DeleteFunc(events, func(e *event) bool {
		if e.ID == "" {
			return false
		}
		again := s.before[e.ID] || s.known[e.ID] || here[e.ID]
		here[e.ID] = true
		return again || e.At < s.after
	})
	s.before = here
	return nil
}

// reread asks again for a page that was walked over, oldest event first. What came between its events
// meanwhile, from servers that were away, pushes its end away, so it is read up to the event that it ended with.
// If that is not found, nothing of the page counts: what was missed of it would lie before the cursor.
func (v *visit) reread(ctx context.Context, r *room, p ref) ([]*event, error) {
	var all []*event
	for from, found := p.from, false; !found; {
		events, page, err := v.pageOf(ctx, r, from, v.c.limit)
		if err != nil {
			return nil, err
		}
		end := page.End.V
		found = p.oldest == ""
		if i := slices.IndexFunc(events, func(e *event) bool { return e.ID == p.oldest }); i >= 0 {
			events, found = events[:i+1], true
		}
		all = append(all, events...)
		if !found && (end == "" || end == from || len(events) == 0 || len(all) > 100*v.c.limit) {
			return nil, &roomError{collectors.ErrUnavailable, r.label() + ": the homeserver no longer finds where a page of its own ended; the next run asks again"}
		}
		from = end
	}
	slices.Reverse(all)
	return all, nil
}
