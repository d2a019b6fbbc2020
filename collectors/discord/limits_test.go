package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"askahead/collectors"
)

func TestRateLimits(t *testing.T) {
	now := testNow()
	for _, c := range []struct {
		name   string
		header http.Header
		body   string
		wait   time.Duration
	}{
		{"a header in seconds", http.Header{"Retry-After": {"65"}}, `{"message": "You are being rate limited.", "retry_after": 64.57, "global": false}`, 65 * time.Second},
		{"a header with milliseconds behind the point", http.Header{"Retry-After": {"64.571"}}, "", 64571 * time.Millisecond},
		{"a header with a date", http.Header{"Retry-After": {now.Add(time.Hour).Format(http.TimeFormat)}}, "", time.Hour},
		{"the body alone", nil, `{"retry_after": 64.571}`, 64571 * time.Millisecond},
		{"the body alone, as text", nil, `{"retry_after": "7"}`, 7 * time.Second},
		{"HTML of what stands before Discord", http.Header{"Retry-After": {"600"}}, "<html>You are being rate limited</html>", 10 * time.Minute},
		{"HTML without a word about time", nil, "<html>", defaultRetry},
		{"the bucket's reset after", http.Header{"X-Ratelimit-Reset-After": {"12.5"}}, "", 12500 * time.Millisecond},
		{"the bucket's reset in seconds", http.Header{"X-Ratelimit-Reset": {strconv.FormatInt(now.Unix()+30, 10) + ".5"}}, "", 30500 * time.Millisecond},
		{"the bucket's reset in milliseconds", http.Header{"X-Ratelimit-Reset": {strconv.FormatInt(now.UnixMilli()+1500, 10)}}, "", 1500 * time.Millisecond},
		{"headers that are no numbers", http.Header{"Retry-After": {"soon"}, "X-Ratelimit-Reset-After": {"NaN"}, "X-Ratelimit-Reset": {"-1"}, "X-Ratelimit-Remaining": {"x"}}, "", defaultRetry},
		{"a wait of a year", http.Header{"X-Ratelimit-Reset-After": {"1e300"}}, "", maxRetry},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			want := fill(f)
			client := &http.Client{Transport: memory{f.handler()}} // one that does not try again by itself
			f.hook = func(w http.ResponseWriter, r *http.Request) bool {
				if f.count("channels/"+text1+"/messages") != 2 || !strings.HasSuffix(r.URL.Path, text1+"/messages") {
					return false
				}
				for name := range c.header {
					w.Header()[name] = c.header[name]
				}
				w.WriteHeader(429)
				io.WriteString(w, c.body)
				return true
			}
			got, since, err := collect(t, newCollectorWith(t, client, nil), "")
			limited, ok := errors.AsType[*collectors.RateLimited](err)
			if !ok || limited.Until.Sub(now).Round(time.Millisecond) != c.wait {
				t.Fatalf("got %v, want one until %v", err, now.Add(c.wait))
			}
			rest, _, err := collect(t, newCollectorWith(t, client, nil), since)
			if all := append(idsOf(got), idsOf(rest)...); err != nil || !slices.Equal(all, want) || len(got) == 0 {
				t.Errorf("before and after it: %d and %d of %d items, %v", len(idsOf(got)), len(idsOf(rest)), len(want), err)
			}
		})
	}
}

// usedUp makes each answer about messages the last one of its bucket, which is full again after a while.
func usedUp(f *fake, after string) {
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/messages") {
			w.Header().Set("X-RateLimit-Remaining", "0")
			w.Header().Set("X-RateLimit-Reset-After", after)
			w.Header().Set("X-RateLimit-Global", "true") // it would stop discordgo's own limiter
		}
		return false
	}
}

