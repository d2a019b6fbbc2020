package mastodon

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// What servers send, as far as it is read here (https://docs.joinmastodon.org/entities/Status/). Servers other
// than Mastodon leave fields out, send null, or numbers for ids; text and flag take that.

type wireStatus struct {
	ID           text          `json:"id"`
	URI          text          `json:"uri"`
	URL          text          `json:"url"`
	CreatedAt    text          `json:"created_at"`
	EditedAt     text          `json:"edited_at"`
	InReplyToID  text          `json:"in_reply_to_id"`
	RepliesCount text          `json:"replies_count"`
	Favourites   number        `json:"favourites_count"`
	Visibility   text          `json:"visibility"`
	Language     text          `json:"language"`
	SpoilerText  text          `json:"spoiler_text"`
	Content      text          `json:"content"`
	Account      wireAccount   `json:"account"`
	Reblog       *wireStatus   `json:"reblog"`
	Mentions     []wireMention `json:"mentions"`
	Tags         []wireTag     `json:"tags"`
	Poll         *wirePoll     `json:"poll"`

	odd bool // it is there, and could not be decoded
}

type wireAccount struct {
	Acct        text        `json:"acct"` // "alice", or "alice@other.example" for an account of another server
	DisplayName text        `json:"display_name"`
	Note        text        `json:"note"` // the bio, as HTML
	NoIndex     flag        `json:"noindex"`
	Fields      []wireField `json:"fields"`
	Roles       []wireRole  `json:"roles"`
}

type wireField struct {
	Name  text `json:"name"`
	Value text `json:"value"`
}

type wireRole struct {
	Name text `json:"name"`
}

type wireMention struct {
	Acct text `json:"acct"`
}

type wireTag struct {
	Name text `json:"name"`
}

type wirePoll struct {
	Options []struct {
		Title text `json:"title"`
	} `json:"options"`
}

// wireInstance is the answer of /api/v2/instance, and of /api/v1/instance, which has URI instead of Domain.
type wireInstance struct {
	Domain        text `json:"domain"`
	URI           text `json:"uri"`
	Version       text `json:"version"`
	Configuration struct {
		// Since Mastodon 4.5. Each is "public", "authenticated" or "disabled".
		TimelinesAccess struct {
			HashtagFeeds struct {
				Local  text `json:"local"`
				Remote text `json:"remote"`
			} `json:"hashtag_feeds"`
		} `json:"timelines_access"`
	} `json:"configuration"`
}

// text is a string, a number as its digits, or empty for null.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case string(b) == "null":
		*t = ""
		return nil
	case b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(strings.ToValidUTF8(s, "\ufffd"))
		return nil
	case b[0] == '-' || (b[0] >= '0' && b[0] <= '9'):
		*t = text(b)
		return nil
	}
	return fmt.Errorf("a value that is neither text nor a number")
}

// number is a whole number, and 0 where the server sends something else.
type number int

func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.Atoi(strings.Trim(string(b), `"`))
	if err == nil {
		*n = number(v)
	}
	return nil
}

// flag is true only where the server says true.
type flag bool

func (f *flag) UnmarshalJSON(b []byte) error {
	*f = string(b) == "true"
	return nil
}
