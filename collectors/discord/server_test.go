package discord

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

type object = map[string]any

// The cast of the server that the tests speak with.
const (
	token  = "a-bot-token"
	botID  = "900000000000000009"
	server = "100000000000000001"
	text1  = "200000000000000001"
	text2  = "200000000000000002"
	forum  = "200000000000000003"
)

// fake plays the part of Discord's API that is used, on loopback.
type fake struct {
	*httptest.Server
	channels map[string]object   // and threads
	messages map[string][]object // by channel, in order of id
	members  map[string]object
	roles    []object
	flags    int
	app      object   // what the application says beside its id and flags
	commands []object // of the server
	global   []object // commands of all servers
	joined   []string // private threads that the bot was added to
	oldest   bool     // pages have the oldest message first
	asked    []string
	hook     func(w http.ResponseWriter, r *http.Request) bool // answers in the server's place if it returns true
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{
		channels: map[string]object{
			text1: {"id": text1, "type": 0, "guild_id": server, "name": "general"},
			text2: {"id": text2, "type": 5, "guild_id": server, "name": "announcements"},
			forum: {"id": forum, "type": 15, "guild_id": server, "name": "ask-the-panel"},
		},
		messages: map[string][]object{},
		members:  map[string]object{botID: {"nick": nil, "roles": []string{"31"}}},
		roles:    []object{{"id": server, "name": "@everyone", "permissions": "66560"}, {"id": "31", "name": "askahead", "permissions": "0"}, {"id": "32", "name": "Civil society", "permissions": "0"}},
		flags:    1 << 19,
	}
	f.Server = httptest.NewServer(f.handler())
	t.Cleanup(f.Close)
	return f
}

func (f *fake) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v9/users/@me", func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, object{"id": botID, "username": "askahead", "bot": true, "public_flags": "0"})
	})
	mux.HandleFunc("GET /api/v9/applications/@me", func(w http.ResponseWriter, r *http.Request) {
		app := object{"id": "500000000000000001", "flags": f.flags}
		maps.Copy(app, f.app)
		reply(w, 200, app)
	})
	for path, list := range map[string]*[]object{"": &f.global, "/guilds/" + server: &f.commands} {
		path = "/api/v9/applications/500000000000000001" + path + "/commands"
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { f.command(list, w, r) })
		mux.HandleFunc("DELETE "+path+"/{id}", func(w http.ResponseWriter, r *http.Request) {
			*list = slices.DeleteFunc(*list, func(o object) bool { return o["id"] == r.PathValue("id") })
			w.WriteHeader(204)
		})
	}
	mux.HandleFunc("GET /api/v9/channels/{id}/users/@me/threads/archived/private", f.joinedPrivate)
	mux.HandleFunc("GET /api/v9/guilds/{id}/roles", func(w http.ResponseWriter, r *http.Request) { reply(w, 200, f.roles) })
	mux.HandleFunc("GET /api/v9/guilds/{id}/members/{user}", func(w http.ResponseWriter, r *http.Request) {
		if m := f.members[r.PathValue("user")]; m != nil {
			reply(w, 200, m)
			return
		}
		refuse(w, 404, 10007)
	})
	mux.HandleFunc("GET /api/v9/guilds/{id}/threads/active", func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, object{"threads": f.threads(func(o object) bool { return !archived(o) }), "members": f.memberships()})
	})
	mux.HandleFunc("GET /api/v9/channels/{id}/threads/archived/public", f.archived)
	mux.HandleFunc("GET /api/v9/channels/{id}", func(w http.ResponseWriter, r *http.Request) {
		if ch := f.channels[r.PathValue("id")]; ch != nil {
			reply(w, 200, ch)
			return
		}
		refuse(w, 404, codeUnknownChannel)
	})
	mux.HandleFunc("GET /api/v9/channels/{id}/messages", f.history)
	mux.HandleFunc("GET /api/v9/channels/{id}/messages/{message}", f.single)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked = append(f.asked, strings.TrimPrefix(r.URL.RequestURI(), "/api/v9/"))
		switch {
		case f.hook != nil && f.hook(w, r):
		case r.Header.Get("Authorization") != "Bot "+token || !strings.HasPrefix(r.UserAgent(), "DiscordBot (") || !strings.HasSuffix(r.UserAgent(), " askahead (+mailto:organiser@example.org)"):
			refuse(w, 401, 0)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

func reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status, code int) {
	reply(w, status, object{"message": "No", "code": code})
}