func TestUsedUpBuckets(t *testing.T) {
	t.Run("are waited for", func(t *testing.T) {
		f := newFake(t)
		for n := range 45 { // three pages of one channel
			f.post(text1, n, nil)
		}
		usedUp(f, "4.5")
		handler := f.handler()
		synctest.Test(t, func(t *testing.T) {
			c := newCollectorWith(t, &http.Client{Transport: memory{handler}}, nil)
			told := 0
			c.waiting = func(time.Time) { told++ }
			began := time.Now()
			got, _, err := collect(t, c, "")
			if took := time.Since(began); err != nil || len(idsOf(got)) != 45 || took != 9*time.Second || told != 2 {
				t.Errorf("%d items after %v, of which it told %d times, %v", len(idsOf(got)), took, told, err)
			}
		})
	})
	t.Run("are left for the next run where that takes long", func(t *testing.T) {
		f := newFake(t)
		want := fill(f)
		usedUp(f, "90")
		got, since, err := collect(t, newCollectorWith(t, &http.Client{Transport: memory{f.handler()}}, nil), "")
		limited, ok := errors.AsType[*collectors.RateLimited](err)
		if !ok || !limited.Until.Equal(testNow().Add(90*time.Second)) || len(idsOf(got)) == 0 {
			t.Fatalf("%d items, %v", len(idsOf(got)), err)
		}
		f.hook = nil
		rest, _, err := collect(t, newCollector(t, f, nil), since)
		if all := append(idsOf(got), idsOf(rest)...); err != nil || !slices.Equal(all, want) {
			t.Errorf("%d items in all, %v", len(all), err)
		}
	})
}

func TestRateLimitHeadersThatAreNoNumbers(t *testing.T) {
	f := newFake(t)
	f.post(text1, 1, nil)
	f.hook = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("X-RateLimit-Remaining", "plenty")
		w.Header().Set("X-RateLimit-Reset-After", "soon")
		return false
	}
	if got, _, err := collect(t, newCollector(t, f, nil), ""); err != nil || len(idsOf(got)) != 1 {
		t.Errorf("got %q, %v", idsOf(got), err)
	}
}

