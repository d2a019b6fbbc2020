package chatexport

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

func TestConversationsBetweenPersons(t *testing.T) {
	day := `[` + said(0, "") + `]`
	workspace := files{"channels.json": `[{"id": "C1", "name": "panel"}]`, "panel/2026-03-02.json": day, "D0123ABCD/2026-03-02.json": day, "ada/2026-03-02.json": day}.write(t, t.TempDir())
	bare := files{"panel/2026-03-02.json": day, "D0123ABCD/2026-03-02.json": day, "mpdm-ada--bea-1/2026-03-02.json": day}.write(t, t.TempDir())
	for _, path := range []string{
		"D0123ABCD", "D0123ABCD/2026-03-02.json", "ada", "ada/2026-03-02.json",
	} {
		t.Run("is refused in a workspace: "+path, func(t *testing.T) {
			items, _, _, err := read(t, newCollector(t, filepath.Join(workspace, path), nil), "")
			if len(items) > 0 || !errors.Is(err, collectors.ErrSettings) || !strings.Contains(err.Error(), "between persons") {
				t.Errorf("%d items, %v", len(items), err)
			}
		})
	}
	for _, path := range []string{"D0123ABCD", "D0123ABCD/2026-03-02.json", "mpdm-ada--bea-1/2026-03-02.json"} {
		t.Run("is refused with nothing beside it: "+path, func(t *testing.T) {
			items, _, _, err := read(t, newCollector(t, filepath.Join(bare, path), nil), "")
			if len(items) > 0 || !errors.Is(err, collectors.ErrSettings) {
				t.Errorf("%d items, %v", len(items), err)
			}
		})
	}
	for path, want := range map[string]string{
		filepath.Join(workspace, "panel/2026-03-02.json"): "slack:C1/", filepath.Join(workspace, "panel"): "slack:C1/",
		filepath.Join(bare, "panel/2026-03-02.json"): "slack:#panel/", filepath.Join(bare, "panel"): "slack:#panel/",
	} {
		t.Run("a day of a channel is read as the channel: "+want, func(t *testing.T) {
			items, _, _, err := read(t, newCollector(t, path, nil), "")
			if err != nil || len(items) != 1 || !strings.HasPrefix(items[0].ExternalID, want) {
				t.Errorf("got %+v, %v", items, err)
			}
		})
	}
}

