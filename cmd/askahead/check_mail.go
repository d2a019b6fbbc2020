package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"askahead/config"
	"askahead/internal/netfault"
)

// checkMail logs in to the mail server and asks whether it takes mail from the address that editions come from. No
// mail is sent.
func (e *env) checkMail(ctx context.Context) []finding {
	s, err := e.newMailProbe(ctx)
	if err != nil {
		return []finding{fails("use its settings", err)}
	}
	what := "connect, without a user"
	if s.smtp.User != "" {
		what = "log in"
	}
	client, err := s.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return []finding{fails(what, s.explain(ctx, err))}
	}
	defer s.CloseWithSMTPClient(client)
	found := []finding{works("%s", what)}
	const sending = "send as the address in `from`"
	if err := client.Mail(s.smtp.From); err != nil {
		return append(found, fails(sending, s.explainSender(ctx, err)))
	}
	if err := s.ResetWithSMTPClient(client); err != nil {
		return append(found, fails(sending, s.explain(ctx, err)))
	}
	return append(found, works("%s", sending))
}

// mailProbe is a client with what its errors are explained by.
type mailProbe struct {
	*mail.Client
	smtp   *config.SMTP
	server netfault.Server
	tls    bool // from the first byte
}

func (e *env) newMailProbe(ctx context.Context) (*mailProbe, error) {
	p := &mailProbe{smtp: e.cfg.SMTP}
	u, err := url.Parse(p.smtp.Server)
	if err != nil {
		return nil, errors.New("server: is not the address of a mail server")
	}
	p.tls = u.Scheme == "smtps"
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "465", false: "587"}[p.tls]
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("server: %s is not a port", port)
	}
	p.server = netfault.Server{Host: u.Hostname(), Addr: net.JoinHostPort(u.Hostname(), port), HasCA: true, CA: p.smtp.CA != ""}
	config := &tls.Config{ServerName: p.server.Host, MinVersion: tls.VersionTLS12}
	if p.smtp.CA != "" {
		if config.RootCAs, err = authorities(e.cfg.Resolve(p.smtp.CA)); err != nil {
			return nil, err
		}
	}
	timeout := time.Minute
	if end, ok := ctx.Deadline(); ok {
		timeout = time.Until(end)
	}
	opts := []mail.Option{mail.WithPort(n), mail.WithTLSConfig(config), mail.WithTLSPolicy(mail.TLSMandatory), mail.WithTimeout(timeout)}
	if p.tls {
		opts = append(opts, mail.WithSSL())
		if p.server.Plain = "smtp://" + p.server.Host; n != 465 {
			p.server.Plain = "smtp://" + p.server.Addr
		}
	}
	if p.smtp.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(p.smtp.User), mail.WithPassword(p.smtp.Password.Reveal()))
	}
	p.Client, err = mail.NewClient(p.server.Host, opts...)
	return p, err
}

// authorities are those of the system and those in a file.
func authorities(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca: %s holds no certificate in PEM", path)
	}
	return pool, nil
}

// explain says why the server could not be reached, or does not let askahead in.
func (p *mailProbe) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if why := netfault.Trust(err, p.server); why != "" {
		return errors.New(why)
	}
	if why := netfault.Reach(err); why != "" {
		return errors.New(why)
	}
	refused, answered := errors.AsType[*textproto.Error](err)
	text := err.Error()
	switch {
	case strings.Contains(text, "does not support STARTTLS"):
		return fmt.Errorf("%s offers no encryption on this port (STARTTLS); write server: smtps://%s, if the server has it", p.server.Addr, p.server.Host)
	case strings.Contains(text, "does not support SMTP AUTH"), errors.Is(err, mail.ErrNoSupportedAuthDiscovered):
		return fmt.Errorf("%s offers no way to log in that askahead knows; is this the port for submission (465 or 587)? Otherwise leave out `user` and `password`", p.server.Addr)
	case answered && refused.Code == 535, answered && refused.Code == 534:
		return fmt.Errorf("the server answers %s; are `user` and `password` right? Some servers want a password made for programs alone", p.answer(refused))
	case answered:
		return fmt.Errorf("the server answers %s", p.answer(refused))
	}
	return err
}

func (p *mailProbe) explainSender(ctx context.Context, err error) error {
	refused, ok := errors.AsType[*textproto.Error](err)
	switch {
	case !ok:
		return p.explain(ctx, err)
	case refused.Code == 530 && p.smtp.User == "":
		return fmt.Errorf("the server answers %s; it wants a login: write `user` and `password`", p.answer(refused))
	}
	return fmt.Errorf("the server answers %s; may this account send as that address?", p.answer(refused))
}

// answer quotes a refusal: its code, and its words, unless they could name a person or a secret.
func (p *mailProbe) answer(e *textproto.Error) string {
	user, _, _ := strings.Cut(p.smtp.User, "@")
	out := strconv.Itoa(e.Code)
	if text := netfault.Answer(strings.ReplaceAll(e.Msg, "\n", " "), user, p.smtp.Password.Reveal()); text != "" {
		out += " " + text
	}
	return out
}
