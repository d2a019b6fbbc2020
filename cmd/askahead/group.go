package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"askahead/config"
	"askahead/digest"
	"askahead/domain"
	"askahead/questions"
	"askahead/sheets"
	"askahead/topics"
)

// groupFlags are those of `askahead group`.
type groupFlags struct {
	jsonl, csv, skip bool
	format           string
}

func (a *app) groupCommand() *cobra.Command {
	var f groupFlags
	cmd := &cobra.Command{
		Use:   "group [FILE]",
		Short: "Group any list of questions by what they ask, without configuration or store",
		Long: `group reads a list of questions, from a file or from standard input, and says of each which others ask the same.
Nothing is stored, and nothing leaves the machine.

The list is JSON Lines, {"id": "7", "text": "Who decides?", "lang": "en"}, or CSV with a header, as polls and question
boxes export it: the questions stand in a column called text, question, question text, questions or content, and
where there are columns id and lang (or question id, language) they are used. Comma, semicolon and tab separate; UTF-8, or
UTF-16 with a byte order mark. A row without an id gets the number of its line, one without a language is looked at.

JSON Lines come out as {"id", "topic", "representative"}, in the order of the list: topic is the id of the question that
opened the group, representative the id of the one that says best what the group asks. CSV has the text behind them.
A row without a letter or a digit asks nothing, and is a group of its own.`,
		Example: `  askahead group questions.csv > grouped.csv
  askahead group --format text slido-export.csv
  askahead group --jsonl < questions.jsonl`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("group takes one list, and got %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			in, out, err := f.formats()
			if err != nil {
				return err
			}
			name := "-"
			if len(args) > 0 {
				name = args[0]
			}
			return a.group(cmd.Context(), cmd.OutOrStdout(), name, in, out, f.skip)
		},
	}
	cmd.Flags().BoolVar(&f.jsonl, "jsonl", false, "the list is JSON Lines (default: by how it begins)")
	cmd.Flags().BoolVar(&f.csv, "csv", false, "the list is CSV")
	cmd.Flags().StringVar(&f.format, "format", "", "what comes out: jsonl, csv, or text for people (default: as the list)")
	cmd.Flags().BoolVar(&f.skip, "skip-broken", false, "leave out rows that can't be read, and say which")
	return cmd
}

// formats are what the list is written in, and what comes out; the latter is empty where it is as the list.
func (f groupFlags) formats() (in sheets.Format, out string, err error) {
	known := []string{"jsonl", "csv", "text"}
	switch {
	case f.jsonl && f.csv:
		return "", "", usagef("--jsonl and --csv both say what the list is; choose one")
	case f.format != "" && !slices.Contains(known, f.format):
		return "", "", usagef("--format %s: there is no such format%s", f.format, config.Suggest(f.format, known, "Allowed"))
	case f.jsonl:
		in = sheets.JSONL
	case f.csv:
		in = sheets.CSV
	}
	return in, f.format, nil
}

// grouped is a list and what it came to.
type grouped struct {
	ids, texts []string
	languages  []string
	clusters   []topics.Cluster
}

func (a *app) group(ctx context.Context, out io.Writer, name string, in sheets.Format, format string, skip bool) error {
	list, shown := a.in, "the list"
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		list, shown = f, name
	}
	r, err := sheets.NewReader(list, in)
	if err != nil {
		return fmt.Errorf("read %s: %w", shown, err)
	}
	g, broken, err := readGroups(ctx, r, skip)
	if err != nil {
		var fault *sheets.Fault
		if err = fmt.Errorf("%s: %w", shown, err); errors.As(err, &fault) {
			return withHint(err, "mend it, or leave such rows out with --skip-broken")
		}
		return err
	}
	if format == "" {
		format = string(r.Format())
	}
	w := bufio.NewWriterSize(out, 1<<16)
	if err := g.write(w, format); err != nil {
		return fmt.Errorf("write the groups: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the groups: %w", err)
	}
	a.sayBroken(broken)
	return nil
}

