package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"askahead/config"
	"askahead/domain"
	"askahead/requests"
	"askahead/store"
)

type forgetFlags struct {
	dry, yes, json         bool
	author, again, onlyNow bool
	by                     string
}

func (a *app) forgetCommand() *cobra.Command {
	var f forgetFlags
	cmd := &cobra.Command{
		Use:   "forget WHO…",
		Short: "Erase what is kept of somebody, and read them no more",
		Long: `forget erases everything that is kept of a person, in all sessions: their questions, what they were found by, what
moderators decided about them, who of the readers they were. Editions that quoted them are followed by a line that
recalls it. Nothing that they write is read from then on, by whatever source it comes; --once erases and goes
on reading, --lift reads them again.

WHO is a mail address, an account with its server (@user@social.example, @user:matrix.example), did:…, the number of a
Discord user, NETWORK:ID as in a saved chat, or the address of a profile. The address of a post, or mid:MESSAGE-ID, is that
post alone; with --author, all that its author asked. Several are the same person's.

The receipt names nobody. Messages without a question can't be found by whom they are from: of these there is only a
code and a count. What is in backups and in editions that were sent stays there.`,
		Example: `  askahead forget person@example.org --dry-run
  askahead forget @person@social.example https://social.example/@person/1
  askahead forget --lift person@example.org`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return usagef("forget needs somebody: a mail address, an account, or the address of a profile or a post")
			case f.again && (f.author || f.onlyNow || f.dry):
				return usagef("--lift only takes people off the list of those who are not read; it goes with no other flag")
			}
			return a.forget(cmd.Context(), cmd.OutOrStdout(), args, f)
		},
	}
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "say what would go, and change nothing")
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&f.author, "author", false, "with the address of a post: everything of its author")
	cmd.Flags().BoolVar(&f.onlyNow, "once", false, "erase, and go on reading them")
	cmd.Flags().BoolVar(&f.again, "lift", false, "read them again; nothing that was erased comes back")
	cmd.Flags().BoolVar(&f.json, "json", false, "the receipt as JSON")
	cmd.Flags().StringVar(&f.by, "by", "", "who does it, for the audit log (default: your login name)")
	return cmd
}

func (a *app) forget(ctx context.Context, out io.Writer, names []string, f forgetFlags) error {
	e, err := a.openToLook(ctx, "")
	if err != nil {
		return err
	}
	defer e.close()
	desk := &requests.Desk{Store: e.store, Keys: e.line.Keys, Now: a.now}
	w, err := e.look(ctx, desk, names, f.author)
	if err != nil {
		return err
	}
	if f.again {
		return e.readAgain(ctx, out, desk, w, a.operator(f.by))
	}
	left := !f.onlyNow && len(w.person.Askers) > 0
	if f.dry {
		_, err := io.WriteString(out, w.summary("would be erased", left))
		return err
	}
	if !f.yes {
		if err := a.confirmForget(ctx, w.summary("will be erased, for good", left)); err != nil {
			return err
		}
	}
	done, err := desk.Forget(ctx, w.person, left, a.operator(f.by))
	if err != nil {
		return err
	}
	if err := writeReceipt(out, &done, f.json); err != nil {
		return err
	}
	if done.Erased.Questions+done.Erased.Quarantined > 0 {
		if err := e.compact(ctx, a.err, "purge"); err != nil {
			return err
		}
	}
	for _, ed := range w.reads {
		fmt.Fprintf(a.err, "askahead: %s mails to this address still: take it out of `to:`\n", ed)
	}
	return nil
}

func (e *env) readAgain(ctx context.Context, out io.Writer, desk *requests.Desk, w *somebody, by string) error {
	was, err := desk.ReadAgain(ctx, w.person, by)
	if err != nil {
		return err
	}
	if !was {
		return fmt.Errorf("%w: nobody by this name had asked not to be read", domain.ErrNotFound)
	}
	_, err = fmt.Fprintln(out, "Read again from now on. Nothing that was erased comes back.")
	return err
}

