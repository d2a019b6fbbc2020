package authored

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"time"

	mail "askahead/authored/mime"
	"askahead/domain"
)

// readEnvelope fills what a mail's headers say.
func readEnvelope(r *domain.Reading, m *mail.Part, body string) {
	h := m.Header
	charset := m.Charset()
	if s := h.Get("Subject"); s != "" {
		r.Subject = mail.CleanLine(mail.DecodeWords(s, charset))
	}
	if t := published(h); !t.IsZero() {
		r.Published = t
	}
	if lang := language(h.Get("Content-Language")); lang != "" {
		r.Language = lang
	}
	readAuthor(r, h, charset)
	readRecipients(r, h, charset)
	readFacts(r, h)
	r.OptOut = optOut(h, r.OptOut)
	r.Labels = append(r.Labels, labels(h, charset)...)
	if id := messageID(h.Get("Message-ID")); id != "" {
		r.Canonical = "mid:" + id
	} else if r.Canonical == "" {
		r.Canonical = "hash:" + contentHash(h, body)
	}
	if p := parents(h); len(p) > 0 {
		r.Parents = p
	}
	if page := archivedAt(h); page != "" {
		r.URL = page
	}
}

// maxURL is longer than any address of a page that people follow.
const maxURL = 2000

// archivedAt is the mail's page in its list's archive (RFC 5064). Whether everyone may read it there, it
// does not say.
func archivedAt(h mail.Header) string {
	s := strings.TrimSpace(h.Get("Archived-At"))
	s = strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">")
	if u, err := url.Parse(s); err != nil || len(s) > maxURL || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return s
}

// contentHash names a mail without a Message-ID, the same wherever the mail is seen.
func contentHash(h mail.Header, body string) string {
	sum := sha256.New()
	for _, s := range [...]string{h.Get("Date"), h.Get("From"), h.Get("Subject"), body} {
		sum.Write([]byte(s))
		sum.Write([]byte{0})
	}
	return hex.EncodeToString(sum.Sum(nil)[:20])
}

// messageID is an id without its angle brackets and the white space that transport put into it.
func messageID(s string) string {
	if i := strings.IndexByte(s, '<'); i >= 0 {
		s = s[i+1:]
		if j := strings.IndexByte(s, '>'); j >= 0 {
			s = s[:j]
		}
	}
	if strings.ContainsAny(s, " \t") {
		s = strings.Join(strings.Fields(s), "")
	}
	return mail.CleanLine(mail.DecodeText(s[:min(len(s), 998)], ""))
}

// maxParents keeps the nearest mails of a very long thread.
const maxParents = 50

// parents are the mails that this one answers: References, then In-Reply-To, which names the nearest (RFC
// 5322 section 3.6.4). In-Reply-To of old mails holds words too; what is in angle brackets counts.
func parents(h mail.Header) []string {
	var list []string
	for _, name := range [...]string{"References", "In-Reply-To"} {
		s := h.Get(name)
		first := true
		for {
			i := strings.IndexByte(s, '<')
			if i < 0 {
				break
			}
			j := strings.IndexByte(s[i:], '>')
			if j < 0 {
				break
			}
			id := messageID(s[i : i+j+1])
			s = s[i+j+1:]
			if !strings.Contains(id, "@") || name == "In-Reply-To" && !first {
				continue
			}
			first = false
			list = moveLast(list, "mid:"+id)
		}
	}
	if len(list) > maxParents {
		list = list[len(list)-maxParents:]
	}
	return list
}

// moveLast appends id; if it is in the list already, it moves. A thread of thousands is searched near its end.
func moveLast(list []string, id string) []string {
	for i := len(list) - 1; i >= 0 && i >= len(list)-maxParents; i-- {
		if list[i] == id {
			list = append(list[:i], list[i+1:]...)
			break
		}
	}
	return append(list, id)
}

// published is the time of the Date header. One before mail existed, or days after a server received the
// mail, says nothing.
func published(h mail.Header) time.Time {
	t, ok := mail.ParseDate(h.Get("Date"))
	if !ok || t.Year() < 1980 || t.Year() >= 2100 {
		return time.Time{}
	}
	if _, date, found := strings.Cut(h.Get("Received"), ";"); found {
		if got, ok := mail.ParseDate(date); ok && t.Sub(got) > 7*24*time.Hour {
			return time.Time{}
		}
	}
	return t
}

// language is the first language tag of Content-Language (RFC 3282).
func language(s string) string {
	s, _, _ = strings.Cut(s, ",")
	s = strings.TrimSpace(s)
	if len(s) < 2 || len(s) > 35 {
		return ""
	}
	for _, c := range []byte(s) {
		if c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return ""
		}
	}
	return s
}

// maxRecipients keeps a mail to a thousand people from filling the store.
const maxRecipients = 200

func readRecipients(r *domain.Reading, h mail.Header, charset string) {
	var list []string
	for _, f := range h {
		if !strings.EqualFold(f.Name, "To") && !strings.EqualFold(f.Name, "Cc") {
			continue
		}
		for _, a := range mail.ParseAddresses(f.Value(), charset) {
			if strings.Contains(a.Addr, "@") && len(list) < maxRecipients {
				list = append(list, a.Addr)
			}
		}
	}
	if list = appendMissing(nil, list); len(list) > 0 {
		r.Recipients = list
	}
}

// optOut tells by which header the author declines to be collected.
func optOut(h mail.Header, have string) string {
	for _, f := range h {
		if rule := domain.DeclinesBy(f.Name, f.Value()); rule != "" {
			return rule
		}
	}
	return have
}

// labels returns the values of headers that may carry a TLP label: those named for it, and the author's own
// remarks (Comments, Keywords, X-…) that name the protocol.
func labels(h mail.Header, charset string) []string {
	var list []string
	for _, f := range h {
		n := f.Name
		named := strings.Contains(n, "TLP") || strings.Contains(n, "tlp") || strings.Contains(n, "Tlp")
		if !named && !(n[0]|0x20 == 'x' && len(n) > 2 && n[1] == '-') && !strings.EqualFold(n, "Comments") && !strings.EqualFold(n, "Keywords") && !strings.EqualFold(n, "Classification") {
			continue
		}
		if !named && (!strings.Contains(f.Value(), "TLP") && !strings.Contains(f.Value(), "tlp") || strings.HasPrefix(strings.ToLower(n), "x-spam")) {
			continue
		}
		v := mail.CleanLine(mail.DecodeWords(f.Value(), charset))
		if v == "" || len(v) > 200 || len(list) >= 10 {
			continue
		}
		if !strings.Contains(strings.ToLower(v), "tlp") {
			v = "TLP:" + v
		}
		list = append(list, v)
	}
	return list
}
