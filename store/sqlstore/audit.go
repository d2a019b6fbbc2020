package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"askahead/domain"
	"askahead/store"
)

const (
	auditColumns = "number, at, concerns, by_whom, done, subject, detail, generation, seal"
	maxActs      = 1000
)

// sealedAct is an act and the key that sealed it.
type sealedAct struct {
	store.Act
	generation int64
}

// sealOf chains an act to the seal of the one before it.
func sealOf(keys domain.Keys, previous string, a store.Act) string {
	return keys.Link("act", previous, strconv.FormatInt(a.Number, 10), strconv.FormatInt(micros(a.At), 10),
		a.Session, a.By, a.Do, a.Of, a.Detail)
}

// sealOfEnd says how long the chain is.
func sealOfEnd(keys domain.Keys, last store.Act) string {
	return keys.Link("end", last.Seal, strconv.FormatInt(last.Number, 10))
}

// Record adds an act; see store.Auditor.
func (db *DB) Record(ctx context.Context, a store.Act) (store.Act, error) {
	err := db.write(ctx, "record in the audit log", func(t *tx) (err error) {
		a, err = t.addAct(ctx, db.keys, a)
		return err
	})
	if err != nil {
		return store.Act{}, err
	}
	return a, nil
}

// addAct adds an act within the transaction of what it tells of. It comes last there: it makes all others wait who
// record something.
func (t *tx) addAct(ctx context.Context, keys domain.Keys, a store.Act) (store.Act, error) {
	if strings.Contains(a.By, "@") {
		a.By = "operator " + keys.Operator(a.By)
	}
	a = a.Cleaned()
	for _, field := range []*string{&a.Session, &a.By, &a.Do, &a.Of, &a.Detail} {
		*field = text(*field)
	}
	a.At = moment(micros(a.At))
	// The row of the end is touched first: that is the lock.
	const into = "INSERT INTO audit (session_id, " + auditColumns + ")"
	_, err := t.insert(ctx, into, 10, []any{store.Shared, int64(0), int64(0), "", "", "", "", "", int64(1), ""},
		" ON CONFLICT (session_id, number) DO UPDATE SET at = excluded.at")
	if err == nil {
		err = t.atGeneration(ctx, keys)
	}
	if err != nil {
		return store.Act{}, err
	}
	var last store.Act
	if _, err := t.row(ctx, "SELECT number, seal FROM audit WHERE session_id = $1 AND number > 0 ORDER BY number DESC LIMIT 1",
		[]any{store.Shared}, &last.Number, &last.Seal); err != nil {
		return store.Act{}, err
	}
	a.Number = last.Number + 1
	a.Seal = sealOf(keys, last.Seal, a)
	generation := int64(keys.Generation())
	if _, err := t.insert(ctx, into, 10, []any{store.Shared, a.Number, micros(a.At), a.Session, a.By, a.Do, a.Of, a.Detail,
		generation, a.Seal}, ""); err != nil {
		return store.Act{}, err
	}
	_, err = t.exec(ctx, "UPDATE audit SET seal = $1, generation = $2 WHERE session_id = $3 AND number = 0",
		sealOfEnd(keys, a), generation, store.Shared)
	return a, err
}

// Acts lists acts; see store.Auditor.
func (db *DB) Acts(ctx context.Context, q store.ActQuery) ([]store.Act, error) {
	var acts []store.Act
	err := db.read(ctx, "read the audit log", func(t *tx) error {
		rows, err := t.acts(ctx, q)
		for _, r := range rows {
			acts = append(acts, r.Act)
		}
		return err
	})
	return acts, err
}

func (t *tx) acts(ctx context.Context, q store.ActQuery) (rows []sealedAct, err error) {
	if q.Limit <= 0 || q.Limit > maxActs {
		q.Limit = maxActs
	}
	query, args := "SELECT "+auditColumns+" FROM audit WHERE session_id = $1 AND number > $2", []any{store.Shared, max(0, q.After)}
	also := func(condition string, value any) {
		args = append(args, value)
		query += " AND " + condition + strconv.Itoa(len(args))
	}
	if !q.Since.IsZero() {
		also("at >= $", micros(q.Since))
	}
	if q.Do != "" {
		also("done = $", q.Do)
	}
	query += " ORDER BY number"
	if q.Newest {
		query += " DESC"
	}
	args = append(args, int64(q.Limit))
	err = t.each(ctx, query+" LIMIT $"+strconv.Itoa(len(args)), args, func(r *sql.Rows) error {
		var a sealedAct
		var at int64
		err := r.Scan(&a.Number, &at, &a.Session, &a.By, &a.Do, &a.Of, &a.Detail, &a.generation, &a.Seal)
		a.At = moment(at)
		rows = append(rows, a)
		return err
	})
	if q.Newest {
		slices.Reverse(rows)
	}
	return rows, err
}

// VerifyActs reads the chain from its beginning; see store.Auditor.
func (db *DB) VerifyActs(ctx context.Context) (store.Chain, error) {
	var last sealedAct
	err := db.read(ctx, "verify the audit log", func(t *tx) error {
		for {
			rows, err := t.acts(ctx, store.ActQuery{After: last.Number})
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				return db.verifyEnd(ctx, t, last)
			}
			for _, a := range rows {
				if err := verifyAct(db.keys, last, a); err != nil {
					return err
				}
				last = a
			}
		}
	})
	return store.Chain{Acts: last.Number, Seal: last.Seal}, err
}

// verifyAct checks an act against the one before it. Once a newer key has sealed one, no older key can: who has stolen
// that adds nothing.
func verifyAct(keys domain.Keys, last, a sealedAct) error {
	switch {
	case a.Number != last.Number+1:
		return &store.BrokenChain{At: last.Number + 1, Why: "it is missing"}
	case a.generation < max(1, last.generation) || a.generation > int64(keys.Generation()):
		return &store.BrokenChain{At: a.Number, Why: "it is not sealed by the key of its time"}
	case a.Seal != sealOf(keys.Until(int(a.generation)), last.Seal, a.Act):
		return &store.BrokenChain{At: a.Number, Why: "it is not what was recorded, or does not follow the act before it"}
	}
	return nil
}

// verifyEnd tells whether acts were cut off the end.
func (db *DB) verifyEnd(ctx context.Context, t *tx, last sealedAct) error {
	var end string
	var generation int64
	found, err := t.row(ctx, "SELECT seal, generation FROM audit WHERE session_id = $1 AND number = 0", []any{store.Shared}, &end, &generation)
	switch {
	case err != nil, !found && last.Number == 0:
		return err
	case generation != last.generation || end != sealOfEnd(db.keys.Until(int(last.generation)), last.Act):
		return &store.BrokenChain{At: last.Number + 1, Why: fmt.Sprintf("act %d was not the last one when the log was written", last.Number)}
	}
	return nil
}
