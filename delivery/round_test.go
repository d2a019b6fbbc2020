package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"askahead/delivery/mailtest"
	"askahead/domain"
	"askahead/store"
)

// gets counts the mails of each recipient, and fails if two mails of one have different Message-IDs.
func gets(t *testing.T, m *mailtest.Server) map[string]int {
	t.Helper()
	n, ids := map[string]int{}, map[string]string{}
	for _, one := range m.Mails() {
		id := read(t, one.Raw).header.Get("Message-Id")
		if n[one.To]++; n[one.To] > 1 && ids[one.To] != id {
			t.Errorf("one recipient has the same edition as %s and as %s", ids[one.To], id)
		}
		ids[one.To] = id
	}
	return n
}

func TestAnEditionGoesOutOnceToEachRecipient(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{User: "postbote", Password: "hunter2"})
	d := newDesk(t, m, readers...)
	d.Server.User, d.Server.Password = "postbote", "hunter2"
	for i, want := range []Report{{Of: 3, Sent: 3, Now: 3}, {Of: 3, Sent: 3}} {
		if got := d.deliver(t); got.Of != want.Of || got.Sent != want.Sent || got.Now != want.Now || got.Unfinished() != nil {
			t.Errorf("round %d: %+v, want %+v", i+1, got, want)
		}
	}
	if m.Connections() != 1 {
		t.Errorf("%d connections for three mails and a round with nothing to do", m.Connections())
	}
	for _, to := range readers {
		if n := gets(t, m)[addressOf(t, to)]; n != 1 {
			t.Errorf("%d mails to one recipient", n)
		}
	}
	ids := map[string]bool{}
	for _, one := range m.Mails() {
		ids[read(t, one.Raw).header.Get("Message-Id")] = true
	}
	if len(ids) != 3 {
		t.Errorf("three recipients have mails of %d names: a mailbox that two of them share would drop one", len(ids))
	}
	for to, one := range d.states(t, readers...) {
		if one.State != store.Sent || one.Tries != 1 || one.Error != "" || one.Tried != noon() {
			t.Errorf("%s: %+v", to, one)
		}
	}
}

func TestWhatWasErasedSinceIsInNoCopyThatLeavesLater(t *testing.T) {
	var d *desk
	m := mailtest.New(t, mailtest.Options{Mail: func(n int, _ string) error {
		if n == 2 {
			d.erase(t)
		}
		return nil
	}})
	d = newDesk(t, m, readers...)
	d.clock = noon().Add(time.Hour)
	d.ask(t, "1", "2", "Was this asked too late?")
	d.deliver(t)
	for i, one := range m.Mails() {
		got := read(t, one.Raw)
		for part, text := range map[string]string{"text": got.text, "html": got.html, "csv": got.files["ws164-panelists-1.csv"]} {
			text = strings.Join(strings.Fields(text), " ")
			if strings.Contains(text, erasable) != (i < 2) {
				t.Errorf("the %s of mail %d has the erased question: %v", part, i+1, i >= 2)
			}
			if !strings.Contains(text, "domain owners") || strings.Contains(text, "asked too late") {
				t.Errorf("the %s of mail %d is not the edition that was recorded", part, i+1)
			}
		}
	}
}

func TestWhatAServerSaysOfOneRecipientIsRecorded(t *testing.T) {
	say := map[string]error{
		"jo.panel@readers.example": mailtest.Refuse(550, "5.1.1 <jo.panel@readers.example>: Jo Panel left"),
		"lin@readers.example":      mailtest.Refuse(450, "4.2.0 <lin@readers.example>: greylisted"),
	}
	m := mailtest.New(t, mailtest.Options{Recipient: func(to string) error { return say[to] }})
	d := newDesk(t, m, readers...)
	got := d.deliver(t)
	if got.Sent != 1 || len(got.Refused) != 1 || got.Refused[0].Place != 1 || len(got.Waiting) != 1 || got.Waiting[0].Place != 2 {
		t.Fatalf("%+v", got)
	}
	for _, n := range append(got.Refused, got.Waiting...) {
		t.Log(n.Why)
		mustNotSay(t, n.Why)
	}
	var later *Later
	if err := got.Unfinished(); !errors.As(err, &later) || later.Until != noon().Add(5*time.Minute) {
		t.Errorf("%v, want that it is tried in five minutes", err)
	}
	delete(say, "lin@readers.example")
	delete(say, "jo.panel@readers.example")
	d.clock = noon().Add(4 * time.Minute)
	if got := d.deliver(t); got.Now != 0 || m.Connections() != 1 {
		t.Errorf("before its time: %+v", got)
	}
	d.clock = noon().Add(5 * time.Minute)
	if got := d.deliver(t); got.Now != 1 || got.Sent != 2 || len(got.Refused) != 0 || got.Unfinished() != nil {
		t.Errorf("at its time: %+v", got)
	}
	if n := gets(t, m); len(n) != 2 || n["jo.panel@readers.example"] != 0 {
		t.Errorf("mails: %v", n)
	}
	for to, one := range d.states(t, readers...) {
		mustNotSay(t, one.Error)
		if want := map[string]store.DeliveryState{readers[0]: store.Refused, readers[1]: store.Sent, readers[2]: store.Sent}[to]; one.State != want {
			t.Errorf("%s is %s, want %s", to, one.State, want)
		}
	}
}

