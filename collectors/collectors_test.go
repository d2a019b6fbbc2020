package collectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"askahead/domain"
)

func TestSecret(t *testing.T) {
	const value = "correct-horse"
	settings := struct {
		Token Secret `yaml:"token" json:"token"`
	}{value}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", settings.Token, "settings", settings)
	asYAML, err := yaml.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{"slog": log.String(), "yaml": string(asYAML), "json": string(asJSON)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		shown[verb] = fmt.Sprintf(verb, settings.Token) + fmt.Sprintf(verb, settings)
	}
	t.Run("is hidden however it is printed", func(t *testing.T) {
		for how, text := range shown {
			if strings.Contains(text, value) || strings.Contains(text, fmt.Sprintf("%x", value)) {
				t.Errorf("%s shows it: %s", how, text)
			}
			if !strings.Contains(text, "***") {
				t.Errorf("%s does not say that there is one: %s", how, text)
			}
		}
	})
	t.Run("is read from YAML and revealed on demand", func(t *testing.T) {
		settings.Token = ""
		if err := yaml.Unmarshal([]byte("token: "+value), &settings); err != nil || settings.Token.Reveal() != value {
			t.Errorf("got a secret of length %d, %v", len(settings.Token.Reveal()), err)
		}
	})
	t.Run("shows as empty when there is none", func(t *testing.T) {
		if got := Secret("").String(); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

func TestCursor(t *testing.T) {
	type position struct {
		Offset int64 `json:"offset"`
	}
	good, err := NewCursor("mbox/1", position{17})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("is read back by the kind that wrote it", func(t *testing.T) {
		var p position
		if err := good.Read("mbox/1", &p); err != nil || p.Offset != 17 {
			t.Errorf("got %+v, %v", p, err)
		}
	})
	t.Run("leaves the position alone when it is empty", func(t *testing.T) {
		p := position{3}
		if err := Cursor("").Read("mbox/1", &p); err != nil || p.Offset != 3 {
			t.Errorf("got %+v, %v", p, err)
		}
	})
	for name, c := range map[string]Cursor{
		"another kind's":   "maildir/1 {}",
		"rubbish":          "\x00\xff",
		"cut off":          good[:len(good)-1],
		"a name alone":     "mbox/1",
		"of unknown keys":  `mbox/1 {"uid":1}`,
		"of a wrong type":  `mbox/1 {"offset":"x"}`,
		"with something":   good + "{}",
		"longer than ever": Cursor("mbox/1 " + strings.Repeat(" ", maxCursor) + "{}"),
	} {
		t.Run("is refused when it is "+name, func(t *testing.T) {
			var p position
			if err := c.Read("mbox/1", &p); !errors.Is(err, ErrCursor) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("mbox/1 {\"offset\":1}")
	f.Add("mbox/1 [[[[")
	f.Fuzz(func(t *testing.T, text string) {
		var p struct{ Offset int64 }
		if err := Cursor(text).Read("mbox/1", &p); err != nil && !errors.Is(err, ErrCursor) {
			t.Errorf("not an ErrCursor: %v", err)
		}
	})
}

func TestPage(t *testing.T) {
	t.Run("is full after BatchItems items", func(t *testing.T) {
		var p Page
		for range BatchItems {
			if p.Full() {
				t.Fatalf("full after %d", len(p.Items))
			}
			p.Add(domain.Item{})
		}
		if !p.Full() {
			t.Error("not full")
		}
	})
	t.Run("is full after BatchBytes bytes", func(t *testing.T) {
		var p Page
		p.Add(domain.Item{Raw: make([]byte, BatchBytes-1)})
		if p.Full() {
			t.Error("full one byte early")
		}
		p.Break(Broken{Raw: make([]byte, 1)})
		if !p.Full() {
			t.Error("not full")
		}
	})
	t.Run("breaks and cuts an item larger than MaxRaw", func(t *testing.T) {
		var p Page
		p.Add(domain.Item{ExternalID: "1", Raw: make([]byte, MaxRaw+1)})
		p.Add(domain.Item{ExternalID: "2", Raw: make([]byte, MaxRaw)})
		if len(p.Items) != 1 || len(p.Broken) != 1 || len(p.Broken[0].Raw) != MaxRaw || p.Broken[0].ID != "1" {
			t.Errorf("got %d items, %d broken", len(p.Items), len(p.Broken))
		}
	})
}

func TestPath(t *testing.T) {
	d := Deps{BaseDir: filepath.FromSlash("/etc/askahead")}
	for in, want := range map[string]string{"a.mbox": "/etc/askahead/a.mbox", "/srv/a.mbox": "/srv/a.mbox", "": ""} {
		if got := d.Path(in); got != filepath.FromSlash(want) {
			t.Errorf("Path(%q) = %q, want %q", in, got, want)
		}
	}
}
