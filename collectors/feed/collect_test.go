package feed

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

func TestConditionalGet(t *testing.T) {
	s := newServer(t, posts(0, 3)...)
	c := newCollector(t, 1, s.URL)
	all, next := must(t, c, "")
	wantIDs(t, all, numberedIDs(0, 3)...)
	t.Run("a feed that has not changed is not sent again", func(t *testing.T) {
		all, again := must(t, c, next)
		if len(all) != 0 || again != next || s.answered[len(s.answered)-1] != http.StatusNotModified {
			t.Errorf("got %d batches and answers %v", len(all), s.answered)
		}
	})
	t.Run("what is new comes, and the next version is remembered", func(t *testing.T) {
		s.entries = slices.Concat(posts(3, 4), s.entries)
		all, now := must(t, c, next)
		wantIDs(t, all, numberedIDs(3, 4)...)
		must(t, c, now)
		if got := s.answered[len(s.answered)-2:]; !slices.Equal(got, []int{200, 304}) {
			t.Errorf("answers %v", got)
		}
	})
}

func TestAReadingThatIsInterruptedRemembersNoVersion(t *testing.T) {
	s := newServer(t, posts(0, 800)...)
	c := newCollector(t, 1, s.URL)
	all, _ := must(t, c, afterOne(t, c))
	wantIDs(t, all, numberedIDs(collectors.BatchItems, 800)...)
}

// changed gives the n-th post in another form.
func changed(n int, change func(*entry)) entry {
	e := numbered(n)
	change(&e)
	return e
}

// TestIdentity reads a feed, then the same feed with one post in another form.
func TestIdentity(t *testing.T) {
	self := idOf(numbered(1).guid)
	for _, c := range []struct {
		name   string
		change func(*entry)
		items  []string // external ids that come then
		edited bool
		gone   []string
	}{
		{"an edited text is an edit", func(e *entry) { e.body = "<p>Who deletes them?</p>" }, []string{self}, true, nil},
		{"an edited title is an edit", func(e *entry) { e.title = "Another" }, []string{self}, true, nil},
		{"https for http is the same post", func(e *entry) { e.guid = "http://forum.example/posts/1" }, nil, false, nil},
		{"a parameter of tracking is the same post", func(e *entry) { e.guid += "?utm_source=rss&fbclid=x"; e.link += "?utm_medium=rss" }, nil, false, nil},
		{"another case of the host and its port are the same post", func(e *entry) { e.guid = "https://Forum.Example:443/posts/1" }, nil, false, nil},
		{"another guid with the same link is the same post", func(e *entry) { e.guid = "tag:forum.example,2026:1" }, nil, false, nil},
		{"another guid and link with the same text at the same time are the same post", func(e *entry) { e.guid, e.link = "x-1", "https://new.example/1" }, nil, false, nil},
		{"no guid any more, but the same link, is the same post", func(e *entry) { e.guid = "" }, nil, false, nil},
		{"another guid and text with the same link and time replace the post", func(e *entry) { e.guid, e.body = "tag:forum.example,2026:1", "<p>Who deletes them?</p>" },
			[]string{idOf("tag:forum.example,2026:1")}, false, []string{self}},
		{"the same words at another time and place are another post", func(e *entry) {
			e.guid, e.link, e.date = "https://forum.example/posts/9", "https://forum.example/posts/9", "Mon, 02 Mar 2026 09:00:00 +0000"
		}, []string{idOf("https://forum.example/posts/9")}, false, nil},
		{"the same guid for another page of another time is another post", func(e *entry) {
			e.link, e.date, e.body = "https://forum.example/posts/9", "Mon, 02 Mar 2026 09:00:00 +0000", "<p>Who pays?</p>"
		}, []string{idOf("https://forum.example/posts/9")}, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t, posts(0, 3)...)
			collector := newCollector(t, 1, s.URL)
			_, next := must(t, collector, "")
			s.entries[1] = changed(1, c.change)
			all, again := must(t, collector, next)
			wantIDs(t, all, c.items...)
			for _, b := range all {
				for _, item := range b.Items {
					if item.Edited != c.edited {
						t.Errorf("edited: %v", item.Edited)
					}
				}
			}
			if got := goneOf(all); !slices.Equal(got, c.gone) {
				t.Errorf("gone: %q, want %q", got, c.gone)
			}
			all, _ = must(t, collector, again)
			wantIDs(t, all)
		})
	}
	t.Run("after its guid changed, an edit is told under the name that it was given under, or replaces it", func(t *testing.T) {
		s := newServer(t, posts(0, 3)...)
		collector := newCollector(t, 1, s.URL)
		_, next := must(t, collector, "")
		s.entries[1] = changed(1, func(e *entry) { e.guid = "new" })
		_, next = must(t, collector, next)
		s.entries[1] = changed(1, func(e *entry) { e.guid, e.body = "new", "<p>Who deletes them?</p>" })
		all, _ := must(t, collector, next)
		if len(idsOf(all)) != 1 || !slices.Equal(goneOf(all), []string{self}) {
			t.Errorf("items %q, gone %q", idsOf(all), goneOf(all))
		}
	})
}

