package matterbridge

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

type object = map[string]any

const token = "a-bridge-token"

var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// fake plays the part of matterbridge's API, on loopback: what it gave it has no more.
type fake struct {
	*httptest.Server
	dir    string // where the spool is
	now    time.Time
	mu     sync.Mutex
	buffer []any
	asked  int
	hook   func(w http.ResponseWriter, r *http.Request) bool // answers in the server's place if it returns true
}

func newFake(t testing.TB) *fake {
	t.Helper()
	f := &fake{dir: t.TempDir(), now: began.Add(time.Hour)}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if f.hook != nil && f.hook(w, r) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch r.Header.Get("Authorization") {
	case "Bearer " + token:
	case "":
		w.WriteHeader(400)
		fmt.Fprint(w, `{"message":"missing key in request header"}`)
		return
	default:
		w.WriteHeader(401)
		fmt.Fprint(w, `{"message":"Unauthorized"}`)
		return
	}
	switch r.URL.Path {
	case "/api/health":
		fmt.Fprint(w, "OK")
	case "/api/messages":
		json.NewEncoder(w).Encode(f.buffer)
		f.buffer = nil
	case "/api/stream":
		f.stream(w, r)
	default:
		w.WriteHeader(404)
		fmt.Fprint(w, `{"message":"Not Found"}`)
	}
}

// stream greets, gives what there is, and stays open.
func (f *fake) stream(w http.ResponseWriter, r *http.Request) {
	json.NewEncoder(w).Encode(object{"event": "api_connected", "timestamp": f.now})
	w.(http.Flusher).Flush()
	for ; len(f.buffer) > 0; f.buffer = f.buffer[1:] {
		json.NewEncoder(w).Encode(f.buffer[0])
		w.(http.Flusher).Flush()
	}
	<-r.Context().Done()
}

// message is the nth; change is what is different in it.
func message(n int, change object) object {
	m := object{"text": fmt.Sprintf("Who reads log %d?", n), "channel": "#questions", "username": "ada", "userid": "ada@198.51.100.7", "avatar": "",
		"account": "irc.example", "event": "", "protocol": "irc", "gateway": "panel", "parent_id": "", "id": "", "Extra": nil,
		"timestamp": began.Add(time.Duration(n) * time.Minute)}
	for k, v := range change {
		m[k] = v
	}
	return m
}

// newCollector reads all messages of f, unless change wants otherwise.
func newCollector(t testing.TB, f *fake, change func(*Settings)) *Collector {
	t.Helper()
	s := Settings{Server: f.URL, Token: token, Spool: "a.spool", Messages: allMessages, Read: readMessages, Keep: 24 * time.Hour}
	if change != nil {
		change(&s)
	}
	client := guesthttp.New(guesthttp.Options{Allow: []string{"127.0.0.1"}, FirstWait: time.Millisecond})
	t.Cleanup(client.CloseIdleConnections)
	c, err := New(s, collectors.Deps{HTTP: client, BaseDir: f.dir, Now: func() time.Time { return f.now }})
	if err != nil {
		t.Fatal(err)
	}
	c.poll, c.quiet = time.Millisecond, 50*time.Millisecond
	return c
}

func (f *fake) path() string { return filepath.Join(f.dir, "a.spool") }

// all reads a source to its end.
func all(t testing.TB, c *Collector, since collectors.Cursor) (batch collectors.Batch, err error) {
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

// one reads what becomes of messages.
func one(t *testing.T, change func(*Settings), messages ...any) collectors.Batch {
	t.Helper()
	f := newFake(t)
	f.buffer = messages
	b, err := all(t, newCollector(t, f, change), "")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func texts(b collectors.Batch) []string {
	var all []string
	for i := range b.Items {
		all = append(all, string(b.Items[i].Raw))
	}
	return all
}