func TestCancelling(t *testing.T) {
	for _, c := range []struct {
		name string
		pace rate.Limit
		hang bool
	}{
		{"while a bucket fills", rate.Inf, false},
		{"while it keeps its pace", rate.Every(time.Hour), false},
		{"while Discord is silent", rate.Inf, true},
	} {
		t.Run(c.name+" returns at once", func(t *testing.T) {
			f := newFake(t)
			fill(f)
			usedUp(f, "59")
			var silent http.RoundTripper = memory{f.handler()}
			synctest.Test(t, func(t *testing.T) {
				if c.hang {
					silent = hanging{}
				}
				collector := newCollectorWith(t, &http.Client{Transport: silent}, nil)
				collector.pace = rate.NewLimiter(c.pace, 5)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(10*time.Second, cancel)
				began := time.Now()
				var err error
				for _, err = range collector.Collect(ctx, "") {
				}
				if took := time.Since(began); !errors.Is(err, context.Canceled) || took != 10*time.Second {
					t.Errorf("%v after %v", err, took)
				}
			})
		})
	}
	t.Run("is foreseen where the deadline comes before the turn", func(t *testing.T) {
		f := newFake(t)
		collector := newCollectorWith(t, &http.Client{Transport: memory{f.handler()}}, nil)
		collector.pace = rate.NewLimiter(rate.Every(time.Hour), 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var err error
		for _, err = range collector.Collect(ctx, "") {
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// hanging never answers.
type hanging struct{}

func (hanging) RoundTrip(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func TestTroubleThatPasses(t *testing.T) {
	answer := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			io.WriteString(w, body)
		}
	}
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		tries  int
	}{
		{"500", answer(500, `{"message": "500: Internal Server Error", "code": 0}`), 3},
		{"502 with HTML", answer(502, "<html>"), 3},
		{"503", answer(503, ""), 3},
		{"HTML where JSON is due", answer(200, "<html>"), 1},
		{"an empty answer", answer(200, ""), 1},
		{"JSON that breaks off", answer(200, `[{"id": "1"`), 1},
		{"a body that never ends", func(w http.ResponseWriter, r *http.Request) {
			for chunk := strings.Repeat(" ", 1<<20); ; {
				if _, err := io.WriteString(w, chunk); err != nil {
					return
				}
			}
		}, 1},
		{"an answer that is cut", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "[")
		}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			f.post(text1, 1, nil)
			f.hook = func(w http.ResponseWriter, r *http.Request) bool {
				is := strings.HasSuffix(r.URL.Path, "/messages")
				if is {
					c.answer(w, r)
				}
				return is
			}
			_, _, err := collect(t, newCollector(t, f, nil), "")
			if n := f.count("channels/" + text1 + "/messages"); !errors.Is(err, collectors.ErrUnavailable) || n != c.tries {
				t.Errorf("after %d tries: %v", n, err)
			}
		})
	}
	t.Run("no server at all", func(t *testing.T) {
		f := newFake(t)
		f.Close()
		_, _, err := collect(t, newCollector(t, f, nil), "")
		if !errors.Is(err, collectors.ErrUnavailable) || strings.Contains(err.Error(), token) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("another shape than expected tells nobody's words", func(t *testing.T) {
		f := newFake(t)
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			is := strings.HasSuffix(r.URL.Path, "/messages")
			if is {
				reply(w, 200, "private words")
			}
			return is
		}
		f.post(text1, 1, nil)
		if _, _, err := collect(t, newCollector(t, f, nil), ""); err == nil || strings.Contains(err.Error(), "private") {
			t.Errorf("got %v", err)
		}
	})
}

func FuzzMessages(f *testing.F) {
	f.Add(`[{"id":"2","type":0,"content":"Who?","author":{"id":"42"},"mentions":[{"id":"900000000000000009"}]},{"id":1}]`, uint64(0))
	f.Add(`[{"id":"18446744073709551615","poll":{"question":{"text":1},"answers":[{}]}},{"id":"0"},{},null,[],{"id":-1}]`, uint64(7))
	f.Fuzz(func(t *testing.T, page string, after uint64) {
		var raw []json.RawMessage
		if json.Unmarshal([]byte(page), &raw) != nil {
			return
		}
		messages, err := sortMessages(raw, after)
		if err != nil {
			return
		}
		last := after
		for i := range messages {
			m := &messages[i]
			if m.number <= after || m.number < last {
				t.Fatalf("message %d is %d, behind %d", i, m.number, last)
			}
			last = m.number
			if m.broken != "" {
				if broken("1", m).ID == "" {
					t.Fatal("broken without an id")
				}
				continue
			}
			c := &Collector{all: true}
			v := &visit{c: c, intent: true, guilds: map[text]*guild{}}
			item, err := v.item(t.Context(), where{id: "1", opener: "discord:1/1", forum: true, title: "T"}, m)
			if err != nil || item.ExternalID != fmt.Sprintf("1/%d", m.number) || item.Published.IsZero() {
				t.Fatalf("got %+v, %v", item, err)
			}
		}
	})
}

func BenchmarkCollect(b *testing.B) {
	page := make([]object, 100)
	f := &fake{messages: map[string][]object{}, channels: map[string]object{}}
	for n := range page {
		page[n] = f.post(text1, n, nil)
	}
	raw, err := json.Marshal(page)
	if err != nil {
		b.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v9/channels/"+text1+"/messages", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("after") == "0" {
			w.Write(raw)
			return
		}
		io.WriteString(w, "[]")
	})
	mux.HandleFunc("/api/v9/channels/"+text1, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"id": %q, "type": 0, "guild_id": "1", "name": "general"}`, text1)
	})
	mux.HandleFunc("/api/v9/guilds/{id}/roles", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "[]") })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"id": "`+botID+`"}`) })
	s := *Kind().Settings().(*Settings)
	s.Token, s.Channels, s.Threads = token, []string{text1}, false
	c, err := New(s, collectors.Deps{HTTP: &http.Client{Transport: memory{mux}}, Now: testNow})
	if err != nil {
		b.Fatal(err)
	}
	c.pace = rate.NewLimiter(rate.Inf, 0)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		items := 0
		for batch, err := range c.Collect(b.Context(), "") {
			if err != nil {
				b.Fatal(err)
			}
			items += len(batch.Items)
		}
		if items != 100 {
			b.Fatalf("%d items", items)
		}
	}
}
