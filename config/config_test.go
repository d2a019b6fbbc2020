package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"askahead/collectors"
	"askahead/config"
	"askahead/domain"
)

// write puts files into a fresh folder and gives the path of askahead.yaml there.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "askahead.yaml")
}

func load(t testing.TB, files map[string]string) *config.Config {
	t.Helper()
	c, err := loader().Load(write(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t testing.TB, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestSmallestExample(t *testing.T) {
	text := read(t, "examples/minimal.yaml")
	if n := strings.Count(text, "\n"); n > 12 {
		t.Errorf("the smallest example has %d lines, want at most 12", n)
	}
	c := load(t, map[string]string{"askahead.yaml": text})
	if len(c.Warnings) > 0 {
		t.Errorf("the smallest example has warnings: %v", c.Warnings)
	}
	if c.Store.Reveal() != "sqlite:askahead.db" || c.KeyAt != "file:askahead.key" || c.Retention != 90*24*time.Hour {
		t.Errorf("defaults are %v, %v, %v", c.Store, c.KeyAt, c.Retention)
	}
	s := c.Sessions[0]
	if s.Location != time.UTC || s.Measures != (config.Measures{Floor: 5, Askers: 2, Communities: 2, Z: 1.2816}) {
		t.Errorf("defaults of a session are %v, %v", s.Location, s.Measures)
	}
	if src := s.Sources[0]; src.Retention != c.Retention || src.TLP != domain.Green || !src.Due.IsZero() {
		t.Errorf("defaults of a source are %v, %v, %v", src.Retention, src.TLP, src.Due)
	}
	if formats := s.Digest.Editions[0].Formats; !cmp.Equal(formats, []string{"html", "txt"}) {
		t.Errorf("formats are %v", formats)
	}
}

func TestFullExample(t *testing.T) {
	c := load(t, map[string]string{
		"askahead.yaml": read(t, "examples/full.yaml"),
		"imap.password": "battery staple\n",
		// The included files of the example.
		"sessions/other.yaml": "id: other\ntitle: Other\nstarts: 2018-11-14 09:00\ntimezone: Asia/Kathmandu\nhashtags: [other]\n",
	})
	if c.SMTP.Password.Reveal() != "correct horse" {
		t.Error("the password of SMTP is not that of the environment")
	}
	s, other := c.Session("igf2018-ws164"), c.Session("other")
	if want := time.Date(2018, 11, 13, 14, 0, 0, 0, time.UTC); !s.Starts.Equal(want) || s.Starts.Location() != time.UTC {
		t.Errorf("starts at %v, want %v", s.Starts, want)
	}
	if want := time.Date(2018, 11, 14, 3, 15, 0, 0, time.UTC); !other.Starts.Equal(want) {
		t.Errorf("a local time is %v, want %v", other.Starts, want)
	}
	settings, ok := s.Sources[0].Settings.(*imapSettings)
	if !ok || settings.Password.Reveal() != "battery staple" || settings.Port != 993 || s.Sources[0].Kind.Name != "imap" {
		t.Errorf("the settings are %+v", s.Sources[0].Settings)
	}
	wantTake := config.Take{Subject: []string{"WS164"}, Address: []string{"ws164@example.org", "@lists.example.org"},
		Hashtag: []string{"IGF2018WS164"}, Mention: []string{"@ask@social.example"}, Thread: true}
	if diff := cmp.Diff(wantTake, s.Sources[0].Take); diff != "" {
		t.Errorf("take (-want +got):\n%s", diff)
	}
	if got := c.Sources[0]; got.TLP != domain.Clear || got.Due.IsZero() {
		t.Errorf("a public source counts as %v, due %v", got.TLP, got.Due)
	}
	next := s.Digest.Due.Next(time.Date(2018, 11, 10, 0, 0, 0, 0, time.UTC))
	if want := time.Date(2018, 11, 12, 6, 0, 0, 0, time.UTC); !next.Equal(want) {
		t.Errorf("the digest is due at %v, want %v: 7 o'clock in Paris", next, want)
	}
	wantRule := config.Rule{When: map[string][]string{"domain": {"apc.example", "*.ngo.example"}}, Tag: map[string]string{"community": "civil-society"}}
	if diff := cmp.Diff(wantRule, s.Rules[1]); diff != "" {
		t.Errorf("a rule (-want +got):\n%s", diff)
	}
	if take, ok := other.SharedTake(); !ok || !cmp.Equal(take, config.Take{Subject: []string{"other"}, Hashtag: []string{"other"}, Thread: true}) {
		t.Errorf("a session without take: takes %+v from top-level sources", take)
	}
	if d := s.Domain(); d.ID != s.ID || len(d.Agenda) != 2 || d.Location.String() != "Europe/Paris" {
		t.Errorf("the session is %+v", d)
	}
}

func TestTwoHundredSessions(t *testing.T) {
	files := map[string]string{"askahead.yaml": "contact: mailto:organiser@example.org\ninclude: sessions/*.yaml\n"}
	for i := range 200 {
		files[fmt.Sprintf("sessions/%03d.yaml", i)] = fmt.Sprintf("id: ws%d\ntitle: Session %d\nsources:\n  - {name: list, tlp: green, mbox: {path: a.mbox}}\n", i, i)
	}
	if c := load(t, files); len(c.Sessions) != 200 || c.Sessions[7].ID != "ws7" {
		t.Errorf("%d sessions", len(c.Sessions))
	}
}

func TestTooLargeFile(t *testing.T) {
	path := write(t, map[string]string{"askahead.yaml": strings.Repeat("# a comment\n", 100_000)})
	_, err := loader().Load(path)
	if err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a file of 1.2 MB gives %v", err)
	}
}

func TestManyKeysAreRefused(t *testing.T) {
	var b strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&b, "key%d: v\n", i)
	}
	path := write(t, map[string]string{"askahead.yaml": b.String()})
	if _, err := loader().Load(path); err == nil || !strings.Contains(err.Error(), "keys beside each other") {
		t.Errorf("60000 keys give %v", err)
	}
}

