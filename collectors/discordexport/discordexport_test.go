package discordexport

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
	"askahead/collectors/collectortest"
	"askahead/domain"
)

const channel = "1100000000000000000"

// text is one message of an export, of the given kind.
func text(n int, kind, more string) string {
	return fmt.Sprintf(`{
      "id": "%s", "type": %q, "timestamp": "2026-03-02T10:00:00.1230000+01:00", "callEndedTimestamp": null,
      "isPinned": false, "content": "Who reads the reports? (%d)",
      "author": {"id": "42", "name": "alice", "discriminator": "0000", "nickname": "Alice (NGO)", "color": null, "isBot": false, "roles": []},
      "attachments": [], "embeds": [{"title": "x", "fields": [{"name": "y"}]}], "stickers": [], "reactions": []%s}`, id(n), kind, n, more)
}

func id(n int) string { return fmt.Sprint(1200000000000000000 + n) }

func exported(messages ...string) string {
	return `{"guild": {"id": "1", "name": "Example", "iconUrl": ""},
  "channel": {"id": "` + channel + `", "type": "GuildTextChat", "categoryId": null, "category": null, "name": "ask-the-panel", "topic": null},
  "dateRange": {"after": null, "before": null}, "exportedAt": "2026-03-02T12:00:00+00:00",
  "messages": [` + strings.Join(messages, ",\n") + `], "messageCount": 1}`
}

func texts(from, to int) []string {
	var all []string
	for n := from; n < to; n++ {
		all = append(all, text(n, "Default", ""))
	}
	return all
}

func ids(from, to int) []string {
	var all []string
	for n := from; n < to; n++ {
		all = append(all, channel+"/"+id(n))
	}
	return all
}

func newFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.json")
	write(t, path, text)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func newCollector(t *testing.T, path string) *Collector {
	t.Helper()
	c, err := New(Settings{Path: path, TakeAll: true}, collectors.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConformance(t *testing.T) {
	const noNumber = `{"id": "x", "type": "Default", "timestamp": "2026-03-02T10:00:00Z"}`
	messages := append(texts(0, 500), noNumber) // right behind a full page
	messages = append(messages, texts(500, 600)...)
	messages = append(messages,
		text(600, "GuildMemberJoin", ""),
		text(601, "Default", `, "author": {"id": "7", "name": "bot", "isBot": true}`),
		text(602, "Default", `, "content": 12`),
		text(603, "Default", `, "timestamp": "yesterday"`),
		`{"id": "`+id(604)+`", "type": "Default", "timestamp": "2026-03-02T10:00:00Z"}`)
	messages = append(messages, texts(605, 1100)...)
	path := newFile(t, exported(messages...))
	cut := exported(messages...)
	collectortest.Run(t, collectortest.Fixture{
		New:    func(t *testing.T) collectors.Collector { return newCollector(t, path) },
		Want:   append(ids(0, 600), ids(605, 1100)...),
		Broken: append([]string{(&export{channel: wireChannel{ID: channel}}).id(message{raw: []byte(noNumber)})}, ids(602, 605)...),
		Empty:  func(t *testing.T) collectors.Collector { return newCollector(t, newFile(t, exported())) },
		Failing: func(t *testing.T) collectors.Collector {
			return newCollector(t, newFile(t, cut[:len(cut)*2/3]))
		},
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			left := append(texts(0, 3), text(3, "Default", `, "timestampEdited": "2026-03-02T11:00:00Z", "content": "Who reads them now?"`))
			left = append(left, noNumber, text(7, "GuildMemberJoin", ""), text(8, "Default", `, "content": 12`), text(9, "Default", ""))
			odd := (&export{channel: wireChannel{ID: channel}}).id(message{raw: []byte(noNumber)})
			return newCollector(t, newFile(t, exported(left...))), collectortest.Fetched{Items: append(ids(1, 2), ids(3, 4)...),
				Broken: append(ids(8, 9), odd), Gone: ids(5, 8), Unknown: append(ids(10, 12), "7/"+id(1), channel+"/broken-0")}
		},
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			left := append(texts(0, 3), text(3, "Default", `, "timestampEdited": "2026-03-02T11:00:00Z", "content": "Who reads them now?"`))
			left = append(left, texts(10, 600)...)
			left = append(left, texts(605, 1090)...)
			return newCollector(t, newFile(t, exported(left...))), ids(3, 4), ids(4, 10)
		},
		Grow: func(t *testing.T) []string {
			write(t, path, exported(append(messages, texts(1100, 1700)...)...))
			return ids(1100, 1700)
		},
	})
}

