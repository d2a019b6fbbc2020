package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"askahead/digest"
	"askahead/domain"
)

// edition is an edition on its way out.
type edition struct {
	digest.Edition
	session, name string
	folder        string // empty: the standard output
	formats       []string
	record        bool
}

// publish writes an edition. Everything is rendered and lies on the disk under other names before the edition is
// recorded, and gets its names after that: a disk that is full costs no number and no recall, and no two
// editions carry the same number.
func (e *env) publish(ctx context.Context, out io.Writer, ed edition) error {
	rendered, err := ed.render()
	if err != nil {
		return err
	}
	var files []written
	defer func() {
		for _, f := range files {
			os.Remove(f.temporary) // those that have their names are not there any more
		}
	}()
	if ed.folder != "" {
		if err := os.MkdirAll(ed.folder, 0o755); err != nil {
			return fmt.Errorf("make the folder for editions: %w", err)
		}
		for i, text := range rendered {
			f, err := writeBeside(ed.path(ed.formats[i]), text)
			if err != nil {
				return err
			}
			files = append(files, f)
		}
	}
	if ed.record {
		saved, err := e.store.SaveEdition(ctx, ed.Record(ed.formats...))
		if err != nil {
			return fmt.Errorf("record it: %w", err)
		}
		if saved.Number != ed.Number() {
			return fmt.Errorf("%w: edition %d was made by another askahead just now; make it again", domain.ErrConflict, ed.Number())
		}
	}
	if ed.folder == "" {
		if _, err := out.Write(rendered[0]); err != nil {
			return err
		}
		if ed.record && !e.app.quiet {
			fmt.Fprintf(e.app.err, "askahead: recorded as edition %d of %q; the next one tells what is new since (--preview records nothing)\n", ed.Number(), ed.name)
		}
		return nil
	}
	for _, f := range files {
		if err := os.Rename(f.temporary, f.path); err != nil {
			return fmt.Errorf("name a file of the edition: %w", err)
		}
		if _, err := fmt.Fprintln(out, f.path); err != nil {
			return err
		}
	}
	return nil
}

func (ed edition) render() ([][]byte, error) {
	var all [][]byte
	for _, name := range ed.formats {
		format, _ := formatNamed(name)
		var b bytes.Buffer
		if err := format.Write(&b, ed.Edition); err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
		all = append(all, b.Bytes())
	}
	return all, nil
}

// path is SESSION-EDITION-NUMBER.EXT in the folder.
func (ed edition) path(name string) string {
	format, _ := formatNamed(name)
	return filepath.Join(ed.folder, fmt.Sprintf("%s-%s-%d%s", ed.session, ed.name, ed.Number(), format.Extension))
}

// written is a file that waits for its name.
type written struct{ temporary, path string }

// writeBeside writes text to a new file in the folder of path. It is readable by its owner alone: the operator
// decides who else may.
func writeBeside(path string, text []byte) (w written, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return w, fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(f.Name())
		return w, fmt.Errorf("write %s: %w", path, err)
	}
	return written{f.Name(), path}, nil
}
