package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"askahead/domain"
	"askahead/store"
)

type permitFlags struct {
	session, audience, by, evidence string
	revoke                          bool
}

func (a *app) permitCommand() *cobra.Command {
	var f permitFlags
	cmd := &cobra.Command{
		Use:   "permit QUESTION…",
		Short: "Record that a source allows more people to read a question",
		Long: `permit records that whoever labelled a question allows an audience to read it that its label leaves out: who says so, and what
shows it. From then on the question has the label of that audience, for these words: when they change at their source,
the permission is void. It never makes a label stricter, and there is none for TLP:RED, which is not stored.

--revoke takes it back; readers of an edition that quoted the question are told. askahead question ID shows both, and the
audit log has them.`,
		Example: `  askahead permit k7wq2m.1 --audience clear --by rosa --evidence "mail of the team, 3 March"
  askahead permit k7wq2m.1 --revoke --by rosa`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			switch {
			case len(ids) == 0:
				return withHint(usagef("the id of a question is missing"), "askahead questions --held shows what its label keeps back")
			case f.revoke && (f.audience != "" || f.evidence != ""):
				return usagef("--revoke takes a permission back; it goes with --by alone")
			case !f.revoke && f.audience == "":
				return usagef("--audience says who may read it: clear, green, amber or amber+strict")
			case !f.revoke && f.evidence == "":
				return usagef(`--evidence says what shows that the source allows it: --evidence "mail of the team, 3 March"`)
			}
			return a.permit(cmd.Context(), cmd.OutOrStdout(), ids, f)
		},
	}
	cmd.Flags().StringVar(&f.session, "session", "", "session (default: the only one)")
	cmd.Flags().StringVar(&f.audience, "audience", "", "who may read it from now on: clear, green, amber, amber+strict")
	cmd.Flags().StringVar(&f.by, "by", "", "who records it (default: your login name)")
	cmd.Flags().StringVar(&f.evidence, "evidence", "", "what shows the permission: where it is written, and when")
	cmd.Flags().BoolVar(&f.revoke, "revoke", false, "take it back")
	return cmd
}

func (a *app) permit(ctx context.Context, out io.Writer, ids []string, f permitFlags) error {
	d := store.Decision{Verb: store.Revoke, At: a.now().UTC()}
	if !f.revoke {
		audience, err := parseAudience("--audience", f.audience)
		if err != nil {
			return err
		}
		d.Verb, d.Audience, d.Reason = store.Permit, audience, f.evidence
	}
	var err error
	if d.By, err = a.moderator(f.by); err != nil {
		return err
	}
	e, err := a.openToLook(ctx, f.session)
	if err != nil {
		return err
	}
	defer e.close()
	session, err := e.session(f.session)
	if err != nil {
		return err
	}
	d.Session = session.ID
	m := &moderation{env: e, session: session, audience: domain.Clear, out: out}
	for _, id := range ids {
		q, err := m.find(ctx, id)
		if err != nil {
			return err
		}
		if err := m.permitOne(ctx, q, d); err != nil {
			return fmt.Errorf("%s: %w", q.ID, err)
		}
	}
	return nil
}

// permitOne records it for one question, unless nothing would change by that.
func (m *moderation) permitOne(ctx context.Context, q domain.Question, d store.Decision) error {
	own := q.TLP
	if q.Labelled != 0 {
		own = q.Labelled
	}
	switch {
	case d.Verb == store.Revoke && q.Labelled == 0:
		_, err := fmt.Fprintf(m.out, "%s: there is no permission; nothing recorded\n", q.ID)
		return err
	case d.Verb == store.Permit && own.For(d.Audience):
		_, err := fmt.Fprintf(m.out, "%s: it is %s, so they may read it already; nothing recorded\n", q.ID, own.Label())
		return err
	}
	d.Question = q.ID
	d, err := d.Cleaned()
	if err != nil {
		return usage(err)
	}
	now, err := m.store.Decide(ctx, d, m.line.Grouper)
	if err != nil {
		return err
	}
	if d.Verb == store.Revoke {
		_, err = fmt.Fprintf(m.out, "%s: %s again; an edition that quoted it for others is recalled by the next one\n", q.ID, labelWord(now.TLP))
		return err
	}
	_, err = fmt.Fprintf(m.out, "%s: %s from now on, in the place of %s, as long as its words stay the same\n", q.ID, labelWord(now.TLP), labelWord(own))
	return err
}

// labelWord names a label, also the lack of one.
func labelWord(l domain.TLP) string {
	if l.Label() != "" {
		return l.Label()
	}
	return l.String()
}
