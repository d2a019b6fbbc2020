package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"askahead/privacy"
)

func (a *app) privacyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "privacy",
		Short: "Write what the law wants to be told",
		Long: `privacy notice writes the notice to those whose questions are gathered, privacy record the record of processing, both
in Markdown and from the configuration as it is. docs/privacy.md explains to a data protection officer what
askahead does and does not do.

Neither is legal advice. Read them before you publish them.`,
		Example: `  askahead privacy notice > notice.md
  askahead privacy record > record.md`,
		Args: noArgs,
	}
	cmd.AddCommand(a.privacyNoticeCommand(), a.privacyRecordCommand())
	return cmd
}

func (a *app) privacyNoticeCommand() *cobra.Command {
	var session string
	var strict bool
	cmd := &cobra.Command{
		Use:   "notice",
		Short: "Write the notice to those whose questions are gathered (Article 14 of the GDPR)",
		Long: `notice writes who is responsible, what for, which data from where, who gets it, how long it is kept, and what people
can do about it. Put it where you call for questions.

What only you can know stands under controller: in the configuration. What is missing there is marked in the text
and listed on standard error; with --strict it is an error.`,
		Example: `  askahead privacy notice > notice.md
  askahead privacy notice --session igf2018-ws164 --strict`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.writePrivacy(cmd.OutOrStdout(), privacy.Notice, session, strict)
		},
	}
	cmd.Flags().StringVar(&session, "session", "", "of this session alone; without it, of all")
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with 1 if something is missing")
	return cmd
}

func (a *app) privacyRecordCommand() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use:   "record",
		Short: "Write the record of processing activities (Article 30 of the GDPR)",
		Long: `record writes the points (a) to (g) of Article 30(1): purposes, people, data, recipients, time limits, security. What only you can
know stands under controller: in the configuration; what is missing there is marked and listed.`,
		Example: `  askahead privacy record > record.md`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.writePrivacy(cmd.OutOrStdout(), privacy.Record, "", strict)
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with 1 if something is missing")
	return cmd
}

func (a *app) writePrivacy(out io.Writer, write func(privacy.Facts) (privacy.Document, error), session string, strict bool) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if session != "" {
		if _, err := sessionOf(cfg, session); err != nil {
			return err
		}
	}
	d, err := write(privacyFacts(cfg, session, a.now()))
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, d.Text); err != nil {
		return err
	}
	if len(d.Gaps) == 0 {
		return nil
	}
	var missing []string
	for _, g := range d.Gaps {
		missing = append(missing, fmt.Sprintf("`%s`: %s", g.Key, g.What))
	}
	say := fmt.Errorf("%s to be said by you: %s", verb(len(missing), "thing is", "things are"), strings.Join(missing, "; "))
	if strict {
		return withHint(say, "docs/configuration.md explains the keys of `controller:`")
	}
	fmt.Fprintf(a.err, "askahead: %s\n", say)
	return nil
}
