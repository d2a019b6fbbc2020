package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/time/rate"

	"askahead/collectors"
	"askahead/domain"
)

// shelfDesk keeps items in memory, each as one question.
type shelfDesk struct {
	mu       sync.Mutex
	items    map[string]domain.Item // by canonical id
	gone     map[string]bool
	recorded int
	fails    error
	says     collectors.Receipt
}

func newDesk() *shelfDesk {
	return &shelfDesk{items: map[string]domain.Item{}, gone: map[string]bool{}, says: collectors.Receipt{Session: "A panel", Label: domain.Green,
		Readers: []collectors.Reader{{Edition: "panelists", Audience: domain.Amber}}}}
}

func (d *shelfDesk) Asker(author string) string {
	sum := sha256.Sum256([]byte(author))
	return hex.EncodeToString(sum[:8])
}

func (d *shelfDesk) Record(_ context.Context, item domain.Item) ([]collectors.Receipt, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails != nil {
		return nil, d.fails
	}
	r := d.says
	switch _, before := d.items[item.Canonical]; {
	case r.Outcome != "":
		return []collectors.Receipt{r}, nil
	case d.gone[item.Canonical]:
		r.Outcome = collectors.Withdrawn
	case before:
		r.Outcome, r.Questions = collectors.Before, []string{string(item.Raw)}
	default:
		r.Outcome, r.Questions = collectors.Recorded, []string{string(item.Raw)}
		d.items[item.Canonical] = item
		d.recorded++
	}
	return []collectors.Receipt{r}, nil
}

func (d *shelfDesk) Held(_ context.Context, prefix string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ids []string
	for _, item := range d.items {
		if strings.HasPrefix(item.ExternalID, prefix) {
			ids = append(ids, item.ExternalID)
		}
	}
	slices.Sort(ids)
	return ids, d.fails
}

func (d *shelfDesk) Words(_ context.Context, canonical string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if item, ok := d.items[canonical]; ok {
		return []string{string(item.Raw)}, nil
	}
	return nil, d.fails
}

func (d *shelfDesk) Withdraw(_ context.Context, external, canonical string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.items[canonical].ExternalID != external {
		return fmt.Errorf("%s is not %s", canonical, external)
	}
	delete(d.items, canonical)
	d.gone[canonical] = true
	return nil
}

// caller calls as Discord does.
type caller struct {
	t        testing.TB
	private  ed25519.PrivateKey
	receiver *Receiver
	handler  http.Handler
	desk     *shelfDesk
	now      time.Time
	calls    int
	log      bytes.Buffer
}

func newCaller(t testing.TB, f *fake, change func(*Settings)) *caller {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &caller{t: t, private: private, desk: newDesk(), now: testNow()}
	r := newReceiver(t, f, c, func(s *Settings) {
		s.PublicKey, s.Guilds = hex.EncodeToString(public), []string{server}
		if change != nil {
			change(s)
		}
	})
	c.receiver, c.handler = r, r.Handler(c.desk)
	return c
}

func newReceiver(t testing.TB, f *fake, c *caller, change func(*Settings)) *Receiver {
	t.Helper()
	s := *Kind().Settings().(*Settings)
	s.Token, s.Channels = token, []string{text1, forum}
	change(&s)
	client := &http.Client{Transport: memory{f.handler()}}
	r, err := NewReceiver(s, collectors.Deps{HTTP: client, Now: func() time.Time { return c.now }, Contact: "mailto:organiser@example.org",
		Log: slog.New(slog.NewTextHandler(&c.log, nil)), Hashtags: []string{"WS164"}, CalledAt: "https://ask.example.org/sources/a/ask",
		Communities: []collectors.Choice{{ID: "civil-society", Title: "Civil society"}, {ID: "technical", Title: "Technical community"}}})
	if err != nil {
		t.Fatal(err)
	}
	r.pace = rate.NewLimiter(rate.Inf, 0)
	return r
}

// id is that of a call made now.
func (c *caller) id() string {
	c.calls++
	return strconv.FormatUint(idAt(c.now)+uint64(c.calls), 10)
}

// send signs a body and sends it.
func (c *caller) send(body []byte, change func(*http.Request)) *httptest.ResponseRecorder {
	c.t.Helper()
	stamp := strconv.FormatInt(c.now.Unix(), 10)
	req := httptest.NewRequest(http.MethodPost, "/sources/a/ask", bytes.NewReader(body))
	req.Header.Set(headerTime, stamp)
	req.Header.Set(headerSignature, hex.EncodeToString(ed25519.Sign(c.private, append([]byte(stamp), body...))))
	if change != nil {
		change(req)
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, req)
	return w
}

// call makes a call and gives what the caller sees.
func (c *caller) call(call object) response {
	c.t.Helper()
	body, err := json.Marshal(call)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal(body, &discordgo.Interaction{}); err != nil {
		c.t.Fatalf("Discord does not call like this: %v", err)
	}
	w := c.send(body, nil)
	var said response
	if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code != 200 || said.Data == nil {
		c.t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	if said.Data.Flags != 64 || said.Data.Mentions.Parse == nil || len([]rune(said.Data.Content)) > 2000 || !strings.Contains(w.Body.String(), `"components":[`) {
		c.t.Errorf("not for the caller alone: %s", w.Body)
	}
	rows, err := json.Marshal(object{"components": said.Data.Rows})
	var shown discordgo.Message
	if err := errors.Join(err, json.Unmarshal(rows, &shown)); err != nil || len(shown.Components) != len(said.Data.Rows) {
		c.t.Errorf("components that Discord does not know: %v", err)
	}
	return said
}

func (c *caller) from(user string, data object) object {
	return object{"id": c.id(), "application_id": "1", "type": 2, "guild_id": server, "token": "unused",
		"channel": object{"id": text1, "type": 0, "name": "general"}, "data": data,
		"member": object{"nick": nil, "roles": []string{"32"}, "user": object{"id": user, "username": "u" + user}}}
}

func (c *caller) ask(user, question string, more ...string) object {
	options := []object{{"name": "question", "type": 3, "value": question}}
	share := "yes"
	for _, m := range more {
		if name, value, ok := strings.Cut(m, "="); ok && name == "share" {
			share = value
		} else if ok {
			options = append(options, object{"name": name, "type": 3, "value": value})
		}
	}
	return c.from(user, object{"type": 1, "name": "ask", "options": append(options, object{"name": "share", "type": 3, "value": share})})
}

// press uses a button or a choice of what was said before.
func (c *caller) press(user string, data object) object {
	call := c.from(user, data)
	call["type"] = 3
	return call
}

func (c *caller) only(t *testing.T) domain.Item {
	t.Helper()
	for _, item := range c.desk.items {
		if len(c.desk.items) == 1 {
			return item
		}
	}
	t.Fatalf("%d items were recorded", len(c.desk.items))
	return domain.Item{}
}