// somebody is whom a command is about, and what is kept of them.
type somebody struct {
	person   store.Person
	holdings []store.Holding
	reads    []string // editions that are mailed to them
	left     bool     // they are not read already
}

// look finds whom the names mean. author takes everything of those who wrote what is named.
func (e *env) look(ctx context.Context, desk *requests.Desk, names []string, author bool) (*somebody, error) {
	w := &somebody{}
	for _, name := range names {
		id, err := requests.Identify(name)
		if err != nil {
			return nil, usage(err)
		}
		p := id.Person(desk.Keys)
		w.person.Askers = append(w.person.Askers, p.Askers...)
		w.person.Items = append(w.person.Items, p.Items...)
		w.person.URLs = append(w.person.URLs, p.URLs...)
		w.person.Words = append(w.person.Words, p.Words...)
		w.person.Recipients = append(w.person.Recipients, p.Recipients...)
		w.reads = append(w.reads, readsOf(e.cfg, id.Address)...)
	}
	var err error
	if w.holdings, err = desk.Holdings(ctx, w.person); err != nil {
		return nil, err
	}
	if author {
		w.person = requests.WithAuthors(w.person, w.holdings)
		if w.holdings, err = desk.Holdings(ctx, w.person); err != nil {
			return nil, err
		}
	}
	since, err := desk.Store.Suppressed(ctx, w.person.Askers)
	w.left = len(since) > 0
	return w, err
}

// readsOf names the editions that are mailed to an address.
func readsOf(cfg *config.Config, address string) (editions []string) {
	for _, s := range cfg.Sessions {
		if s.Digest == nil || address == "" {
			continue
		}
		for _, ed := range s.Digest.Editions {
			for _, to := range ed.To {
				if strings.EqualFold(to, address) {
					editions = append(editions, fmt.Sprintf("edition %s of %s", ed.Name, s.ID))
				}
			}
		}
	}
	return editions
}

// summary says what is kept of somebody, in figures.
func (w *somebody) summary(what string, leave bool) string {
	sessions, editions := map[string]int{}, map[string]bool{}
	for _, h := range w.holdings {
		sessions[h.Session]++
		for _, ed := range h.Editions {
			editions[fmt.Sprintf("%s %s %d", h.Session, ed.Name, ed.Number)] = true
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s %s.\n", count(len(w.holdings), "question"), count(len(sessions), "session"), what)
	if len(editions) > 0 {
		fmt.Fprintf(&b, "%s quoted some of it; the next one recalls it.\n", count(len(editions), "edition"))
	}
	switch {
	case w.left:
		b.WriteString("Nothing that they write is read already.\n")
	case leave:
		b.WriteString("Nothing that they write will be read from then on.\n")
	}
	return b.String()
}

func (a *app) confirmForget(ctx context.Context, summary string) error {
	if !a.interactive {
		return withHint(usagef("forget erases for good, and there is nobody to ask"), "say --yes; --dry-run shows what would go")
	}
	fmt.Fprint(a.err, summary+"Go on? [y/N] ")
	typed, err := newLines(a.in).next(ctx)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if t := strings.ToLower(strings.TrimSpace(typed)); t != "y" && t != "yes" {
		return errors.New("nothing was erased")
	}
	return nil
}

// receiptJSON is a receipt for machines.
type receiptJSON struct {
	*requests.Forgotten
	Questions   int `json:"questions"`
	Items       int `json:"items"`
	Quarantined int `json:"quarantined"`
	Deliveries  int `json:"deliveries"`
	Editions    int `json:"editions_that_quoted_it"`
	Sessions    int `json:"sessions"`
}

func writeReceipt(out io.Writer, f *requests.Forgotten, asJSON bool) error {
	if !asJSON {
		_, err := io.WriteString(out, f.Text())
		return err
	}
	e := f.Erased
	return json.NewEncoder(out).Encode(receiptJSON{f, e.Questions, e.Items, e.Quarantined, e.Deliveries, e.Editions, f.Sessions})
}
