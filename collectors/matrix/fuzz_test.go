package matrix

import (
	"strings"
	"testing"
)

// FuzzEvent reads what anybody may send into a room.
func FuzzEvent(f *testing.F) {
	f.Add(`{"event_id":"$a","type":"m.room.message","sender":"@a:b","origin_server_ts":1,"content":{"msgtype":"m.text","body":"x","m.relates_to":{"rel_type":"m.replace","event_id":"$b"},"m.new_content":{"body":"y"}}}`)
	f.Add(`{"event_id":"$a","type":"m.poll.start","sender":"@a:b","content":{"m.poll":{"question":{"m.text":[{"body":"?"}]},"answers":[1,{"m.text":[]}]}}}`)
	f.Add(`{"event_id":"$a","type":"m.room.message","sender":"@a:b","unsigned":{"redacted_because":{},"m.relations":{"m.replace":{"event_id":"$c"}}},"content":null}`)
	f.Add(`{"event_id":5,"origin_server_ts":1e300}`)
	v := &visit{c: &Collector{}, me: botID}
	r := &room{id: roomA}
	f.Fuzz(func(t *testing.T, raw string) {
		e := readEvent([]byte(raw))
		if e.broken != "" {
			if b := broken(r, e); b.ID == "" || b.Reason == "" {
				t.Errorf("broken without id or reason: %+v", b)
			}
			return
		}
		words, edit := v.newest(e)
		typ, text := e.text(words)
		if (typ == "") != (text == "") || edit != "" && words == nil {
			t.Errorf("type %q of %q", typ, text)
		}
		v.wants(e, words)
		words.options()
		e.parents()
		if e.published().Year() > 2201 {
			t.Errorf("published %v", e.published())
		}
		if room, id, ok := splitID(external(r, e.ID)); !strings.Contains(e.ID[1:], "/$") && len(e.ID) < 255 && (!ok || room != r.id || id != e.ID) {
			t.Errorf("the id %q comes back as %q %q %v", e.ID, room, id, ok)
		}
	})
}
