package example

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Host is the name of the Mastodon server that Server plays.
const Host = "mastodon.example"

// Server answers as the Mastodon server of the example would, without a network: it is the transport of an
// http.Client. It knows a hashtag's timeline, a single status and several by id; every other host and path
// is refused.
type Server struct{ statuses []status } // newest first

// status is what the server itself reads of a post; the rest is handed on as it lies in the file.
type status struct {
	id   uint64
	tags []string
	raw  json.RawMessage
}

// NewServer reads the embedded timeline.
func NewServer() (*Server, error) {
	names, err := fs.Glob(FS, "sources/hashtag/*.json")
	if err != nil {
		return nil, err
	}
	s := &Server{}
	for _, name := range names {
		text, err := FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := s.add(text); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	slices.SortStableFunc(s.statuses, func(a, b status) int {
		switch {
		case a.id > b.id:
			return -1
		case a.id < b.id:
			return 1
		}
		return 0
	})
	return s, nil
}

func (s *Server) add(page []byte) error {
	var raws []json.RawMessage
	if err := json.Unmarshal(page, &raws); err != nil {
		return err
	}
	for _, raw := range raws {
		var head struct {
			ID   string `json:"id"`
			Tags []struct {
				Name string `json:"name"`
			} `json:"tags"`
		}
		if err := json.Unmarshal(raw, &head); err != nil {
			return err
		}
		id, err := strconv.ParseUint(head.ID, 10, 64)
		if err != nil {
			return fmt.Errorf("status id %q is not a number", head.ID)
		}
		one := status{id: id, raw: raw}
		for _, t := range head.Tags {
			one.tags = append(one.tags, t.Name)
		}
		s.statuses = append(s.statuses, one)
	}
	return nil
}

// RoundTrip answers a request as Mastodon does
// (https://docs.joinmastodon.org/methods/timelines/#tag, methods/statuses/#get and #index).
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.URL.Host != Host {
		return nil, fmt.Errorf("the example has no network: only %s answers", Host)
	}
	if r.Method != http.MethodGet {
		return answer(r, http.StatusMethodNotAllowed, nil, []byte(`{"error":"Method not allowed"}`)), nil
	}
	if tag, ok := strings.CutPrefix(r.URL.Path, "/api/v1/timelines/tag/"); ok {
		return s.timeline(r, tag), nil
	}
	if id, ok := strings.CutPrefix(r.URL.Path, "/api/v1/statuses/"); ok {
		return s.single(r, id), nil
	}
	if r.URL.Path == "/api/v1/statuses" {
		return s.several(r), nil
	}
	return answer(r, http.StatusNotFound, nil, []byte(`{"error":"Record not found"}`)), nil
}

// timeline is a page of what has the tag. min_id gives the posts right above it, since_id the newest ones
// above it; both pages are newest first, and the Link header says where to go on from either end.
func (s *Server) timeline(r *http.Request, tag string) *http.Response {
	q := r.URL.Query()
	limit := 20
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
		limit = min(n, 40)
	}
	above, below := max(number(q.Get("min_id")), number(q.Get("since_id"))), number(q.Get("max_id"))
	var found []status
	for _, one := range s.statuses {
		if one.id > above && (below == 0 || one.id < below) && one.has(tag) {
			found = append(found, one)
		}
	}
	if len(found) > limit {
		if q.Get("min_id") != "" {
			found = found[len(found)-limit:]
		} else {
			found = found[:limit]
		}
	}
	return answer(r, http.StatusOK, links(r.URL, q, found), page(found))
}

// links is empty for an empty page, as Mastodon leaves the header out there.
func links(at *url.URL, q url.Values, found []status) http.Header {
	if len(found) == 0 {
		return nil
	}
	link := func(key string, id uint64, rel string) string {
		kept := url.Values{key: {strconv.FormatUint(id, 10)}}
		if q.Has("limit") {
			kept.Set("limit", q.Get("limit"))
		}
		to := url.URL{Scheme: "https", Host: Host, Path: at.Path, RawQuery: kept.Encode()}
		return fmt.Sprintf("<%s>; rel=%q", to.String(), rel)
	}
	return http.Header{"Link": {link("max_id", found[len(found)-1].id, "next") + ", " + link("min_id", found[0].id, "prev")}}
}

func (s *Server) single(r *http.Request, id string) *http.Response {
	for _, one := range s.statuses {
		if strconv.FormatUint(one.id, 10) == id {
			return answer(r, http.StatusOK, nil, one.raw)
		}
	}
	return answer(r, http.StatusNotFound, nil, []byte(`{"error":"Record not found"}`))
}

func (s *Server) several(r *http.Request) *http.Response {
	asked := r.URL.Query()["id[]"]
	var found []status
	for _, one := range s.statuses {
		if slices.Contains(asked, strconv.FormatUint(one.id, 10)) {
			found = append(found, one)
		}
	}
	return answer(r, http.StatusOK, nil, page(found))
}

func (s status) has(tag string) bool {
	return slices.ContainsFunc(s.tags, func(name string) bool { return strings.EqualFold(name, tag) })
}

func page(found []status) []byte {
	raws := make([][]byte, 0, len(found))
	for _, one := range found {
		raws = append(raws, one.raw)
	}
	return slices.Concat([]byte("["), bytes.Join(raws, []byte(",")), []byte("]"))
}

func number(s string) uint64 {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// answer adds the rate-limit headers that every answer of Mastodon carries.
func answer(r *http.Request, code int, more http.Header, body []byte) *http.Response {
	h := http.Header{
		"Content-Type":          {"application/json; charset=utf-8"},
		"X-Ratelimit-Limit":     {"300"},
		"X-Ratelimit-Remaining": {"299"},
		"X-Ratelimit-Reset":     {"2018-11-09T20:05:00.000000Z"},
	}
	for k, v := range more {
		h[k] = v
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", code, http.StatusText(code)), StatusCode: code,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
