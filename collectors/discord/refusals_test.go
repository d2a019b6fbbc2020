package discord

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
)

func TestRefusals(t *testing.T) {
	refuseAt := func(part string, status, code int) func(*fake) {
		return func(f *fake) {
			f.hook = func(w http.ResponseWriter, r *http.Request) bool {
				is := strings.HasSuffix(r.URL.Path, part)
				if is {
					refuse(w, status, code)
				}
				return is
			}
		}
	}
	overwrite := func(deny string) func(*fake) {
		return func(f *fake) {
			f.channels[text2]["permission_overwrites"] = []object{{"id": "31", "type": 0, "allow": "0", "deny": deny}}
			f.messages[text2] = nil // this is how Discord refuses to give the history
		}
	}
	for _, c := range []struct {
		name, says string
		is         error
		others     bool // are read
		fault      func(*fake)
	}{
		{"a wrong token", "set it as `token`", collectors.ErrUnauthorized, false, refuseAt("users/@me", 401, 0)},
		{"a channel that the bot does not see", "VIEW_CHANNEL) in channel " + text2, collectors.ErrUnauthorized, true, refuseAt("channels/"+text2, 403, codeMissingAccess)},
		{"a channel that is not there", "channel " + text2 + " does not exist", collectors.ErrSettings, true, refuseAt("channels/"+text2, 404, codeUnknownChannel)},
		{"a channel of speech", "is neither a text", collectors.ErrSettings, true, func(f *fake) { f.channels[text2]["type"] = 2 }},
		{"a history that is refused", "READ_MESSAGE_HISTORY) in channel #announcements", collectors.ErrUnauthorized, true, refuseAt(text2+"/messages", 403, codeMissingPermissions)},
		{"a history that is empty without a word", "READ_MESSAGE_HISTORY) in channel #announcements", collectors.ErrUnauthorized, true, overwrite("65536")},
		{"threads that are refused", "READ_MESSAGE_HISTORY) in channel #announcements", collectors.ErrUnauthorized, true, refuseAt(text2+"/threads/archived/public", 403, codeMissingPermissions)},
		{"an answer without Discord's code", "404 Not Found", collectors.ErrUnavailable, false, refuseAt("channels/"+text2, 404, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.post(text1, 1, nil)
			f.post(text2, 2, nil)
			c.fault(f)
			got, _, err := collect(t, newCollector(t, f, func(s *Settings) { s.Channels = []string{text1, text2} }), "")
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), token) {
				t.Errorf("got %v", err)
			}
			if slices.Contains(idsOf(got), text1+"/"+at(1)) != c.others {
				t.Errorf("of the other channel: %q", idsOf(got))
			}
		})
	}
	for _, part := range []string{"channels/" + forum, forum + "/threads/archived/public", at(1) + "/messages"} {
		t.Run("what is refused is read from its start later: "+part, func(t *testing.T) {
			f := newFake(t)
			f.post(f.open(forum, 1, 5), 2, nil)
			f.post(text1, 500, nil)
			refuseAt(part, 403, codeMissingPermissions)(f)
			c := newCollector(t, f, nil)
			if got, since, err := collect(t, c, ""); !errors.Is(err, collectors.ErrUnauthorized) || len(idsOf(got)) != 1 {
				t.Errorf("got %q, %v", idsOf(got), err)
			} else {
				f.hook = nil
				got, _, err = collect(t, c, since)
				if diff := cmp.Diff([]string{at(1) + "/" + at(2)}, idsOf(got)); diff != "" || err != nil {
					t.Errorf("then %v %s", err, diff)
				}
			}
		})
	}
	t.Run("a last message that was deleted is no refusal", func(t *testing.T) {
		f := newFake(t)
		f.post(text1, 1, nil)
		f.messages[text1] = nil
		if got, _, err := collect(t, newCollector(t, f, nil), ""); err != nil || len(got) > 0 {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("messages without their text are noticed, and not passed", func(t *testing.T) {
		f := newFake(t)
		f.flags = 0
		f.post(text1, 1, nil)
		f.post(text1, 2, object{"content": "", "mentions": []any{}, "components": []any{}})
		c := newCollector(t, f, func(s *Settings) { s.Messages = "all" })
		got, since, err := collect(t, c, "")
		if !errors.Is(err, collectors.ErrUnauthorized) || !strings.Contains(err.Error(), "Message Content Intent") || len(idsOf(got)) != 1 {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
		f.flags = 1 << 18
		f.messages[text1][1]["content"] = "Now?"
		if got, _, err := collect(t, c, since); err != nil || len(idsOf(got)) != 1 {
			t.Errorf("then %q, %v", idsOf(got), err)
		}
	})
}

func TestCheck(t *testing.T) {
	f := newFake(t)
	f.post(text1, 1, nil)
	f.flags = 0
	f.channels[text2]["permission_overwrites"] = []object{{"id": server, "deny": "66560", "allow": "0"}, {"id": botID, "allow": "1024", "deny": "0"}}
	c := newCollector(t, f, func(s *Settings) { s.Messages, s.Channels = "all", []string{text1, text2, forum, "300000000000000000"} })
	want := []struct {
		ok   bool
		says string
	}{{true, "askahead"}, {false, "Message Content Intent"}, {true, "#general"}, {false, "READ_MESSAGE_HISTORY) in channel #announcements"}, {true, "a forum"}, {false, "does not exist"}}
	got := c.Check(t.Context())
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i, w := range want {
		if got[i].OK != w.ok || !strings.Contains(got[i].What+got[i].Hint, w.says) || (got[i].Hint == "") != w.ok {
			t.Errorf("finding %d is %+v, want one with %q", i+1, got[i], w.says)
		}
	}
}
