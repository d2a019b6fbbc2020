package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"askahead/config"
	"askahead/domain"
	"askahead/store"
)

func (a *app) keyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Rotate the key of the instance",
		Long: `key is about the instance's key, under which ids and pseudonyms are made, contact data is sealed and statements
are signed. docs/keys.md says what each generation of it does.`,
		Example: `  askahead key rotate`,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.keyRotateCommand())
	return cmd
}

func (a *app) keyRotateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rotate",
		Short: "Add a generation to the key, and carry what is stored to it",
		Long: `rotate writes a new key below the old one in the key file, and carries all pseudonyms and sealed contact data to it
in one transaction. Who has the old key alone, and the database from now on, can neither test a guess of who asked
nor open a contact, nor add to the audit log. Copies of the database from before are still open to the old key.

The old key stays in the file: without it, nobody would be known again who has asked before, and backups from before
could not be used. If rotate is stopped in the middle, everything goes on with the old key; run it again and it
goes on where it was.

Start askahead run anew afterwards: until then it writes nothing. Where the key stands in an environment variable, put
the new one behind the old one there, with a comma between, and run rotate.`,
		Example: `  askahead key rotate && sudo systemctl restart askahead`,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.rotateKey(cmd.Context(), cmd.OutOrStdout()) },
	}
}

func (a *app) rotateKey(ctx context.Context, out io.Writer) error {
	e, err := a.openToLook(ctx, "key")
	if err != nil {
		return err
	}
	defer e.close()
	// One at a time: a second key in the file, in the place of one that the store has been carried to, would be its end.
	return e.alone(ctx, store.Shared, "key", "the key", func(ctx context.Context) error { return e.rotateKey(ctx, out) })
}

func (e *env) rotateKey(ctx context.Context, out io.Writer) error {
	key, err := e.cfg.Key()
	if err != nil {
		return err
	}
	if domain.NewKeys(key).Generation() == e.store.Keys().Generation() { // else a rotation was begun
		if key, err = e.cfg.AddKey(); errors.Is(err, config.ErrKeyElsewhere) {
			name := strings.TrimPrefix(string(e.cfg.KeyAt), "env:")
			return withHint(err, "put a new key behind the old one in %s, as OLD,NEW, and run the same command: openssl rand -base64 32 makes one", name)
		}
		if err != nil {
			return err
		}
	}
	done, err := e.store.Rotate(ctx, domain.NewKeys(key), e.app.operator(""), e.app.now().UTC())
	if err != nil {
		return withHint(err, "everything goes on with the old key; run the same command again")
	}
	_, err = fmt.Fprintf(out, "The key is at generation %d: %s and %s were carried to it; %s.\n"+
		"Copy the key again to where you keep it, and start askahead run anew: until then it writes nothing.\n",
		done.To, count(done.Pseudonyms, "pseudonym"), count(done.Contacts, "sealed contact"), keyPlace(e.cfg))
	return err
}
