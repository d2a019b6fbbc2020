package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"

	"askahead/collectors"
)

// Sweep asks for messages again. Those that were edited come as items; those that were redacted, that the
// homeserver no longer has, and those from which the author took the mention of the bot, as Gone. A room that
// the bot is no longer in does not keep the others from being asked about: its error comes last.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.askAgain(ctx, ids, false)
}

// Fetch asks for messages again as Sweep does, and gives all of them, edited or not.
func (c *Collector) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return c.askAgain(ctx, ids, true)
}

func (c *Collector) askAgain(ctx context.Context, ids []string, all bool) iter.Seq2[collectors.Batch, error] {
	return collectors.Batches(func(yield func(collectors.Batch, error) bool) error {
		if len(ids) == 0 {
			return nil
		}
		if err := c.ask(ctx, ids, all, yield); err != nil {
			return fmt.Errorf("ask for messages again: %w", err)
		}
		return nil
	})
}

func (c *Collector) ask(ctx context.Context, ids []string, all bool, yield func(collectors.Batch, error) bool) error {
	v := c.newVisit()
	defer v.leave(ctx)
	if err := v.login(ctx); err != nil {
		return err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	closed := map[string]bool{}
	var failed []error
	var page collectors.Page
	flush := func(done int) error {
		if page.Empty() {
			return nil
		}
		page.Done = collectors.Progress{Now: int64(done), Total: int64(len(ids)), Unit: "messages"}
		batch := page.Batch
		page = collectors.Page{}
		if !yield(batch, nil) {
			return collectors.ErrStopped
		}
		return nil
	}
	for n, id := range ids {
		roomID, eventID, ok := splitID(id)
		if !ok || closed[roomID] {
			continue
		}
		r, err := v.roomAgain(ctx, roomID)
		if err == nil {
			err = v.again(ctx, &page, r, eventID, all)
		}
		if isRoomError(err) {
			closed[roomID] = true
			failed = append(failed, err)
			continue
		}
		if err != nil {
			return errors.Join(flush(n), err)
		}
		if len(page.Items)+len(page.Gone)+len(page.Broken) >= c.limit || page.Full() {
			if err := flush(n + 1); err != nil {
				return err
			}
		}
	}
	if err := flush(len(ids)); err != nil {
		return err
	}
	return joined(failed)
}

// roomAgain finds the room of a message, under the name that the settings give it.
func (v *visit) roomAgain(ctx context.Context, id string) (*room, error) {
	if len(v.rooms) == 0 {
		for _, named := range v.c.rooms {
			if _, err := v.open(ctx, named); err != nil && !isRoomError(err) {
				return nil, err
			}
		}
	}
	return v.open(ctx, id)
}

// single asks for an event; nil is one that the homeserver says it does not have.
func (v *visit) single(ctx context.Context, r *room, id string) (*event, error) {
	var raw json.RawMessage
	err := v.get(ctx, api("rooms", r.id, "event", id), nil, &raw)
	if refused, ok := errors.AsType[*refusal](err); ok && refused.status == http.StatusNotFound && refused.code == codeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, explain(err, r.label())
	}
	e := readEvent(raw)
	if e.ID != id {
		return nil, &roomError{collectors.ErrUnavailable, r.label() + ": the homeserver answers with another event than the one that was asked for"}
	}
	return e, nil
}

// again puts into the page what became of a message: nothing if it is not edited, unless all are wanted.
func (v *visit) again(ctx context.Context, page *collectors.Page, r *room, id string, all bool) error {
	e, err := v.single(ctx, r, id)
	if err != nil {
		return err
	}
	switch {
	case e == nil, e.broken == "" && e.redacted(), e.broken != "" && !v.keeps(e):
		page.Gone = append(page.Gone, external(r, id))
		return nil
	case e.broken != "":
		page.Break(broken(r, e))
		return nil
	}
	words, edit, err := v.latest(ctx, r, e)
	if err != nil {
		return err
	}
	switch {
	case edit == "" && !all && len(e.Content) > len("{}"):
		return nil
	case !v.wants(e, words):
		page.Gone = append(page.Gone, external(r, id))
		return nil
	}
	item, err := v.item(ctx, r, e, words, edit != "")
	if err != nil {
		return err
	}
	page.Add(item)
	return nil
}

// latest gives the words of a message as they are now. Where the server does not put the newest edit beside
// the message, it is asked for the edits.
func (v *visit) latest(ctx context.Context, r *room, e *event) (words *wireContent, edit string, err error) {
	if words, edit = v.newest(e); edit != "" {
		v.bundles = true
	}
	if v.bundles || v.noRelate {
		return words, edit, nil
	}
	var found wirePage
	path := "/_matrix/client/v1/rooms/" + url.PathEscape(r.id) + "/relations/" + url.PathEscape(e.ID) + "/" + relReplace
	err = v.get(ctx, path, url.Values{"limit": {"20"}, "dir": {"b"}}, &found)
	if refused, ok := errors.AsType[*refusal](err); ok && refused.status < 500 {
		v.noRelate = isRefusal(err, codeUnrecognized, "")
		return words, edit, nil
	}
	if err != nil {
		return nil, "", explain(err, r.label())
	}
	at := int64(-1)
	for _, raw := range found.Chunk {
		if x := readEvent(raw); x.broken == "" && x.changes(e) && x.readable() && x.At > at {
			words, edit, at = newContent(x), x.ID, x.At
		}
	}
	return words, edit, nil
}