func TestProblemsAreErrors(t *testing.T) {
	_, err := loader().Load(filepath.Join(t.TempDir(), "askahead.yaml"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there gives %v", err)
	}
	_, err = loader().Load(write(t, map[string]string{"askahead.yaml": "contat: a\nstor: b\n"}))
	var all *config.Problems
	var one config.Problem
	if !errors.As(err, &all) || len(all.List) < 2 || !errors.As(err, &one) || one.Line != 1 {
		t.Errorf("two problems are %v", err)
	}
}

func TestNoSecretIsPrinted(t *testing.T) {
	c := load(t, map[string]string{"askahead.yaml": "contact: mailto:organiser@example.org\nstore: env:DATABASE_URL\n" +
		"smtp: {server: \"smtps://mail.example.org\", user: bot, password: env:SMTP_PASSWORD, from: bot@example.org}\n" +
		"sessions:\n  - id: a\n    title: A\n    sources:\n      - {name: l, tlp: green, imap: {server: \"imaps://imap.example.org\", password: env:IMAP_PASSWORD}}\n"})
	if c.Store.Reveal() != "postgres://ask:hunter2@db.example.org/ask" {
		t.Errorf("the store is not that of the environment")
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("config", "config", c, "store", c.Store, "smtp", c.SMTP, "settings", c.Sessions[0].Sources[0].Settings)
	asJSON, err := json.Marshal([]any{c.Store, c.SMTP, c.Sessions[0].Sources[0].Settings})
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal([]any{c.Store, c.SMTP, c.Sessions[0].Sources[0].Settings})
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(asJSON) + string(asYAML)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		out += fmt.Sprintf(format, c) + fmt.Sprintf(format, *c) + fmt.Sprintf(format, c.SMTP) + fmt.Sprintf(format, *c.SMTP) +
			fmt.Sprintf(format, c.Sessions) + fmt.Sprintf(format, c.Sessions[0].Sources[0].Settings)
	}
	for _, secret := range []string{"hunter2", "correct horse", "battery staple", fmt.Sprintf("%x", "hunter2")} {
		if strings.Contains(out, secret) {
			t.Errorf("%q is printed", secret)
		}
	}
}

// TestBrokenFilesShowNoSecret damages a file that holds plain secrets, which is wrong in itself, in every way
// that a slip of a finger may, and looks for them in what is reported.
func TestBrokenFilesShowNoSecret(t *testing.T) {
	const whole = `contact: mailto:organiser@example.org
smtp: {server: "smtps://mail.example.org", user: bot, password: hunter2, from: bot@example.org}
store: postgres://ask:hunter2@db.example.org/ask
sessions:
  - id: ws164
    title: "Privacy"
    sources:
      - name: list
        tlp: green
        imap:
          server: "imaps://imap.example.org"
          password: "hunter2"
          mailboxes: [INBOX]
      - name: block
        imap:
          password: |
            hunter2
          user: a
`
	path := write(t, map[string]string{"askahead.yaml": whole})
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(whole)).Draw(t, "at")
		if i := strings.LastIndex(whole[:min(at+7, len(whole))], "hunter2"); i >= 0 && at > i && at < i+7 {
			t.Skip("inside of the secret")
		}
		end := at
		if rapid.Bool().Draw(t, "delete") {
			end = min(at+1, len(whole))
			if strings.HasPrefix(whole[at:], "hunter2") {
				end = at
			}
		}
		put := rapid.SampledFrom([]string{"", "\"", "'", "{", "}", "[", "]", ":", ": ", "\n", "#", " #", "\t", "-", "- ", ",", "&", "*", "!", "|", "\n---\n", "x", "é", "\xff"}).Draw(t, "put")
		if err := os.WriteFile(path, []byte(whole[:at]+put+whole[end:]), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loader().Load(path); err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Fatalf("a secret is shown after %q at %d:\n%s", put, at, err)
		}
	})
}

