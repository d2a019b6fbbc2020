package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"askahead/config"
	"askahead/domain"
	"askahead/store/sqlstore"
)

// checkKey looks at the key. That others can read its file is a warning of the configuration.
func (e *env) checkKey() []finding {
	_, err := e.cfg.Key()
	path, isFile := strings.CutPrefix(string(e.cfg.KeyAt), "file:")
	path = e.cfg.Resolve(path)
	switch {
	case err == nil && isFile && rootReadsFileOf(path):
		return []finding{works("read it"), {State: warning, What: "root runs this check, and may do what the user that owns the key may not",
			Hint: "run it as the user that askahead runs as: sudo -u USER askahead check"}}
	case err == nil:
		return []finding{works("read it")}
	case !isFile || !errors.Is(err, fs.ErrNotExist):
		return []finding{fails("read it", err)}
	}
	if db, ok := e.cfg.Store.SQLite(); ok && !exists(e.cfg.Resolve(db)) {
		if err := tryFolder(filepath.Dir(path)); err != nil {
			return []finding{fails("make it", err)}
		}
		return []finding{works("it is not there yet; the first run makes it, with the database")}
	}
	return []finding{fails("read it", fmt.Errorf("there is no file %s; where the database is not new, put its key back there; otherwise the first run makes one", path))}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// checkStore tells whether the store would open, and whether it has room.
func (e *env) checkStore(ctx context.Context) []finding {
	key, err := e.cfg.Key()
	if err != nil { // the key's own check tells that
		key = make([]byte, config.KeySize)
	}
	dsn := e.cfg.Store.Reveal()
	path, isFile := e.cfg.Store.SQLite()
	if isFile {
		if path, err = absolute(e.cfg.Resolve(path)); err != nil {
			return []finding{fails("find it", err)}
		}
		dsn = "sqlite:" + path
	}
	const what = "open the store"
	seen, err := sqlstore.Look(ctx, dsn, domain.NewKeys(key), sqlstore.Options{Version: version})
	var found []finding
	switch {
	case err != nil:
		found = append(found, fails(what, err))
	case !seen.There:
		found = append(found, works("it is new; the first run makes its tables"))
	case seen.Schema < seen.Latest:
		found = append(found, works("%s: it has schema %d, made by askahead %s; the next run makes %d of it, so back it up before", what, seen.Schema, seen.Version, seen.Latest))
	default:
		found = append(found, works("%s: it has schema %d, as it should", what, seen.Schema))
	}
	if err == nil && seen.Behind > 0 {
		found = append(found, finding{State: warning, What: "the key has a newer generation, and what is stored was not carried to it", Hint: "askahead key rotate"})
	}
	for _, id := range seen.Wiped {
		if e.cfg.Session(id) != nil {
			found = append(found, finding{State: warning, What: fmt.Sprintf("session %s was wiped: nothing is collected for it", id), Hint: "take it out of " + e.cfg.Path})
		}
	}
	if isFile {
		found = append(found, checkDatabaseFile(path)...)
	}
	return found
}

// Free space below which a store is told of: a large session has some hundred megabytes.
const (
	littleSpace = 500 << 20
	noSpace     = 20 << 20
)

func checkDatabaseFile(path string) []finding {
	var found []finding
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		found = append(found, finding{State: warning, What: fmt.Sprintf("others can read the database (mode %04o)", info.Mode().Perm()), Hint: "chmod 600 " + path})
	}
	free, known := freeSpace(filepath.Dir(path))
	switch what := fmt.Sprintf("%d MB are free on its disk", free>>20); {
	case !known:
	case free < noSpace:
		found = append(found, finding{State: failed, What: what, Hint: "make room, or name a place on another disk in store:"})
	case free < littleSpace:
		found = append(found, finding{State: warning, What: what, Hint: "make room before it runs full; nothing is lost then, but nothing is collected either"})
	}
	return found
}
