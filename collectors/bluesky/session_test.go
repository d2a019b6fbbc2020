package bluesky

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"askahead/collectors"
)

func TestLogin(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(w http.ResponseWriter)
		is     error
		says   string
	}{
		{"a wrong password", func(w http.ResponseWriter) { refuse(w, 401, "AuthenticationRequired") }, collectors.ErrUnauthorized, "is `account` its whole handle, and `password` an app password"},
		{"a handle that is no handle", func(w http.ResponseWriter) { refuse(w, 400, "InvalidRequest") }, collectors.ErrUnauthorized, "is `account` its whole handle"},
		{"two factors", func(w http.ResponseWriter) { refuse(w, 401, "AuthFactorTokenRequired") }, collectors.ErrUnauthorized, "make an app password in its settings"},
		{"an account that was closed", func(w http.ResponseWriter) { refuse(w, 401, "AccountTakedown") }, collectors.ErrUnauthorized, "write to its moderators, or make another account"},
		{"an account that was closed, told otherwise", func(w http.ResponseWriter) {
			reply(w, 200, map[string]any{"accessJwt": "a", "refreshJwt": "b", "active": false, "status": "takendown"})
		}, collectors.ErrUnauthorized, "has closed the account"},
		{"an account that is deactivated", func(w http.ResponseWriter) {
			reply(w, 200, map[string]any{"accessJwt": "a", "refreshJwt": "b", "active": false, "status": "deactivated"})
		}, collectors.ErrUnauthorized, "reactivate it"},
		{"too many logins", func(w http.ResponseWriter) { refuse(w, 429, "RateLimitExceeded") }, nil, "asks to wait until"},
		{"a server of another kind", func(w http.ResponseWriter) { http.Error(w, "no", 404) }, collectors.ErrSettings, "takes no logins of the AT Protocol"},
		{"a server that sends us elsewhere for good", func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(308)
		}, collectors.ErrSettings, "takes no logins"},
		{"a server that sends us elsewhere for now", func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(307)
		}, collectors.ErrUnavailable, "elsewhere for now"},
		{"JSON of something else", func(w http.ResponseWriter) { reply(w, 200, map[string]any{"ok": true}) }, collectors.ErrSettings, "is it the right `service`?"},
		{"HTML", func(w http.ResponseWriter) { w.Write([]byte("<html>")) }, collectors.ErrUnavailable, "HTML where JSON was expected"},
		{"a server in trouble", func(w http.ResponseWriter) { w.WriteHeader(500) }, collectors.ErrUnavailable, "500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, note(1, "igf2018"))
			s.hook = func(w http.ResponseWriter, r *http.Request) bool { c.answer(w); return true }
			col := newCollector(t, s, nil)
			got, _, err := collect(t, col, "")
			if len(got) > 0 || err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
			found := col.Check(t.Context())
			if len(found) != 1 || found[0].OK || !strings.Contains(found[0].Hint, c.says) || strings.HasPrefix(found[0].Hint, "log in: ") {
				t.Errorf("check: %+v", found)
			}
			if err != nil && strings.Contains(err.Error()+found[0].Hint, testPassword) {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestAccountServer(t *testing.T) {
	doc := func(id, kind string, endpoint any) json.RawMessage {
		raw, _ := json.Marshal(map[string]any{"id": did("bot"), "service": []any{map[string]any{"id": "#atproto_labeler", "type": "AtprotoLabeler", "serviceEndpoint": map[string]any{}},
			map[string]any{"id": id, "type": kind, "serviceEndpoint": endpoint}}})
		return raw
	}
	const pds = "AtprotoPersonalDataServer"
	for _, c := range []struct {
		doc  json.RawMessage
		want string
	}{
		{doc("#atproto_pds", pds, "https://oyster.example.org"), "https://oyster.example.org"},
		{doc(did("bot")+"#atproto_pds", pds, "https://oyster.example.org/"), "https://oyster.example.org"},
		{doc("#atproto_pds", pds, "http://oyster.example.org"), ""},
		{doc("#atproto_pds", pds, "http://localhost"), ""},
		{doc("#atproto_pds", pds, "https://a:b@oyster.example.org"), ""},
		{doc("#atproto_pds", pds, "https://oyster.example.org/path"), ""},
		{doc("#atproto_pds", pds, []any{"https://oyster.example.org"}), ""},
		{doc("#atproto_pds", "Other", "https://oyster.example.org"), ""},
		{doc("#other", pds, "https://oyster.example.org"), ""},
		{json.RawMessage(`"x"`), ""},
		{nil, ""},
	} {
		got := ""
		if u := accountServer(c.doc); u != nil {
			got = u.String()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.doc, got, c.want)
		}
	}
	t.Run("it is asked instead of the service, and not the other way round", func(t *testing.T) {
		s := newServer(t, note(1, "igf2018"))
		s.session = func() (int, map[string]any) {
			access, refresh := s.tokens()
			return 200, map[string]any{"accessJwt": access, "refreshJwt": refresh, "handle": testAccount, "didDoc": doc("#atproto_pds", pds, "https://oyster.example.org")}
		}
		var hosts []string
		c := newCollector(t, s, nil)
		next := c.client.Transport
		c.client.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Scheme+"://"+r.URL.Host)
			r = r.Clone(r.Context())
			r.URL.Scheme, r.URL.Host = "http", s.Listener.Addr().String()
			return next.RoundTrip(r)
		})
		got, _, err := collect(t, c, "")
		if err != nil || len(idsOf(got)) != 1 || len(hosts) != 3 || hosts[0] != s.URL || hosts[1] != "https://oyster.example.org" || hosts[2] != hosts[1] {
			t.Errorf("asked %q, %v", hosts, err)
		}
	})
	t.Run("one within the local network is refused", func(t *testing.T) {
		private := httptest.NewTLSServer(http.NotFoundHandler())
		t.Cleanup(private.Close)
		s := newServer(t, note(1, "igf2018"))
		s.session = func() (int, map[string]any) {
			address := strings.Replace(private.URL, "127.0.0.1", "127.0.0.2", 1)
			return 200, map[string]any{"accessJwt": "a", "refreshJwt": "b", "didDoc": doc("#atproto_pds", pds, address)}
		}
		if _, _, err := collect(t, newCollector(t, s, nil), ""); !errors.Is(err, collectors.ErrSettings) || !strings.Contains(err.Error(), "not a public one") {
			t.Errorf("got %v", err)
		}
	})
}

