package imap

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
)

// newProgram writes a shell script.
func newProgram(t *testing.T, lines string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+lines+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPasswordCommand(t *testing.T) {
	asks := func(program ...string) func(*Settings) {
		return func(s *Settings) { s.Password, s.Command, s.Auth = "", program, authXOAuth2 }
	}
	t.Run("is asked anew at every login, since tokens expire", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), count(4)...)
		var sent []string
		f.hook = func(c *fakeConn, tag, command, arguments string) bool {
			if command == "AUTHENTICATE" {
				_, response, _ := strings.Cut(arguments, " ")
				raw, _ := base64.StdEncoding.DecodeString(response)
				sent = append(sent, strings.Trim(string(raw), "\x01"))
			}
			return false
		}
		f.line = func(c *fakeConn, uid int, body bool) bool {
			if uid == 3 && body && len(sent) == 1 {
				c.Close()
				return false
			}
			return true
		}
		program := newProgram(t, `echo "$1-$(cat "$0.count" 2>/dev/null)"; echo no part of it; echo x >>"$0.count"`)
		got := collect(t, f.collector(t, asks(program, "token of the bot")), "")
		want := []string{"user=bot@askahead.example\x01auth=Bearer token of the bot-", "user=bot@askahead.example\x01auth=Bearer token of the bot-x"}
		if got.err != nil || len(got.ids) != 4 || !slices.Equal(sent, want) {
			t.Errorf("got %q, %v, sent %q", got.ids, got.err, sent)
		}
	})
	t.Run("is looked for in the configuration's folder where it is a path", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1)
		program := newProgram(t, "cat value")
		if err := os.WriteFile(filepath.Join(filepath.Dir(program), "value"), []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := New(settingsFor(f.url(), f.caFile, asks("./token")), collectors.Deps{BaseDir: filepath.Dir(program)})
		if err != nil {
			t.Fatal(err)
		}
		if got := collect(t, c, ""); got.err != nil || len(got.ids) != 1 {
			t.Errorf("got %q, %v", got.ids, got.err)
		}
	})
	for _, c := range []struct {
		name, lines, says string
		is                error
	}{
		{"one that fails is told with its status, and without what it complains of", "echo hunter2 >&2; exit 3", "ended with exit status 3; run it by hand", collectors.ErrUnavailable},
		{"one that prints nothing", "echo", "is empty", collectors.ErrSettings},
		{"one that prints no token", `printf 'a\001b\n'`, "no password or token", collectors.ErrSettings},
		{"one that never stops printing", "while echo hunter2; do :; done", "prints more than", collectors.ErrSettings},
		{"one that does not end", "exec sleep 600", "printed nothing for 1s", collectors.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, loopbackCertificates(t), 1)
			got := collect(t, f.collector(t, func(s *Settings) {
				asks(newProgram(t, c.lines))(s)
				if strings.Contains(c.lines, "sleep") {
					s.Timeout = time.Second
				}
			}), "")
			if !errors.Is(got.err, c.is) || !strings.Contains(got.err.Error(), c.says) || strings.Contains(got.err.Error(), "hunter2") {
				t.Errorf("got %v", got.err)
			}
		})
	}
	t.Run("one that is not there", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1)
		got := collect(t, f.collector(t, asks(filepath.Join(t.TempDir(), "nowhere"))), "")
		if !errors.Is(got.err, collectors.ErrSettings) || !strings.Contains(got.err.Error(), "no such file") {
			t.Errorf("got %v", got.err)
		}
	})
	t.Run("what it printed is not shown, even if the server repeats it", func(t *testing.T) {
		f := newFake(t, loopbackCertificates(t), 1)
		f.hook = func(c *fakeConn, tag, command, arguments string) bool {
			if command == "AUTHENTICATE" {
				c.say("%s NO [UNAVAILABLE] hunter2 is no token", tag)
			}
			return command == "AUTHENTICATE"
		}
		got := collect(t, f.collector(t, asks("echo", "hunter2")), "")
		if !errors.Is(got.err, collectors.ErrUnavailable) || !strings.Contains(got.err.Error(), "[UNAVAILABLE]") || strings.Contains(fmt.Sprint(got.err), "hunter2") {
			t.Errorf("got %v", got.err)
		}
	})
	t.Run("takes the place of the password, and does not stand beside it", func(t *testing.T) {
		for _, s := range []struct {
			change func(*Settings)
			says   string
		}{
			{asks("echo", "x"), ""},
			{func(s *Settings) { s.Command = []string{"echo"} }, "password_command: stands beside `password`"},
			{asks(""), "password_command: begins with an empty word"},
			{func(s *Settings) { s.Password = "" }, "name a program under `password_command`"},
		} {
			settings := settingsFor("imaps://imap.example.org", "", s.change)
			errs := settings.Validate()
			if (len(errs) == 0) != (s.says == "") || (len(errs) > 0 && !strings.Contains(errs[0].Error(), s.says)) {
				t.Errorf("got %v, want %q", errs, s.says)
			}
		}
	})
}
