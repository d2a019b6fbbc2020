package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"askahead/communities"
	"askahead/domain"
	"askahead/store"
)

// coverageFlags are those of `askahead tags coverage`.
type coverageFlags struct {
	session string
	most    int
	least   int
	json    bool
}

func (a *app) tagsCoverageCommand() *cobra.Command {
	var f coverageFlags
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "Show how much is tagged by which rule, and which domains are untagged",
		Long: `coverage shows how many of the questions that were gathered have a community, a region and a theme, by which
rules, and how many are unknown; in which sources those are; and the domains from which most items come that no rule
knows, each as a line to paste below rules:.

Domains are those of items that asked nothing, of which a count by domain is kept; of a question no domain is. A domain with fewer than --least items is not named, for a few mails may be one person's; how many there are is
said. Webmail is left out: it says nothing, and no rule about it would.`,
		Example: `  askahead tags coverage
  askahead tags coverage --most 50 --least 20
  askahead tags coverage --json | jq .untagged`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.most < 1 || f.most > 1000 || f.least < 1 {
				return usagef("--most %d --least %d: allowed are 1–1000 and 1 or more", f.most, f.least)
			}
			return a.tagsCoverage(cmd.Context(), cmd.OutOrStdout(), f)
		},
	}
	cmd.Flags().StringVar(&f.session, "session", "", "session (default: the only one)")
	cmd.Flags().IntVar(&f.most, "most", 15, "at most so many untagged domains")
	cmd.Flags().IntVar(&f.least, "least", 5, "name no domain with fewer items")
	cmd.Flags().BoolVar(&f.json, "json", false, "one JSON object")
	return cmd
}

// coverage is the object of --json.
type coverage struct {
	Session       string           `json:"session"`
	Questions     int64            `json:"questions"`
	Contradicting int64            `json:"contradicting"`
	Kinds         []coveredKind    `json:"kinds"`
	Sources       []coveredSource  `json:"sources"`  // with questions of unknown askers
	Senders       coveredSenders   `json:"senders"`  // by everything that was read
	Untagged      []untaggedSender `json:"untagged"` // domains and lists, the most frequent first
}

type coveredKind struct {
	Kind    string        `json:"kind"`
	Tagged  int64         `json:"tagged"` // questions
	Unknown int64         `json:"unknown"`
	Rules   []coveredRule `json:"rules"`
}

type coveredRule struct {
	Value     string `json:"value"`
	Rule      string `json:"rule"`
	Questions int64  `json:"questions"`
	First     int64  `json:"first"` // of those, how many count for it
}

type coveredSource struct {
	Source    string `json:"source"`
	Questions int64  `json:"questions"`
	Unknown   int64  `json:"unknown"`
}

// coveredSenders are items by their sender's domain.
type coveredSenders struct {
	Items    int64 `json:"items"`
	Tagged   int64 `json:"tagged"`
	Webmail  int64 `json:"webmail"`
	Untagged int64 `json:"untagged"`
	Few      int64 `json:"few"` // domains that are not named, for they have too few items
}

type untaggedSender struct {
	Domain string `json:"domain"`
	Items  int64  `json:"items"`
	Rule   string `json:"rule"` // a line for the configuration; WHO is for the organiser to fill in
}

func (a *app) tagsCoverage(ctx context.Context, out io.Writer, f coverageFlags) error {
	e, err := a.openToLook(ctx, f.session)
	if err != nil {
		return err
	}
	defer e.close()
	session, err := e.session(f.session)
	if err != nil {
		return err
	}
	known, err := communities.Load()
	if err != nil {
		return err
	}
	tagger, err := newTagger(known, session)
	if err != nil {
		return err
	}
	stored, err := e.store.Coverage(ctx, session.ID)
	if err != nil {
		return err
	}
	c := coverageOf(session.ID, stored)
	if err := e.store.Senders(ctx, session.ID, c.adding(tagger, f)); err != nil {
		return err
	}
	if f.json {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return enc.Encode(c)
	}
	return c.write(out, f)
}

