package guesthttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"askahead/collectors"
)

// Validators name the version of a page that a server gave (RFC 9110, section 8.8). Sent back with the next request,
// they let the server say that nothing has changed.
type Validators struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"` // as the server wrote it in Last-Modified
}

// Page is an answer of GetPage.
type Page struct {
	Validators
	Unchanged bool // the server has no other version than the one that was named: there is no body
	Body      []byte
	Type      string   // Content-Type, as it was sent
	URL       *url.URL // where redirects ended
	Moved     bool     // there were redirects, and each of them is for good (301, 308)
}

// maxValidator is longer than any that servers send; a longer one is not sent back.
const maxValidator = 512

// GetPage asks for address, and reads at most limit bytes of the answer, unless it is still the version that have
// names. accept is the header of that name. Its errors are those of package collectors, a *StatusError, an error
// that is ErrTooLarge, or the context's. None of them names more of the address than its host.
func GetPage(ctx context.Context, client *http.Client, address, accept string, have Validators, limit int64, now time.Time) (*Page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: it is not the address of a page", collectors.ErrSettings)
	}
	req.Header.Set("Accept", accept)
	if have.ETag != "" {
		req.Header.Set("If-None-Match", have.ETag)
	}
	if have.Modified != "" {
		req.Header.Set("If-Modified-Since", have.Modified)
	}
	resp, err := client.Do(req)
	if err != nil {
		if outer, ok := errors.AsType[*url.Error](err); ok {
			err = outer.Err // else the message names the whole address, also one that a redirect led to
		}
		return nil, TransportError(ctx, req.URL.Host, err)
	}
	defer resp.Body.Close()
	page := &Page{Type: resp.Header.Get("Content-Type"), URL: resp.Request.URL, Moved: movedForGood(resp)}
	if resp.StatusCode == http.StatusNotModified && have != (Validators{}) {
		page.Validators, page.Unchanged = have, true
		return page, nil
	}
	if err := CheckStatus(resp, now); err != nil {
		return nil, err
	}
	page.ETag, page.Modified = validator(resp.Header, "ETag"), validator(resp.Header, "Last-Modified")
	page.Body, err = io.ReadAll(&cappedBody{ReadCloser: resp.Body, left: limit})
	host := resp.Request.URL.Host
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, ErrTooLarge):
		return nil, fmt.Errorf("%s: %w: more than %d MB", host, ErrTooLarge, limit>>20)
	case err != nil:
		return nil, fmt.Errorf("%w: the answer of %s broke off after %d bytes: %w", collectors.ErrUnavailable, host, len(page.Body), err)
	}
	return page, nil
}

func validator(h http.Header, name string) string {
	if v := h.Get(name); len(v) <= maxValidator {
		return v
	}
	return ""
}

// movedForGood looks at the redirects that led to resp.
func movedForGood(resp *http.Response) bool {
	moved := false
	for by := resp.Request.Response; by != nil; by = by.Request.Response {
		if by.StatusCode != http.StatusMovedPermanently && by.StatusCode != http.StatusPermanentRedirect {
			return false
		}
		moved = true
	}
	return moved
}
