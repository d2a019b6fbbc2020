package watch_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/domain"
	"askahead/internal/golden"
	"askahead/store"
	"askahead/store/sqlstore"
	"askahead/watch"
)

// mailbox is the organiser's: a message that comes twice is one, by its ID.
type mailbox struct {
	got   []watch.Message
	sends int
	fails error
}

func (m *mailbox) Send(_ context.Context, msg watch.Message) error {
	m.sends++
	if m.fails != nil {
		return m.fails
	}
	if !slices.ContainsFunc(m.got, func(old watch.Message) bool { return old.ID == msg.ID }) {
		m.got = append(m.got, msg)
	}
	return nil
}

// post is a watcher and a teller with a database, a mailbox and a clock.
type post struct {
	*watch.Watcher
	*watch.Teller
	db   *sqlstore.DB
	mail *mailbox
	log  *strings.Builder
	now  time.Time
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{mail: &mailbox{}, log: &strings.Builder{}, now: monday()}
	p.start(t, filepath.Join(t.TempDir(), "test.db"))
	return p
}

// start opens the database as a new process does.
func (p *post) start(t *testing.T, path string) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "sqlite:"+path, domain.NewKeys([]byte("a key for tests")), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	log := slog.New(slog.NewTextHandler(p.log, nil))
	now := func() time.Time { return p.now }
	p.db = db
	p.Watcher = &watch.Watcher{Store: db, Now: now, Log: log}
	p.Teller = &watch.Teller{Store: db, Mail: p.mail, Now: now, Log: log}
}

// bring lets a source bring an item in each of the hours.
func (p *post) bring(t *testing.T, src watch.Source, hours ...time.Time) {
	t.Helper()
	progress, err := p.db.Progress(t.Context(), src.Session, src.Name)
	if err != nil {
		t.Fatal(err)
	}
	batch := store.Batch{Session: src.Session, Source: src.Name, Since: progress.Cursor, Next: progress.Cursor + "x", Now: p.now}
	for _, h := range hours {
		batch.Arrivals = append(batch.Arrivals, store.Arrival{Hour: h, Items: 1})
	}
	if _, err := p.db.SaveBatch(t.Context(), batch, nil); err != nil {
		t.Fatal(err)
	}
}

func (p *post) look(t *testing.T, src watch.Source, run store.Run) {
	t.Helper()
	p.now = run.Ended
	if err := p.Look(t.Context(), src, run); err != nil {
		t.Fatal(err)
	}
}

func (p *post) tell(t *testing.T) {
	t.Helper()
	if err := p.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// daysOf gives noon of each of the days.
func daysOf(days ...int) (hours []time.Time) {
	for _, d := range days {
		hours = append(hours, monday().Add(time.Duration(d)*day))
	}
	return hours
}

func asSent(t *testing.T, name string, messages ...watch.Message) {
	t.Helper()
	var b strings.Builder
	for _, m := range messages {
		if strings.ContainsFunc(m.Subject+m.Body, func(r rune) bool { return r > '~' }) {
			t.Errorf("%q is not plain ASCII", m.Subject)
		}
		b.WriteString("Subject: " + m.Subject + "\n\n" + m.Body + "\n")
	}
	golden.Compare(t, filepath.Join("testdata", name+".txt"), b.String())
}

func TestMessages(t *testing.T) {
	list := watch.Source{Session: "ws164", Name: "teams-list", Interval: 15 * time.Minute}
	set, shared := list, list
	set.After = 3 * day
	shared.Session, shared.Name = store.Shared, "hashtag"
	refused := ran(41, store.CauseUnauthorized, 1, 1)
	refused.Error = "the source refuses access: social.example answers with nothing, since it closed its hashtags\n to visitors;\x00 set `token`"
	for _, c := range []struct {
		name string
		do   func(t *testing.T, p *post)
	}{
		{"silent-and-over", func(t *testing.T, p *post) {
			p.bring(t, list, daysOf(every(1, 41)...)...)
			p.look(t, list, ran(45, store.CauseNone, 0, 0))
			p.tell(t)
			p.bring(t, list, daysOf(46)...)
			p.look(t, list, ran(46, store.CauseNone, 0, 0))
			p.tell(t)
		}},
		{"silent-before-its-rhythm-is-known", func(t *testing.T, p *post) {
			p.bring(t, list, daysOf(0, 1, 2)...)
			p.look(t, list, ran(40, store.CauseNone, 0, 0))
			p.tell(t)
		}},
		{"silent-as-configured", func(t *testing.T, p *post) {
			p.bring(t, set, daysOf(0)...)
			p.look(t, set, ran(40, store.CauseNone, 0, 0))
			p.tell(t)
		}},
		{"never-brought-anything", func(t *testing.T, p *post) {
			p.look(t, shared, ran(0, store.CauseNone, 0, 0))
			p.tell(t)
			p.look(t, shared, ran(31, store.CauseNone, 0, 0))
			p.tell(t)
		}},
		{"access", func(t *testing.T, p *post) {
			p.look(t, shared, refused)
			p.tell(t)
			p.look(t, shared, ran(43, store.CauseNone, 0, 0))
			p.tell(t)
		}},
		{"settings", func(t *testing.T, p *post) {
			p.look(t, list, never(ran(41, store.CauseSettings, 1, 1)))
			p.tell(t)
		}},
		{"failing", func(t *testing.T, p *post) {
			p.look(t, list, after(ran(41, store.CauseUnavailable, 1, 3), 7*time.Hour))
			p.tell(t)
		}},
		{"several", func(t *testing.T, p *post) {
			p.look(t, list, never(ran(41, store.CauseSettings, 1, 1)))
			p.tell(t)
			p.mail.got = nil
			p.look(t, shared, refused)
			if err := p.Keep(t.Context(), []watch.Source{shared}); err != nil {
				t.Fatal(err)
			}
			if _, _, err := p.db.OpenIncident(t.Context(), store.Incident{Session: "ws164", Subject: "digest", Kind: store.IncidentUndelivered,
				Opened: p.now, Body: "Edition 3 of panelists could not be handed to one of its readers.\n"}); err != nil {
				t.Fatal(err)
			}
			p.tell(t)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPost(t)
			c.do(t, p)
			asSent(t, c.name, p.mail.got...)
			if strings.Contains(p.log.String(), "level=ERROR") {
				t.Error(p.log.String())
			}
		})
	}
}
