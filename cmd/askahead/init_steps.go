package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"askahead/config"
	"askahead/config/starter"
)

// step is one of the six questions with what follows from its answer.
type step func(context.Context) error

func (d *dialogue) steps() []step {
	return []step{d.askContact, d.askTitle, d.askStart, d.askHashtags, d.askSource, d.askDigest}
}

const aboutSession, aboutEdition = "sessions[0]", "sessions[0].digest.editions[0]"

func (d *dialogue) askContact(ctx context.Context) error {
	return d.ask(ctx, question{
		number: 1, text: "What is your mail address? The servers that you read from see it.", hint: "e.g. organiser@example.org",
		flag: "--contact", value: d.flags.contact, given: d.given("contact"), about: []string{"contact"},
		set: func(answer string) error {
			if strings.Contains(answer, "@") && !strings.Contains(answer, ":") {
				answer = "mailto:" + answer
			}
			d.answers.Contact = answer
			return nil
		},
	})
}

func (d *dialogue) askTitle(ctx context.Context) error {
	err := d.ask(ctx, question{
		number: 2, text: "What is the session called?", hint: "e.g. Privacy and Security: aligned or conflicting goals?",
		flag: "--title", value: d.flags.title, given: d.given("title"), about: []string{aboutSession + ".title"},
		set: func(answer string) error {
			d.answers.Title, d.answers.ID = answer, starter.ID(answer)
			return nil
		},
	})
	if err != nil || d.answers.Title == "" {
		return err
	}
	const noLatin = "session"
	if !d.given("id") && d.answers.ID != noLatin {
		if d.interactive() {
			d.say("In links and files its name is " + d.answers.ID + " (--id NAME gives it another).")
		}
		return nil
	}
	return d.ask(ctx, question{
		text: "Its name in links and files?", hint: "lower-case letters, digits and -", standard: d.answers.ID,
		flag: "--id", value: d.flags.id, given: d.given("id"), about: []string{aboutSession + ".id"},
		set: func(answer string) error { d.answers.ID = answer; return nil },
	})
}

// askStart asks for two things that people say in one breath.
func (d *dialogue) askStart(ctx context.Context) error {
	zone := d.app.localZone()
	if d.given("timezone") {
		if zone = d.flags.timezone; !d.again {
			if err := d.ask(ctx, question{flag: "--timezone", value: zone, given: true, about: []string{aboutSession + ".timezone"},
				set: func(answer string) error { d.answers.Timezone = answer; return nil }}); err != nil {
				return err
			}
		}
	}
	return d.ask(ctx, question{
		number: 3, text: "When does it start, and in which time zone?", hint: "e.g. 2030-11-13 15:00 Europe/Paris",
		standard: zone, shown: "not known yet, " + zone,
		flag: "--starts", value: d.flags.starts, given: d.given("starts"), about: []string{aboutSession + ".starts", aboutSession + ".timezone"},
		set: func(answer string) error {
			d.answers.Starts, d.answers.Timezone = splitStart(answer, zone)
			return nil
		},
	})
}

// splitStart takes a time and a zone apart; either may be missing.
func splitStart(answer, zone string) (starts, timezone string) {
	words := strings.Fields(answer)
	if n := len(words); n > 0 {
		last := words[n-1]
		if isZone(last) || strings.Contains(last, "/") || n > 1 && unicode.IsLetter(rune(last[0])) {
			words, zone = words[:n-1], last
		}
	}
	return strings.Join(words, " "), zone
}

func (d *dialogue) askHashtags(ctx context.Context) error { return d.hashtags(ctx, true) }

