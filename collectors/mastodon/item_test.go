package mastodon

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
	"askahead/domain"
)

// itemsOf collects what a server with these posts gives, by external id.
func itemsOf(t *testing.T, statuses ...map[string]any) map[string]domain.Item {
	t.Helper()
	s := newServer(t)
	s.statuses = statuses
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
			server, id, _ := strings.Cut(item.ExternalID, "/")
			if server != s.Listener.Addr().String() {
				t.Errorf("the id %q does not begin with the server", item.ExternalID)
			}
			item.ExternalID = id
			items[id] = item
		}
	}
	return items
}

func TestItem(t *testing.T) {
	got := itemsOf(t, status(1), statusWith(2, map[string]any{
		"edited_at": "2026-03-02T00:30:00.000Z", "language": "pt-BR", "favourites_count": 12, "reblogs_count": 40, "spoiler_text": "Incident reports", "in_reply_to_id": statusID(1),
		"account": map[string]any{
			"acct": "bob@team.example", "display_name": "Bob :verified:", "note": `<p>CSIRT of<br>Team &amp; Co.</p>`, "noindex": nil,
			"fields": []map[string]any{{"name": "Web", "value": "https://team.example"}}, "roles": []map[string]any{{"id": "1", "name": "Host"}},
		},
		"mentions": []map[string]any{{"acct": "askahead"}, {"acct": "carol@ngo.example"}},
		"poll":     map[string]any{"options": []map[string]any{{"title": "Weekly"}, {"title": "Never"}}},
	}, "IGF2018", "ws164"))[statusID(2)]
	want := domain.Item{
		ExternalID: statusID(2), Type: domain.TypeHTML, Raw: []byte("<p>Who reads the reports? 2</p>"), Edited: true,
		Envelope: domain.Envelope{
			Canonical: "https://social.example/users/alice/statuses/2",
			Parents:   []string{"https://social.example/users/alice/statuses/1"},
			Author:    domain.Author{ID: "bob@team.example", Name: "Bob :verified:", Bio: "CSIRT of\nTeam & Co."},
			Published: time.Date(2026, 3, 2, 0, 2, 0, 0, time.UTC),
			URL:       "https://social.example/@alice/2", Language: "pt-BR",
			Hashtags: []string{"IGF2018", "ws164"}, Mentions: []string{"@askahead@social.example", "@carol@ngo.example"},
			Public: true, Support: 12, Context: "Incident reports\nWeekly / Never",
			Facts: []domain.Fact{{Name: "instance", Value: "team.example"}, {Name: "name", Value: "Bob :verified:"}, {Name: "role", Value: "Host"},
				{Name: "hashtag", Value: "IGF2018"}, {Name: "hashtag", Value: "ws164"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestOptOuts(t *testing.T) {
	person := func(change map[string]any) map[string]any {
		a := map[string]any{"acct": "dana", "display_name": "Dana", "note": "<p>I ask.</p>"}
		for k, v := range change {
			a[k] = v
		}
		return a
	}
	for _, c := range []struct {
		name    string
		account map[string]any
		want    string
	}{
		{"noindex in the profile", person(map[string]any{"noindex": true}), "profile: noindex"},
		{"a linked hashtag in the bio", person(map[string]any{"note": `<p>Hi <a href="https://x.example/tags/NoBot" class="mention hashtag">#<span>NoBot</span></a></p>`}), "bio: #nobot"},
		{"#nobots", person(map[string]any{"note": "<p>mum #nobots</p>"}), "bio: #nobots"},
		{"#noindex", person(map[string]any{"note": "#noindex, please"}), "bio: #noindex"},
		{"#noarchive, behind another", person(map[string]any{"note": "#cats #noarchive"}), "bio: #noarchive"},
		{"#nosearch with a wide sign", person(map[string]any{"note": "＃NoSearch"}), "bio: #nosearch"},
		{"#nobot as a numeric character", person(map[string]any{"note": "&#35;nobot"}), "bio: #nobot"},
		{"the shown name", person(map[string]any{"display_name": "Dana #nobot"}), "name: #nobot"},
		{"a field of the profile", person(map[string]any{"fields": []map[string]any{{"name": "Robots", "value": "#nobot"}}}), "bio: #nobot"},
		{"another hashtag does not decline", person(map[string]any{"note": "<p>#nobotany #noindexing #bot</p>"}), ""},
		{"nor does the word alone", person(map[string]any{"note": "<p>nobot, noindex</p>"}), ""},
		{"nor does indexable", person(map[string]any{"noindex": false, "indexable": false, "discoverable": false}), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			plainly := statusWith(1, map[string]any{"account": c.account, "spoiler_text": "secret"}, "igf2018")
			boosted := statusWith(2, map[string]any{"reblog": statusWith(102, map[string]any{"account": c.account}, "igf2018")}, "igf2018")
			booster := statusWith(3, map[string]any{"account": c.account, "reblog": status(103, "igf2018")}, "igf2018")
			reply := statusWith(4, map[string]any{"in_reply_to_id": statusID(1)}, "igf2018")
			items := itemsOf(t, plainly, boosted, booster, reply)
			for _, id := range []string{statusID(1), statusID(2), statusID(3)} {
				item, ok := items[id]
				if !ok || item.OptOut != c.want {
					t.Errorf("%s: found %v, opted out by %q", id, ok, item.OptOut)
				}
				if kept, _ := json.Marshal(item); c.want != "" && (len(item.Raw) > 0 || strings.Contains(string(kept), "ana") || strings.Contains(string(kept), "secret")) {
					t.Errorf("%s: too much is kept: %s", id, kept)
				}
			}
			if named := len(items[statusID(4)].Parents) > 0; named != (c.want == "") {
				t.Errorf("a reply names what it replies to: %v", named)
			}
		})
	}
}

// A boost that is held is asked about again as a boost, so that both people are.
func TestABoostIsAskedAboutAgain(t *testing.T) {
	for name, c := range map[string]struct {
		change func(boost map[string]any)
		optOut string
		gone   bool
	}{
		"nothing happened":        {func(map[string]any) {}, "", false},
		"whoever boosts declines": {func(b map[string]any) { b["account"] = map[string]any{"acct": "dana", "note": "#nobot"} }, "bio: #nobot", false},
		"the author declines": {func(b map[string]any) {
			b["reblog"].(map[string]any)["account"] = map[string]any{"acct": "eve", "noindex": true}
		}, "profile: noindex", false},
		"the post is not public":   {func(b map[string]any) { b["reblog"].(map[string]any)["visibility"] = "private" }, "", true},
		"the boost was taken back": {func(b map[string]any) { b["id"] = statusID(9) }, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			boost := statusWith(1, map[string]any{"reblog": status(50, "igf2018"), "account": map[string]any{"acct": "dana"}}, "igf2018")
			s.statuses = append(s.statuses, boost)
			got, _, err := collect(t, newCollector(t, s, nil), "")
			if err != nil || len(got) != 1 || len(got[0].Items) != 1 || !strings.HasSuffix(got[0].Items[0].Canonical, "/50") {
				t.Fatalf("got %+v, %v", got, err)
			}
			c.change(boost)
			var optOut string
			gone := false
			for b, err := range newCollector(t, s, nil).Sweep(t.Context(), []string{got[0].Items[0].ExternalID}) {
				if err != nil {
					t.Fatal(err)
				}
				gone = len(b.Gone) > 0
				for _, item := range b.Items {
					optOut = item.OptOut
				}
			}
			if optOut != c.optOut || gone != c.gone {
				t.Errorf("declined by %q, gone %v", optOut, gone)
			}
		})
	}
}

// What a post answers may be refused; the post is read all the same, and names nothing.
func TestWhatIsRepliedToIsRefused(t *testing.T) {
	for _, code := range []int{400, 401, 403, 404, 410, 422, 500} {
		s := newServer(t)
		s.noBulk = true
		s.statuses = append(s.statuses, statusWith(1, map[string]any{"in_reply_to_id": statusID(900)}, "igf2018"))
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, statusID(900)) {
				return false
			}
			reply(w, code, map[string]any{"error": "no"})
			return true
		}
		got, _, err := collect(t, newCollector(t, s, nil), "")
		if err != nil || len(got) != 1 || len(got[0].Items) != 1 || len(got[0].Items[0].Parents) != 0 {
			t.Errorf("%d: got %+v, %v", code, got, err)
		}
	}
}

func TestWhatIsNotPublic(t *testing.T) {
	var all []map[string]any
	for i, v := range []any{"unlisted", "private", "direct", "local", "", nil} {
		all = append(all, statusWith(i, map[string]any{"visibility": v}, "igf2018"))
		all = append(all, statusWith(i+50, map[string]any{"reblog": statusWith(i+100, map[string]any{"visibility": v})}, "igf2018"))
	}
	all = append(all[:len(all):len(all)], statusWith(90, map[string]any{"visibility": "private", "reblog": status(190)}, "igf2018"))
	if got := itemsOf(t, all...); len(got) != 0 {
		t.Errorf("got %d items", len(got))
	}
}

// What can't be read is put aside; its words are only where it is certain that they may be.
func TestWhatIsBrokenKeepsItsWordsOnlyIfItMay(t *testing.T) {
	for name, c := range map[string]struct {
		change map[string]any
		kept   bool
	}{
		"public":                   {map[string]any{}, true},
		"its author declines":      {map[string]any{"account": map[string]any{"acct": "dana", "noindex": true}}, false},
		"whoever boosts declines":  {map[string]any{"reblog": statusWith(3, map[string]any{"uri": ""}), "account": map[string]any{"acct": "dana", "note": "#nobot"}}, false},
		"nobody knows who it is":   {map[string]any{"account": "dana"}, false},
		"nobody knows who sees it": {map[string]any{"visibility": []string{"public"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			c.change["created_at"] = "yesterday"
			s.statuses = append(s.statuses, statusWith(1, c.change, "igf2018"))
			got, _, err := collect(t, newCollector(t, s, nil), "")
			if err != nil || len(got) != 1 || len(got[0].Broken) != 1 || len(got[0].Broken[0].Raw) > 0 != c.kept {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func FuzzSortPosts(f *testing.F) {
	good, _ := json.Marshal([]any{status(2, "x"), status(1, "x")})
	f.Add(string(good), "0")
	f.Add(`[{"id":7},{"id":"../x"},[],null,{"id":"3","reblog":{"id":{}}},{"id":"3","account":{"fields":[{}]}}]`, "2")
	r := &reader{v: &visit{c: &Collector{}, server: &server{name: "social.example"}}, domain: "social.example", parents: map[string]parent{}}
	f.Fuzz(func(t *testing.T, page, after string) {
		var statuses []json.RawMessage
		if json.Unmarshal([]byte(page), &statuses) != nil {
			return
		}
		for _, p := range sortPosts(statuses, after) {
			if compareIDs(p.id, after) < 0 {
				t.Fatalf("%q comes behind %q", p.id, after)
			}
			if p.status == nil {
				continue
			}
			if item, err := r.item(p.status); err == nil && (item.ExternalID == "" || item.Canonical == "" || (item.OptOut != "" && len(item.Raw) > 0)) {
				t.Fatalf("a wrong item: %+v", item)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(`mastodon/2 [{"server":"social.example","tags":{"x":"17"},"seen":"AAAAAAAA","replies":"AAAAAAAA"}]`)
	f.Add(`mastodon/1 {"server":"social.example","tags":{"x":"17"},"seen":"AAAAAAAA"}`)
	c := &Collector{tags: []string{"x"}, servers: []*server{{name: "social.example"}}, now: testNow}
	f.Fuzz(func(t *testing.T, since string) {
		before, err := c.positions(collectors.Cursor(since))
		if err != nil {
			return
		}
		track, err := c.newTrack(c.servers[0], before["social.example"])
		if err != nil {
			return
		}
		if p := track.position(); len(p.Seen) > maxMarks*len(collectors.Mark{}) || len(p.Replies) > maxReplies*len(collectors.Mark{}) {
			t.Errorf("it grows to %d and %d bytes", len(p.Seen), len(p.Replies))
		}
	})
}

func FuzzPlain(f *testing.F) {
	f.Add(`<p>#<span>nobot</span><br/>x &lt;</p`)
	f.Fuzz(func(t *testing.T, s string) { domain.Declines(plain(s)) })
}
