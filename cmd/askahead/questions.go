package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"askahead/communities"
	"askahead/config"
	"askahead/domain"
	"askahead/protect"
	"askahead/store"
	"askahead/terms"
)

// questionFlags are the filters of `askahead questions`.
type questionFlags struct {
	session, community, region, theme, source, language, search, since, audience, state, topic string

	kinds []string
	limit int
	held  bool
	wants bool
	json  bool
}

func (a *app) questionsCommand() *cobra.Command {
	var f questionFlags
	cmd := &cobra.Command{
		Use:   "questions",
		Short: "List the questions that were gathered",
		Long: `questions lists what was gathered for a session, newest first, with its tags.

It shows what --audience may read, TLP:CLEAR unless you say more, and counts what it holds back.
--held shows what is held back instead: that is for the operator's eyes. --state selects by what moderators
decided; askahead question decides. Questions about the meeting (logistics) and those that want no answer (rhetorical)
are kept apart, and no digest shows them: --kind lists them, each with the reason.`,
		Example: `  askahead questions --community civil-society --since 7d
  askahead questions --search "whois gdpr"
  askahead questions --topic k7wq2m.1 --audience green
  askahead questions --kind logistics,rhetorical
  askahead questions --audience green --json | jq .text`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.questions(cmd.Context(), cmd.OutOrStdout(), f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.session, "session", "", "session (default: the only one)")
	flags.StringVar(&f.community, "community", "", `community, or "unknown"`)
	flags.StringVar(&f.region, "region", "", "UN regional group")
	flags.StringVar(&f.theme, "theme", "", "agenda point")
	flags.StringVar(&f.source, "source", "", "name of a source")
	flags.StringVar(&f.language, "language", "", "language, as fr")
	flags.StringVar(&f.search, "search", "", "words that must all occur, in any form")
	flags.StringVar(&f.topic, "topic", "", "those that ask the same as this one: a question's id, also a short one, or a topic's")
	flags.StringVar(&f.since, "since", "", "collected since: 7d, 12h or 2018-11-01")
	flags.StringVar(&f.audience, "audience", "clear", "who will read the list: clear, green, amber, amber+strict")
	flags.StringSliceVar(&f.kinds, "kind", []string{string(domain.Panel)}, "panel, logistics, rhetorical")
	flags.StringVar(&f.state, "state", "", "open, approved, dismissed, answered or all (default: all but the dismissed ones)")
	flags.IntVar(&f.limit, "limit", 50, "at most so many; 0 is all")
	flags.BoolVar(&f.held, "held", false, "what --audience may not read, instead (for the operator)")
	flags.BoolVar(&f.wants, "wants-answer", false, "those alone whose askers want an answer; askahead question ID contact shows where")
	flags.BoolVar(&f.json, "json", false, "JSON Lines")
	return cmd
}

func (a *app) questions(ctx context.Context, out io.Writer, f questionFlags) error {
	if _, err := parseAudience("--audience", f.audience); err != nil {
		return err
	}
	e, err := a.openToLook(ctx, f.session)
	if err != nil {
		return err
	}
	defer e.close()
	query, err := a.questionQuery(e, f)
	if err != nil {
		return err
	}
	if f.topic != "" {
		id, err := e.topicNamed(ctx, query, f.topic)
		if err != nil {
			return err
		}
		query.Topics = []string{id}
	}
	shown, more := 0, false
	for f.limit == 0 || shown < f.limit {
		query.Limit = 1000
		if f.limit > 0 {
			query.Limit = min(1000, f.limit-shown)
		}
		page, err := e.store.Questions(ctx, query)
		if err != nil {
			return err
		}
		if err := a.printQuestions(out, f, query.Audience, page.Questions); err != nil {
			return err
		}
		shown += len(page.Questions)
		query.After = page.Next
		if more = page.Next != ""; !more {
			break
		}
	}
	if f.json || a.quiet {
		return nil
	}
	return a.printQuestionsFoot(ctx, e, f, query, shown, more)
}

// topicNamed gives the id of the topic that has it, or of that which the question with this id is in.
func (e *env) topicNamed(ctx context.Context, query store.Query, name string) (string, error) {
	id := strings.TrimPrefix(name, "#")
	found, err := e.store.Topics(ctx, query.Session, []string{id})
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return id, nil
	}
	m := &moderation{env: e, session: e.cfg.Session(query.Session), audience: query.Audience}
	q, err := m.find(ctx, id)
	if err != nil {
		return "", fmt.Errorf("--topic: %w", err)
	}
	if q.Topic == "" {
		return "", usagef("--topic %s: it is %s, and only questions for the panel have a topic", name, q.Kind)
	}
	return q.Topic, nil
}

