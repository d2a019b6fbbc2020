package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"askahead/domain"
	"askahead/store"
)

var _ store.Deliveries = (*DB)(nil)

// maxDeliveries is to how many recipients one edition can go.
const maxDeliveries = 10_000

const deliveryColumns = "name, number, recipient, state, tries, tried, retry, error"

// address puts a delivery that waits there for each recipient of a new edition.
func (t *tx) address(ctx context.Context, e store.Edition) error {
	recipients := distinct(slices.Clone(e.Recipients))
	if len(recipients) > maxDeliveries {
		return fmt.Errorf("an edition for %d recipients: %d are the most", len(recipients), maxDeliveries)
	}
	never := micros(time.Time{})
	var waiting []any
	for _, r := range recipients {
		waiting = append(waiting, e.Session, e.Name, int64(e.Number), r, string(store.Waiting), int64(0), never, never, "")
	}
	_, err := t.insert(ctx, "INSERT INTO deliveries (session_id, "+deliveryColumns+")", 9, waiting, "")
	return err
}

// Deliveries lists the deliveries of one edition, by recipient.
func (db *DB) Deliveries(ctx context.Context, session, name string, number int) ([]store.Delivery, error) {
	return db.deliveries(ctx, "list the deliveries of an edition", session, `SELECT `+deliveryColumns+` FROM deliveries
		WHERE session_id = $1 AND name = $2 AND number = $3 ORDER BY recipient LIMIT $4`,
		session, name, int64(number), int64(maxDeliveries))
}

// Unsent lists the deliveries of a session that are not over, by edition.
func (db *DB) Unsent(ctx context.Context, session string, limit int) ([]store.Delivery, error) {
	return db.deliveries(ctx, "list what is not delivered", session, `SELECT `+deliveryColumns+` FROM deliveries
		WHERE session_id = $1 AND state IN ('`+string(store.Sending)+`', '`+string(store.Waiting)+`')
		ORDER BY name, number, recipient LIMIT $2`, session, int64(limit))
}

func (db *DB) deliveries(ctx context.Context, doing, session, query string, args ...any) ([]store.Delivery, error) {
	var list []store.Delivery
	err := db.read(ctx, doing, func(t *tx) error {
		return t.each(ctx, query, args, func(r *sql.Rows) error {
			d := store.Delivery{Session: session}
			var tried, retry int64
			err := r.Scan(&d.Name, &d.Number, &d.Recipient, &d.State, &d.Tries, &tried, &retry, &d.Error)
			d.Tried, d.Retry = moment(tried), moment(retry)
			list = append(list, d)
			return err
		})
	})
	return list, err
}

// SaveDelivery records the beginning of a try or what came of it. The number of tries is the fence: who begins one
// must have seen all the others, and is heard about it until the next begins. That a mail was taken is always heard.
func (db *DB) SaveDelivery(ctx context.Context, d store.Delivery) error {
	fence, args := " AND deliveries.tries = $10", []any{int64(d.Tries)}
	switch d.State {
	case store.Sending:
		args[0] = int64(d.Tries - 1)
	case store.Sent:
		fence, args = "", nil
	}
	return db.write(ctx, "save a delivery of edition "+d.Name, func(t *tx) error {
		n, err := t.exec(ctx, `INSERT INTO deliveries (session_id, `+deliveryColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (session_id, name, number, recipient) DO UPDATE SET
			state = excluded.state, tries = excluded.tries, tried = excluded.tried, retry = excluded.retry, error = excluded.error
			WHERE deliveries.state <> '`+string(store.Sent)+`'`+fence,
			append([]any{d.Session, d.Name, int64(d.Number), d.Recipient, string(d.State), int64(d.Tries),
				micros(d.Tried), micros(d.Retry), text(d.Error)}, args...)...)
		if err != nil || n == 1 {
			return err
		}
		var stored store.DeliveryState
		if _, err := t.row(ctx, `SELECT state FROM deliveries
			WHERE session_id = $1 AND name = $2 AND number = $3 AND recipient = $4`,
			[]any{d.Session, d.Name, int64(d.Number), d.Recipient}, &stored); err != nil {
			return err
		}
		if stored == store.Sent && d.State == store.Sent {
			return nil
		}
		return fmt.Errorf("%w: another process has gone on with this delivery; it is %s", domain.ErrConflict, stored)
	})
}
