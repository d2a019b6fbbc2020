// Package markup reads the texts of posts and chats, and the HTML of mails: it turns mark-up into the text
// that a reader sees, and tells quotes, code and hidden parts from what the author says.
package markup
