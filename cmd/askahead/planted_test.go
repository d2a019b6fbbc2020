package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/delivery/mailtest"
)

// plant is one message that must not be told, or must: its words are found nowhere else.
type plant struct {
	rule string
	text string // with the marker in it
	hide string // what must stand in no output: the marker, unless it is the author's that is hidden
	opt  bool   // its author declines, by what the kind has for that
	bare bool   // in a source that sets no default for what has no label
}

// showsUp is the marker of what readers must see, so that a search that finds nothing finds something.
const showsUp = "zqshown"

// plants are one message for each rule.
func plants(kind string) []plant {
	m := func(rule string) string { return "zq" + rule + kind }
	return []plant{
		{"shown", "Who pays for " + showsUp + kind + "?", "", false, false},
		{"red", "TLP:RED\n\nWho guards " + m("red") + "?", m("red"), false, false},
		{"strict", "TLP:AMBER+STRICT\n\nWho guards " + m("strict") + "?", m("strict"), false, false},
		{"amber", "TLP:AMBER\n\nWho guards " + m("amber") + "?", m("amber"), false, false},
		{"unknown", "TLP:PURPLE\n\nWho guards " + m("unknown") + "?", m("unknown"), false, false},
		{"declined", "Who keeps " + m("declined") + "?", m("declined"), true, false},
		{"mailed", "Does somebody answer " + m("mailed") + "@people.example in time?", m("mailed"), false, false},
		{"phoned", "Who answers the telephone of " + showsUp + kind + ", +49 30 5550" + fmt.Sprint(len(kind)) + "7 1234?", "5550" + fmt.Sprint(len(kind)) + "7", false, false},
		{"bare", "Who reads " + m("bare") + "?", m("bare"), false, true},
		{"chatham", "Chatham House Rule\n\nWho may say " + showsUp + kind + " in confidence?", "", false, false},
	}
}

// author is who wrote the n-th message: nothing of them is told, but the public link of a post, which names an account.
func author(kind string, n int) (name, account string) {
	return fmt.Sprintf("Fictional Zqname%s%d", kind, n), fmt.Sprintf("zqauthor%s%d", kind, n)
}

// garden is a configuration with a source of each kind that is planted here, and what is planted.
type garden struct {
	t     *testing.T
	dir   string
	kinds []string
	all   []plant
	lines []string // of the sources
}

func (g *garden) write(name, text string) {
	g.t.Helper()
	path := filepath.Join(g.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// source adds two sources of a kind: one with a default, and one without, which has what is bare.
func (g *garden) source(kind string, settings func(name string, list []plant) string) {
	all := plants(kind)
	g.kinds, g.all = append(g.kinds, kind), append(g.all, all...)
	for _, bare := range []bool{false, true} {
		var list []plant
		for _, p := range all {
			if p.bare == bare {
				list = append(list, p)
			}
		}
		name, label := kind, ", tlp: green"
		if bare {
			name, label = kind+"-bare", ""
		}
		g.lines = append(g.lines, fmt.Sprintf("      - {name: %s%s, schedule: \"@yearly\", %s: %s}", name, label, kind, settings(name, list)))
	}
}

func plantedMail(kind, name string, n int, p plant) string {
	who, account := author(kind, n)
	head := ""
	if p.opt {
		head = "X-No-Archive: yes\n"
	}
	return fmt.Sprintf("From: %s <%s@people.example>\nSubject: WS164\nMessage-ID: <%s%d@people.example>\nDate: Mon, 2 Mar 2026 10:%02d:00 +0000\n%s\n> Who quotes zqquoted%s?\n\n%s\n\n-- \nzqsignature%s\n",
		who, account, name, n, n, head, kind, p.text, kind)
}

func (g *garden) plantMail() {
	g.source("mbox", func(name string, list []plant) string {
		var b strings.Builder
		for n, p := range list {
			b.WriteString("From x@people.example Mon Mar  2 10:00:00 2026\n" + plantedMail("mbox", name, n, p) + "\n")
		}
		g.write(name+".mbox", b.String())
		return fmt.Sprintf("{path: %s.mbox}", name)
	})
	g.source("maildir", func(name string, list []plant) string {
		for n, p := range list {
			g.write(fmt.Sprintf("%s/new/17724%05d.%d.host", name, n, n), plantedMail("maildir", name, n, p))
		}
		for _, sub := range []string{"cur", "tmp", "new"} {
			if err := os.MkdirAll(filepath.Join(g.dir, name, sub), 0o700); err != nil {
				g.t.Fatal(err)
			}
		}
		return fmt.Sprintf("{path: %s}", name)
	})
}

func (g *garden) plantChat() {
	g.source("discordexport", func(name string, list []plant) string {
		type object = map[string]any
		var messages []object
		for n, p := range list {
			who, account := author("discordexport", n)
			if p.opt {
				who += " #nobot"
			}
			messages = append(messages, object{"id": fmt.Sprint(1200000000000000000 + n), "type": "Default", "timestamp": fmt.Sprintf("2026-03-02T10:%02d:00.0000000+00:00", n),
				"content": p.text, "author": object{"id": account, "name": account, "nickname": who, "isBot": false}})
		}
		raw, err := json.Marshal(object{"guild": object{"id": "1", "name": "Example"}, "channel": object{"id": fmt.Sprint(len(name)), "type": "GuildTextChat", "name": "ask"}, "messages": messages})
		if err != nil {
			g.t.Fatal(err)
		}
		g.write(name+".json", string(raw))
		return fmt.Sprintf("{path: %s.json, take_all: true}", name)
	})
}

// plantPosts plants posts of a server of the fediverse. What reads only public posts has a default by itself, so nothing
// is bare there.
func (g *garden) plantPosts() {
	type object = map[string]any
	var statuses []object
	list := slices.DeleteFunc(plants("mastodon"), func(p plant) bool { return p.bare })
	g.kinds, g.all = append(g.kinds, "mastodon"), append(g.all, list...)
	for n, p := range list {
		who, account := author("mastodon", n)
		note := "I like logs."
		if p.opt {
			note = `<p><a href="https://social.example/tags/nobot">#<span>nobot</span></a></p>`
		}
		statuses = append([]object{{"id": fmt.Sprint(100 + n), "created_at": time.Now().Add(time.Duration(n-60) * time.Minute).UTC().Format(time.RFC3339), "visibility": "public", "uri": fmt.Sprintf("https://social.example/posts/%d", n),
			"url": fmt.Sprintf("https://social.example/posts/%d", n), "content": "<p>" + strings.ReplaceAll(p.text, "\n\n", "</p><p>") + "</p>", "tags": []object{{"name": "ws164"}}, "mentions": []object{},
			"account": object{"id": fmt.Sprint(n), "acct": account, "username": account, "display_name": who, "note": note, "url": "https://social.example/@" + account}}}, statuses...)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var answer any = []object{}
		switch {
		case strings.Contains(r.URL.Path, "instance"):
			answer = object{"domain": "social.example", "version": "4.4.0"}
		case strings.Contains(r.URL.Path, "/timelines/tag/") && r.URL.Query().Get("min_id") < "100":
			answer = statuses
		}
		json.NewEncoder(w).Encode(answer)
	}))
	g.t.Cleanup(server.Close)
	g.lines = append(g.lines, fmt.Sprintf("      - {name: mastodon, mastodon: {server: %q, hashtags: [ws164]}}", server.URL))
}

