package delivery

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"askahead/delivery/mailtest"
)

// aServer are the settings that fit the mail server.
func aServer(m *mailtest.Server) Server {
	return Server{
		Host: m.Host, Port: m.Port, TLS: strings.HasPrefix(m.URL(), "smtps"), CA: m.CA, From: "askahead <bot@askahead.example>",
		ReplyTo: "organiser@example.org", Version: "test", Timeout: 5 * time.Second, Now: noon,
	}
}

func noon() time.Time { return time.Date(2018, 11, 9, 12, 0, 0, 0, time.UTC) }

var readers = []string{"Jo Panel <jo.panel@readers.example>", "lin@readers.example", "sam@elsewhere.example"}

// mustNotSay are what no error may repeat.
func mustNotSay(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{"@", "jo.panel", "Jo Panel", "readers.example", "elsewhere", "bot@", "hunter2", "postbote"} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
			t.Errorf("the error says %q: %s", secret, text)
		}
	}
}

func TestCheckSendsNothingAndFindsNothingWrong(t *testing.T) {
	for name, o := range map[string]mailtest.Options{
		"over TLS":              {},
		"over STARTTLS":         {StartTLS: true},
		"with a login":          {User: "postbote", Password: "hunter2"},
		"with a login, later":   {StartTLS: true, User: "postbote", Password: "hunter2"},
		"plain on this machine": {Plain: true, User: "postbote", Password: "hunter2"},
	} {
		t.Run(name, func(t *testing.T) {
			m := mailtest.New(t, o)
			s := aServer(m)
			s.User, s.Password = o.User, o.Password
			for _, to := range [][]string{readers, nil} {
				if err := s.Check(t.Context(), to); err != nil {
					t.Error(err)
				}
			}
			if n := len(m.Mails()); n != 0 {
				t.Errorf("%d mails were sent", n)
			}
		})
	}
}

