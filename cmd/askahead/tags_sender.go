package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/net/idna"

	"askahead/domain"
)

func (a *app) tagsTestCommand() *cobra.Command {
	var session, source, text string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "test SENDER…",
		Short: "Show which tags a sender would get, and why",
		Long: `test shows which communities, regions and themes a sender would get, by which rule, because of what, and how strong
that is. Nothing is stored.

A SENDER is an address, a domain, an account of the fediverse (@ada@social.example), a line of a mail's head
("List-Id: teams.lists.example.org", "From: …"), a #hashtag, or NAME=VALUE with one of the facts that rules know:
` + strings.Join(testedFacts(), ", ") + `. Each address and domain is a sender of its own; all the
rest counts for each of them. With --text their words count too.

The rules of --session apply (default: of the first one configured); without a configuration, the built-in ones.`,
		Example: `  askahead tags test ada@cert.example
  askahead tags test ministry.gov.example "List-Id: teams.lists.example.org"
  askahead tags test role=delegate channel=ask-the-panel --text "I speak for civil society."
  askahead tags test --json gov.example un.example | jq .tags`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && text == "" {
				return usagef(`name a sender: an address, a domain, a header as "List-Id: …", or NAME=VALUE`)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.tagsTest(cmd.OutOrStdout(), args, session, source, text, asJSON)
		},
	}
	cmd.Flags().StringVar(&session, "session", "", "session whose rules apply (default: the first one configured)")
	cmd.Flags().StringVar(&source, "source", "", "configured source that they write to")
	cmd.Flags().StringVar(&text, "text", "", "what they write")
	cmd.Flags().BoolVar(&asJSON, "json", false, "JSON Lines, one for each sender")
	return cmd
}

// testedFacts are the facts that can be given as NAME=VALUE.
func testedFacts() []string {
	return []string{domain.FactSource, domain.FactKind, domain.FactList, domain.FactDomain, domain.FactInstance, domain.FactChannel,
		domain.FactRole, domain.FactHashtag, domain.FactName, domain.FactProtocol, domain.FactDeclared}
}

// sender is what is said of somebody on the command line.
type sender struct {
	what    string   // how it is called in the output: never a whole address
	headers []string // lines of a mail's head, as a source would read them
	facts   []domain.Fact
}

// tested is one line of --json.
type tested struct {
	Sender string         `json:"sender"`
	Facts  []testedFact   `json:"facts"` // what the rules see
	Tags   []explainedTag `json:"tags"`
}

