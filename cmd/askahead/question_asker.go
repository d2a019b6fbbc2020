package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"askahead/domain"
	"askahead/store"
)

// ofAsker says that a tag is of who asks, and not of what is asked.
func ofAsker(t domain.Tag) bool { return t.Kind == domain.TagCommunity || t.Kind == domain.TagRegion }

// writeSaid prints what moderators said of the asker, and who. It names no other question of theirs.
func (m *moderation) writeSaid(ctx context.Context, b *strings.Builder, q domain.Question) error {
	said, _, err := m.store.Corrections(ctx, q.Session, q.ID)
	if err != nil {
		return err
	}
	for i, c := range said {
		head := ""
		if i == 0 {
			head = "asker"
		}
		tags := make([]domain.Tag, 0, len(c.Values))
		for _, v := range c.Values {
			tags = append(tags, domain.Tag{Kind: c.Kind, Value: v})
		}
		if len(tags) == 0 {
			tags = []domain.Tag{{Kind: c.Kind, Value: domain.Unknown}}
		}
		fmt.Fprintf(b, "  %-11s %s  %s, said by %s\n", head, m.at(c.At), printable(strings.Join(tagWords(tags), ", ")), printable(c.By))
	}
	return nil
}

// toldOfAsker says for which other questions a retag holds.
func (m *moderation) toldOfAsker(ctx context.Context, d store.Decision, now domain.Question) (string, error) {
	switch {
	case d.Verb == store.Untag && !d.Alone:
		return "; what was said of its asker is taken back too", nil
	case d.Verb == store.Untag && !now.NoName:
		return "; what was said of its asker holds for their other questions", nil
	case d.Verb != store.Retag || !slices.ContainsFunc(d.Tags, ofAsker):
		return "", nil
	case now.NoName:
		return "; it holds for this question alone, since the Chatham House Rule lets nothing link it to others of its asker", nil
	case d.Alone:
		return "", nil
	}
	_, others, err := m.store.Corrections(ctx, now.Session, now.ID)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("; it holds for its asker: %s now, and all that come", otherQuestions(others)), nil
}
