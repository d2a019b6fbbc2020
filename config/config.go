// Package config reads askahead's one YAML file. It is strict: whatever is not understood is refused, all
// problems are reported at once, and each says where it is, what is wrong and what is allowed. The keys are
// described in docs/configuration.md.
package config

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"askahead/collectors"
	"askahead/domain"
	"askahead/schedule"
)

// Config is a configuration that was checked. Printing it shows no secret. The yaml tags are the keys of the
// file; fields without one are worked out by Load.
type Config struct {
	Path     string    `yaml:"-"` // the file, as it was named
	Dir      string    `yaml:"-"` // its folder: relative paths in the file start there
	Warnings []Problem `yaml:"-"` // what is allowed and probably not meant

	Store      DSN           `yaml:"store"`
	KeyAt      Ref           `yaml:"key"`
	Contact    string        `yaml:"contact"`
	Controller Controller    `yaml:"controller"`
	SMTP       *SMTP         `yaml:"smtp"`
	Requests   Requests      `yaml:"requests"`
	PublicURL  string        `yaml:"public_url"`
	Web        Web           `yaml:"web"`
	Retention  time.Duration `yaml:"retention"` // of sources that set none
	Keep       Keep          `yaml:"keep"`
	Run        Run           `yaml:"run"`
	Alarms     Alarms        `yaml:"alarms"`
	Private    []string      `yaml:"private_hosts"` // web servers that sources may visit at addresses that are not public
	Embed      *Embeddings   `yaml:"embeddings"`
	Include    []string      `yaml:"include"`
	Sessions   []Session     `yaml:"sessions"` // those of the file first, then those of the included files, by file name
	Sources    []Source      `yaml:"sources"`  // those that serve every session

	lookup  func(string) (string, bool)
	written func(path string) bool // whether a value stands in a file; nil: none does
	refs    map[string]Ref         // where secrets stand, by path
}

// Defaults of the keys that may be left out.
const (
	DefaultStore     = "sqlite:askahead.db"
	DefaultKey       = "file:askahead.key"
	DefaultRetention = 90 * 24 * time.Hour
)

func (c *Config) setDefaults() {
	c.Store = DSN(DefaultStore)
	c.KeyAt = Ref(DefaultKey)
	c.Retention = DefaultRetention
	c.Keep.setDefaults()
	c.Run.setDefaults()
}

// String names the file and how much stands in it, and nothing else.
func (c Config) String() string {
	return fmt.Sprintf("%s (sessions: %d, top-level sources: %d)", c.Path, len(c.Sessions), len(c.Sources))
}

// Format writes String for every verb. Without it, fmt shows the fields of an inner pointer whose verb does not
// fit as they are, and does not ask a Secret there how it wants to be shown.
func (c Config) Format(f fmt.State, _ rune) { io.WriteString(f, c.String()) }

// Resolve gives a path of the file, such as an edition's folder, from the working directory: a relative one
// starts at the folder of the file.
func (c *Config) Resolve(path string) string { return within(c.Dir, path) }

func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// Session gives the session with this id, or nil.
func (c *Config) Session(id string) *Session {
	for i := range c.Sessions {
		if c.Sessions[i].ID == id {
			return &c.Sessions[i]
		}
	}
	return nil
}

// SMTP is the server that editions are sent through.
type SMTP struct {
	Server   string            `yaml:"server"` // smtps://HOST[:465], or smtp://HOST[:587]
	User     string            `yaml:"user"`
	Password collectors.Secret `yaml:"password"`
	From     string            `yaml:"from"`
	CA       string            `yaml:"ca"` // file of certificates in PEM, beside those of the system; see Config.Resolve
	At       string            `yaml:"-"`  // FILE:LINE, where it stands
}

// Format writes the server and the sender for every verb: see Config.Format.
func (s SMTP) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%s from %s", s.Server, s.From) }

// Requests is where people ask askahead itself.
type Requests struct {
	Address string `yaml:"address"` // that mails with FORGET or ACCESS are sent to; empty: none
}

// Web is where askahead listens for what has an address under public_url.
type Web struct {
	Listen string `yaml:"listen"` // HOST:PORT; empty: nowhere
}

// Run is how `askahead run` goes about its work.
type Run struct {
	Listen  string        `yaml:"listen"`  // HOST:PORT of metrics and health, on loopback; empty: none
	Sweep   string        `yaml:"sweep"`   // as written: when sources that set none are asked for edits and deletions
	Cleanup string        `yaml:"cleanup"` // as written: when what has outlived its retention is removed
	Jitter  time.Duration `yaml:"jitter"`  // by how much at most a job begins late, so that not all begin at once

	CleanupDue schedule.Schedule `yaml:"-"` // UTC
}

// The schedules of Run where the file sets none.
const (
	DefaultSweep   = "30 3 * * *"
	DefaultCleanup = "15 4 * * *"
)

func (r *Run) setDefaults() {
	r.Sweep, r.Cleanup, r.Jitter = DefaultSweep, DefaultCleanup, 30*time.Second
}

// Alarms is whom to tell when something needs attention.
type Alarms struct {
	To []string `yaml:"to"` // mail addresses; none in the file: that of contact, if it is one and there is smtp
}

