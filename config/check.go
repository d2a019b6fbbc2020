package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"askahead/schedule"
)

// checker looks at what the types cannot say: whether values make sense, alone and together.
type checker struct {
	*report
	loader Loader
	config *Config
	reader secretReader
	local  map[string]bool
	outs   map[string]folder // folders that editions are written into

	callers map[string]string // which source somebody calls
}

type folder struct {
	audience string
	path     string // of the edition
}

func (k *checker) all() {
	c := k.config
	k.outs, k.callers = map[string]folder{}, map[string]string{}
	k.instance()
	if len(c.Sessions) == 0 && !k.bad["sessions"] && !k.bad["include"] && len(k.problems) == 0 {
		k.wrong("sessions", "there is no session; add one under sessions:, or files with include:")
	}
	k.unique("sessions", len(c.Sessions), "session id", func(i int) (string, string) { return c.Sessions[i].ID, "id" })
	k.sources("sources", c.Sources, time.UTC, true)
	for i := range c.Sessions {
		k.session(fmt.Sprintf("sessions[%d]", i), &c.Sessions[i])
	}
	k.contradictions()
}

// instance checks what stands beside the sessions.
func (k *checker) instance() {
	c := k.config
	k.key()
	k.retention("retention", c.Retention)
	k.keep()
	k.contact()
	k.controller()
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		switch {
		case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
			k.wrong("public_url", show(c.PublicURL)+" is not the address of a site; write for example https://ask.example.org")
		case u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1":
			k.warn("public_url", "links with http can be read and changed on their way; use https")
		}
	}
	if c.SMTP != nil {
		c.SMTP.At = k.at("smtp")
		k.smtp(c.SMTP)
	}
	k.requests()
	k.web()
	k.run()
	k.alarms()
	k.privateHosts()
	k.embeddings()
}

// key checks a key that is there; one that is not is made on first use.
func (k *checker) key() {
	c := k.config
	value, warning, err := k.reader.read(c.KeyAt)
	path, isFile := k.reader.file(c.KeyAt)
	switch {
	case k.bad["key"] || k.reader.trust && err == nil:
	case errors.Is(err, fs.ErrNotExist) && isFile:
		if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
			k.wrong("key", "there is no folder "+filepath.Dir(path)+" for the key file")
		} else if db, ok := c.Store.SQLite(); !ok || exists(c.Resolve(db)) {
			k.warn("key", "there is no file "+path+" yet. It would be made on first use, but a database that exists needs its own key: put that back")
		}
	case err != nil:
		k.wrong("key", err.Error())
	default:
		if _, err := decodeKeys(value); err != nil {
			k.wrong("key", string(c.KeyAt)+" "+err.Error())
		}
		if warning != "" {
			k.warn("key", warning)
		}
		k.secrets = append(k.secrets, value)
	}
}

