package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"askahead/collectors/builtin"
	"askahead/communities"
	"askahead/config"
)

// TestTheConfigurationKnowsTheVocabulary of communities, which it may not import.
func TestTheConfigurationKnowsTheVocabulary(t *testing.T) {
	themes, err := communities.Themes()
	if err != nil {
		t.Fatal(err)
	}
	var rules strings.Builder
	for _, p := range themes {
		rules.WriteString("\n      - {when: {hashtag: x}, tag: {theme: " + p.ID + "}}")
	}
	for _, c := range communities.Vocabulary() {
		rules.WriteString("\n      - {when: {hashtag: x}, tag: {community: " + c.ID + "}}")
	}
	for _, r := range communities.Regions() {
		rules.WriteString("\n      - {when: {hashtag: x}, tag: {region: " + r.ID + "}}")
	}
	path := filepath.Join(t.TempDir(), "askahead.yaml")
	text := "contact: mailto:organiser@example.org\nsessions:\n  - id: panel\n    title: A panel\n    rules:" + rules.String() +
		"\n    sources:\n      - {name: list, tlp: green, mbox: {path: list.mbox}}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loader := config.Loader{Kinds: builtin.Kinds(), Formats: formatNames(), LookupEnv: os.LookupEnv, Now: time.Now}
	if _, err := loader.Load(path); err != nil {
		t.Error(err)
	}
}
