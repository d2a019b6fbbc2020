package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openPTY gives both ends of a new pseudo-terminal: what a person types goes into the first, and what the
// terminal shows comes out of it.
func openPTY(t *testing.T) (person, terminal *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close() })
	return person, terminal
}

// pane keeps all that the terminal showed.
type pane struct {
	mu   sync.Mutex
	cond *sync.Cond
	text strings.Builder
	done bool
}

func watching(f *os.File) *pane {
	s := &pane{}
	s.cond = sync.NewCond(&s.mu)
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := f.Read(b)
			s.mu.Lock()
			s.text.Write(b[:n])
			s.done = err != nil
			s.cond.Broadcast()
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return s
}

// until waits for a text behind what was waited for before.
func (s *pane) until(t *testing.T, from int, want string) int {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if i := strings.Index(s.text.String()[from:], want); i >= 0 {
			return from + i + len(want)
		}
		if s.done {
			t.Fatalf("the terminal was closed before it showed %q:\n%s", want, s.text.String())
		}
		s.cond.Wait()
	}
}

func (s *pane) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// sit starts askahead init at a pseudo-terminal.
func sit(t *testing.T) (cmd *exec.Cmd, person, terminal *os.File, shown *pane) {
	t.Helper()
	person, terminal = openPTY(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.CommandContext(t.Context(), self, "init")
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), asCommand+"=1", "TZ=Europe/Paris")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	guard := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill(); person.Close() })
	t.Cleanup(func() { guard.Stop() })
	return cmd, person, terminal, watching(person)
}

const hiddenPrompt = "goes into imap.password.  [later]: "

// answers are what stands in each question, and what is typed.
func toThePassword() [][2]string {
	return [][2]string{{"1/6", "organiser@example.org"}, {"2/6", "Privacy"}, {"3/6", ""}, {"4/6", ""}, {"number or name", "imap"},
		{"Which mail server", "imaps://imap.example.org"}, {"Which account there", "bot@example.org"}}
}

func answer(t *testing.T, person *os.File, shown *pane, at int, answers [][2]string) int {
	t.Helper()
	for _, a := range answers {
		at = shown.until(t, at, a[0])
		if _, err := person.WriteString(a[1] + "\n"); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

func echoes(t *testing.T, terminal *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

func TestInitAtAPseudoTerminal(t *testing.T) {
	t.Run("what is typed is shown, and a password is not", func(t *testing.T) {
		cmd, person, terminal, shown := sit(t)
		at := answer(t, person, shown, 0, toThePassword())
		at = shown.until(t, at, hiddenPrompt)
		waitUntilSilent(t, terminal)
		if _, err := person.WriteString("correct horse\n"); err != nil {
			t.Fatal(err)
		}
		answer(t, person, shown, at, [][2]string{{"Who may read it? ", ""}, {"6/6", ""}, {"[yes]", ""}})
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, shown)
		}
		shown.until(t, 0, "askahead run")
		secret, err := os.ReadFile(filepath.Join(cmd.Dir, "imap.password"))
		if err != nil || string(secret) != "correct horse\n" {
			t.Errorf("the file holds %q, %v", secret, err)
		}
		if text := shown.String(); strings.Contains(text, "correct horse") || !strings.Contains(text, "bot@example.org\r\n") {
			t.Errorf("the terminal shows:\n%s", text)
		}
	})
	t.Run("Ctrl-C at the password leaves nothing, and a terminal that shows what is typed", func(t *testing.T) {
		cmd, person, terminal, shown := sit(t)
		at := answer(t, person, shown, 0, toThePassword())
		shown.until(t, at, hiddenPrompt)
		waitUntilSilent(t, terminal)
		if _, err := person.WriteString("\x03"); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("it ends with %v", err)
		}
		shown.until(t, 0, "stopped; nothing was written")
		if files, err := os.ReadDir(cmd.Dir); err != nil || len(files) > 0 {
			t.Errorf("it left %v, %v", files, err)
		}
		if !echoes(t, terminal) {
			t.Error("the terminal shows nothing of what is typed from now on")
		}
	})
}

// waitUntilSilent waits for the terminal to show nothing of what is typed: the prompt comes a moment before.
func waitUntilSilent(t *testing.T, terminal *os.File) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); echoes(t, terminal); {
		if time.Now().After(end) {
			t.Fatal("the terminal goes on showing what is typed")
		}
		runtime.Gosched() // another process changes it, and tells nobody
	}
}
