package docs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/docs"
)

func TestRows(t *testing.T) {
	page := "# imap: mailboxes on a mail server\n\ntext | text\n\n| key | meaning | default |\n|---|---|---|\n" +
		"| `server` | as [the page](page.md#top) says, or [another](b.md) | needed |\n| `[0]` | `[INBOX]` | none |\n" +
		"\n| name | says |\n|---|---|\n| `a` | b |\n"
	want := []docs.Row{
		{"key": "server", "meaning": "as the page says, or another", "default": "needed"},
		{"key": "[0]", "meaning": "`[INBOX]`", "default": "none"},
	}
	if diff := cmp.Diff(want, docs.Rows(page)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if got := docs.Title(page); got != "mailboxes on a mail server" {
		t.Errorf("the title is %q", got)
	}
	if rows := docs.Rows(docs.Configuration); len(rows) < 60 {
		t.Errorf("docs/configuration.md has %d rows of keys", len(rows))
	}
}