func TestAFeedThatDeclinesFromNowOn(t *testing.T) {
	s := newServer(t, posts(0, 3)...)
	c := newCollector(t, 1, s.URL)
	_, next := must(t, c, "")
	s.head = "<description>Not for programs. #nobot</description>"
	all, next := must(t, c, next)
	wantIDs(t, all, numberedIDs(0, 3)...)
	for _, item := range all[0].Items {
		if item.OptOut != "feed: #nobot" || !item.Edited || len(item.Raw) > 0 {
			t.Errorf("got %+v", item)
		}
	}
	all, _ = must(t, c, next)
	wantIDs(t, all)
}

func TestDuplicatesInOneFeed(t *testing.T) {
	count := func(t *testing.T, entries ...entry) int {
		t.Helper()
		c := newCollector(t, 1, newServer(t, entries...).URL)
		all, next := must(t, c, "")
		again, _ := must(t, c, next)
		if n := len(idsOf(again)); n > 0 {
			t.Errorf("%d come again", n)
		}
		return len(idsOf(all))
	}
	same := func(n int, guid, link string) entry {
		return changed(n, func(e *entry) { e.guid, e.link = guid, link })
	}
	for _, c := range []struct {
		name    string
		entries []entry
		want    int
	}{
		{"the same post twice is one", []entry{numbered(1), numbered(1), numbered(0)}, 1 + 1},
		{"the same post under two guids is one", []entry{numbered(1), same(1, "other", "https://forum.example/other"), numbered(0)}, 1 + 1},
		{"one guid for all posts names none", []entry{same(2, "feed", numbered(2).link), same(1, "feed", numbered(1).link), same(0, "feed", numbered(0).link)}, 3},
		{"one guid for all posts, and no links", []entry{same(2, "feed", ""), same(1, "feed", ""), same(0, "feed", "")}, 3},
		{"one guid and one link for all posts", []entry{same(2, "feed", "https://forum.example/"), same(1, "feed", "https://forum.example/")}, 2},
		{"no guid, and one link for all posts", []entry{same(2, "", "https://forum.example/"), same(1, "", "https://forum.example/"), same(0, "", "https://forum.example/")}, 3},
		{"neither guid nor link", []entry{same(2, "", ""), same(1, "", ""), same(0, "", "")}, 3},
		{"comments of one page differ behind the #", []entry{same(2, "", "https://forum.example/p#comment-2"), same(1, "", "https://forum.example/p#comment-1")}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := count(t, c.entries...); got != c.want {
				t.Errorf("%d items, want %d", got, c.want)
			}
		})
	}
	t.Run("of two versions the newer stays", func(t *testing.T) {
		old := changed(1, func(e *entry) { e.more = "<atom:updated>2026-03-02T01:00:00Z</atom:updated>" })
		edited := changed(1, func(e *entry) {
			e.body, e.more = "<p>Who pays?</p>", "<atom:updated>2026-03-02T02:00:00Z</atom:updated>"
		})
		for _, entries := range [][]entry{{old, edited}, {edited, old}} {
			all, _ := must(t, newCollector(t, 1, newServer(t, entries...).URL), "")
			if len(all) != 1 || len(all[0].Items) != 1 || !strings.Contains(string(all[0].Items[0].Raw), "Who pays?") || !all[0].Items[0].Edited {
				t.Errorf("got %+v", all)
			}
		}
	})
}