func TestCheck(t *testing.T) {
	s := newServer(t, note(1, "igf2018"), note(2, "igf2018"))
	c := newCollector(t, s, func(set *Settings) { set.Hashtags = []string{"igf2018", "WS164"} })
	var lines []string
	for _, f := range c.Check(t.Context()) {
		if !f.OK {
			t.Errorf("%s: %s", f.What, f.Hint)
		}
		lines = append(lines, f.What)
	}
	host := strings.TrimPrefix(s.URL, "http://")
	if got, want := strings.Join(lines, "\n"), "log in to "+host+" as @askahead.example.org\nsearch #igf2018: the newest post is of 2026-03-02\nsearch #WS164: no post yet"; got != want {
		t.Errorf("got\n%s", got)
	}
	t.Run("advises against the main password", func(t *testing.T) {
		s.session = func() (int, map[string]any) {
			claims := base64.RawURLEncoding.EncodeToString([]byte(`{"scope":"com.atproto.access","sub":"did:plc:bot"}`))
			return 200, map[string]any{"accessJwt": "x." + claims + ".y", "refreshJwt": "b"}
		}
		found := newCollector(t, s, nil).Check(t.Context())
		if len(found) < 2 || found[1].OK || !strings.Contains(found[1].Hint, "is the main password of the account") {
			t.Errorf("got %+v", found)
		}
	})
	t.Run("says that search is closed to the account", func(t *testing.T) {
		s := newServer(t)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodGet {
				refuse(w, 403, "Forbidden")
			}
			return r.Method == http.MethodGet
		}
		found := newCollector(t, s, nil).Check(t.Context())
		if len(found) != 2 || found[1].OK || !strings.Contains(found[1].Hint, "lets the account log in, but not ask for posts") {
			t.Errorf("got %+v", found)
		}
	})
}

func TestSettings(t *testing.T) {
	good := Settings{Account: "@askahead.example.org", Password: testPassword, Service: "https://pds.example.org/", Hashtags: []string{"#Gipfel_für_alle"}, Limit: 100}
	if errs := good.Validate(); len(errs) > 0 {
		t.Errorf("good settings: %v", errs)
	}
	for _, c := range []struct {
		change func(*Settings)
		says   string
	}{
		{func(s *Settings) { s.Account = "" }, "account: is empty"},
		{func(s *Settings) { s.Account = "askahead" }, "account: is not a whole handle"},
		{func(s *Settings) { s.Account = "ask ahead.example" }, "account: is not a whole handle"},
		{func(s *Settings) { s.Password = "" }, "password: is empty"},
		{func(s *Settings) { s.Password = "a\nb" }, "password: holds a line break"},
		{func(s *Settings) { s.Service = "" }, "service: is not an address"},
		{func(s *Settings) { s.Service = "bsky.social" }, "service: is not an address"},
		{func(s *Settings) { s.Service = "http://bsky.social" }, "service: begins with http://"},
		{func(s *Settings) { s.Service = "https://a:b@bsky.social" }, "service: holds a user"},
		{func(s *Settings) { s.Service = "https://bsky.social/xrpc" }, "service: holds more"},
		{func(s *Settings) { s.Hashtags = []string{"two words"} }, `hashtags: "two words"`},
		{func(s *Settings) { s.Hashtags = make([]string, 101) }, "hashtags: 101 hashtags; at most 100"},
		{func(s *Settings) { s.Limit = 101 }, "limit: 101"},
		{func(s *Settings) { s.LookBack = -1 }, "look_back: "},
	} {
		t.Run(c.says, func(t *testing.T) {
			s := good
			c.change(&s)
			if errs := s.Validate(); len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), c.says) {
				t.Errorf("got %v", errs)
			}
		})
	}
	t.Run("settings begin with their defaults", func(t *testing.T) {
		k := Kind()
		s := k.Settings().(*Settings)
		s.Account, s.Password = "askahead.example.org", testPassword
		if _, err := k.New(s, collectors.Deps{Hashtags: []string{"x"}}); err != nil || !k.PublicOnly || k.Archive != nil {
			t.Errorf("got %v", err)
		}
		if _, err := k.New(s, collectors.Deps{}); err == nil {
			t.Error("no hashtag at all is taken")
		}
	})
}
