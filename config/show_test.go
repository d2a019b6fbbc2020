package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"askahead/collectors"
	"askahead/config"
	"askahead/internal/golden"
	"askahead/schedule"
)

// goodFolders gives copies of the examples and of all cases that load: each a folder with an askahead.yaml.
func goodFolders(t testing.TB) map[string]string {
	t.Helper()
	good := map[string]string{
		"minimal example": filepath.Dir(write(t, map[string]string{"askahead.yaml": read(t, "examples/minimal.yaml")})),
		"full example": filepath.Dir(write(t, map[string]string{"askahead.yaml": read(t, "examples/full.yaml"), "imap.password": "battery staple",
			"sessions/other.yaml": "id: other\ntitle: Other\nstarts: 2018-11-14 09:00\ntimezone: Asia/Kathmandu\nhashtags: other\n"})),
		"every odd value": filepath.Dir(write(t, map[string]string{"askahead.yaml": oddValues})),
	}
	cases, err := filepath.Glob("testcases/*/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range cases {
		if strings.HasPrefix(read(t, want), "loaded ") {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Dir(want))); err != nil {
				t.Fatal(err)
			}
			good[filepath.Base(filepath.Dir(want))] = dir
		}
	}
	return good
}

const oddValues = `contact: https://ask.example.org/about
store: env:DATABASE_URL
smtp: {server: smtp://mail.example.org, from: bot@example.org}
retention: 1w1d12h
run: {sweep: off, jitter: 0s}
sessions:
  - id: "2018"
    title: "a: b # \"c\" \\ \u202e 😀 \n two"
    starts: 2018-11-13 15:00:00
    timezone: Pacific/Chatham
    hashtags: "#2018"
    sources:
      - {name: a, tlp: TLP:WHITE, mbox: {path: 0815}, schedule: "@daily", silence: off, sweep: "@weekly", take: {mention: yes}}
      - {name: b, tlp: amber+strict, imap: {server: "imaps://imap.example.org", password: env:IMAP_PASSWORD, timeout: 90s, ratio: 0.5, mailboxes: ["\\Archive", "true", "~", "null", "- a", "a, b]", " x "]}, schedule: "@every 90m", silence: 36h}
    rules:
      - {when: {domain: "*.ngo.example", name: [":", "}"]}, tag: {community: technical}}
`

// sameConfig compares what two files say: neither what they are called nor what is worked out.
func sameConfig() cmp.Options {
	return cmp.Options{
		cmpopts.IgnoreUnexported(config.Config{}),
		cmpopts.IgnoreFields(config.Config{}, "Path", "Dir", "Warnings", "Include"),
		cmpopts.IgnoreFields(config.Source{}, "At"), cmpopts.IgnoreFields(config.Edition{}, "At"), cmpopts.IgnoreFields(config.SMTP{}, "At"), cmpopts.IgnoreFields(config.Embeddings{}, "At"),
		cmp.Comparer(func(a, b config.DSN) bool { return a.Reveal() == b.Reveal() }),
		cmp.Comparer(func(a, b collectors.Secret) bool { return a.Reveal() == b.Reveal() }),
		cmp.Comparer(func(a, b collectors.Kind) bool { return a.Name == b.Name }),
		cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
		cmp.Comparer(func(a, b schedule.Schedule) bool { return a.String() == b.String() && a.IsZero() == b.IsZero() }),
	}
}

