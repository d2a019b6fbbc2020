//go:build cgo

package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"

	"askahead/store"
)

// intoFile makes the new database beside the old one, which nobody can use meanwhile, and changes their places in
// one step.
func (r *restoring) intoFile(ctx context.Context) (Restored, error) {
	target, _ := sqlitePath(r.dsn)
	if err := r.checkFiles(target); err != nil {
		return Restored{}, err
	}
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real // what a link leads to is replaced, and not the link
	}
	old, err := r.takeOver(ctx, target)
	if err != nil {
		return Restored{}, err
	}
	defer old.release()
	if old.hasData && !r.Replace {
		return Restored{}, hasData(target, "say --replace to put the backup in its place; what is there is kept beside it")
	}
	p, err := newPartial(target)
	if err != nil {
		return Restored{}, err
	}
	defer p.discard()
	var done Restored
	var written tallies
	if done.Backup, err = r.copyFile(ctx, p); err != nil {
		return Restored{}, err
	}
	if written, done.Expired, err = r.bringUpToDate(ctx, p.path); err != nil {
		return Restored{}, err
	}
	if done.Kept, err = old.keep(r.Now.UTC().Format("20060102T150405Z")); err != nil {
		return Restored{}, err
	}
	if err := p.become(); err != nil {
		return Restored{}, err
	}
	old.release()
	db, err := Open(ctx, r.dsn, r.keys, r.Options)
	if err != nil {
		return Restored{}, err
	}
	defer db.Close()
	var read tallies
	if done.Contents, read, err = r.look(ctx, db); err != nil {
		return Restored{}, err
	}
	if info, err := os.Stat(target); err == nil {
		done.Size = info.Size()
	}
	return done, errors.Join(written.differs(read), db.Close())
}

func (r *restoring) checkFiles(target string) error {
	file, err := regularFile(r.path)
	if err != nil {
		return err
	}
	if there, err := os.Stat(target); err == nil && os.SameFile(file, there) {
		return errors.New("it is the database itself: name a backup")
	}
	return nil
}

// copyFile copies the backup byte by byte, and checks the copy.
func (r *restoring) copyFile(ctx context.Context, p *partial) (Contents, error) {
	from, err := os.Open(r.path)
	if err != nil {
		return Contents{}, err
	}
	defer from.Close()
	if _, err := copyWhile(ctx, p, from); err != nil {
		return Contents{}, err
	}
	file, err := inspect(ctx, p.path, r.path, r.keys, r.Options, &r.meter)
	if err != nil {
		return Contents{}, err
	}
	return file.Contents, file.Close()
}

// bringUpToDate makes the copy what it is to be as a database.
func (r *restoring) bringUpToDate(ctx context.Context, path string) (tallies, store.Removed, error) {
	db, err := Open(ctx, "sqlite:"+path, r.keys, r.Options)
	if err != nil {
		return nil, store.Removed{}, err
	}
	defer db.Close()
	if err := db.write(ctx, r.doing, func(t *tx) error { return t.freeLeases(ctx, map[leaseOf]int64{}) }); err != nil {
		return nil, store.Removed{}, err
	}
	_, all, removed, err := r.finish(ctx, db)
	return all, removed, errors.Join(err, db.Close())
}

// occupied is the database file that is to be replaced, with a lock on it that keeps everybody else out.
type occupied struct {
	path    string
	pool    *sql.DB
	conn    *sql.Conn
	made    bool // it was not there, and is empty
	hasData bool
	damaged bool // it can't be read: it is kept as it is, with what stands beside it
}

// takeOver locks the file, which it makes if there is none, and looks what it holds. It fails if anybody else has it
// open: what they write to a file that was moved away under their feet would be lost.
func (r *restoring) takeOver(ctx context.Context, path string) (*occupied, error) {
	o := &occupied{path: path}
	_, err := os.Stat(path)
	o.made = errors.Is(err, fs.ErrNotExist)
	if err := createFile(path); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	o.pool = sql.OpenDB(&connector{dsn: fileURI(path, "mode=rw"), pragmas: []pragma{
		{"busy_timeout", fmt.Sprint(r.Wait.Milliseconds()), fmt.Sprint(r.Wait.Milliseconds())}}})
	o.pool.SetMaxOpenConns(1)
	err = o.lock(ctx)
	if unreadable(err) {
		o.damaged, o.hasData = true, true
		return o, nil
	}
	if err != nil {
		o.release()
		return nil, (&DB{d: sqliteDialect(), name: path}).fail(ctx, r.doing, err)
	}
	return o, nil
}

// unreadable tells a file that SQLite can't make sense of.
func unreadable(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB)
}

func (o *occupied) lock(ctx context.Context) (err error) {
	if err := checkOurs(ctx, o.pool); err != nil {
		return err
	}
	if o.conn, err = o.pool.Conn(ctx); err != nil {
		return err
	}
	// Leaving the mode with a log folds the log into the file, and works for the only one who has it open.
	var mode string
	if err := o.conn.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return sqlite3.Error{Code: sqlite3.ErrBusy}
	}
	if _, err := o.conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return err
	}
	return o.look(ctx)
}

// look tells whether any table but those that say nothing of a session has a row. The tables may be of any schema.
func (o *occupied) look(ctx context.Context) error {
	rows, err := o.conn.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name LIMIT 1000")
	if err != nil {
		return err
	}
	var names []string
	if err := scanAll(rows, &names); err != nil {
		return err
	}
	for _, name := range names {
		if name == metaTable || name == leaseTable {
			continue
		}
		var some bool
		if err := o.conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM "`+name+`")`).Scan(&some); err != nil {
			return err
		}
		o.hasData = o.hasData || some
	}
	return nil
}

func scanAll(rows *sql.Rows, into *[]string) error {
	defer rows.Close()
	for rows.Next() {
		if err := scanAppend(into)(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// keep gives the old database a second name, unless there is nothing in it, so that it is there whatever happens
// next.
func (o *occupied) keep(stamp string) (string, error) {
	if !o.hasData {
		return "", nil
	}
	kept := o.path + ".before-restore-" + stamp
	err := os.Link(o.path, kept)
	if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without second names
		err = copyAside(o.path, kept)
	}
	if err != nil {
		return "", err
	}
	if o.damaged { // else there is none
		for _, suffix := range companions {
			if err := os.Rename(o.path+suffix, kept+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
		}
	}
	return kept, syncFolder(kept)
}

func copyAside(path, kept string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(kept, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Sync(), to.Close())
}

// release lets others have the file, and removes one that was made for the lock alone.
func (o *occupied) release() {
	if o.pool == nil {
		return
	}
	if o.conn != nil {
		o.conn.ExecContext(context.Background(), "ROLLBACK")
		o.conn.Close()
	}
	o.pool.Close()
	o.pool = nil
	if info, err := os.Stat(o.path); o.made && err == nil && info.Size() == 0 {
		os.Remove(o.path)
	}
}
