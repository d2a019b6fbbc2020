package matterbridge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

func TestMessages(t *testing.T) {
	t.Run("carry their network, room and author", func(t *testing.T) {
		b := one(t, nil, message(1, nil), message(2, object{"account": "slack.team", "protocol": "slack", "userid": "U123"}))
		if len(b.Items) != 2 {
			t.Fatalf("got %d items", len(b.Items))
		}
		irc, slack := b.Items[0], b.Items[1]
		want := []domain.Fact{{Name: domain.FactProtocol, Value: "irc"}, {Name: domain.FactChannel, Value: "#questions"},
			{Name: domain.FactInstance, Value: "irc.example"}, {Name: domain.FactName, Value: "ada"}}
		if irc.Author.ID != "matterbridge:irc.example/ada" || irc.Type != domain.TypeChat || !slices.Equal(irc.Facts, want) || !irc.Published.Equal(began.Add(time.Minute)) || irc.Public {
			t.Errorf("got %+v", irc)
		}
		if slack.Author.ID != "matterbridge:slack.team/U123" || slack.Type != domain.TypeSlack || slack.Author.Name != "ada" {
			t.Errorf("got %+v", slack)
		}
	})
	t.Run("that ask the same in two rooms are two, and so are their askers", func(t *testing.T) {
		same := object{"text": "Who pays?", "timestamp": began}
		slack := object{"text": "Who pays?", "timestamp": began, "account": "slack.team", "protocol": "slack", "userid": "U1"}
		other := object{"text": "Who pays?", "timestamp": began, "channel": "#other", "username": "ben"}
		beside := object{"text": "Who pays?", "timestamp": began, "username": "cleo"}
		b := one(t, nil, message(1, same), message(1, slack), message(1, other), message(1, beside))
		ids, authors := map[string]bool{}, map[string]bool{}
		for _, item := range b.Items {
			ids[item.ExternalID], authors[item.Author.ID] = true, true
		}
		if len(ids) != 4 || len(authors) != 4 {
			t.Errorf("%d ids, %d authors", len(ids), len(authors))
		}
	})
	t.Run("that come through two gateways are one", func(t *testing.T) {
		later := began.Add(time.Minute)
		b := one(t, nil,
			message(1, object{"timestamp": later}), message(1, object{"timestamp": later.Add(time.Millisecond), "gateway": "second"}),
			message(1, object{"timestamp": later.Add(2 * time.Second)}), message(1, object{"timestamp": later.Add(2*time.Second + time.Millisecond), "gateway": "second"}),
			message(1, object{"timestamp": later.Add(time.Hour), "gateway": "second"}))
		if len(b.Items) != 3 {
			t.Errorf("got %d items", len(b.Items))
		}
	})
	t.Run("that come twice in two runs are one", func(t *testing.T) {
		f := newFake(t)
		f.buffer = []any{message(1, nil)}
		since := f.read(t, "").Next
		f.buffer = []any{message(1, object{"gateway": "second", "timestamp": began.Add(time.Minute + time.Second)})}
		if b := f.read(t, since); len(b.Items) != 0 {
			t.Errorf("got %q", texts(b))
		}
	})
	t.Run("with an id are edited and deleted by it", func(t *testing.T) {
		id := object{"id": "1234.5"}
		edited := object{"id": "1234.5", "text": "Who pays for it?", "timestamp": began.Add(time.Hour)}
		b := one(t, nil, message(1, id), message(1, edited), message(1, object{"id": "1234.5", "event": "msg_delete", "text": ""}))
		if len(b.Items) != 2 || b.Items[0].ExternalID != b.Items[1].ExternalID || b.Items[0].Edited || !b.Items[1].Edited || !slices.Equal(b.Gone, []string{b.Items[0].ExternalID}) {
			t.Errorf("got %+v, gone %q", b.Items, b.Gone)
		}
	})
	for event, taken := range map[string]bool{"": true, "user_action": true, "join_leave": false, "topic_change": false, "notice_irc": false, "msg_delete": false, "user_typing": false, "api_connected": false} {
		t.Run(fmt.Sprintf("of the event %q are taken: %v", event, taken), func(t *testing.T) {
			if b := one(t, nil, message(1, object{"event": event})); (len(b.Items) == 1) != taken || len(b.Broken)+len(b.Gone) > 0 {
				t.Errorf("got %+v", b)
			}
		})
	}
	t.Run("of programs and without words are left out", func(t *testing.T) {
		if b := one(t, nil, message(1, object{"protocol": "api", "account": "api.x"}), message(2, object{"text": " "})); len(b.Items) > 0 {
			t.Errorf("got %q", texts(b))
		}
	})
	t.Run("of a file are its caption", func(t *testing.T) {
		if b := one(t, nil, message(1, object{"text": "", "Extra": object{"file": []object{{"Comment": "Who drew this?"}}}})); !slices.Equal(texts(b), []string{"Who drew this?"}) {
			t.Errorf("got %q", texts(b))
		}
	})
	t.Run("are taken of the channels that are named", func(t *testing.T) {
		b := one(t, func(s *Settings) { s.Channels = []string{"#panel", "slack.team/questions"} },
			message(1, object{"channel": "#panel", "text": "a"}), message(2, object{"text": "b"}), message(3, object{"channel": "questions", "account": "slack.team", "text": "c"}), message(4, object{"channel": "questions", "text": "d"}))
		if !slices.Equal(texts(b), []string{"a", "c"}) {
			t.Errorf("got %q", texts(b))
		}
	})
	t.Run("that a reply of Telegram quotes are somebody else's", func(t *testing.T) {
		b := one(t, nil, message(1, object{"protocol": "telegram", "text": "And who decides? (re @ben: Who pays?\nNobody (yet))"}),
			message(2, object{"protocol": "telegram", "text": "A mail (re @home) came"}), message(3, object{"text": "Who? (re @ben: what?)"}))
		if want := []string{"And who decides?\n> Who pays?\n> Nobody (yet)", "A mail (re @home) came", "Who? (re @ben: what?)"}; !slices.Equal(texts(b), want) {
			t.Errorf("got %q", texts(b))
		}
	})
	for shown, want := range map[string]string{"ada": "ada", "[irc] <ada> ": "ada", "<a\u200bda>": "ada", "[x] [irc] ada:": "ada", "(xmpp) Ada Example ": "Ada Example", "[ada]": "[ada]", "[away]ada": "[away]ada", "ada|work": "ada|work", "": "", "<>": "<>"} {
		t.Run(fmt.Sprintf("of %q are somebody's called %q", shown, want), func(t *testing.T) {
			if got := bareNick(shown); got != want {
				t.Errorf("got %q", got)
			}
		})
	}
	t.Run("that another bridge's bot brings are those of who is named there", func(t *testing.T) {
		relays := func(s *Settings) { s.Relays = []string{"Bridgy"} }
		b := one(t, relays,
			message(1, object{"username": "bridgy", "text": "[xmpp] <\x0304ben\x0f> Who pays?"}), message(2, object{"username": "bridgy", "text": "<cleo> \x02Who\x02 decides?"}),
			message(3, object{"username": "bridgy", "text": "dan: And why?"}), message(4, object{"username": "bridgy", "text": "*** joined the room"}), message(5, object{"text": "eve: who?"}))
		var names []string
		for _, item := range b.Items {
			names = append(names, item.Author.Name)
		}
		if !slices.Equal(names, []string{"ben", "cleo", "dan", "ada"}) || !slices.Equal(texts(b), []string{"Who pays?", "Who decides?", "And why?", "eve: who?"}) || b.Items[0].Author.ID != "matterbridge:irc.example/bridgy/ben" {
			t.Errorf("got %q %q", names, texts(b))
		}
		if b := one(t, func(s *Settings) { relays(s); s.Messages, s.Name = onlyMentions, "askahead" }, message(1, object{"username": "bridgy", "text": "<ben> askahead: who pays?"}), message(2, object{"username": "bridgy", "text": "askahead: who?"})); len(b.Items) != 1 {
			t.Errorf("got %q", texts(b))
		}
	})
}

