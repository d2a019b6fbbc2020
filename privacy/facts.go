package privacy

import "time"

// Facts is what an instance does with personal data, as its configuration has it.
type Facts struct {
	Controller Controller
	Contact    string // whom to ask about this instance; empty: nobody is named
	Sessions   []Session
	Sources    []Source  // of the sessions, and those that serve them all
	Editions   []Edition // who reads
	Store      string    // "a file on this server", "the PostgreSQL server db.example.org"
	Mail       string    // host of the server that mails; empty: nothing is mailed
	Metrics    bool      // figures are served to monitoring on this machine
	Keep       Keep
	Requests   Requests
	Vectors    *Vectors // what a server of meanings is told; nil: none is asked
	Date       time.Time
}

// Controller is who answers for the data: config.Controller.
type Controller struct {
	Name, Address, Representative, DPO, Basis, Interests, Purpose, Transfers, Authority string
}

// Session is a panel that is prepared.
type Session struct {
	Title  string
	Starts time.Time // zero: not said
	Zone   *time.Location
}

// Source is one place that is read.
type Source struct {
	Name      string
	Of        string // title of its session; empty: it serves several
	Kind      string
	Reads     string   // collectors.Kind.Reads
	Public    bool     // anyone can read there what askahead reads
	Servers   []string // hosts; empty: a file
	Default   string   // label of what has none; empty: it stays inside
	Retention time.Duration
	Swept     bool // asked by itself what was edited or deleted
	Answers   bool // the address of who asks for an answer is kept, sealed
}

// Edition is one digest for one audience.
type Edition struct {
	Name, Of   string // of the session
	Label      string // the highest that it may carry
	Recipients int    // who get it by mail
	Folder     bool   // it is written to a folder
	Everyone   bool   // its label is for everyone
	Approved   bool   // a moderator has to approve first
}

// Keep is how long what is no question is kept.
type Keep struct{ Quarantine, Contacts, Arrivals, Incidents, Deliveries time.Duration }

// Requests is how people reach askahead itself.
type Requests struct {
	Mail string // the address that takes FORGET and ACCESS; empty: none does
	Chat bool   // a chat in which /withdraw is understood
}

// Vectors is a server that is asked what questions mean.
type Vectors struct{ Host, Label string }
