package chatexport

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"askahead/domain"
)

// message is what one of the formats says of a message.
type message struct {
	raw        []byte
	id         string // unique in its channel
	canonical  string // without the protocol; empty: that of the channel and the id
	at         time.Time
	author     person
	text       string
	media      string // of text
	mentions   []person
	parent     string // canonical, as above
	support    int    // domain.Envelope.Support
	edited     bool
	gone       bool   // its author or the room deleted it
	notWritten bool   // by a person as words of their own: somebody joined, a forwarded message
	broken     string // why it can't be read
}

type person struct {
	id, name string
	bio      string
	bot      bool
}

// format reads messages of one chat.
type format struct {
	protocol string
	// place says in which channel a message stands and when it was sent. An empty id means that it does not say.
	place func(raw []byte, in room, zone *time.Location) (id, name string, at time.Time, err error)
	read  func(raw []byte, x *export) (message, error)
}

// errPrivate is of messages that are not read: those of a conversation between persons.
var errPrivate = errors.New("it belongs to a private conversation")

// formatOf tells a message by the names of its fields.
func formatOf(raw []byte) *format {
	var has map[string]json.RawMessage
	if json.Unmarshal(raw, &has) != nil {
		return nil
	}
	all := func(names ...string) bool {
		for _, n := range names {
			if _, ok := has[n]; !ok {
				return false
			}
		}
		return true
	}
	switch {
	case all("rid", "_id"):
		return &rocketChat
	case all("create_at", "channel_id"):
		return &mattermost
	case all("fromUser", "sent"):
		return &gitter
	case all("update_id"):
		return &telegramBot
	case all("id", "date", "type"):
		return &telegram
	case all("ts"):
		return &slack
	}
	return nil
}

// indexJSON finds the messages of a JSON document, and says whether it is one for messages at all.
func (x *export) indexJSON(ctx context.Context, document int32, r io.Reader) (ours bool, err error) {
	var at int64
	hintKey, hintName := x.hint(document)
	lists, err := walkJSON(ctx, r, func(raw []byte, off int64, in room) error {
		f := formatOf(raw)
		if f == nil {
			return x.add(row{at: at, off: off, len: int32(len(raw)), document: document}, hintKey, hintName)
		}
		id, name, sent, err := f.place(raw, in, x.c.zone)
		if err == errPrivate {
			return nil
		}
		if err == nil && isTime(sent) {
			at = sent.UnixMicro()
		}
		key := f.protocol + ":" + id
		switch {
		case id == "" && strings.HasPrefix(hintKey, f.protocol+":"):
			key, name = hintKey, hintName
		case id == "":
			key, name = f.protocol+":#"+hintName, hintName
		case name == "":
			name = id
		}
		return x.add(row{at: at, off: off, len: int32(len(raw)), document: document}, key, name)
	})
	return lists > 0, err
}

func (x *export) readJSON(raw []byte) message {
	f := formatOf(raw)
	if f == nil {
		return message{raw: raw, broken: "it is no message of a chat that is known here"}
	}
	m, err := f.read(raw, x)
	m.raw = raw
	if wrong, ok := err.(*json.UnmarshalTypeError); ok {
		m.broken = fmt.Sprintf("its field %q is of an unexpected type", wrong.Field)
	} else if err != nil {
		m.broken = err.Error()
	} else if m.id == "" {
		m.broken = "it has no id"
	} else if !m.notWritten && !m.gone && m.author.id == "" {
		m.broken = "it has no author"
	} else if !isTime(m.at) {
		m.broken = "its time is before 1970 or after 9999"
	}
	return m
}

// isTime says whether a message can have been sent then. All of these chats count from 1970 on.
func isTime(t time.Time) bool { return t.Unix() >= 0 && t.Year() <= 9999 }

func (m *message) rawType() string {
	if m.media == domain.TypeText {
		return domain.TypeText
	}
	return "application/json"
}

// id is the external id of a message: its channel, its time in microseconds, and its id there. With the time in it,
// a sweep knows whether an export reaches back to it.
func (x *export) id(r *row, m *message) string {
	id := m.id
	if id == "" {
		sum := sha256.Sum256(bytes.TrimSpace(m.raw))
		id = "broken-" + hex.EncodeToString(sum[:8])
	}
	return x.channels[r.channel].key + "/" + strconv.FormatInt(r.at, 10) + "/" + strings.ReplaceAll(id, "/", "_")
}

// item is what a message says.
func (x *export) item(r *row, m *message) domain.Item {
	channel := &x.channels[r.channel]
	protocol, _, _ := strings.Cut(channel.key, ":")
	canonical := func(id string) string {
		if strings.HasPrefix(id, protocol+":") {
			return id
		}
		return channel.key + "/" + id
	}
	item := domain.Item{
		ExternalID: x.id(r, m),
		Type:       m.media,
		Raw:        []byte(m.text),
		Edited:     m.edited,
		Envelope: domain.Envelope{
			Canonical: canonical(m.id),
			Author:    domain.Author{ID: protocol + ":" + m.author.id, Name: m.author.name, Bio: m.author.bio},
			Published: m.at.UTC(),
			Support:   m.support,
			Facts: []domain.Fact{{Name: domain.FactChannel, Value: channel.name}, {Name: domain.FactName, Value: m.author.name},
				{Name: domain.FactProtocol, Value: protocol}},
		},
	}
	if m.canonical != "" {
		item.Canonical = m.canonical
	}
	if m.parent != "" {
		item.Parents = []string{canonical(m.parent)}
	}
	for _, u := range m.mentions {
		if u.name != "" {
			item.Mentions = append(item.Mentions, u.name)
		}
	}
	return item
}
