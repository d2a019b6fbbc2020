package authored

import (
	"mime"
	"strings"

	"askahead/authored/markup"
	mail "askahead/authored/mime"
	"askahead/authored/quotes"
	"askahead/domain"
)

// Unreadable is an item that no rule can read; it goes to quarantine.
type Unreadable struct {
	Why string // one sentence for the operator, without personal data
}

func (e *Unreadable) Error() string { return "read the item: " + e.Why }

// Read tells what an item says. The result's Envelope is the item's, filled from a mail's own headers where
// it has them: they go before what the collector said; facts are added, never taken away.
//
// Text is UTF-8 with "\n" as line end and without control characters. Of HTML it is the text that a reader
// sees, with "> " before the lines of quotes (see markup.HTML); of a chat message without IRC's codes (see
// markup.StripIRC), or with Discord's ids made readable (see markup.Discord); in all other cases the decoded body. Own is exactly the pieces of Text that Map names.
// An item without text, such as a mail that is only an attachment, gives an empty text, and in Removed an
// empty span that says why. Every error is an *Unreadable.
func Read(item domain.Item) (domain.Reading, error) {
	if len(item.Raw) > mail.MaxBytes {
		return domain.Reading{}, &Unreadable{"larger than 10 MB"}
	}
	r := domain.Reading{Envelope: item.Envelope}
	switch typ, charset := mediaType(item.Type); typ {
	case domain.TypeMail:
		return readMail(item.Raw, r)
	case domain.TypeMailText:
		text := mail.Clean(mail.DecodeText(string(item.Raw), charset))
		r.Authored = quotes.Strip(text, quotes.Options{Name: r.Author.Name, Addr: strings.ToLower(r.Author.ID)})
		return r, encrypted(&r)
	case domain.TypeHTML:
		readPost(&r, markup.Rendered(markup.HTML(mail.Clean(mail.DecodeText(string(item.Raw), charset)))))
	case domain.TypeMarkdown:
		readPost(&r, markup.Markdown(mail.Clean(mail.DecodeText(string(item.Raw), charset))))
	case domain.TypeText:
		readPost(&r, markup.Plain(mail.Clean(mail.DecodeText(string(item.Raw), charset))))
	case domain.TypeChat:
		readPost(&r, markup.Chat(mail.Clean(markup.StripIRC(mail.DecodeText(string(item.Raw), charset)))))
	case domain.TypeDiscord:
		readChat(&r, item.Raw, markup.Discord)
	case domain.TypeSlack:
		readChat(&r, item.Raw, markup.Slack)
	default:
		return domain.Reading{}, &Unreadable{"its media type is not one that askahead reads"}
	}
	return r, nil
}

// mediaType splits a media type into one of domain's and the charset beside it.
func mediaType(s string) (typ, charset string) {
	switch s {
	case domain.TypeMail, domain.TypeHTML, domain.TypeMarkdown, domain.TypeText, domain.TypeMailText, domain.TypeDiscord, domain.TypeChat, domain.TypeSlack:
		return s, "utf-8"
	}
	typ, params, err := mime.ParseMediaType(s)
	if err != nil {
		return s, ""
	}
	charset = params["charset"]
	if typ == domain.TypeText && params["variant"] == "mail" {
		typ = domain.TypeMailText
	}
	return typ, charset
}

// readPost sets the text of a post, with its hashtags and what addresses it.
func readPost(r *domain.Reading, a domain.Authored) {
	r.Authored = a
	markup.MarkEdges(&r.Authored)
	r.Hashtags = appendMissing(r.Hashtags, markup.Hashtags(a.Own))
}

// readChat sets the text of a message of a chat that has a mark-up of its own.
func readChat(r *domain.Reading, raw []byte, read func(string) (domain.Authored, []string)) {
	src := mail.Clean(string(raw))
	a, mentions := read(src)
	r.Mentions = appendMissing(r.Mentions, mentions)
	r.Authored = a
	markup.MarkEdges(&r.Authored)
	r.Hashtags = appendMissing(r.Hashtags, markup.Hashtags(src))
}

// encrypted is the error of a mail whose text is a message in PGP armour and no more.
func encrypted(r *domain.Reading) error {
	if strings.TrimSpace(r.Own) != "" {
		return nil
	}
	for _, s := range r.Removed {
		if s.What == quotes.Encrypted {
			return &Unreadable{"encrypted: not readable"}
		}
	}
	return nil
}

// appendMissing appends what is not in list yet, without regard to case.
func appendMissing(list, more []string) []string {
next:
	for _, m := range more {
		for _, have := range list {
			if strings.EqualFold(have, m) {
				continue next
			}
		}
		list = append(list[:len(list):len(list)], m)
	}
	return list
}