func archived(thread object) bool {
	m, _ := thread["thread_metadata"].(object)
	return m != nil && m["archived"] == true
}

func (f *fake) threads(want func(object) bool) []object {
	found := []object{}
	for _, ch := range f.channels {
		if ch["parent_id"] != nil && want(ch) {
			found = append(found, ch)
		}
	}
	return found
}

// archived gives two threads at once, the last archived first.
func (f *fake) archived(w http.ResponseWriter, r *http.Request) {
	stamp := func(o object) string { return o["thread_metadata"].(object)["archive_timestamp"].(string) }
	found := f.threads(func(o object) bool {
		before := r.FormValue("before")
		return archived(o) && o["type"] != 12 && o["parent_id"] == r.PathValue("id") && (before == "" || stamp(o) < before)
	})
	slices.SortFunc(found, func(a, b object) int { return cmp.Compare(stamp(b), stamp(a)) })
	reply(w, 200, object{"threads": found[:min(2, len(found))], "has_more": len(found) > 2})
}

func (f *fake) memberships() []object {
	all := []object{}
	for _, id := range f.joined {
		all = append(all, object{"id": id, "user_id": botID})
	}
	return all
}

// joinedPrivate gives one thread at once, the last opened first.
func (f *fake) joinedPrivate(w http.ResponseWriter, r *http.Request) {
	before, _ := strconv.ParseUint(r.FormValue("before"), 10, 64)
	found := f.threads(func(o object) bool {
		return archived(o) && o["type"] == 12 && o["parent_id"] == r.PathValue("id") && slices.Contains(f.joined, o["id"].(string)) && (before == 0 || numberOf(o) < before)
	})
	slices.SortFunc(found, func(a, b object) int { return cmp.Compare(numberOf(b), numberOf(a)) })
	reply(w, 200, object{"threads": found[:min(1, len(found))], "members": f.memberships(), "has_more": len(found) > 1})
}

// command lists the commands, and adds one in the place of its namesake. As Discord does, it fills in what was left out.
func (f *fake) command(list *[]object, w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		reply(w, 200, append([]object{}, *list...))
		return
	}
	made := object{"description": "", "default_member_permissions": nil, "nsfw": false, "version": "1"}
	if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&made) != nil {
		refuse(w, 400, 50035)
		return
	}
	made["id"] = fmt.Sprintf("60000000000000000%d", len(f.asked))
	*list = append(slices.DeleteFunc(*list, func(o object) bool { return o["name"] == made["name"] }), made)
	reply(w, 201, made)
}

func (f *fake) history(w http.ResponseWriter, r *http.Request) {
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	after, _ := strconv.ParseUint(r.FormValue("after"), 10, 64)
	if limit < 1 || limit > 100 {
		refuse(w, 422, 0)
		return
	}
	if f.channels[r.PathValue("id")] == nil {
		refuse(w, 404, codeUnknownChannel)
		return
	}
	found := []object{}
	for _, m := range f.messages[r.PathValue("id")] {
		if numberOf(m) > after && len(found) < limit {
			found = append(found, m)
		}
	}
	if !f.oldest {
		slices.Reverse(found)
	}
	reply(w, 200, found)
}

func (f *fake) single(w http.ResponseWriter, r *http.Request) {
	for _, m := range f.messages[r.PathValue("id")] {
		if m["id"] == r.PathValue("message") {
			reply(w, 200, m)
			return
		}
	}
	refuse(w, 404, codeUnknownMessage)
}

