package chatexport

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"askahead/domain"
)

var errNoTime = errors.New("it does not say when it was sent")

func millis(t text) (time.Time, error) {
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}, errNoTime
	}
	return time.UnixMilli(n).UTC(), nil
}

func rfc3339(t text) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, string(t))
	if err != nil {
		return time.Time{}, errNoTime
	}
	return at.UTC(), nil
}

// mattermost reads the posts that Mattermost's interface gives of a channel (/api/v4/channels/ID/posts).
var mattermost = format{
	protocol: "mattermost",
	place: func(raw []byte, _ room, _ *time.Location) (id, name string, at time.Time, err error) {
		var w wireMattermost
		json.Unmarshal(raw, &w) // a field of an unexpected type is told when the message is read
		at, err = millis(w.CreateAt)
		return string(w.ChannelID), "", at, err
	},
	read: func(raw []byte, _ *export) (message, error) {
		var w wireMattermost
		m := message{media: domain.TypeMarkdown}
		err := json.Unmarshal(raw, &w)
		m.id, m.canonical, m.text = string(w.ID), "mattermost:"+string(w.ID), w.Message
		if err != nil {
			return m, err
		}
		m.author = person{id: string(w.UserID), name: string(w.Props.Username), bot: w.Props.FromBot == "true" || w.Props.FromWebhook == "true"}
		m.edited = w.EditAt != "" && w.EditAt != "0"
		m.gone = w.DeleteAt != "" && w.DeleteAt != "0"
		m.notWritten = w.Type != "" && w.Type != "me"
		if w.RootID != "" {
			m.parent = "mattermost:" + string(w.RootID)
		}
		m.mentions = atNames(w.Message)
		m.at, err = millis(w.CreateAt)
		return m, err
	},
}

type wireMattermost struct {
	ID        text   `json:"id"`
	CreateAt  text   `json:"create_at"`
	EditAt    text   `json:"edit_at"`
	DeleteAt  text   `json:"delete_at"`
	UserID    text   `json:"user_id"`
	ChannelID text   `json:"channel_id"`
	RootID    text   `json:"root_id"`
	Message   string `json:"message"`
	Type      text   `json:"type"`
	Props     struct {
		Username    text `json:"username"`
		FromBot     text `json:"from_bot"`
		FromWebhook text `json:"from_webhook"`
	} `json:"props"`
}

// rocketChat reads what Rocket.Chat's interface gives of a channel (channels.messages, channels.history).
var rocketChat = format{
	protocol: "rocketchat",
	place: func(raw []byte, _ room, _ *time.Location) (id, name string, at time.Time, err error) {
		var w wireRocket
		json.Unmarshal(raw, &w) // a field of an unexpected type is told when the message is read
		at, err = rfc3339(text(w.TS))
		return string(w.RID), "", at, err
	},
	read: func(raw []byte, _ *export) (message, error) {
		var w wireRocket
		m := message{media: domain.TypeMarkdown}
		err := json.Unmarshal(raw, &w)
		m.id, m.text, m.parent = string(w.ID), w.Msg, string(w.TMID)
		if err != nil {
			return m, err
		}
		m.author = person{id: string(w.U.ID), name: w.U.Name, bot: len(w.Bot) > 0 && string(w.Bot) != "null" && string(w.Bot) != "false"}
		if m.author.name == "" {
			m.author.name = w.U.Username
		}
		m.support = rocketSupport(w.Reactions, w.U.Username)
		m.edited = w.EditedAt != ""
		m.gone = w.T == "rm"
		m.notWritten = w.T != "" && !m.gone
		for _, u := range w.Mentions {
			m.mentions = append(m.mentions, person{id: string(u.ID), name: u.Username})
		}
		m.at, err = rfc3339(text(w.TS))
		return m, err
	},
}

type wireRocket struct {
	ID       text             `json:"_id"`
	RID      text             `json:"rid"`
	TMID     text             `json:"tmid"`
	Msg      string           `json:"msg"`
	T        text             `json:"t"`
	TS       wireDate         `json:"ts"`
	EditedAt wireDate         `json:"editedAt"`
	Bot      json.RawMessage  `json:"bot"`
	U        wireRocketUser   `json:"u"`
	Mentions []wireRocketUser `json:"mentions"`

	Reactions json.RawMessage `json:"reactions"`
}

type wireRocketUser struct {
	ID       text   `json:"_id"`
	Username string `json:"username"`
	Name     string `json:"name"`
}

// wireDate is a time as text, or in an object, as Rocket.Chat's older versions and its database have it.
type wireDate text

func (d *wireDate) UnmarshalJSON(b []byte) error {
	var in struct {
		Date text `json:"$date"`
	}
	if len(b) > 0 && b[0] == '{' {
		if err := json.Unmarshal(b, &in); err != nil {
			return err
		}
		if at, err := millis(in.Date); err == nil {
			in.Date = text(at.Format(time.RFC3339Nano))
		}
		*d = wireDate(in.Date)
		return nil
	}
	return json.Unmarshal(b, (*text)(d))
}

// gitter reads what Gitter's interface gave of a room (/v1/rooms/ID/chatMessages).
var gitter = format{
	protocol: "gitter",
	place: func(raw []byte, _ room, _ *time.Location) (id, name string, at time.Time, err error) {
		var w wireGitter
		json.Unmarshal(raw, &w) // a field of an unexpected type is told when the message is read
		at, err = rfc3339(w.Sent)
		return "", "", at, err
	},
	read: func(raw []byte, _ *export) (message, error) {
		var w wireGitter
		m := message{media: domain.TypeMarkdown}
		err := json.Unmarshal(raw, &w)
		m.id = string(w.ID)
		if err != nil {
			return m, err
		}
		m.text, m.edited, m.notWritten = w.Text, w.EditedAt != "", w.Status
		m.canonical = "gitter:" + string(w.ID)
		m.author = person{id: string(w.FromUser.ID), name: w.FromUser.DisplayName}
		if m.author.name == "" {
			m.author.name = w.FromUser.Username
		}
		if w.ParentID != "" {
			m.parent = "gitter:" + string(w.ParentID)
		}
		for _, u := range w.Mentions {
			m.mentions = append(m.mentions, person{id: string(u.UserID), name: u.ScreenName})
		}
		m.at, err = rfc3339(w.Sent)
		return m, err
	},
}

type wireGitter struct {
	ID       text   `json:"id"`
	Text     string `json:"text"`
	Sent     text   `json:"sent"`
	EditedAt text   `json:"editedAt"`
	ParentID text   `json:"parentId"`
	Status   bool   `json:"status"`
	FromUser struct {
		ID          text   `json:"id"`
		Username    string `json:"username"`
		DisplayName string `json:"displayName"`
	} `json:"fromUser"`
	Mentions []struct {
		ScreenName string `json:"screenName"`
		UserID     text   `json:"userId"`
	} `json:"mentions"`
}

// atNames finds the accounts that a text names with "@", for chats that do not list them.
func atNames(s string) []person {
	var found []person
	for rest := s; len(found) < 100; {
		_, after, ok := strings.Cut(rest, "@")
		if !ok {
			break
		}
		end := strings.IndexFunc(after, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-')
		})
		if end < 0 {
			end = len(after)
		}
		if name := strings.TrimRight(after[:end], ".-"); name != "" {
			found = append(found, person{name: name})
		}
		rest = after[end:]
	}
	return found
}
