package matrix

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// growing is a server with two rooms whose messages interleave, with what is not taken in between.
func growing(t *testing.T) (f *fake, want, broken []string) {
	f = newFake(t)
	f.overlap, f.noEnd = true, true
	add := func(room string, e object) { f.rooms[room] = append(f.rooms[room], e) }
	for n := range 120 {
		room := []string{roomA, roomB}[n/7%2]
		e := say(n, []string{ada, ben}[n%2], "Who reads the logs?", nil)
		switch n {
		case 30:
			e["content"] = "no object"
			broken = append(broken, room+"/"+eventID(n))
		case 31:
			e["origin_server_ts"] = "yesterday"
			broken = append(broken, room+"/"+eventID(n))
		case 40:
			e["content"].(object)["msgtype"] = "m.notice"
		case 41:
			e["type"] = "m.reaction"
		case 42:
			e["sender"] = botID
		case 43:
			e["content"], e["unsigned"] = object{}, object{"redacted_because": object{}}
		case 44:
			e["state_key"] = ""
		default:
			want = append(want, room+"/"+eventID(n))
		}
		add(room, e)
	}
	return f, want, broken
}

func TestConformance(t *testing.T) {
	f, want, broken := growing(t)
	both := func(s *Settings) { s.Rooms = []string{alias, roomB} }
	empty := newFake(t)
	failing, _, _ := growing(t)
	pages := 0
	failing.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if r.FormValue("dir") == "b" {
			pages++
		}
		if pages > 18 {
			refuse(w, 500, "M_UNKNOWN")
		}
		return pages > 18
	}
	collectortest.Run(t, collectortest.Fixture{
		New:    func(t *testing.T) collectors.Collector { return newCollector(t, f, both) },
		Want:   want,
		Broken: broken,
		Empty:  func(t *testing.T) collectors.Collector { return newCollector(t, empty, both) },
		Failing: func(t *testing.T) collectors.Collector {
			pages = 0
			return newCollector(t, failing, both)
		},
		Is: collectors.ErrUnavailable,
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			now, _, _ := growing(t)
			first := now.rooms[roomA]
			first[1]["unsigned"] = object{"redacted_because": object{"type": typeRedaction}}
			first[2]["content"] = object{}
			now.rooms[roomA] = append(slices.Delete(first, 3, 4), editOf(200, 4, ada, "Who writes the logs?"), editOf(201, 5, ada, "not hers"))
			return newCollector(t, now, both), ids(roomA, 4, 5), ids(roomA, 1, 4)
		},
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			now, _, broken := growing(t)
			now.rooms[roomA] = append(now.rooms[roomA], editOf(200, 4, ada, "Who writes the logs?"))
			return newCollector(t, now, both), collectortest.Fetched{
				Items: slices.Concat(ids(roomA, 4, 7), ids(roomB, 7, 9)), Broken: broken,
				Gone: append(ids(roomB, 43, 44), ids(roomA, 900, 901)...), Unknown: []string{"!a:example.org", "#a:example.org/$x", "1/2"},
			}
		},
		Rewind: func(t *testing.T) (collectortest.Rewinder, time.Time, []string) {
			return newCollector(t, f, both), began.Add(60 * time.Minute), want[len(want)-60:]
		},
		Grow: func(t *testing.T) []string {
			// The last one comes late, from a server that was away.
			f.rooms[roomA] = append(f.rooms[roomA], say(300, ada, "Is it new?", nil), say(301, ben, "Is that?", nil))
			last := len(f.rooms[roomB]) - 3
			late := say(302, ada, "Was it late?", nil)
			late["origin_server_ts"] = f.rooms[roomB][last]["origin_server_ts"]
			f.rooms[roomB] = slices.Insert(f.rooms[roomB], last, late)
			return []string{roomB + "/" + eventID(302), roomA + "/" + eventID(300), roomA + "/" + eventID(301)}
		},
	})
}
