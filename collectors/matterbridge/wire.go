package matterbridge

import (
	"encoding/json"
	"time"
)

// wireMessage is a message of matterbridge's API (config.Message of its source), as far as it is kept.
type wireMessage struct {
	Text      string    `json:"text"`
	Channel   string    `json:"channel"`
	Username  string    `json:"username"` // as RemoteNickFormat of the API writes it
	UserID    string    `json:"userid,omitempty"`
	Account   string    `json:"account"` // protocol and name of the network, as matterbridge.toml has it: irc.libera
	Event     string    `json:"event,omitempty"`
	Protocol  string    `json:"protocol"`
	Gateway   string    `json:"gateway,omitempty"`
	Timestamp time.Time `json:"timestamp"`
	ID        string    `json:"id,omitempty"` // version 1.26 leaves it empty
}

// wireFiles are what was uploaded with a message: of that, the words beside it are read.
type wireFiles struct {
	Extra struct {
		File []struct {
			Comment string
		} `json:"file"`
	}
}

// The events that are messages of people, and the one that takes a message away.
const (
	eventMessage = ""
	eventAction  = "user_action" // "/me" of IRC
	eventDelete  = "msg_delete"
)

// readMessage decodes what the API gave. ok is false where it is no message of the expected shape.
func readMessage(raw json.RawMessage) (m wireMessage, ok bool) {
	if json.Unmarshal(raw, &m) != nil || m.Event == eventMessage && m.Account == "" {
		return wireMessage{}, false
	}
	var files wireFiles
	if json.Unmarshal(raw, &files) == nil && m.Text == "" {
		for _, f := range files.Extra.File {
			m.Text = f.Comment
		}
	}
	if m.Protocol == "irc" {
		m.UserID = "" // name and address of somebody's machine: neither needed nor lasting
	}
	return m, true
}
