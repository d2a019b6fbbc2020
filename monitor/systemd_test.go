package monitor_test

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// systemd is a real socket that hears what the service says.
func systemd(t *testing.T) (heard func() string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return func() string {
		t.Helper()
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		message := make([]byte, 1000)
		n, err := conn.Read(message)
		if err != nil {
			t.Fatalf("nothing is heard: %v", err)
		}
		return string(message[:n])
	}
}

func TestSystemdHearsHowTheServiceIs(t *testing.T) {
	heard := systemd(t)
	r := newRig()
	r.TellReady("next: collect list\nat 09:15")
	if got := heard(); got != "READY=1\nSTATUS=next: collect list at 09:15" {
		t.Errorf("it hears %q", got)
	}
	r.TellStatus("collecting list\nMAINPID=1")
	if got := heard(); got != "STATUS=collecting list MAINPID=1" {
		t.Errorf("it hears %q", got)
	}
	r.TellStopping()
	if got := heard(); got != "STOPPING=1" {
		t.Errorf("it hears %q", got)
	}
	if w := get(r.Handler(), "/readyz"); w.Code != 503 {
		t.Errorf("whoever asks whether it is ready gets %d", w.Code)
	}
}

func TestTheWatchdogHearsOnlyASchedulerThatBeats(t *testing.T) {
	heard := systemd(t)
	r := newRig()
	r.TellAlive()
	if got := heard(); got != "WATCHDOG=1" {
		t.Errorf("it hears %q", got)
	}
	r.later(time.Hour)
	r.TellAlive()
	r.TellStatus("after it") // were it told that the service lives, it would hear that first
	if got := heard(); got != "STATUS=after it" {
		t.Errorf("of a silent scheduler, it hears %q", got)
	}
	r.Beat()
	r.TellAlive()
	if got := heard(); got != "WATCHDOG=1" {
		t.Errorf("of one that beats again, it hears %q", got)
	}
}

func TestTheWatchdogIsToldAgainAndAgainUntilTheEnd(t *testing.T) {
	heard := systemd(t)
	t.Setenv("WATCHDOG_USEC", "20000")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	r := newRig()
	go func() {
		defer close(ended)
		r.Watchdog(ctx)
	}()
	for range 3 {
		if got := heard(); got != "WATCHDOG=1" {
			t.Errorf("it hears %q", got)
		}
	}
	stop()
	<-ended
}

func TestWithoutSystemdNothingIsToldAndNothingWaits(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "")
	r := newRig()
	r.TellReady("x")
	r.TellStatus("x")
	r.Watchdog(t.Context()) // returns
	t.Setenv("WATCHDOG_USEC", "soon")
	r.Watchdog(t.Context())
	if !strings.Contains(r.log.String(), "watchdog cannot be understood") || strings.Count(r.log.String(), "\n") != 1 {
		t.Errorf("the log says\n%s", r.log)
	}
}