// sayBroken tells which rows were left out.
func (a *app) sayBroken(broken []string) {
	const most = 10
	for _, b := range broken[:min(most, len(broken))] {
		fmt.Fprintf(a.err, "askahead: left out: %s\n", printable(b))
	}
	if len(broken) > most {
		fmt.Fprintf(a.err, "askahead: %d rows were left out; these are the first\n", len(broken))
	}
}

// readGroups keeps ids, texts and languages of the list, and groups them.
func readGroups(ctx context.Context, r *sheets.Reader, skip bool) (*grouped, []string, error) {
	finder, err := questions.New()
	if err != nil {
		return nil, nil, err
	}
	g := &grouped{}
	languages := map[string]string{} // each once in memory
	var broken []string
	for row, err := range r.Rows() {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if fault := (*sheets.Fault)(nil); skip && errors.As(err, &fault) {
			broken = append(broken, fault.Error())
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		language := row.Language
		if language == "" {
			language = finder.Language(row.Text, "")
		}
		if _, ok := languages[language]; !ok {
			languages[language] = language
		}
		g.ids, g.texts, g.languages = append(g.ids, row.ID), append(g.texts, row.Text), append(g.languages, languages[language])
	}
	g.clusters, err = topics.GroupEach(ctx, len(g.ids), g.question, func(i int) bool { return asksNothing(g.texts[i]) })
	return g, broken, err
}

func (g *grouped) question(i int) domain.Question {
	return domain.Question{ID: g.ids[i], Text: g.texts[i], Language: g.languages[i]}
}

// asksNothing says that a text has no letter and no digit.
func asksNothing(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

func (g *grouped) write(w io.Writer, format string) error {
	switch format {
	case "text":
		return g.writeText(w)
	case "csv":
		return g.writeCSV(w)
	}
	return g.writeJSONL(w)
}

// each calls f for every row in the order of the list, with the ids of its topic and of its representative.
func (g *grouped) each(f func(i int, topic, representative string) error) error {
	in := make([]int32, len(g.ids))
	for c := range g.clusters {
		for _, i := range g.clusters[c].Questions {
			in[i] = int32(c)
		}
	}
	for i := range g.ids {
		c := &g.clusters[in[i]]
		if err := f(i, c.ID, g.ids[c.Representative]); err != nil {
			return err
		}
	}
	return nil
}

func (g *grouped) writeJSONL(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return g.each(func(i int, topic, representative string) error {
		return enc.Encode(struct {
			ID             string `json:"id"`
			Topic          string `json:"topic"`
			Representative string `json:"representative"`
		}{g.ids[i], topic, representative})
	})
}

// writeCSV writes as digest.CSV does: with the byte order mark that spreadsheets need, and no cell that they run.
func (g *grouped) writeCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write([]string{"id", "topic", "representative", "text"}); err != nil {
		return err
	}
	err := g.each(func(i int, topic, representative string) error {
		return out.Write([]string{digest.Defuse(g.ids[i]), digest.Defuse(topic), digest.Defuse(representative), digest.Defuse(g.texts[i])})
	})
	out.Flush()
	return cmp.Or(err, out.Error())
}

// writeText lists the groups for people, the largest first, and what was asked once behind them.
func (g *grouped) writeText(w io.Writer) error {
	largest := slices.Clone(g.clusters)
	slices.SortStableFunc(largest, func(a, b topics.Cluster) int { return len(b.Questions) - len(a.Questions) })
	_, err := fmt.Fprintf(w, "%s in %s\n", count(len(g.ids), "question"), count(len(largest), "group"))
	line := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format, args...)
		}
	}
	for i, c := range largest {
		if len(c.Questions) == 1 {
			if i == 0 || len(largest[i-1].Questions) > 1 {
				line("\nAsked once:\n")
			}
			line("  %s\n", g.shown(c.Representative))
			continue
		}
		line("\n%d × %s\n", len(c.Questions), g.shown(c.Representative))
		for _, q := range c.Questions {
			if q != c.Representative {
				line("    %s\n", g.shown(q))
			}
		}
	}
	return err
}

// shown is a row on one line: its text with its id.
func (g *grouped) shown(i int) string {
	return printable(strings.Join(strings.Fields(g.texts[i]), " ") + "  [" + strings.Join(strings.Fields(g.ids[i]), " ") + "]")
}