func TestFilesOthersCanReadAreAWarning(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	path := write(t, map[string]string{
		"askahead.yaml": "contact: mailto:organiser@example.org\nkey: file:k\nsessions:\n  - id: a\n    title: A\n    sources:\n" +
			"      - {name: l, tlp: green, imap: {server: \"imaps://imap.example.org\", password: file:p}}\n",
		"k": config.NewKey(), "p": "battery staple",
	})
	for _, name := range []string{"k", "p"} {
		if err := os.Chmod(filepath.Join(filepath.Dir(path), name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := loader().Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 2 || !strings.Contains(c.Warnings[0].Error(), "chmod 600") || !strings.Contains(c.Warnings[1].Error(), "chmod 600") {
		t.Errorf("warnings are %v", c.Warnings)
	}
}

func TestLoadReadsTheEnvironment(t *testing.T) {
	t.Setenv("ASKAHEAD_TEST_PASSWORD", "from the process")
	path := write(t, map[string]string{"askahead.yaml": "sessions:\n  - id: a\n    title: A\n    sources:\n      - {name: l, imap: {server: \"imaps://imap.example.org\", password: env:ASKAHEAD_TEST_PASSWORD}}\n"})
	c, err := config.Load(path, kinds())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Sessions[0].Sources[0].Settings.(*imapSettings).Password; got != collectors.Secret("from the process") {
		t.Error("the password is not that of the environment")
	}
}

func FuzzLoad(f *testing.F) {
	cases, err := filepath.Glob("testcases/*/askahead.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(cases, "examples/minimal.yaml", "examples/full.yaml") {
		if raw, err := os.ReadFile(name); err == nil {
			f.Add(raw)
		}
	}
	path := filepath.Join(f.TempDir(), "askahead.yaml")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<14 || bytes.Contains(raw, []byte("include")) || bytes.Contains(raw, []byte("file:")) {
			t.Skip("too large, or reads other files")
		}
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := loader().Load(path)
		if (c == nil) == (err == nil) {
			t.Fatalf("neither a configuration nor a problem, or both: %v, %v", c, err)
		}
		var all *config.Problems
		if err != nil && (!errors.As(err, &all) || len(all.List) == 0 || err.Error() == "") {
			t.Fatalf("the error is %v", err)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	files := map[string]string{"askahead.yaml": "contact: mailto:organiser@example.org\ninclude: sessions/*.yaml\n"}
	body := strings.TrimPrefix(read(b, "examples/minimal.yaml"), "contact: mailto:organiser@example.org\n")
	for i := range 200 {
		files[fmt.Sprintf("sessions/%03d.yaml", i)] = strings.ReplaceAll(body, "my-session", fmt.Sprintf("s%d", i))
	}
	path := write(b, files)
	for b.Loop() {
		if _, err := loader().Load(path); err != nil {
			b.Fatal(err)
		}
	}
}
