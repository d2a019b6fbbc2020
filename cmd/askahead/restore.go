package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"askahead/config"
	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

func (a *app) restoreCommand() *cobra.Command {
	var opts sqlstore.RestoreOptions
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put what a backup holds back into the store",
		Long: `restore puts what askahead backup wrote to FILE into the store that the configuration names, SQLite or
PostgreSQL. It needs the key of the askahead that made the backup. FILE is read from end to end before anything
is touched, and the store afterwards; in the end the whole backup is there, or all that was there before. A
backup of an older askahead is brought up to date, and what has outlived its retention since is removed.

Stop askahead run first. Where a store holds data already, nothing happens unless you say --replace. A SQLite
file is then kept beside the new one; the rows of a PostgreSQL database are gone, so back it up before.`,
		Example: `  askahead restore /var/backups/askahead/2018-11-05.db
  askahead restore --replace /var/backups/askahead/2018-11-05.db`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("restore needs the name of one file")
			}
			return a.restore(cmd.Context(), cmd.OutOrStdout(), args[0], opts)
		},
	}
	cmd.Flags().BoolVar(&opts.Replace, "replace", false, "have the backup instead of the data that is in the store")
	cmd.Flags().BoolVar(&opts.Force, "force", false, "though another askahead seems to be at work on the PostgreSQL database: it is stopped short")
	return cmd
}

func (a *app) restore(ctx context.Context, out io.Writer, path string, opts sqlstore.RestoreOptions) error {
	cfg, err := a.loadOr("restore")
	if err != nil {
		return err
	}
	key, err := cfg.Key() // never a new one: it would not be the backup's
	if errors.Is(err, fs.ErrNotExist) {
		return withHint(err, "a backup can only be used with the key of the askahead that made it; without it, what it holds is lost")
	}
	if err != nil {
		return err
	}
	bar := a.newProgress("restore")
	opts.Options, opts.Now, opts.Report = sqlstore.Options{Version: version}, a.now(), bar.rows
	done, err := sqlstore.Restore(ctx, storeAddress(cfg), path, domain.NewKeys(key), opts)
	bar.finish()
	if err != nil {
		return a.explainRestore(err)
	}
	if err := a.actOn(ctx, cfg, key, "restore", done.Backup); err != nil {
		return err
	}
	return a.printRestored(out, cfg, path, done)
}

// explainRestore adds what to do where that depends on the command.
func (a *app) explainRestore(err error) error {
	var leased *store.Leased
	switch {
	case errors.As(err, &leased):
		return withHint(err, "stop askahead run; if it is gone and left this behind, wait until that time, or say --force")
	case errors.Is(err, store.ErrLocked):
		return withHint(err, "stop askahead run, and whatever else works with this store")
	case errors.Is(err, store.ErrDamaged), errors.Is(err, store.ErrNotOurs):
		return withHint(err, "nothing was changed; take another backup")
	case errors.Is(err, store.ErrFull):
		return withHint(err, "nothing was changed; free some space and run the same command again")
	}
	return err
}

func (a *app) printRestored(out io.Writer, cfg *config.Config, path string, done sqlstore.Restored) error {
	made := ""
	if !done.Backup.Made.IsZero() {
		made = ", made " + done.Backup.Made.Format(time.DateTime) + " UTC"
	}
	fmt.Fprintf(out, "%s: %s, from %s%s; read from end to end\n", cfg.Store, holdings(done.Contents), path, made)
	if !done.Backup.Sealed {
		fmt.Fprintln(out, "The file was not written by askahead backup, or was opened since: that it holds all it should cannot be told.")
	}
	if done.Backup.Schema < done.Schema {
		fmt.Fprintf(out, "The backup was of an older askahead (schema %d); it is up to date now (schema %d).\n", done.Backup.Schema, done.Schema)
	}
	if n := done.Expired.Items; n > 0 {
		fmt.Fprintf(out, "%s had outlived its retention since, and went again.\n", count(n, "item"))
	}
	if done.Kept != "" {
		fmt.Fprintf(out, "What was there before is kept in %s: delete it when you need it no more.\n", done.Kept)
	}
	if a.quiet {
		return nil
	}
	_, err := fmt.Fprintln(out, "Next: askahead collect --sweep, so that what was deleted or edited at its source since the backup is so here too.")
	return err
}