func TestHostileDocuments(t *testing.T) {
	t.Run("brackets without end are no reason to fill the memory", func(t *testing.T) {
		dir := files{"result.json": `{"name": "x", "extra": ` + strings.Repeat("[", 1<<20)}.write(t, t.TempDir())
		if _, _, _, err := read(t, newCollector(t, dir, nil), ""); !errors.Is(err, errDeep) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("times that no chat has are broken", func(t *testing.T) {
		post := `{"id": "p%d", "create_at": %d, "channel_id": "c", "user_id": "u", "message": "Who pays?"}`
		dir := files{
			"posts.json":  `{"posts": {"a": ` + fmt.Sprintf(post, 1, int64(9e15)) + `, "b": ` + fmt.Sprintf(post, 2, int64(1<<63-1)) + `, "c": ` + fmt.Sprintf(post, 3, int64(1.7e12)) + `}}`,
			"result.json": `{"name": "x", "type": "private_group", "id": 1, "messages": [{"id": 1, "type": "message", "date": "1950-01-01T00:00:00", "from_id": "user1", "text": "Who?"}]}`,
		}.write(t, t.TempDir())
		items, broken, _, err := read(t, newCollector(t, dir, nil), "")
		if err != nil || len(items) != 1 || len(broken) != 3 {
			t.Errorf("%d items, %d broken, %v", len(items), len(broken), err)
		}
		for _, b := range broken {
			if b.Reason != "its time is before 1970 or after 9999" {
				t.Errorf("the reason is %q", b.Reason)
			}
		}
	})
	t.Run("a link in a folder leads nowhere", func(t *testing.T) {
		outside := files{"2026-03-02.log": "[09:14] <ada> Who?\n"}.write(t, t.TempDir())
		dir := files{"2026-03-03.log": "[09:14] <bea> Why?\n"}.write(t, t.TempDir())
		for name, target := range map[string]string{"2026-03-02.log": filepath.Join(outside, "2026-03-02.log"), "more": outside, "again": dir} {
			if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		items, _, _, err := read(t, newCollector(t, dir, nil), "")
		if err != nil || !slices.Equal(words(items), []string{"Why?"}) {
			t.Errorf("got %q, %v", words(items), err)
		}
	})
}

func TestZipThatUnpacksToVeryMuch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "export.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(file)
	for n := range maxZip/maxPacked + 1 {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("room%d/2026-03-02.json", n), UncompressedSize64: maxPacked}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := read(t, newCollector(t, path, nil), ""); !errors.Is(err, collectors.ErrSettings) || !strings.Contains(err.Error(), "16 GB") {
		t.Errorf("got %v", err)
	}
}

// TestInterleavedChannels reads messages of one hour that stand in many documents: each is unpacked when the messages
// are looked for, and once more when they are read.
func TestInterleavedChannels(t *testing.T) {
	const channels, each = 40, 20
	path := filepath.Join(t.TempDir(), "export.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(file)
	for c := range channels {
		var messages []string
		for n := range each {
			messages = append(messages, said(n*channels+c, ""))
		}
		w, err := z.Create(fmt.Sprintf("room%d/2026-03-02.json", c))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(w, "[%s]", strings.Join(messages, ","))
	}
	if err := errors.Join(z.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	x, err := newCollector(t, path, nil).open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	unpack, unpacked := x.archive.read, 0
	x.archive.read = func(name string) (content, error) { unpacked++; return unpack(name) }
	for i := range x.rows {
		if m, err := x.read(t.Context(), &x.rows[i]); err != nil || m.broken != "" {
			t.Fatal(m.broken, err)
		}
	}
	if len(x.rows) != channels*each || unpacked > channels {
		t.Errorf("%d messages, unpacked %d times", len(x.rows), unpacked)
	}
}

func TestLogNames(t *testing.T) {
	for _, tt := range []struct{ base, name, day string }{
		{"#privacy.2026-03-02", "privacy", "2026-03-02"},
		{"20181105_channel", "channel", "2018-11-05"},
		{"20260302", "", "2026-03-02"},
		{"room12345678.2026-03-02", "room12345678", "2026-03-02"},
		{"room20991399", "room20991399", ""},
		{"2018-2019-11-05", "2018", "2019-11-05"},
		{"19000101", "19000101", ""},
		{"channel1234567890123", "channel1234567890123", ""},
	} {
		day := ""
		if d := logDay(tt.base, time.UTC); !d.IsZero() {
			day = d.Format("2006-01-02")
		}
		if name := logName(tt.base); name != tt.name || day != tt.day {
			t.Errorf("%s: name %q, day %q; want %q, %q", tt.base, name, day, tt.name, tt.day)
		}
	}
}

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		line string
		kind lineKind
		nick string
		text string
	}{
		{"[09:14] <ada> Who?", lineSaid, "ada", "Who?"},
		{"1042 [09:14:05] <@ada> Who?", lineSaid, "ada", "Who?"},
		{"9:14 <ada>", lineSaid, "ada", ""},
		{"[2026-03-02T09:14:05.250Z] <@> Who?", lineSaid, "@", "Who?"},
		{"2026-03-02 09:14:05\t+ada\tWho?", lineSaid, "ada", "Who?"},
		{"Mar 02 09:14:06 *\tada waits", lineSaid, "ada", "waits"},
		{"Mar 02 09:14 <ada> no seconds", lineMore, "", ""},
		{"2026-02-31 09:14 <ada> no such day", lineMore, "", ""},
		{"[24:14] <ada> no such hour", lineMore, "", ""},
		{"[09:14]<ada> no blank", lineMore, "", ""},
		{"2026-03-02 09:14:05\t-->\tada joins", lineEvent, "", ""},
		{"09:14 -!- ada joins", lineEvent, "", ""},
		{"09:14 <" + strings.Repeat("é", 65) + "> too long a nick", lineEvent, "", ""},
		{"=== ada leaves", lineOther, "", ""},
		{"--- Log opened Mon Mar 02 23:58:00 2026", lineDay, "", ""},
		{"and on it goes", lineMore, "", ""},
		{"", lineMore, "", ""},
	} {
		l := readLine([]byte(tt.line))
		if l.kind != tt.kind || l.nick != tt.nick || l.text != tt.text {
			t.Errorf("%q: got %+v", tt.line, l)
		}
	}
}
