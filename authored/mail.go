package authored

import (
	"askahead/authored/markup"
	mail "askahead/authored/mime"
	"askahead/authored/quotes"
	"askahead/domain"
)

// readMail reads a whole message. r holds what the collector said of it.
func readMail(raw []byte, r domain.Reading) (domain.Reading, error) {
	if len(raw) == 0 {
		return domain.Reading{}, &Unreadable{"empty message"}
	}
	m := mail.Parse(raw)
	body := m.ChooseBody()
	if len(m.Header) == 0 && len(body.Text) == 0 {
		return domain.Reading{}, &Unreadable{"neither a header nor a text"}
	}
	readEnvelope(&r, m, body.Text)
	switch body.Why {
	case "encrypted":
		return domain.Reading{}, &Unreadable{"encrypted: not readable"}
	case "":
	default:
		r.Authored = domain.Authored{Removed: []domain.Span{{What: body.Why}}}
		return r, nil
	}
	text := body.Text
	if body.HTML {
		text = markup.HTML(text)
	}
	r.Authored = quotes.Strip(text, quotes.Options{
		Name: r.Author.Name, Addr: r.Author.ID, Flowed: body.Flowed, DelSp: body.DelSp,
	})
	return r, encrypted(&r)
}