func numberOf(m object) uint64 {
	n, _ := strconv.ParseUint(m["id"].(string), 10, 64)
	return n
}

// at is the id of what happened n half hours after the beginning of the tests' time.
func at(n int) string {
	when := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 30 * time.Minute)
	return strconv.FormatInt((when.UnixMilli()-epoch)<<clockBits, 10)
}

// post adds the message of n half hours to a channel or thread.
func (f *fake) post(channel string, n int, change object) object {
	m := object{
		"id": at(n), "type": 0, "channel_id": channel, "content": fmt.Sprintf("<@%s> Who reads the reports? %d", botID, n),
		"timestamp": idTime(numberOf(object{"id": at(n)})).Format("2006-01-02T15:04:05.000000-07:00"), "edited_timestamp": nil,
		"author":   object{"id": "42", "username": "alice", "global_name": "Alice", "public_flags": "64", "discriminator": 0},
		"mentions": []object{{"id": botID, "username": "askahead", "bot": true}}, "flags": 0, "attachments": []any{}, "embeds": []any{},
		"components": []object{{"type": 999, "surprise": object{"x": []int{1}}}},
	}
	for key, value := range change {
		m[key] = value
	}
	f.messages[channel] = append(f.messages[channel], m)
	if ch := f.channels[channel]; ch != nil {
		ch["last_message_id"] = m["id"]
	}
	return m
}

// open adds a thread that began with the message of n half hours; it was archived that many half hours later.
func (f *fake) open(parent string, n int, archivedAfter int) string {
	id := at(n)
	thread := object{"id": id, "type": 11, "guild_id": server, "parent_id": parent, "name": "Reports", "thread_metadata": object{"archived": false}}
	if archivedAfter > 0 {
		thread["thread_metadata"] = object{"archived": true, "archive_timestamp": idTime(numberOf(object{"id": at(n + archivedAfter)})).Format(time.RFC3339Nano)}
	}
	f.channels[id] = thread
	return id
}

// count is how many requests began with a path.
func (f *fake) count(prefix string) int {
	n := 0
	for _, a := range f.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

// elsewhere sends what is meant for Discord to a server of the test.
type elsewhere struct {
	to   string
	next http.RoundTripper
}

func (e elsewhere) RoundTrip(req *http.Request) (*http.Response, error) {
	u, err := url.Parse(e.to)
	if err != nil || req.URL.Host != "discord.com" || req.URL.Scheme != "https" {
		return nil, fmt.Errorf("a request to %s: %v", req.URL.Host, err)
	}
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host = u.Scheme, u.Host
	return e.next.RoundTrip(req)
}

// memory answers without a network, so that a synctest bubble knows when everything waits.
type memory struct{ http.Handler }

func (m memory) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, req)
	return w.Result(), nil
}

func testNow() time.Time { return time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC) }

func newCollector(t *testing.T, f *fake, change func(*Settings)) *Collector {
	t.Helper()
	client := guesthttp.New(guesthttp.Options{Allow: []string{"127.0.0.1"}, FirstWait: time.Millisecond, Timeout: 10 * time.Second})
	t.Cleanup(client.CloseIdleConnections)
	client.Transport = elsewhere{f.URL, client.Transport}
	return newCollectorWith(t, client, change)
}

func newCollectorWith(t *testing.T, client *http.Client, change func(*Settings)) *Collector {
	t.Helper()
	s := *Kind().Settings().(*Settings)
	s.Token, s.Channels, s.Limit = "Bot "+token, []string{text1, forum}, 20
	if change != nil {
		change(&s)
	}
	c, err := New(s, collectors.Deps{HTTP: client, Now: testNow, Contact: "mailto:organiser@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	c.pace = rate.NewLimiter(rate.Inf, 0)
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
		for i := range b.Items {
			ids = append(ids, b.Items[i].ExternalID)
		}
	}
	return ids
}
