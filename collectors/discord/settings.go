package discord

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"askahead/collectors"
)

// Settings of a source of this kind.
type Settings struct {
	Token    collectors.Secret `yaml:"token"`    // of the bot
	Channels []string          `yaml:"channels"` // ids of text, announcement and forum channels, or of single public threads
	Messages string            `yaml:"messages"` // "mentions" or "all"
	Threads  bool              `yaml:"threads"`  // also the public threads of these channels
	Limit    int               `yaml:"limit"`    // messages to ask for at once, at most 100
}

// The values of Settings.Messages.
const (
	onlyMentions = "mentions" // those that mention the bot
	allMessages  = "all"      // every one: for channels that were announced as question boxes
)

const (
	maxLimit    = 100 // what Discord gives at once
	maxChannels = 100
)

// token is the bare token: people copy it with the word "Bot" that stands before it in HTTP.
func (s *Settings) token() collectors.Secret {
	return collectors.Secret(strings.TrimPrefix(strings.TrimSpace(s.Token.Reveal()), "Bot "))
}

// Servers is Discord's own.
func (s *Settings) Servers() []string { return []string{discordgo.EndpointDiscord} }

// Validate says what is wrong with the settings.
func (s *Settings) Validate() []error {
	var errs []error
	switch token := s.token().Reveal(); {
	case token == "":
		errs = append(errs, errors.New("token: is empty; make one in Discord's developer portal under Bot, and write env:NAME or file:PATH here"))
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		errs = append(errs, errors.New("token: holds a space or a line break; is it the token of a bot?"))
	}
	if len(s.Channels) == 0 {
		errs = append(errs, errors.New("channels: is empty; switch on the developer mode in Discord, and copy the ids of the channels"))
	}
	if len(s.Channels) > maxChannels {
		errs = append(errs, fmt.Errorf("channels: %d are named; at most %d are read by one source", len(s.Channels), maxChannels))
	}
	seen := map[string]bool{}
	for _, id := range s.Channels {
		id = strings.TrimSpace(id)
		if _, ok := parseID(text(id)); !ok {
			errs = append(errs, fmt.Errorf("channels: %q is not the id of a channel, a number of 17 to 20 digits", id))
		}
		if seen[id] {
			errs = append(errs, fmt.Errorf("channels: %s is named twice", id))
		}
		seen[id] = true
	}
	if s.Messages != onlyMentions && s.Messages != allMessages {
		errs = append(errs, fmt.Errorf("messages: %q is neither mentions (those that mention the bot) nor all (for a channel that was announced as a question box)", s.Messages))
	}
	if s.Limit < 1 || s.Limit > maxLimit {
		errs = append(errs, fmt.Errorf("limit: %d is not between 1 and %d", s.Limit, maxLimit))
	}
	return errs
}
