package feed

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/domain"
	"askahead/internal/guesthttp"
)

// maxFeed is the largest document that is read, in bytes.
const maxFeed = 16 << 20

const accept = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, " +
	"application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"

// get asks for a feed, and reads it unless it is unchanged; then the document is nil. Its errors name the feed.
func (c *Collector) get(ctx context.Context, u *url.URL, have guesthttp.Validators) (*guesthttp.Page, *document, error) {
	page, d, err := c.ask(ctx, u, have)
	return page, d, explain(u, err)
}

func (c *Collector) ask(ctx context.Context, u *url.URL, have guesthttp.Validators) (*guesthttp.Page, *document, error) {
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	page, err := guesthttp.GetPage(ctx, c.client, u.String(), accept, have, maxFeed, c.now())
	if err != nil || page.Unchanged {
		return page, nil, err
	}
	d, err := c.read(page)
	return page, d, err
}

func (c *Collector) read(page *guesthttp.Page) (*document, error) {
	d, err := parse(page.Body, page.Type, page.URL)
	if err != nil {
		return nil, err
	}
	d.prepare(c.now())
	return d, nil
}

// prepare drops dates that cannot be, looks whether the publisher declines in words, and names the posts.
func (d *document) prepare(now time.Time) {
	if tag := domain.Declines(d.title + " " + d.description); d.declines == "" && tag != "" {
		d.declines = "feed: #" + tag
	}
	for _, p := range d.posts {
		// A clock or a zone that is wrong is hours ahead; what is further ahead is the date of an event, or a slip.
		if t := p.published; t.Year() < 1980 || t.After(now.Add(24*time.Hour)) {
			p.published = time.Time{}
		}
	}
	nameAll(d)
}

// explain says of an error which feed it is about, and what to do.
func explain(u *url.URL, err error) error {
	var page *htmlPage
	_, limited := errors.AsType[*collectors.RateLimited](err)
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), limited:
		return err
	case errors.Is(err, collectors.ErrUnavailable):
		return fmt.Errorf("read %s: %w", show(u), err)
	case guesthttp.HasStatus(err, http.StatusGone):
		return fmt.Errorf("%w: the feed %s is gone for good (410): take its address out of `urls`, or put the new one there", collectors.ErrSettings, show(u))
	case guesthttp.HasStatus(err, http.StatusNotFound):
		return fmt.Errorf("%w: there is no feed at %s (404): is the address right, and does the site still have one?", collectors.ErrSettings, show(u))
	case errors.Is(err, collectors.ErrUnauthorized):
		return fmt.Errorf("read %s: %w: a feed that needs a login is not public; name one that everyone may read", show(u), err)
	case errors.Is(err, collectors.ErrSettings):
		return fmt.Errorf("read %s: %w", show(u), err)
	case errors.Is(err, errTruncated):
		return fmt.Errorf("%w: read %s: %w; nothing of it is taken, since nobody can tell what is missing", collectors.ErrUnavailable, show(u), err)
	case errors.As(err, &page) && len(page.feeds) > 0:
		return fmt.Errorf("%w: %s is a page for browsers; it names as its feed: %s", collectors.ErrSettings, show(u), list(page.feeds))
	case errors.As(err, &page):
		return fmt.Errorf("%w: %s answers with a page for browsers: is it the address of a feed, and is the site being repaired?", collectors.ErrUnavailable, show(u))
	}
	return fmt.Errorf("%w: read %s: %w", collectors.ErrSettings, show(u), err)
}

func list(feeds []*url.URL) string {
	var names []string
	for _, u := range feeds {
		names = append(names, u.Scheme+"://"+show(u))
	}
	return strings.Join(names, ", ")
}

// several is the error of a run in which more than one feed failed.
type several []error

func (s several) Error() string {
	var texts []string
	for _, err := range s {
		texts = append(texts, err.Error())
	}
	return strings.Join(texts, "; ")
}

func (s several) Unwrap() []error { return s }