func TestAsking(t *testing.T) {
	answer := func(status int, body string) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
			return true
		}
	}
	good := `{"text":"Who pays?","account":"irc.example","timestamp":"2026-03-02T09:00:00Z"}`
	for _, c := range []struct {
		name   string
		hook   func(w http.ResponseWriter, r *http.Request) bool
		items  int
		broken int
		is     error
		says   string
	}{
		{"null where there is nothing", answer(200, "null\n"), 0, 0, nil, ""},
		{"a list with air in it", answer(200, "\n [ "+good+" ]\n"), 1, 0, nil, ""},
		{"an answer that breaks off in a message", answer(200, "["+good+`,{"text":"half`), 1, 1, collectors.ErrUnavailable, "broke off"},
		{"an answer that breaks off between two", answer(200, "["+good+`,`), 1, 0, collectors.ErrUnavailable, "broke off"},
		{"an answer that is damaged in a message", answer(200, "["+good+`,{"text":}`+","+good+"]"), 1, 1, collectors.ErrUnavailable, "broke off"},
		{"a message of another shape", answer(200, `[`+good+`,[1],"x"]`), 1, 2, nil, ""},
		{"a page of HTML", answer(200, "<html>"), 0, 0, collectors.ErrUnavailable, "no list of messages"},
		{"nothing at all", answer(200, ""), 0, 0, collectors.ErrUnavailable, "no list of messages"},
		{"a failure", answer(500, "<html>"), 0, 0, collectors.ErrUnavailable, "answered 500"},
		{"another server", answer(404, ""), 0, 0, collectors.ErrSettings, "has no API of matterbridge"},
		{"a wrong token", answer(401, `{"message":"Unauthorized"}`), 0, 0, collectors.ErrUnauthorized, "does not know it"},
		{"an answer that ends early", func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Length", "5000")
			fmt.Fprint(w, "["+good)
			return true
		}, 1, 0, collectors.ErrUnavailable, "broke off"},
		{"a server that asks to wait", func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(429)
			return true
		}, 0, 0, nil, "asks to wait"},
	} {
		t.Run("gets along with "+c.name, func(t *testing.T) {
			f := newFake(t)
			f.hook = c.hook
			b, err := all(t, newCollector(t, f, nil), "")
			if len(b.Items) != c.items || len(b.Broken) != c.broken || (err != nil) != (c.says != "") || c.is != nil && !errors.Is(err, c.is) {
				t.Fatalf("got %d items, %d broken, %v", len(b.Items), len(b.Broken), err)
			}
			if err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), token) || strings.Contains(err.Error(), "half")) {
				t.Errorf("got %v", err)
			}
			// What was kept is given once more, and not asked for again.
			f.hook = nil
			if again, err := all(t, newCollector(t, f, nil), b.Next); err != nil || len(again.Items) > 0 {
				t.Errorf("again: %d items, %v", len(again.Items), err)
			}
		})
	}
	t.Run("says that a token is wanted", func(t *testing.T) {
		_, err := all(t, newCollector(t, newFake(t), func(s *Settings) { s.Token = "" }), "")
		if !errors.Is(err, collectors.ErrUnauthorized) || !strings.Contains(err.Error(), "wants one") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("listens as long as it is told to", func(t *testing.T) {
		f := newFake(t)
		n := 0
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if n++; n%5 == 0 && n < 30 {
				f.buffer = []any{message(n, nil)}
			}
			return false
		}
		c := newCollector(t, f, func(s *Settings) { s.Listen = 300 * time.Millisecond })
		start := time.Now()
		b, err := all(t, c, "")
		if err != nil || len(b.Items) != 5 || time.Since(start) > 10*time.Second {
			t.Errorf("got %d items in %v, %v", len(b.Items), time.Since(start), err)
		}
	})
	t.Run("stops listening when it is told to", func(t *testing.T) {
		f := newFake(t)
		f.buffer = numbered(0, 2)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		n := 0
		for b, err := range newCollector(t, f, func(s *Settings) { s.Listen = time.Hour }).Collect(ctx, "") {
			cancel()
			if n += len(b.Items); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		if n != 2 {
			t.Errorf("got %d", n)
		}
	})
	t.Run("reads a stream until it pauses, and keeps each message before the next", func(t *testing.T) {
		f := newFake(t)
		f.buffer = append(numbered(0, 30), "no message", message(30, nil))
		c := newCollector(t, f, func(s *Settings) { s.Read = readStream })
		b, err := all(t, c, "")
		if err != nil || len(b.Items) != 31 || len(b.Broken) != 1 || len(f.buffer) > 0 {
			t.Errorf("got %d items, %d broken, %v", len(b.Items), len(b.Broken), err)
		}
	})
	t.Run("keeps what a stream gave before it broke off", func(t *testing.T) {
		f := newFake(t)
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Length", "5000")
			fmt.Fprintln(w, good)
			fmt.Fprint(w, `{"text":"half`)
			return true
		}
		b, err := all(t, newCollector(t, f, func(s *Settings) { s.Read = readStream }), "")
		if !errors.Is(err, collectors.ErrUnavailable) || len(b.Items) != 1 {
			t.Errorf("got %d items, %v", len(b.Items), err)
		}
	})
}

