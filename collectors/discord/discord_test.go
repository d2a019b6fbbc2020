package discord

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
	"askahead/collectors/collectortest"
	"askahead/domain"
)

// fill posts 250 messages to a channel, a post of a forum, and two threads, one of them archived, over five
// days; in between there is what no one is to read. It gives the ids of what is to be read.
func fill(f *fake) (want []string) {
	post, thread, old := f.open(forum, 3, 0), f.open(text1, 10, 0), f.open(text1, 20, 60)
	places := []string{text1, post, thread, text1, old}
	for n := range 250 {
		channel := places[n%len(places)]
		if n < 3 || channel == old && n > 70 || numberOf(object{"id": channel}) > numberOf(object{"id": at(n)}) {
			channel = text1
		}
		switch n % 50 {
		case 7:
			f.post(channel, n, object{"author": object{"id": "7", "bot": true}})
			continue
		case 17:
			f.post(channel, n, object{"type": 7, "content": ""})
			continue
		case 27:
			f.post(channel, n, object{"mentions": []any{}})
			continue
		}
		f.post(channel, n, nil)
		want = append(want, channel+"/"+at(n))
	}
	return want
}

func TestConformance(t *testing.T) {
	f := newFake(t)
	want := fill(f)
	bad := f.post(text1, 250, object{"mentions": "<@" + botID + ">"})
	failing := newFake(t)
	fill(failing)
	failing.post(text1, 250, object{"mentions": "<@" + botID + ">"})
	failing.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if failing.count("channels/"+text1+"/messages") < 4 {
			return false
		}
		w.WriteHeader(503)
		return true
	}
	collectortest.Run(t, collectortest.Fixture{
		New:    func(t *testing.T) collectors.Collector { return newCollector(t, f, nil) },
		Want:   want,
		Broken: []string{text1 + "/" + bad["id"].(string)},
		Empty:  func(t *testing.T) collectors.Collector { return newCollector(t, newFake(t), nil) },
		Grow: func(t *testing.T) []string {
			thread := f.open(forum, 301, 0)
			f.post(at(20), 300, nil) // archived long ago
			f.channels[at(20)]["thread_metadata"] = object{"archived": false}
			f.post(thread, 301, nil)
			f.post(text1, 302, nil)
			return []string{at(20) + "/" + at(300), thread + "/" + at(301), text1 + "/" + at(302)}
		},
		Failing: func(t *testing.T) collectors.Collector {
			failing.asked = nil
			return newCollector(t, failing, nil)
		},
		Is: collectors.ErrUnavailable,
		Rewind: func(t *testing.T) (collectortest.Rewinder, time.Time, []string) {
			s := newFake(t)
			fill(s)
			return newCollector(t, s, nil), idTime(numberOf(object{"id": at(180)})), want[slices.IndexFunc(want, func(id string) bool { return strings.HasSuffix(id, at(180)) }):]
		},
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			s := newFake(t)
			fill(s)
			bad := s.post(text1, 250, object{"mentions": "<@" + botID + ">"})
			silent := s.post(text1, 251, object{"mentions": "nobody", "content": "Not for the panel."})
			m := s.messages[text1]
			m[4]["edited_timestamp"], m[5]["mentions"] = "2026-03-05T00:00:00Z", []any{}
			id := func(m object) string { return text1 + "/" + m["id"].(string) }
			fetched := collectortest.Fetched{Items: []string{id(m[3]), id(m[4]), want[200]}, Broken: []string{id(bad)},
				Gone: []string{id(m[5]), id(silent), text1 + "/" + at(400), "299999999999999999/" + at(3)}, Unknown: []string{text1 + "/broken-00", "x/y"}}
			return newCollector(t, s, nil), fetched
		},
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			s := newFake(t)
			fill(s)
			m := s.messages[text1]
			m[4]["edited_timestamp"] = "2026-03-05T00:00:00Z"
			m[5]["edited_timestamp"], m[5]["mentions"] = "2026-03-05T00:00:00Z", []any{}
			gone := []string{text1 + "/" + m[5]["id"].(string), text1 + "/" + m[30]["id"].(string), text1 + "/" + m[len(m)-1]["id"].(string)}
			edited := text1 + "/" + m[4]["id"].(string)
			s.messages[text1] = slices.Delete(slices.Delete(m, len(m)-1, len(m)), 30, 31)
			for _, id := range want {
				if strings.HasPrefix(id, at(10)+"/") {
					gone = append(gone, id)
				}
			}
			delete(s.channels, at(10)) // a thread with all of its messages
			return newCollector(t, s, nil), []string{edited}, gone
		},
	})
}

