//go:build cgo

package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"askahead/store"
)

// copyTables copies the rows of tables, in their order, and tells what they were. It holds a few hundred rows at a
// time.
func copyTables(ctx context.Context, from, to *tx, tables []table, m *meter) (tallies, error) {
	all := tallies{}
	for _, tab := range tables {
		copied, err := copyTable(ctx, from, to, tab, m)
		if err != nil {
			return nil, fmt.Errorf("copy the table %s: %w", tab.name, err)
		}
		all[tab.name] = copied
	}
	return all, nil
}

func copyTable(ctx context.Context, from, to *tx, tab table, m *meter) (tally, error) {
	into := "INSERT INTO " + tab.name + " (" + strings.Join(tab.columns, ", ") + ")"
	cols := len(tab.columns)
	var c counting
	args := make([]any, 0, to.d.maxRows*cols)
	flush := func() error {
		_, err := to.insert(ctx, into, cols, args, "")
		args = args[:0]
		return err
	}
	// SQLite keeps most tables in the order of their key: rows that come in it are appended.
	sorted := to.d.placeholder == "?"
	err := from.stream(ctx, tab, sorted, func(row []any) error {
		m.add(1)
		if err := c.add(row); err != nil {
			return err
		}
		args = append(args, row...)
		if len(args) == cap(args) {
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	return c.tally, err
}

// copyMeta copies what the database says of itself.
func copyMeta(ctx context.Context, from, to *tx) error {
	meta, err := readMeta(ctx, from)
	if err != nil {
		return err
	}
	return writeMeta(ctx, to, meta)
}

// explainFile says what was tried, and what to do where the file system refused it.
func explainFile(doing string, err error) error {
	advice := ""
	var code syscall.Errno
	switch {
	case !errors.As(err, &code):
	case code == syscall.ENOSPC || code == syscall.EDQUOT || code == syscall.EFBIG:
		return fmt.Errorf("%s: %w: free some space, or name a file on another disk; nothing that was there is lost", doing, store.ErrFull)
	case code == syscall.ENOENT:
		advice = ": its folder does not exist; create it"
	case code == syscall.EACCES || code == syscall.EPERM || code == syscall.EROFS:
		advice = ": name a file in a folder that you may write to"
	}
	if strings.HasPrefix(err.Error(), doing+": ") {
		return err
	}
	return fmt.Errorf("%s: %w%s", doing, err, advice)
}

// copyWhile is io.Copy until ctx ends.
func copyWhile(ctx context.Context, to io.Writer, from io.Reader) (int64, error) {
	return io.Copy(to, readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return from.Read(p)
	}))
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
