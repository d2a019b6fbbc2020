package pipeline

import (
	"context"
	"fmt"
)

// askedToBeLeft is the rule by which nothing is taken of somebody who asked for that here, and not at the source.
const askedToBeLeft = "they asked not to be read"

// leaveOut marks what was written by people who asked not to be read any more, before anything of a page is saved or
// leaves for another server.
func (l *Line) leaveOut(ctx context.Context, read []Understood) error {
	var askers []string
	for i := range read {
		if asker := read[i].index.asker; asker != "" {
			askers = append(askers, asker)
		}
	}
	if len(askers) == 0 {
		return nil
	}
	left, err := l.Store.Suppressed(ctx, askers)
	if err != nil {
		return fmt.Errorf("look who is not to be read: %w", err)
	}
	for i := range read {
		u := &read[i]
		if _, ok := left[u.index.asker]; ok {
			u.OptOut, u.Found = askedToBeLeft, nil
		}
	}
	return nil
}

// requests hands the mails of a page that ask askahead itself to its mailbox, before the cursor moves past them.
func (s *saver) requests(ctx context.Context, p page) error {
	if s.reread {
		return nil
	}
	for i := range p.read {
		if u := &p.read[i]; u.mine {
			if err := s.Mailbox.Take(ctx, p.batch.Items[i].Raw, &u.Reading); err != nil {
				return fmt.Errorf("note a request: %w", err)
			}
		}
	}
	return nil
}
