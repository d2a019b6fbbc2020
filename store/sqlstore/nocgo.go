//go:build !cgo

package sqlstore

import "context"

// SQLite is C. Without a C compiler the driver would build, and fail when a database is opened; this stops the
// build instead, with what to do.
var _ int = "askahead needs cgo for SQLite: install a C compiler (Debian: apt install gcc libc6-dev) and build with CGO_ENABLED=1"

func openSQLite(context.Context, string, Options) (*DB, error) { return nil, nil }

func tablesOf(context.Context, int) ([]table, error) { return nil, nil }

func lookSQLite(string) (*DB, error) { return nil, nil }
