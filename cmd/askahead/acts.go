package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"askahead/config"
	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

// byCalendar is who did what a daemon does.
const byCalendar = "askahead run"

// operator is who acts where nobody need say so: the login name, if there is one.
func (a *app) operator(by string) string {
	name, err := a.moderator(by)
	if err != nil {
		return "unknown"
	}
	return name
}

// act records what was done in the audit log. It is called when the thing is done, and whoever asked to stop meanwhile
// does not keep it from being recorded. Session is empty where all are meant; of and detail hold ids, names from
// the configuration and figures, and nothing of a person.
func (e *env) act(ctx context.Context, session, do, of, detail string) error {
	by := e.by
	if by == "" {
		by = e.app.operator("")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	_, err := e.store.Record(ctx, store.Act{At: e.app.now().UTC(), Session: session, By: by, Do: do, Of: of, Detail: detail})
	if err != nil {
		return fmt.Errorf("%s was done, and is not in the audit log: %w", do, err)
	}
	return nil
}

// actOn records what was done to a store as a whole.
func (a *app) actOn(ctx context.Context, cfg *config.Config, key []byte, do string, c sqlstore.Contents) error {
	db, err := sqlstore.Open(ctx, storeAddress(cfg), domain.NewKeys(key), sqlstore.Options{Version: version})
	if err != nil {
		return fmt.Errorf("%s was done, and is not in the audit log: %w", do, err)
	}
	e := &env{app: a, store: db}
	detail := fmt.Sprintf("sessions=%d questions=%d editions=%d", c.Sessions, c.Questions, c.Editions)
	if !c.Made.IsZero() {
		detail += " made=" + c.Made.UTC().Format(time.RFC3339)
	}
	return errors.Join(e.act(ctx, "", do, "", detail), db.Close())
}

// actConfigured records which configuration counts from now on, if it is another one than before.
func (e *env) actConfigured(ctx context.Context) error {
	text, err := e.cfg.JSON() // without secrets
	if err != nil {
		return fmt.Errorf("read the configuration as it counts: %w", err)
	}
	sum := sha256.Sum256(text)
	detail := "sha256=" + hex.EncodeToString(sum[:8])
	last, err := e.store.Acts(ctx, store.ActQuery{Do: "configure", Newest: true, Limit: 1})
	if err != nil || len(last) == 1 && last[0].Detail == detail {
		return err
	}
	return e.act(ctx, "", "configure", "", detail)
}
