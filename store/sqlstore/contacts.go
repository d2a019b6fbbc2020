package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"askahead/domain"
	"askahead/store"
)

// Contact gives the sealed contact of a question's item; see store.Contacts.
func (db *DB) Contact(ctx context.Context, session, question string) (store.Contact, error) {
	var c store.Contact
	err := db.read(ctx, "read a contact", func(t *tx) error {
		var until int64
		found, err := t.row(ctx, `SELECT c.item_id, c.sealed, c.expires FROM contacts c
			JOIN questions q ON q.session_id = c.session_id AND q.item_id = c.item_id
			WHERE c.session_id = $1 AND q.question_id = $2`, []any{session, text(question)}, &c.Item, &c.Sealed, &until)
		c.Until = moment(until)
		if err == nil && !found {
			err = fmt.Errorf("%w: no contact is kept for question %s of session %s", domain.ErrNotFound, question, session)
		}
		return err
	})
	if err != nil {
		return store.Contact{}, err
	}
	return c, nil
}

// writeContacts writes where those can be reached who ask for an answer in the new and changed items, and removes what
// is kept of those who do not any more. None is kept longer for being written again, and a rereading brings none back
// that has gone.
func (s *saving) writeContacts(ctx context.Context) error {
	var args []any
	var none []string
	for _, id := range s.write {
		it := s.by[id]
		switch {
		case len(it.Contact) == 0 || len(it.Contact) > store.MaxContact || it.Outcome != store.Kept:
			if !s.fresh[id] {
				none = append(none, id)
			}
		case s.b.Reread && !s.fresh[id]:
		default:
			args = append(args, s.b.Session, id, s.b.Source, micros(s.b.Now), until(it.ContactUntil), it.Contact)
		}
	}
	if err := s.forgetContacts(ctx, s.b.Session, none); err != nil {
		return err
	}
	_, err := s.insert(ctx, "INSERT INTO contacts (session_id, item_id, source, collected, expires, sealed)", 6, args,
		` ON CONFLICT (session_id, item_id) DO UPDATE SET sealed = excluded.sealed,
			expires = CASE WHEN excluded.expires < contacts.expires THEN excluded.expires ELSE contacts.expires END`)
	return err
}

// forgetContacts removes what is kept for items.
func (t *tx) forgetContacts(ctx context.Context, session string, items []string) error {
	_, err := execLists(ctx, t, "DELETE FROM contacts WHERE session_id = $1 AND item_id IN (?)", []any{session}, items)
	return err
}

// resealContacts seals all contacts anew, with the newest generation of keys. One that does not open is removed: nobody
// could ever read it.
func (t *tx) resealContacts(ctx context.Context, from, to domain.Keys) (n int, err error) {
	type kept struct {
		session, item string
		sealed        []byte
	}
	var all []kept
	err = t.each(ctx, "SELECT session_id, item_id, sealed FROM contacts WHERE session_id > $1 ORDER BY session_id, item_id", []any{""}, func(r *sql.Rows) error {
		var k kept
		err := r.Scan(&k.session, &k.item, &k.sealed)
		all = append(all, k)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, k := range all {
		address, err := from.Open(store.ContactPlace(k.session, k.item), k.sealed)
		if err != nil {
			if err := t.forgetContacts(ctx, k.session, []string{k.item}); err != nil {
				return n, err
			}
			continue
		}
		if _, err := t.exec(ctx, "UPDATE contacts SET sealed = $1 WHERE session_id = $2 AND item_id = $3",
			store.SealContact(to, k.session, k.item, address), k.session, k.item); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
