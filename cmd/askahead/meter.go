package main

import (
	"strings"
	"sync"

	"askahead/monitor"
	"askahead/pipeline"
	"askahead/schedule"
)

// meter brings what a run read together with how the run ended, for the metrics. Without a monitor it counts nothing.
type meter struct {
	monitor *monitor.Monitor

	mu   sync.Mutex
	sums map[monitor.Job]pipeline.Summary // of runs that have not ended
}

// read notes what a run did. It is called before the run is observed to end.
func (m *meter) read(job monitor.Job, sum pipeline.Summary) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sums == nil {
		m.sums = map[monitor.Job]pipeline.Summary{}
	}
	m.sums[job] = sum
}

func (m *meter) observe(ev schedule.Event) {
	if m == nil || !ev.Ended {
		return
	}
	job := monitored(ev.Session, ev.Job)
	m.mu.Lock()
	sum := m.sums[job]
	delete(m.sums, job)
	m.mu.Unlock()
	if ev.Err != nil && ev.Cause == "" {
		return // it was interrupted, and is due again
	}
	m.monitor.Ran(monitor.Run{Job: job, Cause: ev.Cause, Took: ev.Took, Read: sum.Read, Questions: sum.Questions})
}

// monitored is a job as the metrics name it.
func monitored(session, name string) monitor.Job {
	kind, source, _ := strings.Cut(name, "/")
	return monitor.Job{Kind: kind, Session: session, Source: source}
}
