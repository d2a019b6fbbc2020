package guesthttp

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

func TestGetPage(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/page":
			w.Header().Set("ETag", `W/"1"`)
			w.Header().Set("Last-Modified", "Mon, 02 Mar 2026 08:00:00 GMT")
			if r.Header.Get("If-None-Match") == `W/"1"` && r.Header.Get("If-Modified-Since") == "Mon, 02 Mar 2026 08:00:00 GMT" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			fmt.Fprint(w, "body for ", r.Header.Get("Accept"))
		case "/long":
			w.Header().Set("ETag", strings.Repeat("x", maxValidator+1))
			io.WriteString(w, strings.Repeat("x", 3<<20))
		case "/unasked":
			w.WriteHeader(http.StatusNotModified)
		case "/301", "/302", "/308":
			var code int
			fmt.Sscan(r.URL.Path[1:], &code)
			http.Redirect(w, r, "/page", code)
		case "/308-302":
			http.Redirect(w, r, "/302", http.StatusPermanentRedirect)
		case "/301-308":
			http.Redirect(w, r, "/308", http.StatusMovedPermanently)
		case "/elsewhere":
			http.Redirect(w, r, "http://127.0.0.1:1/?token=tell-nobody", http.StatusFound)
		default:
			w.WriteHeader(http.StatusGone)
		}
	}))
	defer server.Close()
	client := New(Options{Allow: []string{"127.0.0.1"}, Tries: 1})
	defer client.CloseIdleConnections()
	get := func(path string, have Validators) (*Page, error) {
		return GetPage(t.Context(), client, server.URL+path, "text/x-test", have, 1<<20, time.Now())
	}
	first, err := get("/page", Validators{})
	if err != nil || string(first.Body) != "body for text/x-test" || first.ETag != `W/"1"` || first.Moved || first.URL.Path != "/page" {
		t.Fatalf("got %+v, %v", first, err)
	}
	if again, err := get("/page", first.Validators); err != nil || !again.Unchanged || again.Validators != first.Validators || again.Body != nil {
		t.Errorf("the same version: %+v, %v", again, err)
	}
	if _, err := get("/unasked", Validators{}); !HasStatus(err, http.StatusNotModified) {
		t.Errorf("a 304 that nothing asked for: %v", err)
	}
	for path, moved := range map[string]bool{"/301": true, "/308": true, "/302": false, "/308-302": false, "/301-308": true} {
		if page, err := get(path, Validators{}); err != nil || page.Moved != moved || page.URL.Path != "/page" {
			t.Errorf("%s: %+v, %v", path, page, err)
		}
	}
	if _, err := get("/long", Validators{}); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "more than 1 MB") {
		t.Errorf("a long answer: %v", err)
	}
	if page, err := GetPage(t.Context(), client, server.URL+"/long", "", Validators{}, 4<<20, time.Now()); err != nil || page.ETag != "" || len(page.Body) != 3<<20 {
		t.Errorf("a long tag: %v", err)
	}
	if _, err := get("/gone", Validators{}); !HasStatus(err, http.StatusGone) {
		t.Errorf("gone: %v", err)
	}
	if _, err := get("/elsewhere", Validators{}); !errors.Is(err, collectors.ErrUnavailable) || strings.Contains(err.Error(), "tell-nobody") {
		t.Errorf("the error tells where a redirect led: %v", err)
	}
}
