package monitor

import "github.com/prometheus/client_golang/prometheus"

// Host is what a web server that sources visit has told since the process began.
type Host struct {
	Name    string
	Answers map[string]uint64 // requests by what came of them, the same keys for every host: "2xx", "429", "failed"
	Waits   uint64            // how often it asked to wait
	Left    int               // requests that it has left to us, as it last said; -1 if it never did
	Alone   bool              // it is left alone, since it has failed too often
}

// hosts shows what servers have told. Servers that nobody has configured, such as those that others redirect to, are
// counted together.
type hosts struct {
	known  map[string]bool
	visits func() []Host

	answers, waits, left, alone *prometheus.Desc
}

func newHosts(opts Options) *hosts {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "host", name), help, append([]string{"host"}, labels...), nil)
	}
	h := &hosts{known: map[string]bool{}, visits: opts.Visits,
		answers: desc("answers_total", "Requests to a web server, by what came of them.", "answer"),
		waits:   desc("waits_total", "How often a web server asked to wait."),
		left:    desc("requests_left", "Requests that a web server has left to askahead, as it last said."),
		alone:   desc("left_alone", "1 while a web server is left alone, since it has failed too often."),
	}
	for _, name := range opts.Hosts {
		h.known[name] = true
	}
	return h
}

// Describe implements prometheus.Collector.
func (h *hosts) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{h.answers, h.waits, h.left, h.alone} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (h *hosts) Collect(to chan<- prometheus.Metric) {
	show := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	rest := Host{Name: other, Answers: map[string]uint64{}, Left: -1}
	for _, one := range h.visits() {
		if !h.known[one.Name] {
			for answer, n := range one.Answers {
				rest.Answers[answer] += n
			}
			rest.Waits += one.Waits
			continue
		}
		if one.Left >= 0 {
			show(h.left, prometheus.GaugeValue, float64(one.Left), one.Name)
		}
		alone := 0.0
		if one.Alone {
			alone = 1
		}
		show(h.alone, prometheus.GaugeValue, alone, one.Name)
		h.count(show, one)
	}
	if len(rest.Answers) > 0 {
		h.count(show, rest)
	}
}

func (h *hosts) count(show func(*prometheus.Desc, prometheus.ValueType, float64, ...string), one Host) {
	show(h.waits, prometheus.CounterValue, float64(one.Waits), one.Name)
	for answer, n := range one.Answers {
		show(h.answers, prometheus.CounterValue, float64(n), one.Name, answer)
	}
}
