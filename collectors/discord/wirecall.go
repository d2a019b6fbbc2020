package discord

import (
	"encoding/json"
	"net/http"
	"unicode/utf8"
)

// What Discord sends when it calls, as far as it is read here.

type wireCall struct {
	ID      text        `json:"id"`
	Type    text        `json:"type"`
	GuildID text        `json:"guild_id"`
	Channel wireChannel `json:"channel"`
	Member  struct {
		wireMember
		User wireUser `json:"user"`
	} `json:"member"` // of whom calls, where that is on a server
	User wireUser `json:"user"` // elsewhere
	Data struct {
		Type    text `json:"type"`
		Name    text `json:"name"`
		Options []struct {
			Name  text `json:"name"`
			Value text `json:"value"`
		} `json:"options"`
		TargetID text `json:"target_id"`
		Resolved struct {
			Messages map[text]json.RawMessage `json:"messages"`
		} `json:"resolved"`
		CustomID text   `json:"custom_id"`
		Values   []text `json:"values"`
	} `json:"data"`
}

// The types of calls and of commands.
const (
	callPing      = "1"
	callCommand   = "2"
	callComponent = "3"

	commandChat    = "1"
	commandMessage = "3"
)

// who is whoever calls.
func (c *wireCall) who() *wireUser {
	if c.Member.User.ID != "" {
		return &c.Member.User
	}
	return &c.User
}

// shown is the name by which the server knows whoever calls.
func (c *wireCall) shown() string {
	if c.Member.Nick != "" {
		return string(c.Member.Nick)
	}
	return c.who().shown()
}

// option is the value of one; empty if it was left out.
func (c *wireCall) option(name string) string {
	for _, o := range c.Data.Options {
		if string(o.Name) == name {
			return string(o.Value)
		}
	}
	return ""
}

// response is what Discord is answered.
type response struct {
	Type int        `json:"type"`
	Data *replyData `json:"data,omitempty"`
}

type replyData struct {
	Content  string `json:"content"`
	Flags    int    `json:"flags"`
	Mentions struct {
		Parse []string `json:"parse"`
	} `json:"allowed_mentions"`
	Rows []componentRow `json:"components"`
}

type componentRow struct {
	Type       int         `json:"type"`
	Components []component `json:"components"`
}

// component is a button, or a list to choose from.
type component struct {
	Type        int      `json:"type"`
	CustomID    string   `json:"custom_id"`
	Style       int      `json:"style,omitempty"`
	Label       string   `json:"label,omitempty"`
	Placeholder string   `json:"placeholder,omitempty"`
	Options     []option `json:"options,omitempty"`
}

type option struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// The types of replies and components, and the flag of what only the caller sees.
const (
	replyPong    = 1
	replyMessage = 4
	replyUpdate  = 7 // in the place of the message whose button was pressed

	componentActionRow = 1
	componentButton    = 2
	componentSelect    = 3
	buttonGrey         = 2

	onlyForCaller = 1 << 6
)

// maxContent is how long a message may be, in characters; Discord refuses a longer one.
const maxContent = 2000

// tell says something to the caller, and to nobody else. Nobody is notified by it.
func tell(content string, components ...component) *response {
	return say(replyMessage, content, components)
}

// instead says it in the place of what was said before.
func instead(content string) *response { return say(replyUpdate, content, nil) }

func say(how int, content string, components []component) *response {
	data := &replyData{Content: cut(content, maxContent), Flags: onlyForCaller, Rows: []componentRow{}}
	data.Mentions.Parse = []string{}
	for _, one := range components {
		data.Rows = append(data.Rows, componentRow{Type: componentActionRow, Components: []component{one}})
	}
	return &response{Type: how, Data: data}
}

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

func (r *response) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(r) // whoever does not listen any more is not told
}
