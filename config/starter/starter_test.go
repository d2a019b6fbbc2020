package starter_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"askahead/collectors"
	"askahead/collectors/builtin"
	"askahead/collectors/imap"
	"askahead/collectors/maildir"
	"askahead/collectors/mbox"
	"askahead/config"
	"askahead/config/starter"
	"askahead/domain"
	"askahead/internal/golden"
)

func loader() config.Loader {
	return config.Loader{
		Kinds:     builtin.Kinds(),
		Formats:   []string{"html", "txt", "md", "json", "csv"},
		LookupEnv: func(string) (string, bool) { return "a-secret", true },
		Now:       func() time.Time { return time.Date(2018, 9, 1, 12, 0, 0, 0, time.UTC) },
	}
}

// answers are those of someone who answers what the examples say.
func answers(kind collectors.Kind, deliveries string) starter.Answers {
	a := starter.Answers{
		Contact: "mailto:organiser@example.org", ID: "privacy-and-security",
		Title:  "Privacy and Security: aligned or conflicting goals?",
		Starts: "2018-11-13 15:00", Timezone: "Europe/Paris", Hashtags: []string{"IGF2018", "IGF2018WS164"},
		Source: &starter.Source{Kind: kind, Name: kind.Name, TLP: "green", Settings: map[string]string{}},
		Digest: &starter.Digest{Audience: "green"},
	}
	for _, q := range kind.Ask {
		if a.Source.Settings[q.Key] = starter.Example(kind, q.Key); q.Default != "" {
			a.Source.Settings[q.Key] = q.Default
		}
	}
	if kind.PublicOnly {
		a.Source.TLP, a.Digest.Audience = "", "clear"
	}
	if strings.Contains(deliveries, "mail") {
		a.Digest.To = []string{"panelist@example.org", "moderator@example.org"}
		a.SMTP = &starter.SMTP{Server: "smtps://mail.example.org:465", User: "bot@example.org", Password: "file:smtp.password", From: "bot@example.org"}
	}
	if strings.Contains(deliveries, "folder") {
		a.Digest.Out = "editions/"
	}
	return a
}

// load writes a file as `askahead init` does, with the secrets that it names, and reads it.
func load(t testing.TB, text []byte) (*config.Config, error) {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"askahead.yaml": string(text), "askahead.key": config.NewKey()}
	for _, m := range regexp.MustCompile(`file:([a-z.]+)`).FindAllStringSubmatch(string(text), -1) {
		if files[m[1]] == "" {
			files[m[1]] = "a-secret\n"
		}
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return loader().Load(filepath.Join(dir, "askahead.yaml"))
}

func TestEveryKindAndDelivery(t *testing.T) {
	for _, kind := range builtin.Kinds() {
		for _, deliveries := range []string{"mail", "folder", "mail and folder"} {
			t.Run(kind.Name+" by "+deliveries, func(t *testing.T) {
				text, err := answers(kind, deliveries).YAML(builtin.Kinds())
				if err != nil {
					t.Fatal(err)
				}
				c, err := load(t, text)
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				if len(c.Warnings) > 0 {
					t.Errorf("warnings: %v\n%s", c.Warnings, text)
				}
				src := c.Sessions[0].Sources[0]
				if _, err := kind.New(src.Settings, collectors.Deps{Hashtags: c.Sessions[0].Hashtags}); err != nil {
					t.Errorf("the source can't be made: %v", err)
				}
				if deliveries != "mail and folder" {
					golden.Compare(t, filepath.Join("testdata", kind.Name+"-"+deliveries+".yaml"), string(text))
				}
			})
		}
	}
}

// sleeping is a line with a setting that is not used: "#" and no blank, or the blanks of something nested.
var sleeping = regexp.MustCompile(`^( *)#((?:\S|  +\S).*)$`)

