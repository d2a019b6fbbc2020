package guesthttp

import (
	"strings"
	"testing"
)

func TestServerURL(t *testing.T) {
	for text, want := range map[string]string{
		" https://social.example/ ": "https://social.example", "https://social.example:8443": "https://social.example:8443",
		"http://127.0.0.1:80": "http://127.0.0.1:80", "http://[::1]": "http://[::1]",
	} {
		if u, err := ServerURL(text); err != nil || u.String() != want {
			t.Errorf("%q gives %v, %v", text, u, err)
		}
	}
	for text, says := range map[string]string{
		"": "is empty", "social.example": "is not an address", "https://": "is not an address", "https://:443": "is not an address",
		"ftp://social.example": "is not an address", "https://a:hunter2@social.example": "holds a user", "http://social.example": "begins with http://",
		"https://social.example/api": "holds more", "https://social.example?token=hunter2": "holds more", "https://social.example/%zz?hunter2": "is not an address",
	} {
		if u, err := ServerURL(text); err == nil || !strings.HasPrefix(err.Error(), "server: "+says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q gives %v, %v", text, u, err)
		}
	}
}
