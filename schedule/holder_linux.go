package schedule

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Holder names this process in leases, so that Dead can tell whether it still runs: which boot of which machine,
// which namespace of process ids, its id there, and when it started, since ids are used again.
func Holder() string {
	where, err := world()
	if err != nil {
		return stranger()
	}
	pid := os.Getpid()
	p, err := lookUp(pid)
	if err != nil {
		return stranger()
	}
	return fmt.Sprintf("%s/%d/%s", where, pid, p.started)
}

// Dead says that the process which holder names does not run any more. It is true only if that is certain: the
// process would be seen from here. Otherwise its leases end when they expire.
func Dead(holder string) bool {
	parts := strings.Split(holder, "/")
	if len(parts) != 5 {
		return false
	}
	where, err := world()
	pid, notANumber := strconv.Atoi(parts[3])
	if err != nil || notANumber != nil || pid <= 0 || strings.Join(parts[:3], "/") != where {
		return false
	}
	// What /proc does not show may be hidden from this user; a signal tells them apart.
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	p, err := lookUp(pid)
	return err == nil && (p.started != parts[4] || p.ended)
}

// world is where ids of processes mean what they mean here: this boot of the machine, and the namespace.
func world() (string, error) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", err
	}
	space, err := os.Readlink("/proc/self/ns/pid") // pid:[4026531836]
	if err != nil {
		return "", err
	}
	return "linux/" + strings.TrimSpace(string(boot)) + "/" + strings.Trim(strings.TrimPrefix(space, "pid:"), "[]"), nil
}

// process is what tells one apart from a later one with its id.
type process struct {
	started string // in ticks since the boot
	ended   bool   // and nobody has asked how yet
}

// lookUp reads /proc/PID/stat, see proc_pid_stat(5): the name in parentheses may hold anything; the state follows
// it, and the start is the 22nd field.
func lookUp(pid int) (process, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, err
	}
	_, rest, _ := bytes.Cut(stat[max(0, bytes.LastIndexByte(stat, ')')):], []byte(")"))
	fields := strings.Fields(string(rest))
	if len(fields) < 20 {
		return process{}, errors.New("the kernel's line on a process is too short")
	}
	return process{started: fields[19], ended: fields[0] == "Z" || fields[0] == "X"}, nil
}
