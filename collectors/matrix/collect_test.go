package matrix

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

func TestMessages(t *testing.T) {
	pill := object{"format": "org.matrix.custom.html", "formatted_body": `<a href="https://matrix.to/#/%40askahead%3Aexample.org">bot</a> who pays?`}
	for _, c := range []struct {
		name      string
		content   object // beside msgtype and body
		body      string
		typ, text string // empty: not taken
		mentions  bool
		options   string
	}{
		{"plain text", nil, "Who pays?", domain.TypeChat, "Who pays?", false, ""},
		{"what the clients show, where it has mark-up", object{"format": "org.matrix.custom.html", "formatted_body": "<b>Who</b> pays?"}, "Who pays?", domain.TypeHTML, "<b>Who</b> pays?", false, ""},
		{"mark-up of an unknown kind as its plain text", object{"format": "x", "formatted_body": "?"}, "Who pays?", domain.TypeChat, "Who pays?", false, ""},
		{"an action", object{"msgtype": "m.emote"}, "wonders who pays?", domain.TypeChat, "wonders who pays?", false, ""},
		{"a caption", object{"msgtype": "m.image", "filename": "a.png"}, "Who drew this?", domain.TypeChat, "Who drew this?", false, ""},
		{"no name of a file", object{"msgtype": "m.file"}, "who-pays?.pdf", "", "", false, ""},
		{"no notice of a bot", object{"msgtype": "m.notice"}, "Who pays?", "", "", false, ""},
		{"nothing of an unknown kind", object{"msgtype": "org.example.dance"}, "Who pays?", "", "", false, ""},
		{"nothing where a number is the text", object{"body": 5}, "", "", "", false, ""},
		{"a mention", object{"m.mentions": object{"user_ids": []string{ben, botID}}}, "bot, who?", domain.TypeChat, "bot, who?", true, ""},
		{"no mention where the client says so", object{"m.mentions": object{}}, "askahead: who?", domain.TypeChat, "askahead: who?", false, ""},
		{"a mention of a shape that nobody expects as none", object{"m.mentions": "all"}, "askahead: who?", domain.TypeChat, "askahead: who?", false, ""},
		{"a link to the bot as a mention", pill, "bot who pays?", domain.TypeHTML, pill["formatted_body"].(string), true, ""},
		{"the bot's id as a mention", nil, "Dear " + botID + ", who?", domain.TypeChat, "Dear " + botID + ", who?", true, ""},
		{"the bot's name as a mention", nil, "Askahead: who?", domain.TypeChat, "Askahead: who?", true, ""},
		{"a word like the bot's name as none", nil, "We should askahead.", domain.TypeChat, "We should askahead.", false, ""},
	} {
		t.Run("gives "+c.name, func(t *testing.T) {
			f := newFake(t)
			f.rooms[roomA] = []object{say(1, ada, c.body, c.content)}
			checkOne(t, f, c.typ, c.text, c.options, c.mentions)
		})
	}
	polls := map[string]object{
		typeOldPoll: {"org.matrix.msc3381.poll.start": object{"question": object{"org.matrix.msc1767.text": "Which log?"},
			"answers": []object{{"id": "1", "org.matrix.msc1767.text": "DNS"}, {"id": "2", "org.matrix.msc1767.text": "mail"}}}},
		typePoll: {"m.poll": object{"question": object{"m.text": []object{{"mimetype": "text/html", "body": "<i>"}, {"body": "Which log?"}}},
			"answers": []any{object{"m.id": "1", "m.text": []object{{"body": "DNS"}}}, 5, object{"m.id": "2", "m.text": []object{{"body": "mail"}}}}}},
	}
	for typ, content := range polls {
		t.Run("gives the question of a poll, "+typ, func(t *testing.T) {
			f := newFake(t)
			e := say(1, ada, "", nil)
			e["type"], e["content"] = typ, content
			f.rooms[roomA] = []object{e}
			checkOne(t, f, domain.TypeChat, "Which log?", "DNS / mail", false)
		})
	}
}