func TestOrder(t *testing.T) {
	undated := func(n int) entry { return changed(n, func(e *entry) { e.date = "" }) }
	dated := func(n int, at time.Time) entry {
		return changed(n, func(e *entry) { e.date = at.Format(time.RFC1123Z) })
	}
	published := func(t *testing.T, entries ...entry) (ids []string, at []time.Time) {
		t.Helper()
		all, _ := must(t, newCollector(t, 1, newServer(t, entries...).URL), "")
		for _, b := range all {
			for _, item := range b.Items {
				at = append(at, item.Published)
			}
		}
		return idsOf(all), at
	}
	t.Run("without dates the last post of a feed is the oldest", func(t *testing.T) {
		ids, at := published(t, undated(7), undated(3), undated(5))
		if want := []string{idOf(numbered(5).guid), idOf(numbered(3).guid), idOf(numbered(7).guid)}; !slices.Equal(ids, want) || !at[0].IsZero() {
			t.Errorf("got %q at %v, want %q", ids, at, want)
		}
	})
	t.Run("dates go before places", func(t *testing.T) {
		if ids, _ := published(t, numbered(3), numbered(1), numbered(2)); !slices.Equal(ids, numberedIDs(1, 4)) {
			t.Errorf("got %q", ids)
		}
	})
	t.Run("a date that cannot be is none", func(t *testing.T) {
		_, at := published(t, dated(1, testNow().Add(25*time.Hour)), dated(2, time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)))
		if !at[0].IsZero() || !at[1].IsZero() {
			t.Errorf("got %v", at)
		}
		if _, at := published(t, dated(1, testNow().Add(23*time.Hour))); at[0].IsZero() {
			t.Error("a clock that is some hours ahead is refused")
		}
	})
}

// logged collects what is logged.
func logged(c *Collector) *strings.Builder {
	var log strings.Builder
	c.log = slog.New(slog.NewTextHandler(&log, nil))
	return &log
}

func TestWindow(t *testing.T) {
	const missed = "posts may have been missed"
	t.Run("what slides out of a feed is not gone", func(t *testing.T) {
		s := newServer(t, posts(0, 20)...)
		s.window = 10
		c := newCollector(t, 1, s.URL)
		_, next := must(t, c, "")
		s.entries = slices.Concat(posts(20, 25), s.entries)
		log := logged(c)
		all, _ := must(t, c, next)
		wantIDs(t, all, numberedIDs(20, 25)...)
		if goneOf(all) != nil || log.String() != "" {
			t.Errorf("gone %q, log %s", goneOf(all), log)
		}
	})
	for _, undated := range []bool{false, true} {
		t.Run(fmt.Sprintf("a gap is told, undated: %v", undated), func(t *testing.T) {
			s := newServer(t, posts(0, 10)...)
			s.window = 10
			c := newCollector(t, 1, s.URL)
			_, next := must(t, c, "")
			s.entries = slices.Concat(posts(10, 40), s.entries)
			if undated {
				for i := range s.entries {
					s.entries[i].date = ""
				}
			}
			log := logged(c)
			all, _ := must(t, c, next)
			wantIDs(t, all, numberedIDs(30, 40)...)
			if !strings.Contains(log.String(), missed) {
				t.Errorf("the log says %q", log)
			}
		})
	}
	t.Run("a post that is held at the top hides no gap", func(t *testing.T) {
		pinned := numbered(3)
		s := newServer(t, slices.Concat([]entry{pinned}, posts(4, 10))...)
		s.window = 7
		c := newCollector(t, 1, s.URL)
		_, next := must(t, c, "")
		s.entries = slices.Concat([]entry{pinned}, posts(20, 26))
		log := logged(c)
		must(t, c, next)
		if !strings.Contains(log.String(), missed) {
			t.Errorf("the log says %q", log)
		}
	})
	t.Run("a feed that holds more than before is no gap", func(t *testing.T) {
		s := newServer(t, posts(0, 20)...)
		s.window = 5
		c := newCollector(t, 1, s.URL)
		_, next := must(t, c, "")
		s.window = 20
		log := logged(c)
		all, _ := must(t, c, next)
		wantIDs(t, all, numberedIDs(0, 15)...)
		if log.String() != "" {
			t.Errorf("the log says %q", log)
		}
	})
	t.Run("a post at its end whose date changed is no gap", func(t *testing.T) {
		s := newServer(t, posts(0, 5)...)
		c := newCollector(t, 1, s.URL)
		_, next := must(t, c, "")
		s.entries[len(s.entries)-1].date = "Mon, 02 Mar 2026 11:00:00 +0000"
		log := logged(c)
		must(t, c, next)
		if log.String() != "" {
			t.Errorf("the log says %q", log)
		}
	})
	t.Run("an empty answer forgets nothing", func(t *testing.T) {
		s := newServer(t, posts(0, 5)...)
		c := newCollector(t, 1, s.URL)
		_, next := must(t, c, "")
		kept := s.entries
		s.entries = nil
		_, next = must(t, c, next)
		s.entries = kept
		all, _ := must(t, c, next)
		wantIDs(t, all)
	})
}

