// Package starter writes the first configuration of an organiser from a few answers: commented, with everything
// that may come later as lines that only need their "#" taken away.
package starter

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/goccy/go-yaml"

	"askahead/collectors"
	"askahead/config"
	"askahead/docs"
)

// Answers is what only the organiser knows. A field that is empty is left out of the file, so that a file can be
// tried (config.Loader.Try) while there are answers to come.
type Answers struct {
	Contact   string // mailto:NAME@DOMAIN or https://…
	ID        string
	Title     string
	Starts    string // as it is to be written
	Timezone  string
	Retention string // as it is to be written; empty: the default
	Hashtags  []string
	Source    *Source
	SMTP      *SMTP
	Digest    *Digest
}

// Source is the first one. Settings are as people write them: a list with commas, yes or no, of a secret where
// it stands.
type Source struct {
	Kind     collectors.Kind
	Name     string
	TLP      string
	Settings map[string]string
}

// Scheduled says that the source is read by itself; a file that somebody exported is read when asked.
func (s *Source) Scheduled() bool { return samplesOf(s.Kind).schedule() != "" }

// SMTP is the server that mails the digest; who has no User sends without a login.
type SMTP struct{ Server, User, Password, From string }

// Digest is its first edition.
type Digest struct {
	Audience string
	To       []string
	Out      string
}

//go:embed askahead.yaml.tmpl
var text string

// YAML writes the file. kinds are those that a second source may be of.
func (a Answers) YAML(kinds []collectors.Kind) ([]byte, error) {
	page, err := template.New("askahead.yaml").Funcs(template.FuncMap{
		"alone": config.QuoteAlone, "list": list, "settings": settings, "unset": unset,
		"schedule": func(k collectors.Kind) string { return samplesOf(k).schedule() },
	}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read the template of a configuration: %w", err)
	}
	var examples []example
	for _, k := range kinds {
		examples = append(examples, example{Title: docs.Title(k.Readme), Lines: firstSource(k.Sample)})
	}
	var b strings.Builder
	if err := page.Execute(&b, struct {
		Answers
		Examples []example
	}{a, examples}); err != nil {
		return nil, fmt.Errorf("write a configuration: %w", err)
	}
	return []byte(b.String()), nil
}

// list writes texts as a list in brackets.
func list(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = config.Quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// line is a key with its value as YAML, and what it means.
type line struct{ Key, Value, Meaning string }

// settings are the lines of what was answered, in the order of the kind's settings.
func settings(s *Source) []line {
	var lines []line
	for _, setting := range config.Settings(s.Kind) {
		if answer, ok := s.Settings[setting.Key]; ok {
			lines = append(lines, line{Key: setting.Key, Value: valueOf(setting, answer)})
		}
	}
	return lines
}

// valueOf writes an answer as the type of its setting wants it. What is of another type is left to the loader
// to refuse.
func valueOf(setting config.Setting, answer string) string {
	switch {
	case setting.List:
		return list(Split(answer))
	case setting.Bool:
		switch strings.ToLower(answer) {
		case "yes", "y", "true":
			return "true"
		case "no", "n", "false":
			return "false"
		}
	case setting.Number && strings.Trim(answer, "0123456789.-") == "" && answer != "":
		return answer
	}
	return config.QuoteAlone(answer)
}

// Split takes a list apart that a person wrote, at its commas.
func Split(answer string) []string {
	var list []string
	for one := range strings.SplitSeq(answer, ",") {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	return list
}

// unset are the settings that were not asked for and have a default, or an example in the kind's sample.
func unset(s *Source) []line {
	var lines []line
	samples := samplesOf(s.Kind)
	for _, setting := range config.Settings(s.Kind) {
		value := setting.Default
		if value == "" {
			value = samples.setting(setting.Key)
		}
		asked := slices.ContainsFunc(s.Kind.Ask, func(q collectors.Question) bool { return q.Key == setting.Key })
		if _, answered := s.Settings[setting.Key]; answered || asked || value == "" {
			continue
		}
		lines = append(lines, line{setting.Key, value, setting.Meaning})
	}
	return lines
}

// example is a source of some kind, as it stands in the kind's sample.
type example struct {
	Title string
	Lines []string
}

// firstSource gives the lines of the first source of a sample.
func firstSource(sample string) []string {
	var lines []string
	for one := range strings.Lines(sample) {
		one = strings.TrimRight(one, "\n")
		if strings.HasPrefix(one, "- ") && len(lines) > 0 {
			break
		}
		if len(lines) > 0 || strings.HasPrefix(one, "- ") {
			lines = append(lines, one)
		}
	}
	return lines
}

// samples are the sources of a kind's sample, as maps.
type samples struct {
	kind string
	all  []map[string]any
}

func samplesOf(k collectors.Kind) samples {
	s := samples{kind: k.Name}
	if err := yaml.Unmarshal([]byte(k.Sample), &s.all); err != nil {
		return samples{kind: k.Name} // the test of builtin reads every sample
	}
	return s
}

// schedule is that of the first source; empty for what is read only when asked.
func (s samples) schedule() string {
	if len(s.all) == 0 {
		return ""
	}
	text, _ := s.all[0]["schedule"].(string)
	return text
}

// setting is a key's value in the first source that has it, as YAML.
func (s samples) setting(key string) string {
	for _, source := range s.all {
		if block, ok := source[s.kind].(map[string]any); ok {
			if value, ok := block[key]; ok {
				return written(value)
			}
		}
	}
	return ""
}

func written(value any) string {
	if text, ok := value.(string); ok {
		return config.QuoteAlone(text)
	}
	return inLine(value)
}

// inLine writes a value that may stand within brackets.
func inLine(value any) string {
	switch v := value.(type) {
	case string:
		return config.Quote(v)
	case []any:
		texts := make([]string, len(v))
		for i, one := range v {
			texts[i] = inLine(one)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case map[string]any:
		var texts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			texts = append(texts, key+": "+inLine(v[key]))
		}
		return "{" + strings.Join(texts, ", ") + "}"
	}
	return fmt.Sprint(value)
}

// Example is an answer that would do for a setting, as a person writes it.
func Example(k collectors.Kind, key string) string {
	value := samplesOf(k).setting(key)
	return strings.NewReplacer("[", "", "]", "", `"`, "").Replace(value)
}