func loadDir(t testing.TB, dir string) *config.Config {
	t.Helper()
	c, err := loader().Load(filepath.Join(dir, "askahead.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatIsShownLoadsAsTheSame(t *testing.T) {
	for name, dir := range goodFolders(t) {
		t.Run(name, func(t *testing.T) {
			first := loadDir(t, dir)
			shown := string(first.YAML())
			if err := os.WriteFile(filepath.Join(dir, "askahead.yaml"), []byte(shown), 0o600); err != nil {
				t.Fatal(err)
			}
			second := loadDir(t, dir)
			if diff := cmp.Diff(first, second, sameConfig()); diff != "" {
				t.Errorf("loaded again (-first +second):\n%s\n%s", diff, shown)
			}
			for _, secret := range []string{"hunter2", "correct horse", "battery staple"} {
				if strings.Contains(shown, secret) {
					t.Errorf("%q is shown:\n%s", secret, shown)
				}
			}
			again := strings.ReplaceAll(string(second.YAML()), " # default", "")
			if _, body, _ := strings.Cut(shown, "\nstore:"); !strings.HasSuffix(again, strings.ReplaceAll(body, " # default", "")) {
				t.Errorf("shown again it is\n%s\nand was\n%s", again, shown)
			}
			asJSON, err := first.JSON()
			if err != nil || !json.Valid(asJSON) {
				t.Errorf("as JSON it is %s, %v", asJSON, err)
			}
		})
	}
}

// TestShown is the page that people see, with the smallest example and with secrets.
func TestShown(t *testing.T) {
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"minimal": read(t, "examples/minimal.yaml"), "odd": oddValues}
	for name, body := range files {
		t.Run(name, func(t *testing.T) {
			t.Chdir(filepath.Dir(write(t, map[string]string{"askahead.yaml": body})))
			c := loadDir(t, ".")
			asJSON, err := c.JSON()
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, testdata+"/show-"+name+".yaml", string(c.YAML()))
			golden.Compare(t, testdata+"/show-"+name+".json", string(asJSON)+"\n")
		})
	}
}

// TestEveryDefaultIsMarked changes each line that is marked, by leaving it out: nothing may change.
func TestEveryDefaultIsMarked(t *testing.T) {
	for name, dir := range goodFolders(t) {
		t.Run(name, func(t *testing.T) {
			first := loadDir(t, dir)
			var without strings.Builder
			for line := range strings.Lines(string(first.YAML())) {
				if !strings.HasSuffix(line, " # default\n") {
					without.WriteString(line)
				}
			}
			text := withoutBareKeys(without.String())
			if err := os.WriteFile(filepath.Join(dir, "askahead.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			second := loadDir(t, dir)
			if diff := cmp.Diff(first, second, sameConfig()); diff != "" {
				t.Errorf("without the lines that are marked as defaults (-with +without):\n%s\n%s", diff, text)
			}
		})
	}
}

// TestQuote puts any text into every kind of place.
func TestQuote(t *testing.T) {
	path := write(t, map[string]string{"askahead.yaml": ""})
	check := func(t interface {
		Fatalf(string, ...any)
		Fatal(...any)
	}, text string) {
		q := config.Quote(text)
		body := "contact: mailto:organiser@example.org\nsessions:\n  - id: a\n    title: " + config.QuoteAlone(text) + "\n    sources: []\n" +
			"    agenda: [{id: x, title: " + q + ", words: [" + q + ", " + q + "]}]\n"
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := loader().Load(path)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		s := c.Sessions[0]
		for _, got := range []string{s.Title, s.Agenda[0].Title, s.Agenda[0].Words[0], s.Agenda[0].Words[1]} {
			if got != text {
				t.Fatalf("%q is written as %s and read as %q", text, q, got)
			}
		}
	}
	for _, text := range []string{"a: b", "#x", "it's", `"d"`, "true", "0815", "1.5", "~", "null", "*/15 * * * *", "😀", "\u202eabc", `\Archive`, "a\nb",
		"- x", "? y", "@daily", "&a", "!t", "%x", "a #b", "x:", "{a}", "[b]", " lead", "trail ", "\u0007", "a\u0085", "a\u2028", ".inf", "a\tb", "|", "<<",
		"90d", "2018-11-13T15:00:00+01:00", "imaps://imap.example.org", "a,b", "a:b", "a: ", "/", "---", "...", "=", "نص", "می\u200cخواهم", "\U000e0041", "a\rb"} {
		t.Run(text, func(t *testing.T) { check(t, text) })
	}
	t.Run("any text", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-:#,\[\]{}"'\\&*!|>%@?~= a1\n\t]{1,12}`)).Draw(t, "text")
			if strings.TrimSpace(text) == "" || !utf8.ValidString(text) {
				t.Skip("the loader refuses empty texts")
			}
			check(t, text)
		})
	})
}

// bareKey is a key, or the dash of a list, below which nothing is left.
var bareKey = regexp.MustCompile(`(?m)^( *)[a-z_]+:\n`)

// withoutBareKeys takes away keys whose whole block was left out.
func withoutBareKeys(text string) string {
	lines := strings.SplitAfter(text, "\n")
	indent := func(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }
	var b strings.Builder
	for i, line := range lines {
		if bareKey.MatchString(line) && (i+1 == len(lines) || indent(lines[i+1]) <= indent(line)) {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}