func coverageOf(session string, s store.Coverage) coverage {
	c := coverage{Session: session, Questions: s.Questions, Contradicting: s.Contradicting, Sources: []coveredSource{}, Untagged: []untaggedSender{}}
	for _, kind := range []string{domain.TagCommunity, domain.TagRegion, domain.TagTheme} {
		k := coveredKind{Kind: kind, Rules: []coveredRule{}}
		for _, r := range s.Rules {
			if r.Kind == kind {
				k.Tagged += r.First
				k.Rules = append(k.Rules, coveredRule{r.Value, r.Rule, r.Questions, r.First})
			}
		}
		k.Unknown = s.Questions - k.Tagged
		c.Kinds = append(c.Kinds, k)
	}
	for _, src := range s.Sources {
		if src.Unknown > 0 {
			c.Sources = append(c.Sources, coveredSource{src.Source, src.Questions, src.Unknown})
		}
	}
	return c
}

// adding gives what takes in the senders: each domain as today's rules see it.
func (c *coverage) adding(tagger *communities.Tagger, f coverageFlags) func(key string, n int64) error {
	return func(key string, n int64) error {
		fact, name, _ := strings.Cut(key, " ")
		if fact != domain.FactDomain {
			return nil
		}
		c.Senders.Items += n
		switch {
		case tagger.Webmail(name):
			c.Senders.Webmail += n
		case tagger.Knows(domain.Fact{Name: fact, Value: name}):
			c.Senders.Tagged += n
		default:
			c.Senders.Untagged += n
			switch {
			case n < int64(f.least):
				c.Senders.Few++
			case len(c.Untagged) < f.most:
				c.Untagged = append(c.Untagged, untaggedSender{name, n, fmt.Sprintf("- {when: {domain: %s}, tag: {community: WHO}}", yamlWord(name))})
			}
		}
		return nil
	}
}

// yamlWord quotes what a YAML file would not read as a text.
func yamlWord(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-')
	}) || strings.Trim(s, "0123456789.-") == "" {
		return strconv.Quote(s)
	}
	return s
}

func (c *coverage) write(out io.Writer, f coverageFlags) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s of session %s\n", count(int(c.Questions), "question"), c.Session)
	for _, k := range c.Kinds {
		fmt.Fprintf(w, "\n%s\tquestions\tof all\tby\n", k.Kind)
		for _, r := range k.Rules {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", printable(r.Value), thousands(int(r.Questions)), share(r.Questions, c.Questions), printable(r.Rule))
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", domain.Unknown, thousands(int(k.Unknown)), share(k.Unknown, c.Questions))
	}
	if c.Contradicting > 0 {
		fmt.Fprintf(w, "\n%s tags that do not agree on who asked: askahead questions --contradicting\n", had(c.Contradicting))
	}
	if len(c.Sources) > 0 {
		fmt.Fprint(w, "\nunknown by source\tquestions\tof its\n")
		for _, s := range c.Sources {
			fmt.Fprintf(w, "  %s\t%s\t%s\n", printable(s.Source), thousands(int(s.Unknown)), share(s.Unknown, s.Questions))
		}
	}
	s := c.Senders
	fmt.Fprintf(w, "\nsenders' domains of what asked nothing\titems\tof all\n")
	for _, l := range []struct {
		name string
		n    int64
	}{{"known or under a rule", s.Tagged}, {"webmail, which says nothing", s.Webmail}, {"untagged", s.Untagged}} {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", l.name, thousands(int(l.n)), share(l.n, s.Items))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return c.writeUntagged(out, f)
}

func had(n int64) string {
	if n == 1 {
		return "1 question has"
	}
	return thousands(int(n)) + " questions have"
}

// writeUntagged prints the next rules, ready to be pasted.
func (c *coverage) writeUntagged(out io.Writer, f coverageFlags) error {
	var b strings.Builder
	if len(c.Untagged) > 0 {
		b.WriteString("\nThe most frequent untagged domains. Paste those that you know below rules:, with the community for WHO:\n\n")
		width := 0
		for _, u := range c.Untagged {
			width = max(width, len(u.Rule))
		}
		for _, u := range c.Untagged {
			fmt.Fprintf(&b, "      %-*s  # %s\n", width, printable(u.Rule), count(int(u.Items), "item"))
		}
	}
	if c.Senders.Few > 0 {
		fmt.Fprintf(&b, "\n%s with fewer than %d items %s not named\n", count(int(c.Senders.Few), "untagged domain"), f.least, was(c.Senders.Few))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func was(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// share is a part of all, as people read it.
func share(n, of int64) string {
	if of == 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 1, 64) + " %"
}
