package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"strconv"
	"time"
)

// What keeps mail from leaving, whoever it is for. Each is wrapped with what to do about it.
var (
	ErrUnauthorized = errors.New("the mail server refuses the login")          // a person: user, password
	ErrSettings     = errors.New("the mail server and its settings differ")    // a person: smtp in the configuration
	ErrUnavailable  = errors.New("the mail server can't be used at this time") // nobody: it passes
)

// ErrRefused is what a server says for good to one mail.
var ErrRefused = errors.New("refused for good")

// Later says that mails wait to be tried again.
type Later struct {
	N     int       // mails
	Until time.Time // when the first of them may be tried; zero: at once
}

func (l *Later) Error() string {
	mails := "a mail waits"
	if l.N != 1 {
		mails = fmt.Sprintf("%d mails wait", l.N)
	}
	if l.Until.IsZero() {
		return mails + " to be tried again"
	}
	return mails + " to be tried again, from " + l.Until.UTC().Format("2006-01-02 15:04") + " UTC on"
}

// Server is the mail server that takes in what askahead sends. Its name shows in errors, user and password do not.
type Server struct {
	Host     string // also the name that its certificate must have
	Port     int
	TLS      bool // from the first byte; otherwise STARTTLS, which a server must offer unless it is this machine
	User     string
	Password string
	From     string // the sender's address, with or without a name
	ReplyTo  string // whom recipients can write to; empty: the sender
	CA       string // file of certificates in PEM that the server's may be signed by, beside those of the system
	Version  string // of askahead
	Now      func() time.Time
	Timeout  time.Duration // for one step of the conversation; zero is a minute. The end of a mail may take ten times that
}

// Format writes host and port for every verb.
func (s Server) Format(f fmt.State, _ rune) { io.WriteString(f, s.addr()) }

func (s Server) addr() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func (s Server) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return time.Minute
}

// Mail is a mail of plain text, such as an alarm.
type Mail struct {
	To      []string
	Subject string
	Text    string
	ID      string // names what it is about: the same ID gives the same Message-ID
}

// Send hands a mail over, to each recipient one of their own. Who is refused does not keep the others from theirs;
// the errors are joined. Sending it again repeats it under the same Message-ID.
func (s Server) Send(ctx context.Context, m Mail) error {
	return s.each(ctx, m.To, func(v *visit, to *mail.Address) error {
		raw, err := s.write(draft{
			to: to, subject: m.Subject, text: m.Text, date: s.Now(), id: s.messageID("mail", m.ID, to.Address),
		})
		if err != nil {
			return err
		}
		return v.deliver(to, raw)
	})
}

// Check goes the way of a mail to each recipient, up to its text, or without recipients up to the sender: nothing is
// sent. It says which step failed, and what to do.
func (s Server) Check(ctx context.Context, recipients []string) error {
	if len(recipients) > 0 {
		return s.each(ctx, recipients, (*visit).address)
	}
	v, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer v.close()
	return v.begin(nil)
}

// each begins a mail to each recipient and goes on with do, in one conversation.
func (s Server) each(ctx context.Context, recipients []string, do func(*visit, *mail.Address) error) error {
	to, err := addresses(recipients)
	if err != nil {
		return err
	}
	v, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer v.close()
	var failed []error
	for i, a := range to {
		if err := v.begin(a); err != nil {
			return errors.Join(append(failed, err)...)
		}
		if err := do(v, a); err != nil {
			if failed = append(failed, about(i, to, err)); v.lost || forAll(err) {
				break
			}
		}
	}
	return errors.Join(failed...)
}

// forAll says that an error about one mail is one that no other would escape.
func forAll(err error) bool { return errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrSettings) }

// about says which recipient an error is about, by the place in the list.
func about(i int, to []*mail.Address, err error) error {
	if forAll(err) {
		return err
	}
	return fmt.Errorf("recipient %d of %d: %w", i+1, len(to), err)
}

// addresses reads the recipients of the configuration. Its errors give their place in the list.
func addresses(list []string) ([]*mail.Address, error) {
	var all []*mail.Address
	for i, one := range list {
		a, err := mail.ParseAddress(one)
		if err != nil {
			return nil, fmt.Errorf("%w: recipient %d of %d is not a mail address", ErrSettings, i+1, len(list))
		}
		all = append(all, a)
	}
	return all, nil
}
