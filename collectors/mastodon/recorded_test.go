package mastodon

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

// recorded is one answer of a real server, as it was sent.
type recorded struct {
	name   string
	status int
	header http.Header
	body   []byte
}

// recordings reads the recorded answers below CORPORA, or skips the test.
func recordings(t *testing.T) (all []recorded) {
	t.Helper()
	dir := os.Getenv("CORPORA")
	if dir == "" {
		t.Skip("set CORPORA to the folder with the unpacked social-chat-feeds corpus to read recorded answers")
	}
	for _, folder := range []string{"mastodon-py", "rtoot"} {
		files, err := filepath.Glob(filepath.Join(dir, "social-chat-feeds", folder, "*.meta.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var meta struct {
				Status  int
				Headers map[string]string
			}
			if err := json.Unmarshal(text, &meta); err != nil {
				t.Fatal(err)
			}
			r := recorded{name: folder + "/" + filepath.Base(file), status: meta.Status, header: http.Header{}}
			for name, value := range meta.Headers {
				r.header.Set(name, value)
			}
			for _, kind := range []string{".json", ".sse.txt"} {
				if body, err := os.ReadFile(strings.TrimSuffix(file, ".meta.json") + kind); err == nil {
					r.body = body
				}
			}
			all = append(all, r)
		}
	}
	return all
}

// recordedServer gives one recorded answer where at says so, and next to nothing elsewhere.
type recordedServer struct {
	recorded
	at    func(r *http.Request) bool
	posts string // the timeline, where it is not what was recorded
	given bool
}

func (s *recordedServer) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := func(code int, header http.Header, body []byte) (*http.Response, error) {
		return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
	}
	switch {
	case !s.given && s.at(r):
		s.given = true
		return answer(s.status, s.header, s.body)
	case strings.HasSuffix(r.URL.Path, "/instance"):
		return answer(200, http.Header{}, []byte(`{"domain":"social.example"}`))
	case strings.Contains(r.URL.Path, "/timelines/") && r.URL.Query().Get("min_id") == "0" && s.posts != "":
		return answer(200, http.Header{}, []byte(s.posts))
	case r.URL.Path == "/api/v1/statuses":
		return answer(404, http.Header{}, []byte(`{"error":"Not found"}`))
	case strings.HasPrefix(r.URL.Path, "/api/v1/statuses/"): // what is replied to
		return answer(404, http.Header{}, []byte(`{"error":"Record not found"}`))
	}
	return answer(200, http.Header{}, []byte("[]"))
}

