package matterbridge

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
)

// intake sorts what the API gives before it is written: what is not for this source is kept nowhere.
type intake struct {
	c       *Collector
	o       *openSpool
	recent  map[string]seen
	records []record
}

// seen is a message that came lately.
type seen struct {
	at      time.Time
	gateway string
}

// batch is how many records are written at once.
const batch = 100

// A room that is in two gateways of one matterbridge reaches the API twice, within milliseconds. copyTime is how
// long after a message the same one counts as its copy, and tail how far back in the spool it is looked for.
const (
	copyTime = 10 * time.Second
	tail     = 256 << 10
)

func newIntake(c *Collector, o *openSpool) (*intake, error) {
	in := &intake{c: c, o: o, recent: map[string]seen{}}
	from := max(o.head.Base, o.offset()-tail)
	err := o.entries(from, func(e entry) error {
		if e.Message != nil {
			in.remember(e.Message)
		}
		return nil
	})
	return in, err
}

// line takes a line of a stream. Lines are safe before the next is read.
func (in *intake) line(line []byte) error {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	if !json.Valid(line) {
		in.records = append(in.records, record{At: in.c.now().UTC(), Cut: string(line[:min(len(line), maxOdd)])})
	} else if err := in.take(line); err != nil {
		return err
	}
	if len(in.records) == 0 {
		return nil
	}
	if err := in.flush(); err != nil {
		return err
	}
	return in.c.spool.sync(in.o)
}

// take sorts one message.
func (in *intake) take(raw json.RawMessage) error {
	now := in.c.now().UTC()
	m, ok := readMessage(raw)
	switch {
	case !ok && (in.c.settings.Messages == allMessages || bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(in.c.name())))):
		// Whoever did not address the bot is not to be kept for being unreadable either.
		r := record{At: now, Raw: raw}
		if len(raw) > maxOdd {
			r = record{At: now, Cut: string(raw[:maxOdd])}
		}
		in.records = append(in.records, r)
	case !ok || !in.c.wants(&m):
		return nil
	default:
		if m.Timestamp.IsZero() {
			m.Timestamp = now
		}
		r := record{At: now, Message: &m}
		if m.Event != eventDelete {
			before, again := in.recent[m.key()]
			if again && m.ID == "" && before.gateway != m.Gateway && m.Timestamp.Sub(before.at).Abs() < copyTime {
				return nil
			}
			if again && m.ID != "" {
				if before.gateway != m.Gateway && m.Timestamp.Sub(before.at).Abs() < copyTime {
					return nil
				}
				r.Edit = true
			}
			in.remember(&m)
		}
		in.records = append(in.records, r)
	}
	if len(in.records) >= batch {
		return in.flush()
	}
	return nil
}

// key names a message by what its copies share.
func (m *wireMessage) key() string {
	if m.ID != "" {
		return strings.Join([]string{m.Account, m.Channel, m.ID}, "\x00")
	}
	return strings.Join([]string{m.Account, m.Channel, m.Username, m.UserID, m.Text}, "\x00")
}

func (in *intake) remember(m *wireMessage) { in.recent[m.key()] = seen{m.Timestamp, m.Gateway} }

// flush writes what was gathered.
func (in *intake) flush() error {
	if len(in.records) == 0 {
		return nil
	}
	records := in.records
	in.records = nil
	return in.c.spool.add(in.o, records...)
}

func (c *Collector) name() string { return strings.Trim(c.settings.Name, " @") }

// wants says whether a message is one that a person wrote, and one for this source.
func (c *Collector) wants(m *wireMessage) bool {
	s := &c.settings
	switch {
	case m.Event != eventMessage && m.Event != eventAction && m.Event != eventDelete,
		m.Protocol == "api", // what programs wrote through the API itself
		len(s.Gateways) > 0 && !slices.Contains(s.Gateways, m.Gateway),
		len(s.Channels) > 0 && !slices.Contains(s.Channels, m.Channel) && !slices.Contains(s.Channels, m.Account+"/"+m.Channel):
		return false
	case m.Event == eventDelete:
		return m.ID != ""
	}
	_, text, ok := c.said(m)
	return ok && strings.TrimSpace(text) != "" && (s.Messages == allMessages || collectors.Addresses(text, c.name()))
}