func TestRetriesThinOutAndEndAfterDays(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{Recipient: func(string) error { return mailtest.Refuse(450, "4.2.2 mailbox full") }})
	d := newDesk(t, m, readers[0])
	tries := 0
	var pauses []time.Duration
	for {
		tries++
		got := d.deliver(t)
		if len(got.Refused) == 1 {
			break
		}
		if len(got.Waiting) != 1 || tries > 100 {
			t.Fatalf("try %d: %+v", tries, got)
		}
		pauses = append(pauses, got.Waiting[0].Until.Sub(d.clock))
		d.clock = got.Waiting[0].Until
	}
	if days := d.clock.Sub(noon()).Hours() / 24; days < 4 || days > 6 {
		t.Errorf("given up after %.1f days", days)
	}
	if pauses[0] != 5*time.Minute || pauses[1] != 10*time.Minute || pauses[len(pauses)-1] != 6*time.Hour {
		t.Errorf("pauses %v", pauses)
	}
	if one := d.states(t, readers[0])[readers[0]]; !strings.Contains(one.Error, "given up after 25 tries") || !strings.Contains(one.Error, "mailbox full") {
		t.Errorf("%+v", one)
	}
}

func TestWhatIsWrongWithTheServerIsNoRecipientsFault(t *testing.T) {
	refuse := func(code int, text string) func(string) error {
		return func(string) error { return mailtest.Refuse(code, text) }
	}
	for name, c := range map[string]struct {
		office mailtest.Options
		is     error
	}{
		"the sender is not taken":        {mailtest.Options{Sender: refuse(553, "5.7.1 not yours")}, ErrSettings},
		"the server wants a login":       {mailtest.Options{User: "postbote", Password: "hunter2"}, ErrUnauthorized},
		"the server passes nothing on":   {mailtest.Options{Recipient: refuse(554, "5.7.1 relaying denied")}, ErrSettings},
		"the certificate is for another": {mailtest.Options{Names: []string{"mail.example.net"}}, ErrSettings},
		"the server is busy":             {mailtest.Options{Sender: refuse(421, "4.3.2 shutting down")}, ErrUnavailable},
		"every connection is lost":       {mailtest.Options{Recipient: func(string) error { return mailtest.ErrDrop }}, ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, mailtest.New(t, c.office), readers...)
			got, err := d.Deliver(t.Context(), d.parcel)
			if !errors.Is(err, c.is) || got.Sent != 0 || len(got.Refused) != 0 || len(got.Waiting) != 3 {
				t.Errorf("%+v, %v; want %v and three who wait", got, err, c.is)
			}
			mustNotSay(t, err.Error())
			// It is mended, and an hour later all of them get it.
			m := mailtest.New(t, mailtest.Options{})
			now := d.Server.Now
			d.Server = aServer(m)
			d.Server.Now = now
			d.clock = d.clock.Add(time.Hour)
			if got := d.deliver(t); got.Sent != 3 {
				t.Errorf("when it is mended: %+v", got)
			}
		})
	}
}

func TestAConnectionThatEndsAfterAMailCostsNobodyAnEdition(t *testing.T) {
	for name, say := range map[string]func(n int) error{
		"after each mail that was taken": func(n int) error { return mailtest.ErrDrop },
		"after the second":               func(n int) error { return map[bool]error{true: mailtest.ErrDrop}[n == 2] },
		"while the server says nothing":  func(n int) error { return map[bool]error{true: mailtest.ErrHang}[n == 2] },
	} {
		t.Run(name, func(t *testing.T) {
			m := mailtest.New(t, mailtest.Options{Mail: func(n int, _ string) error {
				if n > 6 {
					return nil
				}
				return say(n)
			}})
			d := newDesk(t, m, readers...)
			d.Server.Timeout = 50 * time.Millisecond
			for range 10 {
				got, err := d.Deliver(t.Context(), d.parcel)
				if err != nil && !errors.Is(err, ErrUnavailable) {
					t.Fatal(err)
				}
				if err == nil && got.Sent == 3 {
					break
				}
				d.clock = d.clock.Add(6 * time.Hour)
			}
			n := gets(t, m)
			for _, to := range readers {
				if n[addressOf(t, to)] == 0 {
					t.Errorf("a recipient has nothing: %v", n)
				}
			}
		})
	}
}

