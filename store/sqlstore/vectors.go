package sqlstore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"askahead/domain"
	"askahead/store"
)

var _ store.Vectors = (*DB)(nil)

// Vectors gives the stored vectors of texts; see store.Vectors.
func (db *DB) Vectors(ctx context.Context, session, model string, fingerprints []string) (map[string]domain.Vector, error) {
	found := map[string]domain.Vector{}
	err := db.read(ctx, "read vectors", func(t *tx) error {
		return lists(ctx, t, "SELECT fingerprint, model, vector FROM vectors WHERE session_id = $1 AND model = $2 AND fingerprint IN (?)",
			[]any{session, text(model)}, distinct(slices.Clone(fingerprints)), func(r *sql.Rows) error {
				var of string
				v, err := scanVector(r, &of)
				found[of] = v
				return err
			})
	})
	return found, err
}

// Unplaced lists leaders without a vector; see store.Vectors.
func (db *DB) Unplaced(ctx context.Context, u store.Unplaced) ([]domain.Question, error) {
	var list []domain.Question
	w := &where{args: []any{u.Session, text(u.Model)}}
	w.audience(u.Audience, false)
	if u.Named {
		w.add(" AND q.no_name = ?", int64(0))
	}
	w.add(" ORDER BY q.n DESC LIMIT ?", int64(min(max(u.Limit, 1), maxLimit)))
	err := db.read(ctx, "list questions without a vector", func(t *tx) error {
		return t.each(ctx, "SELECT q.n, "+questionColumns+` FROM topics t
			JOIN questions q ON q.session_id = t.session_id AND q.n = t.leader
			WHERE t.session_id = $1 AND NOT EXISTS (SELECT 1 FROM vectors v
				WHERE v.session_id = q.session_id AND v.n = q.n AND v.model = $2)`+w.text.String(), w.args, func(r *sql.Rows) error {
			q, err := scanQuestion(r, u.Session, new(int64))
			list = append(list, q)
			return err
		})
	})
	return list, err
}

// Place stores vectors of leaders; see store.Vectors.
func (db *DB) Place(ctx context.Context, session string, placed []domain.Question) error {
	by := map[string]domain.Question{}
	var ids []string
	for _, q := range placed {
		by[q.ID] = q
		ids = append(ids, q.ID)
	}
	return db.write(ctx, "store vectors", func(t *tx) error {
		if _, err := t.exec(ctx, "UPDATE sessions SET numbered = numbered WHERE session_id = $1", session); err != nil {
			return err // that is the lock
		}
		var rows []any
		var numbers []int64
		err := lists(ctx, t, "SELECT question_id, n, text, fingerprint, edited FROM questions WHERE session_id = $1 AND question_id IN (?)",
			[]any{session}, distinct(ids), func(r *sql.Rows) error {
				var id, now, fingerprint string
				var n, edited int64
				err := r.Scan(&id, &n, &now, &fingerprint, &edited)
				if q := by[id]; q.Text == now && len(q.Vector.At) > 0 {
					rows = append(rows, vectorValues(session, n, fingerprint, edited != 0, q.Vector)...)
					numbers = append(numbers, n)
				}
				return err
			})
		if err != nil || len(numbers) == 0 {
			return err
		}
		if err := t.writeVectors(ctx, rows); err != nil {
			return err
		}
		var led []int64
		if err := lists(ctx, t, "SELECT n FROM topics WHERE session_id = $1 AND leader IN (?)",
			[]any{session}, distinct(numbers), scanAppend(&led)); err != nil {
			return err
		}
		if _, err := execLists(ctx, t, "UPDATE topics SET indexed = 0 WHERE session_id = $1 AND n IN (?)", []any{session}, led); err != nil {
			return err
		}
		_, err = execLists(ctx, t, "DELETE FROM bands WHERE session_id = $1 AND topic IN (?)", []any{session}, led)
		return err
	})
}

// addVectors reads the vectors of questions that are about to be taken out, which may come back.
func (t *tx) addVectors(ctx context.Context, session string, old map[string]oldQuestion) error {
	by := map[int64]string{}
	var numbers []int64
	for id, o := range old {
		by[o.n] = id
		numbers = append(numbers, o.n)
	}
	return lists(ctx, t, "SELECT n, model, vector FROM vectors WHERE session_id = $1 AND n IN (?)",
		[]any{session}, distinct(numbers), func(r *sql.Rows) error {
			var n int64
			v, err := scanVector(r, &n)
			o := old[by[n]]
			o.vector = v
			old[by[n]] = o
			return err
		})
}

// insertVectors writes the vectors of new questions.
func (s *saving) insertVectors(ctx context.Context, rows []row) error {
	var args []any
	for _, r := range rows {
		if len(r.Vector.At) > 0 {
			args = append(args, vectorValues(s.b.Session, r.n, r.Fingerprint, r.Edited, r.Vector)...)
		}
	}
	return s.writeVectors(ctx, args)
}

func (t *tx) writeVectors(ctx context.Context, args []any) error {
	_, err := t.insert(ctx, "INSERT INTO vectors (session_id, n, model, fingerprint, vector)", 5, args,
		` ON CONFLICT (session_id, n) DO UPDATE SET model = excluded.model, fingerprint = excluded.fingerprint, vector = excluded.vector`)
	return err
}

// vectorValues are a row of vectors, for five columns. The fingerprint is that of the asker's text: a vector of a
// moderator's is not found by it.
func vectorValues(session string, n int64, fingerprint string, edited bool, v domain.Vector) []any {
	if edited {
		fingerprint = ""
	}
	raw := make([]byte, 0, 4*len(v.At))
	for _, x := range v.At {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
	}
	return []any{session, n, text(v.Model), fingerprint, raw}
}

// scanVector scans the columns model and vector, behind others.
func scanVector(r *sql.Rows, before ...any) (v domain.Vector, err error) {
	var raw []byte
	if err := r.Scan(append(before, &v.Model, &raw)...); err != nil {
		return v, err
	}
	if len(raw)%4 != 0 {
		return v, fmt.Errorf("a vector has %d bytes", len(raw))
	}
	v.At = make([]float32, len(raw)/4)
	for i := range v.At {
		v.At[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return v, nil
}
