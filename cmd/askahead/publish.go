package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"askahead/digest"
	"askahead/domain"
	"askahead/store"
)

// edition is an edition on its way out.
type edition struct {
	digest.Edition
	session, name string
	folder        string // empty: no files
	formats       []string
	to            []string // mail addresses; without them and a folder, it goes to the standard output
	record        bool
}

// publish writes an edition, and records it with those who are to get it by mail. Everything is rendered and lies
// on the disk under other names before the edition is recorded, and gets its names after that: a disk that is full
// costs no number and no recall, and no two editions carry the same number.
func (e *env) publish(ctx context.Context, out io.Writer, ed edition) (record store.Edition, err error) {
	rendered, err := ed.render()
	if err != nil {
		return record, err
	}
	var files []written
	defer func() {
		for _, f := range files {
			os.Remove(f.temporary) // those that have their names are not there any more
		}
	}()
	if ed.folder != "" {
		if err := os.MkdirAll(ed.folder, 0o755); err != nil {
			return record, fmt.Errorf("make the folder for editions: %w", err)
		}
		for i, text := range rendered {
			f, err := writeBeside(ed.path(ed.formats[i]), text)
			if err != nil {
				return record, err
			}
			files = append(files, f)
		}
	}
	if ed.record {
		if record, err = e.recordEdition(ctx, ed); err != nil {
			return record, err
		}
	}
	if ed.folder == "" && len(ed.to) == 0 {
		if _, err := out.Write(rendered[0]); err != nil {
			return record, err
		}
		if ed.record && !e.app.quiet {
			fmt.Fprintf(e.app.err, "askahead: recorded as edition %d of %q; the next one tells what is new since (--preview records nothing)\n", ed.Number(), ed.name)
		}
		return record, nil
	}
	for _, f := range files {
		if err := os.Rename(f.temporary, f.path); err != nil {
			return record, fmt.Errorf("name a file of the edition: %w", err)
		}
		if _, err := fmt.Fprintln(out, f.path); err != nil {
			return record, err
		}
	}
	return record, nil
}

// recordEdition records an edition with whoever is to get it by mail.
func (e *env) recordEdition(ctx context.Context, ed edition) (store.Edition, error) {
	record := ed.Record(ed.formats...)
	if len(ed.to) > 0 {
		post, err := e.post()
		if err != nil {
			return record, err
		}
		if record.Recipients, err = post.Recipients(ed.to); err != nil {
			return record, err
		}
	}
	saved, err := e.store.SaveEdition(ctx, record)
	if errors.Is(err, domain.ErrConflict) {
		return record, withHint(fmt.Errorf("record it: %w", err), "the edition of the other askahead stands; run the same command again for one after it")
	}
	if err != nil {
		return record, fmt.Errorf("record it: %w", err)
	}
	return saved, e.act(ctx, ed.session, "make edition", fmt.Sprintf("%s %d", saved.Name, saved.Number),
		fmt.Sprintf("audience=%s questions=%d recipients=%d", saved.Audience, len(record.Questions), len(record.Recipients)))
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

// path is that of the file in a format.
func (ed edition) path(name string) string {
	format, _ := formatNamed(name)
	return filepath.Join(ed.folder, ed.FileName(format))
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
