package watch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"askahead/store"
	"askahead/watch"
)

// dying is a database whose process is stopped after it has written so many marks.
type dying struct {
	store.Watch
	marks int
}

var errStopped = errors.New("the process was stopped")

func (d *dying) MarkIncident(ctx context.Context, i store.Incident) error {
	if d.marks == 0 {
		return errStopped
	}
	d.marks--
	return d.Watch.MarkIncident(ctx, i)
}

// begin opens an incident of a source.
func (p *post) begin(t *testing.T, source string, kind store.IncidentKind) store.Incident {
	t.Helper()
	i, _, err := p.db.OpenIncident(t.Context(), store.Incident{Session: "ws164", Subject: "source/" + source, Kind: kind, Opened: p.now,
		Body: source + " needs somebody."})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (p *post) end(t *testing.T, i store.Incident) {
	t.Helper()
	i.Closed, i.Ending = p.now, "It is over."
	if closed, err := p.db.CloseIncident(t.Context(), i); err != nil || !closed {
		t.Fatalf("closed %v, %v", closed, err)
	}
}

// subjects gives what the organiser got, without the mark that all begin with.
func (p *post) subjects() string {
	var all []string
	for _, m := range p.mail.got {
		all = append(all, strings.TrimPrefix(m.Subject, "[askahead] "))
	}
	return strings.Join(all, "; ")
}

func (p *post) expect(t *testing.T, want string) {
	t.Helper()
	if got := p.subjects(); got != want {
		t.Errorf("the organiser got %q, want %q", got, want)
	}
}

func TestTeller(t *testing.T) {
	t.Run("tells once of a beginning and once of an end", func(t *testing.T) {
		p := newPost(t)
		i := p.begin(t, "list", store.IncidentSilent)
		p.tell(t)
		p.tell(t)
		p.expect(t, "list is silent")
		p.end(t, i)
		p.tell(t)
		p.tell(t)
		p.expect(t, "list is silent; over: list is silent")
		if p.mail.sends != 2 {
			t.Errorf("sent %d times", p.mail.sends)
		}
	})
	t.Run("tells of the next incident of the same kind again", func(t *testing.T) {
		p := newPost(t)
		for range 2 {
			i := p.begin(t, "list", store.IncidentSilent)
			p.tell(t)
			p.end(t, i)
			p.tell(t)
		}
		p.expect(t, "list is silent; over: list is silent; list is silent; over: list is silent")
	})
	t.Run("says nothing of what was over before anybody was told", func(t *testing.T) {
		p := newPost(t)
		p.end(t, p.begin(t, "list", store.IncidentSilent))
		p.tell(t)
		p.expect(t, "")
		if left, err := p.db.Incidents(t.Context(), ""); err != nil || len(left) != 0 {
			t.Errorf("%d are left, %v", len(left), err)
		}
	})
	t.Run("tries again what could not be sent, with what came up meanwhile", func(t *testing.T) {
		p := newPost(t)
		over := p.begin(t, "over", store.IncidentSilent)
		p.begin(t, "list", store.IncidentAccess)
		p.mail.fails = errors.New("the server is down")
		for range 3 {
			if err := p.Tell(t.Context()); !errors.Is(err, p.mail.fails) {
				t.Fatalf("%v", err)
			}
		}
		p.end(t, over)
		p.begin(t, "chat", store.IncidentFailing)
		p.mail.fails = nil
		p.tell(t)
		p.expect(t, "2 alarms")
	})
	t.Run("leaves it to the log where there is no mail", func(t *testing.T) {
		p := newPost(t)
		p.Teller.Mail = nil
		i := p.begin(t, "list", store.IncidentSilent)
		p.tell(t)
		p.end(t, i)
		p.tell(t)
		if left, err := p.db.Incidents(t.Context(), ""); err != nil || len(left) != 0 {
			t.Errorf("%d are left, %v", len(left), err)
		}
	})
	t.Run("tells of what is still open when there is mail at last", func(t *testing.T) {
		p := newPost(t)
		p.Teller.Mail = nil
		p.begin(t, "list", store.IncidentSilent)
		p.tell(t)
		p.Teller.Mail = p.mail
		p.tell(t)
		p.expect(t, "list is silent")
	})
	t.Run("tells all of many, and no more than can be read", func(t *testing.T) {
		p := newPost(t)
		for n := range 60 {
			p.begin(t, strings.Repeat("x", n+1), store.IncidentFailing)
		}
		p.tell(t)
		p.expect(t, "60 alarms")
		if body := p.mail.got[0].Body; strings.Count(body, "ALARM: ") != 40 || !strings.Contains(body, "And 20 more") {
			t.Errorf("the message is\n%s", body)
		}
	})
}

// However many marks are written before the process is stopped, the next one tells everything, and nothing twice.
func TestWhoeverIsStoppedLosesAndDoublesNothing(t *testing.T) {
	for marks := range 7 {
		p := newPost(t)
		first, second := p.begin(t, "list", store.IncidentSilent), p.begin(t, "chat", store.IncidentAccess)
		stopped := watch.Teller{Store: &dying{p.db, marks}, Mail: p.mail, Now: p.Teller.Now, Log: p.Teller.Log}
		if err := stopped.Tell(t.Context()); marks < 4 && !errors.Is(err, errStopped) {
			t.Fatalf("%d marks: %v", marks, err)
		}
		p.now = p.now.Add(time.Hour)
		p.begin(t, "late", store.IncidentFailing) // it must not change what the message before was about
		p.end(t, first)
		p.tell(t)
		p.end(t, second)
		p.tell(t)
		count := map[string]int{}
		for _, m := range p.mail.got {
			for line := range strings.SplitSeq(m.Body, "\n") {
				if strings.HasPrefix(line, "ALARM: ") || strings.HasPrefix(line, "OVER: ") {
					count[line]++
				}
			}
		}
		want := []string{
			"ALARM: chat refuses access (session ws164)", "ALARM: late cannot be read (session ws164)", "OVER: chat refuses access (session ws164)",
		}
		if marks > 1 { // else it was over before any message was about it
			want = append(want, "ALARM: list is silent (session ws164)", "OVER: list is silent (session ws164)")
		}
		for _, line := range want {
			if count[line] != 1 {
				t.Errorf("stopped after %d marks: told %d times: %s", marks, count[line], line)
			}
		}
		if len(count) != len(want) {
			t.Errorf("stopped after %d marks: %v", marks, count)
		}
	}
}
