package mastodon

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// played plays the part of Mastodon's API that is used, on loopback.
type played struct {
	*httptest.Server
	statuses []map[string]any // in order of id
	instance map[string]any
	token    string // that is needed, if any
	refusal  int    // what whoever lacks the token is answered; 401 if it is 0
	noBulk   bool
	noLink   bool
	most     int  // posts on one page; 40 if it is 0
	since    bool // takes min_id for since_id, and heeds nothing else beside it
	unused   bool // a hashtag without posts does not exist
	replies  map[string][]map[string]any
	asked    []string
	hook     func(w http.ResponseWriter, r *http.Request) bool // answers in the server's place if it returns true
}

func newServer(t *testing.T) *played {
	t.Helper()
	s := &played{instance: map[string]any{"domain": "social.example", "version": "4.5.0"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/timelines/tag/{tag}", s.timeline)
	mux.HandleFunc("GET /api/v1/statuses", s.bulk)
	mux.HandleFunc("GET /api/v1/statuses/{id}", s.single)
	mux.HandleFunc("GET /api/v1/statuses/{id}/context", s.context)
	mux.HandleFunc("GET /api/v2/instance", func(w http.ResponseWriter, r *http.Request) { reply(w, 200, s.instance) })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.URL.String())
		if s.hook != nil && s.hook(w, r) {
			return
		}
		if s.token != "" && r.Header.Get("Authorization") != "Bearer "+s.token {
			reply(w, cmp.Or(s.refusal, 401), map[string]any{"error": "The access token is invalid"})
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(v)
}

func (s *played) timeline(w http.ResponseWriter, r *http.Request) {
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	limit = min(limit, cmp.Or(s.most, 40))
	min, max := r.FormValue("min_id"), r.FormValue("max_id")
	if s.since && min == "0" {
		min = ""
	}
	if s.since && min != "" {
		max = ""
	}
	var found []map[string]any // oldest first
	exists := false
	for _, status := range s.statuses {
		id, _ := status["id"].(string)
		if !hasTag(status, r.PathValue("tag")) {
			continue
		}
		if exists = true; (min == "" || compareIDs(id, min) > 0) && (max == "" || compareIDs(id, max) < 0) {
			found = append(found, status)
		}
	}
	if s.unused && !exists {
		reply(w, 404, map[string]any{"error": "Not Found: tag not found"})
		return
	}
	if len(found) > limit && min != "" && !s.since {
		found = found[:limit]
	} else if len(found) > limit {
		found = found[len(found)-limit:]
	}
	slices.Reverse(found)
	if len(found) > 0 && !s.noLink {
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?limit=%d&max_id=%v>; rel="next", <%s%s?limit=%d&min_id=%v>; rel="prev"`,
			s.URL, r.URL.Path, limit, found[len(found)-1]["id"], s.URL, r.URL.Path, limit, found[0]["id"]))
	}
	reply(w, 200, append([]map[string]any{}, found...))
}

// context is what stands below a status.
func (s *played) context(w http.ResponseWriter, r *http.Request) {
	if s.find(r.PathValue("id")) == nil {
		reply(w, 404, map[string]any{"error": "Record not found"})
		return
	}
	reply(w, 200, map[string]any{"ancestors": []any{}, "descendants": append([]map[string]any{}, s.replies[r.PathValue("id")]...)})
}

func hasTag(status map[string]any, tag string) bool {
	tags, _ := status["tags"].([]map[string]any)
	return slices.ContainsFunc(tags, func(t map[string]any) bool { return strings.EqualFold(t["name"].(string), tag) })
}

func (s *played) find(id string) map[string]any {
	for _, list := range append(slices.Collect(maps.Values(s.replies)), s.statuses) {
		for _, status := range list {
			if status["id"] == id {
				return status
			}
		}
	}
	return nil
}

func (s *played) bulk(w http.ResponseWriter, r *http.Request) {
	ids := r.URL.Query()["id[]"]
	if s.noBulk || len(ids) > bulkLimit {
		reply(w, 404, map[string]any{"error": "Record not found"})
		return
	}
	found := []map[string]any{}
	for _, id := range ids {
		if status := s.find(id); status != nil {
			found = append(found, status)
		}
	}
	reply(w, 200, found)
}

func (s *played) single(w http.ResponseWriter, r *http.Request) {
	if status := s.find(r.PathValue("id")); status != nil {
		reply(w, 200, status)
		return
	}
	reply(w, 404, map[string]any{"error": "Record not found"})
}

func testNow() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// status is the n-th post: n minutes after midnight, by an account of the server, with the given hashtags.
func status(n int, tags ...string) map[string]any {
	return statusWith(n, nil, tags...)
}

func statusWith(n int, change map[string]any, tags ...string) map[string]any {
	at := time.Date(2026, 3, 2, 0, n, 0, 0, time.UTC)
	list := []map[string]any{}
	for _, t := range tags {
		list = append(list, map[string]any{"name": t})
	}
	s := map[string]any{
		"id": statusID(n), "uri": fmt.Sprintf("https://social.example/users/alice/statuses/%d", n),
		"url": fmt.Sprintf("https://social.example/@alice/%d", n), "created_at": at.Format("2006-01-02T15:04:05.000Z"),
		"visibility": "public", "language": "en", "spoiler_text": "", "content": fmt.Sprintf("<p>Who reads the reports? %d</p>", n),
		"account": map[string]any{"acct": "alice", "display_name": "Alice", "note": "<p>I ask.</p>", "noindex": false},
		"tags":    list, "mentions": []any{}, "reblog": nil, "poll": nil, "edited_at": nil, "in_reply_to_id": nil,
	}
	for key, value := range change {
		s[key] = value
	}
	return s
}

// statusID grows with n; posts between two of these have room.
func statusID(n int) string { return strconv.Itoa(110000000000000000 + n*1000) }

func newClient() *http.Client {
	return guesthttp.New(guesthttp.Options{Allow: []string{"127.0.0.1"}, Tries: 1, Timeout: 5 * time.Second})
}

func newCollector(t *testing.T, s *played, change func(*Settings)) *Collector {
	t.Helper()
	settings := Settings{Server: s.URL, Limit: 40, LookBack: 24 * time.Hour}
	if change != nil {
		change(&settings)
	}
	c, err := New(settings, collectors.Deps{HTTP: newClient(), Now: testNow, Hashtags: []string{"#IGF2018"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.client.CloseIdleConnections)
	for _, s := range c.servers {
		s.pace.SetLimit(rate.Inf)
	}
	return c
}

// collect gives all items, the last cursor, and the error.
func collect(t *testing.T, c *Collector, since collectors.Cursor) (all []collectors.Batch, next collectors.Cursor, err error) {
	t.Helper()
	next = since
	for b, err := range c.Collect(t.Context(), since) {
		if err != nil {
			return all, next, err
		}
		all, next = append(all, b), b.Next
	}
	return all, next, nil
}

// idsOf are the ids of the items without their servers.
func idsOf(batches []collectors.Batch) []string {
	ids := []string{}
	for _, b := range batches {
		for _, item := range b.Items {
			_, id, _ := strings.Cut(item.ExternalID, "/")
			ids = append(ids, id)
		}
	}
	return ids
}

// name is what the server is called in external ids, id the external id of its n-th post.
func (s *played) name() string    { return s.Listener.Addr().String() }
func (s *played) id(n int) string { return s.name() + "/" + statusID(n) }