func TestOrderOfPagesDoesNotMatter(t *testing.T) {
	f := newFake(t)
	want := fill(f)
	f.oldest = true
	got, _, err := collect(t, newCollector(t, f, nil), "")
	if diff := cmp.Diff(want, idsOf(got)); diff != "" || err != nil {
		t.Errorf("%v -want +got:\n%s", err, diff)
	}
}

func TestRepeatedPageIsAnError(t *testing.T) {
	f := newFake(t)
	fill(f)
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, text1+"/messages") || r.FormValue("after") == "0" {
			return false
		}
		reply(w, 200, f.messages[text1][:20])
		return true
	}
	if _, _, err := collect(t, newCollector(t, f, nil), ""); err == nil || !strings.Contains(err.Error(), "come again") {
		t.Errorf("got %v", err)
	}
}

func TestItem(t *testing.T) {
	f := newFake(t)
	f.members["42"] = object{"nick": "Alice (NGO)", "roles": []string{"32", "77"}}
	post := f.open(forum, 1, 0)
	f.channels[post]["name"] = "Who pays for this?"
	f.post(post, 1, object{"mentions": []any{}, "content": "The reports, I mean.", "edited_timestamp": "2026-03-02T09:00:00Z"})
	f.post(post, 2, object{"type": 19, "message_reference": object{"message_id": at(0), "channel_id": post}, "referenced_message": nil})
	f.post(text1, 3, object{"content": "", "poll": object{"question": object{"text": "Which first?"},
		"answers": []object{{"answer_id": 1, "poll_media": object{"text": "WHOIS"}}, {"poll_media": object{"text": "Logs"}}}}})
	f.post(text1, 4, object{"content": "", "message_reference": object{"type": 1, "message_id": at(1)},
		"message_snapshots": []object{{"message": object{"content": "Whose words are these?"}}}})
	f.post(post, 5, object{"type": 19, "content": "Yes?", "mentions": []any{}, "message_reference": object{"message_id": post}})
	got, _, err := collect(t, newCollector(t, f, func(s *Settings) { s.Messages = "all" }), "")
	if err != nil {
		t.Fatal(err)
	}
	facts := func(channel string) []domain.Fact {
		return []domain.Fact{{Name: "channel", Value: channel}, {Name: "name", Value: "Alice (NGO)"}, {Name: "role", Value: "Civil society"}}
	}
	item := func(channel string, n int, raw string, e domain.Envelope) domain.Item {
		e.Canonical = "discord:" + channel + "/" + at(n)
		e.Author = domain.Author{ID: "discord:42", Name: "Alice (NGO)"}
		e.Published = time.Date(2026, 3, 2, 0, 30*n, 0, 0, time.UTC)
		return domain.Item{ExternalID: channel + "/" + at(n), Type: domain.TypeDiscord, Raw: []byte(raw), Envelope: e}
	}
	title := item(post, 1, "Who pays for this?\n\nThe reports, I mean.", domain.Envelope{Subject: "Who pays for this?", Facts: facts("ask-the-panel")})
	title.Edited = true
	want := []domain.Item{title,
		item(post, 2, "<@"+botID+"> Who reads the reports? 2", domain.Envelope{Subject: "Who pays for this?", Facts: facts("ask-the-panel"), Mentions: []string{"askahead"},
			Parents: []string{"discord:" + post + "/" + post, "discord:" + post + "/" + at(0)}}),
		item(text1, 3, "Which first?", domain.Envelope{Facts: facts("general"), Mentions: []string{"askahead"}, Context: "WHOIS / Logs"}),
		item(post, 5, "Yes?", domain.Envelope{Subject: "Who pays for this?", Facts: facts("ask-the-panel"), Parents: []string{"discord:" + post + "/" + post}}),
	}
	if diff := cmp.Diff(want, got[0].Items); diff != "" || len(got) != 1 {
		t.Errorf("%d batches; -want +got:\n%s", len(got), diff)
	}
	if n := f.count("guilds/" + server + "/members/42"); n != 1 {
		t.Errorf("the author's roles were asked for %d times", n)
	}
}

