package main

import (
	"context"
	"strings"

	"askahead/collectors"
	"askahead/domain"
	"askahead/pipeline"
	"askahead/store"
)

// desk takes what a source is given by those who call it.
type desk struct {
	*env
	src pipeline.Source
}

// maxHeld is how many ids Held gives.
const maxHeld = 1000

func (d desk) Asker(author string) string { return d.line.Keys.Asker(author) }

func (d desk) Record(ctx context.Context, item domain.Item) ([]collectors.Receipt, error) {
	receipts, err := d.line.Receive(ctx, d.src, item)
	for i := range receipts {
		receipts[i].Readers = d.readers(d.src.Parts[i].Session.ID, receipts[i].Label)
	}
	return receipts, err
}

// readers are the editions of a session that may carry a label.
func (d desk) readers(session string, label domain.TLP) []collectors.Reader {
	s := d.cfg.Session(session)
	if s == nil || s.Digest == nil {
		return nil
	}
	var list []collectors.Reader
	for _, ed := range s.Digest.Editions {
		if label.For(ed.Audience) {
			list = append(list, collectors.Reader{Edition: ed.Name, Audience: ed.Audience, Approved: ed.Approved})
		}
	}
	return list
}

func (d desk) Held(ctx context.Context, prefix string) ([]string, error) {
	var all []string
	seen := map[string]bool{}
	for _, part := range d.src.Parts {
		ids, err := d.store.Held(ctx, part.Session.ID, d.src.Name, prefix, maxHeld)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if !strings.HasPrefix(id, prefix) {
				break // they come in order
			}
			if !seen[id] && len(all) < maxHeld {
				seen[id] = true
				all = append(all, id)
			}
		}
	}
	return all, nil
}

func (d desk) Words(ctx context.Context, canonical string) ([]string, error) {
	item := d.line.Keys.Item(canonical)
	for _, part := range d.src.Parts {
		var words []string
		for _, held := range []bool{false, true} { // whoever asked may see it, whatever its label
			page, err := d.store.Questions(ctx, store.Query{Session: part.Session.ID, Begins: item + ".", Audience: domain.AmberStrict,
				Held: held, Standing: store.AnyStanding})
			if err != nil {
				return nil, err
			}
			for _, q := range page.Questions {
				words = append(words, q.Text)
			}
		}
		if len(words) > 0 {
			return words, nil
		}
	}
	return nil, nil
}

func (d desk) Withdraw(ctx context.Context, externalID, canonical string) error {
	return d.line.Withdraw(ctx, d.src, externalID, canonical)
}
