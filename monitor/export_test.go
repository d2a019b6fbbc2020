package monitor

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// Gatherer gives the tests what a scrape gathers.
func (m *Monitor) Gatherer(ctx context.Context) prometheus.Gatherer { return m.gatherer(ctx) }

// TellAlive is what the watchdog does in each half of its interval.
func (m *Monitor) TellAlive() { m.tellAlive() }
