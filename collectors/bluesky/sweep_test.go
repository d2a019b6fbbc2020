package bluesky

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"askahead/collectors"
)

func sweep(t *testing.T, s *server, ids ...string) (items, gone []string, err error) {
	t.Helper()
	for b, err := range newCollector(t, s, nil).Sweep(t.Context(), ids) {
		if err != nil {
			return items, gone, err
		}
		items, gone = append(items, idsOf([]collectors.Batch{b})...), append(gone, b.Gone...)
	}
	return items, gone, nil
}

func TestSweep(t *testing.T) {
	t.Run("does not take silence for deletion", func(t *testing.T) {
		s := newServer(t, note(1), note(2))
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "getPosts") {
				reply(w, 200, map[string]any{"posts": []any{}})
				return true
			}
			return false
		}
		if items, gone, err := sweep(t, s, idOf(1), idOf(2), idOf(3)); err != nil || len(items) > 0 || !slices.Equal(gone, []string{idOf(3)}) {
			t.Errorf("got %q, %q gone, %v", items, gone, err)
		}
	})
	for name, answer := range map[string]func(w http.ResponseWriter){
		"a post that its author hides from us": func(w http.ResponseWriter) {
			reply(w, 200, map[string]any{"thread": map[string]any{"$type": "app.bsky.feed.defs#blockedPost", "blocked": true}})
		},
		"a post that is said not to be there": func(w http.ResponseWriter) {
			reply(w, 200, map[string]any{"thread": map[string]any{"$type": "app.bsky.feed.defs#notFoundPost", "notFound": true}})
		},
		"a post that a server does not give which knows no threads": func(w http.ResponseWriter) { refuse(w, 501, "MethodNotImplemented") },
	} {
		t.Run(name+" is gone", func(t *testing.T) {
			s := newServer(t, note(1))
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, "getPostThread") {
					answer(w)
					return true
				}
				return false
			}
			if items, gone, err := sweep(t, s, idOf(1), idOf(2)); err != nil || len(items) > 0 || !slices.Equal(gone, []string{idOf(2)}) {
				t.Errorf("got %q, %q gone, %v", items, gone, err)
			}
		})
	}
	t.Run("tells the likes of what is as it was", func(t *testing.T) {
		s := newServer(t, note(1).with(map[string]any{"likeCount": 12}), note(2), note(3).with(map[string]any{"likeCount": "many"}))
		for b, err := range newCollector(t, s, nil).Sweep(t.Context(), []string{idOf(1), idOf(2), idOf(3)}) {
			want := map[string]int{idOf(1): 12, idOf(2): 0, idOf(3): 0}
			if err != nil || !maps.Equal(b.Support, want) || len(b.Items)+len(b.Gone)+len(b.Broken) > 0 {
				t.Errorf("got %+v, %v; want %v", b, err, want)
			}
		}
	})
	t.Run("an answer that says nothing is no deletion", func(t *testing.T) {
		s := newServer(t, note(1))
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "getPostThread") {
				reply(w, 200, map[string]any{})
				return true
			}
			return false
		}
		if _, gone, err := sweep(t, s, idOf(1), idOf(2)); err == nil || len(gone) > 0 {
			t.Errorf("%q gone, %v", gone, err)
		}
	})
	t.Run("a bio that gains #nobot takes the author's posts out", func(t *testing.T) {
		s := newServer(t, note(1), note(2).by("dana"), note(3).by("dana"))
		ids := wanted(s.posts)
		if items, gone, err := sweep(t, s, ids...); err != nil || len(items)+len(gone) > 0 {
			t.Fatalf("at first %q, %q gone, %v", items, gone, err)
		}
		s.profiles[did("dana")] = map[string]any{"did": did("dana"), "description": "#nobot"}
		if items, gone, err := sweep(t, s, ids...); err != nil || !slices.Equal(items, ids[1:]) || len(gone) > 0 {
			t.Errorf("got %q, %q gone, %v", items, gone, err)
		}
	})
	t.Run("asks for 25 at once", func(t *testing.T) {
		s := newServer(t)
		for n := range 60 {
			s.posts = append(s.posts, note(n))
		}
		if _, _, err := sweep(t, s, wanted(s.posts)...); err != nil || len(s.asked) != 1+3+1 {
			t.Errorf("asked %q, %v", s.asked, err)
		}
	})
}

func TestIDs(t *testing.T) {
	for id, good := range map[string]bool{
		"at://did:plc:alice/app.bsky.feed.post/3k1#bafyx":          true,
		"at://did:plc:alice/app.bsky.feed.post/3k1":                true,
		"at://did:web:pds.example.org%3A8443/app.bsky.feed.post/a": true,
		"at://did:plc:alice/app.bsky.feed.post/3k1#":               false,
		"at://did:plc:alice/app.bsky.feed.post/3k1#a b":            false,
		"at://did:plc:alice/app.bsky.feed.post/":                   false,
		"at://did:plc:alice/app.bsky.feed.post/..":                 false,
		"at://did:plc:alice/app.bsky.feed.post/a/b":                false,
		"at://did:plc:alice/app.bsky.feed.post/a?b=c":              false,
		"at://did:plc:alice/app.bsky.feed.like/3k1":                false,
		"at://did:plc:/app.bsky.feed.post/3k1":                     false,
		"at://did:PLC:alice/app.bsky.feed.post/3k1":                false,
		"at://did:plc:al ice/app.bsky.feed.post/3k1":               false,
		"at://alice.example/app.bsky.feed.post/3k1":                false,
		"https://did:plc:alice/app.bsky.feed.post/3k1":             false,
		"": false,
	} {
		if _, _, ok := parseID(id); ok != good {
			t.Errorf("%q: %v", id, ok)
		}
	}
}
