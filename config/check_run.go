package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
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
