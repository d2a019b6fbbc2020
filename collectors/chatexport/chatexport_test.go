package chatexport

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
	"askahead/collectors/collectortest"
	"askahead/domain"
)

// files are the documents of an export by their paths.
type files map[string]string

func (f files) write(t *testing.T, dir string) string {
	t.Helper()
	for name, text := range f {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func newCollector(t *testing.T, path string, change func(*Settings)) *Collector {
	t.Helper()
	s := Settings{Path: path, TakeAll: true, Timezone: "UTC"}
	if change != nil {
		change(&s)
	}
	c, err := New(s, collectors.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// said is message n of a Slack channel: one a minute from the beginning of 2026-03-02 on.
func said(n int, more string) string {
	return fmt.Sprintf(`{"type": "message", "user": "U%d", "ts": %q, "text": "Who reads the reports? (%d)"%s}`, n%7, ts(n), n, more)
}

func ts(n int) string { return fmt.Sprintf("%d.%06d", day.Unix()+int64(n)*60, n) }

var day = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func slackID(channel string, n int) string {
	at, _ := slackTime(text(ts(n)))
	return fmt.Sprintf("slack:%s/%d/%s", channel, at.UnixMicro(), ts(n))
}

func slackIDs(channel string, from, to int) []string {
	var ids []string
	for n := from; n < to; n++ {
		ids = append(ids, slackID(channel, n))
	}
	return ids
}

// days writes messages into files of 200 each, as Slack does by days.
func days(into files, folder string, messages []string) files {
	for i := 0; i*200 < len(messages); i++ {
		part := messages[i*200 : min(len(messages), i*200+200)]
		into[fmt.Sprintf("%s/2026-03-%02d.json", folder, i+2)] = "[\n" + strings.Join(part, ",\n") + "\n]"
	}
	return into
}

func messages(from, to int) []string {
	var all []string
	for n := from; n < to; n++ {
		all = append(all, said(n, ""))
	}
	return all
}

func workspaceFiles() files {
	return files{
		"users.json": `[{"id": "U1", "name": "ada", "is_bot": false, "profile": {"real_name": "Ada Example", "display_name": "ada (NGO)", "title": "digital rights"}},
			{"id": "U6", "name": "helper", "is_bot": true, "profile": {}}]`,
		"channels.json": `[{"id": "C1", "name": "ask-the-panel", "members": ["U1"]}, {"id": "C2", "name": "general"}]`,
		"groups.json":   `[{"id": "G1", "name": "board"}]`,
		"dms.json":      `[{"id": "D012345678", "members": ["U1", "U2"]}]`,
		"mpims.json":    `[{"id": "G9", "name": "mpdm-ada--bea-1"}]`,
	}
}

func TestConformance(t *testing.T) {
	all := messages(0, 1200)
	broken := map[int]string{500: said(500, `, "user": {"no": "name"}`), 501: `{"type": "message", "ts": "` + ts(501) + `", "text": "Who?"}`}
	for n, m := range broken {
		all[n] = m
	}
	all[502] = said(502, `, "subtype": "channel_join"`)
	path := days(workspaceFiles(), "ask-the-panel", all).write(t, t.TempDir())
	want := slices.DeleteFunc(slackIDs("C1", 0, 1200), func(id string) bool {
		return slices.Contains(slackIDs("C1", 500, 503), id) || strings.HasSuffix(id, "6") && false
	})
	for n := 6; n < 1200; n += 7 { // what the bot wrote
		want = slices.DeleteFunc(want, func(id string) bool { return id == slackID("C1", n) })
	}
	collectortest.Run(t, collectortest.Fixture{
		New:    func(t *testing.T) collectors.Collector { return newCollector(t, path, nil) },
		Want:   want,
		Broken: slackIDs("C1", 500, 502),
		Empty: func(t *testing.T) collectors.Collector {
			return newCollector(t, files{"channels.json": "[]", "users.json": "[]"}.write(t, t.TempDir()), nil)
		},
		Failing: func(t *testing.T) collectors.Collector {
			f := days(workspaceFiles(), "ask-the-panel", all)
			f["ask-the-panel/2026-03-07.json"] = f["ask-the-panel/2026-03-07.json"][:5000]
			return newCollector(t, f.write(t, t.TempDir()), nil)
		},
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			left := slices.Clone(all)
			left[10] = said(10, `, "edited": {"user": "U3", "ts": "1.2"}`)
			left[11] = said(11, `, "subtype": "tombstone"`)
			left = slices.Delete(left, 14, 16)
			return newCollector(t, days(workspaceFiles(), "ask-the-panel", left).write(t, t.TempDir()), nil), slackIDs("C1", 10, 11),
				append(slackIDs("C1", 11, 12), slackIDs("C1", 14, 16)...)
		},
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			left := slices.Delete(slices.Clone(all), 14, 16)
			return newCollector(t, days(workspaceFiles(), "ask-the-panel", left).write(t, t.TempDir()), nil), collectortest.Fetched{
				Items: slackIDs("C1", 0, 3), Broken: slackIDs("C1", 500, 501), Gone: append(slackIDs("C1", 14, 16), slackIDs("C1", 502, 503)...),
				Unknown: []string{slackID("C1", 5000), slackID("C7", 2), "C1/x", ""}}
		},
		Grow: func(t *testing.T) []string {
			days(files{}, "ask-the-panel", append(slices.Clone(all), messages(1200, 1203)...)).write(t, path)
			days(files{}, "general", messages(0, 2)).write(t, path) // a channel that came later, with older messages
			return append(slackIDs("C2", 0, 2), slackIDs("C1", 1200, 1203)...)
		},
	})
}

// read gives all items of an export, and the error that it ends with.
func read(t *testing.T, c *Collector, since collectors.Cursor) (items []domain.Item, broken []collectors.Broken, next collectors.Cursor, err error) {
	t.Helper()
	next = since
	for b, e := range c.Collect(t.Context(), since) {
		if e != nil {
			return items, broken, next, e
		}
		items, broken, next = append(items, b.Items...), append(broken, b.Broken...), b.Next
	}
	return items, broken, next, nil
}

func words(items []domain.Item) []string {
	var all []string
	for _, i := range items {
		all = append(all, string(i.Raw))
	}
	return all
}

func TestDamageHoldsBackWhatLiesBehindIt(t *testing.T) {
	whole := days(workspaceFiles(), "ask-the-panel", messages(0, 600))
	days(whole, "general", messages(0, 10))
	cut := files{}
	for name, text := range whole {
		cut[name] = text
	}
	cut["ask-the-panel/2026-03-03.json"] = whole["ask-the-panel/2026-03-03.json"][:1000]
	dir := cut.write(t, t.TempDir())
	before, _, next, err := read(t, newCollector(t, dir, nil), "")
	if err == nil || !strings.Contains(err.Error(), "2026-03-03.json: it is cut off") {
		t.Fatalf("the damage is not told: %v", err)
	}
	whole.write(t, dir)
	after, _, _, err := read(t, newCollector(t, dir, nil), next)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, i := range append(before, after...) {
		got[i.ExternalID]++
	}
	for _, id := range append(slackIDs("C1", 0, 600), slackIDs("C2", 0, 10)...) {
		if n := got[id]; n != 1 && !strings.Contains(id, "/"+"x") && !isBots(id) {
			t.Fatalf("%s came %d times", id, n)
		}
	}
}

func isBots(id string) bool {
	for n := 6; n < 1300; n += 7 {
		if strings.HasSuffix(id, "/"+ts(n)) {
			return true
		}
	}
	return false
}

func TestOnlyChannelsAreRead(t *testing.T) {
	f := workspaceFiles()
	for _, folder := range []string{"ask-the-panel", "general", "board", "D012345678", "mpdm-ada--bea-1", "unlisted"} {
		f[folder+"/2026-03-02.json"] = strings.Replace("["+said(1, "")+"]", "reports", folder, 1)
	}
	dir := f.write(t, t.TempDir())
	packed := filepath.Join(t.TempDir(), "export.zip")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range f {
		w, err := z.Create("Example Slack export/" + name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, text)
	}
	z.Close()
	if err := os.WriteFile(packed, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		path   string
		only   []string
		folder []string
		wrong  string
	}{
		{"all public ones", dir, nil, []string{"ask-the-panel", "general"}, ""},
		{"those of a .zip with a folder around them", packed, nil, []string{"ask-the-panel", "general"}, ""},
		{"those that are named", dir, []string{"#General"}, []string{"general"}, ""},
		{"by id", dir, []string{"C2"}, []string{"general"}, ""},
		{"a closed one that is named", dir, []string{"board", "general"}, []string{"general", "board"}, ""},
		{"the one whose folder is named", filepath.Join(dir, "general"), nil, []string{"general"}, ""},
		{"no conversation between persons, named or not", dir, []string{"D012345678", "mpdm-ada--bea-1", "unlisted"}, nil, ""},
		{"nor by its folder", filepath.Join(dir, "D012345678"), nil, nil, "between persons"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items, _, _, err := read(t, newCollector(t, tt.path, func(s *Settings) { s.Channels = tt.only }), "")
			if tt.wrong != "" {
				if !errors.Is(err, collectors.ErrSettings) || !strings.Contains(err.Error(), tt.wrong) {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range items {
				got = append(got, i.Facts[0].Value)
				if !strings.Contains(string(i.Raw), i.Facts[0].Value) {
					t.Errorf("channel %s has the words %q", i.Facts[0].Value, i.Raw)
				}
			}
			slices.Sort(got)
			slices.Sort(tt.folder)
			if !slices.Equal(got, tt.folder) {
				t.Errorf("read %q, want %q", got, tt.folder)
			}
		})
	}
	t.Run("and none without the lists beside them either", func(t *testing.T) {
		for _, name := range []string{"channels.json", "users.json", "groups.json", "dms.json", "mpims.json"} {
			os.Remove(filepath.Join(dir, name))
		}
		items, _, _, err := read(t, newCollector(t, dir, nil), "")
		if err != nil || len(items) != 4 { // ask-the-panel, general, board, unlisted
			t.Errorf("got %q, %v", words(items), err)
		}
	})
}

func TestFormats(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, file, text string
		want             domain.Item
	}{
		{"Slack, a reply of somebody who is known", "ask-the-panel/2026-03-02.json",
			`[{"type": "message", "user": "U1", "ts": "1772445600.000200", "thread_ts": "1772445000.000100", "text": "<@U6> who reads them?", "edited": {"ts": "1"},
				"reactions": [{"name": "+1", "users": ["U1", "U6"], "count": 5}, {"name": "-1", "users": ["U6"], "count": 9}]}]`,
			domain.Item{ExternalID: "slack:C1/1772445600000200/1772445600.000200", Type: domain.TypeSlack, Raw: []byte("<@U6> who reads them?"), Edited: true, Envelope: domain.Envelope{
				Canonical: "slack:C1/1772445600.000200", Parents: []string{"slack:C1/1772445000.000100"}, Author: domain.Author{ID: "slack:U1", Name: "ada (NGO)", Bio: "digital rights"},
				Published: at.Add(200 * time.Microsecond), Support: 4, Mentions: []string{"helper"}, Facts: facts("ask-the-panel", "ada (NGO)", "slack")}}},
		{"Slack, an answer of the interface", "privacy.json", `{"ok": true, "messages": [{"type": "message", "user": "U2", "ts": "1772445600.000000", "text": "Who?"}]}`,
			domain.Item{ExternalID: "slack:#privacy/1772445600000000/1772445600.000000", Type: domain.TypeSlack, Raw: []byte("Who?"), Envelope: domain.Envelope{
				Canonical: "slack:#privacy/1772445600.000000", Author: domain.Author{ID: "slack:U2"}, Published: at, Facts: facts("privacy", "", "slack")}}},
		{"Mattermost", "posts.json", `{"order": ["p2"], "posts": {"p2": {"id": "p2", "create_at": 1772445600000, "edit_at": 0, "delete_at": 0, "user_id": "u1", "channel_id": "c1", "root_id": "p1", "message": "@askahead who reads them?", "type": "", "props": {"username": "ada"}}}}`,
			domain.Item{ExternalID: "mattermost:c1/1772445600000000/p2", Type: domain.TypeMarkdown, Raw: []byte("@askahead who reads them?"), Envelope: domain.Envelope{
				Canonical: "mattermost:p2", Parents: []string{"mattermost:p1"}, Author: domain.Author{ID: "mattermost:u1", Name: "ada"}, Published: at, Mentions: []string{"askahead"}, Facts: facts("c1", "ada", "mattermost")}}},
		{"Rocket.Chat", "page.json", `{"success": true, "messages": [{"_id": "m2", "rid": "r1", "tmid": "m1", "msg": "Who?", "ts": {"$date": 1772445600000}, "editedAt": "2026-03-02T11:00:00Z", "u": {"_id": "u1", "username": "ada"},
				"reactions": {":heart:": {"usernames": ["ada", "bob", "carol"]}, ":thumbsdown:": {"usernames": ["dan", "eve", "frank"]}}, "mentions": [{"_id": "b", "username": "askahead"}]}]}`,
			domain.Item{ExternalID: "rocketchat:r1/1772445600000000/m2", Type: domain.TypeMarkdown, Raw: []byte("Who?"), Edited: true, Envelope: domain.Envelope{
				Canonical: "rocketchat:r1/m2", Parents: []string{"rocketchat:r1/m1"}, Author: domain.Author{ID: "rocketchat:u1", Name: "ada"}, Published: at, Support: 2, Mentions: []string{"askahead"}, Facts: facts("r1", "ada", "rocketchat")}}},
		{"Gitter", "room.json", `[{"id": "g1", "text": "Who?", "sent": "2026-03-02T10:00:00.000Z", "fromUser": {"id": "u1", "username": "ada", "displayName": "Ada Example"}, "parentId": "g0", "mentions": []}]`,
			domain.Item{ExternalID: "gitter:#room/1772445600000000/g1", Type: domain.TypeMarkdown, Raw: []byte("Who?"), Envelope: domain.Envelope{
				Canonical: "gitter:g1", Parents: []string{"gitter:g0"}, Author: domain.Author{ID: "gitter:u1", Name: "Ada Example"}, Published: at, Facts: facts("room", "Ada Example", "gitter")}}},
		{"Telegram's export", "result.json", `{"name": "Ask us", "type": "private_supergroup", "id": 42, "messages": [{"id": 7, "type": "message", "date": "2026-03-02T11:00:00", "date_unixtime": "1772445600", "from": "Ada", "from_id": "user5", "reply_to_message_id": 6,
				"reactions": [{"type": "emoji", "count": 3, "emoji": "🔥"}, {"type": "emoji", "count": 8, "emoji": "🤡"}, {"type": "paid", "count": 9}], "text": [{"type": "blockquote", "text": "Why?"}, "Who <reads>\nthem? ", {"type": "mention", "text": "@askahead"}]}]}`,
			domain.Item{ExternalID: "telegram:42/1772445600000000/7", Type: domain.TypeHTML, Raw: []byte("<blockquote>Why?</blockquote>Who &lt;reads&gt;<br>them? @askahead"), Envelope: domain.Envelope{
				Canonical: "telegram:42/7", Parents: []string{"telegram:42/6"}, Author: domain.Author{ID: "telegram:user5", Name: "Ada"}, Published: at, Support: 3, Mentions: []string{"askahead"}, Facts: facts("Ask us", "Ada", "telegram")}}},
		{"a poll in Telegram's export", "result.json", `{"name": "Ask us", "type": "private_supergroup", "id": 42, "messages": [{"id": 7, "type": "message", "date": "2026-03-02T11:00:00", "date_unixtime": "1772445600", "from": "Ada", "from_id": "user5", "text": "", "poll": {"question": "Who reads <them>?", "answers": [{"text": "I do"}]}}]}`,
			domain.Item{ExternalID: "telegram:42/1772445600000000/7", Type: domain.TypeHTML, Raw: []byte("Who reads &lt;them&gt;?"), Envelope: domain.Envelope{
				Canonical: "telegram:42/7", Author: domain.Author{ID: "telegram:user5", Name: "Ada"}, Published: at, Facts: facts("Ask us", "Ada", "telegram")}}},
		{"Telegram's interface for bots", "updates.json", `{"ok": true, "result": [{"update_id": 1, "message": {"message_id": 7, "date": 1772445600, "chat": {"id": -10042, "type": "supergroup", "title": "Ask us"}, "from": {"id": 5, "first_name": "Ada"}, "text": "😀 Why? Who?", "entities": [{"type": "blockquote", "offset": 0, "length": 7}]}}]}`,
			domain.Item{ExternalID: "telegram:42/1772445600000000/7", Type: domain.TypeHTML, Raw: []byte("<blockquote>😀 Why?</blockquote> Who?"), Envelope: domain.Envelope{
				Canonical: "telegram:42/7", Author: domain.Author{ID: "telegram:user5", Name: "Ada"}, Published: at, Facts: facts("Ask us", "Ada", "telegram")}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := files{tt.file: tt.text}
			if strings.Contains(tt.file, "/") {
				f = workspaceFiles()
				f[tt.file] = tt.text
			}
			items, broken, _, err := read(t, newCollector(t, f.write(t, t.TempDir()), nil), "")
			if err != nil || len(broken) > 0 || len(items) != 1 {
				t.Fatalf("got %d items, %d broken, %v", len(items), len(broken), err)
			}
			if diff := cmp.Diff(tt.want, items[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReactionsOfAnotherShapeCountNothing(t *testing.T) {
	for _, shape := range []string{`null`, `7`, `"many"`, `{}`, `[]`, `[7]`, `[{"name": 7, "users": {}, "count": "x", "emoji": []}]`, `{":+1:": 7}`} {
		raw := json.RawMessage(shape)
		if n := slackSupport(raw, "U1") + rocketSupport(raw, "ada") + telegramSupport(raw); n != 0 {
			t.Errorf("%s: %d people support it", shape, n)
		}
	}
}

func facts(channel, name, protocol string) []domain.Fact {
	return []domain.Fact{{Name: domain.FactChannel, Value: channel}, {Name: domain.FactName, Value: name}, {Name: domain.FactProtocol, Value: protocol}}
}

func TestWhatNobodyWroteHereIsLeftOut(t *testing.T) {
	for name, text := range map[string]string{
		"Slack: somebody joined":            `[{"type": "message", "subtype": "channel_join", "user": "U1", "ts": "1.0", "text": "joined"}]`,
		"Slack: a bot":                      `[{"type": "message", "subtype": "bot_message", "bot_id": "B1", "ts": "1.0", "text": "Who?"}]`,
		"Slack: an app that posts":          `[{"type": "message", "bot_id": "B1", "user": "U2", "ts": "1.0", "text": "Who?"}]`,
		"Mattermost: a system message":      `{"posts": {"p": {"id": "p", "create_at": 1, "channel_id": "c", "user_id": "u", "type": "system_join_channel", "message": "joined"}}}`,
		"Rocket.Chat: a system message":     `{"messages": [{"_id": "m", "rid": "r", "t": "uj", "ts": "2026-03-02T10:00:00Z", "msg": "ada", "u": {"_id": "u"}}]}`,
		"Rocket.Chat: a bot":                `{"messages": [{"_id": "m", "rid": "r", "bot": {"i": "x"}, "ts": "2026-03-02T10:00:00Z", "msg": "Who?", "u": {"_id": "u"}}]}`,
		"Telegram: forwarded":               `{"name": "x", "type": "private_group", "id": 1, "messages": [{"id": 1, "type": "message", "date": "2026-03-02T10:00:00", "from": "a", "from_id": "user1", "forwarded_from": null, "text": "Who?"}, {"id": 2, "type": "message", "date": "2026-03-02T10:00:00", "from": "a", "from_id": "user1", "forwarded_from": "b", "text": "Who?"}]}`,
		"Telegram: a service message":       `{"name": "x", "type": "private_group", "id": 1, "messages": [{"id": 1, "type": "service", "date": "2026-03-02T10:00:00", "actor": "a", "text": ""}]}`,
		"Telegram: a talk of two persons":   `{"name": "x", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message", "date": "2026-03-02T10:00:00", "from": "a", "from_id": "user1", "text": "Who?"}]}`,
		"Telegram: all chats of an account": `{"about": "x", "chats": {"about": "y", "list": [{"name": "x", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message", "date": "2026-03-02T10:00:00", "from": "a", "from_id": "user1", "text": "Who?"}]}]}}`,
		"Telegram: a message to the bot":    `{"ok": true, "result": [{"update_id": 1, "message": {"message_id": 7, "date": 1772445600, "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "first_name": "Ada"}, "text": "Who?"}}]}`,
		"Telegram: another bot":             `{"ok": true, "result": [{"update_id": 1, "message": {"message_id": 7, "date": 1772445600, "chat": {"id": -5, "type": "group"}, "from": {"id": 5, "is_bot": true}, "text": "Who?"}}]}`,
		"Telegram: no message":              `{"ok": true, "result": [{"update_id": 1, "callback_query": {}}]}`,
		"IRC: joins, notices, topics":       "[09:14] <ada> \n=== bea joined\n[09:15] *** bea sets the topic: Who?\n[09:16] -bea- Who?\n09:17 -!- cy has left\n",
	} {
		t.Run(name, func(t *testing.T) {
			file := "x.json"
			if strings.HasPrefix(name, "IRC") {
				file = "2026-03-02.log"
			}
			want := 0
			if name == "Telegram: forwarded" {
				want = 0 // null says that it was: somebody who deleted their account
			}
			items, broken, _, err := read(t, newCollector(t, files{file: text}.write(t, t.TempDir()), nil), "")
			if err != nil || len(items) != want || len(broken) != 0 {
				t.Errorf("got %q, %d broken, %v", words(items), len(broken), err)
			}
		})
	}
}

func TestMentions(t *testing.T) {
	f := files{"2026-03-02.log": "[09:14] <ada> hello\n[09:15] <askahead> hi\n[09:15] <bea> askahead: who reads them?\n[09:16] <bea> Who is askahead?\n[09:17] <cy> why, @askahead?\n"}
	items, _, _, err := read(t, newCollector(t, f.write(t, t.TempDir()), func(s *Settings) { s.TakeAll, s.Bot = false, "@askahead" }), "")
	if want := []string{"@askahead who reads them?", "why, @askahead?"}; err != nil || !slices.Equal(words(items), want) {
		t.Errorf("got %q, %v", words(items), err)
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files files
		says  string
	}{
		{"something else", files{"x.json": `{"a": 1}`, "y.txt": "Dear all,\nwho reads them?\n"}, "no chat that is known here"},
		{"rubbish", files{"x.json": `{"messages": [}`}, "damaged after"},
		{"users that nobody can read", files{"users.json": `[`, "channels.json": "[]"}, "says who is who"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, _, err := read(t, newCollector(t, tt.files.write(t, t.TempDir()), nil), "")
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
	t.Run("settings", func(t *testing.T) {
		_, err := New(Settings{Timezone: "Nowhere", Channels: []string{"#"}}, collectors.Deps{})
		for _, key := range []string{"path:", "take_all:", "channels:", "timezone:"} {
			if err == nil || !strings.Contains(err.Error(), key) {
				t.Errorf("%s is not in %v", key, err)
			}
		}
	})
	t.Run("a file that is not there", func(t *testing.T) {
		if _, _, _, err := read(t, newCollector(t, filepath.Join(t.TempDir(), "x"), nil), ""); !errors.Is(err, collectors.ErrSettings) {
			t.Errorf("got %v", err)
		}
	})
}
