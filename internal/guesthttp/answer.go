package guesthttp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"askahead/collectors"
	"askahead/internal/netfault"
)

// StatusError is an answer that is neither a success nor one of the errors of package collectors.
type StatusError struct {
	Host    string
	Code    int
	Message string // what the server says about it, shortened; may be empty
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s answered %d %s%s", e.Host, e.Code, http.StatusText(e.Code), quoteMessage(e.Message))
}

// HasStatus says whether err is a StatusError with one of the codes.
func HasStatus(err error, codes ...int) bool {
	e, ok := errors.AsType[*StatusError](err)
	if !ok {
		return false
	}
	for _, code := range codes {
		if e.Code == code {
			return true
		}
	}
	return false
}

// Missing says whether err is a server's word that it does not have what was asked for: a 404 or 410 in the words of its
// API. Where a page in HTML says so, something else may have answered in its place, and nothing is known.
func Missing(err error) bool {
	e, ok := errors.AsType[*StatusError](err)
	return ok && (e.Code == http.StatusNotFound || e.Code == http.StatusGone) && e.Message != ""
}

// GetJSON asks for address and decodes the answer into into. Its errors are those of package collectors, a
// *StatusError, or the context's. The header of a success is returned.
func GetJSON(ctx context.Context, client *http.Client, address string, header http.Header, now time.Time, into any) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: the address of the server cannot be used", collectors.ErrSettings)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return nil, TransportError(ctx, req.URL.Host, err)
	}
	defer resp.Body.Close()
	if err := CheckStatus(resp, now); err != nil {
		return nil, err
	}
	return resp.Header, DecodeJSON(ctx, resp, into)
}

// TransportError sorts what http.Client.Do failed with, for people: into the errors of package collectors, or the
// context's. The address that was asked for is left out, since a token may stand in it.
func TransportError(ctx context.Context, host string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if limited, ok := errors.AsType[*collectors.RateLimited](err); ok {
		return limited
	}
	switch {
	case errors.Is(err, collectors.ErrUnavailable):
		return err
	case errors.Is(err, ErrPrivate):
		return fmt.Errorf("%w: %w", collectors.ErrSettings, err)
	case errors.Is(err, ErrTooLarge):
		return fmt.Errorf("%s: %w", host, err)
	}
	if why := netfault.Trust(err, netfault.Server{Host: host, Addr: host}); why != "" {
		return fmt.Errorf("%w: %s", collectors.ErrUnavailable, why)
	}
	if why := netfault.Reach(err); why != "" {
		return fmt.Errorf("%w: %s: %s", collectors.ErrUnavailable, host, why)
	}
	if wrong, ok := errors.AsType[redirectError](err); ok {
		return fmt.Errorf("%w: %s answers with %w", collectors.ErrUnavailable, host, wrong)
	}
	if passing(err) {
		return fmt.Errorf("%w: %s: the connection broke off", collectors.ErrUnavailable, host)
	}
	// What net/http says of an answer that is none quotes it, and with it whatever it repeats of the request.
	return fmt.Errorf("%w: %s: what it answers is not HTTP as it should be", collectors.ErrUnavailable, host)
}

// defaultWait is what a rate-limiting server gets that does not say how long to wait; maxRateWait is the
// longest that any server gets.
const (
	defaultWait = 5 * time.Minute
	maxRateWait = 24 * time.Hour
)

// CheckStatus is nil for a success (2xx). Otherwise it reads a little of the body for the server's reason.
//
//	401, 403                  collectors.ErrUnauthorized
//	429, 503 with Retry-After *collectors.RateLimited
//	408, 425, other 5xx       collectors.ErrUnavailable
//	everything else           *StatusError
func CheckStatus(resp *http.Response, now time.Time) error {
	code := resp.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	refusal := &StatusError{Host: resp.Request.URL.Host, Code: code, Message: serverMessage(resp)}
	until, asked := asksToWait(resp, now)
	switch {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return fmt.Errorf("%w: %w", collectors.ErrUnauthorized, refusal)
	case asked:
		return &collectors.RateLimited{Until: until}
	case code >= 500, code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		return fmt.Errorf("%w: %w", collectors.ErrUnavailable, refusal)
	}
	return refusal
}

// asksToWait says whether an answer asks to come back later, and when: a 429 always does, a 503 where it says how long.
func asksToWait(resp *http.Response, now time.Time) (until time.Time, asks bool) {
	until, told := RetryAfter(resp.Header, now)
	switch {
	case resp.StatusCode == http.StatusServiceUnavailable:
		return until, told
	case resp.StatusCode != http.StatusTooManyRequests:
		return time.Time{}, false
	case told:
		return until, true
	}
	if until = ReadRate(resp.Header, now).Reset; !until.After(now) {
		until = now.Add(defaultWait)
	}
	return until, true
}

