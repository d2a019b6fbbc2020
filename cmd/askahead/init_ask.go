package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"askahead/config"
	"askahead/config/starter"
)

// dialogue gathers the answers: from flags, from a person at a terminal, or from defaults. Whether an answer is
// right is asked of the loader, with the file as it would be: so it is told in the words that `check` uses.
type dialogue struct {
	app    *app
	flags  initFlags
	given  func(flag string) bool
	loader config.Loader
	dir    string // of the configuration
	lines  *lines

	answers starter.Answers
	last    map[string]string // what was answered, by flag or setting: the default when it is asked again
	secrets map[string]string // what was typed, by the file that it is for
	again   bool              // a question is asked again: flags no longer answer it
	ended   bool              // the input has ended

	missing   []string // flags that have to be given
	defaulted []string // flags whose default --yes would take
}

// question is one line on the screen.
type question struct {
	number   int    // 1 to 6; 0 goes with the one before
	text     string // "Your mail address?"
	hint     string // an example, or what may be answered
	standard string // the answer of who only presses Enter
	shown    string // the same for people; standard if empty
	optional bool   // Enter leaves it out

	flag  string // "--contact"
	value string // of the flag, if it was given
	given bool
	set   func(answer string) error
	about []string // paths of the configuration that the answer fills
}

// ask gets one answer and keeps it, once it is right.
func (d *dialogue) ask(ctx context.Context, q question) error {
	if last, ok := d.last[q.flag]; ok {
		q.standard, q.shown = last, ""
	}
	switch {
	case q.given && !d.again:
		if err := d.take(q, q.value); err != nil {
			return usagef("%s: %s", q.flag, err)
		}
		return nil
	case d.interactive():
		return d.askPerson(ctx, q)
	case q.standard == "" && !q.optional:
		d.missing = append(d.missing, q.flag)
		return nil
	case !d.flags.yes:
		d.defaulted = append(d.defaulted, q.flag)
	}
	if err := d.take(q, q.standard); err != nil {
		return usagef("%s, which is %q where nothing else is said: %s", q.flag, q.standard, err)
	}
	return nil
}

// interactive says that there is somebody to ask. With --yes, only what has no default is asked.
func (d *dialogue) interactive() bool { return d.app.interactive && !d.ended }

func (d *dialogue) askPerson(ctx context.Context, q question) error {
	if d.flags.yes && !d.again && (q.standard != "" || q.optional) {
		if err := d.take(q, q.standard); err == nil {
			return nil
		}
	}
	for {
		d.prompt(q)
		answer, err := d.lines.next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			fmt.Fprintln(d.app.err)
			d.ended = true
			return d.ask(ctx, q)
		case err != nil:
			return err
		}
		switch answer = strings.TrimSpace(answer); {
		case q.optional && strings.EqualFold(answer, "none"):
			answer = ""
		case answer == "":
			answer = q.standard
		}
		if answer == "" && !q.optional {
			d.say("This one needs an answer.")
			continue
		}
		if err := d.take(q, answer); err != nil {
			d.say(err.Error())
			continue
		}
		return nil
	}
}

// prompt writes the question, with its example and its default, on one line.
func (d *dialogue) prompt(q question) {
	var b strings.Builder
	if q.number > 0 {
		fmt.Fprintf(&b, "\n%d/6 ", q.number)
	} else {
		b.WriteString("    ")
	}
	b.WriteString(q.text)
	if q.hint != "" {
		b.WriteString("  " + q.hint)
	}
	shown := q.shown
	if shown == "" {
		shown = q.standard
	}
	if shown == "" && q.optional {
		shown = "none"
	}
	if shown != "" {
		b.WriteString("  [" + shown + "]")
	}
	fmt.Fprint(d.app.err, printable(b.String())+": ")
}

// withoutSubject is how the loader begins to speak of a value: it stands behind its key there.
var withoutSubject = regexp.MustCompile(`^(?:is|has|holds|names|begins|ends)\b`)

// say tells the person something below a question, as a sentence.
func (d *dialogue) say(text string) {
	if withoutSubject.MatchString(text) {
		text = "that " + text
	}
	first, size := utf8.DecodeRuneInString(text)
	fmt.Fprintln(d.app.err, "    "+printable(string(unicode.ToUpper(first))+text[size:]))
}

// take keeps an answer, and says what is wrong with it. A warning about it is told, and no more.
func (d *dialogue) take(q question, answer string) error {
	if !utf8.ValidString(answer) || strings.ContainsFunc(answer, unicode.IsControl) {
		return errors.New("holds a line break, or a key that writes no letter; write it again")
	}
	if err := q.set(answer); err != nil {
		return err
	}
	problems, warnings := d.tried()
	if p, bad := d.first(problems, q); bad {
		return errors.New(p.Text)
	}
	if w, odd := d.first(warnings, q); odd && d.interactive() {
		d.say("Note: " + w.Text)
	}
	if answer != "" {
		d.last[q.flag] = answer
	}
	return nil
}

// first finds a problem of what a question is about.
func (d *dialogue) first(problems []config.Problem, q question) (config.Problem, bool) {
	i := slices.IndexFunc(problems, func(p config.Problem) bool {
		return slices.ContainsFunc(q.about, func(path string) bool {
			rest, ok := strings.CutPrefix(p.Path, path)
			return ok && (rest == "" || rest[0] == '[' || rest[0] == '.')
		})
	})
	if i < 0 {
		return config.Problem{}, false
	}
	return problems[i], true
}

// tried gives what the loader says of the file so far.
func (d *dialogue) tried() (problems, warnings []config.Problem) {
	text, err := d.answers.YAML(d.loader.Kinds)
	if err != nil {
		return []config.Problem{{Text: err.Error()}}, nil
	}
	cfg, err := d.loader.Try(d.app.configPath, text)
	var all *config.Problems
	if errors.As(err, &all) {
		return all.List, nil
	}
	return nil, cfg.Warnings
}
