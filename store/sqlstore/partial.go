//go:build cgo

package sqlstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"askahead/store"
)

// partial is a file on its way: it stands beside the one that it becomes, and is readable by its owner alone. Its
// lock says that somebody is at it. One that is left behind by a process that was killed is used by the next.
type partial struct {
	*os.File
	path  string // of the file on its way
	final string // of what it becomes
	done  bool
}

// companions are what SQLite adds to the name of a database for the files beside it.
var companions = [...]string{"-wal", "-shm", "-journal"}

// newPartial begins with an empty file.
func newPartial(final string) (*partial, error) {
	p := &partial{path: final + ".partial", final: final}
	for {
		f, err := os.OpenFile(p.path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, fmt.Errorf("%w: another askahead is writing %s; wait until it is done", store.ErrLocked, p.path)
			}
			return nil, err
		}
		if p.File = f; !p.replaced() {
			break
		}
		f.Close() // between opening and locking it became what it was to become
	}
	p.dropCompanions()
	if err := errors.Join(p.Truncate(0), p.Chmod(0o600)); err != nil {
		p.discard()
		return nil, err
	}
	return p, nil
}

// replaced tells whether another file has the name by now.
func (p *partial) replaced() bool {
	ours, err := p.Stat()
	named, err2 := os.Stat(p.path)
	return err != nil || err2 != nil || !os.SameFile(ours, named)
}

// dropCompanions removes what a killed process left beside the file: SQLite would take a log there for this one's.
func (p *partial) dropCompanions() {
	for _, suffix := range companions {
		os.Remove(p.path + suffix)
	}
}

// become puts the finished file in its place, so that it is whole there or not there, even if the machine stops.
func (p *partial) become() error {
	if err := p.Sync(); err != nil {
		return err
	}
	if err := os.Rename(p.path, p.final); err != nil {
		return err
	}
	p.done = true
	return errors.Join(p.Close(), syncFolder(p.final))
}

// discard removes the file, unless it has become what it was to become.
func (p *partial) discard() {
	if p.done {
		return
	}
	p.done = true
	p.dropCompanions()
	os.Remove(p.path)
	p.Close()
}

// syncFolder makes the names in the folder of a file as lasting as the files.
func syncFolder(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
