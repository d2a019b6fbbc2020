package chatexport

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

func TestLogs(t *testing.T) {
	for _, tt := range []struct {
		name, file, text string
		want             []string // "time nick: words"
	}{
		{"of a day, with mIRC's brackets", "#privacy.2026-03-02.log", "[09:14] <ada> Who reads them?\r\n[09:15] * ada wonders why\n",
			[]string{"03-02 09:14:00 ada: Who reads them?", "03-02 09:15:00 ada: wonders why"}},
		{"of ZNC", "20260302.log", "[09:14:05] *** Joins: cy (c@c.example)\n[09:14:06] <cy> Who?\n", []string{"03-02 09:14:06 cy: Who?"}},
		{"of irssi, over midnight", "privacy.log", "--- Log opened Mon Mar 02 23:58:00 2026\n23:58 <@ada> Who?\n23:59 -!- cy [c@c.example] has joined #privacy\n--- Day changed Tue Mar 03 2026\n00:01 < bea> Why?\n",
			[]string{"03-02 23:58:00 ada: Who?", "03-03 00:01:00 bea: Why?"}},
		{"of WeeChat", "irc.privacy.weechatlog", "2026-03-02 09:14:05\t-->\tada has joined\n2026-03-02 09:14:06\t@ada\tWho?\n2026-03-02 09:14:07\t *\tada waits\n",
			[]string{"03-02 09:14:06 ada: Who?", "03-02 09:14:07 ada: waits"}},
		{"of HexChat", "privacy.log", "**** BEGIN LOGGING AT Mon Mar  2 09:14:05 2026\n\nMar 02 09:14:06 <ada>\tWho?\nMar 02 09:14:07 *\tNow talking on #privacy\n",
			[]string{"03-02 09:14:06 ada: Who?"}},
		{"with whole times and lines that go on", "room.txt", "[2026-03-02 09:14:05] <ada> Who\nreads\n\nthem?\n[2026-03-02 09:14:09] <bea> I do.\n",
			[]string{"03-02 09:14:05 ada: Who\nreads\n\nthem?", "03-02 09:14:09 bea: I do."}},
		{"whose name alone says the day, over midnight", "2026-03-02.log", "[23:59] <ada> Who?\n[00:01] <ada> Why?\n", []string{"03-02 23:59:00 ada: Who?", "03-03 00:01:00 ada: Why?"}},
		{"with colours and people who are called", "2026-03-02.log", "[09:14] <ada> hi\n[09:15] <bea> \x02\x0304,01ada\x0f: who \x1dreads\x1d them?\n[09:16] <bea> note: who?\n",
			[]string{"03-02 09:14:00 ada: hi", "03-02 09:15:00 bea: @ada who reads them?", "03-02 09:16:00 bea: note: who?"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			items, broken, _, err := read(t, newCollector(t, files{tt.file: tt.text}.write(t, t.TempDir()), nil), "")
			if err != nil || len(broken) > 0 {
				t.Fatalf("%d broken, %v", len(broken), err)
			}
			var got []string
			for _, i := range items {
				got = append(got, i.Published.Format("01-02 15:04:05 ")+i.Author.Name+": "+string(i.Raw))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
	t.Run("times are those of the zone", func(t *testing.T) {
		items, _, _, err := read(t, newCollector(t, files{"2026-03-02.log": "[09:14] <ada> Who?\n"}.write(t, t.TempDir()), func(s *Settings) { s.Timezone = "Europe/Paris" }), "")
		if err != nil || len(items) != 1 || !items[0].Published.Equal(time.Date(2026, 3, 2, 8, 14, 0, 0, time.UTC)) {
			t.Errorf("got %+v, %v", items, err)
		}
	})
	t.Run("the same words at the same time are two items, and a log that grows gives what is new", func(t *testing.T) {
		f := files{"2026-03-02.log": "[09:14] <ada> Who?\n[09:14] <ada> Who?\n"}
		dir := f.write(t, t.TempDir())
		items, _, next, err := read(t, newCollector(t, dir, nil), "")
		if err != nil || len(items) != 2 || items[0].ExternalID == items[1].ExternalID {
			t.Fatalf("got %d items, %v", len(items), err)
		}
		files{"2026-03-02.log": f["2026-03-02.log"] + "[09:14] <ada> Why?\n[09:14] <ada> Who?\n"}.write(t, dir)
		more, _, _, err := read(t, newCollector(t, dir, nil), next)
		if err != nil || !slices.Equal(words(more), []string{"Why?", "Who?"}) {
			t.Errorf("then %q, %v", words(more), err)
		}
	})
	t.Run("two people who ask the same in two rooms are two", func(t *testing.T) {
		items, _, _, err := read(t, newCollector(t, files{"#one.2026-03-02.log": "[09:14] <ada> Who?\n", "#two.2026-03-02.log": "[09:14] <bea> Who?\n"}.write(t, t.TempDir()), nil), "")
		if err != nil || len(items) != 2 || items[0].Canonical == items[1].Canonical || items[0].Author.ID == items[1].Author.ID {
			t.Errorf("got %+v, %v", items, err)
		}
	})
	t.Run("what two people said to each other alone is not read", func(t *testing.T) {
		const line = "[09:14] <ada> Who?\n"
		for _, f := range []files{
			{"#one.2026-03-02.log": line, "bea.2026-03-02.log": line},
			{"net/#one/2026-03-02.log": line, "net/bea/2026-03-02.log": line},
			{"irc.net.#one.log": "[2026-03-02 09:14] <ada> Who?\n", "irc.net.bea.log": "[2026-03-02 09:14] <ada> Who?\n"},
		} {
			items, broken, _, err := read(t, newCollector(t, f.write(t, t.TempDir()), nil), "")
			if err != nil || len(items) != 1 || len(broken) != 0 || !strings.Contains(items[0].Facts[0].Value, "one") {
				t.Errorf("got %+v, %v", items, err)
			}
		}
		items, _, _, err := read(t, newCollector(t, files{"one.2026-03-02.log": line, "two.2026-03-02.log": line}.write(t, t.TempDir()), nil), "")
		if err != nil || len(items) != 2 {
			t.Errorf("without any \"#\" nobody can tell: got %d items, %v", len(items), err)
		}
	})
	t.Run("what can't be read has its reason", func(t *testing.T) {
		long := strings.Repeat("x", 2*maxLine)
		_, broken, _, err := read(t, newCollector(t, files{"room.log": "a line above\n[09:13] <ada> Who?\n[09:14] <ada> " + long + "\n[2026-03-02 09:15] <ada> Why?\n"}.write(t, t.TempDir()), nil), "")
		var got []string
		for _, b := range broken {
			got = append(got, b.Reason)
		}
		if want := []string{"it stands above the first line that has a time and a name", "neither the line nor the name of the file says its day", "its line is longer than 64 KB"}; err != nil || len(got) != 3 || !slices.Equal(got, want) {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestManyMessages(t *testing.T) {
	var b strings.Builder
	for n := range 20_000 {
		fmt.Fprintf(&b, "[%02d:%02d:%02d] <ada> Who reads report %d?\n", n/3600, n/60%60, n%60, n)
	}
	items, broken, _, err := read(t, newCollector(t, files{"2026-03-02.log": b.String()}.write(t, t.TempDir()), nil), "")
	if err != nil || len(items) != 20_000 || len(broken) != 0 {
		t.Errorf("got %d items, %d broken, %v", len(items), len(broken), err)
	}
}

// FuzzDocument reads anything as a document of an export: no panic, and what comes keeps the contract.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(`[{"type": "message", "user": "U1", "ts": "1772445600.000200", "text": "<@U6> who?"}]`))
	f.Add([]byte(`{"posts": {"p": {"id": "p", "create_at": 1, "channel_id": "c", "user_id": "u", "message": "@a who?"}}}`))
	f.Add([]byte(`{"messages": [{"_id": "m2", "rid": "r1", "msg": "Who?", "ts": {"$date": 1772445600000}, "u": {"_id": "u1"}}]}`))
	f.Add([]byte(`{"name": "x", "type": "private_group", "id": 1, "messages": [{"id": 7, "type": "message", "date": "2026-03-02T11:00:00", "from_id": "user5", "text": [{"type": "pre", "text": "x"}, "y"]}]}`))
	f.Add([]byte(`{"ok": true, "result": [{"update_id": 1, "message": {"message_id": 7, "date": 1, "chat": {"id": -1}, "from": {"id": 5}, "text": "😀 Why?", "entities": [{"type": "code", "offset": 1, "length": 7}]}}]}`))
	f.Add([]byte(`{"chats": {"list": [{"messages": [[]]}]}}`))
	f.Add([]byte("--- Log opened Mon Mar 02 23:58:00 2026\n23:58 <@ada> Who?\n more\n2026-03-02 09:14:06\t@ada\tWho?\n[09:15] * bea wonders\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := files{"2026-03-02.json": string(data)}.write(t, t.TempDir())
		looksLikeExport(dir, data)
		ids := map[string]bool{}
		for b, err := range newCollector(t, dir, nil).Collect(t.Context(), "") {
			if err != nil {
				break
			}
			for _, i := range b.Items {
				if i.ExternalID == "" || i.Canonical == "" || len(i.Raw) > collectors.MaxRaw || len(i.Facts) == 0 {
					t.Fatalf("an item lacks something: %+v", i)
				}
				ids[i.ExternalID] = true
			}
		}
	})
}
