package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/delivery/mailtest"
)

// TestAlarmsByMail has the real command tell of a source that can't be read, and that it is over, through a mail server.
func TestAlarmsByMail(t *testing.T) {
	sink, dir := mailtest.New(t, mailtest.Options{}), t.TempDir()
	config := fmt.Sprintf(`contact: mailto:organiser@example.org
smtp: {server: %q, from: bot@example.org, ca: %q}
run: {jitter: 0s}
sessions:
  - id: ws164
    title: Aligned or conflicting goals?
    sources:
      - {name: list, mbox: {path: list.mbox}, tlp: clear, schedule: "@hourly"}
`, sink.URL(), sink.CA)
	if err := os.WriteFile(filepath.Join(dir, "askahead.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	a := newAt(t, dir, func() time.Time { return now })
	hour := func() {
		t.Helper()
		e, err := a.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer e.close()
		places, err := e.places(nil)
		if err != nil {
			t.Fatal(err)
		}
		jobs, err := e.jobs(places)
		if err != nil {
			t.Fatal(err)
		}
		_ = e.runOnce(t.Context(), a.out, jobs, places) // it fails as long as the source does
		now = now.Add(time.Hour)
	}
	hour()
	hour()
	writeMails(t, filepath.Join(dir, "list.mbox"), 30)
	hour()
	hour()
	var subjects []string
	for _, m := range sink.Mails() {
		if m.To != "organiser@example.org" {
			t.Errorf("a mail went to somebody else than the contact")
		}
		head, _, _ := strings.Cut(string(m.Raw), "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			if subject, ok := strings.CutPrefix(line, "Subject: "); ok {
				subjects = append(subjects, subject)
			}
		}
	}
	want := []string{"[askahead] list: the settings do not fit", "[askahead] over: list: the settings do not fit"}
	if !slices.Equal(subjects, want) {
		t.Errorf("the organiser got %q, want %q", subjects, want)
	}
}
