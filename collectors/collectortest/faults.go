package collectortest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"askahead/collectors"
)

// fault is something that goes wrong with a server.
type fault struct {
	name string
	// play answers in the server's place.
	play func(w http.ResponseWriter, r *http.Request, v *visit)
	// due says whether an error is of the kind that the fault calls for; nil: any will do, and none too.
	due    func(err error, now time.Time) bool
	quiet  bool // the server is not to be asked again in this run
	failed bool // it is to be asked no more often than a client has patience for what fails
	denies bool // it says that what is asked for is not there
	long   bool // each run takes its time, so that it is tried at few requests
	null   bool // it answers null, with which some servers say that there is nothing
}

// somebody stands for the words and the address of a person.
const somebody = "wren@people.example"

func faults() []fault {
	unavailable, unauthorized := is(collectors.ErrUnavailable), is(collectors.ErrUnauthorized)
	page := "<!DOCTYPE html><html><body><h1>Be right back</h1><p>Ask " + somebody + "</p></body></html>"
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	plain := http.Header{"Content-Type": {"application/json"}}
	with := func(h http.Header, name, value string) http.Header {
		h = h.Clone()
		h.Set(name, value)
		return h
	}
	return []fault{
		{name: "429 with Retry-After", play: says(429, with(plain, "Retry-After", "90"), `{"error":"slow down"}`), due: limited(90 * time.Second), quiet: true},
		{name: "429 with a date that is over", play: says(429, with(plain, "Retry-After", "Mon, 02 Jan 2006 15:04:05 GMT"), ""), due: limited(0), failed: true},
		{name: "429 without Retry-After, as HTML", play: says(429, html, page), due: limited(-1), quiet: true},
		{name: "503 with Retry-After", play: says(503, with(html, "Retry-After", "120"), page), due: limited(2 * time.Minute), quiet: true},
		{name: "503 with HTML", play: says(503, html, page), due: unavailable, failed: true},
		{name: "500 with JSON", play: says(500, plain, `{"error":"`+somebody+`"}`), due: unavailable, failed: true},
		{name: "a refusal that repeats what it was sent", play: repeatsTheRequest, due: unauthorized},
		{name: "403 with HTML", play: says(403, html, page), due: unauthorized},
		{name: "404 with HTML", play: says(404, html, page)},
		{name: "404 without a word", play: says(404, nil, "")},
		{name: "404 with JSON", play: says(404, plain, `{"error":"not found","message":"Not found","code":10008}`), denies: true},
		{name: "410 with JSON", play: says(410, plain, `{"error":"gone","message":"Gone"}`), denies: true},
		{name: "HTML where data is due", play: says(200, html, page), due: is(collectors.ErrUnavailable, collectors.ErrSettings)},
		{name: "HTML that calls itself data", play: says(200, plain, page), due: is(collectors.ErrUnavailable, collectors.ErrSettings)},
		{name: "an empty answer", play: says(200, plain, ""), due: unavailable},
		{name: "an answer that is cut in the middle", play: half, due: unavailable},
		{name: "a connection that breaks in the middle of an answer", play: breaks, due: unavailable},
		{name: "a connection that breaks before the answer", play: hangsUp, due: unavailable, failed: true},
		{name: "something that is not HTTP", play: notHTTP, due: unavailable, failed: true},
		{name: "a slow answer", play: slow, due: unavailable, long: true},
		{name: "an answer without end", play: endless, due: anyError},
		{name: "an answer that unpacks to very much", play: bomb(), due: anyError},
		{name: "an answer that calls itself packed", play: says(200, with(plain, "Content-Encoding", "gzip"), "[]"), due: unavailable},
		{name: "a header without end", play: says(200, with(plain, "X-Long", strings.Repeat("x", 2<<20)), "[]"), due: unavailable},
		{name: "the same page again and again", play: repeats},
		{name: "data of another shape", play: says(200, plain, `["`+somebody+` asks", 7]`)},
		{name: "an object without anything in it", play: says(200, plain, "{}")},
		{name: "null instead of data", play: says(200, plain, "null"), due: anyError, null: true},
		{name: "a text instead of data", play: says(200, plain, `"`+somebody+` asks"`), due: anyError},
		{name: "data in a million brackets", play: says(200, plain, strings.Repeat("[", 1<<20)), due: anyError},
		{name: "a redirect to a private address", play: func(w http.ResponseWriter, r *http.Request, v *visit) {
			http.Redirect(w, r, v.door.url+"/", http.StatusFound)
		}, due: anyError},
		{name: "a redirect in a circle", play: func(w http.ResponseWriter, r *http.Request, _ *visit) {
			http.Redirect(w, r, r.URL.RequestURI(), http.StatusTemporaryRedirect)
		}, due: unavailable},
		{name: "a redirect that cannot be read", play: func(w http.ResponseWriter, r *http.Request, _ *visit) {
			w.Header().Set("Location", "http://[x/"+r.URL.RequestURI())
			w.WriteHeader(http.StatusFound)
		}, due: unavailable},
	}
}

