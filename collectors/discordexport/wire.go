package discordexport

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"askahead/collectors"
)

// What DiscordChatExporter (versions 2.20 to 2.46) writes, as far as it is read here: an object with "guild",
// "channel", "dateRange", "exportedAt", "messages" and "messageCount", in this order.

type wireChannel struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type wireMessage struct {
	ID              string         `json:"id"`
	Type            string         `json:"type"` // "Default", "Reply", or what the server itself wrote
	Timestamp       string         `json:"timestamp"`
	TimestampEdited string         `json:"timestampEdited"`
	Content         string         `json:"content"`
	Author          wireUser       `json:"author"`
	Mentions        []wireUser     `json:"mentions"`
	Reference       *wireReference `json:"reference"`
	Reactions       support        `json:"reactions"`

	at time.Time // Timestamp, in UTC
}

type wireUser struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Nickname string     `json:"nickname"`
	IsBot    bool       `json:"isBot"`
	Roles    []wireRole `json:"roles"`
}

func (u *wireUser) shown() string {
	if u.Nickname != "" {
		return u.Nickname
	}
	return u.Name
}

type wireRole struct {
	Name string `json:"name"`
}

type wireReference struct {
	MessageID string `json:"messageId"`
	ChannelID string `json:"channelId"`
}

// support is how many people at least reacted with approval. Of a list of another shape it is nothing: for that no message
// is put aside.
type support int

func (s *support) UnmarshalJSON(b []byte) error {
	var list []struct {
		Emoji struct {
			Name string `json:"name"`
		} `json:"emoji"`
		Count int `json:"count"`
	}
	if json.Unmarshal(b, &list) != nil {
		return nil
	}
	for _, r := range list {
		*s = max(*s, support(collectors.Approving(r.Emoji.Name, r.Count)))
	}
	return nil
}

// export is an open file that stands before or in its messages.
type export struct {
	ctx     context.Context
	name    string
	size    int64
	file    *os.File
	budget  *collectors.Budget
	decoder *json.Decoder
	channel wireChannel
	ended   bool
}

// message is one of the export. number is its id, 0 if it has none that is a number.
type message struct {
	wireMessage
	number uint64
	raw    json.RawMessage
	broken string // why it can't be read
}

// open opens the file and goes to its first message.
func open(ctx context.Context, path string) (*export, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	name := filepath.Base(path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, collectors.Missing("file", path)
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%w: path: %s is not a file; name one JSON file that DiscordChatExporter wrote", collectors.ErrSettings, path)
	}
	var file *os.File
	if err == nil {
		file, err = os.Open(path)
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, collectors.Denied("read", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	e := &export{ctx: ctx, name: name, size: info.Size(), file: file}
	text := bufio.NewReaderSize(file, 64<<10)
	begin, _ := text.Peek(3)
	switch string(begin) {
	case "\ufeff":
		text.Discard(3)
	case "BZh", "\x1f\x8b\x08", "PK\x03":
		file.Close()
		return nil, fmt.Errorf("%w: path: %s is packed; unpack it first", collectors.ErrSettings, name)
	}
	e.budget = collectors.NewBudget(text)
	e.decoder = json.NewDecoder(e.budget)
	if err := e.begin(); err != nil {
		file.Close()
		return nil, err
	}
	return e, nil
}

func (e *export) close() { e.file.Close() }

func (e *export) progress() collectors.Progress {
	now := min(e.decoder.InputOffset(), e.size)
	return collectors.Progress{Now: now, Total: e.size, Unit: "bytes"}
}

// begin reads up to the first message.
func (e *export) begin() error {
	if t, err := e.decoder.Token(); err != nil || t != json.Delim('{') {
		return e.notExport(err)
	}
	for e.decoder.More() {
		key, err := e.decoder.Token()
		if err != nil {
			return e.explain(err)
		}
		switch key {
		case "channel":
			err = e.decoder.Decode(&e.channel)
		case "messages":
			if e.channel.ID == "" {
				return e.notExport(nil)
			}
			if t, err := e.decoder.Token(); err != nil || t != json.Delim('[') {
				return e.notExport(err)
			}
			return nil
		default:
			var skipped json.RawMessage
			err = e.decoder.Decode(&skipped)
		}
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return e.notExport(nil)
		}
		if err != nil {
			return e.explain(err)
		}
		e.budget.Renew()
	}
	return e.notExport(nil)
}

func (e *export) notExport(err error) error {
	if err != nil && !errors.Is(err, io.EOF) {
		if _, ok := errors.AsType[*json.SyntaxError](err); !ok {
			return e.explain(err)
		}
	}
	return fmt.Errorf("%w: path: %s is not a channel that DiscordChatExporter exported as JSON", collectors.ErrSettings, e.name)
}

// explain says for a person what is wrong with the file.
func (e *export) explain(err error) error {
	at := e.decoder.InputOffset()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s is cut off after %d bytes; what stands before is kept: copy or export it again", e.name, at)
	case errors.Is(err, collectors.ErrLongValue):
		return fmt.Errorf("%s cannot be read on after %d bytes: %w", e.name, at, err)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%s is damaged after %d bytes: %v; what stands before is kept: export it again", e.name, at, syntax)
	}
	return fmt.Errorf("read %s: %w", e.name, err)
}

// next gives the next message, and io.EOF after the last one.
func (e *export) next() (message, error) {
	if err := e.ctx.Err(); err != nil {
		return message{}, err
	}
	if e.ended {
		return message{}, io.EOF
	}
	e.budget.Renew()
	if !e.decoder.More() {
		if _, err := e.decoder.Token(); err != nil {
			return message{}, e.explain(err)
		}
		e.ended = true
		return message{}, io.EOF
	}
	var m message
	if err := e.decoder.Decode(&m.raw); err != nil {
		return message{}, e.explain(err)
	}
	m.read()
	return m, nil
}

// read decodes raw.
func (m *message) read() {
	err := json.Unmarshal(m.raw, &m.wireMessage)
	number, idErr := strconv.ParseUint(m.ID, 10, 64)
	var timeErr error
	m.at, timeErr = time.Parse(time.RFC3339Nano, m.Timestamp)
	m.at = m.at.UTC()
	switch {
	case err != nil:
		m.broken = "it is JSON of an unexpected shape"
		if field, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			m.broken = fmt.Sprintf("its field %q is of an unexpected type", field.Field)
		}
	case idErr != nil || number == 0:
		m.broken = "its id is not a number"
	case timeErr != nil:
		m.broken = "its timestamp is not a time as in RFC 3339"
	case m.Author.ID == "":
		m.broken = "it has no author"
	}
	if idErr == nil {
		m.number = number
	}
}

// id is the external id of a message: "CHANNEL/MESSAGE".
func (e *export) id(m message) string {
	if m.number > 0 {
		return e.channel.ID + "/" + m.ID
	}
	sum := sha256.Sum256(bytes.TrimSpace(m.raw))
	return e.channel.ID + "/broken-" + hex.EncodeToString(sum[:8])
}
