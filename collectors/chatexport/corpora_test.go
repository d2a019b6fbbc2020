package chatexport

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"askahead/collectors"
)

// TestRecordedChats reads what real chats gave, if the environment says where it is: every row becomes an item, is left
// out for a reason that is known, or is broken for one; what holds no messages is refused.
func TestRecordedChats(t *testing.T) {
	dir := os.Getenv("CORPORA")
	if dir == "" {
		t.Skip("set CORPORA to the folder with the unpacked social-chat-feeds corpus to read recorded chats")
	}
	for _, set := range []struct{ name, pattern string }{
		{"Slack", "forum-and-chat-apis/slack/*"}, {"Mattermost", "forum-and-chat-apis/mattermost/*"}, {"Rocket.Chat", "forum-and-chat-apis/rocketchat/*"},
		{"Telegram", "forum-and-chat-apis/telegram/*"}, {"Gitter", "forum-and-chat-apis/gitter/*"}, {"Gitter, as logs", "gitter/manual/*"}, {"IRC", "irc/*.raw.txt"},
	} {
		t.Run(set.name, func(t *testing.T) {
			found, err := filepath.Glob(filepath.Join(dir, "social-chat-feeds", set.pattern))
			if err != nil || len(found) == 0 {
				t.Fatalf("no file matches %s (%v)", set.pattern, err)
			}
			rows, items, refused, reasons, authors := 0, 0, 0, map[string]int{}, map[string]bool{}
			for _, file := range found {
				c := newCollector(t, file, nil)
				x, err := c.open(t.Context())
				if errors.Is(err, collectors.ErrSettings) && strings.Contains(err.Error(), "no chat that is known here") {
					refused++
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				rows += len(x.rows)
				left := 0
				for i := range x.rows {
					m, err := x.read(t.Context(), &x.rows[i])
					if err != nil {
						t.Fatal(err)
					}
					if m.broken == "" && !c.wants(&m) {
						left++
						reasons["left out: a bot's, the chat's own or empty"]++
					}
				}
				x.close()
				got, broken, _, err := read(t, c, "")
				if err != nil {
					t.Error(err)
				}
				if len(got)+len(broken)+left != len(x.rows) {
					t.Errorf("%s: %d rows, %d items, %d broken, %d left out", filepath.Base(file), len(x.rows), len(got), len(broken), left)
				}
				for _, b := range broken {
					reasons["broken: "+b.Reason]++
				}
				for _, i := range got {
					authors[i.Author.ID] = true
				}
				items += len(got)
			}
			t.Logf("%d files, of which %d hold no messages; %d rows: %d items of %d authors, %v", len(found), refused, rows, items, len(authors), reasons)
		})
	}
}
