package collectors

import (
	"net/netip"
	"strings"
)

// PlainHost is the name or the address of a host as it compares with others: the same name in other letters, or with
// the dot of the root behind it, is the same host, and so is the same address written otherwise.
func PlainHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().String()
	}
	return host
}
