package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"askahead/collectors/builtin"
	"askahead/config"
)

// loadCalled loads a configuration with two sources that may be called, and gives all that is said of it.
func loadCalled(t *testing.T, top, first, second string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "askahead.yaml")
	text := "contact: mailto:organiser@example.org\n" + top + "\nsessions:\n  - id: a\n    title: A panel\n    sources:\n"
	for i, more := range []string{first, second} {
		text += fmt.Sprintf("      - {name: s%d, tlp: green, discord: {token: \"env:TOKEN\", channels: [\"20000000000000000%d\"]%s}}\n", i, i, more)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l := loader()
	l.Kinds = builtin.Kinds()
	l.LookupEnv = func(name string) (string, bool) { return "a-bot-token", name == "TOKEN" }
	cfg, err := l.Load(path)
	if err != nil {
		if !errors.As(err, new(*config.Problems)) {
			t.Fatal(err)
		}
		return "refused: " + err.Error()
	}
	said := "taken"
	for _, w := range cfg.Warnings {
		said += "\n" + w.Error()
	}
	return said
}

func TestWeb(t *testing.T) {
	key := func(letter string) string { return ", public_key: " + strings.Repeat(letter, 64) }
	const public = "public_url: https://ask.example.org\n"
	for _, c := range []struct {
		name, top, first, second string
		says                     string // empty: nothing
	}{
		{"everything as it should be", public + "web: {listen: \"127.0.0.1:8080\"}", key("a"), key("b"), ""},
		{"nobody calls", "", "", "", ""},
		{"called, and it listens nowhere", public, key("a"), "", "listens nowhere"},
		{"one application for two sources", public + "web: {listen: \"127.0.0.1:8080\"}", key("a"), key("A"), "would never be called"},
		{"no port", public + "web: {listen: localhost}", "", "", "is not an address of this machine"},
		{"a name", public + "web: {listen: \"ask.example.org:443\"}", "", "", "is not an address of this machine"},
		{"a port that is none", public + "web: {listen: \"127.0.0.1:99999\"}", "", "", "is not an address of this machine"},
		{"no public address", "web: {listen: \"localhost:8080\"}", "", "", "needs public_url"},
		{"the port of the metrics", public + "web: {listen: \"127.0.0.1:9464\"}\nrun: {listen: \"127.0.0.1:9464\"}", "", "", "choose another port"},
		{"open to other machines", public + "web: {listen: \"0.0.0.0:8080\"}", "", "", "speaks no TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := loadCalled(t, c.top, c.first, c.second)
			if c.says == "" && said != "taken" || !strings.Contains(said, c.says) {
				t.Errorf("said %s", said)
			}
		})
	}
}