// closedPort is one that nothing listens on.
func closedPort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestCheckSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	refuse := func(code int, text string) func(string) error {
		return func(string) error { return mailtest.Refuse(code, text) }
	}
	for name, c := range map[string]struct {
		office mailtest.Options
		change func(*Server)
		is     error
		says   []string
	}{
		"a wrong password": {mailtest.Options{User: "postbote", Password: "right"}, func(s *Server) { s.User, s.Password = "postbote", "hunter2" },
			ErrUnauthorized, []string{"it answers 535", "are `user` and `password` right?", "made for programs"}},
		"no login where one is wanted": {mailtest.Options{User: "postbote", Password: "right"}, nil,
			ErrUnauthorized, []string{"it answers 530", "it wants a login", "write `user` and `password`"}},
		"a login where none is taken": {mailtest.Options{}, func(s *Server) { s.User, s.Password = "postbote", "hunter2" },
			ErrSettings, []string{"takes no login on this port", "Leave out `user` and `password`"}},
		"a certificate for another name": {mailtest.Options{Names: []string{"mail.example.net", "smtp.example.net"}}, nil,
			ErrSettings, []string{"is for mail.example.net, smtp.example.net, not for localhost", "into `smtp.server`"}},
		"a certificate for another name, later": {mailtest.Options{Names: []string{"mail.example.net"}, StartTLS: true}, nil,
			ErrSettings, []string{"is for mail.example.net, not for localhost"}},
		"an unknown authority": {mailtest.Options{}, func(s *Server) { s.CA = "" },
			ErrSettings, []string{"an authority that this machine does not know", "`smtp.ca: FILE`"}},
		"an unknown authority, later": {mailtest.Options{StartTLS: true}, func(s *Server) { s.CA = "" },
			ErrSettings, []string{"an authority that this machine does not know", "`smtp.ca: FILE`"}},
		"another authority than that of the file": {mailtest.Options{}, func(s *Server) { s.CA = mailtest.New(t, mailtest.Options{}).CA },
			ErrSettings, []string{"in the file of `smtp.ca`"}},
		"a certificate that has ended": {mailtest.Options{Ended: true}, nil,
			ErrSettings, []string{"is valid from", "renew it"}},
		"smtps where STARTTLS is spoken": {mailtest.Options{StartTLS: true}, func(s *Server) { s.TLS = true },
			ErrSettings, []string{"for STARTTLS write smtp.server: smtp://localhost:"}},
		"smtp where TLS is spoken": {mailtest.Options{}, func(s *Server) { s.TLS, s.Timeout = false, 100*time.Millisecond },
			ErrUnavailable, []string{"no greeting in time", "write smtp.server: smtps://localhost:"}},
		"a port where nothing listens": {mailtest.Options{}, func(s *Server) { s.Port = 0 },
			ErrUnavailable, []string{"nothing listens there (connection refused)", "`smtp.server`"}},
		"a host that is not there": {mailtest.Options{}, func(s *Server) { s.Host = "mail.nowhere.invalid" },
			ErrUnavailable, []string{"mail.nowhere.invalid", "host"}},
		"a file of authorities that is not there": {mailtest.Options{}, func(s *Server) { s.CA = filepath.Join(t.TempDir(), "no.pem") },
			ErrSettings, []string{"smtp.ca", "no such file"}},
		"a file without authorities": {mailtest.Options{}, func(s *Server) {
			s.CA = filepath.Join(t.TempDir(), "empty.pem")
			os.WriteFile(s.CA, []byte("hello"), 0o600)
		}, ErrSettings, []string{"smtp.ca", "holds no certificate in PEM"}},
		"a login that may not send": {mailtest.Options{User: "postbote", Password: "hunter2", Sender: refuse(530, "5.7.57 not authenticated to send")},
			func(s *Server) { s.User, s.Password = "postbote", "hunter2" }, ErrUnauthorized, []string{"it answers 530 5.7.57", "may this account send?"}},
		"a sender who is not taken": {mailtest.Options{Sender: refuse(550, "5.7.1 bot@askahead.example is not yours")}, nil,
			ErrSettings, []string{"it answers 550 5.7.1", "may this account send as the address in `smtp.from`?"}},
		"a recipient who is unknown": {mailtest.Options{Recipient: func(to string) error {
			if strings.HasPrefix(to, "jo.panel") {
				return mailtest.Refuse(550, "5.1.1 <"+to+">: no Jo Panel at readers.example")
			}
			return nil
		}}, nil, ErrRefused, []string{"recipient 1 of 3", "550 5.1.1"}},
		"a server that passes nothing on": {mailtest.Options{Recipient: func(to string) error { return mailtest.Refuse(554, "5.7.1 <"+to+">: Relay access denied") }}, nil,
			ErrSettings, []string{"passes on no mail for this sender", "554 5.7.1"}},
		"a server that is busy": {mailtest.Options{Sender: refuse(451, "4.3.0 try again later")}, nil,
			ErrUnavailable, []string{"451 4.3.0 try again later"}},
		"a server that says nothing": {mailtest.Options{Recipient: func(string) error { return mailtest.ErrHang }}, func(s *Server) { s.Timeout = 100 * time.Millisecond },
			ErrUnavailable, []string{"name the recipient: there is no answer in time"}},
		"a server that hangs up": {mailtest.Options{Recipient: func(string) error { return mailtest.ErrDrop }}, nil,
			ErrUnavailable, []string{"name the recipient: the connection was lost"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := mailtest.New(t, c.office)
			s := aServer(m)
			if c.change != nil {
				c.change(&s)
			}
			if s.Port == 0 {
				s.Port = closedPort(t)
			}
			err := s.Check(t.Context(), readers)
			if !errors.Is(err, c.is) {
				t.Fatalf("%v; want %v", err, c.is)
			}
			t.Log(err)
			for _, words := range c.says {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("it does not say %q: %v", words, err)
				}
			}
			mustNotSay(t, err.Error())
		})
	}
}

// elsewhere is a connection to another machine.
type elsewhere struct{ net.Conn }

func (elsewhere) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 587} }

func TestNoPasswordGoesInTheClearToAnotherMachine(t *testing.T) {
	asked := false
	m := mailtest.New(t, mailtest.Options{Plain: true, User: "postbote", Password: "hunter2", Sender: func(string) error { asked = true; return nil }})
	s := aServer(m)
	s.User, s.Password = "postbote", "hunter2"
	conn, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	v := &visit{server: s, from: &mail.Address{Address: "bot@askahead.example"}, ctx: t.Context()}
	if err := v.greet(elsewhere{conn}, &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}); !errors.Is(err, ErrSettings) || !strings.Contains(err.Error(), "offers no encryption on this port (STARTTLS)") || asked {
		t.Errorf("%v, want ErrSettings", err)
	}
}

// pretend is what is no address.
type pretend struct{ net.Addr }

