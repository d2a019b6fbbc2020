package builtin

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"askahead/collectors"
	"askahead/config"
	"askahead/internal/guesthttp"
)

func TestKinds(t *testing.T) {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.Name)
		t.Run(k.Name, func(t *testing.T) { testKind(t, k) })
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("the names are not sorted or not unique: %q", names)
	}
	t.Run("every folder with a sample is listed", func(t *testing.T) {
		samples, err := filepath.Glob("../*/sample.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range samples {
			if name := filepath.Base(filepath.Dir(s)); !slices.Contains(names, name) {
				t.Errorf("Kinds does not list %s", name)
			}
		}
		if len(samples) != len(names) {
			t.Errorf("%d samples for %d kinds", len(samples), len(names))
		}
	})
}

// TestEveryKindSaysWhatItReadsOfPeople, for the privacy notice.
func TestEveryKindSaysWhatItReadsOfPeople(t *testing.T) {
	for _, k := range Kinds() {
		if k.Reads == "" || strings.ContainsAny(k.Reads, "\n|") || strings.HasSuffix(k.Reads, ".") {
			t.Errorf("%s: the notice would say %q", k.Name, k.Reads)
		}
	}
}

// testQuestions: what init asks for is all that a source needs, and each answer has an example in the sample.
func testQuestions(t *testing.T, k collectors.Kind, samples []map[string]any) {
	t.Helper()
	asked := map[string]bool{}
	for _, q := range k.Ask {
		if q.Unless != "" && !asked[q.Unless] {
			t.Errorf("%s: %q has to be asked before", q.Key, q.Unless)
		}
		asked[q.Key] = true
		if !strings.HasSuffix(q.Text, "?") || strings.Contains(q.Text, "\n") {
			t.Errorf("%s: the question is %q", q.Key, q.Text)
		}
		inSample := slices.ContainsFunc(samples, func(source map[string]any) bool {
			block, _ := source[k.Name].(map[string]any)
			return block[q.Key] != nil
		})
		if !inSample {
			t.Errorf("%s: sample.yaml has no example of an answer", q.Key)
		}
	}
	for _, s := range config.Settings(k) {
		if s.Needed && !asked[s.Key] {
			t.Errorf("%s is needed, and not asked for", s.Key)
		}
		delete(asked, s.Key)
	}
	if len(asked) > 0 {
		t.Errorf("these are asked for and are no settings: %v", asked)
	}
}

// offline is a web on which no server answers; it remembers which were asked for.
type offline struct{ asked []string }

func (o *offline) RoundTrip(req *http.Request) (*http.Response, error) {
	o.asked = append(o.asked, guesthttp.HostName(req.URL))
	return nil, errors.New("no server answers")
}

// testServers: what a source visits is what its settings say that it does, so that it can be allowed and counted.
func testServers(t *testing.T, k collectors.Kind, settings any) {
	t.Helper()
	web := &offline{}
	deps := collectors.Deps{HTTP: &http.Client{Transport: web}, Now: time.Now, Hashtags: []string{"IGF2018"}, BaseDir: t.TempDir(),
		Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no server answers") }}
	c, err := k.New(settings, deps)
	if err != nil {
		t.Fatal(err)
	}
	for range c.Collect(t.Context(), "") {
	}
	if called, ok := c.(collectors.Receiver); ok {
		called.Announce(t.Context())
	}
	var named []string
	if v, ok := settings.(collectors.Visitor); ok {
		for _, address := range v.Servers() {
			u, err := url.Parse(address)
			if err != nil || u.Host == "" {
				t.Fatalf("Servers gives %q, which is no address", address)
			}
			named = append(named, guesthttp.HostName(u))
		}
	}
	if len(web.asked) == 0 && len(named) > 0 {
		t.Errorf("Servers gives %q, and none is visited", named)
	}
	for _, host := range web.asked {
		if !slices.Contains(named, host) {
			t.Errorf("it visits %s, which Servers of its settings does not name", host)
		}
	}
}

// testKind reads the kind's sample as the configuration does, and compares its README with its settings.
func testKind(t *testing.T, k collectors.Kind) {
	text, err := os.ReadFile(filepath.Join("..", k.Name, "sample.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var sources []map[string]any
	if err := yaml.Unmarshal(text, &sources); err != nil || len(sources) == 0 {
		t.Fatalf("sample.yaml: %d sources, %v", len(sources), err)
	}
	for i, source := range sources {
		block, err := yaml.Marshal(source[k.Name])
		if err != nil {
			t.Fatal(err)
		}
		settings := k.Settings()
		if err := yaml.UnmarshalWithOptions(block, settings, yaml.Strict()); err != nil {
			t.Fatalf("sample %d: %v", i+1, err)
		}
		if v, ok := settings.(collectors.Validator); !ok || len(v.Validate()) > 0 {
			t.Errorf("sample %d is not valid: %v", i+1, settings)
		}
		if _, err := k.New(settings, collectors.Deps{Hashtags: []string{"IGF2018"}}); err != nil {
			t.Errorf("sample %d: %v", i+1, err)
		}
		testServers(t, k, settings)
	}
	readme, err := os.ReadFile(filepath.Join("..", k.Name, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if k.Readme != string(readme) || k.Sample != string(text) {
		t.Error("the kind does not carry the README.md and the sample.yaml of its folder")
	}
	if first, _, _ := strings.Cut(k.Readme, "\n"); !strings.HasPrefix(first, "# "+k.Name+": ") {
		t.Errorf("README.md begins with %q, want %q and what the kind is", first, "# "+k.Name+": ")
	}
	testQuestions(t, k, sources)
	fields := reflect.TypeOf(k.Settings()).Elem()
	for i := range fields.NumField() {
		key := fields.Field(i).Tag.Get("yaml")
		if key == "" || !strings.Contains(string(readme), "| `"+key+"` |") {
			t.Errorf("README.md has no row for the setting %q", key)
		}
	}
	if v := k.Settings().(collectors.Validator); len(v.Validate()) == 0 {
		t.Error("settings without a value are valid")
	}
	if _, err := k.New(nil, collectors.Deps{}); err == nil {
		t.Error("New takes settings of another kind")
	}
}
