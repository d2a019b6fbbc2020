package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"askahead/domain"
	"askahead/store"
)

// maxRaw is how many bytes of raw items one list gives, and one item more: a page of large ones is a short one.
const maxRaw = 8 << 20

// errEnough ends a list that has become large.
var errEnough = errors.New("enough for one page")

// Quarantine lists what no parser could read, oldest first. A row leaves when a batch brings an item with its
// id, or says that it is gone or settled.
func (db *DB) Quarantine(ctx context.Context, session, after string, limit int) ([]store.Quarantined, error) {
	const doing = "list the quarantine"
	var rows []store.Quarantined
	err := db.read(ctx, doing, func(t *tx) error {
		from, err := t.quarantined(ctx, session, after)
		if err != nil {
			return err
		}
		size := 0
		err = t.each(ctx, `SELECT source, id, stream, type, reason, collected, expires, cut, raw FROM quarantine
			WHERE session_id = $1 AND (collected, source, id) > ($2, $3, $4)
			ORDER BY collected, source, id LIMIT $5`,
			[]any{session, from.collected, from.source, from.id, int64(limit)}, func(r *sql.Rows) error {
				q := store.Quarantined{Session: session}
				var at spot
				var expires, cut int64
				err := r.Scan(&at.source, &at.id, &q.Stream, &q.Type, &q.Reason, &at.collected, &expires, &cut, &q.Raw)
				q.ID, q.Source, q.Place, q.Cut = at.id, at.source, at.String(), cut != 0
				if q.Stream == "" {
					q.Stream = q.Source
				}
				q.Collected = moment(at.collected)
				if expires != never {
					q.Expires = moment(expires)
				}
				rows = append(rows, q)
				if size += len(q.Raw); err == nil && size >= maxRaw {
					err = errEnough
				}
				return err
			})
		if err == errEnough {
			return nil
		}
		return err
	})
	return rows, err
}

// spot is where a row stands in the list.
type spot struct {
	collected  int64
	source, id string
}

func (s spot) String() string {
	return strconv.FormatInt(s.collected, 36) + "\n" + s.source + "\n" + s.id
}

// quarantined finds where to go on: after is Quarantined.Place, or the id of a row where only one source has it.
func (t *tx) quarantined(ctx context.Context, session, after string) (spot, error) {
	if after == "" {
		return spot{collected: -never}, nil
	}
	if parts := strings.SplitN(after, "\n", 3); len(parts) == 3 {
		collected, err := strconv.ParseInt(parts[0], 36, 64)
		if err != nil {
			return spot{}, errors.New("it cannot go on after what is not the end of a page")
		}
		return spot{collected, text(parts[1]), text(parts[2])}, nil
	}
	var found []spot
	err := t.each(ctx, "SELECT collected, source, id FROM quarantine WHERE session_id = $1 AND id = $2 ORDER BY source LIMIT 2",
		[]any{session, key(after)}, func(r *sql.Rows) error {
			var s spot
			err := r.Scan(&s.collected, &s.source, &s.id)
			found = append(found, s)
			return err
		})
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("%w: one row with the id to go on after", domain.ErrNotFound)
	}
	if err != nil {
		return spot{}, err
	}
	return found[0], nil
}
