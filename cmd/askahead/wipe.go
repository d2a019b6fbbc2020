package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"askahead/domain"
	"askahead/store"
	"askahead/topics"
)

// wipeFlags are those of `askahead wipe`.
type wipeFlags struct {
	dry, yes       bool
	verify, public string
}

func (a *app) wipeCommand() *cobra.Command {
	var f wipeFlags
	cmd := &cobra.Command{
		Use:   "wipe SESSION",
		Short: "End a session: remove everything personal, and say so",
		Long: `wipe removes all that is kept of a session but its counts: the questions, who asked them, what they were found by,
what moderators decided, who got which edition, and what could not be read. It writes the database anew, so that the
bytes are gone from its files, and prints a signed statement of what went and of the session's figures. Nothing
is collected for the session any more, whether the configuration still lists it or not.

It asks you to type the session's id, unless you say --yes, and can't be undone. Stop askahead run before. When wipe
is stopped, the same command goes on, and prints the statement again; it is kept in the database.

Backups, and editions that were sent or written to files, are yours to delete: wipe lists where it knows of some.
--verify FILE tells whether a statement is as it was signed, and by whose key.`,
		Example: `  askahead wipe igf2018-ws164 --dry-run
  askahead wipe igf2018-ws164 > statement.txt
  askahead wipe --verify statement.txt`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.verify != "" {
				if len(args) > 0 {
					return usagef("--verify takes a statement's file, and no session")
				}
				return a.verifyStatement(cmd.OutOrStdout(), f)
			}
			if len(args) != 1 {
				return usagef("wipe needs the id of one session")
			}
			return a.wipe(cmd.Context(), cmd.OutOrStdout(), args[0], f)
		},
	}
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "print what would be stated, unsigned, and change nothing")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().StringVar(&f.verify, "verify", "", "check the statement in this file instead")
	cmd.Flags().StringVar(&f.public, "public-key", "", "with --verify: the key that must have signed it, in base64 (default: this instance's)")
	return cmd
}

func (a *app) wipe(ctx context.Context, out io.Writer, id string, f wipeFlags) error {
	e, err := a.openToLook(ctx, id)
	if err != nil {
		return err
	}
	defer e.close()
	s, err := e.statement(ctx, id)
	if err != nil {
		return err
	}
	order := store.Wipe{Session: id, At: s.at, By: s.by, Shared: s.shared, Try: true, State: s.unsigned}
	would, err := e.store.Wipe(ctx, order)
	if err != nil {
		return err
	}
	if len(would.Gone) == 0 && !would.Before && s.title == "" {
		return withHint(fmt.Errorf("%w: there is no session %s", domain.ErrNotFound, id), "askahead status lists those that there are")
	}
	if f.dry {
		_, err := io.WriteString(out, would.Statement)
		return err
	}
	if !would.Before && !f.yes {
		if err := a.confirmWipe(ctx, id); err != nil {
			return err
		}
	}
	order.Try, order.State = false, func(gone []store.Cleared) (string, error) {
		text, err := s.unsigned(gone)
		return signed(text, e.store.Keys().Signer()), err
	}
	done, err := e.store.Wipe(ctx, order)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, done.Statement); err != nil {
		return err
	}
	err = e.compact(ctx, a.err, "wipe "+id)
	e.tellCopies(id)
	return err
}

// statement gathers what is said of a session as long as it is there.
func (e *env) statement(ctx context.Context, id string) (*statement, error) {
	s := &statement{session: id, by: e.app.operator(""), at: e.app.now().UTC(), shared: true, editions: map[string]int{}}
	_, file := e.cfg.Store.SQLite()
	s.server = !file
	options := topics.DefaultOptions()
	for i := range e.cfg.Sessions {
		if known := &e.cfg.Sessions[i]; known.ID != id {
			s.shared = false
		} else {
			s.title = known.Title
			options = digestOptions(e.cfg, known).Thresholds
		}
	}
	var voices []store.Voice
	err := e.store.Voices(ctx, id, domain.AmberStrict, time.Time{}, func(v store.Voice) error {
		voices = append(voices, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.concerns = topics.Measure(voices, options)
	editions, err := e.store.Editions(ctx, id, "", maxEditions)
	for _, ed := range editions {
		s.editions[ed.Name]++
	}
	return s, err
}

func (s *statement) unsigned(gone []store.Cleared) (string, error) {
	s.gone = gone
	return s.text(), nil
}

// confirmWipe has the session's id typed.
func (a *app) confirmWipe(ctx context.Context, id string) error {
	if !a.interactive {
		return withHint(usagef("wipe removes a session for good, and there is nobody to ask"), "say --yes; --dry-run shows what would go")
	}
	fmt.Fprintf(a.err, "This removes all that is kept of session %s, for good. Type its id to go on: ", printable(id))
	typed, err := newLines(a.in).next(ctx)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if strings.TrimSpace(typed) != id {
		return errors.New("that is not its id; nothing was removed")
	}
	return nil
}

// tellCopies lists where copies may lie that askahead knows of.
func (e *env) tellCopies(id string) {
	if e.app.quiet {
		return
	}
	var places []string
	if path, ok := e.cfg.Store.SQLite(); ok {
		beside, _ := filepath.Glob(e.cfg.Resolve(path) + ".before-restore-*")
		places = append(places, beside...)
	}
	for _, s := range append(e.wiped, e.cfg.Sessions...) {
		if s.ID != id || s.Digest == nil {
			continue
		}
		for _, ed := range s.Digest.Editions {
			if found, _ := filepath.Glob(filepath.Join(e.cfg.Resolve(ed.Out), id+"-*")); ed.Out != "" && len(found) > 0 {
				places = append(places, e.cfg.Resolve(ed.Out))
			}
		}
	}
	for _, place := range places {
		fmt.Fprintf(e.app.err, "askahead: %s holds words of before; delete it if nobody needs it\n", printable(place))
	}
	fmt.Fprintln(e.app.err, "askahead: backups that were made before hold the session still; delete them. Take it out of the configuration when you like.")
}

// maxStatement is far longer than any statement, in bytes.
const maxStatement = 1 << 20

func (a *app) verifyStatement(out io.Writer, f wipeFlags) error {
	file, err := os.Open(f.verify)
	if err != nil {
		return fmt.Errorf("read the statement: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxStatement+1))
	switch {
	case err != nil:
		return fmt.Errorf("read the statement: %w", err)
	case len(text) > maxStatement:
		return fmt.Errorf("%s: %w: it is too long", f.verify, errStatement)
	}
	public, err := verified(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", f.verify, err)
	}
	key := base64.StdEncoding.EncodeToString(public)
	if f.public != "" {
		if f.public != key {
			return fmt.Errorf("%s: it was signed with another key: %s", f.verify, key)
		}
		_, err := fmt.Fprintln(out, "as it was signed, with the key that you gave")
		return err
	}
	if a.ownStatement(public) {
		_, err := fmt.Fprintln(out, "as it was signed, by this instance")
		return err
	}
	_, err = fmt.Fprintf(out, "as it was signed, with the key %s: ask whoever ran that askahead whether it is theirs\n", key)
	return err
}

// ownStatement tells whether one of the generations of this instance's key signed.
func (a *app) ownStatement(public ed25519.PublicKey) bool {
	cfg, err := a.load()
	if err != nil {
		return false
	}
	key, err := cfg.Key()
	if err != nil {
		return false
	}
	keys := domain.NewKeys(key)
	for generation := 1; generation <= keys.Generation(); generation++ {
		if public.Equal(keys.Until(generation).Signer().Public()) {
			return true
		}
	}
	return false
}
