// Package authored turns an item, as a collector hands it on, into the words that its author wrote. It
// decodes mail, HTML, Markdown and chat mark-up; reads a mail's headers; and takes away quotes, signatures
// and footers, each with its reason. Nothing remote is ever loaded.
//
// The work is in three folders: mime takes mails apart, markup reads HTML and the texts of posts and chats,
// quotes tells in a mail's text whose words are whose.
package authored