// checkOne reads the only message of f, with all messages and with mentions.
func checkOne(t *testing.T, f *fake, typ, text, options string, mentions bool) {
	t.Helper()
	b, err := all(t, newCollector(t, f, nil), "")
	if err != nil || len(b.Broken)+len(b.Gone) > 0 || (len(b.Items) == 1) != (typ != "") {
		t.Fatalf("got %d items, %d broken, %v", len(b.Items), len(b.Broken), err)
	}
	if typ != "" {
		if got := b.Items[0]; got.Type != typ || string(got.Raw) != text || got.Context != options {
			t.Errorf("got %s %q %q", got.Type, got.Raw, got.Context)
		}
	}
	b, err = all(t, newCollector(t, f, func(s *Settings) { s.Messages = onlyMentions }), "")
	if err != nil || (len(b.Items) == 1) != mentions {
		t.Errorf("with mentions alone: %d items, %v", len(b.Items), err)
	}
}

func TestEvidence(t *testing.T) {
	f := newFake(t)
	f.rooms[roomA] = []object{
		say(1, ada, "Who pays?", nil),
		say(2, ben, "And who decides?", object{"m.mentions": object{"user_ids": []string{ada}}, "m.relates_to": object{"rel_type": relThread, "event_id": eventID(1),
			"is_falling_back": true, "m.in_reply_to": object{"event_id": eventID(7)}}}),
		say(3, ada, "Both?", object{"m.relates_to": object{"rel_type": relThread, "event_id": eventID(1), "m.in_reply_to": object{"event_id": eventID(2)}}}),
		say(4, ben, "Yes?", object{"m.relates_to": object{"m.in_reply_to": object{"event_id": eventID(3)}}}),
	}
	b, err := all(t, newCollector(t, f, func(s *Settings) { s.Rooms = []string{alias} }), "")
	if err != nil || len(b.Items) != 4 {
		t.Fatalf("got %d items, %v", len(b.Items), err)
	}
	t.Run("is the room, the home server, the shown name and the role", func(t *testing.T) {
		want := []domain.Fact{{Name: domain.FactChannel, Value: alias}, {Name: domain.FactChannel, Value: "Questions"},
			{Name: domain.FactInstance, Value: "csirt.example"}, {Name: domain.FactName, Value: "Ada Example"}, {Name: domain.FactRole, Value: "admin"}}
		if !slices.Equal(b.Items[0].Facts, want) {
			t.Errorf("got %v", b.Items[0].Facts)
		}
		if !slices.Contains(b.Items[1].Facts, domain.Fact{Name: domain.FactRole, Value: "moderator"}) {
			t.Errorf("got %v", b.Items[1].Facts)
		}
	})
	t.Run("names what a message answers, the nearest last", func(t *testing.T) {
		for i, want := range [][]string{nil, {"matrix:" + eventID(1)}, {"matrix:" + eventID(1), "matrix:" + eventID(2)}, {"matrix:" + eventID(3)}} {
			if !slices.Equal(b.Items[i].Parents, want) {
				t.Errorf("message %d: %q", i+1, b.Items[i].Parents)
			}
		}
	})
	t.Run("is the same for who is asked for by name", func(t *testing.T) {
		f.lazy = false
		again, err := all(t, newCollector(t, f, func(s *Settings) { s.Rooms = []string{alias} }), "")
		if err != nil || !slices.Equal(again.Items[0].Facts, b.Items[0].Facts) {
			t.Errorf("got %v, %v", again.Items[0].Facts, err)
		}
	})
	t.Run("names a link only where anybody can follow it", func(t *testing.T) {
		if b.Items[0].URL != "" || b.Items[0].Public {
			t.Errorf("a room of members has the link %q", b.Items[0].URL)
		}
		f.state[roomA+"|m.room.history_visibility|"] = object{"history_visibility": "world_readable"}
		open, err := all(t, newCollector(t, f, nil), "")
		if want := "https://matrix.to/#/%21first:example.org/$event000001?via=example.org"; err != nil || !open.Items[0].Public || open.Items[0].URL != want {
			t.Errorf("got %q, %v", open.Items[0].URL, err)
		}
	})
}

