package requests

import (
	"bufio"
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	"askahead/domain"
	"askahead/store"
)

// Mailbox takes the mails that are for askahead itself, and no question to a panel.
type Mailbox struct {
	Address string // that people write to
	Store   store.Requests
	Keys    domain.Keys
	Now     func() time.Time
}

// words are what people ask by, in capitals or not, alone in a line or at its beginning.
func words() map[string]store.RequestVerb {
	return map[string]store.RequestVerb{
		"forget": store.AskForget, "forget me": store.AskForget, "erase": store.AskForget, "delete my data": store.AskForget,
		"oublier": store.AskForget, "effacer": store.AskForget, "olvidar": store.AskForget, "borrar": store.AskForget,
		"esquecer": store.AskForget, "vergessen": store.AskForget, "löschen": store.AskForget, "забыть": store.AskForget, "удалить": store.AskForget,
		"忘记": store.AskForget, "删除": store.AskForget, "انسني": store.AskForget, "حذف": store.AskForget,
		"access": store.AskAccess, "accès": store.AskAccess, "acceso": store.AskAccess, "acesso": store.AskAccess, "auskunft": store.AskAccess,
		"доступ": store.AskAccess, "访问": store.AskAccess, "وصول": store.AskAccess,
	}
}

// replyMarks are what mail programs put before the subject of an answer.
var replyMarks = regexp.MustCompile(`^(?i:(?:re|aw|sv|antw|rif|odp|r|回复|رد)\s*(?:\[\d+\])?\s*[:：]\s*)+`)

// verb reads a line that asks for something; empty if it does not.
func verb(line string) store.RequestVerb {
	line = strings.ToLower(strings.Trim(replyMarks.ReplaceAllString(strings.TrimSpace(line), ""), " \t.!\"'"))
	return words()[line]
}

// tokenForm is how a confirmation names its request: the request's id, and a seal that nobody else can make.
var tokenForm = regexp.MustCompile(`\[([a-z0-9]{16})-([0-9a-f]{32})\]`)

// token names a request in the mail that asks whether it is really wanted.
func token(keys domain.Keys, r *store.Request) string {
	return "[" + r.ID + "-" + seal(keys, r) + "]"
}

func seal(keys domain.Keys, r *store.Request) string {
	return keys.Link("request", "", r.ID, string(r.Verb), r.Asker)[:32]
}

// Mine says whether a mail is for askahead itself: it is addressed to it, and says by its subject or the first line of
// its author's words what is wanted, or answers a confirmation.
func (m *Mailbox) Mine(r *domain.Reading) bool {
	to := false
	for _, address := range r.Recipients {
		to = to || strings.EqualFold(address, m.Address)
	}
	return to && (m.wanted(r) != "" || tokenForm.MatchString(r.Subject))
}

func (m *Mailbox) wanted(r *domain.Reading) store.RequestVerb {
	if v := verb(r.Subject); v != "" {
		return v
	}
	for line := range strings.Lines(r.Own) {
		if strings.TrimSpace(line) != "" {
			return verb(line)
		}
	}
	return ""
}

// How long requests wait, and how many of them are heard.
const (
	waits   = 7 * 24 * time.Hour  // for the confirmation
	remains = 30 * 24 * time.Hour // the row, so that what comes again is known
	perDay  = 3                   // of one address
)

// Take notes what a mail asks. It does nothing that the same mail would not do again: it may come twice. What a
// program sent, or what went over a list, is not heard: RFC 3834.
func (m *Mailbox) Take(ctx context.Context, raw []byte, r *domain.Reading) error {
	address, ok := sender(raw, r)
	if !ok {
		return nil
	}
	asker := m.Keys.Asker(address)
	if found := tokenForm.FindStringSubmatch(r.Subject); found != nil {
		return m.confirm(ctx, found[1], found[2], asker)
	}
	now := m.Now().UTC()
	n, err := m.Store.CountRequests(ctx, asker, now.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	q := store.Request{ID: m.Keys.Item(r.Canonical), Verb: m.wanted(r), State: store.RequestNew, Asker: asker, Came: now, Expires: now.Add(remains)}
	if n >= perDay {
		q.State = store.RequestRefused
	} else {
		q.Sealed = m.Keys.Seal(store.RequestPlace(q.ID), address)
	}
	return m.Store.SaveRequest(ctx, q)
}

// confirm goes on with a request whose confirmation comes from the address that asked.
func (m *Mailbox) confirm(ctx context.Context, id, proof, asker string) error {
	q, err := m.Store.Request(ctx, id)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return nil
	case err != nil:
		return err
	case q.Asker != asker, q.State != store.RequestAsked, !m.Now().Before(q.Expires):
		return nil
	case subtle.ConstantTimeCompare([]byte(seal(m.Keys, &q)), []byte(proof)) != 1:
		return nil
	}
	q.State, q.Expires = store.RequestConfirmed, m.Now().UTC().Add(remains)
	err = m.Store.ChangeRequest(ctx, q, store.RequestAsked)
	if errors.Is(err, domain.ErrConflict) {
		return nil // it was confirmed before
	}
	return err
}

// maxHeader is how much of a mail's header is looked at.
const maxHeader = 256 << 10

// sender gives the address that a person wrote from; false for what a program or a list sent.
func sender(raw []byte, r *domain.Reading) (string, bool) {
	// Without its body, which may be of any size.
	head, err := textproto.NewReader(bufio.NewReader(io.LimitReader(bytes.NewReader(raw), maxHeader))).ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) || len(head) == 0 {
		return "", false
	}
	if auto := strings.ToLower(head.Get("Auto-Submitted")); auto != "" && auto != "no" {
		return "", false
	}
	switch strings.ToLower(head.Get("Precedence")) {
	case "bulk", "list", "junk", "auto_reply":
		return "", false
	}
	for _, of := range []string{"List-Id", "List-Post", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Loop", "Feedback-Id"} {
		if head.Get(of) != "" {
			return "", false
		}
	}
	if strings.TrimSpace(head.Get("Return-Path")) == "<>" || len(head["From"]) != 1 {
		return "", false
	}
	a, err := mail.ParseAddress(r.Author.ID)
	if err != nil || strings.Contains(r.Author.ID, " ") {
		return "", false
	}
	local, _, _ := strings.Cut(strings.ToLower(a.Address), "@")
	switch local {
	case "mailer-daemon", "postmaster", "no-reply", "noreply", "listserv", "majordomo":
		return "", false
	}
	return a.Address, true
}
