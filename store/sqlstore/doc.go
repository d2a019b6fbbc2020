// Package sqlstore keeps what askahead collected in a SQLite file or in a PostgreSQL database: one schema, one
// text of every statement, and a small struct (dialect) for what differs.
//
// # Which database
//
//   - sqlite:PATH is a file that Open creates, readable by its owner alone. It must be on a local disk. One
//     process at a time writes; any number read meanwhile.
//   - postgres://USER:PASSWORD@HOST:PORT/NAME (or postgresql://) is a PostgreSQL database, 13 or newer, with
//     the parameters of libpq and pgx behind the "?". The tables go into the first schema of search_path.
//
// Behind pgbouncer in transaction pooling, prepared statements do not survive from one transaction to the next:
// add the parameter default_query_exec_mode=exec, as in postgres://bot@pool.example.org/ask?default_query_exec_mode=exec.
//
// # What is promised
//
// Each method of DB is one transaction (Expire: one for every few hundred items). A process that is killed at
// any moment leaves the state before its transaction or the one behind it. With SQLite, a power cut may take
// back the last transactions, but never a part of one: the cursor goes with its items.
//
// Whatever writes to a session writes the session's row first, so two processes that save to one session do so
// one after the other, and different sessions do not wait for each other on PostgreSQL.
//
// # Backups
//
// Backup writes a database of either kind to a SQLite file, and Restore puts such a file into a database of either
// kind. Both work on the tables as the migrations make them, row by row or page by page, and know nothing of what
// stands in them: a new table is backed up without a word.
package sqlstore
