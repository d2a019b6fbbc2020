package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"askahead/collectors"
	"askahead/collectors/mbox"
	"askahead/domain"
	"askahead/pipeline"
)

// rawTypes are the values of --as.
var rawTypes = []struct{ name, media string }{
	{"mail", domain.TypeMail},
	{"mail-text", domain.TypeMailText},
	{"html", domain.TypeHTML},
	{"markdown", domain.TypeMarkdown},
	{"text", domain.TypeText},
	{"discord", domain.TypeDiscord},
	{"chat", domain.TypeChat},
	{"slack", domain.TypeSlack},
}

func (a *app) explainCommand() *cobra.Command {
	var as, session, source, tlp string
	var lines bool
	cmd := &cobra.Command{
		Use:   "explain [FILE…|-]",
		Short: "Show how a message would be treated, and why",
		Long: `explain reads a message, or a stream of them, and shows what askahead would make of it: the words of its
author, what was removed and why, the questions, the language, each tag with its rule and evidence,
and the TLP decision. Nothing is stored and nothing is sent.

With a configuration, its rules for --session and --source apply; without one, the built-in ones.
--jsonl reads one JSON object a line, {"id": …, "raw": …}, and writes one a line; docs/explain.md
describes the format, which stays stable.`,
		Example: `  askahead explain question.eml
  askahead explain --as text - <<< "As a CSIRT, whom do we ask now that WHOIS is dark?"
  askahead explain --jsonl --as mail-text bodies.jsonl > explained.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			x, err := a.newExplainer(as, session, source, tlp)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				args = []string{"-"}
			}
			for _, name := range args {
				if err := x.file(cmd, name, lines); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&as, "as", "mail", "what the input is: mail, mail-text, html, markdown, text, discord, chat, slack")
	cmd.Flags().BoolVar(&lines, "jsonl", false, "read and write JSON Lines")
	cmd.Flags().StringVar(&session, "session", "", "session whose rules apply (default: the first one configured)")
	cmd.Flags().StringVar(&source, "source", "", "configured source that the message is to be treated as coming from")
	cmd.Flags().StringVar(&tlp, "tlp", "", "what an unlabelled message counts as: clear, green, amber, amber+strict")
	return cmd
}

// explainer understands single messages by the rules of one source.
type explainer struct {
	app    *app
	media  string
	line   *pipeline.Line
	source pipeline.Source
}

func (a *app) newExplainer(as, session, source, tlp string) (*explainer, error) {
	x := &explainer{app: a}
	var names []string
	for _, t := range rawTypes {
		names = append(names, t.name)
		if t.name == as {
			x.media = t.media
		}
	}
	if x.media == "" {
		return nil, usagef("--as %s: allowed are %s", as, strings.Join(names, ", "))
	}
	var err error
	if x.line, err = a.newReadingLine(); err != nil {
		return nil, err
	}
	x.source, err = a.explainSource(session, source, tlp)
	return x, err
}

func (x *explainer) file(cmd *cobra.Command, name string, lines bool) error {
	in := x.app.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	if lines {
		if err := x.stream(cmd, in); err != nil {
			return fmt.Errorf("explain %s: %w", name, err)
		}
		return nil
	}
	raw, err := io.ReadAll(io.LimitReader(in, collectors.MaxRaw+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if len(raw) > collectors.MaxRaw {
		return fmt.Errorf("%s is larger than %d MB: no message of that size is read", name, collectors.MaxRaw>>20)
	}
	if x.media == domain.TypeMail {
		if _, ok := mbox.Kind().Archive(name, raw); ok {
			return withHint(fmt.Errorf("%s is an mbox, with a mail behind each line \"From …\"; explain reads single messages", name),
				"askahead import reads the whole of it")
		}
	}
	u := x.understand(raw)
	return x.show(cmd.OutOrStdout(), x.explain(name, &u), &u)
}

func (x *explainer) understand(raw []byte) pipeline.Understood {
	item := domain.Item{ExternalID: "explained", Type: x.media, Raw: raw}
	return x.line.Understand(&x.source, &item)
}

// maxLine bounds one line of --jsonl: a message of the largest size, every byte of it escaped.
const maxLine = 6*collectors.MaxRaw + 4096

// stream answers each line as it comes, so that it can stand in a pipe. A line that is not JSON, or too long, is
// answered with its error; the others go on.
func (x *explainer) stream(cmd *cobra.Command, in io.Reader) error {
	lines := bufio.NewReaderSize(in, 1<<16)
	out := bufio.NewWriter(cmd.OutOrStdout())
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for n := 1; ; n++ {
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		line, long, err := readLine(lines)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if err := enc.Encode(x.oneLine(line, long, n)); err != nil {
				return err
			}
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// readLine reads to the end of the line. Of a line longer than maxLine it keeps the beginning, and says so.
func readLine(r *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if room := maxLine - len(line); len(part) > room {
			part, long = part[:room], true
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

// oneLine explains one line of the input.
func (x *explainer) oneLine(line []byte, long bool, n int) explained {
	var in struct {
		ID       json.RawMessage `json:"id"`
		Raw      *string         `json:"raw"`
		Encoding string          `json:"encoding"`
	}
	bad := func(format string, args ...any) explained {
		u := pipeline.Understood{Err: fmt.Errorf("line %d: "+format, append([]any{n}, args...)...)}
		return x.explain(idText(in.ID), &u)
	}
	if long {
		return bad("longer than %d MB", maxLine>>20)
	}
	if json.Unmarshal(line, &in) != nil {
		return bad(`not a JSON object with "id" and the string "raw"`)
	}
	if in.Raw == nil {
		return bad(`"raw" is missing`)
	}
	raw := []byte(*in.Raw)
	switch in.Encoding {
	case "":
	case "base64":
		var err error
		if raw, err = base64.StdEncoding.DecodeString(*in.Raw); err != nil {
			return bad(`"raw" is not base64: %v`, err)
		}
	default:
		return bad(`"encoding" is %q: allowed is base64, or nothing`, in.Encoding)
	}
	u := x.understand(raw)
	return x.explain(idText(in.ID), &u)
}

// idText gives a string id as it is, and any other JSON value as it was written.
func idText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// explainSource is the source whose rules apply.
func (a *app) explainSource(session, source, tlp string) (pipeline.Source, error) {
	if a.noConfig() && (session != "" || source != "") {
		return pipeline.Source{}, usagef("--session and --source need a configuration, and there is no %s here", defaultConfig)
	}
	cfg, err := a.loadOr("explained")
	if err != nil {
		return pipeline.Source{}, err
	}
	chosen := &cfg.Sessions[0]
	if session != "" {
		if chosen, err = sessionOf(cfg, session); err != nil {
			return pipeline.Source{}, err
		}
	}
	name := cmp.Or(source, "explained")
	src, err := treatment(cfg, chosen, name)
	if err != nil {
		return src, err
	}
	if c := configured(cfg, chosen, name); c != nil {
		src.Default = defaultTLP(c.TLP, c.Kind) // the message is explained as one of this source, whatever its kind
	} else if source != "" {
		return src, usagef("--source %s: session %s has no such source", source, chosen.ID)
	}
	if tlp != "" {
		src.Default, err = parseAudience("--tlp", tlp)
	}
	return src, err
}
