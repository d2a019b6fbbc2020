package imap

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/emersion/go-imap/v2"

	"askahead/collectors"
)

// Sweep yields as Gone those ids whose mail was deleted, or marked to be. Mails are not edited.
//
// An id of a UIDVALIDITY that the mailbox no longer has is gone as well: nothing can be asked about it any more,
// and Collect reads the mailbox anew, so that what is there still is held under its new id.
func (c *Collector) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		byBox := boxesOf(ids)
		if len(byBox) == 0 {
			return
		}
		v := &visit{c: c}
		defer v.leave(ctx)
		configured, err := v.boxes(ctx, c.mailboxes)
		if err != nil {
			yield(collectors.Batch{}, err)
			return
		}
		done := 0
		for _, box := range slices.Sorted(maps.Keys(byBox)) {
			for part := range slices.Chunk(byBox[box], collectors.BatchItems) {
				gone, err := v.gone(ctx, box, part, slices.Contains(configured, box))
				if err != nil {
					yield(collectors.Batch{}, err)
					return
				}
				done += len(part)
				b := collectors.Batch{Gone: gone, Done: collectors.Progress{Now: int64(done), Total: int64(len(ids)), Unit: "messages"}}
				if len(gone) > 0 && !yield(b, nil) {
					return
				}
			}
		}
	}
}

// boxesOf gives the mails that are named, by mailbox and each once, without ids that no collector of this kind made.
func boxesOf(ids []string) map[string][]mailID {
	byBox := map[string][]mailID{}
	for _, text := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if id, ok := parseID(text); ok && validName(id.box) {
			byBox[id.box] = append(byBox[id.box], id)
		}
	}
	return byBox
}

// gone asks which of the mails are no longer in their mailbox. A mailbox that is no longer there has none,
// unless it is one of the settings: then somebody must look first.
func (v *visit) gone(ctx context.Context, box string, ids []mailID, configured bool) ([]string, error) {
	s, err := v.in(ctx, box, 0)
	missing := errors.Is(err, errNoMailbox) && !configured
	if err != nil && !missing {
		return nil, err
	}
	there := map[imap.UID]bool{}
	var validity uint32
	if !missing {
		validity = s.data.UIDValidity
		var ask imap.UIDSet
		for _, id := range ids {
			if id.validity == validity {
				ask.AddNum(id.uid)
			}
		}
		if len(ask) > 0 && s.data.NumMessages > 0 {
			found, err := s.search(ctx, ask, 0)
			if broke(err) || refused(err) {
				return nil, v.c.unavailable("ask for mails again", err)
			}
			if err != nil {
				return nil, err
			}
			for _, uid := range found {
				there[uid] = true
			}
		}
	}
	var gone []string
	for _, id := range ids {
		if id.validity != validity || !there[id.uid] {
			gone = append(gone, id.String())
		}
	}
	return gone, nil
}

// Check connects, logs in, and counts the mails of each mailbox.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	what := "log in to " + c.server.addr()
	v := &visit{c: c}
	defer v.leave(ctx)
	if _, err := v.in(ctx, "", 0); err != nil {
		return []collectors.Finding{collectors.Failed(what, err)}
	}
	findings := []collectors.Finding{{OK: true, What: what}}
	for _, name := range c.mailboxes {
		what := "read the mailbox " + listed([]string{name})
		box, messages, err := v.count(ctx, name)
		if err != nil {
			findings = append(findings, collectors.Failed(what, err))
			continue
		}
		if box != name {
			what += " (" + listed([]string{box}) + ")"
		}
		findings = append(findings, collectors.Finding{OK: true, What: fmt.Sprintf("%s: %d mails", what, messages)})
	}
	return findings
}

// count opens a mailbox of the settings.
func (v *visit) count(ctx context.Context, wanted string) (name string, messages uint32, err error) {
	names, err := v.boxes(ctx, []string{wanted})
	if err != nil {
		return "", 0, err
	}
	s, err := v.in(ctx, names[0], 0)
	if err != nil {
		return "", 0, err
	}
	return names[0], s.data.NumMessages, nil
}