func (d *dialogue) hashtags(ctx context.Context, optional bool) error {
	return d.ask(ctx, question{
		number: 4, text: "Under which hashtags do people ask?", hint: "e.g. IGF2018 WS164", optional: optional,
		flag: "--hashtag", value: strings.Join(d.flags.hashtags, " "), given: d.given("hashtag") && !d.again, about: []string{aboutSession + ".hashtags"},
		set: func(answer string) error {
			d.answers.Hashtags = strings.FieldsFunc(answer, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
			return nil
		},
	})
}

func (d *dialogue) askDigest(ctx context.Context) error {
	given := d.given("to") || d.given("out")
	err := d.ask(ctx, question{
		number: 6, text: "Who gets the digest? Mail addresses, or a folder to write it into.", hint: "e.g. panelist@example.org, moderator@example.org",
		standard: "editions/", flag: "--to", value: strings.Join(append(slices.Clone(d.flags.to), d.flags.out), ","), given: given,
		about: []string{aboutEdition + ".to", aboutEdition + ".out"},
		set: func(answer string) error {
			return d.deliver(starter.Split(answer))
		},
	})
	if err != nil || d.answers.Digest == nil {
		return err
	}
	if d.given("audience") {
		if err := d.ask(ctx, question{flag: "--audience", value: d.flags.audience, given: !d.again, standard: d.flags.audience,
			about: []string{aboutEdition + ".audience"}, set: func(answer string) error { d.answers.Digest.Audience = answer; return nil }}); err != nil {
			return err
		}
	}
	if d.answers.SMTP == nil {
		return nil
	}
	return d.askSMTP(ctx)
}

// deliver tells mail addresses from the folder among what was answered.
func (d *dialogue) deliver(to []string) error {
	digest := &starter.Digest{Audience: d.audience()}
	for _, one := range to {
		switch {
		case strings.Contains(one, "@"):
			digest.To = append(digest.To, one)
		case digest.Out != "":
			return fmt.Errorf("%q and %q are two folders; write one, and mail addresses", digest.Out, one)
		case len(to) > 1 && !strings.HasSuffix(one, "/") && !d.given("out"):
			return fmt.Errorf("%q is no mail address; if it is the folder, write %s/", one, one)
		default:
			digest.Out = one
		}
	}
	d.answers.Digest, d.answers.SMTP = digest, nil
	if len(digest.To) > 0 {
		d.answers.SMTP = &starter.SMTP{From: d.sender()}
	}
	return nil
}

// audience is that of what has no label, unless a flag says otherwise: then all of it is in the digest.
func (d *dialogue) audience() string {
	switch src := d.answers.Source; {
	case d.given("audience"):
		return d.flags.audience
	case src == nil || src.Kind.PublicOnly || src.TLP == "":
		return "clear"
	default:
		return src.TLP
	}
}

// sender is the address that editions come from: the contact's, if it has one.
func (d *dialogue) sender() string {
	if d.given("smtp-from") {
		return d.flags.smtpSender
	}
	address, _ := strings.CutPrefix(d.answers.Contact, "mailto:")
	if address == d.answers.Contact {
		return ""
	}
	return address
}

func (d *dialogue) askSMTP(ctx context.Context) error {
	smtp := d.answers.SMTP
	if err := d.ask(ctx, question{
		text: "Which server sends your mail?", hint: "e.g. smtps://mail.example.org:465",
		flag: "--smtp-server", value: d.flags.smtpServer, given: d.given("smtp-server"), about: []string{"smtp.server"},
		set: func(answer string) error { smtp.Server = answer; return nil },
	}); err != nil {
		return err
	}
	if smtp.From == "" || d.given("smtp-from") {
		if err := d.ask(ctx, question{
			text: "From which address does the digest come?", hint: "e.g. bot@example.org",
			flag: "--smtp-from", value: d.flags.smtpSender, given: d.given("smtp-from"), about: []string{"smtp.from"},
			set: func(answer string) error { smtp.From = answer; return nil },
		}); err != nil {
			return err
		}
	}
	if err := d.ask(ctx, question{
		text: "Which account there? (write none if it needs no login)", standard: smtp.From, optional: true,
		flag: "--smtp-user", value: d.flags.smtpUser, given: d.given("smtp-user"), about: []string{"smtp.user"},
		set: func(answer string) error { smtp.User = answer; return nil },
	}); err != nil || smtp.User == "" {
		smtp.Password = ""
		return err
	}
	return d.askSecret(ctx, "Its password?", "smtp.password", question{
		flag: "--smtp-password", value: d.flags.smtpPassword, given: d.given("smtp-password"), about: []string{"smtp.password"},
		set: func(answer string) error { smtp.Password = answer; return nil },
	})
}

// setFlags takes the --set flags apart.
func (d *dialogue) setFlags() (map[string]string, error) {
	all := map[string]string{}
	known := map[string]bool{}
	var names []string
	for _, s := range config.Settings(d.answers.Source.Kind) {
		known[s.Key], names = true, append(names, s.Key)
	}
	for _, one := range d.flags.set {
		key, value, ok := strings.Cut(one, "=")
		switch {
		case !ok:
			return nil, usagef("--set %q: write KEY=VALUE", key)
		case !known[key]:
			return nil, usagef("--set %s: %s has no such setting; it has %s", key, d.answers.Source.Kind.Name, strings.Join(names, ", "))
		}
		all[key] = value
	}
	return all, nil
}

// kindNamed finds a kind by its name or its number in the list.
func (d *dialogue) kindNamed(answer string) (int, error) {
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(d.loader.Kinds) {
		return n - 1, nil
	}
	var names []string
	for i, k := range d.loader.Kinds {
		if strings.EqualFold(k.Name, answer) {
			return i, nil
		}
		names = append(names, k.Name)
	}
	return 0, fmt.Errorf("%q is no kind of source; there are %s", answer, strings.Join(names, ", "))
}
