package monitor

import (
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// namespace begins the name of every metric of askahead's own.
const namespace = "askahead"

// events counts what leaves no row in the store. It begins at zero with the process, as counters do.
type events struct {
	runs      *prometheus.CounterVec
	took      *prometheus.HistogramVec
	read      *prometheus.CounterVec
	questions *prometheus.CounterVec
}

func newEvents(k known) *events {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	}
	e := &events{
		runs: counter("runs_total", "Jobs that have ended, by how they did.", "kind", "session", "source", "outcome"),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: "run_duration_seconds",
			Help: "How long jobs took.", Buckets: []float64{0.1, 0.5, 2, 10, 30, 120, 600, 3600}}, []string{"kind"}),
		read:      counter("items_read_total", "Items that sources have brought, known ones among them.", "session", "source"),
		questions: counter("questions_found_total", "Questions for the panel that were new.", "session", "source"),
	}
	// A series that is there from the beginning lets its first step be seen.
	for j := range k.jobs {
		e.runs.WithLabelValues(j.Kind, j.Session, j.Source, outcome(""))
		e.took.WithLabelValues(j.Kind)
	}
	for s := range k.sources {
		e.read.WithLabelValues(s.session, s.source)
		e.questions.WithLabelValues(s.session, s.source)
	}
	return e
}

// register adds what is counted, what this build is and how the process does.
func (e *events) register(to *prometheus.Registry, opts Options) {
	info := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "build_info", Help: "Which askahead this is.",
		ConstLabels: prometheus.Labels{"version": opts.Version, "goversion": runtime.Version(), "store": opts.Store}})
	info.Set(1)
	to.MustRegister(e.runs, e.took, e.read, e.questions, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// Ran counts a job that has ended.
func (m *Monitor) Ran(r Run) {
	j := m.known.job(r.Job)
	m.events.runs.WithLabelValues(j.Kind, j.Session, j.Source, outcome(r.Cause)).Inc()
	m.events.took.WithLabelValues(j.Kind).Observe(max(0, r.Took).Seconds())
	if r.Source == "" {
		return
	}
	s := m.known.source(r.Session, r.Source)
	m.events.read.WithLabelValues(s.session, s.source).Add(float64(max(0, r.Read)))
	m.events.questions.WithLabelValues(s.session, s.source).Add(float64(max(0, r.Questions)))
}

// seconds is a moment as Prometheus has it.
func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
