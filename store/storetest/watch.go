package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

func (b Backend) watch(t *testing.T) {
	t.Run("what came in an hour is counted by source, page after page", b.countsArrivals)
	t.Run("a page that is saved twice counts once", b.countsArrivalsOnce)
	t.Run("the newest hour of a source is known, however long ago", b.keepsNewestArrival)
	t.Run("a source is listened to from the first time on, and only if nothing of it is known", b.listens)
	t.Run("what is opened twice is one incident, with the newer body", b.opensOnce)
	t.Run("two processes open one incident", b.opensOnceTogether)
	t.Run("an incident that is over can begin again, even at the same moment", b.reopens)
	t.Run("how far the telling is survives opening again", b.marks)
	t.Run("what nobody needs to be told of is not listed, and goes after a while", b.forgetsIncidents)
	t.Run("incidents are listed the oldest first, of one session or of all, and not without end", b.listsIncidents)
}

// watcher is the part of the store that these tests are about.
func (h *handle) watcher() store.Watch { return h.Store.(store.Watch) }

func (h *handle) arrivals(t *testing.T, session, source string, since time.Time) []store.Arrival {
	t.Helper()
	got, err := h.watcher().Arrivals(t.Context(), session, source, since)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (h *handle) incidents(t *testing.T, session string) []store.Incident {
	t.Helper()
	got, err := h.watcher().Incidents(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (h *handle) openIncident(t *testing.T, i store.Incident) (store.Incident, bool) {
	t.Helper()
	open, opened, err := h.watcher().OpenIncident(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	return open, opened
}

func (h *handle) closeIncident(t *testing.T, i store.Incident, at time.Time) bool {
	t.Helper()
	i.Closed, i.Ending = at, "Something came."
	closed, err := h.watcher().CloseIncident(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	return closed
}

func (h *handle) mark(t *testing.T, i store.Incident) {
	t.Helper()
	if err := h.watcher().MarkIncident(t.Context(), i); err != nil {
		t.Fatal(err)
	}
}

// hour is n hours after the opening.
func hour(n int) time.Time { return opening().Add(time.Duration(n) * time.Hour) }

// brought is a page of the source "list" with arrivals: n items in each of the hours.
func brought(since, next string, n int64, hours ...int) store.Batch {
	batch := page(since, next)
	for _, h := range hours {
		batch.Arrivals = append(batch.Arrivals, store.Arrival{Hour: hour(h), Items: n})
	}
	return batch
}

func (b Backend) countsArrivals(t *testing.T) {
	h := b.open(t)
	first := brought("", "c1", 2, 5, 1)
	first.Arrivals = append(first.Arrivals, store.Arrival{Hour: hour(5).Add(59 * time.Minute), Items: 1}, store.Arrival{Hour: hour(3)})
	h.save(t, first)
	h.save(t, brought("c1", "c2", 4, 5, 7))
	other := brought("", "c1", 9, 5)
	other.Source = "mirror"
	h.save(t, other)
	leading := brought("", "c1", 6, 2)
	leading.Session = store.Shared
	h.save(t, leading)
	want := []store.Arrival{{Hour: hour(1), Items: 2}, {Hour: hour(3)}, {Hour: hour(5), Items: 7}, {Hour: hour(7), Items: 4}}
	if d := cmp.Diff(want, h.arrivals(t, session, "list", time.Time{})); d != "" {
		t.Errorf("the list's (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want[2:], h.arrivals(t, session, "list", hour(4))); d != "" {
		t.Errorf("the list's since the fourth hour (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]store.Arrival{{Hour: hour(2), Items: 6}}, h.arrivals(t, store.Shared, "list", time.Time{})); d != "" {
		t.Errorf("those of the source of several sessions (-want +got):\n%s", d)
	}
}

func (b Backend) countsArrivalsOnce(t *testing.T) {
	h := b.open(t)
	h.save(t, brought("", "c1", 2, 1))
	h.save(t, brought("", "c1", 2, 1))
	if d := cmp.Diff([]store.Arrival{{Hour: hour(1), Items: 2}}, h.arrivals(t, session, "list", time.Time{})); d != "" {
		t.Errorf("arrivals (-want +got):\n%s", d)
	}
}

func (b Backend) keepsNewestArrival(t *testing.T) {
	h := b.open(t)
	h.save(t, brought("", "c1", 2, 1, 2, 3))
	h.save(t, func() store.Batch { b := brought("", "c1", 1, 1); b.Source = "mirror"; return b }())
	if _, err := h.Expire(t.Context(), hour(2).Add(store.KeepArrivals)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.Arrival{{Hour: hour(2), Items: 2}, {Hour: hour(3), Items: 2}}, h.arrivals(t, session, "list", time.Time{})); d != "" {
		t.Errorf("after 400 days (-want +got):\n%s", d)
	}
	later := hour(9).Add(3 * store.KeepArrivals)
	if _, err := h.Expire(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string][]store.Arrival{"list": {{Hour: hour(3), Items: 2}}, "mirror": {{Hour: hour(1), Items: 1}}} {
		if d := cmp.Diff(want, h.arrivals(t, session, source, later)); d != "" {
			t.Errorf("years later, of %s (-want +got):\n%s", source, d)
		}
	}
}

func (b Backend) listens(t *testing.T) {
	h := b.open(t)
	h.save(t, brought("", "c1", 2, 1))
	for _, n := range []int{4, 8} {
		for _, source := range []string{"list", "new"} {
			if err := h.watcher().Listen(t.Context(), session, source, hour(n).Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for source, want := range map[string][]store.Arrival{"list": {{Hour: hour(1), Items: 2}}, "new": {{Hour: hour(4)}}} {
		if d := cmp.Diff(want, h.arrivals(t, session, source, time.Time{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", source, d)
		}
	}
}

// silence is an incident of the source "list" that began some hours after the opening.
func silence(n int) store.Incident {
	return store.Incident{Session: session, Subject: "source/list", Kind: store.IncidentSilent, Opened: hour(n), Since: hour(n - 2),
		Body: "Nothing came."}
}

func (b Backend) opensOnce(t *testing.T) {
	h := b.open(t)
	first, opened := h.openIncident(t, silence(5))
	if d := cmp.Diff(silence(5), first); d != "" || !opened {
		t.Errorf("opened %v (-want +got):\n%s", opened, d)
	}
	again := silence(9)
	again.Body, again.Told, again.Telling = "Nothing came, still.", hour(9), "no mail"
	got, opened := h.openIncident(t, again)
	want := silence(5)
	want.Body = again.Body
	if d := cmp.Diff(want, got); d != "" || opened {
		t.Errorf("the second time: opened %v (-want +got):\n%s", opened, d)
	}
	if d := cmp.Diff([]store.Incident{want}, h.incidents(t, session)); d != "" {
		t.Errorf("listed (-want +got):\n%s", d)
	}
}

func (b Backend) opensOnceTogether(t *testing.T) {
	handles := b.pair(t)
	for round := range 5 {
		var opened [2]bool
		together(t, handles, func(i int, h *handle) (err error) {
			_, opened[i], err = h.watcher().OpenIncident(t.Context(), silence(3*round+i))
			return err
		})
		if opened[0] == opened[1] {
			t.Errorf("round %d: opened %v", round, opened)
		}
		if n := len(handles[0].incidents(t, session)); n != round+1 {
			t.Errorf("round %d: %d incidents", round, n)
		}
		var closed [2]bool
		together(t, handles, func(i int, h *handle) (err error) {
			over := silence(0)
			over.Closed = hour(3*round + 2)
			closed[i], err = h.watcher().CloseIncident(t.Context(), over)
			return err
		})
		if closed[0] == closed[1] {
			t.Errorf("round %d: closed %v", round, closed)
		}
	}
}

func (b Backend) reopens(t *testing.T) {
	h := b.open(t)
	first, _ := h.openIncident(t, silence(5))
	if h.closeIncident(t, store.Incident{Session: session, Subject: "source/list", Kind: store.IncidentAccess}, hour(6)) {
		t.Error("closed an incident of a kind that is not open")
	}
	if !h.closeIncident(t, first, hour(6)) || h.closeIncident(t, first, hour(7)) {
		t.Error("it was not closed once")
	}
	second, opened := h.openIncident(t, silence(5))
	if !opened || !second.Opened.Equal(hour(5).Add(time.Microsecond)) {
		t.Errorf("opened %v at %v", opened, second.Opened)
	}
	first.Closed, first.Ending = hour(6), "Something came."
	if d := cmp.Diff([]store.Incident{first, second}, h.incidents(t, session)); d != "" {
		t.Errorf("listed (-want +got):\n%s", d)
	}
}

func (b Backend) marks(t *testing.T) {
	h := b.open(t)
	i, _ := h.openIncident(t, silence(5))
	i.Telling = "mail-1"
	h.mark(t, i)
	h.close()
	h = b.reopen(t, h.dsn)
	if d := cmp.Diff([]store.Incident{i}, h.incidents(t, session)); d != "" {
		t.Errorf("after the first mark (-want +got):\n%s", d)
	}
	i.Told, i.Clearing = hour(6), "mail-2"
	h.mark(t, i)
	h.closeIncident(t, i, hour(7))
	i.Closed, i.Ending = hour(7), "Something came."
	h.close()
	h = b.reopen(t, h.dsn)
	if d := cmp.Diff([]store.Incident{i}, h.incidents(t, session)); d != "" {
		t.Errorf("after the second (-want +got):\n%s", d)
	}
	i.Opened = hour(4)
	if err := h.watcher().MarkIncident(t.Context(), i); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("marking one that never was: %v", err)
	}
}

func (b Backend) forgetsIncidents(t *testing.T) {
	h := b.open(t)
	over, _ := h.openIncident(t, silence(5))
	h.closeIncident(t, over, hour(6))
	over.Told, over.Cleared = hour(6), hour(6)
	h.mark(t, over)
	lasting, _ := h.openIncident(t, silence(7))
	if d := cmp.Diff([]store.Incident{lasting}, h.incidents(t, session)); d != "" {
		t.Errorf("listed (-want +got):\n%s", d)
	}
	if _, err := h.Expire(t.Context(), hour(7).Add(store.KeepArrivals)); err != nil {
		t.Fatal(err)
	}
	if err := h.watcher().MarkIncident(t.Context(), over); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("the one that is over is still there: %v", err)
	}
	if d := cmp.Diff([]store.Incident{lasting}, h.incidents(t, session)); d != "" {
		t.Errorf("listed after its time (-want +got):\n%s", d)
	}
}

func (b Backend) listsIncidents(t *testing.T) {
	h := b.open(t)
	var want []string
	for _, at := range []struct {
		hour          int
		session, kind string
	}{{4, "other", "silent"}, {2, session, "silent"}, {2, session, "access"}, {2, store.Shared, "silent"}, {1, session, "failing"}} {
		i := silence(at.hour)
		i.Session, i.Kind = at.session, store.IncidentKind(at.kind)
		h.openIncident(t, i)
	}
	want = []string{"1 panel failing", "2 * silent", "2 panel access", "2 panel silent", "4 other silent"}
	names := func(list []store.Incident) (names []string) {
		for _, i := range list {
			names = append(names, fmt.Sprint(int(i.Opened.Sub(opening()).Hours()), " ", i.Session, " ", i.Kind))
		}
		return names
	}
	if d := cmp.Diff(want, names(h.incidents(t, ""))); d != "" {
		t.Errorf("all (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{want[0], want[2], want[3]}, names(h.incidents(t, session))); d != "" {
		t.Errorf("of one session (-want +got):\n%s", d)
	}
	for n := range store.MaxIncidents {
		i := silence(9)
		i.Subject = fmt.Sprint("source/", n)
		h.openIncident(t, i)
	}
	long := h.incidents(t, "")
	if len(long) != store.MaxIncidents || !strings.HasPrefix(names(long)[0], "1 panel") {
		t.Errorf("%d of %d are listed", len(long), store.MaxIncidents+5)
	}
}