func (a *app) questionQuery(e *env, f questionFlags) (store.Query, error) {
	session, err := e.session(f.session)
	if err != nil {
		return store.Query{}, err
	}
	audience, err := parseAudience("--audience", f.audience)
	if err != nil {
		return store.Query{}, err
	}
	if err := checkFilters(session, f); err != nil {
		return store.Query{}, err
	}
	q := store.Query{Session: session.ID, Audience: audience, Held: f.held, Community: f.community, Region: f.region,
		Theme: f.theme, Source: f.source, Language: f.language, Answer: f.wants}
	q.Standing = store.Standing(f.state)
	if allowed := standings(); f.state != "" && !slices.Contains(allowed, f.state) {
		return q, usagef("--state %s%s", f.state, config.Suggest(f.state, allowed, "Allowed"))
	}
	if f.search != "" {
		if q.Terms = terms.Query(f.search, cmp.Or(f.language, "und")); len(q.Terms) == 0 {
			return q, usagef("--search %q has no word to search for", f.search)
		}
	}
	for _, k := range f.kinds {
		switch kind := domain.Kind(k); kind {
		case domain.Panel, domain.Logistics, domain.Rhetorical:
			q.Kinds = append(q.Kinds, kind)
		default:
			return q, usagef("--kind %s: allowed are panel, logistics, rhetorical", k)
		}
	}
	if f.since != "" {
		if q.Since, err = parseSince(f.since, a.now()); err != nil {
			return q, err
		}
	}
	return q, nil
}

func standings() []string {
	return []string{string(store.Undecided), string(store.IsApproved), string(store.IsDismissed), string(store.IsAnswered), string(store.AnyStanding)}
}

// vocabulary is what tags a session knows.
type vocabulary struct{ communities, regions, themes []string }

func vocabularyOf(s *config.Session) (v vocabulary) {
	for _, c := range communities.Vocabulary() {
		v.communities = append(v.communities, c.ID)
	}
	for _, c := range s.Communities {
		v.communities = append(v.communities, c.ID)
	}
	for _, r := range communities.Regions() {
		v.regions = append(v.regions, r.ID)
	}
	for _, a := range s.Agenda {
		v.themes = append(v.themes, a.ID)
	}
	return v
}

// checkFilters refuses a filter that nothing can match, for an empty list would look like an answer.
func checkFilters(s *config.Session, f questionFlags) error {
	if f.limit < 0 {
		return usagef("--limit %d: allowed is 0 (all) and above", f.limit)
	}
	known := vocabularyOf(s)
	for _, c := range []struct {
		flag, value string
		allowed     []string
	}{{"--community", f.community, append([]string{domain.Unknown}, known.communities...)},
		{"--region", f.region, known.regions}, {"--theme", f.theme, known.themes}} {
		if c.value != "" && !slices.Contains(c.allowed, c.value) {
			if len(c.allowed) == 0 {
				return usagef("%s %s: session %s has none", c.flag, c.value, s.ID)
			}
			return usagef("%s %s: allowed are %s", c.flag, c.value, strings.Join(c.allowed, ", "))
		}
	}
	if n := len(f.language); n != 0 && (n < 2 || n > 3) {
		return usagef("--language %s: allowed is a code of two or three letters, as fr, or und", f.language)
	}
	return nil
}

// listed is one line of --json, and what the text shows.
type listed struct {
	ID        string      `json:"id"`
	Text      string      `json:"text"`
	Context   string      `json:"context,omitempty"`
	Language  string      `json:"language"`
	Kind      domain.Kind `json:"kind"`
	Why       string      `json:"why,omitempty"` // the rule that took it and chose its kind; missing once it is edited
	Topic     string      `json:"topic,omitempty"`
	Published string      `json:"published,omitempty"` // RFC 3339; missing where the Chatham House Rule hides it
	URL       string      `json:"url,omitempty"`
	TLP       string      `json:"tlp"`
	Support   int         `json:"support,omitempty"` // how many people reacted with approval at its source; missing where nobody did, or the Chatham House Rule hides it
	Tags      []listedTag `json:"tags"`
	State     string      `json:"state"` // open, approved, dismissed; changed: at its source since it was approved
	Edited    bool        `json:"edited"`
	Answered  string      `json:"answered,omitempty"` // RFC 3339
	Answer    string      `json:"answer,omitempty"`   // where: a moderator's words, or a link
}

type listedTag struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
	Rule  string `json:"rule"`
}

