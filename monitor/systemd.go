package monitor

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// TellReady says to systemd that the service has started, and what it is doing. Like all that is told to systemd, it
// does nothing where no systemd listens.
func (m *Monitor) TellReady(status string) {
	m.tell(daemon.SdNotifyReady + "\nSTATUS=" + oneLine(status))
}

// TellStatus says what `systemctl status` shows: what the service is doing, in one line.
func (m *Monitor) TellStatus(status string) { m.tell("STATUS=" + oneLine(status)) }

// TellStopping says that the service is about to end, to systemd and to whoever asks whether it is ready.
func (m *Monitor) TellStopping() {
	m.Stop()
	m.tell(daemon.SdNotifyStopping)
}

// Watchdog tells systemd twice in each interval of WatchdogSec that the service lives, as long as the scheduler beats:
// where it does not, systemd restarts the service. It returns when ctx ends, or at once where systemd does not ask.
func (m *Monitor) Watchdog(ctx context.Context) {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		m.opts.Log.Warn("what systemd says of its watchdog cannot be understood: it gets no sign of life", "err", err)
	}
	if err != nil || every <= 0 {
		return
	}
	tick := time.NewTicker(every / 2)
	defer tick.Stop()
	for {
		m.tellAlive()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (m *Monitor) tellAlive() {
	if m.alive() == nil {
		m.tell(daemon.SdNotifyWatchdog)
	}
}

func (m *Monitor) tell(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		m.opts.Log.Warn("tell systemd how the service is", "err", err)
	}
}
