package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"askahead/store"
)

// compactTime is how long compactPostgres waits for a lock.
const compactTime = 10 * time.Second

// connectTimeout is how long a server may take to answer, where the DSN says nothing.
const connectTimeout = 10 * time.Second

// openPostgres prepares a pool of connections; nothing is sent yet.
func openPostgres(dsn string, opts Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		// The error may quote a part of the password; it is left out.
		return nil, errors.New("open the store: the address of the PostgreSQL database cannot be read: write " +
			"postgres://USER:PASSWORD@HOST:PORT/NAME, with %-codes for special characters in the password")
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "askahead"
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(opts.Readers + 4)
	pool.SetMaxIdleConns(opts.Readers + 4)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	name := net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port))) + "/" + cfg.Database
	return &DB{d: postgresDialect(opts), name: name, writer: pool, reader: pool}, nil
}

func postgresDialect(opts Options) *dialect {
	return &dialect{
		ddl:         strings.NewReplacer(),
		placeholder: "$",
		maxRows:     1024,
		begin:       fmt.Sprintf("SET LOCAL lock_timeout = %d", opts.Wait.Milliseconds()),
		// Any number that no one else uses, and the schema: what another instance does in its own is no concern of ours.
		lockSchema: "SELECT pg_advisory_xact_lock(731031057, hashtext(current_schema()))",
		lockTables: "LOCK TABLE %s IN EXCLUSIVE MODE",
		tables:     "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()",
		size: `SELECT cast(coalesce(sum(pg_total_relation_size(c.oid)), 0) AS bigint) FROM pg_class c
			JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r'`,
		reading: &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
		explain: explainPostgres,
		rights:  postgresRights,
		forget:  func(context.Context, *sql.DB) error { return nil }, // VACUUM runs by itself
		compact: compactPostgres,
	}
}

// compactPostgres rewrites each table and its indexes into new files. It has no say in the server's write-ahead log, its
// archive, its standbys and its backups, nor over rows that a transaction elsewhere can still see.
func compactPostgres(ctx context.Context, db *sql.DB, tables []table) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("SET lock_timeout = %d", compactTime.Milliseconds())); err != nil {
		return err
	}
	for _, tab := range tables {
		if _, err = conn.ExecContext(ctx, "VACUUM (FULL) "+tab.name); err != nil {
			break
		}
	}
	_, reset := conn.ExecContext(context.WithoutCancel(ctx), "RESET lock_timeout")
	return errors.Join(err, reset)
}

// postgresRights asks for what refuses writers in general; a right that one table lacks is left to its first use.
func postgresRights(ctx context.Context, t *tx, create bool) (advice string, err error) {
	var schema, mayCreate, standby bool
	_, err = t.row(ctx, `SELECT current_schema() IS NOT NULL,
		coalesce(has_schema_privilege(current_schema(), 'CREATE'), false), pg_is_in_recovery()`, nil, &schema, &mayCreate, &standby)
	code := ""
	switch {
	case err != nil:
		return "", err
	case standby:
		code = "25006"
	case !schema:
		code = "3F000"
	case create && !mayCreate:
		code = "42501"
	}
	advice, _ = explainCode(code)
	return advice, nil
}

// explainPostgres reads the codes of https://www.postgresql.org/docs/current/errcodes-appendix.html.
func explainPostgres(err error) (advice string, sentinel error) {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return explainCode(e.Code)
	}
	var connect *pgconn.ConnectError
	var op net.Error
	switch {
	case errors.As(err, &connect), errors.As(err, &op), errors.Is(err, driver.ErrBadConn),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), pgconn.Timeout(err):
		return "check its address and that it runs, then try again" + reason(err), store.ErrUnreachable
	}
	return "", nil
}

func explainCode(code string) (advice string, sentinel error) {
	switch code {
	case "53100":
		return "free some space on the server and try again; what was saved before is intact", store.ErrFull
	case "55P03":
		return "wait until it is done, or end it, and try again", store.ErrLocked
	case "42P07":
		return "the schema holds tables of another program; make a database of its own for askahead", store.ErrNotOurs
	case "08000", "08001", "08003", "08004", "08006", "57P01", "57P02", "57P03", "53300":
		return "it is starting, stopping or has too many connections; try again", store.ErrUnreachable
	case "28P01", "28000":
		return "correct the user and the password", nil
	case "3D000":
		return "create the database", nil
	case "3F000":
		return "create the schema that search_path names", nil
	case "42501":
		return "grant the user the rights to create and change tables there", nil
	case "25006":
		return "the server is a standby; name the primary", nil
	}
	return "", nil
}

// reason is the system's word for why a connection failed; it names no user and no password.
func reason(err error) string {
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return " (" + dns.Err + ")"
	case errors.As(err, &op) && op.Err != nil:
		return " (" + op.Err.Error() + ")"
	}
	return ""
}
