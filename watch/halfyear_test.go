package watch_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/store"
	"askahead/watch"
)

// outage is a time in which something is wrong with a source, in days from monday.
type outage struct {
	from, to int
	cause    store.Cause // none: it answers, and brings nothing
}

// place is a source of the simulation: it brings something at noon of the days on which it does.
type place struct {
	watch.Source
	brings  func(day int) bool
	outages []outage
	run     store.Run
	held    []time.Time // published, and not read yet
}

// at tells what is wrong with the source, if anything is.
func (p *place) at(now time.Time) (outage, bool) {
	for _, o := range p.outages {
		if !now.Before(monday().Add(time.Duration(o.from)*day)) && now.Before(monday().Add(time.Duration(o.to)*day)) {
			return o, true
		}
	}
	return outage{}, false
}

// step lets a source live until now, and reads it.
func (p *place) step(t *testing.T, world *post) {
	t.Helper()
	wrong, isWrong := p.at(world.now)
	since := int(world.now.Sub(monday()) / day)
	if world.now.Hour() == 12 && p.brings(since) && !(isWrong && wrong.cause == store.CauseNone) {
		p.held = append(p.held, world.now)
	}
	p.run.Ended = world.now
	if p.run.Cause = wrong.cause; wrong.cause != store.CauseNone {
		p.run.Failures, p.run.Error = p.run.Failures+1, "mail.example.org: it did not work"
		return
	}
	p.run.Failures, p.run.Error, p.run.Good = 0, "", world.now
	if len(p.held) > 0 {
		world.bring(t, p.Source, p.held...)
		p.held = nil
	}
}

// unsure is a mailbox behind a network at whose end the process may be stopped: before the message is handed over,
// after it, or not at all.
type unsure struct {
	*mailbox
	luck *rand.Rand
	stop context.CancelFunc
}

func (u *unsure) Send(ctx context.Context, m watch.Message) error {
	switch u.luck.IntN(4) {
	case 0:
		u.stop()
		return ctx.Err()
	case 1:
		err := u.mailbox.Send(ctx, m)
		u.stop()
		return err
	}
	return u.mailbox.Send(ctx, m)
}

// Half a year of five sources, read every three hours by processes that are stopped again and again while they tell:
// there is one alarm and one all-clear for each thing that went wrong, and none for what did not.
func TestHalfAYear(t *testing.T) {
	places := []*place{
		{Source: watch.Source{Session: "ws164", Name: "daily"}, brings: func(int) bool { return true },
			outages: []outage{{60, 75, store.CauseNone}, {100, 101, store.CauseUnavailable}, {140, 150, store.CauseUnavailable}}},
		{Source: watch.Source{Session: "ws164", Name: "office"}, brings: func(d int) bool { return d%7 < 5 },
			outages: []outage{{70, 90, store.CauseUnauthorized}, {112, 113, store.CauseNone}}},
		{Source: watch.Source{Session: store.Shared, Name: "weekly"}, brings: func(d int) bool { return d%7 == 2 },
			outages: []outage{{100, 130, store.CauseNone}, {150, 170, store.CauseRateLimited}}},
		{Source: watch.Source{Session: store.Shared, Name: "moved", After: 40 * day}, brings: func(d int) bool { return d < 50 }},
		{Source: watch.Source{Session: "ws164", Name: "never"}, brings: func(int) bool { return false }},
	}
	world := &post{mail: &mailbox{}, log: &strings.Builder{}, now: monday()}
	path := filepath.Join(t.TempDir(), "test.db")
	world.start(t, path)
	luck := rand.New(rand.NewPCG(1, 2))
	stopped := 0
	for ; world.now.Before(monday().Add(182 * day)); world.now = world.now.Add(3 * time.Hour) {
		for _, p := range places {
			p.step(t, world)
			if err := world.Look(t.Context(), p.Source, p.run); err != nil {
				t.Fatal(err)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		world.Teller.Mail = &unsure{world.mail, luck, stop}
		if err := world.Tell(ctx); err != nil {
			if ctx.Err() == nil {
				t.Fatal(err)
			}
			stopped++
			world.db.Close()
			world.start(t, path)
		}
		stop()
	}
	want := []string{
		"ALARM: never is silent (session ws164)",
		"ALARM: daily is silent (session ws164)",
		"ALARM: office refuses access (session ws164)",
		"OVER: daily is silent (session ws164)",
		"ALARM: moved is silent",
		"OVER: office refuses access (session ws164)",
		"ALARM: daily cannot be read (session ws164)",
		"OVER: daily cannot be read (session ws164)",
		"ALARM: weekly is silent",
		"OVER: weekly is silent",
		"ALARM: daily cannot be read (session ws164)",
		"OVER: daily cannot be read (session ws164)",
	}
	var got []string
	for _, m := range world.mail.got {
		for line := range strings.SplitSeq(m.Body, "\n") {
			if strings.HasPrefix(line, "ALARM: ") || strings.HasPrefix(line, "OVER: ") {
				got = append(got, line)
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("what the organiser was told (-want +got):\n%s", d)
	}
	if stopped < 5 || world.mail.sends <= len(world.mail.got) {
		t.Errorf("stopped %d times, sent %d times, of which %d arrived: the test tries too little", stopped, world.mail.sends, len(world.mail.got))
	}
	log := world.log.String()
	if begun, over := strings.Count(log, "level=WARN"), strings.Count(log, `level=INFO msg="over: `); begun != 7 || over != 5 {
		t.Errorf("the log tells of %d beginnings and %d ends", begun, over)
	}
	open, err := watch.Open(t.Context(), world.db, "")
	if err != nil || len(open) != 2 {
		t.Errorf("%d incidents are open at the end, %v; want those of never and moved", len(open), err)
	}
}
