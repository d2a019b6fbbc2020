package requests

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strings"

	"askahead/domain"
	"askahead/store"
)

// Identity is what the name that somebody gives of themselves, or of one of their posts, may stand for.
type Identity struct {
	Given   string   // as it was given, without white space around it
	Authors []string // domain.Author.ID of whom it may be
	Items   []string // domain.Envelope.Canonical of what it may be
	URLs    []string // of a question, as it is shown
	Words   []string // under which a message that nobody could read may hold them
	Address string   // a mail address, as readers of editions have
}

// Post says that it names something that was written, and nobody who wrote it.
func (id *Identity) Post() bool { return len(id.Authors) == 0 }

// Person is whom a store looks for.
func (id *Identity) Person(keys domain.Keys) store.Person {
	p := store.Person{URLs: id.URLs, Words: id.Words}
	for _, a := range id.Authors {
		p.Askers = append(p.Askers, keys.Asker(a))
	}
	for _, i := range id.Items {
		p.Items = append(p.Items, keys.Item(i))
	}
	if id.Address != "" {
		p.Recipients = []string{keys.Recipient(id.Address)}
	}
	return p
}

// ErrIdentity is a name by which nobody can be found.
var ErrIdentity = errors.New("nobody can be found by this name")

var (
	network   = regexp.MustCompile(`^([a-z][a-z0-9.-]{1,30}):\S`) // discord:1, matrix:@a:b, slack:U1, mid:x@y
	snowflake = regexp.MustCompile(`^[0-9]{15,20}$`)
	matrixID  = regexp.MustCompile(`^@[^\s:@/]+:[^\s/@]+$`)
	accountAt = regexp.MustCompile(`^@?([^\s@/]+)@([^\s@/:]+\.[^\s@/:]+)$`)
	userPath  = regexp.MustCompile(`^/(?:@|users/|u/|profile/)([^/@]+)(?:@([^/]+))?/?$`)
)

// maxGiven is the longest name, in bytes.
const maxGiven = 500

// Identify reads a mail address, an account (@user@server, @user:server, did:…, NETWORK:ID), the address of a profile
// or of a post, or a Message-ID (mid:…). The error, which wraps ErrIdentity, says what would be understood and does not
// repeat the name.
func Identify(given string) (Identity, error) {
	given = strings.TrimSpace(given)
	id := Identity{Given: given}
	if given == "" || len(given) > maxGiven || strings.ContainsAny(given, "\r\n\x00") {
		return id, fmt.Errorf("%w: it is empty, or too long", ErrIdentity)
	}
	lower := strings.ToLower(given)
	switch {
	case strings.HasPrefix(lower, "https://"), strings.HasPrefix(lower, "http://"):
		return id, id.page(given)
	case strings.HasPrefix(lower, "mid:"):
		id.Items = []string{"mid:" + strings.Trim(given[len("mid:"):], "<> ")}
	case strings.HasPrefix(lower, "at://"):
		id.Items = []string{given}
	case strings.HasPrefix(lower, "did:"):
		id.Authors, id.Words = []string{given}, []string{given}
	case strings.HasPrefix(lower, "mailto:"):
		to, err := Identify(given[len("mailto:"):])
		to.Given = given
		return to, err
	case snowflake.MatchString(given):
		id.Authors, id.Words = []string{"discord:" + given}, []string{given}
	case matrixID.MatchString(given):
		id.Authors, id.Words = []string{"matrix:" + given}, []string{given}
	case accountAt.MatchString(given):
		return id, id.account(given)
	case strings.Contains(lower, " via "): // of a list that hides addresses
		id.Authors, id.Words = []string{lower}, []string{given}
	case network.MatchString(lower):
		_, name, _ := strings.Cut(given, ":")
		id.Authors, id.Items, id.Words = []string{given}, []string{given}, []string{name}
	default:
		if a, err := mail.ParseAddress(given); err == nil {
			return id, id.account(a.Address)
		}
		return id, fmt.Errorf("%w: write a mail address, an account with its server (@user@social.example, @user:matrix.example), "+
			"did:…, a Discord user's number, NETWORK:ID as askahead shows it, or the address of a profile or a post", ErrIdentity)
	}
	return id, nil
}

// account is user@server: a mail address, or an account of the fediverse.
func (id *Identity) account(text string) error {
	at := strings.TrimPrefix(text, "@")
	id.Authors, id.Words = []string{at}, []string{at}
	if !strings.HasPrefix(text, "@") {
		id.Address = at
	}
	return nil
}

// page is the address of a profile, or else of a post.
func (id *Identity) page(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return fmt.Errorf("%w: it is no address of a page", ErrIdentity)
	}
	host := strings.ToLower(u.Hostname())
	id.URLs, id.Items, id.Words = []string{text}, []string{text}, []string{text}
	if host == "matrix.to" {
		if name := strings.TrimPrefix(u.Fragment, "/"); matrixID.MatchString(name) {
			return id.be("matrix:"+name, name)
		}
		return nil
	}
	found := userPath.FindStringSubmatch(u.Path)
	if found == nil {
		// Feeds name an author by the page about them.
		return nil
	}
	name, server := found[1], found[2]
	switch {
	case host == "bsky.app" && strings.HasPrefix(name, "did:"):
		return id.be(name, name)
	case host == "bsky.app":
		return fmt.Errorf("%w: a handle of Bluesky may pass to others; write the did:… behind it, or the address of one of the posts", ErrIdentity)
	case server != "":
		return id.be(name+"@"+server, name+"@"+server)
	}
	id.Authors = append(id.Authors, strings.TrimSuffix("https://"+host+u.EscapedPath(), "/"))
	return id.be(name+"@"+host, name+"@"+host)
}

// be adds an author, under a name by which others mention them.
func (id *Identity) be(author, word string) error {
	id.Authors, id.Words = append(id.Authors, author), append(id.Words, word)
	id.URLs, id.Items = nil, nil
	return nil
}
