package sqlstore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

func TestPostgreSQLRefusesANewerSchema(t *testing.T) {
	dsn := newPostgres(t)
	openQuick(t, dsn).Close()
	runPostgres(t, dsn, "UPDATE askahead_meta SET value = '77' WHERE name = 'schema'")
	_, err := sqlstore.Open(t.Context(), dsn, benchKeys(), quick())
	helps(t, err, store.ErrNewerSchema, "schema 77", "install askahead 1.2.0 or newer")
}

func TestPostgreSQLLeavesTablesOfOthersAlone(t *testing.T) {
	dsn := newPostgres(t)
	runPostgres(t, dsn, "CREATE TABLE questions (id bigint PRIMARY KEY)")
	_, err := sqlstore.Open(t.Context(), dsn, benchKeys(), quick())
	helps(t, err, store.ErrNotOurs, "a database of its own")
	runPostgres(t, dsn, "INSERT INTO questions (id) VALUES (1)")
}

func TestPostgreSQLNamesWhatIsMissing(t *testing.T) {
	dsn := newPostgres(t)
	_, err := sqlstore.Open(t.Context(), strings.Replace(dsn, "search_path=", "search_path=not_there_", 1), benchKeys(), quick())
	if err == nil || !strings.Contains(err.Error(), "create the schema") {
		t.Errorf("a schema that is not there: %v", err)
	}
	_, err = sqlstore.Open(t.Context(), strings.Replace(dsn, "/postgres?", "/not_there?", 1), benchKeys(), quick())
	if err == nil || !strings.Contains(err.Error(), "create the database") {
		t.Errorf("a database that is not there: %v", err)
	}
}

func TestPostgreSQLNamesALockOfAnotherProcess(t *testing.T) {
	dsn := newPostgres(t)
	db := openQuick(t, dsn)
	s := newSource()
	if _, err := db.SaveBatch(t.Context(), s.batch(10), sameText{}); err != nil {
		t.Fatal(err)
	}
	other, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	if _, err := other.Exec(t.Context(), "BEGIN; UPDATE sessions SET saved = 0"); err != nil {
		t.Fatal(err)
	}
	batch := s.batch(10)
	_, err = db.SaveBatch(t.Context(), batch, sameText{})
	helps(t, err, store.ErrLocked, "try again")
	elsewhere := batch
	elsewhere.Session, elsewhere.Since = "another", ""
	if _, err := db.SaveBatch(t.Context(), elsewhere, sameText{}); err != nil {
		t.Errorf("another session waits too: %v", err)
	}
	if _, err := other.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveBatch(t.Context(), batch, sameText{}); err != nil {
		t.Errorf("after the lock is gone: %v", err)
	}
}

func TestPostgreSQLThatIsFullLosesNothing(t *testing.T) {
	dsn := newPostgres(t)
	db := openQuick(t, dsn)
	s := newSource()
	if _, err := db.SaveBatch(t.Context(), s.batch(10), sameText{}); err != nil {
		t.Fatal(err)
	}
	// The last table that a batch writes answers as a server does whose disk is full.
	runPostgres(t, dsn, `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
		$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END$$;
		CREATE TRIGGER full_disk BEFORE INSERT ON progress FOR EACH ROW EXECUTE FUNCTION full_disk()`)
	batch := s.batch(10)
	_, err := db.SaveBatch(t.Context(), batch, sameText{})
	helps(t, err, store.ErrFull, "free some space on the server")
	p, err := db.Progress(t.Context(), batch.Session, batch.Source)
	if err != nil || p.Cursor != batch.Since || p.Items != 10 {
		t.Errorf("after it: %+v, %v", p, err)
	}
	runPostgres(t, dsn, "DROP TRIGGER full_disk ON progress")
	if saved, err := db.SaveBatch(t.Context(), batch, sameText{}); err != nil || saved.New != 10 {
		t.Errorf("with space again: %+v, %v", saved, err)
	}
}

// cutting ends the connection of the store within a batch.
type cutting struct {
	sameText
	cut func()
}

func (g cutting) Place(q domain.Question, near []domain.Topic) string {
	g.cut()
	return g.sameText.Place(q, near)
}

func TestPostgreSQLThatIsRestartedLosesNothing(t *testing.T) {
	dsn := newPostgres(t)
	db := openQuick(t, dsn+"&application_name=cut_here")
	batch := newSource().batch(10)
	cut := func() {
		runPostgres(t, dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut_here'")
	}
	_, err := db.SaveBatch(t.Context(), batch, cutting{cut: cut})
	helps(t, err, store.ErrUnreachable, "try again")
	if known, err := db.Has(t.Context(), batch.Session, []string{batch.Items[0].ID}); err != nil || len(known) != 0 {
		t.Errorf("after it: %v, %v", known, err)
	}
	if saved, err := db.SaveBatch(t.Context(), batch, sameText{}); err != nil || saved.New != 10 {
		t.Errorf("the same batch again: %+v, %v", saved, err)
	}
}

func TestSeveralProcessesMayMakeTheTables(t *testing.T) {
	for name, newDSN := range map[string]func(*testing.T) string{"SQLite": newSQLite, "PostgreSQL": newPostgres} {
		t.Run(name, func(t *testing.T) {
			dsn := newDSN(t)
			const openers = 6
			errs := make(chan error, openers)
			for range openers {
				go func() {
					db, err := sqlstore.Open(t.Context(), dsn, benchKeys(), sqlstore.Options{Wait: 20 * time.Second})
					if err == nil {
						err = db.Close()
					}
					errs <- err
				}()
			}
			var all []error
			for range openers {
				all = append(all, <-errs)
			}
			if err := errors.Join(all...); err != nil {
				t.Error(err)
			}
		})
	}
}
