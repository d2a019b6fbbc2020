package discord

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"askahead/collectors"
	"askahead/domain"
)

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
