package discord

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
)

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
