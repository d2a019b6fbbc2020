package sqlstore

import (
	"context"
	"database/sql"

	"askahead/store"
)

// record writes how the last run of a job went.
func (t *tx) recordRun(ctx context.Context, r *store.Run) error {
	_, err := t.exec(ctx, `INSERT INTO runs (session_id, job, slot, started, ended, good, failures, retry, cause, error, backlog)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (session_id, job) DO UPDATE SET slot = excluded.slot, started = excluded.started,
			ended = excluded.ended, good = excluded.good, failures = excluded.failures, retry = excluded.retry,
			cause = excluded.cause, error = excluded.error, backlog = excluded.backlog`,
		r.Session, r.Job, micros(r.Slot), micros(r.Started), micros(r.Ended), micros(r.Good),
		int64(r.Failures), micros(r.Retry), string(r.Cause), text(r.Error), r.Backlog)
	return err
}

// Runs lists the records of a session's jobs, or of those of all sessions. A job whose record is left out would
// run again, so the list is whole.
func (db *DB) Runs(ctx context.Context, session string) ([]store.Run, error) {
	var runs []store.Run
	err := db.read(ctx, "list the runs", func(t *tx) error {
		return whole(&runs, func(last store.Run) error { return t.runsAfter(ctx, session, last, &runs) })
	})
	return runs, err
}

func (t *tx) runsAfter(ctx context.Context, session string, last store.Run, into *[]store.Run) error {
	const columns = "session_id, job, slot, started, ended, good, failures, retry, cause, error, backlog"
	query := "SELECT " + columns + " FROM runs WHERE session_id >= $1 AND (session_id > $1 OR job > $2) ORDER BY session_id, job LIMIT $3"
	args := []any{last.Session, last.Job, int64(pageRows)}
	if session != "" {
		query = "SELECT " + columns + " FROM runs WHERE session_id = $1 AND job > $2 ORDER BY job LIMIT $3"
		args[0] = session
	}
	return t.each(ctx, query, args, func(r *sql.Rows) error {
		var run store.Run
		var slot, started, ended, good, retry int64
		err := r.Scan(&run.Session, &run.Job, &slot, &started, &ended, &good, &run.Failures, &retry, &run.Cause, &run.Error, &run.Backlog)
		run.Slot, run.Started, run.Ended = moment(slot), moment(started), moment(ended)
		run.Good, run.Retry = moment(good), moment(retry)
		*into = append(*into, run)
		return err
	})
}
