package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"askahead/config"
	"askahead/domain"
	"askahead/store/sqlstore"
)

func (a *app) backupCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write everything that is stored to one file",
		Long: `backup writes all that the store holds at one moment to FILE, while others may go on working with it. FILE is
a SQLite database of the same tables, whether the store is SQLite or PostgreSQL, so that it also moves an
instance from one to the other. It is read from end to end before it gets its name.

The key is not in it: keep a copy of the key in another place than the backups. Without it, a backup is of no
use to anybody, you included. The configuration is not in it either.

A backup goes on holding what was removed from the store since. Keep few, and throw old ones away.`,
		Example: `  askahead backup /var/backups/askahead/$(date +%F).db
  askahead backup --force askahead-latest.db`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("backup needs the name of one file")
			}
			return a.backUp(cmd.Context(), cmd.OutOrStdout(), args[0], force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace FILE if it is there")
	return cmd
}

func (a *app) backUp(ctx context.Context, out io.Writer, path string, force bool) error {
	cfg, err := a.loadOr("backup") // what was imported without a configuration can be backed up without one
	if err != nil {
		return err
	}
	key, err := a.ownKey(cfg)
	if err != nil {
		return err
	}
	bar := a.newProgress("backup")
	c, err := sqlstore.Backup(ctx, storeAddress(cfg), path, domain.NewKeys(key), sqlstore.BackupOptions{
		Options: sqlstore.Options{Version: version}, Now: a.now(), Replace: force, Report: bar.rows})
	bar.finish()
	if errors.Is(err, fs.ErrExist) {
		return withHint(err, "name another file, or say --force to replace it")
	}
	if err != nil {
		return err
	}
	if c.Schema == sqlstore.Schema() { // else it was left as it is: only a newer askahead's first use changes it
		if err := a.actOn(ctx, cfg, key, "back up", c); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%s: %s; %s, read from end to end\nThe key is not in it: %s. Keep a copy elsewhere: without it this backup cannot be used.\n",
		path, holdings(c), size(c.Size), keyPlace(cfg))
	return err
}

// ownKey is the key of a store that is there; none is made.
func (a *app) ownKey(cfg *config.Config) ([]byte, error) {
	if _, file := cfg.Store.SQLite(); file {
		return a.key(cfg, false)
	}
	return cfg.Key()
}

// rows shows how many rows are done.
func (p *progress) rows(done, total int64) { p.at(done, total, "rows", "") }

// holdings is "2 sessions, 1,204 questions, 5 editions".
func holdings(c sqlstore.Contents) string {
	return count(int(c.Sessions), "session") + ", " + count(int(c.Questions), "question") + ", " + count(int(c.Editions), "edition")
}

// size is "812 bytes", "3.4 MB".
func size(bytes int64) string {
	const kilo = 1000
	if bytes < kilo {
		return count(int(bytes), "byte")
	}
	value, unit := float64(bytes)/kilo, 0
	units := [...]string{"kB", "MB", "GB", "TB"}
	for value >= kilo && unit < len(units)-1 {
		value, unit = value/kilo, unit+1
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

// keyPlace says where the instance's key is.
func keyPlace(cfg *config.Config) string {
	if name, ok := strings.CutPrefix(string(cfg.KeyAt), "env:"); ok {
		return "it is in the environment variable " + name
	}
	return "it is in " + cfg.Resolve(strings.TrimPrefix(string(cfg.KeyAt), "file:"))
}
