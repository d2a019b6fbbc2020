package delivery

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"askahead/digest"
)

// draft is a mail that is to be written.
type draft struct {
	to      *mail.Address
	id      string // without brackets
	subject string
	date    time.Time
	text    string
	html    string // the same for those who want to see it; may be empty
	files   []file
	header  map[string]string // further fields
}

// file is what is attached to a mail.
type file struct {
	name, mediaType string
	content         []byte
}

// edition drafts the mail that carries an edition. Its text is there whatever the formats: there are readers who
// see nothing else. HTML is beside it if it is one of the formats, and the others are attached.
func (s Server) edition(e digest.Edition, session, name string, formats []string, to *mail.Address, recipient string) (draft, error) {
	d := draft{
		to: to, subject: e.Subject(), date: e.Created(),
		// The time tells this edition from one of the same number in a database that was made anew.
		id: s.messageID("edition", session, name, fmt.Sprint(e.Number()), fmt.Sprint(e.Created().UnixMicro()), recipient),
	}
	for _, f := range digest.Formats() {
		if f.Name != "txt" && !slices.Contains(formats, f.Name) {
			continue
		}
		var b bytes.Buffer
		if err := f.Write(&b, e); err != nil {
			return draft{}, fmt.Errorf("render %s: %w", f.Name, err)
		}
		switch f.Name {
		case "txt":
			d.text = b.String()
		case "html":
			d.html = b.String()
		default:
			d.files = append(d.files, file{e.FileName(f), f.MediaType, b.Bytes()})
		}
	}
	d.header = s.listHeader(session, name)
	return d, nil
}

// listHeader is what lets readers sort an edition (RFC 2919) and leave it (RFC 2369).
func (s Server) listHeader(session, name string) map[string]string {
	label := func(text string) string { // what is between the dots of a List-Id is never empty
		return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '.' }), ".")
	}
	h := map[string]string{"List-Id": fmt.Sprintf("<%s.%s.%s>", label(name), label(session), s.domain())}
	if a, err := mail.ParseAddress(s.ReplyTo); err == nil {
		subject := url.PathEscape("unsubscribe from " + name + " of " + session)
		h["List-Unsubscribe"] = fmt.Sprintf("<mailto:%s?subject=%s>", (&url.URL{Path: a.Address}).EscapedPath(), subject)
	}
	return h
}

// write gives the mail as it goes over the wire: all of it in seven bits.
func (s Server) write(d draft) ([]byte, error) {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, fmt.Errorf("%w: smtp.from is not a mail address", ErrSettings)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(from)
	m.AddToMailAddress(d.to)
	if reply, err := mail.ParseAddress(s.ReplyTo); err == nil {
		m.ReplyToMailAddress(reply)
	}
	m.Subject(shownSubject(d.subject))
	m.SetDateWithValue(d.date.UTC())
	m.SetMessageIDWithValue(d.id)
	m.SetGenHeader("X-Mailer", "askahead "+s.Version)
	// Nobody's vacation notice goes to those who wrote nothing: RFC 3834 has the first, Exchange reads the second.
	// Precedence, which no standard has, would add nothing to them.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	for name, value := range d.header {
		m.SetGenHeader(gomail.Header(name), value)
	}
	m.SetBodyString(gomail.TypeTextPlain, d.text)
	if d.html != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, d.html)
	}
	for _, f := range d.files {
		if err := m.AttachReader(f.name, bytes.NewReader(f.content), gomail.WithFileContentType(gomail.ContentType(f.mediaType))); err != nil {
			return nil, fmt.Errorf("attach %s: %w", f.name, err)
		}
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	return b.Bytes(), nil
}

// shownSubject keeps a subject in one line.
func shownSubject(text string) string { return strings.Join(strings.Fields(text), " ") }

// messageID names a mail by what it is: the same parts give the same.
func (s Server) messageID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "askahead." + hex.EncodeToString(sum[:16]) + "@" + s.domain()
}

// domain is that of the sender, as the names of mails and lists have it.
func (s Server) domain() string {
	a, err := mail.ParseAddress(s.From)
	if err != nil {
		return "localhost"
	}
	domain := strings.ToLower(a.Address[strings.LastIndexByte(a.Address, '@')+1:])
	if plain, err := idna.Lookup.ToASCII(domain); err == nil {
		return plain
	}
	return domain
}
