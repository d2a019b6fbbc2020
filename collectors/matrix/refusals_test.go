package matrix

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

func TestRefusals(t *testing.T) {
	limited := func(header, body string) func(w http.ResponseWriter, n int) bool {
		return func(w http.ResponseWriter, n int) bool {
			if n > 1 {
				return false
			}
			if header != "" {
				w.Header().Set("Retry-After", header)
			}
			w.WriteHeader(429)
			fmt.Fprint(w, body)
			return true
		}
	}
	always := func(status int, body string) func(http.ResponseWriter, int) bool {
		return func(w http.ResponseWriter, _ int) bool {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
			return true
		}
	}
	rate := &collectors.RateLimited{}
	for _, c := range []struct {
		name   string
		answer func(w http.ResponseWriter, n int) bool
		is     error  // nil: it reads on
		says   string // and how
	}{
		{"a short wait in the header", limited("1", `{"errcode":"M_LIMIT_EXCEEDED"}`), nil, ""},
		{"a wait in the body alone, which the client takes for a longer one", limited("", `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":20}`), rate, "asks to wait"},
		{"a long wait in the body", limited("", `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":7200000}`), rate, "2026-04-02T11:00:00Z"},
		{"a long wait in the header", limited("7200", `<html>`), rate, "2026-04-02T11:00:00Z"},
		{"a limit that never ends", always(429, `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1}`), rate, ""},
		{"a repair with its end", func(w http.ResponseWriter, _ int) bool {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(503)
			return true
		}, rate, "2026-04-02T10:00:00Z"},
		{"a failure", always(500, `{"errcode":"M_UNKNOWN","error":"@ada:csirt.example"}`), collectors.ErrUnavailable, "answered 500 Internal Server Error (M_UNKNOWN)"},
		{"a page of HTML", always(200, `<html>please log in`), collectors.ErrUnavailable, "HTML where JSON was expected"},
		{"a page of HTML as a failure", always(502, `<html>@ada:csirt.example`), collectors.ErrUnavailable, "answered 502"},
		{"half an answer", always(200, `{"chunk":[{"event_id":"$a"`), collectors.ErrUnavailable, "breaks off"},
		{"a list where an object is due", always(200, `["@ada:csirt.example"]`), nil, "unexpected shape"},
		{"a session that was ended", always(401, `{"errcode":"M_UNKNOWN_TOKEN","error":"@ada:csirt.example"}`), collectors.ErrUnauthorized, "does not know the access token"},
		{"a token that expired", always(401, `{"errcode":"M_UNKNOWN_TOKEN","soft_logout":true}`), collectors.ErrUnauthorized, "the access token has expired"},
		{"a room that is closed to the bot", always(403, `{"errcode":"M_FORBIDDEN","error":"@ada:csirt.example"}`), collectors.ErrUnauthorized, "the bot may not read !first:example.org"},
		{"something that nobody knows", always(418, `{"errcode":"please <b>ask</b> ada"}`), collectors.ErrUnavailable, "answered 418 I'm a teapot\n"},
	} {
		t.Run("reports "+c.name, func(t *testing.T) {
			f := newFake(t)
			f.say(1, ada, "Who?")
			n := 0
			f.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "/messages") {
					return false
				}
				n++
				return c.answer(w, n)
			}
			b, err := all(t, newCollector(t, f, nil), "")
			if c.is == nil && c.says == "" {
				if err != nil || len(b.Items) != 1 {
					t.Errorf("got %d items, %v", len(b.Items), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error()+"\n", c.says) || len(b.Items) > 0 {
				t.Fatalf("got %v", err)
			}
			if _, is := errors.AsType[*collectors.RateLimited](err); is != (c.is == rate) || !is && c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v is not %v", err, c.is)
			}
			for _, secret := range []string{token, ada, "please"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("it tells %q: %v", secret, err)
				}
			}
		})
	}
	t.Run("reports a server that is not there", func(t *testing.T) {
		f := newFake(t)
		c := newCollector(t, f, nil)
		f.Close()
		if _, err := all(t, c, ""); !errors.Is(err, collectors.ErrUnavailable) || strings.Contains(err.Error(), "_matrix") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("waits no longer than its context", func(t *testing.T) {
		f := newFake(t)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			return limited("", `{"retry_after_ms":40000}`)(w, 1)
		}
		start := time.Now()
		for _, err := range newCollector(t, f, nil).Collect(ctx, "") {
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 5*time.Second {
				t.Errorf("after %v: %v", time.Since(start), err)
			}
		}
	})
}

func TestLogin(t *testing.T) {
	withPassword := func(password string) func(*Settings) {
		return func(s *Settings) {
			s.Token, s.User, s.Password = "", "askahead", collectors.Secret(password)
		}
	}
	t.Run("with a password ends its session, also after a failure", func(t *testing.T) {
		f := newFake(t)
		f.say(1, ada, "Who?")
		c := newCollector(t, f, withPassword("correct-horse"))
		if b, err := all(t, c, ""); err != nil || len(b.Items) != 1 || f.logins != 1 || f.logouts != 1 {
			t.Fatalf("got %d items, %d logins, %d logouts, %v", len(b.Items), f.logins, f.logouts, err)
		}
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/messages") {
				refuse(w, 403, codeForbidden)
				return true
			}
			return false
		}
		if _, err := all(t, c, ""); err == nil || f.logouts != 2 {
			t.Errorf("%d logouts, %v", f.logouts, err)
		}
	})
	t.Run("with a wrong password says so", func(t *testing.T) {
		if _, err := all(t, newCollector(t, newFake(t), withPassword("wrong-horse")), ""); !errors.Is(err, collectors.ErrUnauthorized) ||
			!strings.Contains(err.Error(), "neither this `user` nor this `password`") || strings.Contains(err.Error(), "horse") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("keeps the token to itself, and to the server", func(t *testing.T) {
		f := newFake(t)
		other := newFake(t)
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, other.URL+r.URL.RequestURI(), http.StatusTemporaryRedirect)
			return true
		}
		c := newCollector(t, f, nil)
		var got string
		other.hook = func(w http.ResponseWriter, r *http.Request) bool { got += r.Header.Get("Authorization"); return false }
		if _, err := all(t, c, ""); err == nil || got != "" || strings.Contains(fmt.Sprintf("%v %+v", err, c.token), token) {
			t.Errorf("got %q there, %v", got, err)
		}
	})
}

