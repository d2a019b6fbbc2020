package matrix

import (
	"encoding/json"
	"strings"
	"time"
)

// What a homeserver sends (client-server API, "Events" and "Instant Messaging"), as far as it is read here.

type wirePage struct {
	Chunk []json.RawMessage `json:"chunk"`
	Start loose[string]     `json:"start"`
	End   loose[string]     `json:"end"`
	State []json.RawMessage `json:"state"` // the senders' memberships
}

type wireEvent struct {
	ID       string              `json:"event_id"`
	Type     string              `json:"type"`
	Sender   string              `json:"sender"`
	At       int64               `json:"origin_server_ts"` // milliseconds, as the sender's server says
	StateKey *string             `json:"state_key"`
	Redacts  loose[string]       `json:"redacts"` // up to room version 10
	Content  json.RawMessage     `json:"content"`
	Unsigned loose[wireUnsigned] `json:"unsigned"`
}

type wireUnsigned struct {
	RedactedBecause json.RawMessage `json:"redacted_because"`
	Relations       loose[struct {
		Replace json.RawMessage `json:"m.replace"` // the newest edit, on servers that add it
	}] `json:"m.relations"`
}

type wireContent struct {
	MsgType   loose[string]       `json:"msgtype"`
	Body      loose[string]       `json:"body"`
	FileName  loose[string]       `json:"filename"`
	Format    loose[string]       `json:"format"`
	Formatted loose[string]       `json:"formatted_body"`
	Relates   loose[wireRelates]  `json:"m.relates_to"`
	Mentions  *loose[wireMention] `json:"m.mentions"`
	New       json.RawMessage     `json:"m.new_content"`
	Redacts   loose[string]       `json:"redacts"` // from room version 11 on
	Poll      loose[wirePoll]     `json:"m.poll"`
	OldPoll   loose[wirePoll]     `json:"org.matrix.msc3381.poll.start"`
}

type wireRelates struct {
	Type        string `json:"rel_type"`
	EventID     string `json:"event_id"`
	FallingBack bool   `json:"is_falling_back"` // the reply is for clients that know no threads
	InReplyTo   loose[struct {
		EventID string `json:"event_id"`
	}] `json:"m.in_reply_to"`
}

type wireMention struct {
	UserIDs []string `json:"user_ids"`
}

type wirePoll struct {
	Question loose[wireText]   `json:"question"`
	Answers  []loose[wireText] `json:"answers"`
}

// wireText is a text that may come in several forms (client-server API, "m.text"; before, MSC1767).
type wireText struct {
	Text loose[[]struct {
		Body string `json:"body"`
		Type string `json:"mimetype"`
	}] `json:"m.text"`
	Old  loose[string] `json:"org.matrix.msc1767.text"`
	Body loose[string] `json:"body"`
}

// plain is the text without mark-up; empty if there is none.
func (t *wireText) plain() string {
	for _, form := range t.Text.V {
		if form.Type == "" || form.Type == "text/plain" {
			return form.Body
		}
	}
	if t.Old.V != "" {
		return t.Old.V
	}
	return t.Body.V
}

// loose is a value that stays empty where another type is sent: anybody can send anything into a room.
type loose[T any] struct{ V T }

func (l *loose[T]) UnmarshalJSON(b []byte) error {
	var v T
	if json.Unmarshal(b, &v) == nil {
		l.V = v
	}
	return nil
}

// event is one of a room as it came.
type event struct {
	wireEvent
	content wireContent
	raw     json.RawMessage
	broken  string // why it can't be read
}

// readEvent decodes raw.
func readEvent(raw json.RawMessage) *event {
	e := &event{raw: raw}
	err := json.Unmarshal(raw, &e.wireEvent)
	switch {
	case err != nil:
		e.broken = "it is JSON of an unexpected shape"
		var only struct {
			ID   loose[string]  `json:"event_id"`
			Type loose[string]  `json:"type"`
			At   loose[float64] `json:"origin_server_ts"`
		}
		json.Unmarshal(raw, &only) // what was decoded up to the error is not relied on
		e.wireEvent = wireEvent{ID: only.ID.V, Type: only.Type.V}
		if at := only.At.V; at > 0 && at < 1e15 {
			e.At = int64(at)
		}
	case e.ID == "" || !strings.HasPrefix(e.ID, "$"):
		e.broken = "it has no id of an event"
	case !strings.HasPrefix(e.Sender, "@"):
		e.broken = "it names no sender"
	case e.At < 0 || e.At > maxTime:
		e.broken = "its time is none"
	case e.decode() != nil:
		e.broken = "its content is JSON of an unexpected shape"
	}
	return e
}

// decode reads the content. Of an event that was redacted it may be missing.
func (e *event) decode() error {
	if len(e.Content) == 0 {
		return nil
	}
	return json.Unmarshal(e.Content, &e.content)
}

// maxTime is the year 2200 in milliseconds: a server can say anything, and times far off help nobody.
const maxTime = 7258118400000

func (e *event) published() time.Time { return time.UnixMilli(e.At).UTC() }

// redacted says that the text was taken away, by its author or by a moderator.
func (e *event) redacted() bool {
	because := e.Unsigned.V.RedactedBecause
	return len(because) > 0 && string(because) != "null"
}

// The types of events that are read.
const (
	typeMessage   = "m.room.message"
	typeEncrypted = "m.room.encrypted"
	typeRedaction = "m.room.redaction"
	typePoll      = "m.poll.start"
	typeOldPoll   = "org.matrix.msc3381.poll.start"
)

// The ways in which one event relates to another.
const (
	relReplace = "m.replace"
	relThread  = "m.thread"
)

type wireMember struct {
	Name loose[string] `json:"displayname"`
}