// maxJSON is the most that is decoded of one answer, also where the client was not made by New.
const maxJSON = 32 << 20

// DecodeJSON reads the body of a success into into. What is not JSON is an ErrUnavailable, since a server
// that is being repaired or a hotel's login page answer with HTML, and so is a bare null, which would pass for a page
// without items; JSON of another shape is a plain error.
func DecodeJSON(ctx context.Context, resp *http.Response, into any) error {
	host := resp.Request.URL.Host
	body, err := io.ReadAll(&cappedBody{ReadCloser: resp.Body, left: maxJSON})
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, ErrTooLarge):
		return fmt.Errorf("%s: %w", host, err)
	case err != nil:
		return fmt.Errorf("%w: the answer of %s broke off after %d bytes: %w", collectors.ErrUnavailable, host, len(body), err)
	}
	text := bytes.TrimLeft(body, "\ufeff \t\r\n")
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case len(text) == 0:
		return fmt.Errorf("%w: an empty answer of %s where JSON was expected", collectors.ErrUnavailable, host)
	case text[0] == '<', kind == "text/html" && !json.Valid(text):
		return fmt.Errorf("%w: HTML where JSON was expected: is %s the right server, and is it being repaired?", collectors.ErrUnavailable, host)
	}
	if string(bytes.TrimSpace(text)) == "null" {
		return fmt.Errorf("%w: nothing (null) where %s should have sent data", collectors.ErrUnavailable, host)
	}
	err = json.Unmarshal(text, into)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w: the JSON of %s breaks off or is broken at byte %d of %d", collectors.ErrUnavailable, host, syntax.Offset, len(text))
	}
	if shape, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		// The value itself is left out of the message: it may be somebody's words.
		return fmt.Errorf("%s: JSON of an unexpected shape: %s where %s was expected", host, jsonKind(shape.Value), shape.Type)
	}
	if err != nil {
		return fmt.Errorf("%s: JSON that cannot be read: %w", host, err)
	}
	return nil
}

// jsonKind keeps the kind of a value that encoding/json names ("number 12") and drops the value.
func jsonKind(value string) string {
	kind, _, _ := strings.Cut(value, " ")
	return kind
}

// serverMessage is what the body of a refusal says under "error" or "message", for a person to read.
func serverMessage(resp *http.Response) string {
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	if err != nil {
		return ""
	}
	var said struct{ Error, Message any }
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	for _, v := range []any{said.Error, said.Message} {
		if s, ok := v.(string); ok && s != "" {
			return withoutSecrets(s, resp.Request)
		}
	}
	return ""
}

// minSecret is the length from which on what a request carried counts as a secret, in bytes: shorter values are
// limits and flags, and stand in many words.
const minSecret = 8

// withoutSecrets hides what may be secret in a request where its server repeats it: headers, parameters, and the texts in
// what PostJSON sent.
func withoutSecrets(said string, req *http.Request) string {
	hide := func(value string) {
		if len(value) >= minSecret {
			said = strings.ReplaceAll(said, value, "***")
		}
	}
	for name, values := range req.Header {
		if name == "Accept" || name == "User-Agent" {
			continue
		}
		for _, value := range values {
			hide(value)
			_, token, _ := strings.Cut(value, " ") // "Bearer TOKEN"
			hide(token)
		}
	}
	for _, values := range req.URL.Query() {
		for _, value := range values {
			hide(value)
			hide(url.QueryEscape(value))
		}
	}
	for _, value := range sentTexts(req) {
		hide(value)
		if quoted, err := json.Marshal(value); err == nil {
			hide(string(quoted[1 : len(quoted)-1]))
		}
	}
	return said
}

// sentTexts gives the texts in the JSON that a request carried, but for the names of its fields.
func sentTexts(req *http.Request) (texts []string) {
	if req.GetBody == nil {
		return nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil
	}
	defer body.Close()
	var sent any
	if json.NewDecoder(body).Decode(&sent) != nil {
		return nil
	}
	var gather func(value any)
	gather = func(value any) {
		switch v := value.(type) {
		case string:
			texts = append(texts, v)
		case []any:
			for _, one := range v {
				gather(one)
			}
		case map[string]any:
			for _, one := range v {
				gather(one)
			}
		}
	}
	gather(sent)
	return texts
}

// quoteMessage makes foreign words safe for a log line. Words with an "@" may be the address or the name of a person.
func quoteMessage(s string) string {
	if s == "" {
		return ""
	}
	if strings.Contains(s, "@") {
		words := strings.Fields(s)
		for i, word := range words {
			if strings.Contains(word, "@") {
				words[i] = "[…]"
			}
		}
		s = strings.Join(words, " ")
	}
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 120 {
		s = string(runes[:120]) + "…"
	}
	return fmt.Sprintf(": %q", s)
}
