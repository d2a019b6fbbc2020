package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"askahead/config"
)

// run asks, shows, and writes.
func (d *dialogue) run(ctx context.Context) error {
	if d.interactive() && !d.flags.yes {
		fmt.Fprintf(d.app.err, "Six questions, and %s is written. Enter takes what stands in [brackets]; Ctrl-C leaves, and writes nothing.\n", d.app.configPath)
	}
	steps := d.steps()
	for _, ask := range steps {
		if err := ask(ctx); err != nil {
			return d.leaving(ctx, err)
		}
	}
	if err := d.lacking(); err != nil {
		return err
	}
	for {
		text, err := d.whole()
		if err != nil {
			return err
		}
		d.summary()
		number, err := d.confirm(ctx, len(steps))
		if err != nil {
			return d.leaving(ctx, err)
		}
		if number == 0 {
			made, err := d.write(text)
			if err != nil {
				return err
			}
			return d.farewell(made)
		}
		d.again = true
		if err := steps[number-1](ctx); err != nil {
			return d.leaving(ctx, err)
		}
		if err := d.needsHashtags(ctx); err != nil {
			return d.leaving(ctx, err)
		}
	}
}

// leaving is the error of somebody who stops; nothing has been written then.
func (d *dialogue) leaving(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		if d.interactive() {
			fmt.Fprintln(d.app.err) // the cursor stands behind a question
		}
		return errors.New("stopped; nothing was written")
	}
	return err
}

// lacking is the error of answers that nobody gave.
func (d *dialogue) lacking() error {
	missing := slices.Compact(slices.Clone(d.missing))
	hint := "askahead init --help explains each flag"
	if len(d.defaulted) > 0 {
		hint = "--yes takes the defaults of the others: " + strings.Join(d.defaulted, ", ")
	}
	switch {
	case d.ended && len(missing)+len(d.defaulted) > 0:
		return withHint(usagef("the input ended, and nothing was written; there was no answer yet to %s", strings.Join(append(missing, d.defaulted...), ", ")),
			"each can be given as a flag; askahead init --help explains them")
	case len(missing) > 0:
		return withHint(usagef("nobody can be asked here, for the input is no terminal; these flags are missing: %s", strings.Join(missing, ", ")), "%s", hint)
	case len(d.defaulted) > 0:
		return withHint(usagef("nobody can be asked here, for the input is no terminal; add --yes"), "%s", hint)
	}
	return nil
}

// whole gives the file, once the loader takes it. What depends on other answers follows them.
func (d *dialogue) whole() ([]byte, error) {
	d.answers.Digest.Audience = d.audience()
	if from := d.sender(); d.answers.SMTP != nil && from != "" {
		d.answers.SMTP.From = from
	}
	d.answers.Retention = ""
	text, cfg, err := d.together()
	if err != nil {
		return nil, err
	}
	if d.answers.Retention = retentionFor(cfg, d.app.now()); d.answers.Retention != "" {
		if text, cfg, err = d.together(); err != nil {
			return nil, err
		}
	}
	for _, w := range cfg.Warnings {
		d.note(w)
	}
	return text, nil
}

// together gives the file with what the loader makes of it.
func (d *dialogue) together() ([]byte, *config.Config, error) {
	text, err := d.answers.YAML(d.loader.Kinds)
	if err != nil {
		return nil, nil, err
	}
	cfg, err := d.loader.Try(d.app.configPath, text)
	if err != nil {
		err = fmt.Errorf("these answers do not go together: %w", err)
	}
	return text, cfg, err
}

// retentionFor keeps what is asked from now on until a week after the session has begun, where the default would
// not; it is empty where the default does, or where the session begins in another age.
func retentionFor(cfg *config.Config, now time.Time) string {
	const day = 24 * time.Hour
	long := cfg.Sessions[0].Starts.Sub(now) + 7*day
	if long <= config.DefaultRetention || long > 5*365*day {
		return ""
	}
	return fmt.Sprintf("%dd", (long+day-1)/day)
}

// note prints a warning without its place, for there is no file yet. Of a single answer, a person was told when
// it was given.
func (d *dialogue) note(w config.Problem) {
	if d.app.quiet || d.interactive() && w.Where != "" {
		return
	}
	where := ""
	if w.Where != "" {
		where = w.Where + ": "
	}
	fmt.Fprintf(d.app.err, "askahead: warning: %s%s\n", where, w.Text)
}

