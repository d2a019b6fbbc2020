// Package builtin lists the kinds of sources that this askahead can read.
package builtin

import (
	"askahead/collectors"
	"askahead/collectors/bluesky"
	"askahead/collectors/chatexport"
	"askahead/collectors/discord"
	"askahead/collectors/discordexport"
	"askahead/collectors/feed"
	"askahead/collectors/imap"
	"askahead/collectors/maildir"
	"askahead/collectors/mastodon"
	"askahead/collectors/matrix"
	"askahead/collectors/matterbridge"
	"askahead/collectors/mbox"
)

// Kinds gives every kind, in the order of their names. A new one is one line here.
func Kinds() []collectors.Kind {
	return []collectors.Kind{
		bluesky.Kind(),
		chatexport.Kind(),
		discord.Kind(),
		discordexport.Kind(),
		feed.Kind(),
		imap.Kind(),
		maildir.Kind(),
		mastodon.Kind(),
		matrix.Kind(),
		matterbridge.Kind(),
		mbox.Kind(),
	}
}
