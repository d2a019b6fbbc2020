package discord

import (
	"fmt"
	"strings"
	"testing"
)

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
