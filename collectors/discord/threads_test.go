package discord

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestThreads(t *testing.T) {
	t.Run("are left out on request, posts of a forum are not", func(t *testing.T) {
		f := newFake(t)
		f.post(f.open(text1, 1, 0), 2, nil)
		post := f.open(forum, 3, 0)
		f.post(post, 3, nil)
		f.post(text1, 500, nil)
		got, since, err := collect(t, newCollector(t, f, func(s *Settings) { s.Threads = false }), "")
		if diff := cmp.Diff([]string{post + "/" + at(3), text1 + "/" + at(500)}, idsOf(got)); diff != "" || err != nil {
			t.Fatalf("%v %s", err, diff)
		}
		got, _, err = collect(t, newCollector(t, f, nil), since)
		if diff := cmp.Diff([]string{at(1) + "/" + at(2)}, idsOf(got)); diff != "" || err != nil {
			t.Errorf("when they are wanted later: %v %s", err, diff)
		}
	})
	t.Run("that are private are left out, unless the bot was added", func(t *testing.T) {
		f := newFake(t)
		for n, archived := range []int{0, 0, 40, 40, 40} {
			f.channels[f.open(text1, 10*n+1, archived)]["type"] = 12
			f.post(at(10*n+1), 10*n+2, nil)
			f.post(at(10*n+1), 10*n+3, object{"mentions": []any{}, "content": "Between us."})
		}
		f.joined = []string{at(11), at(21), at(31)}
		for _, messages := range []string{onlyMentions, allMessages} { // what is private is no question box
			got, _, err := collect(t, newCollector(t, f, func(s *Settings) { s.Messages = messages }), "")
			want := []string{at(11) + "/" + at(12), at(21) + "/" + at(22), at(31) + "/" + at(32)}
			if diff := cmp.Diff(want, idsOf(got)); diff != "" || err != nil {
				t.Errorf("%s: %v %s", messages, err, diff)
			}
		}
	})
	t.Run("need no list of private ones", func(t *testing.T) {
		f := newFake(t)
		f.post(f.open(text1, 1, 0), 2, nil)
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			unknown := strings.HasSuffix(r.URL.Path, "/archived/private")
			if unknown {
				refuse(w, 404, 0)
			}
			return unknown
		}
		if got, _, err := collect(t, newCollector(t, f, nil), ""); err != nil || len(idsOf(got)) != 1 {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
	})
	t.Run("can be named by themselves", func(t *testing.T) {
		f := newFake(t)
		post := f.open(forum, 1, 0)
		f.post(post, 1, nil)
		got, _, err := collect(t, newCollector(t, f, func(s *Settings) { s.Channels = []string{post} }), "")
		if err != nil || len(idsOf(got)) != 1 || got[0].Items[0].Facts[0].Value != "ask-the-panel" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("without new messages are not asked for again", func(t *testing.T) {
		f := newFake(t)
		fill(f)
		_, since, err := collect(t, newCollector(t, f, nil), "")
		f.asked = nil
		if _, _, again := collect(t, newCollector(t, f, nil), since); err != nil || again != nil {
			t.Fatal(err, again)
		}
		for _, path := range f.asked {
			if strings.Contains(path, "/messages") {
				t.Errorf("asked for %s", path)
			}
		}
	})
	t.Run("that were quiet for a day leave the cursor, and come back with new messages alone", func(t *testing.T) {
		f := newFake(t)
		f.oldest = true
		for n := range 40 {
			f.post(f.open(forum, 100*n, 50), 100*n, nil)
		}
		for range newCollector(t, f, nil).Collect(t.Context(), "") {
			break
		}
		if n := strings.Count(strings.Join(f.asked, "\n"), "/messages?"); n > 21 {
			t.Errorf("for the first 20 items %d threads were read", n)
		}
		got, since, err := collect(t, newCollector(t, f, nil), "")
		if err != nil || len(idsOf(got)) != 40 || len(since) > 250 {
			t.Fatalf("%d items, %v, and the cursor %s", len(idsOf(got)), err, since)
		}
		f.asked = nil
		f.channels[at(0)]["thread_metadata"] = object{"archived": false}
		f.post(at(0), 4100, nil)
		got, _, err = collect(t, newCollector(t, f, nil), since)
		if diff := cmp.Diff([]string{at(0) + "/" + at(4100)}, idsOf(got)); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
		if n := f.count("channels/" + forum + "/threads/archived"); n > 3 {
			t.Errorf("the list of archived threads was read on to page %d", n)
		}
	})
	t.Run("that come back to life while the lists are asked for are found", func(t *testing.T) {
		f := newFake(t)
		thread := f.open(forum, 1, 5)
		f.post(thread, 1, nil)
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/archived/public") {
				f.channels[thread]["thread_metadata"] = object{"archived": false}
			}
			return false
		}
		if got, _, err := collect(t, newCollector(t, f, nil), ""); err != nil || len(idsOf(got)) != 1 {
			t.Errorf("got %q, %v", idsOf(got), err)
		}
	})
	t.Run("that are posted to while others are read lose nothing", func(t *testing.T) {
		f := newFake(t)
		a, b := f.open(forum, 1, 0), f.open(forum, 2, 0)
		f.post(a, 1, nil)
		f.post(b, 2, nil)
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, b+"/messages") && len(f.messages[a]) == 1 {
				f.post(a, 3, nil) // after its end was reached
				f.post(b, 4, nil)
			}
			return false
		}
		first, since, err := collect(t, newCollector(t, f, nil), "")
		second, _, err2 := collect(t, newCollector(t, f, nil), since)
		want := []string{a + "/" + at(1), b + "/" + at(2), b + "/" + at(4), a + "/" + at(3)}
		if diff := cmp.Diff(want, append(idsOf(first), idsOf(second)...)); diff != "" || err != nil || err2 != nil {
			t.Errorf("%v %v %s", err, err2, diff)
		}
	})
}
