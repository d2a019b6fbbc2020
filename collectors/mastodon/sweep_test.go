package mastodon

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"testing"

	"askahead/collectors"
)

func TestSweepWithoutBulk(t *testing.T) {
	s := newServer(t)
	s.noBulk = true
	s.statuses = append(s.statuses, status(1), statusWith(2, map[string]any{"edited_at": "2026-03-02T11:00:00Z"}, "igf2018"))
	for b, err := range newCollector(t, s, nil).Sweep(t.Context(), []string{s.id(1), s.id(2), s.id(3)}) {
		if err != nil || len(b.Items) != 1 || !slices.Equal(b.Gone, []string{s.id(3)}) {
			t.Errorf("got %d edited, %q gone, %v", len(b.Items), b.Gone, err)
		}
	}
}

func TestSweepTellsFavouritesOfWhatIsAsItWas(t *testing.T) {
	s := newServer(t)
	s.statuses = append(s.statuses, statusWith(1, map[string]any{"favourites_count": "12"}), statusWith(2, map[string]any{"favourites_count": nil}),
		statusWith(4, map[string]any{"favourites_count": []any{}}))
	for b, err := range newCollector(t, s, nil).Sweep(t.Context(), []string{s.id(1), s.id(2), s.id(3), s.id(4)}) {
		want := map[string]int{s.id(1): 12, s.id(2): 0, s.id(4): 0}
		if err != nil || !maps.Equal(b.Support, want) || len(b.Items)+len(b.Broken) > 0 || len(b.Gone) != 1 {
			t.Errorf("got %+v, %v; want %v", b, err, want)
		}
	}
}

func TestSweepDoesNotTakeSilenceForDeletion(t *testing.T) {
	s := newServer(t)
	s.statuses = append(s.statuses, status(1), status(2))
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/v1/statuses" {
			io.WriteString(w, "[]")
			return true
		}
		return false
	}
	for b, err := range newCollector(t, s, nil).Sweep(t.Context(), []string{s.id(1), s.id(2)}) {
		if err != nil || len(b.Gone) > 0 {
			t.Errorf("got %q gone, %v", b.Gone, err)
		}
	}
}

// Of one post a refusal means that it is not for everyone any more; of all of them, that the token is.
func TestSweepTellsARefusedPostFromARefusedVisitor(t *testing.T) {
	for name, refused := range map[string]int{"one": 1, "all": 3} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.noBulk = true
			s.statuses = append(s.statuses, status(0), status(1), status(2))
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				for n := range refused {
					if r.URL.Path == "/api/v1/statuses/"+statusID(n) {
						reply(w, 403, map[string]any{"error": "This action is not allowed"})
						return true
					}
				}
				return false
			}
			for b, err := range newCollector(t, s, nil).Sweep(t.Context(), []string{s.id(0), s.id(1), s.id(2)}) {
				if refused == 1 && (err != nil || !slices.Equal(b.Gone, []string{s.id(0)})) {
					t.Errorf("got %q gone, %v", b.Gone, err)
				}
				if refused == 3 && (!errors.Is(err, collectors.ErrUnauthorized) || len(b.Gone) > 0) {
					t.Errorf("got %q gone, %v", b.Gone, err)
				}
			}
		})
	}
}

// A server that takes the question for another one is asked one by one.
func TestSweepWithABulkThatMeansSomethingElse(t *testing.T) {
	s := newServer(t)
	var ids []string
	for n := range 60 {
		s.statuses, ids = append(s.statuses, status(n)), append(ids, s.id(n))
	}
	several := 0
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/v1/statuses" {
			return false
		}
		several++
		reply(w, 200, []any{})
		return true
	}
	for b, err := range newCollector(t, s, nil).Sweep(t.Context(), ids) {
		if err != nil || len(b.Gone) > 0 {
			t.Errorf("got %q gone, %v", b.Gone, err)
		}
	}
	if several != 1 {
		t.Errorf("asked for several %d times", several)
	}
}

// A page that says 404 does not speak for the server.
func TestSweepDoesNotTakeAPageForTheServersWord(t *testing.T) {
	s := newServer(t)
	s.noBulk = true
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(404)
		io.WriteString(w, "<html>Not here</html>")
		return true
	}
	for b, err := range newCollector(t, s, nil).Sweep(t.Context(), []string{s.id(1)}) {
		if err == nil || len(b.Gone) > 0 {
			t.Errorf("got %q gone, %v", b.Gone, err)
		}
	}
}

func TestSweepTakesOutWhatLostItsHashtag(t *testing.T) {
	edited := func(content string, tags ...string) map[string]any {
		return statusWith(1, map[string]any{"edited_at": "2026-03-02T11:00:00Z", "content": content}, tags...)
	}
	for _, c := range []struct {
		name   string
		status map[string]any
		change func(*Settings)
		gone   bool
	}{
		{name: "none is left", status: edited("<p>Who pays?</p>"), gone: true},
		{name: "others are left", status: edited("<p>Who pays? #<span>cats</span></p>", "cats"), gone: true},
		{name: "it is there in other letters", status: edited("<p>Who pays?</p>", "École_2018"), change: func(s *Settings) { s.Hashtags = []string{"ecole_2018"} }},
		{name: "the text has it, and the server lists it badly", status: edited("<p>Who pays? #<span>IGF2018</span></p>")},
		{name: "one of `any` is left", status: edited("<p>Who pays?</p>", "ws164"), change: func(s *Settings) { s.Any = []string{"WS164"} }},
		{name: "it may be a reply", status: edited("<p>Who pays?</p>"), change: func(s *Settings) { s.Replies = true }},
		{name: "it was not edited", status: status(1)},
		{name: "the server lists no hashtags", status: statusWith(1, map[string]any{"edited_at": "2026-03-02T11:00:00Z", "tags": nil})},
		{name: "its author declines by now, which says more", status: statusWith(1, map[string]any{"edited_at": "2026-03-02T11:00:00Z", "account": map[string]any{"acct": "alice", "noindex": true}})},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			s.statuses = append(s.statuses, c.status)
			col := newCollector(t, s, c.change)
			var gone []string
			for b, err := range col.Sweep(t.Context(), []string{s.id(1)}) {
				if err != nil {
					t.Fatal(err)
				}
				gone = append(gone, b.Gone...)
			}
			if (len(gone) > 0) != c.gone {
				t.Errorf("gone: %q", gone)
			}
			for b, err := range col.Fetch(t.Context(), []string{s.id(1)}) {
				if err != nil || len(b.Gone) > 0 || len(b.Items) != 1 {
					t.Errorf("fetched: %d items, %q gone, %v", len(b.Items), b.Gone, err)
				}
			}
		})
	}
}