// printQuestions shows one page. What the audience may read goes through the gate like every other output; what
// is held back (--held) can't, by its nature: it is shown to the operator, masked all the same. So is what is
// dismissed, where a moderator asks for it (--state).
func (a *app) printQuestions(out io.Writer, f questionFlags, audience domain.TLP, qs []domain.Question) error {
	var list []listed
	var held []protect.Held
	switch standing := store.Standing(f.state); {
	case f.held:
		for i := range qs {
			list = append(list, heldBack(&qs[i]))
		}
	case standing == store.IsDismissed || standing == store.AnyStanding:
		for i := range qs {
			v, why := protect.Review(audience, &qs[i])
			if why != "" {
				held = append(held, protect.Held{ID: qs[i].ID, Why: why})
				continue
			}
			list = append(list, listedOf(v))
		}
	default:
		var gated protect.Gated
		gated, held = protect.Gate(audience, qs)
		for v := range gated.All() {
			list = append(list, listedOf(v))
		}
	}
	if !a.quiet {
		for _, h := range held {
			fmt.Fprintf(a.err, "askahead: %s is not shown: %s\n", h.ID, h.Why)
		}
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, l := range list {
		if f.json {
			if err := enc.Encode(l); err != nil {
				return err
			}
			continue
		}
		if _, err := io.WriteString(out, l.String()); err != nil {
			return err
		}
	}
	return nil
}

func listedOf(v protect.View) listed {
	l := listed{ID: v.ID, Text: v.Text, Context: v.Context, Language: v.Language, Kind: v.Kind, Why: v.Why, Topic: v.Topic,
		URL: v.URL, TLP: v.TLP.String(), Support: v.Support, Tags: []listedTag{}, State: v.State.String(), Edited: v.Edited,
		Answered: stamp(v.Answered), Answer: v.Answer + v.AnswerURL, Published: stamp(v.Published)}
	for _, t := range v.Tags {
		l.Tags = append(l.Tags, listedTag{t.Kind, t.Value, t.Rule})
	}
	return l
}

// stamp gives a time as RFC 3339, empty for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// heldBack shows a question that the gate does not let through: no link, no date, no tags, masked text.
func heldBack(q *domain.Question) listed {
	why := ""
	if !q.Edited {
		why = masked(q.Why)
	}
	return listed{ID: q.ID, Text: masked(q.Text), Context: masked(q.Context), Language: q.Language, Kind: q.Kind, Why: why,
		Topic: q.Topic, TLP: q.TLP.String(), Tags: []listedTag{}, State: q.State.String(), Edited: q.Edited, Answered: stamp(q.Answered)}
}

func (l listed) String() string {
	var b strings.Builder
	b.WriteString(l.ID)
	if len(l.Published) >= len(time.DateOnly) {
		fmt.Fprintf(&b, "  %s", l.Published[:len(time.DateOnly)])
	}
	community := domain.Unknown
	var rest []string
	for _, t := range l.Tags {
		if t.Kind == domain.TagCommunity && community == domain.Unknown {
			community = t.Value
		} else {
			rest = append(rest, t.Value)
		}
	}
	fmt.Fprintf(&b, "  %s  [%s]  TLP:%s", community, l.Language, strings.ToUpper(l.TLP))
	if len(rest) > 0 {
		fmt.Fprintf(&b, "  (%s)", strings.Join(rest, ", "))
	}
	if l.Support > 0 {
		fmt.Fprintf(&b, "  +%d", l.Support)
	}
	for _, mark := range l.marks() {
		fmt.Fprintf(&b, "  %s", mark)
	}
	b.WriteString("\n")
	if l.Context != "" {
		fmt.Fprintf(&b, "    %s\n", printable(l.Context))
	}
	fmt.Fprintf(&b, "    %s\n", printable(l.Text))
	if l.Kind != domain.Panel {
		fmt.Fprintf(&b, "    not for the panel: %s\n", printable(strings.Join(strings.Fields(string(l.Kind)+" ("+l.Why+")"), " ")))
	}
	b.WriteString("\n")
	return b.String()
}

// marks are what moderators decided, in words.
func (l listed) marks() (marks []string) {
	if l.State != domain.Open.String() {
		marks = append(marks, l.State)
	}
	if l.Edited {
		marks = append(marks, "edited")
	}
	if l.Answered != "" {
		marks = append(marks, "answered")
	}
	return marks
}

// printQuestionsFoot says on standard error how many were shown and how many the gate holds back.
func (a *app) printQuestionsFoot(ctx context.Context, e *env, f questionFlags, q store.Query, shown int, more bool) error {
	fmt.Fprintf(a.err, "%s", count(shown, "question"))
	if more {
		fmt.Fprint(a.err, " (there are more: --limit 0 shows all)")
	}
	if !f.held {
		q.Held, q.After, q.Limit = true, "", 1000
		held, err := e.store.Questions(ctx, q)
		if err != nil {
			return err
		}
		if n := len(held.Questions); n > 0 {
			atLeast := ""
			if held.Next != "" {
				atLeast = "at least "
			}
			fmt.Fprintf(a.err, "; %s%s held back from an audience of TLP:%s (--held shows them)", atLeast, thousands(n), strings.ToUpper(f.audience))
		}
	}
	fmt.Fprintln(a.err)
	return nil
}