// first gives the first item of an export.
func first(t *testing.T, s Settings, text string) (domain.Item, bool) {
	t.Helper()
	s.Path = newFile(t, text)
	c, err := New(s, collectors.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	for b, err := range c.Collect(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range b.Items {
			return item, true
		}
	}
	return domain.Item{}, false
}

func TestItem(t *testing.T) {
	got, ok := first(t, Settings{TakeAll: true}, "\ufeff"+exported(text(7, "Reply", `,
      "timestampEdited": "2026-03-02T10:05:00+01:00",
      "author": {"id": "42", "name": "alice", "nickname": "Alice (NGO)", "isBot": false, "roles": [{"id": "5", "name": "Civil society", "position": 1}]},
      "mentions": [{"id": "9", "name": "askahead", "nickname": "askahead", "isBot": true}],
      "reference": {"messageId": "1199999999999999999", "channelId": "`+channel+`", "guildId": "1"}`)))
	want := domain.Item{
		ExternalID: channel + "/" + id(7), Type: domain.TypeDiscord, Raw: []byte("Who reads the reports? (7)"), Edited: true,
		Envelope: domain.Envelope{
			Canonical: "discord:" + channel + "/" + id(7),
			Parents:   []string{"discord:" + channel + "/1199999999999999999"},
			Author:    domain.Author{ID: "discord:42", Name: "Alice (NGO)"},
			Published: time.Date(2026, 3, 2, 9, 0, 0, 123_000_000, time.UTC),
			Mentions:  []string{"askahead"},
			Facts:     []domain.Fact{{Name: domain.FactChannel, Value: "ask-the-panel"}, {Name: domain.FactName, Value: "Alice (NGO)"}, {Name: domain.FactRole, Value: "Civil society"}},
		},
	}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestReactions(t *testing.T) {
	for reactions, want := range map[string]int{
		`[]`: 0,
		`[{"emoji": {"id": "", "name": "👍", "code": "thumbsup"}, "count": 3}, {"emoji": {"name": "💯"}, "count": 2}, {"emoji": {"name": "👎"}, "count": 9}]`: 3,
		`7`:                              0,
		`[{"emoji": "👍", "count": "3"}]`: 0,
	} {
		message := strings.Replace(text(7, "Default", ""), `"reactions": []`, `"reactions": `+reactions, 1)
		if got, ok := first(t, Settings{TakeAll: true}, exported(message)); !ok || got.Support != want {
			t.Errorf("%s: %d support it (%v), want %d", reactions, got.Support, ok, want)
		}
	}
}

func TestWhatIsTaken(t *testing.T) {
	mention := `, "mentions": [{"id": "9", "name": "askahead"}]`
	for _, c := range []struct {
		name    string
		s       Settings
		message string
		want    bool
	}{
		{"everything of a question box", Settings{TakeAll: true}, text(1, "Default", ""), true},
		{"otherwise what mentions the bot by name", Settings{Bot: "@AskAhead"}, text(1, "Default", mention), true},
		{"or by id", Settings{Bot: "9"}, text(1, "Reply", mention), true},
		{"nothing that does not", Settings{Bot: "other"}, text(1, "Default", mention), false},
		{"nothing that the server wrote", Settings{TakeAll: true}, text(1, "ChannelPinnedMessage", ""), false},
		{"nothing of a kind unknown", Settings{TakeAll: true}, text(1, "24", ""), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, got := first(t, c.s, exported(c.message)); got != c.want {
				t.Errorf("taken: %v", got)
			}
		})
	}
}

func TestFilesThatAreNoExport(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name, text, says string
		is               error
	}{
		{"an empty file", "", "is not a channel", collectors.ErrSettings},
		{"another JSON", `{"messages": [{"id": "1"}]}`, "is not a channel", collectors.ErrSettings},
		{"a list", `[1]`, "is not a channel", collectors.ErrSettings},
		{"a packed export", "\x1f\x8b\x08....", "is packed; unpack it first", collectors.ErrSettings},
		{"HTML", `<html>`, "is not a channel", collectors.ErrSettings},
		{"a channel of a wrong shape", `{"channel": "x", "messages": []}`, "is not a channel", collectors.ErrSettings},
		{"an export with the newest first", exported(text(2, "Default", ""), text(1, "Default", "")), "newest messages first", collectors.ErrSettings},
		{"an export cut off in its head", exported()[:100], "is cut off", nil},
		{"a damaged export", strings.Replace(exported(texts(0, 3)...), `"isPinned": false`, `"isPinned": fal!e`, 1), "is damaged", nil},
		{"an endless message", exported(strings.Replace(text(1, "Default", ""), "Who", strings.Repeat("x", 16<<20), 1)), "larger than 16 MB", collectors.ErrLongValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			for _, err = range newCollector(t, newFile(t, c.text)).Collect(t.Context(), "") {
			}
			if err == nil || !strings.Contains(err.Error(), c.says) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("got %v", err)
			}
		})
	}
	for name, path := range map[string]string{"there is no file": filepath.Join(dir, "none"), "is not a file": dir} {
		t.Run(name, func(t *testing.T) {
			f := newCollector(t, path).Check(t.Context())
			if len(f) != 1 || f[0].OK || !strings.Contains(f[0].Hint, name) {
				t.Errorf("check says %+v", f)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	big := exported(strings.Replace(text(1, "Default", ""), "Who", strings.Repeat("x", collectors.MaxRaw), 1), text(2, "Default", ""))
	for b, err := range newCollector(t, newFile(t, big)).Collect(t.Context(), "") {
		if err != nil || len(b.Items)+len(b.Broken) != 1 {
			t.Errorf("got %d items, %d broken, %v", len(b.Items), len(b.Broken), err)
		}
	}
}

func TestAnotherChannelIsReadFromItsStart(t *testing.T) {
	path := newFile(t, exported(texts(5, 9)...))
	var next collectors.Cursor
	for b := range newCollector(t, path).Collect(t.Context(), "") {
		next = b.Next
	}
	write(t, path, strings.ReplaceAll(exported(texts(0, 3)...), channel, "1100000000000000001"))
	n := 0
	for b, err := range newCollector(t, path).Collect(t.Context(), next) {
		if err != nil {
			t.Fatal(err)
		}
		n += len(b.Items)
	}
	if n != 3 {
		t.Errorf("got %d messages", n)
	}
	for b, err := range newCollector(t, path).Sweep(t.Context(), ids(5, 9)) {
		if err != nil || len(b.Gone) > 0 {
			t.Errorf("a sweep takes the other channel's messages for deleted: %q, %v", b.Gone, err)
		}
	}
}

func TestKind(t *testing.T) {
	k := Kind()
	t.Run("takes exports for import", func(t *testing.T) {
		s, ok := k.Archive("x.json", []byte(exported()[:300]))
		if !ok || len(s.(*Settings).Validate()) > 0 {
			t.Errorf("got %+v, %v", s, ok)
		}
		for _, head := range []string{"", "{}", `{"messages": []}`, `[{"guild": {}, "channel": {}}]`, "From a"} {
			if _, ok := k.Archive("x", []byte(head)); ok {
				t.Errorf("takes %q", head)
			}
		}
		if _, ok := k.Archive("x", nil); ok {
			t.Error("takes a folder")
		}
	})
	t.Run("asks for a reason to read a channel", func(t *testing.T) {
		errs := (&Settings{}).Validate()
		if len(errs) != 2 || !strings.HasPrefix(errs[0].Error(), "path: ") || !strings.HasPrefix(errs[1].Error(), "take_all: ") {
			t.Errorf("got %v", errs)
		}
	})
	t.Run("says in a check what is found", func(t *testing.T) {
		c := newCollector(t, newFile(t, exported(texts(0, 3)...)))
		if f := c.Check(t.Context()); len(f) != 1 || !f[0].OK || !strings.Contains(f[0].What, "3 messages of #ask-the-panel, 3 of them") {
			t.Errorf("got %+v", f)
		}
		c.all, c.bot = false, "nobody"
		if f := c.Check(t.Context()); len(f) != 1 || f[0].OK || !strings.Contains(f[0].Hint, "no message mentions") {
			t.Errorf("got %+v", f)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(exported(text(1, "Default", ""), text(2, "Reply", `, "reference": {"messageId": "1"}`)))
	f.Add(`{"channel":{"id":"1"},"messages":[{"id":"0"},{"id":"18446744073709551616"},[],null]}`)
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "x.json")
		write(t, path, text)
		c := newCollector(t, path)
		var since collectors.Cursor
		items := 0
		for b, err := range c.Collect(t.Context(), "") {
			if err != nil {
				return
			}
			since, items = b.Next, items+len(b.Items)
		}
		for b, err := range c.Collect(t.Context(), since) {
			if err != nil || !(len(b.Items) == 0 && len(b.Broken) == 0) {
				t.Fatalf("read again from its end it gives %d items, %d broken, %v", len(b.Items), len(b.Broken), err)
			}
		}
	})
}

func BenchmarkCollect(b *testing.B) {
	path := filepath.Join(b.TempDir(), "export.json")
	all := exported(texts(0, 5000)...)
	if err := os.WriteFile(path, []byte(all), 0o600); err != nil {
		b.Fatal(err)
	}
	c, err := New(Settings{Path: path, TakeAll: true}, collectors.Deps{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(all)))
	for b.Loop() {
		for _, err := range c.Collect(b.Context(), "") {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
