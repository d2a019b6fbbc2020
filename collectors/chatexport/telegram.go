package chatexport

import (
	"encoding/json"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"askahead/domain"
)

// telegram reads result.json, which Telegram Desktop exports of a group (format: JSON).
var telegram = format{
	protocol: "telegram",
	place: func(raw []byte, in room, zone *time.Location) (id, name string, at time.Time, err error) {
		if !telegramGroups[in.kind] {
			return "", "", time.Time{}, errPrivate
		}
		var w wireTelegram
		json.Unmarshal(raw, &w) // a field of an unexpected type is told when the message is read
		at, err = w.at(zone)
		return telegramChat(in.id), in.name, at, err
	},
	read: func(raw []byte, x *export) (message, error) {
		var w wireTelegram
		m := message{media: domain.TypeHTML}
		err := json.Unmarshal(raw, &w)
		m.id, m.parent = string(w.ID), string(w.ReplyTo)
		if err != nil {
			return m, err
		}
		m.author = person{id: string(w.FromID), name: w.From}
		m.edited = w.Edited != "" || w.EditedUnix != ""
		m.notWritten = w.Type != "message" || w.ForwardedFrom != nil || strings.HasPrefix(string(w.FromID), "channel") || w.ViaBot != ""
		m.support = telegramSupport(w.Reactions)
		m.text, m.mentions = w.html()
		m.at, err = w.at(x.c.zone)
		return m, err
	},
}

// telegramGroups are the chats that are rooms. A whole export of an account holds its owner's conversations, too.
var telegramGroups = map[string]bool{
	"private_group": true, "private_supergroup": true, "public_supergroup": true, "private_channel": true, "public_channel": true,
}

// telegramChat is the id of a chat as an export writes it: the interface for bots puts "-100" or "-" before it.
func telegramChat(id string) string { return strings.TrimPrefix(strings.TrimPrefix(id, "-100"), "-") }

type wireTelegram struct {
	ID            text            `json:"id"`
	Type          text            `json:"type"`
	Date          text            `json:"date"`
	DateUnix      text            `json:"date_unixtime"`
	Edited        text            `json:"edited"`
	EditedUnix    text            `json:"edited_unixtime"`
	From          string          `json:"from"`
	FromID        text            `json:"from_id"`
	ReplyTo       text            `json:"reply_to_message_id"`
	ForwardedFrom json.RawMessage `json:"forwarded_from"`
	ViaBot        text            `json:"via_bot"`
	Reactions     json.RawMessage `json:"reactions"`
	Text          json.RawMessage `json:"text"` // a string, or a list of strings and wireTelegramPart
	Poll          struct {
		Question json.RawMessage `json:"question"` // as Text
	} `json:"poll"`
}

type wireTelegramPart struct {
	Type text   `json:"type"`
	Text string `json:"text"`
	Href string `json:"href"`
}

