package watch_test

import (
	"strings"
	"testing"
	"time"

	"askahead/store"
	"askahead/watch"
)

func TestDigest(t *testing.T) {
	slot := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	run := func(cause store.Cause, failures int, after time.Duration) store.Run {
		r := store.Run{Session: "ws164", Job: "digest", Slot: slot, Started: slot, Ended: slot.Add(after), Failures: failures, Cause: cause}
		if cause == store.CauseNone {
			r.Good = r.Ended
		} else {
			r.Good, r.Error = slot.AddDate(0, 0, -7), "the mail server refuses the login"
		}
		return r
	}
	look := func(t *testing.T, p *post, refused int, r store.Run) {
		t.Helper()
		p.now = r.Ended
		if err := p.LookAtDigest(t.Context(), watch.Digest{Session: "ws164", Refused: refused}, r); err != nil {
			t.Fatal(err)
		}
		p.tell(t)
	}
	for name, c := range map[string]struct {
		refused int
		run     store.Run
		told    bool
	}{
		"that went well is none":                               {0, run(store.CauseNone, 0, 0), false},
		"whose login is refused is told at once":               {0, run(store.CauseUnauthorized, 1, 0), true},
		"whose server is down for a moment is none":            {0, run(store.CauseUnavailable, 3, time.Hour), false},
		"whose server is down for hours is told":               {0, run(store.CauseUnavailable, 8, 7*time.Hour), true},
		"that failed twice in hours may still pass":            {0, run(store.CauseUnavailable, 2, 7*time.Hour), false},
		"of which somebody is refused for good is told":        {1, run(store.CauseNone, 0, 0), true},
		"that waits because it was asked to for hours is told": {0, run(store.CauseRateLimited, 9, 8*time.Hour), true},
	} {
		t.Run("a digest "+name, func(t *testing.T) {
			p := newPost(t)
			look(t, p, c.refused, c.run)
			want := ""
			if c.told {
				want = "digest of ws164 could not be delivered"
			}
			p.expect(t, want)
		})
	}
	t.Run("is told of once, and once when it is over", func(t *testing.T) {
		p := newPost(t)
		look(t, p, 0, run(store.CauseUnauthorized, 1, 0))
		look(t, p, 0, run(store.CauseUnauthorized, 2, time.Hour))
		look(t, p, 0, run(store.CauseUnavailable, 3, 2*time.Hour)) // no good run yet: it is not over
		look(t, p, 0, run(store.CauseNone, 0, 3*time.Hour))
		look(t, p, 0, run(store.CauseNone, 0, 4*time.Hour))
		p.expect(t, "digest of ws164 could not be delivered; over: digest of ws164 could not be delivered")
		if body := p.mail.got[0].Body; !strings.Contains(body, "the mail server refuses the login") || !strings.Contains(body, "What to do:") {
			t.Errorf("the mail says\n%s", body)
		}
	})
	t.Run("that is not configured any more is over", func(t *testing.T) {
		p := newPost(t)
		look(t, p, 0, run(store.CauseUnauthorized, 1, 0))
		for _, sessions := range [][]string{{"ws164"}, {"other"}} {
			if err := p.KeepDigests(t.Context(), sessions); err != nil {
				t.Fatal(err)
			}
		}
		p.tell(t)
		p.expect(t, "digest of ws164 could not be delivered; over: digest of ws164 could not be delivered")
	})
}
