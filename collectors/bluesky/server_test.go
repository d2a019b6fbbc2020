package bluesky

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// server plays the parts of a network that are used, on loopback: the service that an account logs in to, and the
// search, as their lexicons say.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	posts    []entry
	sorted   []entry                   // newest first, as of the last search
	profiles map[string]map[string]any // by DID, where they differ from the usual one
	key      string                    // what it orders and limits by: "" is the earlier of "createdAt" and "indexedAt"
	session  func() (int, map[string]any)
	logins   int
	renewals int
	good     int // for how many requests an access token is good; 0 is all
	left     int // of the access token
	asked    []string
	hook     func(w http.ResponseWriter, r *http.Request) bool // answers in the server's place if it returns true
}

// entry is a post with what it is found by.
type entry struct {
	view      map[string]any
	tags      []string
	at, found time.Time
}

const (
	testPassword = "abcd-efgh-ijkl-mnop"
	testAccount  = "askahead.example.org"
)

func newServer(t testing.TB, posts ...entry) *server {
	t.Helper()
	s := &server{profiles: map[string]map[string]any{}, posts: posts}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /xrpc/com.atproto.server.createSession", s.login)
	mux.HandleFunc("POST /xrpc/com.atproto.server.refreshSession", s.renew)
	mux.HandleFunc("GET /xrpc/app.bsky.feed.searchPosts", s.searchPosts)
	mux.HandleFunc("GET /xrpc/app.bsky.feed.getPosts", s.getPosts)
	mux.HandleFunc("GET /xrpc/app.bsky.feed.getPostThread", s.thread)
	mux.HandleFunc("GET /xrpc/app.bsky.actor.getProfiles", s.getProfiles)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked = append(s.asked, r.URL.String())
		if s.hook != nil && s.hook(w, r) {
			return
		}
		if r.Method == http.MethodGet && !s.admitted(w, r) {
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

func refuse(w http.ResponseWriter, code int, name string) {
	reply(w, code, map[string]any{"error": name, "message": "what " + name + " means"})
}

func (s *server) tokens() (access, refresh string) {
	return fmt.Sprintf("access-%d-%d", s.logins, s.renewals), fmt.Sprintf("refresh-%d-%d", s.logins, s.renewals)
}

func (s *server) admitted(w http.ResponseWriter, r *http.Request) bool {
	access, _ := s.tokens()
	switch token := r.Header.Get("Authorization"); {
	case token == "":
		refuse(w, 401, "AuthMissing")
	case token != "Bearer "+access:
		refuse(w, 400, "ExpiredToken")
	case s.good > 0 && s.left == 0:
		refuse(w, 400, "ExpiredToken")
	default:
		s.left--
		return true
	}
	return false
}

func (s *server) login(w http.ResponseWriter, r *http.Request) {
	var said struct{ Identifier, Password string }
	json.NewDecoder(r.Body).Decode(&said)
	if said.Identifier != testAccount || said.Password != testPassword {
		refuse(w, 401, "AuthenticationRequired")
		return
	}
	s.logins++
	s.renewals = 0
	s.begin(w)
}

func (s *server) renew(w http.ResponseWriter, r *http.Request) {
	if _, refresh := s.tokens(); r.Header.Get("Authorization") != "Bearer "+refresh {
		refuse(w, 400, "ExpiredToken")
		return
	}
	s.renewals++
	s.begin(w)
}

func (s *server) begin(w http.ResponseWriter) {
	s.left = s.good
	if s.session != nil {
		code, body := s.session()
		reply(w, code, body)
		return
	}
	access, refresh := s.tokens()
	reply(w, 200, map[string]any{"accessJwt": access, "refreshJwt": refresh, "handle": testAccount, "did": did("bot"), "active": true})
}

// orderedBy is the time by which the server orders a post.
func (s *server) orderedBy(e entry) time.Time {
	switch {
	case s.key == "createdAt", s.key == "" && e.at.Before(e.found):
		return e.at
	}
	return e.found
}

func (s *server) searchPosts(w http.ResponseWriter, r *http.Request) {
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	offset, _ := strconv.Atoi(r.FormValue("cursor"))
	if limit < 1 || limit > 100 || r.FormValue("q") == "" || offset+limit > 10_000 {
		refuse(w, 400, "InvalidRequest")
		return
	}
	var found []entry
	tag := r.FormValue("tag")
	since, until := queryTime(r, "since"), queryTime(r, "until")
	if len(s.sorted) != len(s.posts) {
		s.sorted = slices.Clone(s.posts)
		slices.SortStableFunc(s.sorted, func(a, b entry) int { return s.orderedBy(b).Compare(s.orderedBy(a)) })
	}
	for _, e := range s.sorted {
		at := s.orderedBy(e)
		if !at.Before(since) && (until.IsZero() || at.Before(until)) &&
			slices.ContainsFunc(e.tags, func(t string) bool { return strings.EqualFold(t, tag) }) {
			found = append(found, e)
		}
	}
	rest := found[min(offset, len(found)):]
	answer := map[string]any{"posts": views(rest[:min(limit, len(rest))])}
	if len(rest) > limit {
		answer["cursor"] = strconv.Itoa(offset + limit)
	}
	reply(w, 200, answer)
}

func queryTime(r *http.Request, name string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, r.FormValue(name))
	return t
}

func views(entries []entry) []map[string]any {
	list := []map[string]any{}
	for _, e := range entries {
		list = append(list, e.view)
	}
	return list
}

func (s *server) find(uri string) (entry, bool) {
	i := slices.IndexFunc(s.posts, func(e entry) bool { return e.view["uri"] == uri })
	if i < 0 {
		return entry{}, false
	}
	return s.posts[i], true
}

func (s *server) getPosts(w http.ResponseWriter, r *http.Request) {
	uris := r.URL.Query()["uris"]
	if len(uris) > 25 {
		refuse(w, 400, "InvalidRequest")
		return
	}
	var found []entry
	for _, uri := range uris {
		if e, ok := s.find(uri); ok {
			found = append(found, e)
		}
	}
	reply(w, 200, map[string]any{"posts": views(found)})
}

func (s *server) thread(w http.ResponseWriter, r *http.Request) {
	e, ok := s.find(r.FormValue("uri"))
	if !ok {
		refuse(w, 400, "NotFound")
		return
	}
	reply(w, 200, map[string]any{"thread": map[string]any{"$type": "app.bsky.feed.defs#threadViewPost", "post": e.view}})
}

func (s *server) getProfiles(w http.ResponseWriter, r *http.Request) {
	dids := r.URL.Query()["actors"]
	if len(dids) > 25 {
		refuse(w, 400, "InvalidRequest")
		return
	}
	list := []map[string]any{}
	for _, id := range dids {
		profile, other := s.profiles[id]
		switch {
		case !other:
			list = append(list, map[string]any{"did": id, "handle": "alice.ngo.example", "displayName": "Alice", "description": "I ask."})
		case profile != nil: // else its account is closed
			list = append(list, profile)
		}
	}
	reply(w, 200, map[string]any{"profiles": list})
}

func testNow() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func did(name string) string { return "did:plc:" + name }

func uriOf(n int) string { return fmt.Sprintf("at://%s/app.bsky.feed.post/3k%05d", did("alice"), n) }

// idOf is the external id of the n-th post.
func idOf(n int) string { return uriOf(n) + "#" + cidOf(n) }

func cidOf(n int) string { return fmt.Sprintf("bafyrei%05d", n) }

// note is the n-th post: n minutes after midnight, found two seconds later.
func note(n int, tags ...string) entry { return noteAt(n, time.Duration(n)*time.Minute, tags...) }

func noteAt(n int, after time.Duration, tags ...string) entry {
	at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).Add(after)
	e := entry{tags: tags, at: at, found: at.Add(2 * time.Second)}
	text := fmt.Sprintf("Who reads the reports? %d", n)
	var facets []any
	for _, tag := range tags {
		facets = append(facets, facet(len(text)+1, len(text)+2+len(tag), map[string]any{"$type": "app.bsky.richtext.facet#tag", "tag": tag}))
		text += " #" + tag
	}
	e.view = map[string]any{
		"uri": uriOf(n), "cid": cidOf(n), "indexedAt": e.found.Format(time.RFC3339Nano), "labels": []any{},
		"author": map[string]any{"did": did("alice"), "handle": "alice.ngo.example", "displayName": "Alice", "labels": []any{}},
		"record": map[string]any{"$type": "app.bsky.feed.post", "text": text, "createdAt": at.Format("2006-01-02T15:04:05.000Z"), "langs": []any{"en"}, "facets": facets},
	}
	return e
}