// at is when the message was sent. Exports of before 2021 say it in the time of the computer that made them.
func (w *wireTelegram) at(zone *time.Location) (time.Time, error) {
	if n, err := strconv.ParseInt(string(w.DateUnix), 10, 64); err == nil && n > 0 {
		return time.Unix(n, 0).UTC(), nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05", string(w.Date), zone)
	if err != nil {
		return time.Time{}, errNoTime
	}
	return at.UTC(), nil
}

// html is what the author wrote, or asks in a poll.
func (w *wireTelegram) html() (string, []person) {
	if words, mentions := telegramHTML(w.Text); words != "" {
		return words, mentions
	}
	return telegramHTML(w.Poll.Question)
}

// telegramHTML writes a text as HTML, in which what is quoted and what is code can be told.
func telegramHTML(words json.RawMessage) (string, []person) {
	var plain string
	if json.Unmarshal(words, &plain) == nil {
		return asHTML(plain), nil
	}
	var parts []json.RawMessage
	json.Unmarshal(words, &parts)
	var b strings.Builder
	var mentions []person
	for _, raw := range parts {
		var p wireTelegramPart
		if json.Unmarshal(raw, &plain) == nil {
			b.WriteString(asHTML(plain))
		} else if json.Unmarshal(raw, &p) == nil {
			b.WriteString(p.html())
			if p.Type == "mention" {
				mentions = append(mentions, person{name: strings.TrimPrefix(p.Text, "@")})
			}
		}
	}
	return b.String(), mentions
}

func (p *wireTelegramPart) html() string {
	text := asHTML(p.Text)
	switch p.Type {
	case "blockquote":
		return "<blockquote>" + text + "</blockquote>"
	case "pre":
		return "<pre>" + html.EscapeString(p.Text) + "</pre>"
	case "code":
		return "<code>" + text + "</code>"
	case "text_link":
		return `<a href="` + html.EscapeString(p.Href) + `">` + text + "</a>"
	}
	return text
}

func asHTML(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>") }

// telegramBot reads what Telegram's interface for bots gave (getUpdates). What a person wrote to the bot alone is not
// read here.
var telegramBot = format{
	protocol: "telegram",
	place: func(raw []byte, _ room, _ *time.Location) (id, name string, at time.Time, err error) {
		w, err := readUpdate(raw)
		if err != nil {
			return "", "", time.Time{}, err
		}
		if w.Chat.Type == "private" {
			return "", "", time.Time{}, errPrivate
		}
		if w.Date <= 0 {
			return telegramChat(string(w.Chat.ID)), w.Chat.Title, time.Time{}, errNoTime
		}
		return telegramChat(string(w.Chat.ID)), w.Chat.Title, time.Unix(w.Date, 0).UTC(), nil
	},
	read: func(raw []byte, _ *export) (message, error) {
		m := message{media: domain.TypeHTML}
		w, err := readUpdate(raw)
		if err != nil {
			return m, err
		}
		m.id, m.at, m.edited = string(w.MessageID), time.Unix(w.Date, 0).UTC(), w.EditDate > 0
		if w.ReplyTo != nil {
			m.parent = string(w.ReplyTo.MessageID)
		}
		if w.From != nil {
			m.author = person{id: "user" + string(w.From.ID), name: strings.TrimSpace(w.From.FirstName + " " + w.From.LastName), bot: w.From.IsBot}
		}
		words, entities := w.Text, w.Entities
		if words == "" {
			words, entities = w.Caption, w.CaptionEntities
		}
		m.notWritten = w.From == nil || len(w.ForwardDate) > 0 || len(w.ForwardOrigin) > 0 || words == ""
		m.text, m.mentions = telegramEntities(words, entities)
		if w.Date <= 0 {
			return m, errNoTime
		}
		return m, nil
	},
}

func readUpdate(raw []byte) (*wireBotMessage, error) {
	var u struct {
		Message           *wireBotMessage `json:"message"`
		EditedMessage     *wireBotMessage `json:"edited_message"`
		ChannelPost       *wireBotMessage `json:"channel_post"`
		EditedChannelPost *wireBotMessage `json:"edited_channel_post"`
	}
	if err := json.Unmarshal(raw, &u); err != nil {
		return nil, err
	}
	for _, m := range []*wireBotMessage{u.EditedMessage, u.Message, u.EditedChannelPost, u.ChannelPost} {
		if m != nil {
			return m, nil
		}
	}
	return nil, errPrivate // a press of a button, or something else that is no message
}

type wireBotMessage struct {
	MessageID text  `json:"message_id"`
	Date      int64 `json:"date"`
	EditDate  int64 `json:"edit_date"`
	Chat      struct {
		ID    text   `json:"id"`
		Type  text   `json:"type"`
		Title string `json:"title"`
	} `json:"chat"`
	From *struct {
		ID        text   `json:"id"`
		IsBot     bool   `json:"is_bot"`
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
	} `json:"from"`
	ReplyTo *struct {
		MessageID text `json:"message_id"`
	} `json:"reply_to_message"`
	ForwardDate     json.RawMessage `json:"forward_date"`
	ForwardOrigin   json.RawMessage `json:"forward_origin"`
	Text            string          `json:"text"`
	Caption         string          `json:"caption"`
	Entities        []wireEntity    `json:"entities"`
	CaptionEntities []wireEntity    `json:"caption_entities"`
}

// wireEntity marks a part of a text, counted in UTF-16.
type wireEntity struct {
	Type   text   `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	URL    string `json:"url"`
}

// telegramEntities writes a text as HTML by its entities. Where two overlap, the first one counts.
func telegramEntities(s string, entities []wireEntity) (string, []person) {
	units := utf16.Encode([]rune(s))
	slices.SortStableFunc(entities, func(a, b wireEntity) int { return a.Offset - b.Offset })
	var b strings.Builder
	var mentions []person
	at := 0
	for _, e := range entities {
		if e.Offset < at || e.Length <= 0 || e.Offset > len(units) || e.Length > len(units)-e.Offset {
			continue
		}
		switch e.Type {
		case "blockquote", "expandable_blockquote", "pre", "code", "text_link", "mention":
		default:
			continue // bold, links as they stand: nothing to tell
		}
		b.WriteString(asHTML(string(utf16.Decode(units[at:e.Offset]))))
		p := wireTelegramPart{Type: e.Type, Text: string(utf16.Decode(units[e.Offset : e.Offset+e.Length])), Href: e.URL}
		if p.Type == "expandable_blockquote" {
			p.Type = "blockquote"
		}
		if p.Type == "mention" {
			mentions = append(mentions, person{name: strings.TrimPrefix(p.Text, "@")})
		}
		b.WriteString(p.html())
		at = e.Offset + e.Length
	}
	b.WriteString(asHTML(string(utf16.Decode(units[at:]))))
	return b.String(), mentions
}
