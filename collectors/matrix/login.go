package matrix

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"askahead/collectors"
)

// device is what a session that was begun with a password is called. With an id of its own each login replaces
// the last one, should its end not have reached the server.
const (
	deviceID   = "ASKAHEAD"
	deviceName = "askahead"
)

// login makes sure that the server knows the bot, and learns its id.
func (v *visit) login(ctx context.Context) error {
	if err := v.enter(ctx); err != nil {
		return fmt.Errorf("log in to %s: %w", v.c.server.Host, err)
	}
	return nil
}

func (v *visit) enter(ctx context.Context) error {
	if v.token == "" {
		if err := v.passwordLogin(ctx); err != nil {
			return err
		}
	}
	var who struct {
		UserID string `json:"user_id"`
	}
	err := v.get(ctx, api("account", "whoami"), nil, &who)
	if r, ok := errors.AsType[*refusal](err); ok {
		if r.status == http.StatusNotFound {
			return fmt.Errorf("%w: homeserver: %s has no client API of Matrix", collectors.ErrSettings, v.c.server.Host)
		}
		return fmt.Errorf("%w: %w", collectors.ErrUnauthorized, r)
	}
	if err == nil && (who.UserID == "" || who.UserID[0] != '@') {
		err = errors.New("the homeserver does not tell the bot's id")
	}
	v.me = who.UserID
	return err
}

func (v *visit) passwordLogin(ctx context.Context) error {
	request := map[string]any{
		"type":       "m.login.password",
		"identifier": map[string]any{"type": "m.id.user", "user": v.c.user},
		"password":   v.c.password.Reveal(),
		"device_id":  deviceID, "initial_device_display_name": deviceName,
	}
	var session struct {
		Token string `json:"access_token"`
	}
	err := v.call(ctx, http.MethodPost, api("login"), nil, request, &session)
	switch r, ok := errors.AsType[*refusal](err); {
	case ok && r.code == codeForbidden:
		return fmt.Errorf("%w: the server takes neither this `user` nor this `password`, or lets nobody in with a password: %w", collectors.ErrUnauthorized, r)
	case ok && r.status == http.StatusNotFound:
		return fmt.Errorf("%w: homeserver: %s has no client API of Matrix", collectors.ErrSettings, v.c.server.Host)
	case ok:
		return fmt.Errorf("%w: it does not log in with a password; set a `token` instead: %w", collectors.ErrUnauthorized, r)
	case err == nil && session.Token == "":
		err = errors.New("the homeserver gives no access token")
	}
	v.token, v.loggedIn = collectors.Secret(session.Token), err == nil
	return err
}

// leave ends a session that a password began. It is tried once, also after the run was cancelled: a session
// that stays is replaced by the next one.
func (v *visit) leave(ctx context.Context) {
	if !v.loggedIn {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = v.once(ctx, http.MethodPost, api("logout"), nil, struct{}{}, new(any))
}
