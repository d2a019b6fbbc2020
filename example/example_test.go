package example

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/mastodon"
)

// read gives all embedded files by name.
func read(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[name], err = FS.ReadFile(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestTheConfigurationNamesFilesThatAreThere(t *testing.T) {
	files := read(t)
	if !bytes.Equal(Config, files["askahead.yaml"]) {
		t.Error("Config is not askahead.yaml")
	}
	for _, m := range regexp.MustCompile(`path: ([^},\s]+)`).FindAllSubmatch(Config, -1) {
		if files[string(m[1])] == nil {
			t.Errorf("askahead.yaml names %s, which is not embedded", m[1])
		}
	}
}

// Nobody real may be found at an address or a page that the example names (RFC 2606, RFC 6761).
func TestEveryAddressIsReserved(t *testing.T) {
	domain := regexp.MustCompile(`(?i)(?:@|://)([a-z0-9-]+(?:\.[a-z0-9-]+)+)`)
	for name, text := range read(t) {
		found := domain.FindAllSubmatch(text, -1)
		if len(found) == 0 && name != "sources/chat.json" {
			t.Errorf("%s: no domain found, which can't be", name)
		}
		for _, m := range found {
			d := strings.ToLower(string(m[1]))
			if !strings.HasSuffix(d, ".example") && !strings.HasSuffix(d, ".test") && !strings.HasSuffix(d, "example.org") {
				t.Errorf("%s names %s, which is not a reserved domain", name, d)
			}
		}
	}
}

// mails cuts an mbox at its From lines.
func mails(text []byte) [][]byte {
	return bytes.Split(text[len("From "):], []byte("\n\nFrom "))
}

func TestTheSourcesHoldEnoughToBeWorthADigest(t *testing.T) {
	files := read(t)
	items, senders := 0, map[string]map[string]bool{}
	encodings := map[string]bool{}
	broken := 0
	for _, name := range []string{"sources/list.mbox", "sources/netrights.mbox", "sources/teams.mbox"} {
		for _, raw := range mails(files[name]) {
			items++
			_, raw, _ = bytes.Cut(raw, []byte("\n"))
			m, err := mail.ReadMessage(bytes.NewReader(raw))
			if err != nil {
				broken++
				continue
			}
			when, err := m.Header.Date()
			if err != nil || when.Before(time.Date(2018, 10, 1, 0, 0, 0, 0, time.UTC)) || when.After(time.Date(2018, 11, 9, 18, 0, 0, 0, time.UTC)) {
				t.Errorf("%s: %s: a mail is dated %v, %v", name, m.Header.Get("Message-ID"), when, err)
			}
			for _, h := range []string{"Message-ID", "List-Id", "Received", "Subject"} {
				if m.Header.Get(h) == "" {
					t.Errorf("%s: a mail without %s", name, h)
				}
			}
			address := m.Header.Get("From")
			for _, kind := range []string{".ngo.", ".cert.", ".corp.", ".gov.", ".univ.", ".int."} {
				if strings.Contains(address, kind) {
					if senders[kind] == nil {
						senders[kind] = map[string]bool{}
					}
					senders[kind][address] = true
				}
			}
			encodings[strings.ToLower(m.Header.Get("Content-Transfer-Encoding"))] = true
		}
	}
	for _, name := range []string{"sources/chat.json", "sources/chat-vendors.json"} {
		var export struct {
			Messages     []json.RawMessage `json:"messages"`
			MessageCount int               `json:"messageCount"`
		}
		if err := json.Unmarshal(files[name], &export); err != nil || len(export.Messages) != export.MessageCount {
			t.Fatalf("%s: %d messages of %d, %v", name, len(export.Messages), export.MessageCount, err)
		}
		items += len(export.Messages)
	}
	if items += len(timeline(t, "")); items < 120 {
		t.Errorf("%d items, want at least 120", items)
	}
	if broken != 1 {
		t.Errorf("%d mails can't be parsed, want the one that goes to quarantine", broken)
	}
	for kind, who := range senders {
		if len(who) < 5 && kind != ".int." {
			t.Errorf("%d senders at %sexample, want at least 5: the floor", len(who), kind)
		}
	}
	if len(senders[".int."]) >= 5 {
		t.Error("intergovernmental organisations should stay below the floor")
	}
	for _, e := range []string{"base64", "quoted-printable", "8bit", "7bit"} {
		if !encodings[e] {
			t.Errorf("no mail is encoded in %s", e)
		}
	}
}

// timeline walks the hashtag as a collector does: from the oldest post on, by min_id.
func timeline(t *testing.T, limit string) []string {
	t.Helper()
	server, err := NewServer()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: server}
	var ids []string
	next := "https://" + Host + "/api/v1/timelines/tag/igf2018ws164?min_id=0" + limit
	for pages := 0; next != ""; pages++ {
		if pages > 50 {
			t.Fatal("the timeline does not end")
		}
		res, err := client.Get(next)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		var page []struct{ ID string }
		if err := json.Unmarshal(body, &page); err != nil {
			t.Fatal(err)
		}
		for _, s := range slices.Backward(page) {
			ids = append(ids, s.ID)
		}
		next = ""
		if m := regexp.MustCompile(`<([^>]+)>; rel="prev"`).FindStringSubmatch(res.Header.Get("Link")); m != nil {
			next = m[1]
		}
	}
	return ids
}

func TestTheTimelineIsWalkedForwardWhateverTheSizeOfAPage(t *testing.T) {
	all := timeline(t, "&limit=40")
	if !slices.IsSorted(all) || len(all) < 25 {
		t.Fatalf("%d posts, sorted: %v", len(all), slices.IsSorted(all))
	}
	for _, limit := range []string{"&limit=1", "&limit=7", ""} {
		if got := timeline(t, limit); !slices.Equal(got, all) {
			t.Errorf("%q: %d posts, want %d, the same in the same order", limit, len(got), len(all))
		}
	}
}

func TestTheServerAnswersAsMastodonDoes(t *testing.T) {
	server, err := NewServer()
	if err != nil {
		t.Fatal(err)
	}
	all := timeline(t, "")
	first, last := all[0], all[len(all)-1]
	cases := []struct {
		name, path  string
		code, posts int
		link        []string
	}{
		{"the newest posts come without a parameter", "/api/v1/timelines/tag/IGF2018WS164?limit=3", 200, 3, []string{`rel="next"`, "min_id=" + last + `>; rel="prev"`}},
		{"nothing is older than the oldest", "/api/v1/timelines/tag/IGF2018WS164?max_id=" + first, 200, 0, nil},
		{"nothing is newer than the newest", "/api/v1/timelines/tag/IGF2018WS164?min_id=" + last, 200, 0, nil},
		{"a tag that nobody used is empty", "/api/v1/timelines/tag/nobody", 200, 0, nil},
		{"a status is found by its id", "/api/v1/statuses/" + first, 200, 1, nil},
		{"a status that is not there is not found", "/api/v1/statuses/1", 404, 0, nil},
		{"several statuses are asked for at once", "/api/v1/statuses?id[]=" + first + "&id[]=1&id[]=" + last, 200, 2, nil},
		{"other paths are not found", "/api/v2/instance", 404, 0, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res, err := (&http.Client{Transport: server}).Get("https://" + Host + c.path)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			var page []json.RawMessage
			if json.Unmarshal(body, &page) != nil && res.StatusCode == 200 {
				page = []json.RawMessage{body}
			}
			if res.StatusCode != c.code || len(page) != c.posts {
				t.Errorf("%d with %d posts, want %d with %d", res.StatusCode, len(page), c.code, c.posts)
			}
			if len(c.link) == 0 && res.Header.Get("Link") != "" {
				t.Errorf("Link: %s, want none", res.Header.Get("Link"))
			}
			for _, part := range c.link {
				if !strings.Contains(res.Header.Get("Link"), part) {
					t.Errorf("Link: %s, want %s in it", res.Header.Get("Link"), part)
				}
			}
		})
	}
}

