package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) deliveries(t *testing.T) {
	t.Run("an edition is recorded with a delivery that waits for each recipient", b.addressesEditions)
	t.Run("an edition whose number is taken is not recorded at all", b.refusesTakenNumbers)
	t.Run("a delivery is what was recorded of it last", b.recordsDeliveries)
	t.Run("what is sent stays sent", b.keepsSent)
	t.Run("a try that another has gone on from is not heard any more", b.fencesTries)
	t.Run("of two processes that begin the same try one does", b.beginsOnce)
	t.Run("what is not over is listed by edition", b.listsUnsent)
	t.Run("an edition that is not there can't be delivered", b.deliversRecordedEditions)
}

// outbox is the store as what keeps deliveries.
func (h *handle) outbox(t *testing.T) store.Deliveries {
	t.Helper()
	d, ok := h.Store.(store.Deliveries)
	if !ok {
		t.Fatalf("%T keeps no deliveries", h.Store)
	}
	return d
}

func (h *handle) delivered(t *testing.T, name string, number int) []store.Delivery {
	t.Helper()
	list, err := h.outbox(t).Deliveries(t.Context(), session, name, number)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (h *handle) deliver(t *testing.T, d store.Delivery) {
	t.Helper()
	if err := h.outbox(t).SaveDelivery(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// mailed is an edition for recipients.
func mailed(name string, recipients ...string) store.Edition {
	e := edition(name, 7)
	e.Recipients = recipients
	return e
}

// delivery is one of the first edition.
func delivery(recipient string, state store.DeliveryState, tries int) store.Delivery {
	d := store.Delivery{Session: session, Name: "panelists", Number: 1, Recipient: recipient, State: state, Tries: tries}
	if tries > 0 {
		d.Tried = opening().Add(time.Duration(tries) * time.Hour)
	}
	return d
}

func (b Backend) addressesEditions(t *testing.T) {
	h := b.open(t)
	h.publish(t, mailed("panelists", "r2", "r1", "r2"))
	h.publish(t, mailed("public"))
	if d := cmp.Diff([]store.Delivery{delivery("r1", store.Waiting, 0), delivery("r2", store.Waiting, 0)}, h.delivered(t, "panelists", 1)); d != "" {
		t.Errorf("deliveries (-want +got):\n%s", d)
	}
	if got := h.delivered(t, "public", 1); len(got) != 0 {
		t.Errorf("deliveries of an edition without recipients: %v", got)
	}
}

func (b Backend) refusesTakenNumbers(t *testing.T) {
	h := b.open(t)
	h.publish(t, mailed("panelists", "r1"))
	late := mailed("panelists", "r1", "r2")
	late.Number = 1
	if _, err := h.SaveEdition(t.Context(), late); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("number 1 again: %v, want ErrConflict", err)
	}
	if got, err := h.Editions(t.Context(), session, "panelists", 10); err != nil || len(got) != 1 {
		t.Errorf("%d editions, %v", len(got), err)
	}
	late.Number = 2
	if e := h.publish(t, late); e.Number != 2 {
		t.Errorf("the number is %d", e.Number)
	}
}

func (b Backend) recordsDeliveries(t *testing.T) {
	h := b.open(t)
	h.publish(t, mailed("panelists", "r1"))
	later := delivery("r1", store.Waiting, 1)
	later.Retry, later.Error = opening().Add(2*time.Hour), "greylisted: come back later"
	for _, d := range []store.Delivery{
		delivery("r1", store.Sending, 1), later, delivery("r1", store.Sending, 2),
		delivery("r1", store.Sending, 3), // after a crash
		delivery("r1", store.Refused, 3),
	} {
		h.deliver(t, d)
		if diff := cmp.Diff([]store.Delivery{d}, h.delivered(t, "panelists", 1)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", d.State, diff)
		}
	}
}

func (b Backend) keepsSent(t *testing.T) {
	h := b.open(t)
	h.publish(t, mailed("panelists", "r1"))
	h.deliver(t, delivery("r1", store.Sending, 1))
	sent := delivery("r1", store.Sent, 1)
	h.deliver(t, sent)
	again := sent
	again.Tried = sent.Tried.Add(time.Hour)
	h.deliver(t, again) // says nothing new
	for _, d := range []store.Delivery{delivery("r1", store.Sending, 2), delivery("r1", store.Waiting, 1), delivery("r1", store.Refused, 1), delivery("r1", store.Sending, 1)} {
		if err := h.outbox(t).SaveDelivery(t.Context(), d); !errors.Is(err, domain.ErrConflict) {
			t.Errorf("%s after sent: %v, want ErrConflict", d.State, err)
		}
	}
	if d := cmp.Diff([]store.Delivery{sent}, h.delivered(t, "panelists", 1)); d != "" {
		t.Errorf("deliveries (-want +got):\n%s", d)
	}
}

func (b Backend) fencesTries(t *testing.T) {
	h := b.open(t)
	h.publish(t, mailed("panelists", "r1"))
	h.deliver(t, delivery("r1", store.Sending, 1))
	h.deliver(t, delivery("r1", store.Sending, 2)) // another process thought the first was dead
	for _, d := range []store.Delivery{delivery("r1", store.Waiting, 1), delivery("r1", store.Refused, 1), delivery("r1", store.Sending, 2), delivery("r1", store.Sending, 4)} {
		if err := h.outbox(t).SaveDelivery(t.Context(), d); !errors.Is(err, domain.ErrConflict) {
			t.Errorf("%s of try %d: %v, want ErrConflict", d.State, d.Tries, err)
		}
	}
	sent := delivery("r1", store.Sent, 1)
	h.deliver(t, sent) // it was not dead, and its mail was taken
	h.deliver(t, delivery("r1", store.Sent, 2))
	if err := h.outbox(t).SaveDelivery(t.Context(), delivery("r1", store.Waiting, 2)); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("the second was refused later: %v, want ErrConflict", err)
	}
	if d := cmp.Diff([]store.Delivery{sent}, h.delivered(t, "panelists", 1)); d != "" {
		t.Errorf("deliveries (-want +got):\n%s", d)
	}
}

func (b Backend) beginsOnce(t *testing.T) {
	handles := b.pair(t)
	const recipients = 20
	var names []string
	for i := range recipients {
		names = append(names, fmt.Sprintf("r%02d", i))
	}
	handles[0].publish(t, mailed("panelists", names...))
	var mu sync.Mutex
	begun := map[string]int{}
	together(t, handles, func(_ int, h *handle) error {
		for _, name := range names {
			err := h.outbox(t).SaveDelivery(t.Context(), delivery(name, store.Sending, 1))
			if errors.Is(err, domain.ErrConflict) {
				continue
			}
			if err != nil {
				return err
			}
			mu.Lock()
			begun[name]++
			mu.Unlock()
		}
		return nil
	})
	for _, name := range names {
		if begun[name] != 1 {
			t.Errorf("%s was begun %d times", name, begun[name])
		}
	}
}

func (b Backend) listsUnsent(t *testing.T) {
	h := b.open(t)
	h.publish(t, mailed("panelists", "r1", "r2", "r3", "r4"))
	h.publish(t, mailed("panelists", "r1"))
	h.publish(t, mailed("all", "r1"))
	other := mailed("panelists", "r9")
	other.Session = "other"
	h.publish(t, other)
	h.deliver(t, delivery("r1", store.Sending, 1))
	h.deliver(t, delivery("r2", store.Sent, 0))
	h.deliver(t, delivery("r3", store.Refused, 0))
	for _, c := range []struct {
		limit int
		want  []string
	}{{100, []string{"all 1 r1", "panelists 1 r1", "panelists 1 r4", "panelists 2 r1"}}, {2, []string{"all 1 r1", "panelists 1 r1"}}} {
		list, err := h.outbox(t).Unsent(t.Context(), session, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range list {
			got = append(got, fmt.Sprint(d.Name, " ", d.Number, " ", d.Recipient))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("at most %d (-want +got):\n%s", c.limit, d)
		}
	}
}

func (b Backend) deliversRecordedEditions(t *testing.T) {
	h := b.open(t)
	h.publish(t, edition("panelists", 7))
	missing := delivery("r1", store.Sending, 1)
	missing.Number = 2
	if err := h.outbox(t).SaveDelivery(t.Context(), missing); err == nil {
		t.Error("a delivery of edition 2 was recorded, and there is only 1")
	}
}