func facet(start, end any, features ...map[string]any) map[string]any {
	return map[string]any{"index": map[string]any{"byteStart": start, "byteEnd": end}, "features": features}
}

// with changes the view of a post.
func (e entry) with(change map[string]any) entry {
	for key, value := range change {
		e.view[key] = value
	}
	return e
}

// record changes the record of a post.
func (e entry) record(change map[string]any) entry {
	for key, value := range change {
		e.view["record"].(map[string]any)[key] = value
	}
	return e
}

// by makes the post that of somebody else; their handle is name.example.
func (e entry) by(name string) entry {
	key := e.view["uri"].(string)[strings.LastIndex(e.view["uri"].(string), "/"):]
	e.view["uri"] = "at://" + did(name) + "/app.bsky.feed.post" + key
	e.view["author"] = map[string]any{"did": did(name), "handle": name + ".example", "displayName": strings.ToUpper(name)}
	return e
}

func newClient() *http.Client {
	return guesthttp.New(guesthttp.Options{Allow: []string{"127.0.0.1"}, Tries: 1, Timeout: 5 * time.Second})
}

func newCollector(t testing.TB, s *server, change func(*Settings)) *Collector {
	t.Helper()
	settings := Settings{Account: testAccount, Password: testPassword, Service: s.URL, Limit: 100, LookBack: 24 * time.Hour}
	if change != nil {
		change(&settings)
	}
	c, err := New(settings, collectors.Deps{HTTP: newClient(), Now: testNow, Hashtags: []string{"#IGF2018"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.client.CloseIdleConnections)
	return c
}

// collect gives all batches, the last cursor, and the error.
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

func idsOf(batches []collectors.Batch) []string {
	ids := []string{}
	for _, b := range batches {
		for _, item := range b.Items {
			ids = append(ids, item.ExternalID)
		}
	}
	return ids
}

func brokenOf(batches []collectors.Batch) []collectors.Broken {
	var all []collectors.Broken
	for _, b := range batches {
		all = append(all, b.Broken...)
	}
	return all
}

// wanted are the external ids of posts, oldest first.
func wanted(posts []entry) []string {
	posts = slices.Clone(posts)
	slices.SortStableFunc(posts, func(a, b entry) int {
		return cmp.Or(earlier(a.at, a.found).Compare(earlier(b.at, b.found)), strings.Compare(a.view["uri"].(string), b.view["uri"].(string)))
	})
	var ids []string
	for _, e := range posts {
		ids = append(ids, fmt.Sprintf("%s#%s", e.view["uri"], e.view["cid"]))
	}
	return ids
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
