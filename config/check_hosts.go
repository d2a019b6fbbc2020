package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"askahead/collectors"
)

// hostName is a name as DNS has it. Those of one's own network may have no dot.
var hostName = regexp.MustCompile(`^(?i:[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?)+$`)

const longestHostName = 253

// privateHosts checks which web servers sources may visit at private addresses: each is named for itself.
func (k *checker) privateHosts() {
	for i, host := range k.config.Private {
		at := elementPath(k, "private_hosts", i)
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		isIP := err == nil && ip.Zone() == ""
		_, port, portErr := net.SplitHostPort(host)
		switch {
		case host == "":
		case strings.Contains(host, "/") && !strings.Contains(host, "://"):
			k.wrong(at, show(host)+" is a network; name each host for itself")
		case strings.Contains(host, "/"):
			k.wrong(at, show(host)+" is an address of the web; write the name of its host alone")
		case strings.Contains(host, "*"):
			k.wrong(at, show(host)+" would allow hosts that nobody has looked at; name each for itself")
		case !isIP && portErr == nil && port != "":
			k.wrong(at, show(host)+" has a port; write the host alone")
		case isIP && (ip.IsUnspecified() || ip.IsMulticast()):
			k.wrong(at, show(host)+" is not the address of one host")
		case !isIP && (len(host) > longestHostName || !hostName.MatchString(host)):
			k.wrong(at, show(host)+" is neither the name of a host, such as social.intranet.example, nor an IP address")
		case slices.ContainsFunc(k.config.Private[:i], func(other string) bool { return sameHost(other, host) }):
			k.wrong(at, "this host stands here twice")
		}
	}
}

// unusedHosts warns of leave that nobody needs: one day somebody else may be behind the name.
func (k *checker) unusedHosts() {
	servers := k.config.Servers()
	for i, host := range k.config.Private {
		if !slices.ContainsFunc(servers, func(u *url.URL) bool { return sameHost(u.Hostname(), host) }) {
			k.warn(elementPath(k, "private_hosts", i), "no source visits "+show(host)+"; leave it out")
		}
	}
}

func sameHost(a, b string) bool { return collectors.PlainHost(a) == collectors.PlainHost(b) }

// Servers are the web servers that the sources visit, each once, in the order of the file, and that of embeddings.
func (c *Config) Servers() []*url.URL {
	var servers []*url.URL
	visit := func(address string) {
		u, err := url.Parse(address)
		known := func(other *url.URL) bool { return other.Scheme == u.Scheme && other.Host == u.Host }
		if err == nil && u.Host != "" && !slices.ContainsFunc(servers, known) {
			servers = append(servers, u)
		}
	}
	add := func(sources []Source) {
		for _, s := range sources {
			v, ok := s.Settings.(collectors.Visitor)
			if !ok {
				continue
			}
			for _, address := range v.Servers() {
				visit(address)
			}
		}
	}
	for _, s := range c.Sessions {
		add(s.Sources)
	}
	add(c.Sources)
	if c.Embed != nil {
		visit(c.Embed.Server)
	}
	return servers
}
