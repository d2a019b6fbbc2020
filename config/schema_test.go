package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"askahead/collectors/builtin"
	"askahead/config"
	"askahead/docs"
)

// compiled gives the schema as a validator of JSON Schema reads it; that checks it against the schema of schemas.
func compiled(t testing.TB, l config.Loader, included bool) *jsonschema.Schema {
	t.Helper()
	raw, err := l.Schema(included)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("askahead.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := compiler.Compile("askahead.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON reads YAML as an editor does. ok is false if it is no YAML, which an editor says without a schema.
func asJSON(raw []byte) (value any, ok bool) {
	var all any
	if yaml.Unmarshal(raw, &all) != nil {
		return nil, false
	}
	text, err := json.Marshal(all)
	if err != nil {
		return nil, false
	}
	value, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	return value, err == nil
}

func TestSchemaTakesWhatLoadTakes(t *testing.T) {
	root, included := compiled(t, loader(), false), compiled(t, loader(), true)
	for name, dir := range goodFolders(t) {
		t.Run(name, func(t *testing.T) {
			main := loadDir(t, dir)
			files := map[string]*jsonschema.Schema{filepath.Join(dir, "askahead.yaml"): root}
			for _, pattern := range main.Include {
				found, err := filepath.Glob(filepath.Join(dir, pattern))
				if err != nil {
					t.Fatal(err)
				}
				for _, file := range found {
					files[file] = included
				}
			}
			files[filepath.Join(dir, "shown.yaml")] = root
			if err := os.WriteFile(filepath.Join(dir, "shown.yaml"), main.YAML(), 0o600); err != nil {
				t.Fatal(err)
			}
			for file, s := range files {
				value, ok := asJSON([]byte(read(t, file)))
				if !ok {
					t.Fatalf("%s is not YAML", file)
				}
				if err := s.Validate(value); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		})
	}
}

func TestSchemaOfTheBuiltinKinds(t *testing.T) {
	l := loader()
	l.Kinds = builtin.Kinds()
	s := compiled(t, l, false)
	files, err := filepath.Glob("examples/*.yaml")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		value, _ := asJSON([]byte(read(t, file)))
		if err := s.Validate(value); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, kind := range l.Kinds {
		t.Run("the sample of "+kind.Name, func(t *testing.T) {
			body := "sessions:\n  - id: a\n    title: A\n    sources:\n" + indented(kind.Sample)
			value, ok := asJSON([]byte(body))
			if err := s.Validate(value); err != nil || !ok {
				t.Errorf("%v\n%s", err, body)
			}
		})
	}
	t.Run("defaults are those that are documented", func(t *testing.T) {
		raw, err := l.Schema(false)
		if err != nil {
			t.Fatal(err)
		}
		var root map[string]any
		if err := json.Unmarshal(raw, &root); err != nil {
			t.Fatal(err)
		}
		defs := root["$defs"].(map[string]any)
		compared := 0
		for _, row := range docs.Rows(docs.Configuration) {
			if want := row["default"]; strings.HasPrefix(want, "`") && strings.HasSuffix(want, "`") && strings.Count(want, "`") == 2 {
				at, path := root, row["key"]
				if below, ok := strings.CutPrefix(path, "sources[]."); ok {
					at, path = defs["source"].(map[string]any), below
				}
				compared += sameDefault(t, schemaAt(defs, at, path), row["key"], want)
			}
		}
		for _, kind := range l.Kinds {
			for _, row := range docs.Rows(kind.Readme) {
				if want := row["default"]; strings.HasPrefix(want, "`") && strings.HasSuffix(want, "`") && row["default"] != "`[INBOX]`" && row["default"] != "`[\".\"]`" {
					at := defs["settings-of-"+kind.Name].(map[string]any)
					compared += sameDefault(t, schemaAt(defs, at, row["key"]), kind.Name+"."+row["key"], want)
				}
			}
		}
		if compared < 20 {
			t.Errorf("%d defaults were compared", compared)
		}
	})
	t.Run("every key is described", func(t *testing.T) {
		raw, err := l.Schema(false)
		if err != nil {
			t.Fatal(err)
		}
		var root map[string]any
		if err := json.Unmarshal(raw, &root); err != nil {
			t.Fatal(err)
		}
		if n := undescribed(t, root, ""); n < 100 {
			t.Errorf("%d keys in all", n)
		}
	})
}

// schemaAt follows a path such as sessions[].title, from a schema on.
func schemaAt(defs, at map[string]any, path string) map[string]any {
	for step := range strings.SplitSeq(path, ".") {
		name, isList := strings.CutSuffix(step, "[]")
		at, _ = at["properties"].(map[string]any)[name].(map[string]any)
		if isList {
			at, _ = at["items"].(map[string]any)
		}
		if ref, _ := at["$ref"].(string); ref != "" {
			if target, _ := defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any); target["properties"] != nil {
				at = target
			}
		}
	}
	return at
}

func sameDefault(t *testing.T, s map[string]any, path, documented string) int {
	t.Helper()
	text := strings.ReplaceAll(strings.Trim(documented, "`"), "[html, txt]", "[html txt]")
	if got := fmt.Sprint(s["default"]); got != text {
		t.Errorf("the default of %s is %s, and documented as %s", path, got, text)
	}
	return 1
}

// undescribed reports keys without a description, but those of a rule, and counts all keys.
func undescribed(t *testing.T, at map[string]any, path string) (n int) {
	for name, value := range at {
		switch value := value.(type) {
		case map[string]any:
			if name == "properties" {
				for key, one := range value {
					n++
					rule := strings.HasSuffix(path, "/when") || strings.HasSuffix(path, "/tag") || strings.HasSuffix(path, "included")
					if one, _ := one.(map[string]any); one["description"] == nil && !rule {
						t.Errorf("%s/%s has no description", path, key)
					}
				}
			}
			n += undescribed(t, value, strings.TrimSuffix(path+"/"+name, "/properties"))
		}
	}
	return n
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("      " + line)
	}
	return b.String()
}

// unseen are the bad cases that are well-formed as far as a schema can say, with what it cannot know.
func unseen() map[string]string {
	return map[string]string{
		"control-characters":          "it sees the text that YAML makes of a line, not the bytes",
		"date-that-never-comes":       "31 February is well-formed",
		"key-file":                    "it opens no file",
		"key-folder":                  "it opens no file",
		"key-of-equal-bytes":          "it opens no file",
		"key-twice":                   "it opens no file",
		"names-that-are-used-twice":   "it does not compare names",
		"not-utf8":                    "it sees the text that YAML makes of a line, not the bytes",
		"several-documents":           "editors check each document of a file",
		"smtp-with-user-in-url":       "of an address it sees how it begins",
		"two-audiences-in-one-folder": "it does not compare folders",
		"validate":                    "what a kind checks itself, it does not know",
	}
}

// TestSchemaRefusesWhatLoadRefuses counts the bad cases that an editor marks: as no YAML, or by the schema.
func TestSchemaRefusesWhatLoadRefuses(t *testing.T) {
	root, included := compiled(t, loader(), false), compiled(t, loader(), true)
	cases, err := filepath.Glob("testcases/*/want.txt")
	if err != nil {
		t.Fatal(err)
	}
	bad, noYAML, refused := 0, 0, 0
	var missed []string
	for _, want := range cases {
		folder := filepath.Dir(want)
		raw, err := os.ReadFile(filepath.Join(folder, "askahead.yaml"))
		if strings.HasPrefix(read(t, want), "loaded ") || err != nil {
			continue // good, or no file at all
		}
		bad++
		value, ok := asJSON(raw)
		saw := ok && root.Validate(value) != nil
		more, err := filepath.Glob(filepath.Join(folder, "sessions", "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range more {
			if value, ok := asJSON([]byte(read(t, file))); ok && included.Validate(value) != nil {
				saw = true
			}
		}
		switch {
		case !ok:
			noYAML++
		case saw:
			refused++
		default:
			missed = append(missed, filepath.Base(folder))
		}
	}
	t.Logf("of %d bad files the schema refuses %d, %d are no YAML, %d look right to it", bad, refused, noYAML, len(missed))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(unseen())), missed); diff != "" {
		t.Errorf("cases that the schema does not see (-expected +got):\n%s", diff)
	}
}

