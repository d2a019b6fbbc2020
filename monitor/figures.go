package monitor

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// described are the metrics whose values come with each snapshot.
type described struct {
	up, schema, bytes, beat *prometheus.Desc
	good, next, failures    *prometheus.Desc
	newest, aside           *prometheus.Desc
	made, lastMade          *prometheus.Desc
	incidents, deliveries   *prometheus.Desc
}

func describe() described {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
	}
	return described{
		up:         desc("store_up", "1 if the figures of the store could be read just now; without them, the others are missing."),
		schema:     desc("store_schema", "Number of the schema of the store."),
		bytes:      desc("store_size_bytes", "Size of the database."),
		beat:       desc("scheduler_beat_timestamp_seconds", "When the scheduler last looked at its clock."),
		good:       desc("last_success_timestamp_seconds", "When a job last ended well.", "kind", "session", "source"),
		next:       desc("next_run_timestamp_seconds", "When a job is due.", "kind", "session", "source"),
		failures:   desc("consecutive_failures", "How often a job has failed since it last ended well.", "kind", "session", "source"),
		newest:     desc("last_new_item_timestamp_seconds", "When a source last brought something new.", "session", "source"),
		aside:      desc("quarantined_items", "Items that no parser could read.", "session", "source"),
		made:       desc("editions_made_total", "Editions that were made.", "session", "edition"),
		lastMade:   desc("last_edition_timestamp_seconds", "When an edition was last made.", "session", "edition"),
		incidents:  desc("incidents_open", "What needs attention, by kind.", "kind"),
		deliveries: desc("deliveries", "Deliveries of editions to recipients, by how far they are.", "state"),
	}
}

// figures is one snapshot as Prometheus collects it.
type figures struct {
	desc     described
	known    known
	snapshot Snapshot
	up       bool
	beat     time.Time
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(f, to) }

// Collect implements prometheus.Collector.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(f.desc.beat, seconds(f.beat))
	if !f.up {
		gauge(f.desc.up, 0)
		return
	}
	gauge(f.desc.up, 1)
	gauge(f.desc.schema, float64(f.snapshot.Schema))
	if f.snapshot.Bytes > 0 {
		gauge(f.desc.bytes, float64(f.snapshot.Bytes))
	}
	f.collectJobs(gauge)
	f.collectAside(gauge)
	f.collectEditions(to, gauge)
	// A kind that does not occur is 0, and not missing: an alert can only be about what is there.
	for _, kind := range incidentKinds() {
		gauge(f.desc.incidents, float64(f.snapshot.Incidents[kind]), string(kind))
	}
	for _, state := range deliveryStates() {
		gauge(f.desc.deliveries, float64(f.snapshot.Deliveries[state]), string(state))
	}
}

// gauging hands out one value.
type gauging func(d *prometheus.Desc, v float64, labels ...string)

// when hands out a moment that has come or will; none, else.
func (g gauging) when(d *prometheus.Desc, t time.Time, labels ...string) {
	if !t.IsZero() {
		g(d, seconds(t), labels...)
	}
}

// collectJobs shows the jobs of the configuration; how one went that is configured no more concerns nobody.
func (f *figures) collectJobs(gauge gauging) {
	shown, newest := map[Job]bool{}, map[sourceName]time.Time{}
	for _, j := range f.snapshot.Jobs {
		if !f.known.jobs[j.Job] || shown[j.Job] {
			continue
		}
		shown[j.Job] = true
		labels := []string{j.Kind, j.Session, j.Source}
		gauge.when(f.desc.good, j.Good, labels...)
		gauge.when(f.desc.next, j.Next, labels...)
		gauge(f.desc.failures, float64(j.Failures), labels...)
		if s := (sourceName{j.Session, j.Source}); f.known.sources[s] && j.New.After(newest[s]) {
			newest[s] = j.New
		}
	}
	for s, t := range newest {
		gauge.when(f.desc.newest, t, s.session, s.source)
	}
}

func (f *figures) collectAside(gauge gauging) {
	items := map[sourceName]int64{}
	for s := range f.known.sources {
		items[s] = 0
	}
	for _, a := range f.snapshot.Quarantined {
		items[f.known.source(a.Session, a.Source)] += a.N
	}
	for s, n := range items {
		gauge(f.desc.aside, float64(n), s.session, s.source)
	}
}

func (f *figures) collectEditions(to chan<- prometheus.Metric, gauge gauging) {
	made, last := map[Edition]int64{}, map[Edition]time.Time{}
	for e := range f.known.editions {
		made[e] = 0
	}
	for _, e := range f.snapshot.Editions {
		of := f.known.edition(Edition{e.Session, e.Name})
		made[of] += e.N
		if e.Last.After(last[of]) {
			last[of] = e.Last
		}
	}
	for e, n := range made {
		to <- prometheus.MustNewConstMetric(f.desc.made, prometheus.CounterValue, float64(n), e.Session, e.Name)
		gauge.when(f.desc.lastMade, last[e], e.Session, e.Name)
	}
}