func TestEdits(t *testing.T) {
	for _, bundle := range []bool{true, false} {
		t.Run(fmt.Sprintf("give their message again, with the edit beside it: %v", bundle), func(t *testing.T) {
			f := newFake(t)
			f.bundle = bundle
			for n := range 25 {
				f.say(n, ada, fmt.Sprintf("Question %d?", n))
			}
			c := newCollector(t, f, nil)
			first, err := all(t, c, "")
			if err != nil || len(first.Items) != 25 {
				t.Fatalf("got %d items, %v", len(first.Items), err)
			}
			f.rooms[roomA] = append(f.rooms[roomA], editOf(30, 3, ada, "First?"), editOf(31, 3, ada, "Better?"), editOf(32, 4, ben, "not ben's?"), editOf(33, 31, ada, "edited edit?"))
			b, err := all(t, c, first.Next)
			if err != nil || len(b.Items) != 1 || string(b.Items[0].Raw) != "Better?" || !b.Items[0].Edited || b.Items[0].ExternalID != roomA+"/"+eventID(3) || !b.Items[0].Published.Equal(first.Items[3].Published) {
				t.Errorf("got %+v, %v", b.Items, err)
			}
			if b, err = all(t, c, ""); err != nil || bundle && len(b.Items) != 25 || string(b.Items[3].Raw) != map[bool]string{true: "Better?", false: "Question 3?"}[bundle] {
				t.Errorf("read anew it is %q, %v", b.Items[3].Raw, err)
			}
			if last := b.Items[len(b.Items)-1]; !bundle && string(last.Raw) != "Better?" {
				t.Errorf("the last is %q", last.Raw)
			}
		})
	}
	t.Run("that take the mention away take the message away", func(t *testing.T) {
		f := newFake(t)
		f.say(1, ada, "askahead: who pays?")
		c := newCollector(t, f, func(s *Settings) { s.Messages = onlyMentions })
		first, err := all(t, c, "")
		if err != nil || len(first.Items) != 1 {
			t.Fatal(err)
		}
		f.rooms[roomA] = append(f.rooms[roomA], editOf(2, 1, ada, "Never mind"))
		if b, err := all(t, c, first.Next); err != nil || !slices.Equal(b.Gone, ids(roomA, 1, 2)) || len(b.Items) > 0 {
			t.Errorf("got %+v, %v", b, err)
		}
	})
	t.Run("that bring the mention bring the message", func(t *testing.T) {
		f := newFake(t)
		f.rooms[roomA] = []object{say(1, ada, "who pays?", nil), editOf(2, 1, ada, "askahead: who pays?")}
		b, err := all(t, newCollector(t, f, func(s *Settings) { s.Messages = onlyMentions }), "")
		if err != nil || len(b.Items) != 1 || string(b.Items[0].Raw) != "askahead: who pays?" {
			t.Errorf("got %+v, %v", b, err)
		}
	})
	for _, v11 := range []bool{false, true} {
		t.Run(fmt.Sprintf("a redaction makes a message gone, in a room of version 11: %v", v11), func(t *testing.T) {
			f := newFake(t)
			e := redactionOf(2, 1)
			if v11 {
				delete(e, "redacts")
				e["content"] = object{"redacts": eventID(1)}
			}
			f.rooms[roomA] = []object{say(1, ada, "Who?", nil), e}
			if b, err := all(t, newCollector(t, f, nil), ""); err != nil || !slices.Equal(b.Gone, ids(roomA, 1, 2)) || len(b.Items) > 0 {
				t.Errorf("got %+v, %v", b, err)
			}
		})
	}
	t.Run("are asked for by the sweep where the server does not add them", func(t *testing.T) {
		f := newFake(t)
		f.bundle = false
		f.rooms[roomA] = []object{say(1, ada, "Who?", nil), say(2, ada, "What?", nil), editOf(3, 1, ada, "Whoever?"), editOf(4, 1, ada, "Who then?")}
		for b, err := range newCollector(t, f, nil).Sweep(t.Context(), ids(roomA, 1, 3)) {
			if err != nil || len(b.Items) != 1 || string(b.Items[0].Raw) != "Who then?" || len(b.Gone) > 0 {
				t.Errorf("got %+v, %v", b, err)
			}
		}
	})
}

