package mastodon

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

// answered is a server with posts under the hashtag, of which the one of 11:00 and the oldest have answers.
func answered(t *testing.T) *played {
	s := newServer(t)
	s.replies = map[string][]map[string]any{}
	for _, n := range []int{60, 660, 661, 662} {
		s.statuses = append(s.statuses, statusWith(n, map[string]any{"replies_count": 0}, "igf2018"))
	}
	s.answer(60, statusWith(70, nil))
	s.answer(660,
		statusWith(665, map[string]any{"in_reply_to_id": statusID(660)}),
		statusWith(666, map[string]any{"in_reply_to_id": statusID(665), "visibility": "unlisted"}),
		statusWith(667, map[string]any{"in_reply_to_id": statusID(665), "account": map[string]any{"acct": "dana", "note": "#nobot"}}),
		statusWith(668, map[string]any{"in_reply_to_id": statusID(667)}),
		statusWith(669, map[string]any{"in_reply_to_id": statusID(666)}))
	return s
}

// answer puts answers below the n-th post.
func (s *played) answer(n int, replies ...map[string]any) {
	s.find(statusID(n))["replies_count"] = len(replies)
	s.replies[statusID(n)] = replies
}

func TestReplies(t *testing.T) {
	want := func(set *Settings) { set.Replies, set.LookBack = true, 2*time.Hour }
	threads := func(s *played) (n int) {
		for _, path := range s.asked {
			if strings.HasSuffix(path, "/context") {
				n++
			}
		}
		return n
	}
	t.Run("are not read unless that is asked for", func(t *testing.T) {
		s := answered(t)
		got, _, err := collect(t, newCollector(t, s, nil), "")
		if err != nil || len(idsOf(got)) != 4 || threads(s) != 0 {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
	})
	t.Run("come below posts that are young enough and have some, the public ones alone", func(t *testing.T) {
		s := answered(t)
		got, _, err := collect(t, newCollector(t, s, want), "")
		if ids := []string{statusID(60), statusID(660), statusID(661), statusID(662), statusID(665), statusID(667), statusID(668), statusID(669)}; err != nil || !slices.Equal(idsOf(got), ids) || threads(s) != 1 {
			t.Fatalf("got %q, %v; %d threads", idsOf(got), err, threads(s))
		}
		byID := map[string]domain.Item{}
		for _, b := range got {
			for _, item := range b.Items {
				byID[strings.TrimPrefix(item.ExternalID, s.name()+"/")] = item
			}
		}
		if p := byID[statusID(665)].Parents; len(p) != 1 || !strings.HasSuffix(p[0], "/660") {
			t.Errorf("the answer to the post answers %q", p)
		}
		if item := byID[statusID(667)]; item.OptOut == "" || len(item.Raw) > 0 {
			t.Errorf("an author who declines is read: %q", item.OptOut)
		}
		if p := byID[statusID(668)].Parents; len(p) != 0 {
			t.Errorf("an answer names the post of an author who declines: %q", p)
		}
	})
	t.Run("come once, and new ones later", func(t *testing.T) {
		s := answered(t)
		_, next, err := collect(t, newCollector(t, s, want), "")
		if err != nil {
			t.Fatal(err)
		}
		got, again, err := collect(t, newCollector(t, s, want), next)
		if err != nil || len(got) != 0 || again != next {
			t.Errorf("then %q, %v", idsOf(got), err)
		}
		s.answer(661, statusWith(680, nil))
		s.answer(660, append(s.replies[statusID(660)], statusWith(690, nil, "igf2018"))...)
		s.statuses = append(s.statuses, statusWith(690, map[string]any{"replies_count": 0}, "igf2018")) // it is in both
		if got, _, err = collect(t, newCollector(t, s, want), again); err != nil || !slices.Equal(idsOf(got), []string{statusID(690), statusID(680)}) {
			t.Errorf("later %q, %v", idsOf(got), err)
		}
	})
	t.Run("nothing is lost or repeated when a run stops after every batch", func(t *testing.T) {
		s := answered(t)
		var ids []string
		var next collectors.Cursor
		for range 20 {
			more := false
			for b, err := range newCollector(t, s, want).Collect(t.Context(), next) {
				if err != nil {
					t.Fatal(err)
				}
				ids, next, more = append(ids, idsOf([]collectors.Batch{b})...), b.Next, true
				break
			}
			if !more {
				break
			}
		}
		if n := len(ids); n != 8 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != n {
			t.Errorf("got %q", ids)
		}
	})
	t.Run("of an author who declines nobody asks", func(t *testing.T) {
		s := answered(t)
		s.find(statusID(660))["account"] = map[string]any{"acct": "dana", "note": "#nobot"}
		if _, _, err := collect(t, newCollector(t, s, want), ""); err != nil || threads(s) != 0 {
			t.Errorf("%d threads, %v", threads(s), err)
		}
	})
	t.Run("a server that does not count them is asked", func(t *testing.T) {
		s := answered(t)
		for _, status := range s.statuses {
			delete(status, "replies_count")
		}
		if got, _, err := collect(t, newCollector(t, s, want), ""); err != nil || len(idsOf(got)) != 8 || threads(s) != 3 {
			t.Errorf("got %q, %d threads, %v", idsOf(got), threads(s), err)
		}
	})
	t.Run("a post that goes meanwhile has none, and a refusal is told after the posts", func(t *testing.T) {
		for code, fails := range map[int]error{404: nil, 410: nil, 403: collectors.ErrUnauthorized, 500: collectors.ErrUnavailable} {
			s := answered(t)
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/context") {
					return false
				}
				reply(w, code, map[string]any{"error": "no"})
				return true
			}
			if got, _, err := collect(t, newCollector(t, s, want), ""); !errors.Is(err, fails) || len(idsOf(got)) != 4 {
				t.Errorf("%d: got %q, %v", code, idsOf(got), err)
			}
		}
	})
	t.Run("are swept like posts", func(t *testing.T) {
		s := answered(t)
		s.replies[statusID(660)] = s.replies[statusID(660)][1:]
		for b, err := range newCollector(t, s, want).Sweep(t.Context(), []string{s.id(665), s.id(668)}) {
			if err != nil || !slices.Equal(b.Gone, []string{s.id(665)}) {
				t.Errorf("got %q, %v", b.Gone, err)
			}
		}
	})
}
