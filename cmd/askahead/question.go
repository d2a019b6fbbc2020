package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"askahead/config"
	"askahead/domain"
	"askahead/store"
	"askahead/terms"
)

// decideFlags are those of `askahead question`, of all its verbs.
type decideFlags struct {
	session, audience, by, because, text, note, url string

	communities, regions, themes []string
	original                     bool
}

func (a *app) questionCommand() *cobra.Command {
	var f decideFlags
	cmd := &cobra.Command{
		Use:   "question ID… [approve | dismiss | edit | retag | answered | reopen]",
		Short: "Show a question, or decide about it",
		Long: `question shows one question with its tags and what moderators decided about it, or records what you decide:

  approve    an edition with approved_only shows it from now on
  dismiss    no output shows or counts it any more; an edition that quoted it is recalled by the next one
  edit       your wording (--text, or your editor) stands in the place of the asker's; --original takes it back
  retag      your tags stand in the place of those of their kind; --original takes them back
  answered   says so beside it, with --note or --url for where
  reopen     takes back approve, dismiss and answered
  contact    opens the sealed address of who asked for an answer, where the source keeps it; the audit log says so

A decision is recorded with your name and the time, and holds for every later run: also if the question is collected
again, is edited at its source, or goes and comes back. docs/moderating.md says more.

An ID may be as short as a digest prints it: k7wq2m.1. What is above --audience is shown without tags, date and
link, as askahead questions --held shows it.`,
		Example: `  askahead question k7wq2m9dbhfxc3ra.1
  askahead question k7wq2m9dbhfxc3ra.1 dismiss --because "not a question for this panel"
  askahead question k7wq2m9dbhfxc3ra.1 edit --text "Who pays for incident response?"
  askahead question k7wq2m9dbhfxc3ra.1 retag --community civil-society --region unknown
  askahead question k7wq2m9dbhfxc3ra.1 contact
  askahead question k7wq2m9dbhfxc3ra.1 k7wq2m9dbhfxc3ra.2 answered --note "in the session"`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return verbNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, verb, err := splitVerb(args)
			if err != nil {
				return err
			}
			if err := checkDecideFlags(verb, f, func(name string) bool { return cmd.Flags().Changed(name) }); err != nil {
				return err
			}
			return a.question(cmd.Context(), cmd.OutOrStdout(), ids, verb, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.session, "session", "", "session (default: the only one)")
	flags.StringVar(&f.audience, "audience", "clear", "who looks at the screen: clear, green, amber, amber+strict")
	flags.StringVar(&f.by, "by", "", "who decides (default: your login name)")
	flags.StringVar(&f.because, "because", "", "why; dismiss needs it")
	flags.StringVar(&f.text, "text", "", `edit: the new wording; "-" reads it from standard input (default: your editor)`)
	flags.BoolVar(&f.original, "original", false, "edit, retag: back to how it was found; alone: show that too")
	flags.StringArrayVar(&f.communities, "community", nil, `retag: who asked, or "unknown"; may be repeated`)
	flags.StringArrayVar(&f.regions, "region", nil, `retag: UN regional group, or "unknown"`)
	flags.StringArrayVar(&f.themes, "theme", nil, `retag: agenda point, or "unknown"; may be repeated`)
	flags.StringVar(&f.note, "note", "", "answered: where, in words")
	flags.StringVar(&f.url, "url", "", "answered: where, as a link that readers may follow")
	return cmd
}

// verbNames are what can be said behind the ids.
func verbNames() []string {
	return []string{string(store.Approve), string(store.Dismiss), string(store.Edit), string(store.Retag),
		string(store.Answered), string(store.Reopen), string(contact)}
}

// splitVerb tells the ids from what is to be done: an id has a dot in it.
func splitVerb(args []string) (ids []string, verb store.Verb, err error) {
	if n := len(args); n > 0 && !strings.Contains(args[n-1], ".") {
		args, verb = args[:n-1], store.Verb(args[n-1])
		if !slices.Contains(verbNames(), string(verb)) {
			return nil, "", usagef("%q is neither the id of a question nor what can be done with one%s", verb,
				config.Suggest(string(verb), verbNames(), "Allowed"))
		}
	}
	for _, id := range args {
		if !strings.Contains(id, ".") {
			return nil, "", usagef("%q is not the id of a question; those have a dot before their last number", id)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, "", withHint(usagef("the id of a question is missing"), "askahead questions shows it before each of them")
	}
	return ids, verb, nil
}

// checkDecideFlags refuses what does not go together, before anything is opened.
func checkDecideFlags(verb store.Verb, f decideFlags, given func(string) bool) error {
	goes := map[string][]store.Verb{
		"by":      {store.Approve, store.Dismiss, store.Edit, store.Retag, store.Answered, store.Reopen, contact},
		"because": {store.Approve, store.Dismiss, store.Edit, store.Retag, store.Reopen},
		"text":    {store.Edit}, "original": {"", store.Edit, store.Retag},
		"community": {store.Retag}, "region": {store.Retag}, "theme": {store.Retag},
		"note": {store.Answered}, "url": {store.Answered},
	}
	for _, name := range []string{"by", "because", "text", "original", "community", "region", "theme", "note", "url"} {
		if given(name) && !slices.Contains(goes[name], verb) {
			return usagef("--%s goes with %s", name, strings.Join(named(goes[name]), ", "))
		}
	}
	tags := len(f.communities) + len(f.regions) + len(f.themes)
	switch {
	case verb == store.Dismiss && strings.TrimSpace(f.because) == "":
		return usagef(`who dismisses a question says why: --because "…"`)
	case verb == store.Edit && f.original && given("text"), verb == store.Retag && f.original && tags > 0:
		return usagef("--original takes back what was %s; leave out the rest", map[store.Verb]string{store.Edit: "edited", store.Retag: "retagged"}[verb])
	case verb == store.Retag && !f.original && tags == 0:
		return usagef("retag needs --community, --region, --theme or --original")
	case given("note") && given("url"):
		return usagef("--note and --url both say where it was answered; choose one")
	case given("url") && !isLink(f.url):
		return usagef("--url %s is not a link that readers can follow; it begins with https://", f.url)
	}
	return nil
}

func named(verbs []store.Verb) (names []string) {
	for _, v := range verbs {
		if v != "" {
			names = append(names, string(v))
		}
	}
	return names
}

func isLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// question shows the questions, or decides about each of them.
func (a *app) question(ctx context.Context, out io.Writer, ids []string, verb store.Verb, f decideFlags) error {
	audience, err := parseAudience("--audience", f.audience)
	if err != nil {
		return err
	}
	if verb == store.Edit && len(ids) > 1 && !f.original {
		return usagef("one wording can't be that of several questions: name one id")
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
	m := &moderation{env: e, session: session, audience: audience, out: out}
	var questions []domain.Question // all, before anything is decided: a slip leaves no half
	for _, id := range ids {
		q, err := m.find(ctx, id)
		if err != nil {
			return err
		}
		questions = append(questions, q)
	}
	if verb == "" {
		for _, q := range questions {
			if err := m.show(ctx, q, f.original); err != nil {
				return err
			}
		}
		return nil
	}
	if verb == contact {
		return m.contacts(ctx, questions, f.by)
	}
	d, err := m.decision(verb, f)
	if err != nil {
		return err
	}
	for _, q := range questions {
		if err := m.decide(ctx, q, d, f); err != nil {
			return fmt.Errorf("%s: %w", q.ID, err)
		}
	}
	return nil
}

// moderation is one call of `askahead question`.
type moderation struct {
	*env
	session  *config.Session
	audience domain.TLP
	out      io.Writer
}

// shortest is how much of an id a digest prints, before the number of the question in its item.
const shortest = 6

// find gives a question, whatever its label, its kind and how it stands. It may be named as in a digest: #k7wq2m.1.
func (m *moderation) find(ctx context.Context, name string) (domain.Question, error) {
	id := strings.TrimPrefix(name, "#")
	item, number, _ := strings.Cut(id, ".")
	var found []domain.Question
	for _, held := range []bool{false, true} {
		query := store.Query{Session: m.session.ID, Audience: m.audience, Held: held, Standing: store.AnyStanding, Begins: item,
			Kinds: []domain.Kind{domain.Panel, domain.Logistics, domain.Rhetorical}, Limit: 1000}
		page, err := m.store.Questions(ctx, query)
		if err != nil {
			return domain.Question{}, err
		}
		for _, q := range page.Questions {
			switch {
			case q.ID == id:
				return q, nil
			case len(item) >= shortest && strings.HasSuffix(q.ID, "."+number):
				found = append(found, q)
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		var ids []string
		for _, q := range found {
			ids = append(ids, q.ID)
		}
		return domain.Question{}, usagef("%s may be %s: write more of it", name, strings.Join(firstFew(ids), " or "))
	}
	return domain.Question{}, withHint(fmt.Errorf("%w: session %s has no question %s", domain.ErrNotFound, m.session.ID, name),
		"askahead questions --state all lists those that there are; what is gone at its source is gone here")
}

// decision is what the flags say, but for the new wording.
func (m *moderation) decision(verb store.Verb, f decideFlags) (store.Decision, error) {
	d := store.Decision{Session: m.session.ID, Verb: verb, At: m.app.now().UTC(), Reason: f.because}
	switch {
	case verb == store.Edit && f.original:
		d.Verb = store.Unedit
	case verb == store.Retag && f.original:
		d.Verb = store.Untag
	case verb == store.Answered:
		d.Reason = f.note + f.url // one of them
	}
	var err error
	if d.Tags, err = newTags(m.session, f); err != nil {
		return d, err
	}
	d.By, err = m.app.moderator(f.by)
	return d, err
}

// moderator is who decides: the name that was given, or the login name.
func (a *app) moderator(by string) (string, error) {
	if by = strings.TrimSpace(by); by != "" {
		return by, nil
	}
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} { // sudo's USER is the service's, who decides nothing
		if user, ok := a.getenv(name); ok && strings.TrimSpace(user) != "" {
			return strings.TrimSpace(user), nil
		}
	}
	return "", withHint(usagef("a decision is recorded with who made it, and neither USER nor LOGNAME says who you are"),
		"say so with --by NAME")
}

// newTags checks the tags of a retag against what the session knows.
func newTags(s *config.Session, f decideFlags) (tags []domain.Tag, err error) {
	known := vocabularyOf(s)
	for _, c := range []struct {
		kind    string
		values  []string
		allowed []string
	}{{domain.TagCommunity, f.communities, known.communities}, {domain.TagRegion, f.regions, known.regions}, {domain.TagTheme, f.themes, known.themes}} {
		for _, v := range c.values {
			if v != domain.Unknown && !slices.Contains(c.allowed, v) {
				return nil, usagef("--%s %s: there is no such %s in session %s%s", c.kind, v, c.kind, s.ID,
					config.Suggest(v, append(slices.Clone(c.allowed), domain.Unknown), "Allowed"))
			}
			if v == domain.Unknown && len(c.values) > 1 {
				return nil, usagef("--%s %s takes all of them away; leave out the others", c.kind, v)
			}
			tags = append(tags, domain.Tag{Kind: c.kind, Value: v})
		}
	}
	return tags, nil
}

// decide records the decision about one question and says what came of it.
func (m *moderation) decide(ctx context.Context, q domain.Question, d store.Decision, f decideFlags) error {
	d.Question = q.ID
	switch d.Verb {
	case store.Reopen:
		if q.State == domain.Open && q.Answered.IsZero() {
			return errors.New("it is open; there is nothing to take back")
		}
	case store.Edit:
		text, changed, err := m.wording(ctx, q, f)
		if err != nil {
			return err
		}
		if !changed {
			_, err := fmt.Fprintf(m.out, "%s: unchanged, and nothing recorded\n", q.ID)
			return err
		}
		d.Text, d.Terms = text, terms.Of(text, q.Language)
	}
	d, err := d.Cleaned()
	if err != nil {
		return usage(err)
	}
	now, err := m.store.Decide(ctx, d, m.line.Grouper)
	if err != nil {
		return err
	}
	return m.say(ctx, d, q, now)
}
