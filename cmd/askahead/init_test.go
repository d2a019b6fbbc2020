package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/internal/golden"
)

// person types line after line, as the terminal shows it.
type person struct {
	lines  []string
	screen io.Writer
	then   error // io.EOF where nil
}

func (p *person) Read(b []byte) (int, error) {
	if len(p.lines) == 0 {
		if p.then != nil {
			return 0, p.then
		}
		return 0, io.EOF
	}
	text := p.lines[0] + "\n"
	p.lines = p.lines[1:]
	io.WriteString(p.screen, text)
	return copy(b, text), nil
}

// sitting is one call of askahead at a terminal in an empty folder.
type sitting struct {
	typed  []string // line by line
	hidden []string // what is typed where nothing is shown
	args   []string
	env    map[string]string
}

func (s sitting) run(t *testing.T, ctx context.Context) (screen string, code int) {
	t.Helper()
	var out bytes.Buffer
	a := &app{
		in: &person{lines: s.typed, screen: &out}, out: &out, err: &out, interactive: true,
		now: func() time.Time { return time.Date(2030, 9, 1, 12, 0, 0, 0, time.UTC) },
		getenv: func(name string) (string, bool) {
			if name == "TZ" {
				return "Europe/Paris", true
			}
			value, ok := s.env[name]
			return value, ok
		},
		hidden: func(context.Context) (string, error) {
			if len(s.hidden) == 0 {
				return "", io.EOF
			}
			text := s.hidden[0]
			s.hidden = s.hidden[1:]
			return text, nil
		},
	}
	code = a.main(ctx, append([]string{"init"}, s.args...))
	return out.String(), code
}

// TestInitAtATerminal compares whole dialogues with what people should see. Read them aloud when they change.
func TestInitAtATerminal(t *testing.T) {
	screens, err := filepath.Abs("testdata/init")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		sitting
		files map[string]string // besides askahead.yaml and askahead.key, with what they hold
	}{
		{"a mailbox and a digest by mail", sitting{
			typed: []string{"organiser@example.org", "Privacy and Security: aligned or conflicting goals?", "2030-11-13 15:00 Africa/Nairobi", "#IGF2018, IGF2018WS164",
				"imap", "imaps://imap.example.org", "bot@example.org", "", "panelist@example.org, moderator@example.org", "smtps://mail.example.org", "bot@example.org", ""},
			hidden: []string{"correct horse", ""},
		}, map[string]string{"imap.password": "correct horse\n"}},
		{"every answer is wrong at first", sitting{
			typed: []string{"organiser", "organiser@example.org", "", "\x1b[A", "Privacy: und Sicherheit?", "13.11.2030", "2030-11-13 15:00 Paris", "2030-11-13 15:00",
				"two#words", "none", "99", "3", "general", "1200000000000000001, 1200000000000000002", "purple", "red", "amber",
				"panelist@example.org, moderator", "a/, b/", "editions", ""},
			hidden: []string{"to-ken"},
		}, map[string]string{"discord.token": "to-ken\n"}},
		{"a hashtag is needed, and a title without Latin letters", sitting{
			typed: []string{"https://ask.example.org/about", "الخصوصية والأمن", "privacy", "", "", "mastodon", "https://social.example.org", "privacy", "", ""},
		}, nil},
		{"an export of a question box", sitting{
			typed: []string{"organiser@example.org", "Privacy", "Europe/Paris", "", "discordexport", "box.json", "yes", "clear", "", ""},
		}, nil},
		{"an export of a channel where people mention an account", sitting{
			typed: []string{"organiser@example.org", "Privacy", "", "", "discordexport", "box.json", "", "", "askahead", "", "", ""},
		}, nil},
		{"answers are changed before anything is written", sitting{
			typed: []string{"organiser@example.org", "Privacy", "", "privacy", "mbox", "list.mbox", "", "", "2", "Security and privacy", "5", "mastodon", "https://social.example.org", "7", "3", "", ""},
		}, nil},
		{"a session that has begun is noted", sitting{
			typed: []string{"organiser@example.org", "Privacy", "2030-08-31 15:00", "", "mbox", "list.mbox", "", "", ""},
		}, nil},
		{"with --yes only what has no default is asked", sitting{
			args:  []string{"--yes", "--source", "imap", "--set", "user=bot@example.org", "--set", "password=env:IMAP_PASSWORD", "--set", "mailboxes=INBOX, Lists/a b"},
			typed: []string{"organiser@example.org", "Privacy", "imaps://imap.example.org"},
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			screen, code := tt.run(t, t.Context())
			golden.Compare(t, filepath.Join(screens, strings.ReplaceAll(tt.name, " ", "-")+".txt"), screen)
			if code != 0 {
				t.Fatalf("the exit code is %d", code)
			}
			want := map[string]string{}
			for name, body := range tt.files {
				want[name] = body
			}
			for name, body := range filesHere(t) {
				if name != "askahead.yaml" && name != "askahead.key" && body != want[name] {
					t.Errorf("%s holds %q, want %q", name, body, want[name])
				}
				delete(want, name)
			}
			if len(want) > 0 {
				t.Errorf("these are missing: %v", want)
			}
			loadsQuietly(t)
		})
	}
}

// filesHere gives the files of the working folder, and checks that only their owner can read them.
func filesHere(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		raw, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", e.Name(), info.Mode(), err)
		}
		files[e.Name()] = string(raw)
	}
	return files
}

