package mastodon

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

// backlog plays a server with so many posts under one hashtag that they are made when they are asked for. Every third
// answers one that nobody has seen.
type backlog struct {
	posts, asked int
}

const backlogFirst = 110000000000000000

func (b *backlog) RoundTrip(r *http.Request) (*http.Response, error) {
	b.asked++
	var body bytes.Buffer
	switch q := r.URL.Query(); {
	case strings.Contains(r.URL.Path, "/timelines/tag/"):
		b.page(&body, q)
	case strings.HasSuffix(r.URL.Path, "/instance"):
		body.WriteString(`{"domain":"social.example"}`)
	default:
		body.WriteString(`[]`)
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(&body), Request: r}, nil
}

func (b *backlog) page(w io.Writer, q url.Values) {
	after, _ := strconv.Atoi(q.Get("min_id"))
	from := max(0, after-backlogFirst+1)
	if q.Get("max_id") != "" {
		from = b.posts // nothing is older than the first
	}
	fmt.Fprint(w, "[")
	for n := min(from+40, b.posts) - 1; n >= from; n-- {
		reply := "null"
		if n%3 == 0 {
			reply = strconv.Itoa(n + 7)
		}
		fmt.Fprintf(w, `{"id":"%d","uri":"https://social.example/%d","created_at":%q,"visibility":"public","content":"<p>Who pays for rule %d?</p>",
			"in_reply_to_id":%s,"account":{"acct":"alice","note":"<p>I ask.</p>"},"tags":[{"name":"igf2018"}]}`,
			backlogFirst+n, n, testNow().Add(time.Duration(n-b.posts)*time.Minute).Format(time.RFC3339), n, reply)
		if n > from {
			fmt.Fprint(w, ",")
		}
	}
	fmt.Fprint(w, "]")
}

func (b *backlog) collector(t testing.TB) *Collector {
	c, err := New(Settings{Server: "https://social.example", Limit: 40, LookBack: 24 * time.Hour},
		collectors.Deps{HTTP: &http.Client{Transport: b}, Now: testNow, Hashtags: []string{"IGF2018"}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// heap is what is in use on it, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestABacklogTakesItsPagesAndNoMemory(t *testing.T) {
	b := &backlog{posts: 8000}
	got, pages := 0, b.posts/40
	var early, late uint64
	for batch, err := range b.collector(t).Collect(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		switch got += len(batch.Items); {
		case early == 0 && got >= b.posts/10:
			early = heap()
		case late == 0 && got >= b.posts*9/10:
			late = heap()
		}
	}
	// Beside the pages: the end, the look below the first, the server about itself, and what is replied to.
	if most := pages + 3 + 2*maxParentRequests; got != b.posts || b.asked > most {
		t.Errorf("%d posts in %d requests, want at most %d for %d pages", got, b.asked, most, pages)
	}
	if late > early+256<<10 {
		t.Errorf("the heap grows from %d to %d bytes", early, late)
	}
}

func BenchmarkBacklog(b *testing.B) {
	for _, posts := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(posts), func(b *testing.B) {
			var requests int
			var most uint64
			for b.Loop() {
				server := &backlog{posts: posts}
				got := 0
				for batch, err := range server.collector(b).Collect(b.Context(), "") {
					if err != nil {
						b.Fatal(err)
					}
					if got += len(batch.Items); got%(posts/10) < 40 {
						b.StopTimer()
						most = max(most, heap())
						b.StartTimer()
					}
				}
				if requests = server.asked; got != posts {
					b.Fatalf("%d posts came", got)
				}
			}
			b.ReportMetric(float64(requests-posts/40), "requests-beside-pages")
			b.ReportMetric(float64(most)/(1<<20), "MB-heap")
			b.ReportMetric(float64(posts)*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
		})
	}
}