func TestOlderPages(t *testing.T) {
	forum := func(t *testing.T, n int) *server {
		s := newServer(t, posts(0, n)...)
		s.window, s.generator = 10, "https://wordpress.org/?v=6.9"
		return s
	}
	t.Run("are read when they are asked for, oldest first", func(t *testing.T) {
		s := forum(t, 35)
		all, _ := must(t, newCollector(t, 20, s.URL), "")
		wantIDs(t, all, numberedIDs(0, 35)...)
		if len(s.asked) != 5 { // four pages, and one that is not there
			t.Errorf("%d requests: %q", len(s.asked), s.asked)
		}
	})
	t.Run("are read as far back as is asked for", func(t *testing.T) {
		s := forum(t, 35)
		all, _ := must(t, newCollector(t, 2, s.URL), "")
		wantIDs(t, all, numberedIDs(15, 35)...)
	})
	t.Run("are gone on with where reading was interrupted", func(t *testing.T) {
		s := forum(t, 35)
		c := newCollector(t, 20, s.URL)
		all, _ := must(t, c, afterOne(t, c))
		wantIDs(t, all, numberedIDs(5, 35)...)
	})
	t.Run("fill a gap, and no more than that", func(t *testing.T) {
		s := forum(t, 35)
		c := newCollector(t, 20, s.URL)
		_, next := must(t, c, "")
		s.entries = slices.Concat(posts(35, 60), s.entries)
		s.asked = nil
		log := logged(c)
		all, _ := must(t, c, next)
		wantIDs(t, all, numberedIDs(35, 60)...)
		if len(s.asked) != 3 || log.String() != "" {
			t.Errorf("%d requests, log %q", len(s.asked), log)
		}
	})
	t.Run("are not asked for when nothing is missing", func(t *testing.T) {
		s := forum(t, 35)
		c := newCollector(t, 20, s.URL)
		_, next := must(t, c, "")
		s.entries = slices.Concat(posts(35, 38), s.entries)
		s.asked = nil
		must(t, c, next)
		if len(s.asked) != 1 {
			t.Errorf("%d requests: %q", len(s.asked), s.asked)
		}
	})
	t.Run("a gap that they do not fill is told", func(t *testing.T) {
		s := forum(t, 10)
		c := newCollector(t, 2, s.URL)
		_, next := must(t, c, "")
		s.entries = slices.Concat(posts(10, 60), s.entries)
		log := logged(c)
		must(t, c, next)
		if !strings.Contains(log.String(), "posts may have been missed") {
			t.Errorf("the log says %q", log)
		}
	})
	t.Run("a server that gives the first page for all ends the walk", func(t *testing.T) {
		s := forum(t, 10)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			fmt.Fprint(w, rssText(s.generator, "", s.entries...))
			return true
		}
		all, _ := must(t, newCollector(t, 20, s.URL), "")
		wantIDs(t, all, numberedIDs(0, 10)...)
		if len(s.asked) != 2 {
			t.Errorf("%d requests", len(s.asked))
		}
	})
	t.Run("an older page that fails is an error, before anything is given", func(t *testing.T) {
		s := forum(t, 35)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.FormValue("paged") == "3" {
				w.WriteHeader(500)
				return true
			}
			return false
		}
		all, _, err := collect(t, newCollector(t, 20, s.URL), "")
		if err == nil || len(all) > 0 {
			t.Errorf("%d batches, %v", len(all), err)
		}
	})
	for _, c := range []struct{ name, head string }{
		{"by a link of RFC 5005 in RSS", `<atom:link rel="next" href="/feed?paged=%d"/>`},
		{"by a link to an archive", `<atom:link rel="prev-archive" href="/feed?paged=%d"/>`},
	} {
		t.Run("are found "+c.name, func(t *testing.T) {
			s := newServer(t, posts(0, 25)...)
			s.window = 10
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				page := 1
				fmt.Sscan(r.FormValue("paged"), &page)
				head := ""
				if page < 3 {
					head = fmt.Sprintf(c.head, page+1)
				}
				from := (page - 1) * 10
				fmt.Fprint(w, rssText("", head, s.entries[from:min(from+10, 25)]...))
				return true
			}
			all, _ := must(t, newCollector(t, 20, s.URL+"/feed"), "")
			wantIDs(t, all, numberedIDs(0, 25)...)
		})
	}
	t.Run("a link to another server is not followed", func(t *testing.T) {
		other := newServer(t, posts(0, 10)...)
		s := newServer(t, posts(10, 20)...)
		s.head = `<atom:link rel="next" href="` + strings.Replace(other.URL, "127.0.0.1", "localhost", 1) + `"/>`
		must(t, newCollector(t, 20, s.URL), "")
		if len(other.asked) > 0 {
			t.Errorf("it was asked for %q", other.asked)
		}
	})
	t.Run("a circle ends", func(t *testing.T) {
		s := newServer(t, posts(0, 10)...)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			next := map[string]string{"/a": "/b", "/b": "/c", "/c": "/a"}[r.URL.Path]
			n := int(r.URL.Path[1]-'a') * 10
			fmt.Fprint(w, rssText("", `<atom:link rel="next" href="`+next+`"/>`, posts(100-n, 110-n)...))
			return true
		}
		all, _ := must(t, newCollector(t, 900, s.URL+"/a"), "")
		wantIDs(t, all, numberedIDs(80, 110)...)
	})
	t.Run("lists of topics at Discourse are counted from 0", func(t *testing.T) {
		s := newServer(t)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			page := 0
			fmt.Sscan(r.FormValue("page"), &page)
			var list []entry
			for n := 29 - 10*page; n >= 20-10*page && n >= 0; n-- {
				list = append(list, changed(n, func(e *entry) { e.guid = fmt.Sprintf("forum.example-topic-%d", n) }))
			}
			fmt.Fprint(w, rssText("", "", list...))
			return true
		}
		all, _ := must(t, newCollector(t, 20, s.URL+"/latest.rss"), "")
		if len(idsOf(all)) != 30 || s.asked[1] != "/latest.rss?page=1" {
			t.Errorf("%d items, asked %q", len(idsOf(all)), s.asked)
		}
	})
}

