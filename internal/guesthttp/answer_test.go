package guesthttp

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

func answerWith(t *testing.T, status int, header http.Header, body string, into any) error {
	t.Helper()
	client, url := newServer(t, Options{Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
		for name := range header {
			w.Header().Set(name, header.Get(name))
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
	_, err := GetJSON(t.Context(), client, url, http.Header{}, testNow(), into)
	return err
}

func testNow() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func TestJSON(t *testing.T) {
	for _, c := range []struct {
		name, body, contentType string
		says                    string
		passes                  bool // by itself: an ErrUnavailable
	}{
		{"HTML", "<!DOCTYPE html><p>Repair", "text/html", "HTML where JSON was expected", true},
		{"HTML that calls itself JSON", " \n<html>", "application/json", "HTML where JSON was expected", true},
		{"a login page without tags", "please log in", "text/html; charset=utf-8", "HTML where JSON was expected", true},
		{"nothing", "", "application/json", "an empty answer", true},
		{"truncated JSON", `[{"id":"1"},{"i`, "application/json", "breaks off or is broken at byte 15 of 15", true},
		{"null", " null\n", "application/json", "nothing (null)", true},
		{"two values", `[] []`, "application/json", "is broken at byte 4", true},
		{"a string where a list is due", `"alice@example.org"`, "application/json", "unexpected shape: string where []", false},
	} {
		t.Run("refuses "+c.name, func(t *testing.T) {
			var into []struct{ ID string }
			err := answerWith(t, 200, http.Header{"Content-Type": {c.contentType}}, c.body, &into)
			if err == nil || !strings.Contains(err.Error(), c.says) || errors.Is(err, collectors.ErrUnavailable) != c.passes {
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "alice") {
				t.Errorf("repeats somebody's words: %v", err)
			}
		})
	}
	t.Run("reads JSON that calls itself HTML, after a byte order mark", func(t *testing.T) {
		var into []int
		if err := answerWith(t, 200, http.Header{"Content-Type": {"text/html"}}, "\ufeff [1,2]", &into); err != nil || len(into) != 2 {
			t.Errorf("got %v, %v", into, err)
		}
	})
}

func TestStatus(t *testing.T) {
	limited := func(after time.Duration) func(error) bool {
		return func(err error) bool {
			r, ok := errors.AsType[*collectors.RateLimited](err)
			return ok && r.Until.Equal(testNow().Add(after))
		}
	}
	is := func(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }
	for _, c := range []struct {
		name   string
		status int
		header http.Header
		ok     func(error) bool
	}{
		{"401 needs a person", 401, nil, is(collectors.ErrUnauthorized)},
		{"403 needs a person", 403, nil, is(collectors.ErrUnauthorized)},
		{"404 is told as such", 404, nil, func(err error) bool { return HasStatus(err, 410, 404) && !HasStatus(err, 410) }},
		{"500 passes", 500, nil, is(collectors.ErrUnavailable)},
		{"503 passes", 503, nil, is(collectors.ErrUnavailable)},
		{"503 with seconds waits", 503, http.Header{"Retry-After": {"120"}}, limited(2 * time.Minute)},
		{"429 with a date waits", 429, http.Header{"Retry-After": {"Sun, 01 Mar 2026 12:10:00 GMT"}}, limited(10 * time.Minute)},
		{"429 with a reset waits until it", 429, http.Header{"X-Ratelimit-Reset": {"2026-03-01T12:03:00.5Z"}}, limited(3*time.Minute + 500*time.Millisecond)},
		{"429 without anything waits five minutes", 429, nil, limited(defaultWait)},
		{"429 with rubbish waits five minutes", 429, http.Header{"Retry-After": {"-1"}, "X-Ratelimit-Reset": {"NaN"}}, limited(defaultWait)},
		{"429 until the year 9999 waits a day", 429, http.Header{"Retry-After": {"Fri, 31 Dec 9999 23:59:59 GMT"}}, limited(maxRateWait)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := answerWith(t, c.status, c.header, `{"error":"no\u0007 way"}`, new(any)); err == nil || !c.ok(err) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("the server's own words are shortened and made safe", func(t *testing.T) {
		err := answerWith(t, 422, nil, `{"error":"no\u001b[31m way `+strings.Repeat("x", 500)+`"}`, new(any))
		if err == nil || !strings.Contains(err.Error(), `"no [31m way xxx`) || len(err.Error()) > 250 {
			t.Errorf("got %v", err)
		}
	})
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		status  int
		body    string
		missing bool
	}{
		{404, `{"error":"Record not found"}`, true}, {410, `{"message":"gone"}`, true}, {404, "<html>Not found", false}, {404, "", false},
		{404, `{"error":""}`, false}, {400, `{"error":"x"}`, false}, {403, `{"error":"x"}`, false},
	} {
		if err := answerWith(t, c.status, nil, c.body, new(any)); Missing(err) != c.missing {
			t.Errorf("%d %s: %v", c.status, c.body, err)
		}
	}
}

func TestMessagesNameNobody(t *testing.T) {
	err := answerWith(t, 500, nil, `{"error":"no inbox for alice@people.example (@bob), ask later"}`, new(any))
	if err == nil || strings.Contains(err.Error(), "people.example") || strings.Contains(err.Error(), "bob") || !strings.Contains(err.Error(), "no inbox for […] […] ask later") {
		t.Errorf("got %v", err)
	}
}

func TestReadRate(t *testing.T) {
	for _, c := range []struct {
		name, remaining, reset, limit string
		want                          Rate
	}{
		{"a date", "3", "2026-03-01T12:01:00Z", "300", Rate{true, 3, testNow().Add(time.Minute), 300}},
		{"seconds since 1970", "0", "1772366460", "", Rate{true, 0, testNow().Add(time.Minute), 0}},
		{"seconds from now", "0", "60", "", Rate{true, 0, testNow().Add(time.Minute), 0}},
		{"fractions", "99.0", "60.5", "100.0", Rate{true, 99, testNow().Add(60500 * time.Millisecond), 100}},
		{"a past date", "0", "2001-03-01T12:01:00Z", "-3", Rate{true, 0, testNow(), 0}},
		{"a number without end", "1e300", "1e300", "1e300", Rate{true, 1<<31 - 1, testNow().Add(maxRateWait), 1<<31 - 1}},
		{"nothing", "", "", "", Rate{}},
		{"rubbish", "many", "soon", "NaN", Rate{}},
	} {
		for _, prefix := range []string{"X-Ratelimit-", "Ratelimit-"} {
			t.Run(prefix+" "+c.name, func(t *testing.T) {
				h := http.Header{prefix + "Remaining": {c.remaining}, prefix + "Reset": {c.reset}, prefix + "Limit": {c.limit}}
				got := ReadRate(h, testNow())
				if got.Known != c.want.Known || got.Remaining != c.want.Remaining || !got.Reset.Equal(c.want.Reset) || got.Limit != c.want.Limit {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
			})
		}
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add("120", "2026-03-01T12:03:00Z")
	f.Add("1e400", "-1e300")
	f.Fuzz(func(t *testing.T, after, reset string) {
		h := http.Header{"Retry-After": {after}, "X-Ratelimit-Reset": {reset}}
		if at, ok := RetryAfter(h, testNow()); ok && (at.Before(testNow()) || at.After(testNow().Add(maxRateWait))) {
			t.Errorf("Retry-After %q gives %v", after, at)
		}
		if r := ReadRate(h, testNow()); !r.Reset.IsZero() && (r.Reset.Before(testNow()) || r.Reset.After(testNow().Add(maxRateWait))) {
			t.Errorf("reset %q gives %v", reset, r.Reset)
		}
	})
}

func TestSecretsStayOut(t *testing.T) {
	const token = "s3cr3t-token"
	header := http.Header{"Authorization": {"Bearer bearer-of-" + token}, "Api-Key": {"key-of-" + token}}
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
	}{
		{"a refusal that repeats the token", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(401)
			io.WriteString(w, `{"error":"`+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")+` is not valid"}`)
		}},
		{"a refusal that repeats another header", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(403)
			io.WriteString(w, `{"message":"key `+r.Header.Get("Api-Key")+` has ended"}`)
		}},
		{"a refusal that repeats the address", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(404)
			io.WriteString(w, `{"error":"there is no `+r.URL.RequestURI()+`"}`)
		}},
		{"a redirect that nobody can read", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[bad/?"+r.URL.RawQuery)
			w.WriteHeader(302)
		}},
		{"a redirect without end", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String()+"x", http.StatusFound)
		}},
		{"a connection that breaks", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"no HTTP at all", func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				io.WriteString(conn, "+OK "+r.URL.RawQuery+"\r\n")
				conn.Close()
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, url := newServer(t, Options{Tries: 1}, c.answer)
			_, err := GetJSON(t.Context(), client, url+"/feed?key=parameter-of-"+token, header, testNow(), new(any))
			if err == nil || strings.Contains(err.Error(), token) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("an address that is private", func(t *testing.T) {
		if _, err := GetJSON(t.Context(), New(Options{}), "http://127.0.0.1:1/?key="+token, header, testNow(), new(any)); !errors.Is(err, ErrPrivate) || strings.Contains(err.Error(), token) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a server that is left alone", func(t *testing.T) {
		client, url := newServer(t, Options{Tries: maxFailures + 1}, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) })
		if _, err := GetJSON(t.Context(), client, url+"/?key="+token, header, testNow(), new(any)); err == nil || !strings.Contains(err.Error(), "left alone") || strings.Contains(err.Error(), token) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an address that cannot be used", func(t *testing.T) {
		if _, err := GetJSON(t.Context(), New(Options{}), "http://h.example/%zz?key="+token, header, testNow(), new(any)); !errors.Is(err, collectors.ErrSettings) || strings.Contains(err.Error(), token) {
			t.Errorf("got %v", err)
		}
	})
}
