package matrix

import (
	"encoding/json"
	"fmt"
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

type object = map[string]any

// The cast of the server that the tests speak with.
const (
	token = "an-access-token"
	botID = "@askahead:example.org"
	ada   = "@ada:csirt.example"
	ben   = "@ben:ngo.example"
	roomA = "!first:example.org"
	roomB = "!second:example.org"
	alias = "#questions:example.org"
)

var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// fake plays the part of a homeserver that is used, on loopback.
type fake struct {
	*httptest.Server
	rooms   map[string][]object // events, oldest first
	state   map[string]object   // by room, type and key, joined with "|"
	joined  []string
	aliases map[string]string
	bundle  bool // the newest edit stands beside a message
	lazy    bool // members stand beside a page
	noEnd   bool // the last page names no end
	overlap bool // each page begins with the last event of the one before
	page    int  // the largest page; 0 for any
	asked   []string
	logins  int
	logouts int
	hook    func(w http.ResponseWriter, r *http.Request) bool // answers in the server's place if it returns true
}

func newFake(t testing.TB) *fake {
	t.Helper()
	f := &fake{rooms: map[string][]object{}, state: map[string]object{}, joined: []string{roomA, roomB},
		aliases: map[string]string{alias: roomA}, bundle: true, lazy: true}
	f.state[roomA+"|m.room.name|"] = object{"name": "Questions"}
	f.state[roomA+"|m.room.power_levels|"] = object{"users": object{botID: 0, ben: "50", ada: 100}}
	f.state[roomA+"|m.room.member|"+ada] = object{"displayname": "Ada Example", "membership": "join"}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	f.asked = append(f.asked, r.Method+" "+r.URL.RequestURI())
	if f.hook != nil && f.hook(w, r) {
		return
	}
	path := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/_matrix/client/v3/"), "/")
	for i := range path {
		path[i] = unescape(path[i])
	}
	if path[0] == "login" && r.Method == http.MethodPost {
		f.login(w, r)
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+token || !strings.HasPrefix(r.UserAgent(), "askahead") {
		refuse(w, 401, codeUnknownToken)
		return
	}
	switch {
	case path[0] == "account":
		reply(w, 200, object{"user_id": botID})
	case path[0] == "logout":
		f.logouts++
		reply(w, 200, object{})
	case path[0] == "joined_rooms":
		reply(w, 200, object{"joined_rooms": f.joined})
	case path[0] == "join":
		reply(w, 200, object{"room_id": path[1]})
	case path[0] == "directory":
		if id := f.aliases[path[2]]; id != "" {
			reply(w, 200, object{"room_id": id, "servers": []string{"example.org"}})
			return
		}
		refuse(w, 404, codeNotFound)
	case path[0] == "rooms" && path[2] == "state":
		key := strings.Join(append(path[3:], ""), "|")
		if len(path) > 4 {
			key = path[3] + "|" + path[4]
		}
		if s := f.state[path[1]+"|"+key]; s != nil {
			reply(w, 200, s)
			return
		}
		refuse(w, 404, codeNotFound)
	case path[0] == "rooms" && path[2] == "messages":
		f.messages(w, r, path[1])
	case path[0] == "rooms" && path[2] == "event":
		if i := slices.IndexFunc(f.rooms[path[1]], func(e object) bool { return e["event_id"] == path[3] }); i >= 0 {
			reply(w, 200, f.shown(path[1], i))
			return
		}
		refuse(w, 404, codeNotFound)
	case strings.Contains(r.URL.Path, "/relations/") && strings.HasPrefix(r.URL.Path, "/_matrix/client/v1/"):
		f.relations(w, r)
	default:
		refuse(w, 404, codeUnrecognized)
	}
}

func (f *fake) login(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Type, Password, Device string
		Identifier             struct{ User string }
	}
	json.NewDecoder(r.Body).Decode(&body)
	if body.Password != "correct-horse" || body.Identifier.User != "askahead" {
		refuse(w, 403, codeForbidden)
		return
	}
	f.logins++
	reply(w, 200, object{"access_token": token, "user_id": botID})
}

// messages gives a page from the newest event back. A token names the event that it stands behind ("a") or
// before ("b"), so that it holds when events come between.
func (f *fake) messages(w http.ResponseWriter, r *http.Request, room string) {
	events, ok := f.rooms[room]
	if !ok && !slices.Contains(f.joined, room) {
		refuse(w, 403, codeForbidden)
		return
	}
	limit, _ := strconv.Atoi(r.FormValue("limit"))
	if f.page > 0 {
		limit = min(limit, f.page)
	}
	end := len(events)
	if from := r.FormValue("from"); from != "" {
		end = slices.IndexFunc(events, func(e object) bool { return e["event_id"] == from[1:] })
		if from[0] == 'a' {
			end++
		}
	}
	chunk, members := []object{}, map[string]bool{}
	i := end - 1
	for ; i >= 0 && len(chunk) < limit; i-- {
		chunk = append(chunk, f.shown(room, i))
		members[fmt.Sprint(events[i]["sender"])] = true
	}
	answer := object{"chunk": chunk}
	if len(chunk) > 0 {
		last := i + 1
		if f.overlap && len(chunk) > 1 {
			last++
		}
		answer["start"], answer["end"] = "a"+events[end-1]["event_id"].(string), "b"+events[last]["event_id"].(string)
	}
	if f.noEnd && i < 0 || len(chunk) == 0 {
		delete(answer, "end")
	}
	if f.lazy {
		state := []object{}
		for user := range members {
			if s := f.state[room+"|m.room.member|"+user]; s != nil {
				state = append(state, object{"type": "m.room.member", "state_key": user, "event_id": "$m", "sender": user, "content": s})
			}
		}
		answer["state"] = state
	}
	reply(w, 200, answer)
}

// shown is an event as the server shows it.
func (f *fake) shown(room string, i int) object {
	e := f.rooms[room][i]
	if !f.bundle {
		return e
	}
	for _, other := range slices.Backward(f.rooms[room]) {
		if relates, ok := relates(other); ok && relates["rel_type"] == relReplace && relates["event_id"] == e["event_id"] {
			e = clone(e)
			e["unsigned"] = object{"m.relations": object{"m.replace": other}}
			return e
		}
	}
	return e
}

func (f *fake) relations(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.EscapedPath(), "/")
	chunk := []object{}
	for _, e := range slices.Backward(f.rooms[unescape(parts[5])]) {
		if relates, ok := relates(e); ok && relates["event_id"] == unescape(parts[7]) && relates["rel_type"] == parts[8] {
			chunk = append(chunk, e)
		}
	}
	reply(w, 200, object{"chunk": chunk})
}

