package guesthttp

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"askahead/collectors"
)

func TestPostJSON(t *testing.T) {
	asked := 0
	var sent, kind string
	answer := func(w http.ResponseWriter, r *http.Request) {}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		body, _ := io.ReadAll(r.Body)
		sent, kind = r.Method+" "+string(body), r.Header.Get("Content-Type")
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	client := New(Options{Allow: []string{"127.0.0.1"}})
	var got struct{ OK bool }
	post := func(body any) error {
		asked, got.OK = 0, false
		return PostJSON(t.Context(), client, s.URL+"/x", http.Header{"Authorization": {"Bearer secret"}}, body, testNow(), &got)
	}
	t.Run("sends JSON and reads it", func(t *testing.T) {
		answer = func(w http.ResponseWriter, r *http.Request) {
			json.NewEncoder(w).Encode(map[string]bool{"ok": r.Header.Get("Authorization") == "Bearer secret"})
		}
		if err := post(map[string]string{"a": "b"}); err != nil || !got.OK || sent != `POST {"a":"b"}` || kind != "application/json" {
			t.Errorf("sent %s as %s, %v", sent, kind, err)
		}
		if err := post(nil); err != nil || !got.OK || sent != "POST " || kind != "" {
			t.Errorf("sent %s as %s, %v", sent, kind, err)
		}
	})
	t.Run("tries nothing twice", func(t *testing.T) {
		answer = func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) }
		if err := post("x"); !errors.Is(err, collectors.ErrUnavailable) || asked != 1 {
			t.Errorf("asked %d times, %v", asked, err)
		}
	})
	t.Run("carries a password nowhere else", func(t *testing.T) {
		elsewhere := 0
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
		t.Cleanup(other.Close)
		for _, code := range []int{301, 302, 303, 307, 308} {
			answer = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, code) }
			if err := post("secret"); !HasStatus(err, code) || elsewhere > 0 || strings.Contains(err.Error(), "secret") {
				t.Errorf("%d: %v", code, err)
			}
		}
	})
	t.Run("does not repeat what a server repeats of it", func(t *testing.T) {
		answer = func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(403)
			json.NewEncoder(w).Encode(map[string]string{"error": "bad identifier: " + strings.TrimPrefix(sent, "POST ")})
		}
		err := post(map[string]any{"identifier": "reader.example.org", "keys": []any{map[string]string{"password": `staple "battery"`}}})
		if !errors.Is(err, collectors.ErrUnauthorized) || !strings.Contains(err.Error(), "bad identifier: ") || strings.Contains(err.Error(), "reader") || strings.Contains(err.Error(), "battery") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("says what is wrong as GetJSON does", func(t *testing.T) {
		answer = func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>") }
		if err := post("x"); !errors.Is(err, collectors.ErrUnavailable) || !strings.Contains(err.Error(), "HTML where JSON was expected") {
			t.Errorf("got %v", err)
		}
		s.Close()
		if err := post("x"); !errors.Is(err, collectors.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
}
