package mastodon

import (
	"io"
	"net/http"
	"slices"
	"testing"
)

func TestSweepWithoutBulk(t *testing.T) {
	s := newServer(t)
	s.noBulk = true
	s.statuses = append(s.statuses, status(1), statusWith(2, map[string]any{"edited_at": "2026-03-02T11:00:00Z"}))
	for b, err := range newCollector(t, s, nil).Sweep(t.Context(), []string{s.id(1), s.id(2), s.id(3)}) {
		if err != nil || len(b.Items) != 1 || !slices.Equal(b.Gone, []string{s.id(3)}) {
			t.Errorf("got %d edited, %q gone, %v", len(b.Items), b.Gone, err)
		}
	}
}

func TestSweepDoesNotTakeSilenceForDeletion(t *testing.T) {
	s := newServer(t)
	s.statuses = append(s.statuses, status(1), status(2))
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/v1/statuses" {
			io.WriteString(w, "[]")
			return true
		}
		return false
	}
	for b, err := range newCollector(t, s, nil).Sweep(t.Context(), []string{s.id(1), s.id(2)}) {
		if err != nil || len(b.Gone) > 0 {
			t.Errorf("got %q gone, %v", b.Gone, err)
		}
	}
}
