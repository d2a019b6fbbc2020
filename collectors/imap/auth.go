package imap

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"askahead/collectors"
)

// login logs in, by the way that the settings name. A server that knows the client already (PREAUTH) is not
// asked.
func (s *session) login(ctx context.Context) error {
	if s.client.State() != imap.ConnStateNotAuthenticated {
		return nil
	}
	known, err := s.c.secret(ctx)
	if err != nil {
		return err
	}
	user, secret := s.c.settings.User, known.Reveal()
	var mechanism sasl.Client
	switch s.c.settings.Auth {
	case authXOAuth2:
		mechanism = token{xoauth2{user, secret}}
	case authOAuthBearer:
		port, _ := strconv.Atoi(s.c.server.port)
		mechanism = token{sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: user, Token: secret, Host: s.c.server.host, Port: port})}
	default:
		if s.caps.Has(imap.AuthCap(sasl.Plain)) { // unlike LOGIN it takes any letter
			mechanism = sasl.NewPlainClient("", user, secret)
		}
	}
	err = s.do(ctx, smallAnswer, func() error {
		if mechanism != nil {
			return s.client.Authenticate(mechanism)
		}
		if s.caps.Has(imap.CapLoginDisabled) {
			return errNoPassword
		}
		return s.client.Login(user, secret).Wait()
	})
	if err != nil {
		return s.explainLogin(err, secret)
	}
	return s.do(ctx, smallAnswer, func() error {
		caps, err := s.client.Capability().Wait() // a server may offer more to those whom it knows
		s.caps = caps
		return err
	})
}

var errNoPassword = errors.New("the server takes no passwords")

// explainLogin says who must act: a refusal is for the operator, unless the server says that it is busy.
func (s *session) explainLogin(err error, secret string) error {
	where := "log in to " + s.c.server.addr()
	if errors.Is(err, errNoPassword) {
		return fmt.Errorf("%w: %s: it takes no passwords; make a token and set `auth: xoauth2` or `auth: oauthbearer`", collectors.ErrUnauthorized, where)
	}
	if denied, ok := errors.AsType[*deniedError](err); ok {
		return fmt.Errorf("%w: %s: the server does not take the token (%s): is it still valid, and made for reading mail?", collectors.ErrUnauthorized, where, denied.status)
	}
	refused, ok := errors.AsType[*imap.Error](err)
	if !ok {
		return s.c.unavailable(where, err)
	}
	answer := s.c.answer(refused, secret)
	if busy(refused) {
		return fmt.Errorf("%w: %s: the server answers %s", collectors.ErrUnavailable, where, answer)
	}
	hint := "are `user` and `password` right? Some servers want a password made for programs alone, or IMAP switched on in the account's settings"
	if s.c.settings.Auth != authPassword {
		hint = "is the token still valid, and made for reading mail?"
	}
	return fmt.Errorf("%w: %s: the server answers %s; %s", collectors.ErrUnauthorized, where, answer, hint)
}

// busy says whether a refusal passes by itself (response codes of RFC 5530, and what large providers say).
func busy(e *imap.Error) bool {
	switch e.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug, "THROTTLED":
		return true
	}
	text := strings.ToLower(e.Text)
	return e.Type == imap.StatusResponseTypeBye || strings.Contains(text, "too many") || strings.Contains(text, "try again")
}

// xoauth2 is the mechanism of Google and Microsoft for OAuth tokens, which came before OAUTHBEARER (RFC 7628).
// https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
type xoauth2 struct{ user, secret string }

func (x xoauth2) Start() (mechanism string, response []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.secret + "\x01\x01"), nil
}

func (x xoauth2) Next([]byte) ([]byte, error) { return nil, sasl.ErrUnexpectedServerChallenge }

// token is a mechanism that hands over a token: a challenge means that it is refused, and says why, as JSON.
type token struct{ sasl.Client }

func (token) Next(challenge []byte) ([]byte, error) {
	return nil, &deniedError{status: statusOf(challenge)}
}

// deniedError is a refused token.
type deniedError struct{ status string }

func (e *deniedError) Error() string { return "the token is refused: " + e.status }

// statusOf takes the status out of the challenge, {"status":"401",…}, and nothing else of what may stand there.
func statusOf(challenge []byte) string {
	_, rest, _ := strings.Cut(string(challenge), `"status"`)
	rest = strings.TrimLeft(rest, `: "`)
	end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') && r != '_' })
	if end <= 0 || end > 40 {
		return "without a status"
	}
	return "status " + rest[:end]
}
