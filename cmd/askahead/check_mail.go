package main

import (
	"context"
	"fmt"
	"time"
)

// checkMail goes the way of a mail as far as it goes without sending one: it logs in, asks whether the server takes
// mail from the address that editions come from, and, where it does, whether it takes it for those who shall get some.
func (e *env) checkMail(ctx context.Context) []finding {
	server, err := e.mailServer()
	if err != nil {
		return []finding{fails("use its settings", err)}
	}
	if end, set := ctx.Deadline(); set {
		// A step that gets no answer ends before the check does, so that the server's errors say which it was.
		server.Timeout = time.Until(end) * 9 / 10
	}
	what := "log in and send as the address in `from`"
	if server.User == "" {
		what = "send as the address in `from`, without a login"
	}
	found := []finding{tried(what, server.Check(ctx, nil))}
	if found[0].State != ok {
		return found
	}
	for _, m := range e.mailings() {
		what := fmt.Sprintf("hand mail to the %s of %s", count(len(m.to), "recipient"), m.about)
		found = append(found, tried(what, server.Check(ctx, m.to)))
	}
	return found
}

func tried(what string, err error) finding {
	if err != nil {
		return fails(what, err)
	}
	return works("%s", what)
}

// mailing is a list of people who are written to.
type mailing struct {
	about string
	to    []string
}

// mailings are all that the configuration knows.
func (e *env) mailings() []mailing {
	var all []mailing
	for _, s := range e.cfg.Sessions {
		if s.Digest == nil {
			continue
		}
		for _, ed := range s.Digest.Editions {
			if len(ed.To) > 0 {
				all = append(all, mailing{s.ID + "/" + ed.Name, ed.To})
			}
		}
	}
	if to := e.cfg.Alarms.To; len(to) > 0 {
		all = append(all, mailing{"alarms", to})
	}
	return all
}
