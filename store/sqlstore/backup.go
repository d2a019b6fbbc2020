//go:build cgo

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"askahead/domain"
	"askahead/store"
)

// BackupOptions are what may be set besides the DSN and the file. Now must be set.
type BackupOptions struct {
	Options
	Now     time.Time               // recorded in the backup
	Replace bool                    // the file may be there already
	Report  func(done, total int64) // told now and then how much of the work is done; may be nil
}

// Backup writes all that a database holds at one moment to a file: a SQLite database with the same tables, whatever
// the database is kept in, readable by its owner alone. Others may go on writing to the database meanwhile. A
// database of an earlier schema is backed up as it is.
//
// The file is opened and read from end to end before it gets its name. When Backup fails, or is killed, what had the
// name before still has it; at most a file PATH.partial is left, which the next one uses.
//
// Errors: those of Open; fs.ErrExist if the file is there and Replace is not set.
func Backup(ctx context.Context, dsn, path string, keys domain.Keys, opts BackupOptions) (Contents, error) {
	opts.Options = opts.filled()
	b := &backingUp{BackupOptions: opts, path: path, keys: keys, doing: "back up to " + path}
	if err := b.checkFiles(dsn); err != nil {
		return Contents{}, fmt.Errorf("%s: %w", b.doing, err)
	}
	src, err := connect(ctx, dsn, opts.Options)
	if err != nil {
		return Contents{}, err
	}
	defer src.Close()
	b.src = src
	_, b.file = sqlitePath(dsn)
	c, err := b.run(ctx)
	if err != nil {
		return Contents{}, b.explain(err)
	}
	return c, nil
}

// backingUp is one Backup under way.
type backingUp struct {
	BackupOptions
	src    *DB
	file   bool // src is a SQLite file
	path   string
	keys   domain.Keys
	doing  string
	schema int
	meter  meter
}

// checkFiles looks at what is there before anything is made.
func (b *backingUp) checkFiles(dsn string) error {
	there, err := os.Stat(b.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		there = nil
	case err != nil:
		return err
	case !there.Mode().IsRegular():
		return errors.New("it is not a file: name a file for the backup")
	}
	if path, ok := sqlitePath(dsn); ok {
		db, err := os.Stat(path)
		switch {
		case err != nil:
			return fmt.Errorf("there is no database %s: %w", path, fs.ErrNotExist)
		case there != nil && os.SameFile(db, there):
			return errors.New("it is the database itself: name another file")
		}
	}
	return b.checkFree()
}

func (b *backingUp) checkFree() error {
	if _, err := os.Stat(b.path); err == nil && !b.Replace {
		return fs.ErrExist
	}
	return nil
}

func (b *backingUp) run(ctx context.Context) (Contents, error) {
	p, err := newPartial(b.path)
	if err != nil {
		return Contents{}, err
	}
	defer p.discard()
	written, err := b.write(ctx, p.path)
	if err != nil {
		return Contents{}, err
	}
	file, err := inspect(ctx, p.path, b.path, b.keys, b.Options, &b.meter)
	if err != nil {
		return Contents{}, err
	}
	c, tallies := file.Contents, file.tallies
	if err := errors.Join(file.Close(), written.differs(tallies)); err != nil {
		return Contents{}, err
	}
	if err := b.seal(ctx, p.path, tallies.digest(c.Schema)); err != nil {
		return Contents{}, err
	}
	if err := b.checkFree(); err != nil { // again: reading took a while
		return Contents{}, err
	}
	if err := p.become(); err != nil {
		return Contents{}, err
	}
	c.Made, c.Sealed = b.Now.UTC(), true
	return c, nil
}

// write fills the file. Where the rows go through our hands, it tells what they were.
func (b *backingUp) write(ctx context.Context, path string) (written tallies, err error) {
	texts, err := migrationTexts()
	if err != nil {
		return nil, err
	}
	var tables []table
	err = b.src.read(ctx, b.doing, func(t *tx) error {
		meta, err := readMeta(ctx, t)
		if err != nil {
			return err
		}
		if meta == nil {
			return fmt.Errorf("%s: nothing was ever stored there", b.src.name)
		}
		if b.schema, b.keys, err = b.src.checkMeta(meta, b.keys, b.Version, len(texts)); err != nil {
			return err
		}
		if tables, err = tablesOf(ctx, b.schema); err != nil {
			return err
		}
		rows, err := t.rows(ctx, without(tables, metaTable))
		if err != nil {
			return err
		}
		b.meter = meter{total: 2 * rows, report: b.Report} // each is written, and read again
		if b.file {
			return nil
		}
		written, err = b.copyRows(ctx, t, tables, texts[:b.schema], path)
		return err
	})
	if err != nil || !b.file {
		return written, err
	}
	return nil, b.vacuumInto(ctx, path)
}