func TestCheck(t *testing.T) {
	f := newFake(t)
	f.say(1, ada, "Who?")
	f.state[roomA+"|m.room.history_visibility|"] = object{"history_visibility": "joined"}
	f.state[roomA+"|m.room.tombstone|"] = object{"replacement_room": "!third:example.org"}
	f.state[roomB+"|m.room.encryption|"] = object{"algorithm": "m.megolm.v1.aes-sha2"}
	findings := newCollector(t, f, func(s *Settings) { s.Rooms = []string{alias, roomB, "!away:example.org", "#lost:example.org"} }).Check(t.Context())
	want := []struct {
		ok   bool
		says string
	}{
		{true, "as " + botID},
		{true, "read " + alias + ": the newest message is of 2026-03-02; the bot sees what was said since it joined"},
		{false, "the room was replaced by !third:example.org"},
		{false, roomB + " is encrypted"},
		{false, "invite " + botID + " there"},
		{false, "leads to no room"},
	}
	if len(findings) != len(want) {
		t.Fatalf("got %+v", findings)
	}
	for i, w := range want {
		if got := findings[i]; got.OK != w.ok || !strings.Contains(got.What+" "+got.Hint, w.says) {
			t.Errorf("finding %d: %+v, want %q", i+1, got, w.says)
		}
	}
	t.Run("names the server that a domain points to", func(t *testing.T) {
		f := newFake(t)
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/.well-known/matrix/client" {
				reply(w, 200, object{"m.homeserver": object{"base_url": "https://matrix.example.org/"}})
			} else {
				w.WriteHeader(404)
			}
			return true
		}
		if got := newCollector(t, f, nil).Check(t.Context()); len(got) != 1 || got[0].OK || !strings.Contains(got[0].Hint, "https://matrix.example.org as its server for clients") {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("enters a room where that is set, and no other", func(t *testing.T) {
		f := newFake(t)
		f.joined, f.rooms[roomA] = nil, []object{say(1, ada, "Who?", nil)}
		c := newCollector(t, f, func(s *Settings) { s.Join = true })
		if b, err := all(t, c, ""); err != nil || len(b.Items) != 1 {
			t.Errorf("got %d items, %v", len(b.Items), err)
		}
		for _, err := range c.Sweep(t.Context(), []string{roomB + "/$x"}) {
			if err == nil || !strings.Contains(err.Error(), "not in "+roomB) {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestSettings(t *testing.T) {
	good := Settings{Homeserver: "https://matrix.example.org/", Token: token, Rooms: []string{alias, "!abc"}, Messages: onlyMentions, Limit: 100}
	if errs := good.Validate(); len(errs) > 0 {
		t.Fatal(errs)
	}
	for name, c := range map[string]struct {
		change func(*Settings)
		says   string
	}{
		"no homeserver":         {func(s *Settings) { s.Homeserver = "" }, "homeserver: is empty"},
		"a name alone":          {func(s *Settings) { s.Homeserver = "example.org" }, "homeserver: is not an address"},
		"http":                  {func(s *Settings) { s.Homeserver = "http://example.org" }, "write https://"},
		"a path":                {func(s *Settings) { s.Homeserver = "https://example.org/_matrix" }, "leave out what follows"},
		"a secret":              {func(s *Settings) { s.Homeserver = "https://a:b@example.org" }, "holds a user or a password"},
		"no way to log in":      {func(s *Settings) { s.Token = "" }, "token: is empty"},
		"two ways to log in":    {func(s *Settings) { s.Password = "x" }, "token: stands beside"},
		"no password":           {func(s *Settings) { s.Token, s.User = "", "a" }, "password: is empty"},
		"no user":               {func(s *Settings) { s.Token, s.Password = "", "a" }, "user: is empty"},
		"a token in two lines":  {func(s *Settings) { s.Token = "a\nb" }, "a space or a line break"},
		"no rooms":              {func(s *Settings) { s.Rooms = nil }, "rooms: is empty"},
		"a room without server": {func(s *Settings) { s.Rooms = []string{"#abc"} }, `"#abc" is neither`},
		"a room twice":          {func(s *Settings) { s.Rooms = []string{alias, " " + alias} }, "named twice"},
		"too many rooms":        {func(s *Settings) { s.Rooms = make([]string, 51) }, "at most 50"},
		"unknown messages":      {func(s *Settings) { s.Messages = "some" }, `messages: "some" is neither`},
		"a limit of 0":          {func(s *Settings) { s.Limit = 0 }, "limit: 0 is not between"},
	} {
		t.Run("refuse "+name, func(t *testing.T) {
			s := good
			c.change(&s)
			if errs := fmt.Sprint(s.Validate()); !strings.Contains(errs, c.says) || strings.Contains(errs, token) {
				t.Errorf("got %s", errs)
			}
		})
	}
}