func TestAServerThatEndsConnectionsBetweenMailsIsCalledAgain(t *testing.T) {
	mails := 0
	m := mailtest.New(t, mailtest.Options{
		Mail: func(int, string) error { mails++; return nil },
		Sender: func(string) error {
			if mails == 2 {
				mails = 0
				return mailtest.Refuse(421, "4.7.0 too many mails in this connection")
			}
			return nil
		}})
	d := newDesk(t, m, append(readers, "ana@readers.example", "kim@readers.example")...)
	if got := d.deliver(t); got.Sent != 5 || m.Connections() != 3 {
		t.Errorf("%+v over %d connections", got, m.Connections())
	}
}

func TestWhoLeftTheConfigurationGetsNothingAndWhoCameGetsTheNextEdition(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{})
	d := newDesk(t, m, readers[0], readers[1])
	d.parcel.To = []string{readers[1], "ana@readers.example"}
	if got := d.deliver(t); got.Of != 1 || got.Sent != 1 {
		t.Errorf("%+v", got)
	}
	if n := gets(t, m); len(n) != 1 || n["lin@readers.example"] != 1 {
		t.Errorf("mails: %v", n)
	}
	if one := d.states(t, readers[0])[readers[0]]; one.State != store.Refused || !strings.Contains(one.Error, "taken out of the configuration") {
		t.Errorf("who left: %+v", one)
	}
	d.parcel.To = append(d.parcel.To, readers[0])
	if got := d.deliver(t); got.Now != 0 {
		t.Errorf("who left and came back got the old edition: %+v", got)
	}
	d.parcel.Edition = d.record(t)
	if got := d.deliver(t); got.Now != 3 || d.parcel.Edition.Number != 2 {
		t.Errorf("the next edition: %+v", got)
	}
}

func TestOneAddressInTwoSpellingsIsOneRecipient(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{})
	d := newDesk(t, m, readers[0], "JO.PANEL@readers.example")
	if got := d.deliver(t); got.Of != 1 || len(m.Mails()) != 1 {
		t.Errorf("%+v, %d mails", got, len(m.Mails()))
	}
}

func TestAStricterAudienceInTheConfigurationHoldsForEditionsThatWait(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{})
	d := newDesk(t, m, readers[0])
	d.parcel.Request.Audience = domain.Clear
	d.deliver(t)
	got := read(t, m.Mails()[0].Raw)
	if strings.Contains(got.text+got.html+got.files["ws164-panelists-1.csv"], "domain owners") || !strings.Contains(got.subject, "TLP:CLEAR") {
		t.Errorf("what is TLP:GREEN went to those who may read TLP:CLEAR: %s", got.subject)
	}
}

// The store lets one of them begin each try; what one of them finds begun it takes for the remains of a crash. So at
// worst a mail comes twice under one Message-ID, and the lease that callers hold keeps even that from happening.
func TestTwoProcessesAtOneEditionGiveNobodyTwoDifferentMails(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{})
	var to []string
	for i := range 20 {
		to = append(to, fmt.Sprintf("reader%d@readers.example", i))
	}
	d := newDesk(t, m, to...)
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			if _, err := d.Deliver(t.Context(), d.parcel); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	n := gets(t, m)
	if len(n) != 20 || len(m.Mails()) > 25 {
		t.Errorf("%d mails for %d of 20 recipients", len(m.Mails()), len(n))
	}
	for to, one := range d.states(t, to...) {
		if one.State != store.Sent {
			t.Errorf("%s: %+v", to, one)
		}
	}
}

func TestWhoIsAskedToStopFinishesTheMailInHandAndBeginsNoOther(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := mailtest.New(t, mailtest.Options{Mail: func(int, string) error { cancel(); return nil }})
	d := newDesk(t, m, readers...)
	got, err := d.Deliver(ctx, d.parcel)
	if !errors.Is(err, context.Canceled) || got.Sent != 1 || len(got.Waiting) != 2 || len(m.Mails()) != 1 {
		t.Errorf("%+v, %v; %d mails", got, err, len(m.Mails()))
	}
}

func TestThatAMailIsSentIsRecordedBeforeItIs(t *testing.T) {
	var d *desk
	m := mailtest.New(t, mailtest.Options{
		Sender: func(string) error {
			if one := d.states(t, readers[0])[readers[0]]; one.State != store.Waiting || one.Tries != 0 {
				t.Errorf("before the server is asked: %+v", one)
			}
			return nil
		},
		Recipient: func(string) error {
			if one := d.states(t, readers[0])[readers[0]]; one.State != store.Sending || one.Tries != 1 || one.Tried != noon() {
				t.Errorf("while it is handed over: %+v", one)
			}
			return nil
		},
	})
	d = newDesk(t, m, readers[0])
	d.deliver(t)
}