// summary shows each answer with the number of its question.
func (d *dialogue) summary() {
	if d.app.quiet && !d.interactive() {
		return
	}
	a := d.answers
	starts := a.Starts
	if starts == "" {
		starts = "not known yet"
	}
	hashtags := strings.Join(a.Hashtags, ", ")
	if hashtags == "" {
		hashtags = "none"
	}
	var settings []string
	for _, s := range config.Settings(a.Source.Kind) {
		if value, ok := a.Source.Settings[s.Key]; ok {
			settings = append(settings, s.Key+" "+value)
		}
	}
	label := a.Source.TLP
	if a.Source.Kind.PublicOnly && label == "" {
		label = "clear"
	}
	goes := append(slices.Clone(a.Digest.To), a.Digest.Out)
	digest := strings.Join(slices.DeleteFunc(goes, func(s string) bool { return s == "" }), ", ")
	if a.SMTP != nil {
		digest += "; mailed through " + a.SMTP.Server + " from " + a.SMTP.From
	}
	for i, line := range []string{
		"contact   " + a.Contact,
		"session   " + a.Title + " (" + a.ID + ")",
		"starts    " + starts + ", " + a.Timezone,
		"hashtags  " + hashtags,
		"source    " + a.Source.Kind.Name + ": " + strings.Join(settings, ", ") + "; without a label: " + label,
		"digest    " + digest + "; for " + a.Digest.Audience,
	} {
		if i == 0 {
			fmt.Fprintln(d.app.err)
		}
		fmt.Fprintf(d.app.err, "  %d  %s\n", i+1, printable(line))
	}
}

// confirm gives 0 to write, or the number of a question to ask again.
func (d *dialogue) confirm(ctx context.Context, last int) (int, error) {
	for d.interactive() && !d.flags.yes {
		fmt.Fprintf(d.app.err, "\nWrite %s? Enter: yes. A number: ask that again. no: leave.  [yes]: ", d.app.configPath)
		answer, err := d.lines.next(ctx)
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(d.app.err)
			return 0, errors.New("the input ended; nothing was written")
		}
		if err != nil {
			return 0, err
		}
		answer = strings.ToLower(strings.TrimSpace(answer))
		switch {
		case answer == "" || answer == "y" || answer == "yes":
			return 0, nil
		case answer == "n" || answer == "no":
			return 0, errors.New("left as it was; nothing was written")
		case len(answer) == 1 && answer[0] >= '1' && int(answer[0]-'0') <= last:
			return int(answer[0] - '0'), nil
		}
		d.say(fmt.Sprintf("Press Enter, or type a number from 1 to %d, or no.", last))
	}
	return 0, nil
}

// secretFiles are the files that hold what nobody may see, as the configuration names them.
func (d *dialogue) secretFiles() []string {
	var files []string
	add := func(ref string) {
		if name, ok := strings.CutPrefix(ref, "file:"); ok && !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	for _, s := range config.Settings(d.answers.Source.Kind) {
		if s.Secret {
			add(d.answers.Source.Settings[s.Key])
		}
	}
	if d.answers.SMTP != nil {
		add(d.answers.SMTP.Password)
	}
	return files
}

// farewell says what was made, what is left to do, and which commands come next.
func (d *dialogue) farewell(made []string) error {
	var b strings.Builder
	b.WriteString("Wrote " + strings.Join(made, ", ") + ".\n")
	if slices.Contains(made, d.path(keyFile)) {
		fmt.Fprintf(&b, "Keep a copy of %s, away from the database: without it, the database can't be read.\n", d.path(keyFile))
	} else if !d.exists(keyFile) {
		fmt.Fprintf(&b, "There is a database here already, which needs its own key: put that back as %s.\n", d.path(keyFile))
	}
	for _, name := range d.secretFiles() {
		if !d.exists(name) {
			fmt.Fprintf(&b, "Put the password or token into %s, on one line, and make it yours alone: chmod 600 %s\n", d.path(name), d.path(name))
		}
	}
	with := ""
	if d.app.configPath != defaultConfig {
		with = " --config " + filepath.ToSlash(d.app.configPath)
	}
	b.WriteString("\nNext:\n")
	for _, next := range d.next() {
		fmt.Fprintf(&b, "  askahead %-*s # %s\n", len("collect"+with)+1, next[0]+with, next[1])
	}
	_, err := io.WriteString(d.app.out, b.String())
	return err
}

// next are the commands that come next, each with what it does. What has no schedule is not done by itself.
func (d *dialogue) next() [][2]string {
	check := [2]string{"check", "does everything work that this file names?"}
	collect := [2]string{"collect", "read what is there, once"}
	if !d.answers.Source.Scheduled() {
		return [][2]string{check, collect, {"digest", "make an edition of it"}}
	}
	return [][2]string{check, collect, {"run", "go on by itself"}, {"status", "how everything stands"}}
}
