package monitor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"askahead/internal/golden"
	"askahead/monitor"
	"askahead/store"
)

// source is a store as monitor sees it.
type source struct {
	mu       sync.Mutex
	snapshot monitor.Snapshot
	err      error         // of Snapshot
	notReady error         // of Ready
	hold     chan struct{} // if it is there, Snapshot waits for it
	held     chan struct{} // and says here that it does
}

func (s *source) Snapshot(context.Context) (monitor.Snapshot, error) {
	if s.hold != nil {
		s.held <- struct{}{}
		<-s.hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot, s.err
}

func (s *source) Ready(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.notReady
}

func (s *source) set(f func(*source)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// rig is a monitor with what stands around it.
type rig struct {
	*monitor.Monitor
	source  *source
	visited []monitor.Host
	log     *bytes.Buffer
	mu      sync.Mutex
	now     time.Time
}

func opening() time.Time { return time.Date(2018, 10, 1, 9, 0, 0, 0, time.UTC) }

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) later(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

func collectList() monitor.Job { return monitor.Job{Kind: "collect", Session: "ws164", Source: "list"} }

func newRig() *rig {
	list, sweep := collectList(), monitor.Job{Kind: "sweep", Session: "ws164", Source: "list"}
	everybody := monitor.Job{Kind: "collect", Session: store.Shared, Source: "everybody"}
	digest := monitor.Job{Kind: "digest", Session: "ws164"}
	panelists := monitor.Edition{Session: "ws164", Name: "panelists"}
	r := &rig{now: opening(), log: new(bytes.Buffer)}
	r.visited = []monitor.Host{
		{Name: "social.example", Answers: map[string]uint64{"2xx": 40, "429": 1}, Waits: 1, Left: 298},
		{Name: "discord.example", Answers: map[string]uint64{"2xx": 0, "429": 0}, Left: -1, Alone: true},
		{Name: "elsewhere.example", Answers: map[string]uint64{"2xx": 2, "429": 0}, Left: 7},
		{Name: "nowhere.example", Answers: map[string]uint64{"2xx": 1, "429": 1}, Waits: 1, Left: -1},
	}
	r.source = &source{snapshot: monitor.Snapshot{
		Jobs: []monitor.JobState{
			{Job: list, Good: opening().Add(-time.Hour), Next: opening().Add(15 * time.Minute), New: opening().Add(-26 * time.Hour)},
			{Job: sweep, Next: opening().Add(18 * time.Hour)},
			{Job: everybody, Good: opening().Add(-30 * time.Hour), Failures: 7},
			{Job: monitor.Job{Kind: "collect", Session: "ws164", Source: "removed"}, Failures: 1},
		},
		Figures: store.Figures{
			Schema: 5, Bytes: 131_227_648,
			Quarantined: []store.SourceCount{{Session: "ws164", Source: "list", N: 70}, {Session: "ws164", Source: "archive", N: 2}, {Session: "ws9", Source: "x", N: 1}},
			Editions:    []store.EditionCount{{Session: "ws164", Name: "panelists", N: 4, Last: opening().Add(-7 * 24 * time.Hour)}},
			Incidents:   map[store.IncidentKind]int64{store.IncidentAccess: 1},
			Deliveries:  map[store.DeliveryState]int64{store.Sent: 12, store.Waiting: 1},
		},
	}}
	r.Monitor = monitor.New(monitor.Options{
		Source: r.source, Jobs: []monitor.Job{list, sweep, everybody, digest},
		Editions: []monitor.Edition{panelists, {Session: "ws164", Name: "public"}},
		Hosts:    []string{"social.example", "discord.example"}, Visits: func() []monitor.Host { return r.visited },
		Version: "1.2.0", Store: "sqlite", Now: r.clock, Log: slog.New(slog.NewTextHandler(r.log, nil)),
	})
	return r
}

var goVersion = regexp.MustCompile(`goversion="[^"]*"`)

// exposed is what a scrape gives of askahead's own metrics.
func (r *rig) exposed(t *testing.T) string {
	t.Helper()
	w := get(r.Handler(), "/metrics")
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	var own []string
	for line := range strings.Lines(w.Body.String()) {
		if strings.Contains(line, "askahead_") {
			own = append(own, goVersion.ReplaceAllString(line, `goversion="go"`))
		}
	}
	return strings.Join(own, "")
}

func TestMetricsAreAsWritten(t *testing.T) {
	r := newRig()
	r.Ran(monitor.Run{Job: collectList(), Took: 1500 * time.Millisecond, Read: 40, Questions: 3})
	r.Ran(monitor.Run{Job: collectList(), Cause: store.CauseUnavailable, Took: 31 * time.Second})
	r.Ran(monitor.Run{Job: monitor.Job{Kind: "digest", Session: "ws164"}, Took: 200 * time.Millisecond})
	r.later(20 * time.Second)
	r.Beat()
	got := r.exposed(t)
	golden.Compare(t, "testdata/metrics.txt", got)
}

func TestMetricsKeepTheConventionsOfPrometheus(t *testing.T) {
	problems, err := testutil.GatherAndLint(newRig().Gatherer(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestNamesOutsideOfTheConfigurationMakeNoSeriesOfTheirOwn(t *testing.T) {
	r := newRig()
	r.Ran(monitor.Run{Job: monitor.Job{Kind: "collect", Session: "ws164", Source: "unknown"}, Read: 1})
	before := strings.Count(r.exposed(t), "\n")
	for i := range 1000 {
		name := fmt.Sprint("unknown", i)
		r.Ran(monitor.Run{Job: monitor.Job{Kind: name, Session: name, Source: name}, Cause: store.Cause(name), Read: 1, Took: time.Second})
		r.source.set(func(s *source) {
			s.snapshot.Jobs = append(s.snapshot.Jobs, monitor.JobState{Job: monitor.Job{Kind: name, Session: name}})
			s.snapshot.Quarantined = append(s.snapshot.Quarantined, store.SourceCount{Session: name, Source: name, N: 1})
			s.snapshot.Editions = append(s.snapshot.Editions, store.EditionCount{Session: name, Name: name, N: 1})
			s.snapshot.Incidents[store.IncidentKind(name)] = 1
		})
		r.visited = append(r.visited, monitor.Host{Name: name + ".example", Answers: map[string]uint64{"2xx": 1, "429": 0}, Left: i, Waits: 1})
	}
	after := r.exposed(t)
	if n := strings.Count(after, "\n"); n > before+2 { // editions and outcome of "other" begin
		t.Errorf("there were %d lines, and are %d now", before, n)
	}
	for _, want := range []string{`askahead_runs_total{kind="other",outcome="other",session="other",source="other"} 1000`,
		`askahead_quarantined_items{session="other",source="other"} 1003`, `askahead_host_answers_total{answer="2xx",host="other"} 1003`, `askahead_editions_made_total{edition="other",session="other"} 1000`} {
		if !strings.Contains(after, want) {
			t.Errorf("there is no %s in\n%s", want, after)
		}
	}
}

func TestWithoutTheStoreTheRestIsShown(t *testing.T) {
	r := newRig()
	r.source.set(func(s *source) { s.err = errors.New("the database server cannot be reached") })
	for range 3 {
		got := r.exposed(t)
		if !strings.Contains(got, "askahead_store_up 0\n") || !strings.Contains(got, "askahead_runs_total") || strings.Contains(got, "askahead_incidents_open") {
			t.Errorf("it shows\n%s", got)
		}
	}
	r.source.set(func(s *source) { s.err = nil })
	if got := r.exposed(t); !strings.Contains(got, "askahead_store_up 1\n") {
		t.Errorf("with the store again, it shows\n%s", got)
	}
	if n := strings.Count(r.log.String(), "cannot be read"); n != 1 {
		t.Errorf("the log says so %d times:\n%s", n, r.log)
	}
	if !strings.Contains(r.log.String(), "can be read again") {
		t.Errorf("the log does not say that it is over:\n%s", r.log)
	}
}

var metricName = regexp.MustCompile(`\baskahead_[a-z_]+`)

// exposedNames are the metrics that there are.
func exposedNames(t *testing.T) (list []string) {
	t.Helper()
	for _, line := range strings.Split(newRig().exposed(t), "\n") {
		if name, ok := strings.CutPrefix(line, "# TYPE "); ok {
			list = append(list, strings.Fields(name)[0])
		}
	}
	slices.Sort(list)
	return list
}

func TestTheDocumentNamesEveryMetricAndNoOther(t *testing.T) {
	text, err := os.ReadFile("../docs/monitoring.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(askahead_[a-z_]+)").FindAllStringSubmatch(string(text), -1) {
		named = append(named, row[1])
	}
	slices.Sort(named)
	if d := cmp.Diff(exposedNames(t), named); d != "" {
		t.Errorf("-metrics +document:\n%s", d)
	}
}

func TestTheAlertsAreAboutMetricsThatThereAre(t *testing.T) {
	text, err := os.ReadFile("../docs/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	names, rules := exposedNames(t), 0
	for _, g := range file.Groups {
		for _, rule := range g.Rules {
			rules++
			if rule.Alert == "" || rule.Annotations["summary"] == "" {
				t.Errorf("a rule has no name or no summary: %+v", rule)
			}
			for _, name := range metricName.FindAllString(rule.Expr, -1) {
				if !slices.Contains(names, name) {
					t.Errorf("%s is about %s, which there is not", rule.Alert, name)
				}
			}
		}
	}
	if rules < 5 {
		t.Errorf("%d rules were found", rules)
	}
}