// loadsQuietly reads what was written, with a placeholder for each secret that its owner wanted to bring later.
func loadsQuietly(t *testing.T) {
	t.Helper()
	for _, name := range []string{"imap.password", "smtp.password", "discord.token"} {
		if _, err := os.Stat(name); err != nil {
			if err := os.WriteFile(name, []byte("later\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	a := &app{configPath: defaultConfig, now: func() time.Time { return time.Date(2030, 8, 30, 12, 0, 0, 0, time.UTC) },
		getenv: func(string) (string, bool) { return "of-the-environment", true }}
	cfg, err := a.load()
	if err != nil || len(cfg.Warnings) > 0 {
		t.Fatalf("what was written does not load quietly: %v, %v", err, cfg.Warnings)
	}
}

func TestInitLeavesNothing(t *testing.T) {
	whole := []string{"organiser@example.org", "Privacy", "", "", "imap", "imaps://imap.example.org", "bot", "", "", ""}
	hidden := []string{"hunter2"}
	for n := range whole {
		t.Run("when the input ends after answer "+string(rune('0'+n)), func(t *testing.T) {
			t.Chdir(t.TempDir())
			screen, code := sitting{typed: whole[:n], hidden: hidden}.run(t, t.Context())
			if code == 0 || !strings.Contains(screen, "nothing was written") || len(filesHere(t)) > 0 {
				t.Errorf("code %d, files %v, and on the screen:\n%s", code, filesHere(t), screen)
			}
		})
	}
	t.Run("when Ctrl-C is pressed while it waits", func(t *testing.T) {
		t.Chdir(t.TempDir())
		ctx, stop := context.WithCancel(t.Context())
		var out bytes.Buffer
		a := &app{in: pressesCtrlC{stop}, out: &out, err: &out, interactive: true, now: time.Now, getenv: func(string) (string, bool) { return "", false }}
		if code := a.main(ctx, []string{"init"}); code != 1 || !strings.Contains(out.String(), "\naskahead: error: stopped; nothing was written\n") || len(filesHere(t)) > 0 {
			t.Errorf("code %d, files %v, and on the screen:\n%s", code, filesHere(t), out.String())
		}
	})
	t.Run("when it is not to be written", func(t *testing.T) {
		t.Chdir(t.TempDir())
		typed := slices.Concat(whole[:len(whole)-1], []string{"no"})
		screen, code := sitting{typed: typed, hidden: hidden}.run(t, t.Context())
		if code != 1 || !strings.Contains(screen, "nothing was written") || len(filesHere(t)) > 0 || strings.Contains(screen, "hunter2") {
			t.Errorf("code %d, files %v, and on the screen:\n%s", code, filesHere(t), screen)
		}
	})
	t.Run("when a file appears meanwhile", func(t *testing.T) {
		t.Chdir(t.TempDir())
		screen, code := sitting{typed: whole, hidden: []string{"hunter2"}}.runWith(t, func() {
			if err := os.WriteFile("askahead.yaml", []byte("mine"), 0o600); err != nil {
				t.Error(err)
			}
		})
		files := filesHere(t)
		if code != 1 || !strings.Contains(screen, "is there already") || len(files) != 1 || files["askahead.yaml"] != "mine" {
			t.Errorf("code %d, files %v, and on the screen:\n%s", code, files, screen)
		}
	})
}

// runWith does something while the last question waits for its answer.
func (s sitting) runWith(t *testing.T, last func()) (string, int) {
	t.Helper()
	var out bytes.Buffer
	p := &person{lines: s.typed, screen: &out}
	a := &app{in: readerFunc(func(b []byte) (int, error) {
		if len(p.lines) == 1 {
			last()
		}
		return p.Read(b)
	}), out: &out, err: &out, interactive: true, now: time.Now, getenv: func(string) (string, bool) { return "", false },
		hidden: func(context.Context) (string, error) { return s.hidden[0], nil }}
	code := a.main(t.Context(), []string{"init"})
	return out.String(), code
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// pressesCtrlC never answers: what reads goes on waiting, as at a terminal.
type pressesCtrlC struct{ stop func() }

func (p pressesCtrlC) Read([]byte) (int, error) {
	p.stop()
	select {}
}

// TestInitUsesWhatIsThere: a key and a password of an earlier try are used, and a database needs its own key.
func TestInitUsesWhatIsThere(t *testing.T) {
	typed := []string{"organiser@example.org", "Privacy", "", "", "imap", "imaps://imap.example.org", "bot", "", "", ""}
	t.Run("a key and a password", func(t *testing.T) {
		t.Chdir(t.TempDir())
		for _, name := range []string{"askahead.key", "imap.password"} {
			if err := os.WriteFile(name, []byte("earlier\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		screen, code := sitting{typed: typed}.run(t, t.Context())
		files := filesHere(t)
		if code != 0 || files["askahead.key"] != "earlier\n" || files["imap.password"] != "earlier\n" || !strings.Contains(screen, "Its password stands in imap.password already.") {
			t.Errorf("code %d, files %v, and on the screen:\n%s", code, files, screen)
		}
	})
	t.Run("a database without its key", func(t *testing.T) {
		t.Chdir(t.TempDir())
		if err := os.WriteFile("askahead.db", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		screen, code := sitting{typed: typed, hidden: []string{"x"}}.run(t, t.Context())
		if _, err := os.Stat("askahead.key"); code != 0 || !errors.Is(err, os.ErrNotExist) || !strings.Contains(screen, "put that back as askahead.key") {
			t.Errorf("code %d, %v, and on the screen:\n%s", code, err, screen)
		}
	})
}