func TestReactions(t *testing.T) {
	reaction := func(emoji string, count int, more object) object {
		r := object{"emoji": object{"id": nil, "name": emoji}, "count": count, "me": false}
		maps.Copy(r, more)
		return r
	}
	for name, c := range map[string]struct {
		reactions any
		want      int
	}{
		"none":                  {[]object{}, 0},
		"the most of one emoji": {[]object{reaction("👍", 4, nil), reaction("❤️", 6, nil), reaction("❌", 9, nil)}, 6},
		"the bot is nobody":     {[]object{reaction("👍", 4, object{"me": true})}, 3},
		"super reactions may be of the same people": {[]object{reaction("👍", 5, object{"count_details": object{"normal": 3, "burst": 2}})}, 3},
		"super reactions alone":                     {[]object{reaction("👍", 2, object{"count_details": object{"normal": 0, "burst": 2}})}, 2},
		"a list of another shape":                   {object{"emoji": 7}, 0},
		"a number that is none":                     {[]object{{"emoji": object{"name": "👍"}, "count": "many"}}, 0},
		"an emoji without a name":                   {[]object{{"emoji": object{"id": "5", "name": nil}, "count": 4}}, 0},
		"null":                                      {nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.post(text1, 1, object{"reactions": c.reactions})
			got, _, err := collect(t, newCollector(t, f, nil), "")
			if err != nil || len(got) != 1 || len(got[0].Items) != 1 || got[0].Items[0].Support != c.want {
				t.Errorf("got %+v, %v; want %d", got, err, c.want)
			}
		})
	}
}

func TestASweepTellsReactionsOfWhatIsAsItWas(t *testing.T) {
	f := newFake(t)
	liked := []object{{"emoji": object{"name": "👍"}, "count": 4}}
	f.post(text1, 1, object{"reactions": liked})
	f.post(text1, 2, nil)
	f.post(text1, 3, object{"reactions": liked, "edited_timestamp": "2026-03-02T09:00:00Z"})
	ids := []string{text1 + "/" + at(1), text1 + "/" + at(2), text1 + "/" + at(3), text1 + "/" + at(4)}
	for b, err := range newCollector(t, f, nil).Sweep(t.Context(), ids) {
		want := map[string]int{ids[0]: 4, ids[1]: 0}
		if err != nil || !maps.Equal(b.Support, want) || len(b.Items) != 1 || b.Items[0].Support != 4 || len(b.Gone) != 1 {
			t.Errorf("got %+v, %v; want %v", b, err, want)
		}
	}
}

func TestWhereMembersAreHidden(t *testing.T) {
	f := newFake(t)
	f.post(text1, 1, nil)
	f.post(text1, 2, object{"author": object{"id": "43", "username": "bob"}})
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		hidden := strings.Contains(r.URL.Path, "/guilds/") && !strings.Contains(r.URL.Path, "/threads/")
		if hidden {
			refuse(w, 403, codeMissingAccess)
		}
		return hidden
	}
	got, _, err := collect(t, newCollector(t, f, nil), "")
	if err != nil || len(idsOf(got)) != 2 || got[0].Items[1].Author.Name != "bob" || f.count("guilds/"+server+"/members") != 1 {
		t.Errorf("got %+v, %v, after asking for %q", got, err, f.asked)
	}
}

func TestWhatIsTaken(t *testing.T) {
	for _, c := range []struct {
		name   string
		all    bool
		change object
		want   bool
	}{
		{"a mention", false, nil, true},
		{"no message without a mention", false, object{"mentions": []any{}}, false},
		{"every message of a question box", true, object{"mentions": []any{}}, true},
		{"a reply", false, object{"type": "19"}, true},
		{"no message of a bot", true, object{"author": object{"id": "7", "bot": true}}, false},
		{"no message of a webhook", true, object{"webhook_id": "8"}, false},
		{"nothing that Discord wrote", true, object{"type": 6}, false},
		{"no forward", true, object{"content": "", "message_reference": object{"type": 1}}, false},
		{"a file alone is a message without text", true, object{"content": "", "attachments": []object{{"id": "1"}}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.post(text1, 1, c.change)
			got, _, err := collect(t, newCollector(t, f, func(s *Settings) {
				if c.all {
					s.Messages = "all"
				}
			}), "")
			if n := len(idsOf(got)); err != nil || (n == 1) != c.want {
				t.Errorf("%d items, %v", n, err)
			}
		})
	}
}

