package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"askahead/domain"
	"askahead/store"
)

// contact is no decision, and stands where one would: behind the ids.
const contact store.Verb = "contact"

// contacts opens the sealed addresses of who asked the questions and for an answer. That it is opened is recorded before
// it is shown.
func (m *moderation) contacts(ctx context.Context, questions []domain.Question, by string) error {
	name, err := m.app.moderator(by)
	if err != nil {
		return err
	}
	m.by = name
	for _, q := range questions {
		kept, err := m.store.Contact(ctx, q.Session, q.ID)
		if errors.Is(err, domain.ErrNotFound) {
			return withHint(err, "it is kept where its asker asked for an answer and the source says answers: true, and not for long: docs/keeping.md")
		}
		if err != nil {
			return err
		}
		address, err := m.store.Keys().Open(store.ContactPlace(q.Session, kept.Item), kept.Sealed)
		if err != nil {
			return fmt.Errorf("open the contact of %s: %w", q.ID, err)
		}
		if err := m.act(ctx, q.Session, "open contact", q.ID, ""); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(m.out, "%s: %s (kept until %s)\n", q.ID, inOneLine(address), kept.Until.UTC().Format(time.DateOnly)); err != nil {
			return err
		}
	}
	return nil
}