func TestTheServerHasNoNetwork(t *testing.T) {
	server, err := NewServer()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: server}
	if res, err := client.Get("https://elsewhere.example/api/v1/timelines/tag/x"); err == nil {
		res.Body.Close()
		t.Error("another host answers")
	}
	res, err := client.Post("https://"+Host+"/api/v1/statuses", "application/json", strings.NewReader("{}"))
	if err != nil || res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a post is answered with %v, %v", res, err)
	}
}

// The real collector reads the played server to its end, and obeys those who decline.
func TestTheMastodonCollectorWalksTheTimeline(t *testing.T) {
	server, err := NewServer()
	if err != nil {
		t.Fatal(err)
	}
	kind := mastodon.Kind()
	settings, ok := kind.Settings().(*mastodon.Settings)
	if !ok {
		t.Fatalf("settings of type %T", kind.Settings())
	}
	settings.Server, settings.Limit = "https://"+Host, 7
	collector, err := kind.New(settings, collectors.Deps{
		HTTP: &http.Client{Transport: server}, Log: slog.New(slog.DiscardHandler), Hashtags: []string{"IGF2018WS164"},
		Now: func() time.Time { return time.Date(2018, 11, 9, 18, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	seen, declined := map[string]bool{}, 0
	for batch, err := range collector.Collect(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range batch.Items {
			seen[item.Canonical] = true
			if item.OptOut != "" {
				declined++
			}
		}
	}
	if boosts := 1; len(seen) != len(timeline(t, ""))-boosts {
		t.Errorf("%d posts collected, want all %d but the boost", len(seen), len(timeline(t, "")))
	}
	if declined != 2 {
		t.Errorf("%d authors decline, want 2", declined)
	}
}
