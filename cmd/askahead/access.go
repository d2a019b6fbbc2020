package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"askahead/requests"
)

func (a *app) accessCommand() *cobra.Command {
	var author bool
	var by string
	cmd := &cobra.Command{
		Use:   "access WHO…",
		Short: "Show somebody what is kept of them",
		Long: `access writes, in Markdown, everything that is kept of a person: each question with where it is from, until when it is
kept, every tag with its reason, and the editions that showed it. It tells of nobody else. Make sure that who asks is
who they say before you hand it over: answer to the address itself.

WHO is what askahead forget takes. The address of a post shows that post alone; with --author, all that its author asked.`,
		Example: `  askahead access person@example.org > answer.md
  askahead access --author https://social.example/@person/1`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("access needs somebody: a mail address, an account, or the address of a profile or a post")
			}
			return a.access(cmd.Context(), cmd.OutOrStdout(), args, author, by)
		},
	}
	cmd.Flags().BoolVar(&author, "author", false, "with the address of a post: everything of its author")
	cmd.Flags().StringVar(&by, "by", "", "who does it, for the audit log (default: your login name)")
	return cmd
}

func (a *app) access(ctx context.Context, out io.Writer, names []string, author bool, by string) error {
	e, err := a.openToLook(ctx, "")
	if err != nil {
		return err
	}
	defer e.close()
	desk := &requests.Desk{Store: e.store, Keys: e.line.Keys, Now: a.now}
	w, err := e.look(ctx, desk, names, author)
	if err != nil {
		return err
	}
	answer, err := desk.Access(ctx, w.person, a.operator(by))
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, printable(answer.Text())); err != nil {
		return err
	}
	for _, ed := range w.reads {
		fmt.Fprintf(a.err, "askahead: %s is mailed to this address\n", ed)
	}
	return nil
}