func TestHistory(t *testing.T) {
	t.Run("takes one request where nothing is new, and two for each page of a backlog", func(t *testing.T) {
		f := newFake(t)
		for n := range 2000 {
			f.say(n, ada, "Who?")
		}
		c := newCollector(t, f, func(s *Settings) { s.Limit = 100 })
		b, err := all(t, c, "")
		if err != nil || !slices.Equal(idsOf(b), ids(roomA, 0, 2000)) {
			t.Fatalf("got %d items, %v", len(b.Items), err)
		}
		if n := pages(f); n > 2*20+1 {
			t.Errorf("%d pages were asked for", n)
		}
		f.asked = nil
		if _, err := all(t, c, b.Next); err != nil || pages(f) != 1 || len(f.asked) > 4 {
			t.Errorf("nothing new: %q, %v", f.asked, err)
		}
	})
	t.Run("goes on behind events that were removed from the server", func(t *testing.T) {
		f := newFake(t)
		for n := range 50 {
			f.say(n, ada, "Who?")
		}
		c := newCollector(t, f, nil)
		b, err := all(t, c, "")
		if err != nil {
			t.Fatal(err)
		}
		f.rooms[roomA] = f.rooms[roomA][48:] // of the five that are known, two are left
		f.say(50, ada, "Who?")
		if b, err = all(t, c, b.Next); err != nil || !slices.Equal(idsOf(b), ids(roomA, 50, 51)) {
			t.Errorf("got %q, %v", idsOf(b), err)
		}
	})
	t.Run("reads a room that lost all that was known anew", func(t *testing.T) {
		f := newFake(t)
		f.say(1, ada, "Who?")
		c := newCollector(t, f, nil)
		b, err := all(t, c, "")
		if err != nil {
			t.Fatal(err)
		}
		f.rooms[roomA] = []object{say(2, ada, "Who?", nil), say(3, ada, "Who?", nil)}
		if b, err = all(t, c, b.Next); err != nil || !slices.Equal(idsOf(b), ids(roomA, 2, 4)) {
			t.Errorf("got %q, %v", idsOf(b), err)
		}
	})
	t.Run("stops at what is known, when some of it was removed", func(t *testing.T) {
		f := newFake(t)
		for n := range 300 {
			f.say(n, ada, "Who?")
		}
		c := newCollector(t, f, nil)
		b, err := all(t, c, "")
		if err != nil {
			t.Fatal(err)
		}
		f.rooms[roomA] = append(slices.Delete(f.rooms[roomA], 295, 296), say(300, ada, "Who?", nil))
		f.asked = nil
		if b, err = all(t, c, b.Next); err != nil || !slices.Equal(idsOf(b), ids(roomA, 300, 301)) || pages(f) > 3 {
			t.Errorf("got %q from %d pages, %v", idsOf(b), pages(f), err)
		}
	})
	t.Run("is not walked over when it is older than what it was rewound to", func(t *testing.T) {
		f := newFake(t)
		for n := range 300 {
			f.say(n, ada, "Who?")
		}
		c := newCollector(t, f, nil)
		since, err := c.Rewind(t.Context(), began.Add(285*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if b, err := all(t, c, since); err != nil || !slices.Equal(idsOf(b), ids(roomA, 285, 300)) || pages(f) > 5 {
			t.Errorf("got %q from %d pages, %v", idsOf(b), pages(f), err)
		}
	})
	t.Run("loses and repeats nothing when events come between while it is read", func(t *testing.T) {
		f := newFake(t)
		for n := range 100 {
			f.say(n, ada, "Who?")
		}
		c := newCollector(t, f, nil)
		first, err := all(t, c, "")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 12 {
			f.say(100+n, ada, "Who?")
		}
		asked := 0
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.FormValue("dir") != "b" {
				return false
			}
			if asked++; asked == 3 { // the walk is over; a server that was away brings what was said then
				var late []object
				for n := range 11 {
					late = append(late, say(200+n, ben, "Late?", nil))
				}
				f.rooms[roomA] = slices.Insert(f.rooms[roomA], 106, late...)
			}
			return false
		}
		b, err := all(t, c, first.Next)
		want := slices.Concat(ids(roomA, 100, 106), ids(roomA, 200, 211), ids(roomA, 106, 112))
		if err != nil || !slices.Equal(idsOf(b), want) {
			t.Errorf("got %q, %v", idsOf(b), err)
		}
	})
	t.Run("ends at a server that gives the same page for ever", func(t *testing.T) {
		f := newFake(t)
		n := 0
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.FormValue("dir") == "b" {
				n++
				reply(w, 200, object{"chunk": []object{say(1, ada, "Who?", nil), say(0, ada, "Who?", nil)}, "end": fmt.Sprint(n)})
			}
			return r.FormValue("dir") == "b"
		}
		if _, err := all(t, newCollector(t, f, nil), ""); err == nil || !strings.Contains(err.Error(), "the same page again") || n > 2 {
			t.Errorf("after %d pages: %v", n, err)
		}
	})
	t.Run("ends at a server that gives empty pages for ever", func(t *testing.T) {
		f := newFake(t)
		n := 0
		f.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.FormValue("dir") == "b" {
				n++
				reply(w, 200, object{"chunk": []object{}, "end": fmt.Sprint(n)})
			}
			return r.FormValue("dir") == "b"
		}
		if b, err := all(t, newCollector(t, f, nil), ""); err != nil || len(b.Items) > 0 || n > maxEmpty+2 {
			t.Errorf("after %d pages: %v", n, err)
		}
	})
	t.Run("is read of the other rooms when one is closed", func(t *testing.T) {
		f := newFake(t)
		f.rooms[roomB] = []object{say(1, ada, "Who?", nil)}
		c := newCollector(t, f, func(s *Settings) { s.Rooms = []string{"#lost:example.org", "!away:example.org", roomB} })
		b, err := all(t, c, "")
		if !slices.Equal(idsOf(b), ids(roomB, 1, 2)) || !errors.Is(err, collectors.ErrSettings) || !errors.Is(err, collectors.ErrUnauthorized) ||
			!strings.Contains(err.Error(), "#lost:example.org leads to no room") || !strings.Contains(err.Error(), "the bot is not in !away:example.org") {
			t.Errorf("got %q, %v", idsOf(b), err)
		}
		if again, err := all(t, c, b.Next); err == nil || len(again.Items) > 0 {
			t.Errorf("again: %q, %v", idsOf(again), err)
		}
	})
	t.Run("of an encrypted room is reported as unreadable, and what was said before is read", func(t *testing.T) {
		f := newFake(t)
		f.state[roomA+"|m.room.encryption|"] = object{"algorithm": "m.megolm.v1.aes-sha2"}
		e := say(2, ada, "", nil)
		e["type"], e["content"] = typeEncrypted, object{"ciphertext": "…"}
		f.rooms[roomA] = []object{say(1, ada, "Who?", nil), e}
		b, err := all(t, newCollector(t, f, nil), "")
		if len(b.Items) != 1 || !errors.Is(err, collectors.ErrSettings) || !strings.Contains(err.Error(), "is encrypted") {
			t.Errorf("got %d items, %v", len(b.Items), err)
		}
	})
}

func pages(f *fake) int {
	n := 0
	for _, a := range f.asked {
		if strings.Contains(a, "/messages?") {
			n++
		}
	}
	return n
}