func (s *recordedServer) collector(t *testing.T, replies bool) *Collector {
	c, err := New(Settings{Server: "https://social.example", Limit: 40, LookBack: 24 * time.Hour, Replies: replies},
		collectors.Deps{HTTP: &http.Client{Transport: s}, Now: testNow, Hashtags: []string{"IGF2018"}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// outcomes counts what came of answers, and of the statuses in them.
type outcomes map[string]int

func (o outcomes) count(b collectors.Batch) {
	for _, item := range b.Items {
		what := "status: read"
		if item.OptOut != "" {
			what = "status: its author declines"
		}
		o[what]++
	}
	for _, broken := range b.Broken {
		o["status: refused: "+broken.Reason]++
	}
	o["status: not public"] += len(b.Gone)
}

// answer names what came of an answer as a whole.
func (o outcomes) answer(n, broken int, err error) error {
	_, limited := errors.AsType[*collectors.RateLimited](err)
	switch {
	case err == nil && n > 0:
		o["answer: read"]++
	case err == nil && broken > 0:
		o["answer: refused: JSON of an unexpected shape"]++
	case err == nil:
		o["answer: read, with nothing for us"]++
	case limited:
		o["answer: it asks to wait"]++
	case errors.Is(err, collectors.ErrUnauthorized):
		o["answer: refused: it wants a token"]++
	case errors.Is(err, collectors.ErrUnavailable):
		o["answer: refused: no JSON"]++
	case strings.Contains(err.Error(), "unexpected shape"):
		o["answer: refused: JSON of an unexpected shape"]++
	case strings.Contains(err.Error(), "answered 4"), errors.Is(err, collectors.ErrSettings):
		o["answer: refused: an error of the server's"]++
	default:
		return fmt.Errorf("an answer fails for a reason that is not known: %w", err)
	}
	return nil
}

// TestRecordedAnswers has real servers' answers stand where a hashtag's posts are due, a single post, and what answers
// one. Each is read or refused with a reason.
func TestRecordedAnswers(t *testing.T) {
	all := recordings(t)
	root, err := json.Marshal([]any{statusWith(719, map[string]any{"replies_count": 1}, "igf2018")})
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []struct {
		name  string
		posts string
		at    func(r *http.Request, own string) bool
		least int // statuses that must be read
	}{
		{"a hashtag's posts", "", func(r *http.Request, _ string) bool { return strings.Contains(r.URL.Path, "/timelines/") }, 500},
		{"a post", "", func(r *http.Request, own string) bool { return r.URL.Path == "/api/v1/statuses/"+own }, 100},
		{"what answers a post", string(root), func(r *http.Request, _ string) bool { return strings.HasSuffix(r.URL.Path, "/context") }, 50},
	} {
		sum := outcomes{}
		for _, one := range all {
			own := cmp.Or(idOf(one.body), "1") // a post is asked for by its id
			s := &recordedServer{recorded: one, posts: way.posts, at: func(r *http.Request) bool { return way.at(r, own) }}
			c := s.collector(t, way.posts != "")
			got := c.Collect(t.Context(), "")
			if way.name == "a post" {
				got = c.Fetch(t.Context(), []string{"social.example/" + own})
			}
			n, broken, failed := 0, 0, error(nil)
			for b, err := range got {
				if way.posts != "" && len(b.Items) == 1 && b.Items[0].Canonical == "https://social.example/users/alice/statuses/719" {
					continue
				}
				n, broken, failed = n+len(b.Items)+len(b.Gone), broken+len(b.Broken), err
				sum.count(b)
			}
			if err := sum.answer(n, broken, failed); err != nil || !s.given {
				t.Errorf("%s: %v", one.name, err)
			}
		}
		for _, what := range slices.Sorted(maps.Keys(sum)) {
			if sum[what] > 0 {
				t.Logf("%s: %s: %d", way.name, what, sum[what])
			}
		}
		if len(all) < 400 || sum["status: read"] < way.least {
			t.Errorf("%s: %d answers, %d statuses read", way.name, len(all), sum["status: read"])
		}
	}
}

// TestRecordedStatuses reads every status that stands anywhere in the recorded answers.
func TestRecordedStatuses(t *testing.T) {
	r := &reader{v: &visit{c: &Collector{}, server: &server{name: "social.example"}}, domain: "social.example", parents: map[string]parent{}}
	sum := outcomes{}
	for _, one := range recordings(t) {
		var answer any
		if json.Unmarshal(one.body, &answer) != nil {
			continue
		}
		eachStatus(answer, func(raw []byte) {
			var s wireStatus
			if err := json.Unmarshal(raw, &s); err != nil {
				t.Errorf("%s: %v", one.name, err)
				return
			}
			item, err := r.item(&s)
			switch {
			case err != nil:
				sum[err.Error()]++
			case item.OptOut != "":
				sum["its author declines"]++
			case item.ExternalID == "" || item.Canonical == "" || item.Published.IsZero() || item.Author.ID == "":
				t.Errorf("%s: an item without its names", one.name)
			default:
				sum["read"]++
			}
		})
	}
	t.Log(sum)
	refused := maps.Clone(sum)
	for _, known := range []string{"read", "its author declines", errNotPublic.Error()} {
		delete(refused, known)
	}
	if len(refused) > 0 || sum["read"] < 500 {
		t.Errorf("refused: %v", refused)
	}
}

// eachStatus finds the statuses anywhere in an answer.
func eachStatus(v any, do func(raw []byte)) {
	switch v := v.(type) {
	case map[string]any:
		if v["visibility"] != nil && v["content"] != nil && v["account"] != nil {
			raw, _ := json.Marshal(v)
			do(raw)
		}
		for _, inner := range v {
			eachStatus(inner, do)
		}
	case []any:
		for _, inner := range v {
			eachStatus(inner, do)
		}
	}
}