func is(any ...error) func(error, time.Time) bool {
	return func(err error, _ time.Time) bool {
		for _, one := range any {
			if errors.Is(err, one) {
				return true
			}
		}
		return false
	}
}

func anyError(error, time.Time) bool { return true }

// limited wants a RateLimited after so long; if that is negative, after some while.
func limited(after time.Duration) func(error, time.Time) bool {
	return func(err error, now time.Time) bool {
		told, ok := errors.AsType[*collectors.RateLimited](err)
		if !ok {
			return false
		}
		wait := told.Until.Sub(now)
		const slack = 15 * time.Second // for the clock that goes on
		if after < 0 {
			return wait > 0 && wait <= 24*time.Hour
		}
		return wait <= after+time.Second && wait >= after-slack
	}
}

func says(code int, header http.Header, body string) func(http.ResponseWriter, *http.Request, *visit) {
	return func(w http.ResponseWriter, _ *http.Request, _ *visit) {
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

// repeatsTheRequest says no, and quotes what it does not like: headers, the address, and what was sent.
func repeatsTheRequest(w http.ResponseWriter, r *http.Request, _ *visit) {
	sent, _ := io.ReadAll(io.LimitReader(r.Body, 1<<10))
	said := []string{r.URL.RequestURI(), string(sent)}
	for _, values := range r.Header {
		said = append(said, values...)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	text := strings.Join(said, " ")
	fmt.Fprintf(w, `{"error": %q, "message": %q}`, text, text)
}

func half(w http.ResponseWriter, r *http.Request, v *visit) {
	rec := v.answer(r)
	rec.Body.Truncate(rec.Body.Len() / 2)
	replay(w, rec)
}

func breaks(w http.ResponseWriter, r *http.Request, v *visit) {
	body := v.answer(r).Body.Bytes()
	w.Header().Set("Content-Length", fmt.Sprint(len(body)+1))
	w.Write(body[:len(body)/2])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func hangsUp(http.ResponseWriter, *http.Request, *visit) { panic(http.ErrAbortHandler) }

func notHTTP(w http.ResponseWriter, r *http.Request, _ *visit) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	io.WriteString(conn, "+OK "+r.URL.RequestURI()+" "+r.Header.Get("Authorization")+"\r\n")
}

// slow sends a byte now and then, and would go on for minutes.
func slow(w http.ResponseWriter, r *http.Request, v *visit) {
	body := v.answer(r).Body.Bytes()
	if len(body) > 0 && len(body) < 4<<10 {
		body = bytes.Repeat(append(body, ' '), 4<<10/len(body))
	}
	for _, b := range body {
		w.Write([]byte{b})
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func silent(_ http.ResponseWriter, r *http.Request, _ *visit) {
	io.Copy(io.Discard, r.Body) // until then, the server does not notice that its guest has gone
	<-r.Context().Done()
}

func endless(w http.ResponseWriter, _ *http.Request, _ *visit) {
	io.WriteString(w, "[")
	for chunk := strings.Repeat(" ", 1<<16); ; {
		if _, err := io.WriteString(w, chunk); err != nil {
			return
		}
	}
}

// bomb is a small answer that unpacks to more than anybody reads.
func bomb() func(http.ResponseWriter, *http.Request, *visit) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, "["+strings.Repeat(" ", 8<<20))
	z.Close()
	return says(200, http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}, packed.String())
}

// repeats gives the last answer of the same path again, whatever is asked.
func repeats(w http.ResponseWriter, r *http.Request, v *visit) {
	v.mu.Lock()
	rec := v.given[r.URL.Path]
	v.mu.Unlock()
	if rec == nil {
		rec = v.answer(r)
	}
	replay(w, rec)
}
