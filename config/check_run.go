package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"askahead/collectors"
)

// longestJitter keeps a job well within the shortest interval that people give it.
const longestJitter = 10 * time.Minute

// run checks what the daemon goes by.
func (k *checker) run() {
	r := &k.config.Run
	if r.Sweep != "off" {
		k.due("run.sweep", r.Sweep, time.UTC)
	}
	r.CleanupDue = k.due("run.cleanup", r.Cleanup, time.UTC)
	if k.has("run.jitter") && r.Jitter > longestJitter {
		k.wrong("run.jitter", "is longer than ten minutes")
	}
	if r.Listen == "" {
		return
	}
	host, port, err := net.SplitHostPort(r.Listen)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 1 || n > 65535 {
		k.wrong("run.listen", show(r.Listen)+" is not an address with a port; write 127.0.0.1:9464")
		return
	}
	ip, err := netip.ParseAddr(host)
	if host != "localhost" && (err != nil || !ip.IsLoopback()) {
		k.wrong("run.listen", show(r.Listen)+" can be reached from other machines; write 127.0.0.1:"+port+
			", and let a web server before it say who may read the metrics")
	}
}

// web checks where askahead is called.
func (k *checker) web() {
	c := k.config
	if c.Web.Listen == "" {
		return
	}
	host, port, err := net.SplitHostPort(c.Web.Listen)
	ip, notIP := netip.ParseAddr(host)
	n, bad := strconv.Atoi(port)
	switch {
	case err != nil || bad != nil || n < 1 || n > 65535 || notIP != nil && host != "localhost":
		k.wrong("web.listen", show(c.Web.Listen)+" is not an address of this machine with a port; write 127.0.0.1:8080")
		return
	case c.Web.Listen == c.Run.Listen:
		k.wrong("web.listen", "is the address of metrics and health, run.listen; choose another port")
	case notIP == nil && !ip.IsLoopback():
		k.warn("web.listen", "can be reached from other machines, and speaks no TLS; write 127.0.0.1:"+port+" and put a web server before it that does")
	}
	if c.PublicURL == "" && !k.bad["public_url"] {
		k.wrong("web.listen", "needs public_url: the address at which the web server before it is reached")
	}
}

// called checks a source that is called.
func (k *checker) called(path string, s *Source) {
	settings, ok := s.Settings.(collectors.Called)
	if !ok || settings.CalledBy() == "" {
		return
	}
	at := path + "." + s.Kind.Name
	if k.config.Web.Listen == "" && !k.anyBad("web") {
		k.warn(at, "its source would call askahead, which listens nowhere; write web: {listen: 127.0.0.1:8080} and public_url: at the top of the file")
	}
	if first, twice := k.callers[settings.CalledBy()]; twice {
		k.wrong(at, "the same application calls the source "+show(first)+"; it has one address to call, so one of the two would never be called: leave out the public_key of one")
		return
	}
	k.callers[settings.CalledBy()] = s.Name
}

// alarms checks whom to tell; if nobody is named, it is the contact.
func (k *checker) alarms() {
	a := &k.config.Alarms
	for i, to := range a.To {
		at := elementPath(k, "alarms.to", i)
		switch {
		case to != "" && !isAddress(to):
			k.wrong(at, show(to)+" is not a mail address")
		case to != "" && slices.ContainsFunc(a.To[:i], func(other string) bool { return strings.EqualFold(other, to) }):
			k.wrong(at, "this address stands here twice")
		}
	}
	switch {
	case len(a.To) > 0 && k.config.SMTP == nil && !k.bad["smtp"] && !k.has("smtp"):
		k.wrong("alarms.to", "mail needs a server; write smtp: at the top of the file")
	case len(a.To) == 0 && !k.has("alarms.to") && k.config.SMTP != nil:
		if u, err := url.Parse(k.config.Contact); err == nil && u.Scheme == "mailto" && isAddress(u.Opaque) {
			a.To = []string{u.Opaque}
		}
	}
}
