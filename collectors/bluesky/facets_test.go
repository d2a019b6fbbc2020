package bluesky

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"askahead/internal/linear"
)

func recordOf(t testing.TB, text string, facets ...map[string]any) *wireRecord {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"text": text, "facets": facets})
	if err != nil {
		t.Fatal(err)
	}
	var r wireRecord
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func TestFacets(t *testing.T) {
	tag := func(name string) map[string]any { return map[string]any{"tag": name} }
	link := func(uri string) map[string]any { return map[string]any{"uri": uri} }
	for _, c := range []struct {
		name, text string
		facets     []map[string]any
		want       string // the text; as it was if empty
		hashtags   []string
	}{
		{name: "a shortened link is whole again", text: "see example.org/a... now", facets: []map[string]any{facet(4, 20, link("https://www.example.org/abc"))}, want: "see https://www.example.org/abc now"},
		{name: "with one character for the dots", text: "see example.org/a… now", facets: []map[string]any{facet(4, 20, link("http://example.org/abc"))}, want: "see http://example.org/abc now"},
		{name: "a link on words stays words", text: "read this report... now", facets: []map[string]any{facet(5, 19, link("https://example.org/abc"))}},
		{name: "a link that leads elsewhere than it says stays", text: "see example.org/a... now", facets: []map[string]any{facet(4, 20, link("https://example.net/abc"))}},
		{name: "a link to what is no page stays", text: "see javascript... now", facets: []map[string]any{facet(4, 17, link("javascript://x"))}},
		{name: "an address with a blank is none", text: "see example.org/a... now", facets: []map[string]any{facet(4, 20, link("https://example.org/abc d?"))}},
		{name: "a hashtag in another script", text: "warum? #Für", facets: []map[string]any{facet(7, 12, tag("Für"))}, hashtags: []string{"Für"}},
		{name: "several at one range", text: "#a", facets: []map[string]any{facet(0, 2, tag("a"), tag("#b"), tag("A"))}, hashtags: []string{"a", "b"}},
		{name: "a negative start", text: "#a", facets: []map[string]any{facet(-1, 2, tag("a"))}},
		{name: "an end behind the text", text: "#a", facets: []map[string]any{facet(0, 3, tag("a"))}},
		{name: "an end before the start", text: "#ab", facets: []map[string]any{facet(2, 1, tag("a"))}},
		{name: "nothing", text: "#ab", facets: []map[string]any{facet(1, 1, tag("a"))}},
		{name: "huge numbers", text: "#ab", facets: []map[string]any{facet(int64(1)<<62, int64(1)<<62+1, tag("a"))}},
		{name: "numbers that are none", text: "#ab", facets: []map[string]any{facet("0", 1.5, tag("a"))}},
		{name: "a range that cuts a character", text: "é#a", facets: []map[string]any{facet(1, 4, tag("a"))}},
		{name: "overlapping ranges: the first counts", text: "see example.org/a... now", facets: []map[string]any{facet(10, 24, tag("x")), facet(4, 20, link("https://example.org/abc"))}, want: "see https://example.org/abc now"},
		{name: "in any order", text: "example.org/a... #x", facets: []map[string]any{facet(17, 19, tag("x")), facet(0, 16, link("https://example.org/abc"))}, want: "https://example.org/abc #x", hashtags: []string{"x"}},
		{name: "no features", text: "#ab", facets: []map[string]any{facet(0, 3), {"index": nil}, {}}},
		{name: "an endless hashtag", text: "#ab", facets: []map[string]any{facet(0, 3, tag(strings.Repeat("a", maxTag+1)))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := c.want
			if want == "" {
				want = c.text
			}
			if got := readRich(recordOf(t, c.text, c.facets...)); got.text != want || !slices.Equal(got.hashtags, c.hashtags) {
				t.Errorf("got %q, %q", got.text, got.hashtags)
			}
		})
	}
	t.Run("many facets cost no more than each of them", func(t *testing.T) {
		linear.Check(t, 2000, func(n int) {
			r := &wireRecord{Text: strings.Repeat("#ab ", n)}
			for i := range n {
				raw, _ := json.Marshal(facet(4*i, 4*i+3, tag("ab")))
				r.Facets = append(r.Facets, raw)
			}
			readRich(r)
		})
	})
}

// FuzzView reads whatever a server may send as a post.
func FuzzView(f *testing.F) {
	for _, e := range []entry{note(1, "igf2018"), note(2).record(map[string]any{"text": "see example.org/a...", "facets": []any{facet(4, 20, map[string]any{"uri": "https://example.org/abc"})}})} {
		raw, err := json.Marshal(e.view)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"uri":1,"record":{"text":"\ud800","facets":[{"index":{"byteStart":-9223372036854775808,"byteEnd":9223372036854775807},"features":[{"tag":"x"}]}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p := readPost(raw)
		if p.view == nil {
			if p.reason == "" {
				t.Fatal("refused without a reason")
			}
			return
		}
		v := &visit{people: people{known: map[string]person{p.uri.did: {found: true}}}}
		item, err := v.item(&p)
		if err != nil || !utf8.Valid(item.Raw) || item.Canonical == "" || item.Published.IsZero() {
			t.Fatalf("%+v, %v", item, err)
		}
		if uri, cid, ok := parseID(item.ExternalID); !ok || uri != p.uri || uri.externalID(cid) != item.ExternalID {
			t.Fatalf("the id %q does not lead back", item.ExternalID)
		}
	})
}

// FuzzFacets puts facets on a text.
func FuzzFacets(f *testing.F) {
	f.Add("see example.org/a... now", []byte(`{"index":{"byteStart":4,"byteEnd":20},"features":[{"uri":"https://example.org/abc"}]}`), 0, 4)
	f.Add("é", []byte(`{"index":{"byteStart":1,"byteEnd":2},"features":[{"tag":"a"}]}`), 1, 2)
	f.Fuzz(func(t *testing.T, text string, facet []byte, start, end int) {
		made, _ := json.Marshal(map[string]any{"index": map[string]int{"byteStart": start, "byteEnd": end}, "features": []map[string]string{{"tag": text}, {"uri": "https://" + text}}})
		got := readRich(&wireRecord{Text: text, Facets: []json.RawMessage{facet, made, facet}, Tags: []string{text}})
		if !utf8.ValidString(got.text) || len(got.hashtags) > maxNamed || len(got.text) > len(text)*3+3*maxAddress {
			t.Fatalf("%q becomes %q", text, got.text)
		}
		last := 0
		for _, s := range spans(strings.ToValidUTF8(text, "\ufffd"), []json.RawMessage{facet, made, facet}) {
			if s.start < last || s.end <= s.start {
				t.Fatalf("range %d to %d behind %d", s.start, s.end, last)
			}
			last = s.end
		}
	})
}
