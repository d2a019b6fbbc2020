package imap

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"askahead/collectors"
)

func TestTokens(t *testing.T) {
	for auth, want := range map[string]string{
		authXOAuth2:     "user=bot@askahead.example\x01auth=Bearer correct-horse\x01\x01",
		authOAuthBearer: "n,a=bot@askahead.example,\x01host=127.0.0.1\x01port=",
	} {
		t.Run(auth+" hands over the token", func(t *testing.T) {
			f := newFake(t, loopbackCertificates(t), 1)
			var sent string
			f.hook = func(c *fakeConn, tag, command, arguments string) bool {
				if command == "AUTHENTICATE" {
					sent = arguments
				}
				return false
			}
			got := collect(t, f.collector(t, func(s *Settings) { s.Auth = auth }), "")
			mechanism, response, _ := strings.Cut(sent, " ")
			raw, err := base64.StdEncoding.DecodeString(response)
			if got.err != nil || err != nil || mechanism != strings.ToUpper(auth) || !strings.HasPrefix(string(raw), want) {
				t.Errorf("got %v, sent %s %q", got.err, mechanism, raw)
			}
		})
		t.Run(auth+" says that a token is refused", func(t *testing.T) {
			f := newFake(t, loopbackCertificates(t), 1)
			f.hook = func(c *fakeConn, tag, command, arguments string) bool {
				if command == "AUTHENTICATE" {
					c.say("+ %s", base64.StdEncoding.EncodeToString([]byte(`{"status":"401","schemes":"bearer","scope":"bot@askahead.example"}`)))
				}
				return command == "AUTHENTICATE"
			}
			got := collect(t, f.collector(t, func(s *Settings) { s.Auth = auth }), "")
			if !errors.Is(got.err, collectors.ErrUnauthorized) || !strings.Contains(got.err.Error(), "status 401") || strings.Contains(got.err.Error(), "bot@") {
				t.Errorf("got %v", got.err)
			}
		})
	}
}

func TestRefusedLogin(t *testing.T) {
	for _, c := range []struct {
		answer, says string
		is           error
	}{
		{"NO [AUTHENTICATIONFAILED] Wrong password", "Wrong password", collectors.ErrUnauthorized},
		{"NO [ALERT] Too many simultaneous connections", "Too many", collectors.ErrUnavailable},
		{"NO [UNAVAILABLE] backend down", "[UNAVAILABLE]", collectors.ErrUnavailable},
		{"NO no such user bot@askahead.example", "answers NO;", collectors.ErrUnauthorized},
		{"NO the password correct-horse is wrong", "answers NO;", collectors.ErrUnauthorized},
	} {
		t.Run(c.answer, func(t *testing.T) {
			f := newFake(t, loopbackCertificates(t), 1)
			f.hook = func(k *fakeConn, tag, command, arguments string) bool {
				if command == "AUTHENTICATE" {
					k.say("%s %s", tag, c.answer)
				}
				return command == "AUTHENTICATE"
			}
			got := collect(t, f.collector(t, nil), "")
			if !errors.Is(got.err, c.is) || !strings.Contains(got.err.Error(), c.says) || strings.Contains(got.err.Error(), "bot@") || strings.Contains(got.err.Error(), testPassword) {
				t.Errorf("got %v", got.err)
			}
		})
	}
}

func FuzzStatus(f *testing.F) {
	f.Add([]byte(`{"status":"401","schemes":"bearer"}`))
	f.Add([]byte(`"status"`))
	f.Fuzz(func(t *testing.T, challenge []byte) {
		if got := statusOf(challenge); len(got) > 60 || strings.ContainsAny(got, "@\r\n\x1b") {
			t.Errorf("%q gives %q", challenge, got)
		}
	})
}
