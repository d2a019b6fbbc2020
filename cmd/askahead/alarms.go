package main

import (
	"context"

	"askahead/delivery"
	"askahead/watch"
)

// teller tells the organiser by mail what needs somebody; where there is no mail server, or nobody to tell, the log is all.
func (e *env) teller() (*watch.Teller, error) {
	t := &watch.Teller{Store: e.store, Now: e.app.now, Log: e.log}
	if e.cfg.SMTP == nil || len(e.cfg.Alarms.To) == 0 {
		return t, nil
	}
	server, err := e.mailServer()
	if err != nil {
		return nil, err
	}
	t.Mail = alarmMail{server, e.cfg.Alarms.To}
	return t, nil
}

// alarmMail is what the organiser is told by.
type alarmMail struct {
	server delivery.Server
	to     []string
}

func (a alarmMail) Send(ctx context.Context, m watch.Message) error {
	return a.server.Send(ctx, delivery.Mail{To: a.to, Subject: m.Subject, Text: m.Body, ID: m.ID})
}
