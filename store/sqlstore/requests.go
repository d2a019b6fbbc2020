package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"askahead/domain"
	"askahead/store"
)

var _ store.Requests = (*DB)(nil)

const requestColumns = "request_id, verb, state, asker, sealed, answer, came, expires"

func scanRequest(r interface{ Scan(...any) error }) (q store.Request, err error) {
	var came, expires int64
	err = r.Scan(&q.ID, &q.Verb, &q.State, &q.Asker, &q.Sealed, &q.Answer, &came, &expires)
	q.Came, q.Expires = moment(came), moment(expires)
	return q, err
}

// SaveRequest adds a request; see store.Requests.
func (db *DB) SaveRequest(ctx context.Context, q store.Request) error {
	return db.write(ctx, "note a request", func(t *tx) error {
		_, err := t.exec(ctx, "INSERT INTO requests (session_id, "+requestColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (session_id, request_id) DO NOTHING",
			store.Shared, q.ID, string(q.Verb), string(q.State), q.Asker, bytesOf(q.Sealed), q.Answer, micros(q.Came), micros(q.Expires))
		return err
	})
}

// ChangeRequest goes on with a request; see store.Requests.
func (db *DB) ChangeRequest(ctx context.Context, q store.Request, from store.RequestState) error {
	return db.write(ctx, "go on with a request", func(t *tx) error {
		n, err := t.exec(ctx, "UPDATE requests SET state = $1, sealed = $2, answer = $3, expires = $4 WHERE session_id = $5 AND request_id = $6 AND state = $7",
			string(q.State), bytesOf(q.Sealed), q.Answer, micros(q.Expires), store.Shared, q.ID, string(from))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: the request is not %s any more", domain.ErrConflict, from)
		}
		return err
	})
}

func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{} // no NULL
	}
	return b
}

// Request gives a request; see store.Requests.
func (db *DB) Request(ctx context.Context, id string) (q store.Request, err error) {
	err = db.read(ctx, "look for a request", func(t *tx) error {
		q, err = scanRequest(t.QueryRowContext(ctx, t.d.sql("SELECT "+requestColumns+" FROM requests WHERE session_id = $1 AND request_id = $2"), store.Shared, id))
		if err == sql.ErrNoRows {
			return fmt.Errorf("%w: there is no such request", domain.ErrNotFound)
		}
		return err
	})
	return q, err
}

// OpenRequests lists what waits for askahead; see store.Requests.
func (db *DB) OpenRequests(ctx context.Context, limit int) (list []store.Request, err error) {
	err = db.read(ctx, "list the requests", func(t *tx) error {
		return t.each(ctx, "SELECT "+requestColumns+" FROM requests WHERE session_id = $1 AND state IN ('"+string(store.RequestNew)+"', '"+
			string(store.RequestConfirmed)+"', '"+string(store.RequestAnswered)+"') ORDER BY came, request_id LIMIT $2",
			[]any{store.Shared, int64(limit)}, func(r *sql.Rows) error {
				q, err := scanRequest(r)
				list = append(list, q)
				return err
			})
	})
	return list, err
}

// CountRequests counts an asker's requests; see store.Requests.
func (db *DB) CountRequests(ctx context.Context, asker string, since time.Time) (n int, err error) {
	err = db.read(ctx, "count requests", func(t *tx) error {
		_, err := t.row(ctx, "SELECT count(*) FROM requests WHERE session_id = $1 AND asker = $2 AND came >= $3", []any{store.Shared, asker, micros(since)}, &n)
		return err
	})
	return n, err
}

// ExpireRequests removes old requests; see store.Requests.
func (db *DB) ExpireRequests(ctx context.Context, now time.Time) (n int, err error) {
	err = db.write(ctx, "remove old requests", func(t *tx) error {
		n, err = t.exec(ctx, "DELETE FROM requests WHERE session_id = $1 AND expires <= $2", store.Shared, micros(now))
		return err
	})
	return n, err
}