// at is where the value at a path stands: FILE:LINE.
func (k *checker) at(path string) string {
	w := k.find(path)
	if w.text == nil {
		return ""
	}
	line := w.key.line
	if line == 0 {
		line = w.value.line
	}
	return fmt.Sprintf("%s:%d", w.text.name, line)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (k *checker) contact() {
	c := k.config.Contact
	u, err := url.Parse(c)
	switch {
	case c == "":
		if !k.bad["contact"] {
			k.warnOnce("contact", "no contact: is set; servers that are read want to know whom to ask: contact: mailto:NAME@DOMAIN")
		}
	case err == nil && u.Scheme == "mailto" && isAddress(u.Opaque):
	case err == nil && u.Scheme == "https" && u.Host != "":
		if k.mails() {
			k.warn("contact", "is no mail address, so readers of mailed editions are told nobody to write to when they want no more; write mailto:NAME@DOMAIN")
		}
	case isAddress(c):
		k.wrong("contact", "has no mailto: before the address")
	default:
		k.wrong("contact", show(c)+" is neither mailto:NAME@DOMAIN nor an https:// page")
	}
}

// mails says that an edition goes out by mail.
func (k *checker) mails() bool {
	for _, s := range k.config.Sessions {
		if s.Digest != nil && slices.ContainsFunc(s.Digest.Editions, func(e Edition) bool { return len(e.To) > 0 }) {
			return true
		}
	}
	return false
}

// warnOnce is warn for a key that does not stand in the file.
func (k *checker) warnOnce(path, say string) {
	if !k.has(path) {
		k.warnings = append(k.warnings, remark{text: k.places[""].text, say: say})
	}
}

func (k *checker) smtp(s *SMTP) {
	k.missing("smtp", "server", "is missing; write server: smtps://HOST:465, or smtp://HOST:587 for STARTTLS")
	if s.Server != "" {
		u, err := url.Parse(s.Server)
		switch {
		case err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "smtps" && u.Scheme != "smtp":
			k.wrong("smtp.server", show(s.Server)+" is not a mail server; write smtps://HOST:465, or smtp://HOST:587 for STARTTLS")
		case u.User != nil:
			k.wrong("smtp.server", "holds a user; write user: and password: beside it")
		case u.Path != "" || u.RawQuery != "" || u.Fragment != "":
			k.wrong("smtp.server", show(s.Server)+" has more than a host and a port")
		case !isPort(u.Port()):
			k.wrong("smtp.server", show(u.Port())+" is not a port (1–65535)")
		}
	}
	k.missing("smtp", "from", "is missing; write the address that editions come from")
	if s.From != "" && !isAddress(s.From) {
		k.wrong("smtp.from", show(s.From)+" is not a mail address")
	}
	if s.User != "" {
		k.missing("smtp", "password", "is missing; a user has one: password: env:SMTP_PASSWORD")
	} else if k.has("smtp.password") {
		k.missing("smtp", "user", "is missing; a password belongs to one")
	}
}

func isPort(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.Atoi(port)
	return err == nil && n >= 1 && n <= 65535
}

func isAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return false
	}
	at := strings.LastIndexByte(a.Address, '@')
	return at > 0 && strings.Contains(a.Address[at:], ".")
}

const longestRetention = 10 * 365 * 24 * time.Hour

func (k *checker) retention(path string, d time.Duration) {
	switch {
	case k.bad[path] || !k.has(path):
	case d < 24*time.Hour:
		k.wrong(path, "is shorter than a day; questions would be gone before anyone reads them")
	case d > longestRetention:
		k.wrong(path, "is longer than ten years; little is to be kept")
	}
}

// names of sessions, sources, editions and agenda points stand in file names, links and the database.
var plainName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// plain checks a name that must be there.
func (k *checker) plain(path, key, name, example string) {
	at := path + "." + key
	if name == "" {
		k.missing(path, key, "is missing; write "+key+": "+example)
		return
	}
	if !plainName.MatchString(name) {
		k.wrong(at, show(name)+" has characters or a length that is not allowed; write up to 64 lower-case letters, digits, - _ or ., such as "+example)
	}
}

// unique reports what bears the same name as one before it. get gives the name and its key.
func (k *checker) unique(list string, n int, what string, get func(int) (name, key string)) {
	seen := map[string]int{}
	for i := range n {
		name, key := get(i)
		if name == "" {
			continue
		}
		if first, twice := seen[name]; twice {
			path := fmt.Sprintf("%s[%d].%s", list, i, key)
			w := k.find(fmt.Sprintf("%s[%d].%s", list, first, key))
			k.wrong(path, fmt.Sprintf("the %s %s is used before, in %s:%d", what, show(name), w.text.name, w.value.line))
			continue
		}
		seen[name] = i
	}
}

// due reads a schedule; a problem points into the specification.
func (k *checker) due(path, spec string, zone *time.Location) schedule.Schedule {
	if spec == "" {
		return schedule.Schedule{}
	}
	s, err := schedule.Parse(spec, zone)
	var wrong *schedule.SpecError
	if err == nil || !errors.As(err, &wrong) {
		return s
	}
	m := k.remark(path, wrong.Reason)
	if k.bad[path] {
		return s
	}
	k.bad[path] = true
	if m.text != nil && m.at.line >= 1 && m.at.line <= len(m.text.lines) {
		line := []rune(m.text.lines[m.at.line-1])
		start := m.at.column - 1
		if start < len(line) && (line[start] == '"' || line[start] == '\'') {
			start++
		}
		if rest := string(line[min(start, len(line)):]); strings.HasPrefix(rest, spec) {
			before := len([]rune(spec[:wrong.Start]))
			m.at.column = start + 1 + before
			m.width = max(1, len([]rune(spec[wrong.Start:wrong.End])))
		}
	}
	k.problems = append(k.problems, m)
	return s
}
