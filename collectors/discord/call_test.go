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
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
		s.PublicKey, s.Servers = hex.EncodeToString(public), []string{server}
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
	w := c.send(body, nil)
	var said response
	if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code != 200 || said.Data == nil {
		c.t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	if said.Data.Flags != 64 || said.Data.Mentions.Parse == nil || len([]rune(said.Data.Content)) > 2000 || !strings.Contains(w.Body.String(), `"components":[`) {
		c.t.Errorf("not for the caller alone: %s", w.Body)
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

func TestCallsAreSigned(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	good, _ := json.Marshal(c.ask("42", "Who pays?"))
	for _, one := range []struct {
		name   string
		change func(*http.Request)
		code   int
	}{
		{"without a signature", func(r *http.Request) { r.Header.Del(headerSignature) }, 401},
		{"with that of another body", func(r *http.Request) {
			r.Header.Set(headerSignature, hex.EncodeToString(ed25519.Sign(c.private, []byte("other"))))
		}, 401},
		{"with another time", func(r *http.Request) { r.Header.Set(headerTime, strconv.FormatInt(c.now.Unix()+1, 10)) }, 401},
		{"that is no hexadecimal number", func(r *http.Request) { r.Header.Set(headerSignature, strings.Repeat("z", 128)) }, 401},
		{"that is too short", func(r *http.Request) { r.Header.Set(headerSignature, "00") }, 401},
		{"with GET", func(r *http.Request) { r.Method = http.MethodGet }, 405},
		{"as it should be", nil, 200},
		{"the same once more", nil, 409},
	} {
		if w := c.send(good, one.change); w.Code != one.code {
			t.Errorf("%s: %d %s", one.name, w.Code, w.Body)
		}
	}
	if c.desk.recorded != 1 {
		t.Errorf("%d were recorded", c.desk.recorded)
	}
	large := bytes.Repeat([]byte(" "), maxCall+1)
	if w := c.send(large, nil); w.Code != 413 {
		t.Errorf("a large one: %d", w.Code)
	}
}

func TestCallsAreOfNow(t *testing.T) {
	for _, off := range []time.Duration{-maxAge - time.Second, maxAge + time.Second} {
		c := newCaller(t, newFake(t), nil)
		body, _ := json.Marshal(c.ask("42", "Who pays?"))
		stamp := strconv.FormatInt(c.now.Add(off).Unix(), 10)
		w := c.send(body, func(r *http.Request) {
			r.Header.Set(headerTime, stamp)
			r.Header.Set(headerSignature, hex.EncodeToString(ed25519.Sign(c.private, append([]byte(stamp), body...))))
		})
		if w.Code != 401 || c.desk.recorded != 0 || !strings.Contains(c.log.String(), "is the clock of this machine right?") {
			t.Errorf("%v: %d, log %s", off, w.Code, &c.log)
		}
		old := c.ask("42", "Who pays?")
		old["id"] = strconv.FormatUint(idAt(c.now.Add(off)), 10)
		body, _ = json.Marshal(old)
		if w := c.send(body, nil); w.Code != 401 || c.desk.recorded != 0 {
			t.Errorf("an id of %v: %d", off, w.Code)
		}
	}
}

func TestPing(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	w := c.send([]byte(`{"id":"1","type":1,"version":1}`), nil)
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"type":1}` || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestCallsOfAnotherShape(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	for _, body := range []string{"", "{", `{"type":2}`, `{"type":2,"id":"x","member":{"user":{"id":"1"}}}`, `{"type":2,"id":"` + c.id() + `"}`, `[]`, `{"data":7}`} {
		if w := c.send([]byte(body), nil); w.Code != 400 {
			t.Errorf("%q: %d", body, w.Code)
		}
	}
	for _, call := range []object{c.from("1", object{"type": 1, "name": "dance"}), c.from("1", object{"type": 2, "name": "ask"}), c.press("1", object{"custom_id": "other"})} {
		if said := c.call(call).Data.Content; !strings.Contains(said, "does not know") {
			t.Errorf("%v: %s", call["data"], said)
		}
	}
}

func TestAsk(t *testing.T) {
	f := newFake(t)
	c := newCaller(t, f, func(s *Settings) { s.TLP = map[string]domain.TLP{text1: domain.Amber} })
	call := c.ask("42", "Who pays for the reports?", "community=civil-society")
	said := c.call(call).Data
	for _, part := range []string{"Recorded for **A panel**", "> Who pays for the reports?", "TLP:GREEN", "panelists (up to TLP:AMBER)", "Your name is not shown",
		"community Civil society", "/withdraw"} {
		if !strings.Contains(said.Content, part) {
			t.Errorf("the answer lacks %q:\n%s", part, said.Content)
		}
	}
	id := call["id"].(string)
	number, _ := parseID(text(id))
	got := c.only(t)
	if !strings.HasPrefix(got.ExternalID, "ask/"+c.desk.Asker("discord:42")+"/"+id+"/") || strings.Contains(got.ExternalID, "/42/") {
		t.Errorf("external id %s", got.ExternalID)
	}
	got.ExternalID = ""
	want := domain.Item{Type: domain.TypeDiscord, Raw: []byte("Who pays for the reports?"), Envelope: domain.Envelope{
		Canonical: "discord-ask:" + id, Author: domain.Author{ID: "discord:42", Name: "u42"}, Published: idTime(number), Asked: true, Unlabelled: domain.Amber,
		Facts: []domain.Fact{{Name: "channel", Value: "general"}, {Name: "name", Value: "u42"}, {Name: "role", Value: "Civil society"}, {Name: "declared", Value: "civil-society"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	call = c.ask("43", "Who reads them?")
	call["channel"] = object{"id": at(1), "type": 11, "parent_id": text1, "name": "Words of a person"}
	c.call(call)
	inThread := c.desk.items["discord-ask:"+call["id"].(string)]
	if inThread.Unlabelled != domain.Amber || inThread.Facts[0].Name != "name" {
		t.Errorf("in a thread: %+v", inThread)
	}
	if n := f.count("guilds/" + server + "/roles"); n != 1 {
		t.Errorf("the server's roles were asked for %d times", n)
	}
}

func TestNotShared(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	c.desk.says = collectors.Receipt{Session: "A panel", Label: domain.AmberStrict, NoName: true}
	said := c.call(c.ask("42", "Who pays?", "share=no")).Data.Content
	if !strings.Contains(said, "TLP:AMBER+STRICT") || !strings.Contains(said, "stays with the organisers") {
		t.Error(said)
	}
	if diff := cmp.Diff([]string{"TLP:AMBER+STRICT", "Chatham House Rule"}, c.only(t).Labels); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNotRecorded(t *testing.T) {
	for _, one := range []struct {
		name string
		call func(c *caller) object
		desk collectors.Outcome
		says string
	}{
		{"no question", func(c *caller) object { return c.ask("42", " ") }, "", "no question in it"},
		{"no choice", func(c *caller) object { return c.ask("42", "Who?", "share=perhaps") }, "", "share:yes"},
		{"a community of yesterday", func(c *caller) object { return c.ask("42", "Who?", "community=youth") }, "", "changed the list of communities"},
		{"another server", func(c *caller) object {
			call := c.ask("42", "Who?")
			call["guild_id"] = "100000000000000002"
			return call
		}, "", "does not take part"},
		{"a message of one's own to the bot", func(c *caller) object {
			call := c.ask("42", "Who?")
			delete(call, "guild_id")
			call["user"] = object{"id": "42"}
			delete(call, "member")
			return call
		}, "", "does not take part"},
		{"red", func(c *caller) object { return c.ask("42", "TLP:RED Who?") }, collectors.Red, "TLP:RED is never stored"},
		{"taken back", func(c *caller) object { return c.ask("42", "Who?") }, collectors.Withdrawn, "that is final"},
		{"of the event", func(c *caller) object { return c.ask("42", "Who?") }, collectors.Elsewhere, "about the event itself"},
		{"taken by no session", func(c *caller) object { return c.ask("42", "Who?") }, collectors.NotTaken, "#WS164"},
		{"nothing that is asked", func(c *caller) object { return c.ask("42", "> Who?") }, collectors.NoQuestion, "no question in it that askahead can find"},
		{"unreadable", func(c *caller) object { return c.ask("42", "Who?") }, collectors.Unreadable, "could not read it"},
	} {
		t.Run(one.name, func(t *testing.T) {
			c := newCaller(t, newFake(t), nil)
			c.desk.says.Outcome = one.desk
			said := c.call(one.call(c)).Data
			if !strings.Contains(said.Content, one.says) || !strings.Contains(said.Content, "othing was recorded") && !strings.Contains(said.Content, "Nothing was") || c.desk.recorded != 0 {
				t.Errorf("%d recorded, said %s", c.desk.recorded, said.Content)
			}
			if len(said.Rows) > 0 {
				t.Error("there is a button for nothing")
			}
		})
	}
}

func TestTheSameWordsAreRecordedOnce(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	c.call(c.ask("42", "Who pays for the reports?"))
	said := c.call(c.ask("42", " who PAYS  for the reports?")).Data
	if !strings.Contains(said.Content, "asked this before") || !strings.Contains(said.Content, "> Who pays for the reports?") || len(said.Rows) != 1 || c.desk.recorded != 1 {
		t.Errorf("%d recorded, said %s", c.desk.recorded, said.Content)
	}
	c.call(c.ask("43", "Who pays for the reports?"))
	if c.desk.recorded != 2 {
		t.Error("somebody else may ask the same")
	}
	c.call(c.press("42", object{"component_type": 2, "custom_id": said.Rows[0].Components[0].CustomID}))
	c.call(c.ask("42", "Who pays for the reports?"))
	if c.desk.recorded != 3 {
		t.Error("what was taken back may be asked anew")
	}
}

func TestTheSameCallsSideBySide(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	var bodies [][]byte
	for range 5 {
		body, _ := json.Marshal(c.ask("42", "Who pays for the reports?"))
		bodies = append(bodies, body)
	}
	var all sync.WaitGroup
	for _, body := range bodies {
		all.Go(func() { c.send(body, nil) })
	}
	all.Wait()
	if c.desk.recorded != 1 {
		t.Errorf("%d were recorded", c.desk.recorded)
	}
}

func TestAFloodIsToldToWait(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	var last string
	for n := range 200 {
		last = c.call(c.ask("42", fmt.Sprintf("Who pays for report %d?", n))).Data.Content
	}
	if c.desk.recorded != callsAtOnce || !strings.Contains(last, "Please wait 30 seconds") || !strings.Contains(last, "nothing was recorded") {
		t.Errorf("%d recorded, then: %s", c.desk.recorded, last)
	}
	c.call(c.ask("43", "May I?"))
	c.now = c.now.Add(callEvery)
	c.call(c.ask("42", "And now?"))
	c.call(c.ask("42", "And again?"))
	if c.desk.recorded != callsAtOnce+2 {
		t.Errorf("%d recorded", c.desk.recorded)
	}
}

func TestNobodyAsksWithoutEnd(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	for n := range maxHeld + 1 {
		c.now = c.now.Add(callEvery)
		said := c.call(c.ask("42", fmt.Sprintf("Who pays for report %d?", n))).Data.Content
		if n == maxHeld && !strings.Contains(said, "You have asked 50 questions") {
			t.Error(said)
		}
	}
	if c.desk.recorded != maxHeld {
		t.Errorf("%d recorded", c.desk.recorded)
	}
}

func TestVisitorsAreForgotten(t *testing.T) {
	v, now := newVisitors(), testNow()
	for n := range maxVisitors {
		v.list[text(strconv.Itoa(n))] = &visitor{calls: rate.NewLimiter(rate.Every(callEvery), callsAtOnce)}
		v.list[text(strconv.Itoa(n))].calls.AllowN(now, 1)
	}
	if _, busy := v.enter("new", now); !strings.Contains(busy, "Very many people") {
		t.Error("none too many")
	}
	one, busy := v.enter("new", now.Add(time.Hour))
	if busy != "" || len(v.list) != 1 {
		t.Fatalf("%q, %d remembered", busy, len(v.list))
	}
	one.leave()
}

func TestCallsThatWereSeenAreForgottenWhenTheyAreTooOld(t *testing.T) {
	s, now := newSeen(), testNow()
	for n := range uint64(maxSeen) {
		s.ids[n+10] = now
	}
	if s.first(1, now) {
		t.Error("more than is remembered")
	}
	if !s.first(1, now.Add(2*maxAge+time.Second)) || len(s.ids) != 1 {
		t.Errorf("%d remembered", len(s.ids))
	}
}

func TestFailuresAreToldWithoutTheirReason(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	c.desk.fails = errors.New("the disk is full")
	for _, call := range []object{c.ask("42", "Who pays?"), c.from("42", object{"type": 1, "name": "withdraw"})} {
		said := c.call(call).Data.Content
		if !strings.Contains(said, "try again in a minute") || strings.Contains(said, "disk") {
			t.Error(said)
		}
	}
	if log := c.log.String(); !strings.Contains(log, "the disk is full") || strings.Contains(log, "42") || strings.Contains(log, "pays") {
		t.Error(log)
	}
}

// sent is a call of "Send to the panel" for a message of author.
func (c *caller) sent(user, author string, change object) object {
	m := object{"id": at(1), "type": 0, "channel_id": text1, "content": "TLP:GREEN Who reads the reports?", "timestamp": "2026-03-02T00:30:00Z", "edited_timestamp": nil,
		"author": object{"id": author, "username": "u" + author}, "mentions": []any{}, "attachments": []any{}}
	maps.Copy(m, change)
	return c.from(user, object{"type": 3, "name": "Send to the panel", "target_id": at(1), "resolved": object{"messages": object{at(1): m}}})
}

func TestSend(t *testing.T) {
	f := newFake(t)
	c := newCaller(t, f, nil)
	said := c.call(c.sent("42", "42", nil)).Data
	if !strings.Contains(said.Content, "Recorded") || !strings.Contains(said.Content, "If you edit your message") || len(said.Rows) != 1 {
		t.Error(said.Content)
	}
	got := c.only(t)
	want := domain.Item{ExternalID: "sent/" + c.desk.Asker("discord:42") + "/" + text1 + "/" + at(1), Type: domain.TypeDiscord, Raw: []byte("TLP:GREEN Who reads the reports?"),
		Envelope: domain.Envelope{Canonical: "discord:" + text1 + "/" + at(1), Author: domain.Author{ID: "discord:42", Name: "u42"},
			Published: time.Date(2026, 3, 2, 0, 30, 0, 0, time.UTC),
			Facts:     []domain.Fact{{Name: "channel", Value: "general"}, {Name: "name", Value: "u42"}, {Name: "role", Value: "Civil society"}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if said := c.call(c.press("42", object{"custom_id": said.Rows[0].Components[0].CustomID})); said.Type != replyUpdate || len(c.desk.items) != 0 {
		t.Errorf("withdrawing leaves %d and says %+v", len(c.desk.items), said.Data)
	}
	if said := c.call(c.sent("42", "42", nil)).Data.Content; !strings.Contains(said, "that is final") {
		t.Error(said)
	}
}

func TestSendFromAThread(t *testing.T) {
	f := newFake(t)
	thread := f.open(forum, 1, 0)
	c := newCaller(t, f, func(s *Settings) { s.TLP = map[string]domain.TLP{forum: domain.Amber} })
	call := c.sent("42", "42", object{"channel_id": thread})
	call["channel"] = object{"id": thread, "type": 11, "parent_id": forum, "name": "Reports"}
	c.call(call)
	got := c.only(t)
	if string(got.Raw) != "Reports\n\nTLP:GREEN Who reads the reports?" || got.Subject != "Reports" || got.Unlabelled != domain.Amber || got.Facts[0].Value != "ask-the-panel" {
		t.Errorf("%+v", got)
	}
}

func TestWhatCannotBeSent(t *testing.T) {
	for _, one := range []struct {
		name string
		call func(c *caller) object
		says string
	}{
		{"somebody else's words", func(c *caller) object { return c.sent("42", "43", nil) }, "Only who wrote a message"},
		{"a forward", func(c *caller) object {
			return c.sent("42", "42", object{"content": "", "message_reference": object{"type": 1}, "message_snapshots": []object{{"message": object{"content": "Why?"}}}})
		}, "somebody else's"},
		{"what Discord wrote", func(c *caller) object { return c.sent("42", "42", object{"type": 7}) }, "no message that you wrote"},
		{"a message of another channel", func(c *caller) object {
			call := c.sent("42", "42", nil)
			call["channel"] = object{"id": text2, "type": 0}
			return call
		}, "does not read this channel"},
		{"a message of a private thread", func(c *caller) object {
			call := c.sent("42", "42", nil)
			call["channel"] = object{"id": at(0), "type": 12, "parent_id": text1}
			return call
		}, "does not read this channel"},
		{"a message that is missing", func(c *caller) object {
			return c.from("42", object{"type": 3, "name": "Send to the panel", "target_id": at(1), "resolved": object{"messages": object{}}})
		}, "cannot read this message"},
		{"one without an author", func(c *caller) object { return c.sent("42", "42", object{"author": nil}) }, "cannot read this message"},
	} {
		t.Run(one.name, func(t *testing.T) {
			c := newCaller(t, newFake(t), nil)
			if said := c.call(one.call(c)).Data; !strings.Contains(said.Content, one.says) || c.desk.recorded != 0 || len(said.Rows) > 0 {
				t.Errorf("%d recorded, said %s", c.desk.recorded, said.Content)
			}
		})
	}
}

func TestSentMessagesAreSwept(t *testing.T) {
	f := newFake(t)
	for n := range 4 {
		f.post(text1, n, object{"mentions": []any{}})
	}
	f.messages[text1][1]["edited_timestamp"] = "2026-03-05T00:00:00Z"
	f.messages[text1] = slices.Delete(f.messages[text1], 2, 3)
	edited, gone, same := "sent/p/"+text1+"/"+at(1), "sent/p/"+text1+"/"+at(2), "sent/p/"+text1+"/"+at(3)
	both := text1 + "/" + at(1) // read with a mention, which is taken away by now
	c := newCollector(t, f, nil)
	var items, lost []string
	for b, err := range c.Sweep(t.Context(), []string{edited, both, gone, same, "ask/p/" + at(1) + "/abcdefgh"}) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.Items {
			items = append(items, b.Items[i].ExternalID)
		}
		lost = append(lost, b.Gone...)
	}
	if diff := cmp.Diff([][]string{{edited}, {both, gone}}, [][]string{items, lost}); diff != "" {
		t.Error(diff)
	}
}

func TestWithdraw(t *testing.T) {
	c := newCaller(t, newFake(t), nil)
	if said := c.call(c.from("42", object{"type": 1, "name": "withdraw"})).Data; !strings.Contains(said.Content, "holds no question") || len(said.Rows) != 0 {
		t.Error(said.Content)
	}
	for n := range 30 {
		c.now = c.now.Add(callEvery)
		c.call(c.ask("42", fmt.Sprintf("Who pays for report %d? %s", n, strings.Repeat("é", 200))))
	}
	c.now = c.now.Add(callEvery)
	c.call(c.ask("43", "Whose is this?"))
	said := c.call(c.from("42", object{"type": 1, "name": "withdraw"})).Data
	list := said.Rows[0].Components[0]
	if len(list.Options) != 25 || !strings.HasPrefix(list.Options[0].Label, "Who pays for report 29? ") || !strings.Contains(said.Content, "latest 25 of 30") {
		t.Errorf("%d options, %s", len(list.Options), said.Content)
	}
	for _, o := range list.Options {
		if len([]rune(o.Label)) > 100 || len(o.Value) > 100 || strings.Contains(o.Value, c.desk.Asker("discord:42")) {
			t.Errorf("%+v", o)
		}
	}
	choice := object{"component_type": 3, "custom_id": list.CustomID, "values": []string{list.Options[0].Value}}
	if said := c.call(c.press("43", choice)).Data.Content; !strings.Contains(said, "never yours") || len(c.desk.items) != 31 {
		t.Errorf("somebody else: %s", said)
	}
	if said := c.call(c.press("42", choice)); said.Type != replyUpdate || !strings.HasPrefix(said.Data.Content, "Withdrawn") || len(c.desk.items) != 30 {
		t.Errorf("%+v", said.Data)
	}
	c.now = c.now.Add(callEvery)
	if said := c.call(c.press("42", choice)).Data.Content; !strings.Contains(said, "gone already") {
		t.Error(said)
	}
	for _, id := range []string{"withdraw", "withdraw:", "withdraw:ask/", "withdraw:ask/x/y", "withdraw:sent/1", "withdraw:../x", "other:ask/1/2"} {
		c.now = c.now.Add(callEvery)
		if said := c.call(c.press("42", object{"custom_id": id})).Data.Content; !strings.Contains(said, "does not know this button") {
			t.Errorf("%s: %s", id, said)
		}
	}
}

func FuzzCall(f *testing.F) {
	fk := &fake{channels: map[string]object{}}
	c := newCaller(f, fk, nil)
	for _, call := range []object{c.ask("42", "Who?"), c.sent("42", "42", nil), c.press("42", object{"custom_id": "withdraw:ask/1/2"}), {"type": 1}} {
		body, _ := json.Marshal(call)
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		fk.asked, c.t, c.desk = nil, t, newDesk()
		c.handler = c.receiver.Handler(c.desk)
		if w := c.send(body, nil); w.Code == 200 && !json.Valid(w.Body.Bytes()) || w.Code >= 500 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}