// Session is one panel, with everything that prepares it.
type Session struct {
	ID          string               `yaml:"id"`
	Title       string               `yaml:"title"`
	Starts      time.Time            `yaml:"starts"`   // UTC; zero if the file does not say
	Location    *time.Location       `yaml:"timezone"` // never nil
	Hashtags    []string             `yaml:"hashtags"` // without "#"
	Agenda      []domain.AgendaPoint `yaml:"agenda"`
	Communities []Community          `yaml:"communities"`
	Rules       []Rule               `yaml:"rules"`
	Measures    Measures             `yaml:"measures"`
	Take        *Take                `yaml:"take"` // of top-level sources; see SharedTake
	Sources     []Source             `yaml:"sources"`
	Digest      *Digest              `yaml:"digest"`
}

func (s *Session) setDefaults() {
	s.Location = time.UTC
	s.Measures = Measures{Floor: 5, Askers: 2, Communities: 2, Z: 1.2816}
}

// Domain gives the session as the rest of askahead knows it.
func (s *Session) Domain() domain.Session {
	return domain.Session{ID: s.ID, Title: s.Title, Starts: s.Starts, Location: s.Location, Hashtags: s.Hashtags, Agenda: s.Agenda}
}

// SharedTake is what the session takes from top-level sources: its `take`, or else what carries one of its
// hashtags, as a hashtag or in the subject, with the threads below. ok is false if it has neither: it then
// takes nothing from them.
func (s *Session) SharedTake() (t Take, ok bool) {
	if s.Take != nil {
		return *s.Take, true
	}
	if len(s.Hashtags) == 0 {
		return Take{}, false
	}
	return Take{Subject: s.Hashtags, Hashtag: s.Hashtags, Thread: true}, true
}

// Community is a stakeholder group that an organiser defines beside the built-in ones.
type Community struct {
	ID    string   `yaml:"id"`
	Title string   `yaml:"title"`
	Names []string `yaml:"names"` // how its people name it when they introduce themselves
}

// Rule puts tags on what has all of some facts. A fact holds if one of the values given for it does.
type Rule struct {
	When map[string][]string `yaml:"when"` // by the names of facts in domain
	Tag  map[string]string   `yaml:"tag"`  // by the kinds of tags in domain
}

// Measures are the thresholds of the concern measures: see docs/configuration.md.
type Measures struct {
	Floor       int     `yaml:"floor"`       // askers below which a community is "no data"
	Askers      int     `yaml:"askers"`      // askers of a community that make a topic its concern
	Communities int     `yaml:"communities"` // communities that make a concern a shared one
	Z           float64 `yaml:"z"`           // of the Wilson interval
}

// Take says which items of a source concern a session: those for which any condition holds; all, if there is
// no condition. It has the fields of take.Rule, in the same order, and converts to it.
type Take struct {
	Subject []string `yaml:"subject"`
	Address []string `yaml:"address"`
	Hashtag []string `yaml:"hashtag"`
	Mention []string `yaml:"mention"`
	Thread  bool     `yaml:"thread"`
}

// Source is one place that is collected from.
type Source struct {
	Name      string            `yaml:"name"`
	Schedule  string            `yaml:"schedule"` // as written; empty: read only when asked
	Take      Take              `yaml:"take"`
	TLP       domain.TLP        `yaml:"tlp"`       // what an unlabelled item counts as; 0: it stays inside
	Retention time.Duration     `yaml:"retention"` // counted from collection; never 0
	Keep      SourceKeep        `yaml:"keep"`      // never 0
	Answers   bool              `yaml:"answers"`   // the address of who asks for an answer is kept, sealed
	Sweep     string            `yaml:"sweep"`     // cron, or "off"; empty: never, for it has no schedule either
	Silence   Silence           `yaml:"silence"`
	Kind      collectors.Kind   `yaml:"-"`
	Settings  any               `yaml:"-"` // of the Kind, decoded and validated
	Due       schedule.Schedule `yaml:"-"` // Schedule in the session's zone; UTC at the top level
	SweepDue  schedule.Schedule `yaml:"-"` // zero: never swept; else like Due
	At        string            `yaml:"-"` // FILE:LINE, where it stands
}

// Format writes the name and the kind for every verb: see Config.Format.
func (s Source) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%s (%s)", s.Name, s.Kind.Name) }

// Digest is the editions of a session, and when they are made.
type Digest struct {
	Schedule string            `yaml:"schedule"` // as written; empty: only when asked
	Editions []Edition         `yaml:"editions"`
	Due      schedule.Schedule `yaml:"-"`
}

// Edition is one digest for one audience.
type Edition struct {
	Name     string     `yaml:"name"`
	Audience domain.TLP `yaml:"audience"` // the highest label that it may carry; never red
	To       []string   `yaml:"to"`       // mail addresses
	Out      string     `yaml:"out"`      // a folder; see Config.Resolve
	Formats  []string   `yaml:"formats"`
	Approved bool       `yaml:"approved_only"` // only what a moderator has approved
	At       string     `yaml:"-"`             // FILE:LINE, where it stands
}

func (e *Edition) setDefaults() { e.Formats = []string{"html", "txt"} }
