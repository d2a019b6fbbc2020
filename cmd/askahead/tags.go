package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"askahead/communities"
	"askahead/domain"
)

func (a *app) tagsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tags",
		Short: "Find out who would be tagged how, and what is missing",
		Long: `tags shows by which rules questions get their communities, regions and themes: of a sender that you name
(tags test), and of everything that was gathered (tags coverage).`,
		Example: `  askahead tags test ada@cert.example
  askahead tags coverage`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.tagsTestCommand(), a.tagsCoverageCommand())
	return cmd
}

// writeReasons prints tags with their reasons, the strongest of a kind first, "unknown" where nothing says who asks, and
// what contradicts each other.
func writeReasons(b *strings.Builder, indent string, tags []domain.Tag) {
	for _, kind := range []string{domain.TagCommunity, domain.TagRegion, domain.TagTheme} {
		some := false
		for _, t := range tags {
			if t.Kind == kind {
				some = true
				fmt.Fprintf(b, "%s%s: %s (%s, because of %s; strength %d)\n", indent, t.Kind, printable(t.Value), t.Rule, printable(t.Evidence), t.Strength)
			}
		}
		if !some && kind != domain.TagTheme {
			fmt.Fprintf(b, "%s%s: %s\n", indent, kind, domain.Unknown)
		}
	}
	for _, of := range communities.Contradictions(tags) {
		fmt.Fprintf(b, "%scontradiction: %s; a moderator is asked (askahead questions --contradicting)\n", indent, against(of))
	}
}

// against is tags that contradict each other, in words.
func against(tags []domain.Tag) string {
	var words []string
	for _, t := range tags {
		words = append(words, printable(t.Value))
	}
	return tags[0].Kind + " " + strings.Join(words, " against ")
}
