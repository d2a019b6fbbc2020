package bluesky

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// session is what a login gave. The access token is good for some hours, the refresh token for some weeks.
type session struct {
	access, refresh collectors.Secret
	handle          string
	server          *url.URL // that keeps the account, and is asked for everything
}

// login makes a session with the account's password.
func (v *visit) login(ctx context.Context) error {
	body := map[string]string{"identifier": v.c.account, "password": v.c.password.Reveal()}
	var got wireSession
	err := guesthttp.PostJSON(ctx, v.c.client, endpoint(v.c.service, "com.atproto.server.createSession", nil), nil, body, v.c.now(), &got)
	if err != nil {
		return explainLogin(err, v.c.service.Host)
	}
	return v.begin(got, v.c.service)
}

// renew makes the session good again: by its refresh token, and where that is no longer good either, by the password.
func (v *visit) renew(ctx context.Context) error {
	server := v.session.server
	header := http.Header{"Authorization": {"Bearer " + v.session.refresh.Reveal()}}
	var got wireSession
	err := guesthttp.PostJSON(ctx, v.c.client, endpoint(server, "com.atproto.server.refreshSession", nil), header, nil, v.c.now(), &got)
	switch {
	case refused(err):
		v.session = nil
		return v.login(ctx)
	case err != nil:
		return err
	}
	return v.begin(got, server)
}

// begin takes the answer of a login; asked is the server that gave it.
func (v *visit) begin(got wireSession, asked *url.URL) error {
	if got.Active != nil && !*got.Active {
		return fmt.Errorf("%w: %s", collectors.ErrUnauthorized, accountState(got.Status))
	}
	if got.AccessJwt == "" || got.RefreshJwt == "" {
		return fmt.Errorf("%w: %s does not answer as a server of this network does; is it the right `service`?", collectors.ErrSettings, asked.Host)
	}
	s := &session{access: collectors.Secret(got.AccessJwt), refresh: collectors.Secret(got.RefreshJwt), handle: got.Handle, server: asked}
	if home := accountServer(got.DIDDoc); home != nil {
		s.server = home
	}
	v.session = s
	return nil
}

// accountServer is the server that a DID document names as the one that keeps the account; nil if it names none that
// a token may be sent to. That it is not an address of the local network is seen to by the HTTP client.
func accountServer(doc json.RawMessage) *url.URL {
	var d wireDIDDoc
	if json.Unmarshal(doc, &d) != nil {
		return nil
	}
	for _, service := range d.Service {
		var address string
		if service.Type != "AtprotoPersonalDataServer" || !strings.HasSuffix(service.ID, "#atproto_pds") || json.Unmarshal(service.Endpoint, &address) != nil {
			continue
		}
		if u, err := serviceURL(address); err == nil && u.Scheme == "https" {
			return u
		}
	}
	return nil
}

// explainLogin says what to do about a refused login.
func explainLogin(err error, host string) error {
	refusal, ok := errors.AsType[*guesthttp.StatusError](err)
	if !ok {
		return err
	}
	switch {
	case refusal.Message == "AuthFactorTokenRequired":
		return fmt.Errorf("%w: %s asks for a code beside the password, as it does for the main password of an account: make an app password in its settings (Privacy and security, App passwords), and set that as `password`",
			collectors.ErrUnauthorized, host)
	case refusal.Message == "AccountTakedown":
		return fmt.Errorf("%w: %s", collectors.ErrUnauthorized, accountState("takendown"))
	case refusal.Code == http.StatusUnauthorized, refusal.Code == http.StatusBadRequest:
		return fmt.Errorf("%w: %s does not know this account with this password: is `account` its whole handle, and `password` an app password that was not deleted since?",
			collectors.ErrUnauthorized, host)
	case refusal.Code == http.StatusFound, refusal.Code == http.StatusSeeOther, refusal.Code == http.StatusTemporaryRedirect:
		return fmt.Errorf("%w: %s sends those who log in elsewhere for now, where no password is sent", collectors.ErrUnavailable, host)
	case refusal.Code == http.StatusNotFound, refusal.Code >= 300 && refusal.Code < 400, refusal.Code == http.StatusNotImplemented, refusal.Code == http.StatusMethodNotAllowed:
		return fmt.Errorf("%w: service: %s takes no logins of the AT Protocol: %w", collectors.ErrSettings, host, err)
	}
	return err
}

// accountState says what to do about an account that is not active.
func accountState(status string) string {
	switch status {
	case "takendown", "suspended":
		return "the service has closed the account that searches: the mail that it sent about that says why; write to its moderators, or make another account"
	case "deactivated":
		return "the account that searches is deactivated: log in to it once in a browser and reactivate it, or make another one"
	}
	return "the account that searches is not active: log in to it in a browser and see why"
}

// mainPassword says whether the session was made with the main password of the account, as far as its token tells:
// the scope in it is not for us to rely on, but good enough for advice.
func (s *session) mainPassword() bool {
	_, rest, _ := strings.Cut(s.access.Reveal(), ".")
	claims, _, _ := strings.Cut(rest, ".")
	text, err := base64.RawURLEncoding.DecodeString(claims)
	var said struct {
		Scope string `json:"scope"`
	}
	return err == nil && json.Unmarshal(text, &said) == nil && said.Scope == "com.atproto.access"
}
