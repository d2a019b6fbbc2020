package bluesky

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
)

// itemsOf collects what a network with these posts gives, by the number of the post.
func itemsOf(t *testing.T, s *server) map[string]domain.Item {
	t.Helper()
	batches, _, err := collect(t, newCollector(t, s, nil), "")
	if err != nil {
		t.Fatal(err)
	}
	items := map[string]domain.Item{}
	for _, b := range batches {
		for _, br := range b.Broken {
			t.Errorf("broken: %s", br.Reason)
		}
		for _, item := range b.Items {
			items[item.Canonical] = item
		}
	}
	return items
}

func TestItem(t *testing.T) {
	text := "@carol.example.net who reads café reports? See example.org/report... #IGF2018"
	at := func(part string) (int, int) { i := strings.Index(text, part); return i, i + len(part) }
	mention, mentionEnd := at("@carol.example.net")
	link, linkEnd := at("example.org/report...")
	tag, tagEnd := at("#IGF2018")
	s := newServer(t, note(1, "igf2018"), note(2, "igf2018").record(map[string]any{
		"text": text, "langs": []any{"pt-BR"}, "createdAt": "2026-03-02T01:02:00.123+01:00", "tags": []any{"WS164", "igf2018"},
		"facets": []any{
			facet(mention, mentionEnd, map[string]any{"$type": "app.bsky.richtext.facet#mention", "did": did("carol")}),
			facet(link, linkEnd, map[string]any{"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/reports/2026?q=1"}),
			facet(tag, tagEnd, map[string]any{"$type": "app.bsky.richtext.facet#tag", "tag": "IGF2018"}),
		},
		"reply": map[string]any{"root": map[string]any{"uri": uriOf(1), "cid": cidOf(1)}, "parent": map[string]any{"uri": uriOf(9), "cid": cidOf(9)}},
		"embed": map[string]any{"$type": "app.bsky.embed.record", "record": map[string]any{"uri": uriOf(3), "cid": cidOf(3)}},
	}).with(map[string]any{
		"likeCount": 12, "repostCount": 40,
		"embed": map[string]any{"$type": "app.bsky.embed.record#view", "record": map[string]any{"value": map[string]any{"text": "Somebody else's words?"}}},
	}))
	s.profiles[did("alice")] = map[string]any{"did": did("alice"), "description": "CSIRT of Team & Co."}
	got := itemsOf(t, s)[uriOf(2)]
	want := domain.Item{
		ExternalID: idOf(2), Type: domain.TypeText,
		Raw: []byte("@carol.example.net who reads café reports? See https://example.org/reports/2026?q=1 #IGF2018"),
		Envelope: domain.Envelope{
			Canonical: uriOf(2), Parents: []string{uriOf(1), uriOf(9)},
			Author:    domain.Author{ID: did("alice"), Name: "Alice", Bio: "CSIRT of Team & Co."},
			Published: time.Date(2026, 3, 2, 0, 2, 0, 123e6, time.UTC),
			URL:       "https://bsky.app/profile/did:plc:alice/post/3k00002", Language: "pt-BR",
			Hashtags: []string{"WS164", "igf2018"}, Mentions: []string{"@carol.example.net", did("carol")}, Public: true, Support: 12,
			Facts: []domain.Fact{{Name: "domain", Value: "ngo.example"}, {Name: "name", Value: "Alice"}, {Name: "hashtag", Value: "WS164"}, {Name: "hashtag", Value: "igf2018"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLanguage(t *testing.T) {
	s := newServer(t, note(1, "igf2018").record(map[string]any{"langs": []any{"en", "fr"}}), note(2, "igf2018").record(map[string]any{"langs": nil}))
	for uri, item := range itemsOf(t, s) {
		if item.Language != "" {
			t.Errorf("%s: %q, though it is not certain", uri, item.Language)
		}
	}
}

func TestOptOuts(t *testing.T) {
	label := func(val string, neg bool) []any {
		return []any{map[string]any{"src": did("dana"), "val": val, "neg": neg}}
	}
	for _, c := range []struct {
		name    string
		author  map[string]any // as it stands in the post
		profile map[string]any
		post    []any // labels of it
		want    string
	}{
		{name: "the label on the author", author: map[string]any{"labels": label("!no-unauthenticated", false)}, want: "label: !no-unauthenticated"},
		{name: "the label in the profile alone", profile: map[string]any{"labels": label("!no-unauthenticated", false)}, want: "label: !no-unauthenticated"},
		{name: "the label on the post", post: label("!no-unauthenticated", false), want: "label: !no-unauthenticated"},
		{name: "#nobot in the bio", profile: map[string]any{"description": "mum\n#NoBot #cats"}, want: "bio: #nobot"},
		{name: "#nosearch with a wide sign", profile: map[string]any{"description": "＃nosearch"}, want: "bio: #nosearch"},
		{name: "#nobots in the shown name", profile: map[string]any{"displayName": "Dana #nobots"}, want: "name: #nobots"},
		{name: "a label that was taken back", author: map[string]any{"labels": label("!no-unauthenticated", true)}},
		{name: "another label", author: map[string]any{"labels": label("porn", false)}, post: label("graphic-media", false)},
		{name: "the word alone", profile: map[string]any{"description": "nobot"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			post := note(1, "igf2018").by("dana")
			if c.post != nil {
				post.with(map[string]any{"labels": c.post})
			}
			for key, value := range c.author {
				post.view["author"].(map[string]any)[key] = value
			}
			reply := note(2, "igf2018").record(map[string]any{"reply": map[string]any{
				"root": map[string]any{"uri": uriOf(7)}, "parent": map[string]any{"uri": post.view["uri"]}}})
			s := newServer(t, post, reply)
			s.profiles[did("dana")] = map[string]any{"did": did("dana"), "handle": "dana.example"}
			for key, value := range c.profile {
				s.profiles[did("dana")][key] = value
			}
			if labels, ok := c.author["labels"]; ok {
				s.profiles[did("dana")]["labels"] = labels
			}
			items := itemsOf(t, s)
			item, ok := items[post.view["uri"].(string)]
			if !ok || item.OptOut != c.want {
				t.Fatalf("found: %v, opted out by %q", ok, item.OptOut)
			}
			if kept, _ := json.Marshal(item); c.want != "" && (len(item.Raw) > 0 || item.Author.ID != "" || strings.Contains(string(kept), "reports")) {
				t.Errorf("too much is kept: %s", kept)
			}
			if named := len(items[uriOf(2)].Parents) == 2; c.post == nil && named != (c.want == "") {
				t.Errorf("a reply names %q", items[uriOf(2)].Parents)
			}
		})
	}
	t.Run("nothing is kept of an author whose profile is not shown", func(t *testing.T) {
		s := newServer(t, note(1, "igf2018").by("erin"))
		s.profiles[did("erin")] = nil
		got, _, err := collect(t, newCollector(t, s, nil), "")
		if broken := brokenOf(got); err != nil || len(idsOf(got)) > 0 || len(broken) != 1 || len(broken[0].Raw) > 0 || !strings.Contains(broken[0].Reason, "nobody knows whether they decline") {
			t.Errorf("got %q, %+v, %v", idsOf(got), broken, err)
		}
	})
	t.Run("nor is what cannot be read of somebody who declines", func(t *testing.T) {
		e := note(1, "igf2018").record(map[string]any{"langs": "en"})
		e.view["author"].(map[string]any)["labels"] = label("!no-unauthenticated", false)
		got, _, err := collect(t, newCollector(t, newServer(t, e), nil), "")
		if broken := brokenOf(got); err != nil || len(broken) != 1 || len(broken[0].Raw) > 0 {
			t.Errorf("got %+v, %v", broken, err)
		}
	})
}

func TestPeopleAreAskedForOnce(t *testing.T) {
	s := newServer(t)
	for n := range 600 {
		s.posts = append(s.posts, note(n, "igf2018").by(string(rune('a'+n%26))+"person"))
	}
	if items := itemsOf(t, s); len(items) != 600 {
		t.Fatalf("%d items", len(items))
	}
	if n := len(slices.DeleteFunc(s.asked, func(u string) bool { return !strings.Contains(u, "getProfiles") })); n != 2 {
		t.Errorf("26 people were asked for %d times, at 25 at once", n)
	}
}

func TestWhatIsRefused(t *testing.T) {
	for _, c := range []struct {
		change func(entry)
		why    string
	}{
		{func(e entry) { e.view["uri"] = "at://alice.example/app.bsky.feed.post/3k00001" }, "its uri is not that of a post"},
		{func(e entry) { e.view["uri"] = "at://did:plc:alice/app.bsky.feed.like/3k00001" }, "its uri is not that of a post"},
		{func(e entry) { e.view["uri"] = uriOf(1) + "/../x" }, "its uri is not that of a post"},
		{func(e entry) { e.view["author"] = map[string]any{"did": did("eve")} }, "its author is not the one that its uri names"},
		{func(e entry) { e.record(map[string]any{"$type": "app.bsky.feed.generator"}) }, "its record is not a post"},
		{func(e entry) { e.record(map[string]any{"createdAt": "x"}); e.view["indexedAt"] = "" }, "neither its createdAt nor its indexedAt"},
		{func(e entry) { e.view["record"] = []any{} }, odd},
		{func(e entry) { e.record(map[string]any{"text": map[string]any{}}) }, odd},
	} {
		e := note(1, "igf2018")
		c.change(e)
		s := newServer(t, note(0, "igf2018"), e, note(2, "igf2018"))
		got, next, err := collect(t, newCollector(t, s, nil), "")
		broken := brokenOf(got)
		if err != nil || len(idsOf(got)) != 2 || len(broken) != 1 || !strings.HasPrefix(broken[0].Reason, c.why) || len(broken[0].Raw) == 0 {
			t.Errorf("%s: %q, %d broken, %v", c.why, idsOf(got), len(broken), err)
			continue
		}
		if again, _, err := collect(t, newCollector(t, s, nil), next); err != nil || len(idsOf(again))+len(brokenOf(again)) > 0 {
			t.Errorf("%s: it comes again, %v", c.why, err)
		}
	}
}

func TestHome(t *testing.T) {
	for handle, want := range map[string]domain.Fact{
		"ngo.example":                         {Name: "domain", Value: "ngo.example"},
		"alice.ngo.example":                   {Name: "domain", Value: "ngo.example"},
		"Alice.Team.NGO.example":              {Name: "domain", Value: "team.ngo.example"},
		"ministry.gov.uk":                     {Name: "domain", Value: "ministry.gov.uk"},
		"alice.ministry.gov.uk":               {Name: "domain", Value: "ministry.gov.uk"},
		"alice.bsky.social":                   {Name: "instance", Value: "bsky.social"},
		"alice.notbsky.social":                {Name: "domain", Value: "notbsky.social"},
		"alice.social.example.ap.brid.gy":     {Name: "instance", Value: "social.example"},
		"site.example.web.brid.gy":            {Name: "instance", Value: "brid.gy"},
		"handle.invalid":                      {},
		"":                                    {},
		"nodots":                              {},
		"a..b":                                {},
		"alice.ngo.example\n":                 {},
		strings.Repeat("a.", 130) + "example": {},
	} {
		if got, ok := home(handle); got != want || ok != (want != domain.Fact{}) {
			t.Errorf("%q: %v, %v", handle, got, ok)
		}
	}
}

// TestRecordedViews reads views of posts that a real server gave, if the environment says where they are: every one
// becomes an item, or is refused for a reason that is known.
func TestRecordedViews(t *testing.T) {
	dir := os.Getenv("CORPORA")
	if dir == "" {
		t.Skip("set CORPORA to the folder with the unpacked social-chat-feeds corpus to read recorded views")
	}
	files, err := filepath.Glob(filepath.Join(dir, "social-chat-feeds", "atproto", "views", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	outcomes, views := map[string]int{}, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var recorded map[string]json.RawMessage
		if err := json.Unmarshal(unmasked(text), &recorded); err != nil {
			t.Fatalf("%s: %v", filepath.Base(file), err)
		}
		for name, view := range recorded {
			views++
			posts := 0
			eachPost(view, func(raw json.RawMessage) {
				posts++
				outcomes[readRecorded(t, name, raw)]++
			})
			if posts == 0 {
				outcomes["views without a post"]++
			}
		}
	}
	t.Logf("%d views: %v", views, outcomes)
	if views < 100 || outcomes["item"] < 250 {
		t.Errorf("%d views, %d items", views, outcomes["item"])
	}
	known := []string{"item", "opted out", "its record is not a post", "views without a post"}
	for outcome := range outcomes {
		if !slices.Contains(known, outcome) {
			t.Errorf("refused for an unknown reason: %s", outcome)
		}
	}
}

// unmasked puts addresses in place of the numbers that stand for them in the recorded views.
func unmasked(text []byte) []byte {
	text = regexp.MustCompile(`user\((\d+)\)`).ReplaceAll(text, []byte("did:plc:user$1"))
	text = regexp.MustCompile(`record\((\d+)\)`).ReplaceAll(text, []byte("at://did:plc:x/app.bsky.feed.post/$1"))
	return regexp.MustCompile(`cids\((\d+)\)`).ReplaceAll(text, []byte("bafy$1"))
}

// eachPost finds all views of posts, however deep they lie.
func eachPost(raw json.RawMessage, found func(json.RawMessage)) {
	var object map[string]json.RawMessage
	var list []json.RawMessage
	if json.Unmarshal(raw, &object) == nil {
		if object["uri"] != nil && object["cid"] != nil && object["record"] != nil && object["author"] != nil {
			found(raw)
		}
		for _, inner := range object {
			eachPost(inner, found)
		}
	} else if json.Unmarshal(raw, &list) == nil {
		for _, inner := range list {
			eachPost(inner, found)
		}
	}
}

// readRecorded says what becomes of a view. The recordings lost which record is whose, so that its author is put into the address.
func readRecorded(t *testing.T, name string, raw json.RawMessage) string {
	var author struct{ Author struct{ DID string } }
	json.Unmarshal(raw, &author)
	var all map[string]json.RawMessage
	json.Unmarshal(raw, &all)
	all["uri"] = json.RawMessage(strings.Replace(string(all["uri"]), "did:plc:x", author.Author.DID, 1))
	raw, _ = json.Marshal(all)
	p := readPost(raw)
	if p.view == nil {
		return p.reason
	}
	v := &visit{people: people{known: map[string]person{p.uri.did: {found: true}}}}
	item, err := v.item(&p)
	switch {
	case err != nil:
		return err.Error()
	case item.OptOut != "":
		return "opted out"
	case item.ExternalID == "" || item.Author.ID == "" || item.Published.IsZero() || item.URL == "":
		t.Errorf("%s: an item lacks its id, author, time or address", name)
	}
	return "item"
}
