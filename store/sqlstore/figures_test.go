package sqlstore_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/store"
)

func TestFiguresAreOfAllSessions(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			got, err := openPatient(t, load(t, newDSN(t), latest(t))).Figures(t.Context())
			check(t, err)
			if got.Bytes < 50_000 {
				t.Errorf("the database takes %d bytes", got.Bytes)
			}
			got.Bytes = 0
			want := store.Figures{
				Schema:      latest(t),
				Quarantined: []store.SourceCount{{Session: "ws164", Source: "list", N: 1}, {Session: "ws165", Source: "list", N: 1}},
				Editions:    []store.EditionCount{{Session: "ws164", Name: "panelists", N: 2, Last: time.Date(2018, 10, 8, 9, 0, 0, 0, time.UTC)}},
				Incidents:   map[store.IncidentKind]int64{store.IncidentFailing: 1},
				Deliveries:  map[store.DeliveryState]int64{store.Sent: 1, store.Waiting: 1},
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestFiguresOfAnEmptyDatabaseAreNone(t *testing.T) {
	for name, newDSN := range databases() {
		got, err := openPatient(t, newDSN(t)).Figures(t.Context())
		if err != nil || len(got.Quarantined)+len(got.Editions)+len(got.Incidents)+len(got.Deliveries) != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
