package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"askahead/config"
)

// editionChecks try the folder of every edition that has one; those that are mailed go through checkMail.
func (e *env) editionChecks() []check {
	var checks []check
	for i := range e.cfg.Sessions {
		s := &e.cfg.Sessions[i]
		if s.Digest == nil {
			continue
		}
		for _, ed := range s.Digest.Editions {
			if ed.Out != "" {
				checks = append(checks, check{about: fmt.Sprintf("edition %s/%s (%s)", s.ID, ed.Name, ed.Audience), at: ed.At,
					run: func(context.Context) []finding { return e.checkOut(ed) }})
			}
		}
	}
	return checks
}

// checkOut says whether an edition can be written.
func (e *env) checkOut(ed config.Edition) []finding {
	folder := e.cfg.Resolve(ed.Out)
	there := folder
	for !exists(there) && filepath.Dir(there) != there {
		there = filepath.Dir(there)
	}
	if err := tryFolder(there); err != nil {
		return []finding{fails("write files to "+folder, err)}
	}
	if there != folder {
		return []finding{works("make the folder %s; the first edition does it", folder)}
	}
	return []finding{works("write files to %s", folder)}
}

// tryFolder makes a file in a folder and removes it again.
func tryFolder(folder string) error {
	folder, err := absolute(folder)
	if err != nil {
		return err
	}
	if info, err := os.Stat(folder); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file, not a folder; name another one", folder)
	}
	f, err := os.CreateTemp(folder, ".askahead-check-*")
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the user that runs askahead may not make files in %s; give that user the right to (chown, or chgrp and chmod)", folder)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s; make it", folder)
	case err != nil:
		return fmt.Errorf("no file can be made in %s: %w", folder, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
