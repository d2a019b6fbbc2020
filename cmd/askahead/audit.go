package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"askahead/store"
)

func (a *app) auditCommand() *cobra.Command {
	var since string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Show what operators did",
		Long: `audit lists who did what and when, the oldest first: decisions about questions, editions, backups and restores,
other configurations, purges, wipes and keys. It holds ids and figures, and nothing of those who asked.

Rows are only added, and each is sealed with the one before it under the instance's key: audit verify tells
where the log is not as it was written.`,
		Example: `  askahead audit
  askahead audit --since 7d
  askahead audit --json | jq 'select(.do == "dismiss")'
  askahead audit verify`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.audit(cmd.Context(), cmd.OutOrStdout(), since, asJSON)
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "done since: 7d, 12h or 2018-11-01")
	cmd.Flags().BoolVar(&asJSON, "json", false, "JSON Lines, with times in UTC")
	cmd.AddCommand(a.auditVerifyCommand())
	return cmd
}

func (a *app) audit(ctx context.Context, out io.Writer, since string, asJSON bool) error {
	q := store.ActQuery{}
	if since != "" {
		var err error
		if q.Since, err = parseSince(since, a.now()); err != nil {
			return err
		}
	}
	e, err := a.openToLook(ctx, "")
	if err != nil {
		return err
	}
	defer e.close()
	write := writeActs
	if asJSON {
		write = writeActsJSON
	}
	for any := false; ; any = true {
		acts, err := e.store.Acts(ctx, q)
		if err != nil {
			return err
		}
		if len(acts) == 0 {
			if !any && !asJSON {
				_, err = fmt.Fprintln(out, "nothing was recorded")
			}
			return err
		}
		if err := write(out, acts); err != nil {
			return err
		}
		q.After = acts[len(acts)-1].Number
	}
}

func writeActs(out io.Writer, acts []store.Act) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, a := range acts {
		line := []string{strconv.FormatInt(a.Number, 10), a.At.UTC().Format(time.DateTime), a.By, a.Do, cmp.Or(a.Session, "-"), cmp.Or(a.Of, "-"), cmp.Or(a.Detail, "-")}
		for i, field := range line {
			line[i] = printable(field)
		}
		if _, err := fmt.Fprintln(w, strings.Join(line, "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}

// actJSON is an act as machines read it.
type actJSON struct {
	Number  int64     `json:"number"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Do      string    `json:"do"`
	Session string    `json:"session,omitempty"`
	Of      string    `json:"of,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Seal    string    `json:"seal"`
}

func writeActsJSON(out io.Writer, acts []store.Act) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, a := range acts {
		if err := enc.Encode(actJSON{a.Number, a.At.UTC(), a.By, a.Do, a.Session, a.Of, a.Detail, a.Seal}); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) auditVerifyCommand() *cobra.Command {
	var holds string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Tell whether the audit log is as it was written",
		Long: `verify reads the whole log and checks every seal. Where an act was changed, added, moved or taken out, also at the
end, it names the first one that can't be relied on, and the exit code is 1.

Whoever puts an old copy of the whole database in its place goes back in time with it, and every seal fits. Note the
line that verify prints, as 41:9f86d081…, somewhere else, and give it with --holds the next time: it must still be there.`,
		Example: `  askahead audit verify
  askahead audit verify --holds 41:9f86d081884c7d65`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.auditVerify(cmd.Context(), cmd.OutOrStdout(), holds)
		},
	}
	cmd.Flags().StringVar(&holds, "holds", "", "NUMBER:SEAL that an earlier verify printed")
	return cmd
}

// shownSeal is how much of a seal is printed to be noted: 64 bits.
const shownSeal = 16

func (a *app) auditVerify(ctx context.Context, out io.Writer, holds string) error {
	number, seal, err := parseHolds(holds)
	if err != nil {
		return err
	}
	e, err := a.openToLook(ctx, "")
	if err != nil {
		return err
	}
	defer e.close()
	chain, err := e.store.VerifyActs(ctx)
	if broken, ok := errors.AsType[*store.BrokenChain](err); ok {
		return withHint(broken, "compare with the log of a backup: askahead --config OTHER audit; acts before %d are as they were written", broken.At)
	}
	if err != nil {
		return err
	}
	if holds != "" {
		acts, err := e.store.Acts(ctx, store.ActQuery{After: number - 1, Limit: 1})
		if err != nil {
			return err
		}
		if len(acts) == 0 || acts[0].Number != number || !strings.HasPrefix(acts[0].Seal, seal) {
			return withHint(fmt.Errorf("the log no longer holds act %s: it is shorter than it was, or another one", holds),
				"an older copy of the database stands in its place; if you restored a backup, note the end of the log anew")
		}
	}
	if chain.Acts == 0 {
		_, err := fmt.Fprintln(out, "nothing was recorded")
		return err
	}
	_, err = fmt.Fprintf(out, "%s, all as they were written\n%d:%s\n", count(int(chain.Acts), "act"), chain.Acts, chain.Seal[:shownSeal])
	return err
}

func parseHolds(holds string) (number int64, seal string, err error) {
	if holds == "" {
		return 0, "", nil
	}
	first, seal, _ := strings.Cut(holds, ":")
	number, err = strconv.ParseInt(first, 10, 64)
	if err != nil || number < 1 || len(seal) < shownSeal || strings.Trim(seal, "0123456789abcdef") != "" {
		return 0, "", usagef("--holds %s: write what verify printed, as 41:9f86d081884c7d65", holds)
	}
	return number, seal, nil
}
