package domain

import "time"

// Session is the panel that is being prepared.
type Session struct {
	ID       string
	Title    string
	Starts   time.Time
	Location *time.Location // the zone that people read times in; nil is UTC
	Hashtags []string       // without "#"
	Agenda   []AgendaPoint
	Themes   []AgendaPoint // that questions are tagged with beside the agenda; no part of the digest
}

// AgendaPoint is one theme of a session. Words are what a question about it is likely to say.
type AgendaPoint struct {
	ID    string
	Title string
	Words []string
}
