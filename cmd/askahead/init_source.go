package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"askahead/collectors"
	"askahead/config"
	"askahead/config/starter"
	"askahead/docs"
)

const aboutSource = "sessions[0].sources[0]"

// askSource asks for the kind, and then what that kind asks for.
func (d *dialogue) askSource(ctx context.Context) error {
	if err := d.askKind(ctx); err != nil || d.answers.Source == nil {
		return err
	}
	src := d.answers.Source
	if d.given("source-name") {
		if err := d.ask(ctx, question{flag: "--source-name", value: d.flags.name, standard: d.flags.name, given: !d.again,
			about: []string{aboutSource + ".name"}, set: func(answer string) error { src.Name = answer; return nil }}); err != nil {
			return err
		}
	}
	given, err := d.setFlags()
	if err != nil {
		return err
	}
	for _, s := range config.Settings(src.Kind) {
		value, ok := given[s.Key]
		if !ok || slices.ContainsFunc(src.Kind.Ask, func(q collectors.Question) bool { return q.Key == s.Key }) {
			continue
		}
		if err := d.ask(ctx, d.setting(collectors.Question{Key: s.Key, Default: value}, s, value, true)); err != nil {
			return err
		}
	}
	for _, q := range src.Kind.Ask {
		if err := d.askSetting(ctx, q, given); err != nil {
			return err
		}
	}
	if err := d.askLabel(ctx); err != nil {
		return err
	}
	return d.needsHashtags(ctx)
}

func (d *dialogue) askKind(ctx context.Context) error {
	if d.interactive() && (d.again || !d.given("source")) {
		fmt.Fprintf(d.app.err, "\n5/6 Where do people ask? One place is enough to begin with.\n")
		for i, k := range d.loader.Kinds {
			fmt.Fprintf(d.app.err, "    %2d  %-14s %s\n", i+1, k.Name, docs.Title(k.Readme))
		}
	}
	return d.ask(ctx, question{
		text: "Its number or name?", hint: "e.g. " + d.loader.Kinds[len(d.loader.Kinds)-1].Name,
		flag: "--source", value: d.flags.source, given: d.given("source"),
		set: func(answer string) error {
			i, err := d.kindNamed(answer)
			if err != nil {
				return err
			}
			if kind := d.loader.Kinds[i]; d.answers.Source == nil || d.answers.Source.Kind.Name != kind.Name {
				d.answers.Source = &starter.Source{Kind: kind, Name: kind.Name, Settings: map[string]string{}}
				for flag := range d.last {
					if strings.HasPrefix(flag, "--set ") {
						delete(d.last, flag)
					}
				}
			}
			return nil
		},
	})
}

// askSetting asks one question of a kind.
func (d *dialogue) askSetting(ctx context.Context, q collectors.Question, given map[string]string) error {
	src := d.answers.Source
	if answer := strings.ToLower(src.Settings[q.Unless]); q.Unless != "" && (answer == "yes" || answer == "y" || answer == "true") {
		delete(src.Settings, q.Key)
		return nil
	}
	i := slices.IndexFunc(config.Settings(src.Kind), func(s config.Setting) bool { return s.Key == q.Key })
	if i < 0 {
		return fmt.Errorf("the kind %s asks for %s, which is none of its settings", src.Kind.Name, q.Key)
	}
	setting := config.Settings(src.Kind)[i]
	value, ok := given[q.Key]
	asked := d.setting(q, setting, value, ok)
	if setting.Secret {
		return d.askSecret(ctx, q.Text, src.Kind.Name+"."+q.Key, asked)
	}
	return d.ask(ctx, asked)
}

// setting is the question for one setting. What another question may make up for is checked with that one.
func (d *dialogue) setting(q collectors.Question, s config.Setting, value string, given bool) question {
	src := d.answers.Source
	at := func(key string) string { return aboutSource + "." + src.Kind.Name + "." + key }
	about := []string{at(q.Key)}
	if slices.ContainsFunc(src.Kind.Ask, func(other collectors.Question) bool { return other.Unless == q.Key }) {
		about = nil
	}
	if q.Unless != "" {
		about = append(about, at(q.Unless))
	}
	hint := ""
	if example := starter.Example(src.Kind, q.Key); !s.Bool && example != "" {
		hint = "e.g. " + example
	}
	return question{
		text: q.Text, hint: hint, standard: q.Default, flag: "--set " + q.Key + "=…", value: value, given: given, about: about,
		set: func(answer string) error { src.Settings[q.Key] = answer; return nil },
	}
}

// askSecret never lets a secret into the file: what is typed goes into a file of its own.
func (d *dialogue) askSecret(ctx context.Context, text, file string, q question) error {
	q.standard = "file:" + file
	if q.given && !d.again || !d.interactive() {
		return d.ask(ctx, q)
	}
	if last, ok := d.last[q.flag]; ok {
		q.standard = last
	}
	if err := d.take(q, q.standard); err != nil {
		return err
	}
	file, isFile := strings.CutPrefix(q.standard, "file:")
	switch {
	case !isFile || d.flags.yes && !d.again:
		return nil
	case d.exists(file):
		d.say("Its password stands in " + file + " already.")
		return nil
	}
	fmt.Fprintf(d.app.err, "    %s  It is not shown, and goes into %s.  [later]: ", text, file)
	secret, err := d.app.hidden(ctx)
	fmt.Fprintln(d.app.err)
	switch {
	case errors.Is(err, io.EOF):
		d.ended = true
	case err != nil:
		return err
	case secret != "":
		d.secrets[file] = secret
	}
	return nil
}

// askLabel asks what an unlabelled item counts as; of what is public already, that is known.
func (d *dialogue) askLabel(ctx context.Context) error {
	src := d.answers.Source
	if src.Kind.PublicOnly && !d.given("tlp") {
		return nil
	}
	if d.interactive() && (d.again || !d.given("tlp") && !d.flags.yes) {
		d.say("People may label what they write (TLP). What has no label needs a level, or it is in no digest.")
	}
	return d.ask(ctx, question{
		text: "Who may read it? clear: anyone; green: the communities that take part; amber: the panelists' organisations.", standard: "green",
		flag: "--tlp", value: d.flags.tlp, given: d.given("tlp"), about: []string{aboutSource + ".tlp"},
		set: func(answer string) error { src.TLP = answer; return nil },
	})
}

// needsHashtags asks for them again where the source reads nothing without.
func (d *dialogue) needsHashtags(ctx context.Context) error {
	for {
		text, err := d.answers.YAML(d.loader.Kinds)
		if err != nil {
			return err
		}
		cfg, err := d.loader.Try(d.app.configPath, text)
		if err != nil {
			return nil // there are answers to come
		}
		src := cfg.Sessions[0].Sources[0]
		_, err = src.Kind.New(src.Settings, collectors.Deps{Hashtags: cfg.Sessions[0].Hashtags})
		switch {
		case err == nil:
			return nil
		case !strings.HasPrefix(err.Error(), "hashtags:"):
			return err
		case !d.interactive():
			d.missing = append(d.missing, "--hashtag")
			return nil
		}
		d.say("A source of the kind " + src.Kind.Name + " needs a hashtag to look for.")
		if err := d.hashtags(ctx, false); err != nil {
			return err
		}
	}
}
