package matterbridge

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestRecordedRooms sends what was said in real rooms the way of a bridge, if the environment says where the
// logs are: every line that a person said becomes one item with its words and its author, every other event none.
func TestRecordedRooms(t *testing.T) {
	dir := os.Getenv("CORPORA")
	if dir == "" {
		t.Skip("set CORPORA to the folder with the unpacked social-chat-feeds corpus to read recorded rooms")
	}
	files, err := filepath.Glob(filepath.Join(dir, "social-chat-feeds", "irc", "*.raw.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	line := regexp.MustCompile(`^\[\d\d:\d\d\] (?:<([^>]*)> ?|\* (\S+) ?)(.*)$`)
	lines, said, askers := 0, 0, map[string]bool{}
	for room, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f := newFake(t)
		var want []string
		nicks := map[string]bool{}
		for row := range strings.Lines(strings.ToValidUTF8(string(text), "\ufffd")) {
			row = strings.TrimRight(row, "\r\n")
			lines++
			m := object{"text": row, "event": "join_leave", "username": "system", "channel": filepath.Base(file)}
			if found := line.FindStringSubmatch(row); found != nil {
				m["text"], m["username"], m["event"] = found[3], found[1]+found[2], map[bool]string{true: "user_action"}[found[2] != ""]
				if strings.TrimSpace(found[3]) != "" {
					want = append(want, found[3])
					nicks[found[1]+found[2]] = true
				}
			}
			m["timestamp"] = began.Add(time.Duration(lines) * time.Second)
			f.buffer = append(f.buffer, message(room, m))
		}
		b := f.read(t, "")
		got := texts(b)
		if len(b.Broken) > 0 || len(got) != len(want) {
			t.Fatalf("log %d: %d lines were said, %d items came, %d are broken", room, len(want), len(got), len(b.Broken))
		}
		authors := map[string]bool{}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("log %d, item %d: its words have changed", room, i)
			}
			authors[b.Items[i].Author.ID] = true
			askers[b.Items[i].Author.ID] = true
		}
		if len(authors) != len(nicks) {
			t.Errorf("log %d: %d people became %d askers", room, len(nicks), len(authors))
		}
		said += len(want)
	}
	t.Logf("%d logs, %d lines, %d of them said by %d people", len(files), lines, said, len(askers))
}
