package discord

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

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