// TestBacklog reads some hundred pages: the requests are the pages and one, and memory does not grow with them beyond
// what is kept of their answers.
func TestBacklog(t *testing.T) {
	const window, all = 100, 8_000
	s := newServer(t)
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		page := 1
		fmt.Sscan(r.FormValue("paged"), &page)
		to := all - (page-1)*window
		if to <= 0 {
			w.WriteHeader(http.StatusNotFound)
			return true
		}
		fmt.Fprint(w, rssText("https://wordpress.org/?v=6.9", "", posts(to-window, to)...))
		return true
	}
	c := newCollector(t, maxPages, s.URL)
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, most := 0, uint64(0)
	for b, err := range c.Collect(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range b.Items {
			if want := idOf(numbered(n).guid); item.ExternalID != want {
				t.Fatalf("post %d is %s, want %s", n, item.ExternalID, want)
			}
			n++
		}
		if n%2000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
		if len(b.Next) > 40_000 {
			t.Fatalf("a cursor of %d bytes", len(b.Next))
		}
	}
	more := (int64(most) - int64(before.HeapAlloc)) >> 20
	if n != all || len(s.asked) != all/window+1 || more > 48 {
		t.Errorf("%d posts, %d requests, %d MB of heap more", n, len(s.asked), more)
	}
	t.Logf("%d posts, %d requests, %d MB of heap more", n, len(s.asked), more)
}

