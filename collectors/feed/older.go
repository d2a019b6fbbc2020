package feed

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// visited is a page of a feed. Of older ones the answer is kept, and nothing where all of them together are more than is
// kept: then it is asked for again.
type visited struct {
	at     *url.URL
	doc    *document // of the first page alone
	answer *guesthttp.Page
}

// maxHeld is how many bytes of pages are kept while older ones are looked for.
const maxHeld = 32 << 20

// walk goes from the first page of a feed to older ones, until one reaches back to what was read before, there are no
// more, or pages allows none. The oldest comes last. whole says that nothing lies between them and what was read before.
func (c *Collector) walk(ctx context.Context, first visited, k *known, newest int64) (pages []visited, whole bool, err error) {
	pages = []visited{first}
	met, size := map[string]bool{}, 0
	for d := first.doc; ; {
		if !leavesGap(d, k, newest) {
			return pages, true, nil
		}
		note(met, d)
		at := pages[len(pages)-1].at
		next := older(d, at)
		if next == nil || slices.ContainsFunc(pages, func(v visited) bool { return v.at.String() == next.String() }) {
			return pages, len(pages) > 1, nil
		}
		if len(pages) >= c.pages {
			return pages, false, nil
		}
		answer, doc, err := c.ask(ctx, next, guesthttp.Validators{})
		end, err := isEnd(d, met, doc, err)
		if end {
			return pages, true, nil
		}
		if err != nil {
			return nil, false, explain(next, err)
		}
		page := visited{at: next}
		if size += len(answer.Body); size <= maxHeld {
			page.answer = answer
		}
		pages, d = append(pages, page), doc
	}
}

// document reads a page again.
func (c *Collector) document(ctx context.Context, v visited) (d *document, err error) {
	switch {
	case v.doc != nil:
		return v.doc, nil
	case v.answer == nil:
		_, d, err = c.get(ctx, v.at, guesthttp.Validators{})
		return d, err
	}
	d, err = c.read(v.answer)
	return d, explain(v.at, err)
}

// leavesGap says whether there may be posts that are older than d's and newer than what was read before: its old end
// is not known, and is not older than the newest post that is.
func leavesGap(d *document, k *known, newest int64) bool {
	end := oldEnd(d)
	switch {
	case end == nil:
		return false
	case len(k.list) == 0:
		return true
	case k.has(end):
		return false
	case !end.published.IsZero() && newest != 0:
		return end.published.Unix() > newest
	}
	return !slices.ContainsFunc(d.posts, k.has)
}

func note(met map[string]bool, d *document) {
	for _, p := range d.posts {
		met[p.canonical] = true
	}
}

// bringsNothing tells a page that was there already: servers answer with the first page, or the last, for one that they
// do not have.
func bringsNothing(met map[string]bool, d *document) bool {
	return !slices.ContainsFunc(d.posts, func(p *post) bool { return !met[p.canonical] })
}

// isEnd says whether what came of asking for the page behind d means that there is none. Where pages are counted, that
// is how their software ends. Where d itself names the page, it is there, and the server is in trouble.
func isEnd(d *document, met map[string]bool, next *document, err error) (bool, error) {
	missing := guesthttp.HasStatus(err, http.StatusNotFound, http.StatusGone, http.StatusBadRequest)
	again := err == nil && bringsNothing(met, next)
	switch {
	case d.older == "":
		return missing || again, err
	case missing:
		return false, fmt.Errorf("%w: %w, though the page before names it; if that stays so, `pages: 1` leaves out what is older", collectors.ErrUnavailable, err)
	case again && len(next.posts) > 0:
		return false, fmt.Errorf("%w: it holds the same as pages before", collectors.ErrUnavailable)
	}
	return again, err
}

// older finds the page behind the one at the given address: the document names it (RFC 5005, JSON Feed), or its
// software is known to count pages. A link to another server is not followed.
func older(d *document, at *url.URL) *url.URL {
	if d.older != "" {
		u := webURL(d.at, d.older)
		if u == nil || !strings.EqualFold(u.Host, at.Host) && !strings.EqualFold(u.Host, d.at.Host) || keyName(u) != "" {
			return nil
		}
		if at.Scheme == "https" {
			u.Scheme = "https"
		}
		u.Fragment, u.RawFragment = "", ""
		return u
	}
	switch {
	case strings.Contains(d.generator, "wordpress.org"):
		return counted(at, "paged", 1)
	case d.isDiscourseTopics():
		return counted(at, "page", 0)
	}
	return nil
}

// counted adds one to a parameter that counts pages, of which the first is not named.
func counted(at *url.URL, name string, first int) *url.URL {
	u := *at
	query := u.Query()
	n, err := strconv.Atoi(query.Get(name))
	if err != nil {
		n = first
	}
	query.Set(name, strconv.Itoa(n+1))
	u.RawQuery = query.Encode()
	return &u
}
