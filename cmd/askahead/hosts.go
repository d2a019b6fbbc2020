package main

import (
	"fmt"
	"time"

	"askahead/internal/guesthttp"
	"askahead/monitor"
)

// visited is what the web servers of the configuration have told, in its order. Of one that was not visited yet,
// only the name is known.
func (e *env) visited() []guesthttp.Host {
	told := map[string]guesthttp.Host{}
	for _, h := range e.hosts.Snapshot() {
		told[h.Name] = h
	}
	var list []guesthttp.Host
	shown := map[string]bool{}
	for _, u := range e.cfg.Servers() {
		name := guesthttp.HostName(u)
		if shown[name] {
			continue
		}
		shown[name] = true
		h := told[name]
		h.Name = name
		list = append(list, h)
	}
	return list
}

// checkHosts tells what the servers have said while the sources were tried.
func (e *env) checkHosts() checked {
	c := checked{About: "web servers that were visited"}
	now := e.app.now()
	for _, h := range e.visited() {
		what := h.Name + ": " + count(int(h.Requests()), "request")
		switch {
		case h.Requests() == 0:
			continue
		case !h.Alone.IsZero():
			c.Findings = append(c.Findings, finding{State: warning, What: fmt.Sprintf("%s; it failed again and again (%s)", what, h.Why),
				Hint: "nothing is lost: it is left alone for a while, and then tried again; look whether it has moved"})
		case h.Until.After(now):
			c.Findings = append(c.Findings, finding{State: warning, What: what + "; it asks to wait until " + clock(h.Until),
				Hint: "nothing is lost: what is new is read after that time; read its sources more rarely if this comes often"})
		default:
			c.Findings = append(c.Findings, works("%s", what+budget(h.Rate, now)))
		}
	}
	return c
}

// budget is what a server says about the requests that are left: "; 298 of 300 are left until 12:05 UTC".
func budget(r guesthttp.Rate, now time.Time) string {
	if !r.Known {
		return ""
	}
	text := fmt.Sprintf("; %d", r.Remaining)
	if r.Limit > 0 {
		text += fmt.Sprintf(" of %d", r.Limit)
	}
	text += " are left"
	if r.Reset.After(now) {
		text += " until " + clock(r.Reset)
	}
	return text
}

func clock(t time.Time) string { return t.UTC().Format("15:04 UTC") }

// hostFigures is what the metrics show of all servers that were visited, and of those of the configuration from the beginning.
func (e *env) hostFigures() []monitor.Host {
	all := e.visited()
	configured := map[string]bool{}
	for _, h := range all {
		configured[h.Name] = true
	}
	for _, h := range e.hosts.Snapshot() {
		if !configured[h.Name] {
			all = append(all, h)
		}
	}
	list := make([]monitor.Host, len(all))
	for i, h := range all {
		one := monitor.Host{Name: h.Name, Answers: map[string]uint64{}, Waits: h.Waits, Left: -1, Alone: !h.Alone.IsZero()}
		for _, answer := range guesthttp.Answers() {
			one.Answers[answer] = h.Answers[answer]
		}
		if h.Rate.Known {
			one.Left = max(0, h.Rate.Remaining)
		}
		list[i] = one
	}
	return list
}