// TestNothingThatIsPlantedIsTold plants a message for each rule in sources of several kinds, lets everything be made of
// them, and looks at every byte that leaves, and at the files of the database before and after the session's end. What an
// operator asks for by --held is theirs to see, and no output.
func TestNothingThatIsPlantedIsTold(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{StartTLS: true})
	g := &garden{t: t, dir: t.TempDir()}
	g.plantMail()
	g.plantChat()
	g.plantPosts()
	g.write("askahead.yaml", fmt.Sprintf(`contact: mailto:organiser@example.org
private_hosts: [127.0.0.1]
smtp: {server: %q, from: "bot@askahead.example", ca: %q}
sessions:
  - id: ws164
    title: "Privacy and security"
    sources:
%s
    digest:
      editions:
        - {name: panelists, audience: green, to: [reader@readers.example], out: out/, formats: [html, txt, md, json, csv]}
`, m.URL(), m.CA, strings.Join(g.lines, "\n")))

	told := map[string][]byte{}
	for _, args := range [][]string{
		{"collect", "-v"},
		{"digest", "--preview"}, {"digest", "-v"}, {"digest", "--audience", "clear", "--preview"}, {"questions", "--audience", "green"}, {"questions", "--audience", "green", "--json"},
		{"status"}, {"status", "--json"}, {"audit"}, {"retry", "--list"}, {"privacy", "notice"}, {"privacy", "record"}, {"purge", "--dry-run"},
		{"run", "--once", "-v", "--log", "json"}, {"config", "show"},
	} {
		told[strings.Join(args, " ")] = []byte(does(t, g.dir, args...))
	}
	files, err := filepath.Glob(filepath.Join(g.dir, "out", "*"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if told[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	for i, mail := range m.Mails() {
		told[fmt.Sprint("mail ", i)] = append(decoded(t, mail.Raw), mail.Raw...)
	}
	for where, text := range told {
		low := bytes.ToLower(text)
		for _, p := range g.all {
			if p.hide != "" && bytes.Contains(low, []byte(p.hide)) {
				t.Errorf("%s tells what is %s: %s", where, p.rule, p.hide)
			}
		}
		for _, word := range []string{"zqquoted", "zqsignature", "zqname", "zqauthor"} {
			if bytes.Contains(low, []byte(word)) {
				t.Errorf("%s tells %s", where, word)
			}
		}
	}
	for _, kind := range g.kinds {
		for _, where := range []string{"ws164-panelists-1.json", "ws164-panelists-1.csv", "questions --audience green"} {
			if !bytes.Contains(bytes.ToLower(told[where]), []byte(showsUp+kind)) {
				t.Errorf("%s does not tell what it should of %s", where, kind)
			}
		}
	}

	never := []string{"zqred", "zqunknown", "zqdeclined", "zqname", "zqauthor", "zqsignature", "zqquoted"}
	g.look("before the end", never)
	does(t, g.dir, "wipe", "ws164", "--yes")
	for _, p := range g.all {
		if p.hide != "" {
			never = append(never, p.hide)
		}
	}
	g.look("after the end", append(never, showsUp, "people.example"))
}

// look searches the files of the database.
func (g *garden) look(when string, words []string) {
	g.t.Helper()
	files, err := filepath.Glob(filepath.Join(g.dir, "askahead.db*"))
	if err != nil || len(files) == 0 {
		g.t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			g.t.Fatal(err)
		}
		raw = bytes.ToLower(raw)
		for _, word := range words {
			if bytes.Contains(raw, []byte(word)) {
				g.t.Errorf("%s: %s holds %s", when, filepath.Base(file), word)
			}
		}
	}
}
