package authored_test

import (
	"os"
	"path/filepath"
	"testing"

	"askahead/authored"
	"askahead/domain"
)

// seed adds the inputs of all cases with that ending.
func seed(f *testing.F, ending string) {
	f.Helper()
	files, err := filepath.Glob("testcases/*/input" + ending)
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
}

func fuzzType(f *testing.F, ending, typ string) {
	seed(f, ending)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got, err := authored.Read(domain.Item{Type: typ, Raw: raw}); err == nil {
			checkShape(t, got.Authored)
		}
	})
}

func FuzzReadMail(f *testing.F)     { fuzzType(f, ".eml", domain.TypeMail) }
func FuzzReadMailText(f *testing.F) { fuzzType(f, ".mailtext", domain.TypeMailText) }
func FuzzReadHTML(f *testing.F)     { fuzzType(f, ".html", domain.TypeHTML) }
func FuzzReadMarkdown(f *testing.F) { fuzzType(f, ".md", domain.TypeMarkdown) }
func FuzzReadDiscord(f *testing.F)  { fuzzType(f, ".discord", domain.TypeDiscord) }
func FuzzReadChat(f *testing.F)     { fuzzType(f, ".chat", domain.TypeChat) }
func FuzzReadSlack(f *testing.F)    { fuzzType(f, ".slack", domain.TypeSlack) }
