package config_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"askahead/collectors"
	"askahead/config"
	"askahead/internal/golden"
)

type imapSettings struct {
	Server    string            `yaml:"server"`
	Port      int               `yaml:"port"`
	User      string            `yaml:"user"`
	Password  collectors.Secret `yaml:"password"`
	Mailboxes []string          `yaml:"mailboxes"`
	Door      collectors.Secret `yaml:"door"` // a secret whose key does not sound like one
	Timeout   time.Duration     `yaml:"timeout"`
	Ratio     float64           `yaml:"ratio"`
	TLS       struct {
		Insecure bool `yaml:"insecure"`
	} `yaml:"tls"`
}

func (s *imapSettings) Validate() []error {
	var errs []error
	if s.Port < 1 || s.Port > 65535 {
		errs = append(errs, fmt.Errorf("port: %d is not a port (1–65535)", s.Port))
	}
	if s.Server == "" {
		errs = append(errs, errors.New("server: is missing; write imaps://HOST"))
	}
	for i, m := range s.Mailboxes {
		if m == "Trash" {
			errs = append(errs, fmt.Errorf("mailboxes[%d]: nobody asks in the trash", i))
		}
	}
	if s.User == "leaky" {
		errs = append(errs, fmt.Errorf("the login %s:%s does not work", s.User, s.Password.Reveal()))
	}
	return errs
}

type mastodonSettings struct {
	Server   string   `yaml:"server"`
	Hashtags []string `yaml:"hashtags"`
}

func (s *mastodonSettings) Servers() []string { return []string{s.Server} }

type mboxSettings struct {
	Path string
}

// kinds are like those of the binary, as far as the configuration sees them.
func kinds() []collectors.Kind {
	return []collectors.Kind{
		{Name: "imap", Settings: func() any { return &imapSettings{Port: 993} }},
		{Name: "mastodon", PublicOnly: true, Settings: func() any { return &mastodonSettings{} }},
		{Name: "mbox", Settings: func() any { return &mboxSettings{} }},
	}
}

// loader has an environment with two secrets, and a clock that stands at 1 September 2018.
func loader() config.Loader {
	env := map[string]string{"SMTP_PASSWORD": "correct horse", "IMAP_PASSWORD": "battery staple", "EMPTY": " ",
		"DATABASE_URL": "postgres://ask:hunter2@db.example.org/ask", "SHORT_KEY": "c2hvcnQ="}
	return config.Loader{
		Kinds:   kinds(),
		Formats: []string{"html", "txt", "md", "json", "csv"},
		LookupEnv: func(name string) (string, bool) {
			value, ok := env[name]
			return value, ok
		},
		Now: func() time.Time { return time.Date(2018, 9, 1, 12, 0, 0, 0, time.UTC) },
	}
}

// TestCases loads every folder of testcases: want.txt is all that Load says, problems or else warnings.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob("testcases/*")
	if err != nil || len(folders) < 35 {
		t.Fatalf("%d cases, %v", len(folders), err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			want, err := filepath.Abs(filepath.Join(folder, "want.txt"))
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(folder)
			got := said(loader().Load("askahead.yaml"))
			golden.Compare(t, want, got)
			if strings.Contains(got, "hunter2") {
				t.Errorf("a secret stands in the message:\n%s", got)
			}
		})
	}
}

func said(c *config.Config, err error) string {
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	b.WriteString("loaded " + c.String() + "\n")
	for _, w := range c.Warnings {
		b.WriteString("warning: " + w.Error() + "\n")
	}
	return b.String()
}