func relates(e object) (object, bool) {
	content, _ := e["content"].(object)
	relates, ok := content["m.relates_to"].(object)
	return relates, ok
}

func clone(e object) object {
	c := object{}
	for k, v := range e {
		c[k] = v
	}
	return c
}

func unescape(s string) string {
	b := strings.NewReplacer("%21", "!", "%23", "#", "%24", "$", "%40", "@", "%3A", ":", "%2F", "/").Replace(s)
	return b
}

func reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code string) {
	reply(w, status, object{"errcode": code, "error": "No, " + ada + "!"})
}

func eventID(n int) string { return fmt.Sprintf("$event%06d", n) }

// say is a message of Ada's; with changes what it says, without being copied for each test.
func say(n int, sender, body string, changes object) object {
	content := object{"msgtype": "m.text", "body": body}
	for k, v := range changes {
		content[k] = v
	}
	return object{"event_id": eventID(n), "type": typeMessage, "sender": sender,
		"origin_server_ts": began.Add(time.Duration(n) * time.Minute).UnixMilli(), "content": content}
}

func editOf(n, target int, sender, body string) object {
	return say(n, sender, "* "+body, object{
		"m.new_content": object{"msgtype": "m.text", "body": body},
		"m.relates_to":  object{"rel_type": relReplace, "event_id": eventID(target)}})
}

func redactionOf(n, target int) object {
	e := say(n, ada, "", nil)
	e["type"], e["redacts"], e["content"] = typeRedaction, eventID(target), object{}
	return e
}

func (f *fake) say(n int, sender, body string) {
	f.rooms[roomA] = append(f.rooms[roomA], say(n, sender, body, nil))
}

// newCollector reads all messages of the first room of f, unless change wants otherwise.
func newCollector(t testing.TB, f *fake, change func(*Settings)) *Collector {
	t.Helper()
	s := Settings{Homeserver: f.URL, Token: token, Rooms: []string{roomA}, Messages: allMessages, Limit: 10}
	if change != nil {
		change(&s)
	}
	return newCollectorWith(t, newClient(t), s)
}

func newClient(t testing.TB) *http.Client {
	client := guesthttp.New(guesthttp.Options{Contact: "mailto:organiser@example.org", Allow: []string{"127.0.0.1"}, FirstWait: time.Millisecond})
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func testNow() time.Time { return began.AddDate(0, 1, 0) }

func newCollectorWith(t testing.TB, client *http.Client, s Settings) *Collector {
	t.Helper()
	c, err := New(s, collectors.Deps{HTTP: client, Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	c.pace = rate.NewLimiter(rate.Inf, 0)
	return c
}

// all reads a source to its end.
func all(t *testing.T, c *Collector, since collectors.Cursor) (batch collectors.Batch, err error) {
	t.Helper()
	batch.Next = since
	for b, e := range c.Collect(t.Context(), since) {
		if e != nil {
			return batch, e
		}
		batch.Items, batch.Gone, batch.Broken, batch.Next = append(batch.Items, b.Items...), append(batch.Gone, b.Gone...), append(batch.Broken, b.Broken...), b.Next
	}
	return batch, nil
}

func ids(room string, from, to int) []string {
	var all []string
	for n := from; n < to; n++ {
		all = append(all, room+"/"+eventID(n))
	}
	return all
}

func idsOf(b collectors.Batch) []string {
	var all []string
	for i := range b.Items {
		all = append(all, b.Items[i].ExternalID)
	}
	return all
}
