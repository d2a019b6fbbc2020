package discord

import (
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
)

func (f *fake) commandNames() (names []string) {
	for _, c := range f.commands {
		names = append(names, c["name"].(string))
	}
	slices.Sort(names)
	return names
}

func announcing(t *testing.T, f *fake, change func(*Settings)) *Receiver {
	t.Helper()
	c := &caller{t: t, now: testNow()}
	return newReceiver(t, f, c, func(s *Settings) {
		s.PublicKey, s.Guilds = strings.Repeat("ab", 32), []string{server}
		if change != nil {
			change(s)
		}
	})
}

func TestAnnounce(t *testing.T) {
	f := newFake(t)
	f.commands = []object{{"id": "1", "type": 1, "name": "weather", "description": "Of another program"}, {"id": "2", "type": 1, "name": "ask", "description": "An older one", "options": "surprise"}}
	r := announcing(t, f, nil)
	if err := r.Announce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Send to the panel", "ask", "weather", "withdraw"}, f.commandNames()); diff != "" {
		t.Error(diff)
	}
	posted := strings.Count(strings.Join(f.asked, "\n"), "/commands")
	if err := r.Announce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := strings.Count(strings.Join(f.asked, "\n"), "/commands"); posted != 5 || again != posted+2 {
		t.Errorf("%d requests, then %d", posted, again-posted)
	}
	if err := announcing(t, f, func(s *Settings) { s.Channels = nil }).Announce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ask", "weather", "withdraw"}, f.commandNames()); diff != "" {
		t.Errorf("without channels there is nothing to be sent: %s", diff)
	}
}

func TestCommandsMayBeOfferedEverywhere(t *testing.T) {
	f := newFake(t)
	everywhere := announcing(t, f, func(s *Settings) { s.Guilds = nil })
	for range 2 {
		if err := everywhere.Announce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(strings.Join(f.asked, "\n"), "/commands"); len(f.global) != 3 || len(f.commands) != 0 || n != 5 {
		t.Errorf("%d everywhere, %d on the server, %d requests", len(f.global), len(f.commands), n)
	}
	for _, c := range f.global {
		if cmp.Diff([]any{0.}, c["contexts"]) != "" || cmp.Diff([]any{0.}, c["integration_types"]) != "" {
			t.Errorf("not on servers alone: %v", c)
		}
	}
	if err := announcing(t, f, nil).Announce(t.Context()); err != nil || len(f.global) != 0 || len(f.commands) != 3 {
		t.Errorf("then %d everywhere, %d on the server, %v", len(f.global), len(f.commands), err)
	}
}

func TestCommandsFitDiscord(t *testing.T) {
	f := newFake(t)
	r := announcing(t, f, nil)
	r.communities = slices.Repeat([]collectors.Choice{{ID: "x", Title: strings.Repeat("ü", 150)}}, 25)
	for _, c := range r.commands(server) {
		if len(c.Name) > 32 || len([]rune(c.Description)) > 100 || (c.Type == 1) != (c.Description != "") {
			t.Errorf("command %q: %q", c.Name, c.Description)
		}
		optional := false
		for _, o := range c.Options {
			if o.Required && optional {
				t.Errorf("%s is needed, and stands behind what is not", o.Name)
			}
			optional = !o.Required
			if len([]rune(o.Description)) > 100 || len(o.Choices) > 25 || o.Name != strings.ToLower(o.Name) {
				t.Errorf("option %q: %q", o.Name, o.Description)
			}
			for _, choice := range o.Choices {
				if len([]rune(choice.Name)) > 100 || len(choice.Value) > 100 {
					t.Errorf("choice %q of %s has %d characters", choice.Name, o.Name, len([]rune(choice.Name)))
				}
			}
		}
	}
}

func TestAnnouncingToAServerThatRefuses(t *testing.T) {
	f := newFake(t)
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		refused := strings.HasSuffix(r.URL.Path, "/commands")
		if refused {
			refuse(w, 403, codeMissingAccess)
		}
		return refused
	}
	err := announcing(t, f, nil).Announce(t.Context())
	if !errors.Is(err, collectors.ErrUnauthorized) || !strings.Contains(err.Error(), "scope applications.commands") {
		t.Errorf("got %v", err)
	}
}

func TestCheckOfCalls(t *testing.T) {
	f := newFake(t)
	f.app = object{"verify_key": strings.Repeat("cd", 32), "interactions_endpoint_url": nil}
	r := announcing(t, f, nil)
	problems := func() (hints []string) {
		for _, finding := range r.Check(t.Context()) {
			if !finding.OK {
				hints = append(hints, finding.What+": "+finding.Hint)
			}
		}
		return hints
	}
	got := strings.Join(problems(), "\n")
	for _, want := range []string{"public_key: it is that of another application", "calls nobody yet", "enter https://ask.example.org/sources/a/ask", "askahead run registers them"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	f.app = object{"verify_key": strings.ToUpper(hex.EncodeToString(r.key)), "interactions_endpoint_url": "https://elsewhere.example"}
	if err := r.Announce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := problems(); len(got) != 1 || !strings.Contains(got[0], "calls another address") {
		t.Errorf("got %q", got)
	}
	f.app["interactions_endpoint_url"] = "https://ask.example.org/sources/a/ask"
	if got := problems(); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

func TestASourceMayBeCalledAlone(t *testing.T) {
	f := newFake(t)
	r := announcing(t, f, func(s *Settings) { s.Channels = nil })
	got, _, err := collect(t, r.Collector, "")
	for b, err := range r.Sweep(t.Context(), []string{"ask/p/1/x"}) {
		t.Errorf("a sweep gives %+v, %v", b, err)
	}
	if err != nil || len(got) > 0 || len(f.asked) > 0 {
		t.Errorf("got %+v, %v, asked for %q", got, err, f.asked)
	}
}

func TestOnlyWhoHasAKeyIsCalled(t *testing.T) {
	s := *Kind().Settings().(*Settings)
	s.Token, s.Channels = token, []string{text1}
	for _, called := range []bool{false, true} {
		if called {
			s.PublicKey, s.Guilds = strings.Repeat("ab", 32), []string{server}
		}
		c, err := Kind().New(&s, collectors.Deps{})
		if _, is := c.(collectors.Receiver); is != called || err != nil || (s.CalledBy() != "") != called {
			t.Errorf("called: %v, a receiver: %v, %v", called, is, err)
		}
		for _, can := range []bool{func() bool { _, ok := c.(collectors.Sweeper); return ok }(), func() bool { _, ok := c.(collectors.Rewinder); return ok }(), func() bool { _, ok := c.(collectors.Fetcher); return ok }(), func() bool { _, ok := c.(collectors.Checker); return ok }()} {
			if !can {
				t.Error("what is called is read all the same")
			}
		}
	}
}