// vacuumInto lets SQLite write a copy as of one moment, without what was deleted.
func (b *backingUp) vacuumInto(ctx context.Context, path string) error {
	stop := b.watch(path)
	_, err := b.src.writer.ExecContext(ctx, "VACUUM INTO ?", path)
	stop()
	if _, sentinel := b.src.d.explain(err); sentinel == store.ErrFull { // the disk of the backup, that is
		return (&DB{d: b.src.d, name: path}).fail(ctx, b.doing, err)
	}
	if err != nil {
		return b.src.fail(ctx, b.doing, err)
	}
	b.meter.set(b.meter.total / 2)
	return nil
}

// watch reports how far the file has grown, until it is stopped.
func (b *backingUp) watch(path string) (stop func()) {
	from, err := os.Stat(b.src.name)
	if b.Report == nil || err != nil || from.Size() == 0 {
		return func() {}
	}
	ended, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(time.Second / 4)
		defer tick.Stop()
		for {
			select {
			case <-ended:
				return
			case <-tick.C:
				if to, err := os.Stat(path); err == nil {
					b.meter.set(int64(float64(b.meter.total/2) * min(1, float64(to.Size())/float64(from.Size()))))
				}
			}
		}
	}()
	return func() { close(ended); <-gone }
}

// copyRows makes the tables in the file and fills them.
func (b *backingUp) copyRows(ctx context.Context, from *tx, tables []table, texts []string, path string) (tallies, error) {
	file := scratchFile(path)
	defer file.Close()
	var written tallies
	err := file.write(ctx, b.doing, func(to *tx) error {
		for _, text := range texts {
			if _, err := to.ExecContext(ctx, to.d.ddl.Replace(text)); err != nil {
				return err
			}
		}
		if err := copyMeta(ctx, from, to); err != nil {
			return err
		}
		var err error
		written, err = copyTables(ctx, from, to, without(tables, metaTable), &b.meter)
		return err
	})
	return written, errors.Join(err, file.Close())
}

// scratchFile opens a file that nobody else knows of and that is thrown away if anything goes wrong: it needs no
// journal.
func scratchFile(path string) *DB {
	pool := sql.OpenDB(&connector{dsn: fileURI(path, "mode=rw&_stmt_cache_size=200"), pragmas: []pragma{
		{"journal_mode", "off", "off"}, {"synchronous", "0", "0"}, {"temp_store", "2", "2"}, {"cache_size", "-65536", "-65536"},
	}})
	pool.SetMaxOpenConns(1)
	return &DB{d: sqliteDialect(), name: path, writer: pool, reader: pool}
}

// seal writes into the file what it must hold, and looks whether that can be read again.
func (b *backingUp) seal(ctx context.Context, path, digest string) error {
	file := scratchFile(path)
	defer file.Close()
	err := file.write(ctx, b.doing, func(t *tx) error {
		_, err := t.insert(ctx, "INSERT INTO askahead_meta (name, value)", 2,
			[]any{metaMade, strconv.FormatInt(micros(b.Now), 10), metaDigest, digest},
			" ON CONFLICT (name) DO UPDATE SET value = excluded.value")
		return err
	})
	if err != nil {
		return err
	}
	return file.read(ctx, b.doing, func(t *tx) error {
		meta, err := readMeta(ctx, t)
		if err == nil && (meta[metaDigest] != digest || meta[metaKey] != b.keys.Check()) {
			err = fmt.Errorf("%w: it does not read as it was written", store.ErrDamaged)
		}
		return err
	})
}

// explain adds what to do about an error of the file system; those of the database say so already.
func (b *backingUp) explain(err error) error { return explainFile(b.doing, err) }