func TestCheck(t *testing.T) {
	f := newFake(t)
	f.buffer = numbered(0, 3)
	says := func(c *Collector) string {
		var lines []string
		for _, finding := range c.Check(t.Context()) {
			lines = append(lines, fmt.Sprintf("%v %s %s", finding.OK, finding.What, finding.Hint))
		}
		return strings.Join(lines, "\n")
	}
	c := newCollector(t, f, nil)
	if got := says(c); strings.Count(got, "true ") != 3 || !strings.Contains(got, "it is made in the first run") || len(f.buffer) != 3 {
		t.Errorf("got %s", got)
	}
	f.read(t, "")
	if got := says(c); !strings.Contains(got, "3 messages are in it, the last of 2026-03-02 10:00 UTC") {
		t.Errorf("got %s", got)
	}
	if got := says(newCollector(t, f, func(s *Settings) { s.Token, s.Spool, s.Listen = "wrong", "none/a", time.Minute })); strings.Contains(got, "true ") || !strings.Contains(got, "does not know it") || !strings.Contains(got, "there is no folder") {
		t.Errorf("got %s", got)
	}
}

func TestSettings(t *testing.T) {
	good := Settings{Server: "http://matterbridge:4242/", Spool: "a", Messages: onlyMentions, Name: "askahead", Read: readMessages, Keep: time.Hour}
	for _, server := range []string{good.Server, "http://127.0.0.1:4242", "http://[::1]:4242", "http://192.168.1.2:4242", "https://bridge.example.org", "http://bridge.internal"} {
		s := good
		if s.Server = server; len(s.Validate()) > 0 {
			t.Errorf("%s: %v", server, s.Validate())
		}
	}
	for says, change := range map[string]func(*Settings){
		"server: is empty":           func(s *Settings) { s.Server = "" },
		"server: is not an address":  func(s *Settings) { s.Server = "127.0.0.1:4242" },
		"is not in a network of you": func(s *Settings) { s.Server = "http://bridge.example.org" },
		"leave out what follows":     func(s *Settings) { s.Server = "http://localhost:4242/api" },
		"the token belongs under":    func(s *Settings) { s.Server = "http://:a@localhost:4242" },
		"token: holds a space":       func(s *Settings) { s.Token = "a b" },
		"spool: is empty":            func(s *Settings) { s.Spool = " " },
		"keep: 337h0m0s is not":      func(s *Settings) { s.Keep = 337 * time.Hour },
		`messages: "some" is`:        func(s *Settings) { s.Messages = "some" },
		"name: is empty":             func(s *Settings) { s.Name = "@" },
		"relays: one of them":        func(s *Settings) { s.Relays = []string{""} },
		`read: "websocket" is`:       func(s *Settings) { s.Read = "websocket" },
		"listen: 2h0m0s is not":      func(s *Settings) { s.Listen = 2 * time.Hour },
	} {
		s := good
		change(&s)
		if errs := fmt.Sprint(s.Validate()); !strings.Contains(errs, says) {
			t.Errorf("want %q, got %s", says, errs)
		}
	}
}

func FuzzMessage(f *testing.F) {
	f.Add(`{"text":"a (re @b: c)","account":"telegram.x","protocol":"telegram","username":"[x] <y> "}`, "y")
	f.Add(`{"text":"[a] <b> c","account":"irc.x","event":"user_action","Extra":{"file":[{"Comment":1}]}}`, "")
	f.Fuzz(func(t *testing.T, raw, relay string) {
		m, ok := readMessage([]byte(raw))
		if !ok {
			return
		}
		c := &Collector{settings: Settings{Messages: allMessages, Relays: []string{relay}}}
		if !c.wants(&m) || m.Event == eventDelete {
			return
		}
		if item := c.item(&m, false); item.ExternalID == "" || strings.TrimSpace(string(item.Raw)) == "" {
			t.Errorf("got %+v", item)
		}
	})
}
