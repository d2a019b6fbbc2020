package mastodon

import (
	"io"
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestPaging(t *testing.T) {
	t.Run("asks for at most 40 and names the filters", func(t *testing.T) {
		s := newServer(t)
		s.statuses = append(s.statuses, status(1, "igf2018"))
		c := newCollector(t, s, func(set *Settings) { set.Any, set.None = []string{"#IGF13"}, []string{"ads"} })
		if _, _, err := collect(t, c, ""); err != nil {
			t.Fatal(err)
		}
		if want := "/api/v1/timelines/tag/igf2018?any%5B%5D=IGF13&limit=40&min_id=0&none%5B%5D=ads"; s.asked[0] != want {
			t.Errorf("asked %s, want %s", s.asked[0], want)
		}
	})
	t.Run("finds posts that reached the server late, within the look-back alone", func(t *testing.T) {
		s := newServer(t)
		for n := range 100 {
			s.statuses = append(s.statuses, status(n*10, "igf2018")) // one in ten minutes
		}
		c := newCollector(t, s, func(set *Settings) { set.LookBack = 2 * time.Hour })
		_, next, err := collect(t, c, "")
		if err != nil {
			t.Fatal(err)
		}
		s.statuses = slices.Insert(s.statuses, 95, status(945, "igf2018"))
		s.statuses = slices.Insert(s.statuses, 50, status(495, "igf2018"))
		got, again, err := collect(t, c, next)
		if err != nil || !slices.Equal(idsOf(got), []string{statusID(945)}) {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
		if got, _, err = collect(t, c, again); err != nil || len(got) != 0 {
			t.Errorf("then %q, %v", idsOf(got), err)
		}
	})
	t.Run("reads a hashtag that is added later from its first post", func(t *testing.T) {
		s := newServer(t)
		for n := range 100 {
			s.statuses = append(s.statuses, status(n, []string{"igf2018", "ws164"}[n%2]))
		}
		_, next, err := collect(t, newCollector(t, s, nil), "")
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := collect(t, newCollector(t, s, func(set *Settings) { set.Hashtags = []string{"igf2018", "ws164"} }), next)
		if err != nil || len(idsOf(got)) != 50 || idsOf(got)[0] != statusID(1) {
			t.Errorf("got %d posts, %v", len(idsOf(got)), err)
		}
	})
	t.Run("starts anew on another server", func(t *testing.T) {
		one, other := newServer(t), newServer(t)
		one.statuses = append(one.statuses, status(9, "igf2018"))
		other.statuses = append(other.statuses, status(3, "igf2018"))
		_, next, err := collect(t, newCollector(t, one, nil), "")
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := collect(t, newCollector(t, other, nil), next); err != nil || len(idsOf(got)) != 1 {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
	})
	t.Run("keeps the cursor small on a busy hashtag", func(t *testing.T) {
		s := newServer(t)
		for n := range 600 {
			s.statuses = append(s.statuses, status(n, "igf2018"))
		}
		_, next, err := collect(t, newCollector(t, s, nil), "")
		if err != nil || len(next) > 2048 {
			t.Errorf("%d bytes, %v", len(next), err)
		}
	})
	t.Run("goes on over a page that the server shows nothing of", func(t *testing.T) {
		s := newServer(t)
		s.statuses = append(s.statuses, status(1, "igf2018"), status(50, "igf2018"))
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.FormValue("min_id") != statusID(1) {
				return false
			}
			w.Header().Set("Link", `<https://social.example/x?max_id=1>; rel="next", <https://social.example/x?a=<&min_id=`+statusID(40)+`>; rel="prev"`)
			io.WriteString(w, "[]")
			return true
		}
		one := func(set *Settings) { set.Limit = 1 }
		if got, _, err := collect(t, newCollector(t, s, one), ""); err != nil || len(idsOf(got)) != 2 {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
	})
	t.Run("repeats nothing of the look-back when it is stopped in the midst of it", func(t *testing.T) {
		s := newServer(t)
		for n := range 150 {
			s.statuses = append(s.statuses, status(n*2, "igf2018"))
		}
		_, next, err := collect(t, newCollector(t, s, nil), "")
		if err != nil {
			t.Fatal(err)
		}
		s.statuses = slices.Insert(s.statuses, 3, status(5, "igf2018"))
		for b, err := range newCollector(t, s, nil).Collect(t.Context(), next) {
			if err != nil || len(b.Items) != 1 {
				t.Fatalf("got %d posts, %v", len(b.Items), err)
			}
			next = b.Next
			break
		}
		if got, _, err := collect(t, newCollector(t, s, nil), next); err != nil || len(idsOf(got)) != 0 {
			t.Errorf("then %q, %v", idsOf(got), err)
		}
	})
}