type testedFact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (a *app) tagsTest(out io.Writer, args []string, session, source, text string, asJSON bool) error {
	x, err := a.newExplainer("mail", session, source, "")
	if err != nil {
		return err
	}
	var senders []sender
	var all sender // what counts for each
	for _, arg := range args {
		s, own, err := readSender(arg)
		switch {
		case err != nil:
			return err
		case own:
			senders = append(senders, s)
		default:
			all.headers, all.facts = append(all.headers, s.headers...), append(all.facts, s.facts...)
			all.what = strings.TrimPrefix(all.what+", "+s.what, ", ")
		}
	}
	if len(senders) == 0 {
		senders = []sender{{what: all.what}}
		if all.what == "" {
			senders[0].what = "these words"
		}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, s := range senders {
		reading := x.sender(sender{headers: append(s.headers, all.headers...), facts: append(s.facts, all.facts...)}, source, text)
		tags := x.source.Parts[0].Tagger.Tags(&reading, &domain.Found{Text: reading.Own, End: len(reading.Own)})
		if asJSON {
			line := tested{Sender: s.what, Facts: []testedFact{}, Tags: []explainedTag{}}
			for _, f := range reading.Facts {
				line.Facts = append(line.Facts, testedFact{f.Name, f.Value})
			}
			for _, t := range tags {
				line.Tags = append(line.Tags, explainedTag{t.Kind, t.Value, t.Rule, t.Evidence, t.Strength})
			}
			if err := enc.Encode(line); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(&b, "%s\n", printable(s.what))
		writeReasons(&b, "  ", tags)
		b.WriteString("\n")
	}
	_, err = io.WriteString(out, b.String())
	return err
}

// sender reads what is said of somebody as a mail would be read, and adds the facts.
func (x *explainer) sender(s sender, source, text string) domain.Reading {
	head := append(slices.Clone(s.headers), "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit")
	u := x.understand([]byte(strings.Join(head, "\r\n") + "\r\n\r\n" + text + "\r\n"))
	r := u.Reading
	r.Facts = slices.DeleteFunc(r.Facts, func(f domain.Fact) bool { // a source and a kind that nobody named
		return source == "" && (f.Name == domain.FactSource || f.Name == domain.FactKind)
	})
	for _, f := range s.facts {
		r.Facts = append(r.Facts, f)
		if f.Name == domain.FactHashtag {
			r.Hashtags = append(r.Hashtags, f.Value)
		}
	}
	return r
}

// readSender understands one argument. own says that it is somebody: what others say beside it counts for it.
func readSender(arg string) (s sender, own bool, err error) {
	arg = strings.TrimSpace(arg)
	fact := func(name, value string) sender {
		return sender{what: name + " " + value, facts: []domain.Fact{{Name: name, Value: value}}}
	}
	name, value, pair := strings.Cut(arg, "=")
	head, rest, header := strings.Cut(arg, ":")
	switch {
	case arg == "" || len(arg) > 998 || strings.ContainsFunc(arg, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return s, false, usagef("a sender is one line of at most 998 characters")
	case pair && slices.Contains(testedFacts(), name):
		if value = strings.TrimSpace(value); value == "" {
			return s, false, usagef("%s= has no value", name)
		}
		return fact(name, strings.TrimPrefix(value, "#")), name == domain.FactDomain, nil
	case strings.HasPrefix(arg, "#") && len(arg) > 1 && !strings.ContainsAny(arg[1:], " #"):
		return fact(domain.FactHashtag, arg[1:]), false, nil
	case header && slices.Contains([]string{"from", "sender", "reply-to"}, strings.ToLower(head)):
		i := strings.LastIndexByte(rest, '@')
		if i < 0 || asciiDomain(strings.TrimRight(rest[i+1:], "> ")) == "" {
			return s, false, usagef("%s: there is no address in it", head)
		}
		return sender{what: head + " at " + asciiDomain(strings.TrimRight(rest[i+1:], "> ")), headers: []string{arg}}, true, nil
	case header && slices.Contains([]string{"list-id", "list-post", "x-original-from", "x-mailfrom", "x-original-sender"}, strings.ToLower(head)):
		return sender{what: head, headers: []string{arg}}, false, nil
	case strings.HasPrefix(arg, "@") && strings.Count(arg, "@") == 2:
		if host := asciiDomain(arg[strings.LastIndexByte(arg, '@')+1:]); host != "" {
			return sender{what: "an account at " + host, facts: []domain.Fact{{Name: domain.FactInstance, Value: host}}}, true, nil
		}
	case strings.Count(arg, "@") == 1 && strings.IndexAny(arg, "@ :<") > 0 && !strings.ContainsAny(arg, " :<"):
		if host := asciiDomain(arg[strings.IndexByte(arg, '@')+1:]); host != "" {
			return sender{what: "an address at " + host, headers: []string{"From: " + arg}}, true, nil
		}
	default:
		if host := asciiDomain(arg); host != "" {
			return sender{what: host, facts: []domain.Fact{{Name: domain.FactDomain, Value: host}}}, true, nil
		}
	}
	return s, false, usagef("%q says nothing of a sender; allowed are an address, a domain, a header as \"List-Id: …\" or \"From: …\", a #hashtag, and NAME=VALUE with %s",
		printable(arg), strings.Join(testedFacts(), ", "))
}

// asciiDomain gives a domain in ASCII; empty for what is none.
func asciiDomain(s string) string {
	host, err := idna.Lookup.ToASCII(strings.Trim(s, "."))
	if err != nil || !strings.Contains(host, ".") || len(host) > 253 || strings.ContainsAny(host, " @/:<>\"'\\") {
		return ""
	}
	return host
}