func TestBrokenMessages(t *testing.T) {
	f := newFake(t)
	f.post(text1, 1, object{"author": nil})
	f.post(text1, 2, object{"author": nil, "content": "not for the bot", "mentions": []any{}})
	f.messages[text1] = append(f.messages[text1], object{"id": nil, "content": "<@" + botID + ">"})
	f.post(text1, 3, nil)
	// A message without id is in the history, but the fake's paging needs one to compare.
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		is := strings.HasSuffix(r.URL.Path, text1+"/messages") && r.FormValue("after") == "0"
		if is {
			reply(w, 200, f.messages[text1])
		}
		return is
	}
	got, next, err := collect(t, newCollector(t, f, nil), "")
	if err != nil || len(got) != 1 || len(got[0].Items) != 1 || len(got[0].Broken) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	b := got[0].Broken
	if b[0].ID != text1+"/"+at(1) || b[0].Reason != "it has no author" || !strings.HasPrefix(b[1].ID, text1+"/broken-") {
		t.Errorf("got %+v", b)
	}
	if again, _, err := collect(t, newCollector(t, f, nil), next); err != nil || len(again) > 0 {
		t.Errorf("then %+v, %v", again, err)
	}
}

func TestSweepDoesNotTakeSilenceForDeletion(t *testing.T) {
	f := newFake(t)
	f.post(text1, 1, nil)
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/messages"):
			reply(w, 200, []any{})
		case strings.Contains(r.URL.Path, "/messages/"):
			refuse(w, 403, codeMissingPermissions)
		default:
			return false
		}
		return true
	}
	for b, err := range newCollector(t, f, nil).Sweep(t.Context(), []string{text1 + "/" + at(1), "rubbish"}) {
		if len(b.Gone) > 0 || !errors.Is(err, collectors.ErrUnauthorized) || !strings.Contains(err.Error(), "READ_MESSAGE_HISTORY") {
			t.Errorf("got %q, %v", b.Gone, err)
		}
	}
}

func TestChannelsMayHaveDefaultsOfTheirOwn(t *testing.T) {
	f := newFake(t)
	f.post(text1, 1, nil)
	f.post(f.open(text1, 2, 0), 3, nil)
	f.post(f.open(forum, 4, 0), 4, nil)
	got, _, err := collect(t, newCollector(t, f, func(s *Settings) {
		s.TLP = map[string]domain.TLP{" " + text1: domain.Amber}
		s.Channels[0] = text1 + " "
	}), "")
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	var levels []domain.TLP
	for _, item := range got[0].Items {
		levels = append(levels, item.Unlabelled)
	}
	if diff := cmp.Diff([]domain.TLP{domain.Amber, domain.Amber, 0}, levels); diff != "" {
		t.Error(diff)
	}
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		change func(*Settings)
		says   string
	}{
		{func(s *Settings) { s.Token = "" }, "token: is empty"},
		{func(s *Settings) { s.Token = "a\nb" }, "token: holds a space"},
		{func(s *Settings) { s.Channels = nil }, "channels: is empty"},
		{func(s *Settings) { s.Channels = []string{"#general"} }, `channels: "#general" is not the id`},
		{func(s *Settings) { s.Channels = []string{text1, text1} }, "is named twice"},
		{func(s *Settings) { s.Messages = "some" }, `messages: "some" is neither`},
		{func(s *Settings) { s.Limit = 101 }, "limit: 101 is not between"},
		{func(s *Settings) { s.TLP = map[string]domain.TLP{text2: domain.Amber} }, "is none of the channels"},
		{func(s *Settings) { s.TLP = map[string]domain.TLP{text1: domain.Red} }, "tlp: red is never stored"},
		{func(s *Settings) { s.Guilds = []string{server} }, "there is no public_key"},
		{func(s *Settings) { s.PublicKey, s.Guilds = "xyz", []string{server} }, "public_key: is not the public key"},
		{func(s *Settings) { s.PublicKey, s.Guilds = strings.Repeat("ab", 32), []string{"ours"} }, `servers: "ours" is not the id`},
		{func(s *Settings) { s.PublicKey, s.Guilds = strings.Repeat("ab", 32), []string{server, server} }, "is named twice"},
	} {
		s := *Kind().Settings().(*Settings)
		s.Token, s.Channels = token, []string{text1}
		if errs := s.Validate(); len(errs) > 0 {
			t.Fatal(errs)
		}
		c.change(&s)
		if errs := s.Validate(); len(errs) != 1 || !strings.Contains(errs[0].Error(), c.says) {
			t.Errorf("got %v, want %q", errs, c.says)
		}
	}
}