// TestSchemaRefusesNothingThatLoadTakes puts texts into places: an editor must not mark what is right.
func TestSchemaRefusesNothingThatLoadTakes(t *testing.T) {
	s := compiled(t, loader(), false)
	places := []struct{ around, texts, right string }{
		{"contact: %s", `(mailto|MAILTO|https|HTTPS|http):(//)?[a-z@.]{1,8}`, `mailto:a@b.example`},
		{"store: %s", `(sqlite|postgres|postgresql|POSTGRES|mysql):(//)?[a-z@./?=]{0,9}`, `POSTGRES://db/x`},
		{"key: %s", `(env|file|x):[A-Za-z0-9_./ -]{0,6}`, `env:X`},
		{"public_url: %s", `(https|HTTP)://[a-z.:0-9/]{1,8}`, `HTTP://a`},
		{"retention: %s", `([0-9]{1,3}[wdhms ]?){1,4}`, `2w`},
		{"run: {listen: %s}", `(localhost|127.0.0.[0-9]|127.1|\[::1\]|\[::ffff:127.0.0.1\]|0.0.0.0|::1)(:[0-9]{1,5})?`, `"[::1]:1"`},
		{"run: {sweep: %s}", `(off|@[a-z]{1,8}|[0-9*?/,-]{1,4} [0-9*]{1,2} [0-9*?]{1,2} [0-9a-zA-Z*]{1,3} [0-7*A-Z-]{1,7})`, `"@every 90m"`},
		{"run: {jitter: %s}", `([0-9]{1,2}[mhs]){0,3}`, `10m`},
		{"smtp: {from: a@b.example, server: %s}", `(smtps?|SMTP)://[a-z.:0-9@/]{1,8}`, `smtp://a:1`},
		{"smtp: {server: \"smtp://a.example\", from: %s}", `([A-Za-z]{1,3} )?<?[a-z". ]{1,2}@[a-z]{1,2}\.?[a-z]{1,2}>?`, `Abc <a@b.c>`},
		{"sessions: [{id: b, title: B, starts: %s}]", `20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(Z|[+-]0[0-9]:[0-9]0)?`, `2030-01-01 9:30`},
		{"sessions: [{id: b, title: B, timezone: %s}]", `(UTC|GMT[+-]?[0-9]|Etc/GMT[+-][0-9]{1,2}|Europe/[A-Z][a-z]{3,5}|EST5EDT|America/Port-au-Prince|America/[A-Z][a-z]{3}_York|Local)`, `America/New_York`},
		{"sessions: [{title: B, id: %s}]", `[a-zA-Z0-9._-]{1,5}`, `a_b`},
		{"sessions: [{id: b, title: %s}]", `[a-z0-9 .]{1,5}`, `0815`},
		{"sessions: [{id: b, title: B, hashtags: %s}]", `[#a-zé0-9 ,;@_-]{1,4}`, `"#a"`},
		{"sessions: [{id: b, title: B, sources: [{name: c, mbox: {path: a}, tlp: %s}]}]", `( ?tlp:|TLP:)?(white|Clear|GREEN|amber|Amber\+Strict|red|gren)`, `TLP:White`},
		{"sessions: [{id: b, title: B, sources: [{name: c, mbox: {path: a}, silence: %s}]}]", `(off|[0-9]{1,2}[dh]|never)`, `off`},
		{"sessions: [{id: b, title: B, sources: [{name: c, mbox: {path: a}, take: {address: %s}}]}]", `(@|[a-z] )?<?[a-z.@]{1,7}>?`, `"@a.b"`},
		{"sessions: [{id: b, title: B, rules: [{when: {name: %s}, tag: {community: technical}}]}]", `[a-z0-9]{1,3}`, `7`},
		{"sessions: [{id: b, title: B, rules: [{when: {%s: x}, tag: {community: technical}}]}]", `(source|kind|list|domain|role|name|nobody)`, `role`},
		{"sessions: [{id: b, title: B, measures: {floor: %s}}]", `[0-9]{1,4}`, `9`},
		{"sessions: [{id: b, title: B, measures: {z: %s}}]", `[0-9](\.[0-9])?`, `1.5`},
	}
	for _, place := range places {
		t.Run(place.around, func(t *testing.T) {
			fill := func(text string) (body string, loads bool, refused error) {
				body = strings.Replace(place.around, "%s", text, 1) + "\n"
				if !strings.Contains(body, "sessions:") {
					body += "sessions: [{id: b, title: B}]\n"
				}
				if _, err := loader().Try("askahead.yaml", []byte(body)); err != nil {
					return body, false, nil
				}
				value, ok := asJSON([]byte(body))
				if !ok {
					return body, true, errors.New("this is not YAML")
				}
				return body, true, s.Validate(value)
			}
			if body, loads, refused := fill(place.right); !loads || refused != nil {
				t.Fatalf("this is right, and Load takes it: %v, and the schema says %v\n%s", loads, refused, body)
			}
			rapid.Check(t, func(t *rapid.T) {
				text := rapid.StringMatching(place.texts).Draw(t, "text")
				if rapid.Bool().Draw(t, "quoted") {
					text = config.Quote(text)
				}
				if body, _, refused := fill(text); refused != nil {
					t.Fatalf("Load takes this and the schema does not:\n%s%v", body, refused)
				}
			})
		})
	}
}