func TestOnlyThisMachineIsSpokenToInTheClear(t *testing.T) {
	if !loopback(&net.TCPAddr{IP: net.IPv6loopback}) || !loopback(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}) {
		t.Error("this machine is taken for another")
	}
	for _, ip := range []net.IP{net.IPv4(192, 0, 2, 1), net.IPv4(10, 0, 0, 1), net.ParseIP("2001:db8::1")} {
		if loopback(&net.TCPAddr{IP: ip}) {
			t.Errorf("%v is taken for this machine", ip)
		}
	}
	if loopback(pretend{}) {
		t.Error("what is no address is taken for this machine")
	}
}

func TestAMailOfTextReachesEachRecipientAlone(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{})
	s := aServer(m)
	alarm := Mail{To: readers, Subject: "The source “liste” is silent\nsince Monday", Text: "Nothing came since Monday.\n.\n", ID: "silent/liste"}
	for range 2 {
		if err := s.Send(t.Context(), alarm); err != nil {
			t.Fatal(err)
		}
	}
	mails := m.Mails()
	if len(mails) != 6 || m.Connections() != 2 {
		t.Fatalf("%d mails over %d connections", len(mails), m.Connections())
	}
	ids := map[string]bool{}
	for i, one := range mails {
		got := read(t, one.Raw)
		if want := addressOf(t, readers[i%3]); one.To != want || got.header.Get("To") == "" || strings.Count(got.header.Get("To"), "@") != 1 {
			t.Errorf("mail %d went to %s with To: %s", i, one.To, got.header.Get("To"))
		}
		if got.text != strings.ReplaceAll(alarm.Text, "\n", "\r\n") || got.subject != "The source “liste” is silent since Monday" {
			t.Errorf("subject %q, text %q", got.subject, got.text)
		}
		ids[got.header.Get("Message-Id")] = true
	}
	if len(ids) != 3 {
		t.Errorf("%d Message-IDs for three recipients who got it twice: %v", len(ids), ids)
	}
}

func TestWhoIsRefusedDoesNotKeepOthersFromTheirMail(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{Recipient: func(to string) error {
		if strings.HasPrefix(to, "lin@") {
			return mailtest.Refuse(550, "5.1.1 no such user lin")
		}
		return nil
	}})
	err := aServer(m).Send(t.Context(), Mail{To: readers, Subject: "s", Text: "t", ID: "x"})
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "recipient 2 of 3") {
		t.Error(err)
	}
	mustNotSay(t, err.Error())
	if len(m.Mails()) != 2 {
		t.Errorf("%d mails, want 2", len(m.Mails()))
	}
}

func TestStoppingEndsAConversation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := mailtest.New(t, mailtest.Options{Recipient: func(string) error { cancel(); return mailtest.ErrHang }})
	s := aServer(m)
	s.Timeout = time.Hour
	if err := s.Check(ctx, readers); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was cancelled", err)
	}
}

func TestWhatAServerSaysIsRepeatedWithoutPeople(t *testing.T) {
	v := &visit{server: Server{User: "postbote", Password: "hunter2"}, from: &mail.Address{Address: "bot@askahead.example"}}
	jane := &mail.Address{Name: "Jane Doe", Address: "jane.doe+panel@readers.example"}
	for said, want := range map[string]string{
		"5.1.1 <jane.doe+panel@readers.example>: unknown": "550 5.1.1 <…>: unknown",
		"5.1.1 JANE.DOE+PANEL@READERS.EXAMPLE unknown":    "550 5.1.1 … unknown",
		"5.2.2 the mailbox of Doe, Jane is full":          "550 5.2.2 the mailbox of …, … is full",
		"5.1.6 moved to someone.else@third.example":       "550 5.1.6 moved to [e-mail]",
		"no host readers.example":                         "550 no host …",
		"postbote may not; hunter2 is no password":        "550 … may not; … is no password",
		"janet is no part of it, nor is thunder":          "550 janet is no part of it, nor is thunder",
		"two\nlines, \x1b[31mred":                         "550 two lines, [31mred",
		"":                                                "550",
		strings.Repeat("long ", 100):                      "550 " + strings.Repeat("long ", 40) + "…",
	} {
		if got := words(&textproto.Error{Code: 550, Msg: said}, v.hidden(jane)...); got != want {
			t.Errorf("%q becomes %q, want %q", said, got, want)
		}
	}
}
