package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"askahead/collectors"
)

// Receiver is a Collector that Discord calls too: when somebody uses /ask, /withdraw or "Send to the panel". It needs no
// connection to Discord's gateway, and answers as nobody else but the bot could: each call is signed for it.
type Receiver struct {
	*Collector
	key         ed25519.PublicKey
	servers     []string
	hashtags    []string
	communities []collectors.Choice
	calledAt    string
	log         *slog.Logger
}

// NewReceiver makes a collector that is called too; its settings have a public key.
func NewReceiver(s Settings, deps collectors.Deps) (*Receiver, error) {
	c, err := New(s, deps)
	if err != nil {
		return nil, err
	}
	r := &Receiver{Collector: c, hashtags: deps.Hashtags, communities: deps.Communities, calledAt: deps.CalledAt, log: deps.Log}
	r.key, _ = s.publicKey() // Validate has seen it
	for _, id := range s.Guilds {
		r.servers = append(r.servers, strings.TrimSpace(id))
	}
	if len(r.communities) > maxChoices {
		r.communities = r.communities[:maxChoices]
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	return r, nil
}

// publicKey reads the application's public key.
func (s *Settings) publicKey() (ed25519.PublicKey, bool) {
	key, err := hex.DecodeString(strings.TrimSpace(s.PublicKey))
	return key, err == nil && len(key) == ed25519.PublicKeySize
}

// CalledBy names the application that Discord calls here for.
func (s *Settings) CalledBy() string { return strings.ToLower(strings.TrimSpace(s.PublicKey)) }

// Handler answers Discord's calls.
func (r *Receiver) Handler(desk collectors.Desk) http.Handler {
	return &counter{Receiver: r, desk: desk, seen: newSeen(), visitors: newVisitors(), roles: map[text]knownRoles{}}
}

// sends says whether a channel is one from which people may send their messages: where a sweep can tell what became of
// them. In a private thread it can if the bot was added, which the call does not say.
func (r *Receiver) sends(ch *wireChannel) bool {
	if slices.Contains(r.channels, string(ch.ID)) {
		return true
	}
	return ch.isThread() && !ch.isPrivate() && slices.Contains(r.channels, string(ch.ParentID))
}
