package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"askahead/collectors"
	"askahead/collectors/builtin"
	"askahead/config"
	"askahead/config/starter"
	"askahead/docs"
)

// initFlags are the answers that were given on the command line.
type initFlags struct {
	contact, title, id, starts, timezone           string
	hashtags                                       []string
	source, name, tlp                              string
	set                                            []string
	to                                             []string
	out, audience                                  string
	smtpServer, smtpUser, smtpPassword, smtpSender string
	yes                                            bool
}

func (a *app) initCommand() *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write the first configuration, by asking six questions",
		Long: `init asks who you are, what the session is called, when it begins, under which hashtags and where people
ask, and who gets the digest. It writes askahead.yaml with a comment on every line, and the key file. It
replaces nothing that is there, and writes nothing before you have seen what it will write.

Each answer can be a flag instead; with all of them, or with --yes for the defaults, nothing is asked. A
password is typed without being shown and goes into a file of its own, never into askahead.yaml; in a
script, say where it stands: --set password=env:IMAP_PASSWORD, or file:PATH.

Sources, and what --set can answer for each:
` + kindsToSet(builtin.Kinds()),
		Example: `  askahead init
  askahead init --yes --contact organiser@example.org --title "Privacy and Security" \
    --source mbox --set path=list.mbox --tlp green --out editions/`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := a.newDialogue(f, cmd.Flags().Changed)
			if err != nil {
				return err
			}
			return d.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.contact, "contact", "", "1: your mail address, or the https:// page about you")
	flags.StringVar(&f.title, "title", "", "2: what the session is called")
	flags.StringVar(&f.id, "id", "", "its name in links and files (made from the title)")
	flags.StringVar(&f.starts, "starts", "", `3: when it starts, such as "2030-11-13 15:00"`)
	flags.StringVar(&f.timezone, "timezone", "", "its time zone, such as Europe/Paris (that of this machine)")
	flags.StringSliceVar(&f.hashtags, "hashtag", nil, "4: under which hashtag people ask; may be repeated")
	flags.StringVar(&f.source, "source", "", "5: where people ask: a kind from the list above")
	flags.StringVar(&f.name, "source-name", "", "what the source is called (its kind)")
	flags.StringArrayVar(&f.set, "set", nil, "KEY=VALUE of the source's settings; may be repeated")
	flags.StringVar(&f.tlp, "tlp", "", "what has no TLP label counts as: clear, green, amber or amber+strict")
	flags.StringSliceVar(&f.to, "to", nil, "6: who gets the digest by mail; may be repeated")
	flags.StringVar(&f.out, "out", "", "the folder that the digest is written into")
	flags.StringVar(&f.audience, "audience", "", "the highest TLP label that its readers may see (as --tlp)")
	flags.StringVar(&f.smtpServer, "smtp-server", "", "the server for mail: smtps://HOST:465 or smtp://HOST:587")
	flags.StringVar(&f.smtpUser, "smtp-user", "", "the account there; \"\" sends without a login (the sender's address)")
	flags.StringVar(&f.smtpPassword, "smtp-password", "", "where its password stands: env:NAME or file:PATH")
	flags.StringVar(&f.smtpSender, "smtp-from", "", "the sender of the digest (your mail address)")
	flags.BoolVarP(&f.yes, "yes", "y", false, "take the defaults, and do not ask whether to write")
	return cmd
}

// kindsToSet lists the kinds with what they need.
func kindsToSet(kinds []collectors.Kind) string {
	var b strings.Builder
	for _, k := range kinds {
		var keys []string
		for _, q := range k.Ask {
			keys = append(keys, q.Key)
		}
		fmt.Fprintf(&b, "  %-14s %s (%s)\n", k.Name, docs.Title(k.Readme), strings.Join(keys, ", "))
	}
	return b.String()
}

// newDialogue looks first whether there is room for what would be written.
func (a *app) newDialogue(f initFlags, given func(flag string) bool) (*dialogue, error) {
	if _, err := os.Lstat(a.configPath); err == nil {
		return nil, withHint(fmt.Errorf("%s is there already, and init replaces nothing", a.configPath),
			"askahead config show prints what it says; to begin anew, move it away, or name another file: askahead init --config FILE")
	}
	dir := filepath.Dir(a.configPath)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, withHint(fmt.Errorf("there is no folder %s for %s", dir, filepath.Base(a.configPath)), "make it first: mkdir -p %s", dir)
	}
	return &dialogue{
		app: a, flags: f, given: given, dir: dir,
		loader:  config.Loader{Kinds: builtin.Kinds(), Formats: formatNames(), LookupEnv: a.getenv, Now: a.now},
		lines:   newLines(a.in),
		answers: starter.Answers{}, last: map[string]string{}, secrets: map[string]string{},
	}, nil
}

// write makes all files, or none.
func (d *dialogue) write(text []byte) (made []string, err error) {
	defer func() {
		if err != nil {
			for _, path := range made {
				os.Remove(path)
			}
		}
	}()
	create := func(path, text string) error {
		switch err := config.WriteNew(path, text); {
		case errors.Is(err, fs.ErrExist):
			return fmt.Errorf("%s is there already, and init replaces nothing", path)
		case err != nil:
			return fmt.Errorf("write %s: %w; nothing was written", path, err)
		}
		made = append(made, path)
		return nil
	}
	if d.keyIsNeeded() {
		if err := create(d.path(keyFile), config.NewKey()); err != nil {
			return nil, err
		}
	}
	for _, name := range d.secretFiles() {
		if secret := d.secrets[name]; secret != "" {
			if err := create(d.path(name), secret+"\n"); err != nil {
				return nil, err
			}
		}
	}
	return made, create(d.app.configPath, string(text))
}

const keyFile = "askahead.key"

// path is where a file stands that the configuration names.
func (d *dialogue) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.dir, name)
}

func (d *dialogue) exists(name string) bool {
	_, err := os.Lstat(d.path(name))
	return err == nil
}

// keyIsNeeded says that there is neither a key nor a database, which needs its own.
func (d *dialogue) keyIsNeeded() bool { return !d.exists(keyFile) && !d.exists("askahead.db") }
