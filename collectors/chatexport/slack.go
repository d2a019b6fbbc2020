package chatexport

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"askahead/domain"
)

// slack reads the messages of a Slack export, and of conversations.history. Their types and subtypes are those of
// Slack's reference, "Message event".
var slack = format{
	protocol: "slack",
	place: func(raw []byte, _ room, _ *time.Location) (id, name string, at time.Time, err error) {
		var m wireSlack
		json.Unmarshal(raw, &m) // a field of an unexpected type is told when the message is read
		at, err = slackTime(m.TS)
		return "", "", at, err
	},
	read: func(raw []byte, x *export) (message, error) {
		var w wireSlack
		m := message{media: domain.TypeSlack}
		wrong := json.Unmarshal(raw, &w)
		if m.id = string(w.TS); wrong != nil {
			return m, wrong
		}
		at, err := slackTime(w.TS)
		if err != nil {
			m.id = ""
			return m, err
		}
		m.at, m.text, m.edited = at, w.Text, w.Edited != nil
		if w.ThreadTS != "" && w.ThreadTS != w.TS {
			m.parent = string(w.ThreadTS)
		}
		m.support = slackSupport(w.Reactions, w.User)
		if m.author = x.slack.person(w.User); w.BotID != "" {
			m.author.bot = true
		}
		for _, id := range slackMention.FindAllStringSubmatch(w.Text, 100) {
			m.mentions = append(m.mentions, x.slack.person(text(id[1])))
		}
		switch w.Subtype {
		case "", "thread_broadcast", "reply_broadcast", "me_message", "file_share":
			m.notWritten = w.Type != "message" && w.Type != ""
		case "tombstone", "message_deleted":
			m.gone = true
		default:
			m.notWritten = true // Slack's own words, a bot's, or a caption of a file
		}
		return m, nil
	},
}

type wireSlack struct {
	Type     text   `json:"type"`
	Subtype  text   `json:"subtype"`
	TS       text   `json:"ts"`
	ThreadTS text   `json:"thread_ts"`
	User     text   `json:"user"`
	BotID    text   `json:"bot_id"`
	Text     string `json:"text"`
	Edited   *struct {
		TS text `json:"ts"`
	} `json:"edited"`
	Reactions json.RawMessage `json:"reactions"`
}

var slackMention = regexp.MustCompile(`<@([A-Z0-9]{1,20})(?:\|[^>]*)?>`)

// slackTime reads "1546300800.000100": seconds since 1970, and what makes it the id of its message.
func slackTime(t text) (time.Time, error) {
	seconds, fraction, _ := strings.Cut(string(t), ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || s < 0 || s > 1<<36 || len(fraction) > 9 {
		return time.Time{}, errors.New("its time (ts) is no number")
	}
	micros, err := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
	if err != nil || micros < 0 {
		return time.Time{}, errors.New("its time (ts) is no number")
	}
	return time.UnixMicro(s*1e6 + micros).UTC(), nil
}
