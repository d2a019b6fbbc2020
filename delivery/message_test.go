package delivery

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"

	"askahead/authored"
	"askahead/delivery/mailtest"
	"askahead/digest"
	"askahead/domain"
)

// mailRead is a mail as a mail program reads it. It is read with the standard library alone, which is not what it
// was written with.
type mailRead struct {
	header     mail.Header
	subject    string
	text, html string
	files      map[string]string
	types      map[string]string // of the files
}

func read(t *testing.T, raw []byte) mailRead {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	got := mailRead{header: m.Header, files: map[string]string{}, types: map[string]string{}}
	if got.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	got.part(t, m.Header.Get, m.Body)
	return got
}

func (m *mailRead) part(t *testing.T, header func(string) string, body io.Reader) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if params["boundary"] != "" {
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			m.part(t, p.Header.Get, p)
		}
	}
	switch header("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	_, disposition, _ := mime.ParseMediaType(header("Content-Disposition"))
	switch {
	case disposition["filename"] != "":
		m.files[disposition["filename"]], m.types[disposition["filename"]] = string(text), kind
	case kind == "text/plain":
		m.text = string(text)
	case kind == "text/html":
		m.html = string(text)
	default:
		t.Errorf("a part of type %s", kind)
	}
}

func addressOf(t *testing.T, text string) string {
	t.Helper()
	a, err := mail.ParseAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	return a.Address
}

func TestAnEditionSurvivesItsWay(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{})
	d := newDesk(t, m, readers[0])
	d.parcel.Formats = []string{"html", "txt", "md", "json", "csv"}
	d.deliver(t)
	raw := m.Mails()[0].Raw
	for _, line := range strings.Split(string(raw), "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d characters", len(line))
		}
	}
	if i := bytes.IndexFunc(raw, func(r rune) bool { return r >= 0x80 || r == 0 }); i >= 0 {
		t.Errorf("it is not in seven bits: %q", raw[max(0, i-20):i+20])
	}
	got := read(t, raw)
	made, _, err := digest.Rebuild(t.Context(), d.db, d.parcel.Edition, d.parcel.Request)
	if err != nil {
		t.Fatal(err)
	}
	if got.subject != made.Subject() || !strings.Contains(got.subject, "协调还是冲突") || !strings.Contains(got.subject, "TLP:GREEN") {
		t.Errorf("the subject is %q", got.subject)
	}
	for _, f := range digest.Formats() {
		var want bytes.Buffer
		if err := f.Write(&want, made); err != nil {
			t.Fatal(err)
		}
		has := got.files["ws164-panelists-1"+f.Extension]
		switch f.Name {
		case "html":
			has = strings.ReplaceAll(got.html, "\r\n", "\n")
		case "txt":
			has = strings.ReplaceAll(got.text, "\r\n", "\n")
		default:
			if kind, _, _ := strings.Cut(f.MediaType, ";"); got.types["ws164-panelists-1"+f.Extension] != kind {
				t.Errorf("the %s is attached as %s", f.Name, got.types["ws164-panelists-1"+f.Extension])
			}
		}
		if has != want.String() {
			t.Errorf("the %s is not what was rendered:\n%.300s", f.Name, has)
		}
		if joined := strings.Join(strings.Fields(has), " "); !strings.Contains(joined, "حماية مصادرهم") {
			t.Errorf("the %s has lost its Arabic", f.Name)
		}
	}
	if len(got.files) != 3 {
		t.Errorf("%d files, want md, json and csv", len(got.files))
	}
}

func TestOurOwnReaderUnderstandsTheMailToo(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{})
	d := newDesk(t, m, readers[0])
	d.deliver(t)
	got, err := authored.Read(domain.Item{Type: domain.TypeMail, Raw: m.Mails()[0].Raw})
	if err != nil {
		t.Fatal(err)
	}
	bare := func(s string) string { return strings.Join(strings.Fields(s), "") } // lines end anywhere in Japanese
	for _, words := range []string{arabic, japanese, "domain owners"} {
		if !strings.Contains(bare(got.Own), bare(words)) {
			t.Errorf("it does not read %q in:\n%s", words, got.Own)
		}
	}
}

func TestTheHeaderSaysWhatTheMailIs(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{})
	d := newDesk(t, m, readers[0])
	d.deliver(t)
	got := read(t, m.Mails()[0].Raw).header
	for name, want := range map[string]string{
		"From":                     `"askahead" <bot@askahead.example>`,
		"To":                       `"Jo Panel" <jo.panel@readers.example>`,
		"Reply-To":                 "<organiser@example.org>",
		"Date":                     "Fri, 09 Nov 2018 12:00:00 +0000",
		"List-Id":                  "<panelists.ws164.askahead.example>",
		"List-Unsubscribe":         "<mailto:organiser@example.org?subject=unsubscribe%20from%20panelists%20of%20ws164>",
		"Auto-Submitted":           "auto-generated",
		"X-Auto-Response-Suppress": "OOF, AutoReply",
		"X-Mailer":                 "askahead test",
		"Mime-Version":             "1.0",
		"Cc":                       "", "Bcc": "", "Precedence": "", "Sender": "",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Get(name), want)
		}
	}
	if m.Mails()[0].From != "bot@askahead.example" {
		t.Errorf("bounces go to %s", m.Mails()[0].From)
	}
	d.Server.ReplyTo = ""
	if h := d.Server.listHeader("ws164", "panelists"); h["List-Unsubscribe"] != "" {
		t.Errorf("there is nobody to write to, and yet: %v", h)
	}
}

func TestAMessageIDNamesTheMail(t *testing.T) {
	s := Server{From: "bot@Bücher.example"}
	id := s.messageID("edition", "ws164", "panelists", "3", "1541764800000000", "reader")
	if id != s.messageID("edition", "ws164", "panelists", "3", "1541764800000000", "reader") {
		t.Error("the same mail has two names")
	}
	if _, err := mail.ParseAddress("<" + id + ">"); err != nil || !strings.HasSuffix(id, "@xn--bcher-kva.example") {
		t.Errorf("%s is no Message-ID: %v", id, err)
	}
	seen := map[string]bool{id: true}
	for _, parts := range [][]string{
		{"edition", "ws164", "panelists", "4", "1541764800000000", "reader"}, {"edition", "ws164", "panelists", "3", "1541764800000000", "other"},
		{"edition", "ws165", "panelists", "3", "1541764800000000", "reader"}, {"edition", "ws164", "panelists", "3", "1541764800000001", "reader"},
		{"edition", "ws164panelists", "", "3", "1541764800000000", "reader"}, {"mail", "ws164", "reader"},
	} {
		if other := s.messageID(parts...); seen[other] {
			t.Errorf("%v has the name of another mail", parts)
		} else {
			seen[other] = true
		}
	}
}
