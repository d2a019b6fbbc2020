package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"askahead/delivery"
	"askahead/requests"
)

func (a *app) requestsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "requests",
		Short: "Answer who asked by mail to be forgotten, or what is kept of them",
		Long: `requests goes on with what came by mail to the address under requests: in the configuration. Whoever wrote FORGET or ACCESS
is asked, at the address that they wrote from, whether they really want it; who answers from there gets what they asked for,
and a receipt. A running daemon does this by itself every five minutes.`,
		Example: `  askahead requests`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := a.openToLook(cmd.Context(), "")
			if err != nil {
				return err
			}
			defer e.close()
			if e.cfg.Requests.Address == "" {
				return withHint(errors.New("nobody can ask by mail: there is no address for it"), "write requests: {address: NAME@DOMAIN}, and let a source read its mailbox")
			}
			done, err := e.answerRequests(cmd.Context())
			if err == nil || done != (requests.Served{}) {
				fmt.Fprintf(cmd.OutOrStdout(), "%d asked whether they want it, %d done, %d refused, %d wait\n", done.Asked, done.Done, done.Refused, done.Waiting)
			}
			return err
		},
	}
}

// serveRequests is answerRequests by the calendar.
func (e *env) serveRequests(ctx context.Context) error {
	done, err := e.answerRequests(ctx)
	if done.Asked+done.Done+done.Refused > 0 {
		e.log.Info("requests", "asked", done.Asked, "done", done.Done, "refused", done.Refused, "waiting", done.Waiting)
	}
	return err
}

func (e *env) answerRequests(ctx context.Context) (requests.Served, error) {
	server, err := e.mailServer()
	if err != nil {
		return requests.Served{}, err
	}
	server.ReplyTo = e.cfg.Requests.Address
	var titles []string
	for _, s := range e.cfg.Sessions {
		titles = append(titles, s.Title)
	}
	office := &requests.Office{
		Desk: requests.Desk{Store: e.store, Keys: e.line.Keys, Now: e.app.now}, Requests: e.store,
		Sender: answers{server}, Name: strings.Join(firstFew(titles), ", "),
	}
	return office.Serve(ctx)
}

// answers are mails to one person who asked.
type answers struct{ server delivery.Server }

func (a answers) Send(ctx context.Context, m requests.Mail) error {
	err := a.server.Send(ctx, delivery.Mail{To: []string{m.To}, Subject: m.Subject, Text: m.Text, ID: m.ID})
	if errors.Is(err, delivery.ErrRefused) {
		return fmt.Errorf("%w: %w", requests.ErrNotTaken, err)
	}
	return err
}
