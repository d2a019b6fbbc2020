package authored_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"askahead/authored"
	"askahead/domain"
)

var update = flag.Bool("update", false, "rewrite testcases/*/want.json")

// want is what a case expects: the envelope where it says something, and the text by its parts.
type want struct {
	Error     string        `json:"error,omitempty"`
	Canonical string        `json:"canonical,omitempty"`
	Parents   []string      `json:"parents,omitempty"`
	Author    domain.Author `json:"author,omitzero"`
	Subject   string        `json:"subject,omitempty"`
	Published string        `json:"published,omitempty"`
	Language  string        `json:"language,omitempty"`
	URL       string        `json:"url,omitempty"`
	Facts     []string      `json:"facts,omitempty"`
	To        []string      `json:"recipients,omitempty"`
	Hashtags  []string      `json:"hashtags,omitempty"`
	Mentions  []string      `json:"mentions,omitempty"`
	OptOut    string        `json:"opt_out,omitempty"`
	Labels    []string      `json:"labels,omitempty"`
	Own       string        `json:"own"`
	Removed   []part        `json:"removed,omitempty"`
	Marks     []part        `json:"marks,omitempty"`
}

type part struct {
	What string `json:"what"`
	Text string `json:"text"`
}

// types gives the media type of an input by the ending of its name.
var types = map[string]string{
	".eml": domain.TypeMail, ".mailtext": domain.TypeMailText, ".html": domain.TypeHTML, ".txt": domain.TypeText,
	".md": domain.TypeMarkdown, ".discord": domain.TypeDiscord, ".chat": domain.TypeChat, ".slack": domain.TypeSlack,
}

func TestEveryCaseReadsAsWanted(t *testing.T) {
	dirs, err := filepath.Glob("testcases/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no test cases: %v", err)
	}
	for _, dir := range dirs {
		t.Run(strings.ReplaceAll(filepath.Base(dir), "-", " "), func(t *testing.T) {
			got := readCase(t, dir)
			golden := filepath.Join(dir, "want.json")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			expected, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, expected) {
				t.Errorf("got\n%s\nwant\n%s", got, expected)
			}
		})
	}
}

func readCase(t *testing.T, dir string) []byte {
	t.Helper()
	inputs, err := filepath.Glob(filepath.Join(dir, "input.*"))
	if err != nil || len(inputs) != 1 {
		t.Fatalf("%s has %d inputs, wanted one", dir, len(inputs))
	}
	raw, err := os.ReadFile(inputs[0])
	if err != nil {
		t.Fatal(err)
	}
	item := domain.Item{Type: types[filepath.Ext(inputs[0])], Raw: raw}
	got, err := authored.Read(item)
	var w want
	var unreadable *authored.Unreadable
	switch {
	case errors.As(err, &unreadable):
		w.Error = unreadable.Why
	case err != nil:
		t.Fatalf("an error that is no *Unreadable: %v", err)
	default:
		checkShape(t, got.Authored)
		w = describe(got)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(w); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func describe(r domain.Reading) want {
	w := want{
		Canonical: r.Canonical, Parents: r.Parents, Author: r.Author, Subject: r.Subject, Language: r.Language, URL: r.URL,
		To: r.Recipients, Hashtags: r.Hashtags, Mentions: r.Mentions, OptOut: r.OptOut, Labels: r.Labels, Own: r.Own,
	}
	if !r.Published.IsZero() {
		w.Published = r.Published.Format(time.RFC3339)
	}
	for _, f := range r.Facts {
		w.Facts = append(w.Facts, f.Name+": "+f.Value)
	}
	for _, s := range r.Removed {
		w.Removed = append(w.Removed, part{s.What, r.Text[s.Start:s.End]})
	}
	for _, s := range r.Marks {
		w.Marks = append(w.Marks, part{s.What, r.Own[s.Start:s.End]})
	}
	return w
}