func TestSeveralFeeds(t *testing.T) {
	a, b := newServer(t, posts(0, 5)...), newServer(t, posts(3, 8)...)
	c := newCollector(t, 1, a.URL, b.URL)
	t.Run("a post that is in two of them comes once", func(t *testing.T) {
		all, _ := must(t, c, "")
		wantIDs(t, all, numberedIDs(0, 8)...)
	})
	t.Run("one that fails stops no other, and is the error", func(t *testing.T) {
		a.hook = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusGone); return true }
		all, next, err := collect(t, c, "")
		wantIDs(t, all, numberedIDs(3, 8)...)
		if err == nil || !strings.Contains(err.Error(), "gone for good") {
			t.Errorf("got %v", err)
		}
		a.hook = nil
		all, _ = must(t, c, next)
		wantIDs(t, all, numberedIDs(0, 3)...)
	})
	t.Run("what could not be given from one is not held for given in another", func(t *testing.T) {
		const ada, bob = "https://other.example/@ada/110000000000000001", "https://other.example/@bob/110000000000000002"
		feed := newServer(t)
		failing := true
		feed.hook = func(w http.ResponseWriter, r *http.Request) bool {
			switch {
			case r.FormValue("acct") == "bob@other.example" && failing:
				w.WriteHeader(http.StatusBadGateway)
			case strings.HasPrefix(r.URL.Path, "/api"):
				fmt.Fprint(w, `{"noindex":false}`)
			case r.URL.Path == "/both":
				fmt.Fprint(w, mastodonFeed(bob, ada))
			default:
				fmt.Fprint(w, mastodonFeed(ada))
			}
			return true
		}
		c := newCollector(t, 1, feed.URL+"/both", feed.URL+"/one")
		all, next, err := collect(t, c, "")
		if err == nil || len(idsOf(all)) != 1 {
			t.Errorf("%d items, %v", len(idsOf(all)), err)
		}
		failing = false
		all, _ = must(t, c, next)
		if got := idsOf(all); len(got) != 1 {
			t.Errorf("%d items come then", len(got))
		}
	})
	t.Run("a feed that is added later is read from its beginning", func(t *testing.T) {
		_, next := must(t, newCollector(t, 1, b.URL), "")
		all, _ := must(t, c, next)
		wantIDs(t, all, numberedIDs(0, 3)...)
	})
	t.Run("a host that asks to wait is left alone for the rest of the run", func(t *testing.T) {
		s := newServer(t)
		s.hook = func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		_, _, err := collect(t, newCollector(t, 1, s.URL+"/a", s.URL+"/b"), "")
		if err == nil || len(s.asked) != 1 {
			t.Errorf("asked %q, %v", s.asked, err)
		}
	})
}

func TestItems(t *testing.T) {
	e := numbered(1)
	e.more = `<category>#WS164</category><category>Data protection</category>`
	s := newServer(t, e)
	all, _ := must(t, newCollector(t, 1, s.URL), "")
	got := all[0].Items[0]
	want := domain.Item{ExternalID: idOf(e.guid), Type: domain.TypeHTML, Raw: []byte("<p>Topic 1</p>\n<p>Who reads report 1?</p>"), Envelope: domain.Envelope{
		Canonical: "https://forum.example/posts/1", Author: domain.Author{ID: "feed:" + strings.TrimPrefix(s.URL, "http://") + "/ada", Name: "ada"},
		Subject: "Topic 1", Published: time.Date(2026, 3, 2, 0, 1, 0, 0, time.UTC), URL: "https://forum.example/posts/1",
		Language: "en", Hashtags: []string{"WS164", "Data protection"}, Public: true,
		Facts: []domain.Fact{{Name: domain.FactName, Value: "ada"}, {Name: domain.FactChannel, Value: "A forum"},
			{Name: domain.FactHashtag, Value: "WS164"}, {Name: domain.FactHashtag, Value: "Data protection"}},
	}}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
