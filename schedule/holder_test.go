//go:build linux

package schedule_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"askahead/domain"
	"askahead/schedule"
	"askahead/store"
	"askahead/store/sqlstore"
)

// childStore makes the test binary a process that takes a lease in this store and keeps it until it is killed.
const childStore = "ASKAHEAD_SCHEDULE_CHILD"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childStore); dsn != "" {
		fmt.Fprintln(os.Stderr, "the child ended:", child(dsn))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func child(dsn string) error {
	ctx := context.Background()
	db, err := sqlstore.Open(ctx, dsn, domain.NewKeys([]byte("a key for tests")), sqlstore.Options{})
	if err != nil {
		return err
	}
	return schedule.Leases{Store: db, Holder: schedule.Holder(), Now: time.Now}.Do(ctx, "panel", "source/list", func(ctx context.Context) *store.Run {
		fmt.Println(schedule.Holder())
		io.Copy(io.Discard, os.Stdin)
		return nil
	})
}

func TestHolders(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childStore+"="+dsn)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	holder, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	holder = strings.TrimSpace(holder)
	db, err := sqlstore.Open(t.Context(), dsn, domain.NewKeys([]byte("a key for tests")), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	take := func() error {
		return schedule.Leases{Store: db, Now: time.Now}.Do(t.Context(), "panel", "source/list", func(context.Context) *store.Run { return nil })
	}
	t.Run("a process that runs is not dead", func(t *testing.T) {
		if schedule.Dead(holder) || schedule.Dead(schedule.Holder()) {
			t.Errorf("%s is called dead", holder)
		}
		if err := take(); err == nil {
			t.Error("its lease was taken")
		}
	})
	t.Run("a process that was killed is dead before anyone has asked how it ended", func(t *testing.T) {
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, out) // until the kernel has closed its files
		for deadline := time.Now().Add(10 * time.Second); !schedule.Dead(holder); {
			if time.Now().After(deadline) {
				t.Fatalf("%s still counts as running", holder)
			}
		}
	})
	t.Run("it is dead when it is gone, and its lease is free at once", func(t *testing.T) {
		cmd.Wait()
		if !schedule.Dead(holder) {
			t.Errorf("%s still counts as running", holder)
		}
		if err := take(); err != nil {
			t.Error(err)
		}
	})
	t.Run("a later process with its id is another one", func(t *testing.T) {
		if !schedule.Dead(deadHolder(t)) {
			t.Error("it counts as running")
		}
	})
	t.Run("of a process elsewhere nothing is known", func(t *testing.T) {
		parts := strings.Split(holder, "/")
		boot, space := parts[1], parts[2]
		for _, h := range []string{
			strings.Replace(holder, boot, "00000000-0000-0000-0000-000000000000", 1), strings.Replace(holder, space, "1", 1),
			"process/ABC", "", "linux", strings.Join(parts[:3], "/") + "/x/1", strings.Join(parts[:3], "/") + "/-1/1",
		} {
			if schedule.Dead(h) {
				t.Errorf("%q is called dead", h)
			}
		}
	})
}
