package maildir

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"askahead/collectors"
)

// entry is one mail as the listing shows it. Its file is called UNIQUE:2,FLAGS in cur, and UNIQUE in new
// (https://cr.yp.to/proto/maildir.html); the flags change when somebody reads it, the unique part never does.
type entry struct {
	key
	folder string // path of the folder that holds dir
	dir    string // "new" or "cur"
	name   string
	hash   uint64 // of unique
}

// key orders mails by delivery.
type key struct {
	micros int64 // when, in microseconds since 1970, as the name says
	unique string
}

func (k key) compare(other key) int {
	return cmp.Or(cmp.Compare(k.micros, other.micros), strings.Compare(k.unique, other.unique))
}

func newKey(unique []byte) key { return key{micros: delivered(string(unique)), unique: string(unique)} }

// id is the external id: the unique part, or its hash where it is not text.
func (k key) id() string {
	if utf8.ValidString(k.unique) {
		return k.unique
	}
	sum := sha256.Sum256([]byte(k.unique))
	return hex.EncodeToString(sum[:16])
}

// all stands for every folder in Settings.Folders.
const all = "**"

// Limits of a listing: more is a wrong path rather than a mailbox.
const (
	maxMails   = 5_000_000
	maxFolders = 10_000
	maxDepth   = 8
)

// list gives the mails of all folders in order, each once, without those that are drafts or in the trash.
func (c *Collector) list(ctx context.Context) ([]entry, error) {
	folders, err := c.find(ctx)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, folder := range folders {
		// A mail may go from new to cur meanwhile, never back: read in this order none slips through.
		for _, dir := range []string{"new", "cur"} {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if entries, err = appendMails(entries, folder, dir); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return a.compare(b.key) })
	return slices.CompactFunc(entries, func(a, b entry) bool { return a.unique == b.unique }), nil
}

func appendMails(entries []entry, folder, dir string) ([]entry, error) {
	names, err := os.ReadDir(filepath.Join(folder, dir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return entries, nil
	case errors.Is(err, fs.ErrPermission):
		return nil, collectors.Denied("read", filepath.Join(folder, dir))
	case err != nil:
		return nil, fmt.Errorf("list %s: %w", folder, err)
	case len(entries)+len(names) > maxMails:
		return nil, fmt.Errorf("%w: path: more than %d files", collectors.ErrSettings, maxMails)
	}
	for _, n := range names {
		unique, flags := split(n.Name())
		if n.Type() != 0 || unique == "" || unique[0] == '.' || strings.ContainsAny(flags, "DT") {
			continue
		}
		entries = append(entries, newEntry(unique, folder, dir, n.Name()))
	}
	return entries, nil
}

func newEntry(unique, folder, dir, name string) entry {
	sum := sha256.Sum256([]byte(unique))
	return entry{
		key:    newKey([]byte(unique)),
		folder: folder, dir: dir, name: name, hash: binary.BigEndian.Uint64(sum[:8]),
	}
}

// split cuts a file's name into its unique part and its flags. Where ":" can't be in a name, programs write
// "!" or ";".
func split(name string) (unique, flags string) {
	for _, mark := range []string{":2,", "!2,", ";2,"} {
		if i := strings.LastIndex(name, mark); i >= 0 {
			return name[:i], name[i+len(mark):]
		}
	}
	unique, _, _ = strings.Cut(name, ":")
	return unique, ""
}

// delivered is the time that a name begins with, in microseconds: "1772445600.M250000P7.host". It is 0 for a
// name without one.
func delivered(unique string) int64 {
	digits, rest, _ := strings.Cut(unique, ".")
	seconds, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || seconds < 0 || seconds > 1<<40 {
		return 0
	}
	micros := int64(0)
	if text, ok := strings.CutPrefix(rest, "M"); ok {
		for i := 0; i < len(text) && i < 6 && text[i] >= '0' && text[i] <= '9'; i++ {
			micros = micros*10 + int64(text[i]-'0')
		}
	}
	return seconds*1_000_000 + micros
}

// again looks for the mail under its new name.
func (e entry) again() (entry, error) {
	for _, dir := range []string{"new", "cur"} {
		found, err := appendMails(nil, e.folder, dir)
		if err != nil {
			return e, err
		}
		for _, other := range found {
			if other.unique == e.unique {
				return other, nil
			}
		}
	}
	return e, fs.ErrNotExist
}

// find gives the paths of the folders that the settings name.
func (c *Collector) find(ctx context.Context) ([]string, error) {
	if info, err := os.Stat(c.path); err != nil || !info.IsDir() {
		return nil, c.noMaildir(c.path, err)
	}
	var folders []string
	for _, f := range c.folders {
		if f != all {
			path := filepath.Join(c.path, f)
			if !isMaildir(path) {
				_, err := os.Stat(path)
				return nil, c.noMaildir(path, err)
			}
			folders = append(folders, path)
			continue
		}
		below, err := c.walk(ctx)
		if err != nil {
			return nil, err
		}
		folders = append(folders, below...)
	}
	slices.Sort(folders)
	return slices.Compact(folders), nil
}

// walk gives every Maildir at or below the path, without following links.
func (c *Collector) walk(ctx context.Context) ([]string, error) {
	var folders []string
	err := filepath.WalkDir(c.path, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case d.Name() == "cur" || d.Name() == "new" || d.Name() == "tmp":
			return fs.SkipDir
		}
		if below, err := filepath.Rel(c.path, path); err == nil && strings.Count(below, string(filepath.Separator)) >= maxDepth {
			return fs.SkipDir
		}
		if isMaildir(path) {
			folders = append(folders, path)
		}
		if len(folders) > maxFolders {
			return fmt.Errorf("%w: path: more than %d folders", collectors.ErrSettings, maxFolders)
		}
		return nil
	})
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, collectors.Denied("look into every folder of", c.path)
	case err != nil:
		return nil, err
	case len(folders) == 0:
		return nil, c.noMaildir(c.path, nil)
	}
	return folders, nil
}

// isMaildir says whether a folder has cur or new. Both should be there, but tools that copy leave out what is empty.
func isMaildir(path string) bool {
	for _, dir := range []string{"cur", "new"} {
		if info, err := os.Stat(filepath.Join(path, dir)); err == nil && info.IsDir() {
			return true
		}
	}
	return false
}

// noMaildir says what is at path instead, err being what os.Stat said of it.
func (c *Collector) noMaildir(path string, err error) error {
	switch info, _ := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return collectors.Missing("folder", path)
	case errors.Is(err, fs.ErrPermission):
		return collectors.Denied("look into the folder above", path)
	case err != nil:
		return fmt.Errorf("look at %s: %w", path, err)
	case info != nil && !info.IsDir():
		return fmt.Errorf("%w: %s is a file, not a Maildir; if it is an mbox, use the kind mbox", collectors.ErrSettings, path)
	}
	return fmt.Errorf("%w: %s is not a Maildir: it has neither cur nor new; if the folders below it are, write `folders: [\"**\"]`", collectors.ErrSettings, path)
}
