package delivery

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/protect"
)

// A server's answer is three digits, often followed by three numbers that say it finer (RFC 5321, section 4.2;
// RFC 3463): 4xx passes, 5xx does not.

// refusedLogin explains why the login failed.
func (v *visit) refusedLogin(err error) error {
	s := v.server
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || reply.Code < 500 {
		return v.failed("log in", err)
	}
	v.lost = true
	return fmt.Errorf("%w: %s: it answers %s; are `user` and `password` right? Some servers want a password made for programs alone",
		ErrUnauthorized, s.addr(), words(reply, v.account()...))
}

// refusedSender explains why a mail could not begin.
func (v *visit) refusedSender(err error) error {
	s := v.server
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || reply.Code < 500 {
		return v.failed("begin a mail", err)
	}
	if err := v.wantsLogin(reply); err != nil {
		return err
	}
	return s.settings("it answers %s; may this account send as the address in `smtp.from`?", words(reply, v.hidden(nil)...))
}

// refusedRecipient explains why a recipient was not taken: ErrRefused if that is for good.
func (v *visit) refusedRecipient(err error, to *mail.Address) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return v.failed("name the recipient", err)
	}
	if err := v.wantsLogin(reply); err != nil {
		return err
	}
	text := words(reply, v.hidden(to)...)
	// Who may send nothing to others is told so at each recipient, and it is no recipient's fault.
	if reply.Code >= 500 && strings.Contains(strings.ToLower(reply.Msg), "relay") {
		return v.server.settings("it answers %s; it passes on no mail for this sender: write `user` and `password`, or have its keeper allow this machine", text)
	}
	return v.refusal("the address", reply, text)
}

// refusedMail explains why the text was not taken.
func (v *visit) refusedMail(err error, to *mail.Address, step string) error {
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return v.failed(step, err)
	}
	v.open = false
	return v.refusal("the mail", reply, words(reply, v.hidden(to)...))
}

// refusal is what a server says to one mail.
func (v *visit) refusal(what string, reply *textproto.Error, text string) error {
	if reply.Code == 421 { // it closes the connection: RFC 5321, section 3.8
		v.lost = true
	}
	if reply.Code >= 500 {
		return fmt.Errorf("%w: %s: %s", ErrRefused, what, text)
	}
	return &deferred{fmt.Sprintf("%s is refused for now: %s", what, text)}
}

// deferred is what a server says to one mail that it may take later.
type deferred struct{ why string }

func (d *deferred) Error() string { return d.why }

// wantsLogin is the error of a server that does nothing for those who have not logged in (RFC 4954, section 6).
func (v *visit) wantsLogin(reply *textproto.Error) error {
	switch reply.Code {
	case 530, 534, 535, 538:
		advice := "it wants a login before it takes mail: write `user` and `password`"
		if v.server.User != "" {
			advice = "it wants another login than that of `user` and `password`; may this account send?"
		}
		return fmt.Errorf("%w: %s: it answers %s; %s", ErrUnauthorized, v.server.addr(), words(reply, v.hidden(nil)...), advice)
	}
	return nil
}

// account is what a server was told of the account, in the clear and as AUTH sends it (RFC 4616, and LOGIN): some repeat the
// line that they refuse. What holds the rest comes first.
func (v *visit) account() []string {
	user, password := v.server.User, v.server.Password
	if password == "" {
		return []string{user}
	}
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	return []string{encoded("\x00" + user + "\x00" + password), encoded(password), encoded(user), password, user}
}

// hidden is what is not repeated of a server's words.
func (v *visit) hidden(to *mail.Address) []string {
	list := v.account()
	for _, a := range []*mail.Address{v.from, to} {
		if a == nil {
			continue
		}
		at := strings.LastIndexByte(a.Address, '@')
		list = append(list, a.Address, a.Address[:at], a.Address[at+1:], a.Name)
		// jane.doe+panel may be greeted as Jane Doe.
		for _, part := range strings.FieldsFunc(a.Address[:at]+" "+a.Name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(part) > 2 {
				list = append(list, part)
			}
		}
	}
	return list
}

// maxWords is how much of a server's words is repeated, in characters.
const maxWords = 200

// words is a server's answer for people: one line, without addresses and without what is hidden.
func words(reply *textproto.Error, hidden ...string) string {
	text := reply.Msg
	for _, h := range hidden {
		text = hide(text, h)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", reply.Code, shown(protect.Mask(text))))
}

// hide puts "…" in the place of each whole word that is h, in whatever case.
func hide(text, h string) string {
	if strings.TrimSpace(h) == "" {
		return text
	}
	var b strings.Builder
	done := 0
	for _, at := range regexp.MustCompile(`(?i)`+regexp.QuoteMeta(h)).FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		if wordly(before) || wordly(after) {
			continue
		}
		b.WriteString(text[done:at[0]] + "…")
		done = at[1]
	}
	return b.String() + text[done:]
}

func wordly(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// shown is a text of a server as one line that a terminal shows and does not act on.
func shown(text string) string {
	text = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			return r
		}
		return ' '
	}, text)), " ")
	if runes := []rune(text); len(runes) > maxWords {
		text = string(runes[:maxWords]) + "…"
	}
	return text
}