// TestEveryLineCanBeUsed takes the "#" away, from each group of lines alone and from all at once.
func TestEveryLineCanBeUsed(t *testing.T) {
	for _, kind := range builtin.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			text, err := answers(kind, "mail").YAML(builtin.Kinds())
			if err != nil {
				t.Fatal(err)
			}
			folder, err := answers(kind, "folder").YAML(builtin.Kinds())
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{string(text), string(folder)} {
				lines := strings.Split(text, "\n")
				groups := groupsOf(lines)
				if len(groups) < 12 {
					t.Errorf("%d groups of lines that are not used", len(groups))
				}
				for _, group := range groups {
					used := strings.Join(wake(lines, group), "\n")
					if _, err := loader().Try("askahead.yaml", []byte(used)); err != nil {
						t.Errorf("with line %d to %d:\n%v", group[0]+1, group[len(group)-1]+1, err)
					}
				}
				var all []int
				for _, group := range groups {
					all = append(all, group...)
				}
				if _, err := loader().Try("askahead.yaml", []byte(strings.Join(wake(lines, all), "\n"))); err != nil {
					t.Errorf("with all lines:\n%v", err)
				}
			}
		})
	}
}

// groupsOf gives the numbers of lines that belong together: a key or an element with what is nested in it.
func groupsOf(lines []string) [][]int {
	var groups [][]int
	for i, one := range lines {
		m := sleeping.FindStringSubmatch(one)
		if m == nil {
			continue
		}
		if nested := strings.HasPrefix(m[2], " "); nested {
			groups[len(groups)-1] = append(groups[len(groups)-1], i)
			continue
		}
		groups = append(groups, []int{i})
	}
	// Alarms that go by mail need the server that is proposed right above them.
	for i := 1; i < len(groups); i++ {
		if strings.HasPrefix(lines[groups[i][0]], "#alarms") && strings.HasPrefix(lines[groups[i-1][0]], "#smtp") {
			groups[i] = append(slices.Clone(groups[i-1]), groups[i]...)
		}
	}
	return groups
}

func wake(lines []string, group []int) []string {
	woken := slices.Clone(lines)
	for _, i := range group {
		woken[i] = sleeping.ReplaceAllString(lines[i], "$1$2")
	}
	return woken
}

