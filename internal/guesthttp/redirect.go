package guesthttp

import (
	"fmt"
	"net/http"
	"strings"
)

// redirectError is a redirect that is not followed.
type redirectError string

func (e redirectError) Error() string { return string(e) }

// checkRedirect lets a server send its visitor elsewhere, as far as that can do no harm. A server of one's own
// network is reached by its name in the configuration alone: nobody from outside sends askahead there.
func (allowed hostSet) checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	elsewhere := req.URL.Host != first.URL.Host
	switch {
	case len(via) > maxRedirects:
		return redirectError(fmt.Sprintf("more than %d redirects", maxRedirects))
	case req.URL.Scheme != "https" && req.URL.Scheme != "http":
		return redirectError("a redirect to what is neither https nor http")
	case first.URL.Scheme == "https" && req.URL.Scheme != "https":
		return redirectError("a redirect from https to http")
	case strings.ContainsFunc(req.URL.Hostname(), func(r rune) bool { return r >= 0x80 }):
		// It is dialled under another name than the one that is compared below.
		return redirectError("a redirect to a name that is not written as it stands in DNS")
	case req.URL.User != nil:
		return redirectError("a redirect with a password in it")
	case elsewhere && req.Method != http.MethodGet && req.Method != http.MethodHead:
		return redirectError("a redirect of what was sent, to another server")
	case allowed.has(req.URL.Hostname()) && !allowed.has(first.URL.Hostname()):
		return fmt.Errorf("%w: a redirect from a public server to %s; name that one itself as the source's server", ErrPrivate, req.URL.Hostname())
	}
	if elsewhere {
		// net/http passes on a token to subdomains, all headers that it does not know for secret, and the address
		// that the redirect came from with its parameters. All this is for one server alone.
		for name := range req.Header {
			if name != "Accept" && name != "Accept-Language" && name != "User-Agent" {
				delete(req.Header, name)
			}
		}
	}
	return nil
}