// TestLinesThatStateADefaultChangeNothing: what a line says where it is not used must be what counts then.
func TestLinesThatStateADefaultChangeNothing(t *testing.T) {
	text, err := answers(kindOf(t, "discord"), "folder").YAML(builtin.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	plain, err := load(t, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"#store: ", "#retention: ", "#  sweep: ", "#  cleanup: ", "        #sweep: ", "          #formats: ", "          #limit: ", "          #messages: "} {
		lines := strings.Split(string(text), "\n")
		i := slices.IndexFunc(lines, func(one string) bool { return strings.HasPrefix(one, key) })
		if i < 0 {
			t.Errorf("there is no line %q", key)
			continue
		}
		group := []int{i}
		if strings.HasPrefix(key, "#  ") {
			group = append(group, slices.Index(lines, "#run:"))
		}
		used, err := load(t, []byte(strings.Join(wake(lines, group), "\n")))
		if err != nil {
			t.Fatal(err)
		}
		shown := func(c *config.Config) string {
			_, body, _ := strings.Cut(strings.ReplaceAll(string(c.YAML()), " # default", ""), "\n")
			return body
		}
		if diff := cmp.Diff(shown(plain), shown(used)); diff != "" {
			t.Errorf("%q states another default than counts (-counts +stated):\n%s", key, diff)
		}
	}
}

func TestID(t *testing.T) {
	tests := []struct{ name, title, want string }{
		{"what stands before the colon", "Privacy and Security: aligned or conflicting goals?", "privacy-and-security"},
		{"one word before the colon is too little", "IGF: who decides?", "igf-who-decides"},
		{"accents go", "Élections, sûreté & œuvres de l’État", "elections-surete-and-oeuvres-de-letat"},
		{"letters that have no parts", "Straße nach Łódź", "strasse-nach-lodz"},
		{"a long one ends at a word", "One two three four five six seven eight nine ten eleven", "one-two-three-four-five-six-seven-eight"},
		{"one long word", strings.Repeat("a", 100), strings.Repeat("a", 40)},
		{"another writing", "الخصوصية والأمن", "session"},
		{"nothing", "", "session"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := starter.ID(tt.title); got != tt.want {
				t.Errorf("ID(%q) = %q, want %q", tt.title, got, tt.want)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		if id := starter.ID(rapid.String().Draw(t, "title")); config.CheckName(id) != nil {
			t.Fatalf("%q is no name", id)
		}
	})
}

// TestAnyAnswersLoadAsTheyAre: the file says exactly what was answered, or the loader says which answer is wrong.
func TestAnyAnswersLoadAsTheyAre(t *testing.T) {
	hostile := rapid.OneOf(
		rapid.StringMatching(`[-:#,\[\]{}"'\\&*!|>%@?~= a1\t]{1,14}`),
		rapid.StringMatching(`[\x{590}-\x{6ff}\x{200c}\x{202e}\x{1f600}-\x{1f64f} :#]{1,10}`),
		rapid.SampledFrom([]string{"true", "null", "~", "0815", "1e3", "2018-11-13", "{{.}}", "{{", "a: b # c", "*x", "&x", "- x", "---", "...", "x\u2028y", "\ufeffx", "env:X", "%s"}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		title := strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0xfffd {
				return -1
			}
			return r
		}, hostile.Draw(t, "title"))
		user, path, out := hostile.Draw(t, "user"), hostile.Draw(t, "path"), hostile.Draw(t, "out")
		a := answers(kindOf(t, rapid.SampledFrom([]string{"imap", "mbox", "maildir"}).Draw(t, "kind")), "mail and folder")
		a.Title, a.ID, a.Digest.Out, a.SMTP.User = title, starter.ID(title), out, user
		if _, ok := a.Source.Settings["path"]; ok {
			a.Source.Settings["path"] = path
		} else {
			a.Source.Settings["user"] = user
		}
		raw, err := a.YAML(builtin.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		c, err := loader().Try("askahead.yaml", raw)
		if err != nil {
			onlyAbout(t, err, title, user, path, out)
			return
		}
		s := c.Sessions[0]
		if s.Title != title || s.ID != a.ID || s.Digest.Editions[0].Out != out || c.SMTP.User != user {
			t.Fatalf("%q, %q, %q came back as %q, %q, %q", title, out, user, s.Title, s.Digest.Editions[0].Out, c.SMTP.User)
		}
		shown, err := c.JSON()
		if err != nil || s.Sources[0].TLP != domain.Green {
			t.Fatal(string(shown), err)
		}
		if got := settingOf(s.Sources[0].Settings); got != user && got != path {
			t.Fatalf("the setting came back as %q", got)
		}
	})
}

func kindOf(t interface{ Fatalf(string, ...any) }, name string) collectors.Kind {
	for _, kind := range builtin.Kinds() {
		if kind.Name == name {
			return kind
		}
	}
	t.Fatalf("there is no kind %s", name)
	return collectors.Kind{}
}

func settingOf(settings any) string {
	switch s := settings.(type) {
	case *imap.Settings:
		return s.User
	case *mbox.Settings:
		return s.Path
	case *maildir.Settings:
		return s.Path
	}
	return ""
}

// onlyAbout says that the loader refuses an answer for what it says, and not the file for how it is written.
func onlyAbout(t *rapid.T, err error, texts ...string) {
	var all *config.Problems
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	for _, p := range all.List {
		blank := slices.ContainsFunc(texts, func(text string) bool { return strings.TrimSpace(text) == "" })
		control := slices.ContainsFunc(texts, func(text string) bool {
			return strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text)
		})
		if p.Path == "" || !blank && !control {
			t.Fatalf("refused: %v", p)
		}
	}
}
