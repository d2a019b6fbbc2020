package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"askahead/collectors"
	"askahead/collectors/builtin"
	"askahead/collectors/mbox"
	"askahead/communities"
	"askahead/config"
	"askahead/pipeline"
	"askahead/take"
)

type importFlags struct {
	session, source, tlp string
	again                bool
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import --session ID --source NAME FILE…",
		Short: "Read archives: mbox files (also .gz, .bz2), Maildirs, saved chats",
		Long: `import reads whole archives into a session: mbox files and Maildirs; exports of Slack (.zip, folder, or the folder
of one channel), Telegram and Discord; saved answers of Mattermost, Rocket.Chat and Gitter; logs of IRC clients.
Conversations between persons are left out. What a file is, is seen from the file. Importing a file again
adds nothing; a file that has grown is read from where it ended; an import that was stopped goes on. --again reads a
file from its start and understands it by today's rules, as ` + "`askahead reread`" + ` does for a source.

If the session has a source of that name in the configuration, its take, tlp and retention apply. --tlp says what
unlabelled items count as; without it and without a configured source they stay inside, in no edition.

Where there is no configuration at all, import begins a session with the defaults, in askahead.db.`,
		Example: `  askahead import --session ws164 --source teams-archive teams-2018.mbox.bz2
  askahead import --session ws164 --source ngo-list --tlp green ~/Maildir/.lists.ngo
  askahead import --session ws164 --source slack-room --tlp green slack-export/ask-the-panel`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.session == "" || f.source == "" || len(args) == 0 {
				return usagef("import needs --session ID, --source NAME and at least one file or folder")
			}
			return a.importFiles(cmd, f, args)
		},
	}
	cmd.Flags().StringVar(&f.session, "session", "", "session that the questions are for")
	cmd.Flags().StringVar(&f.source, "source", "", "name that the archive goes by in lists and digests")
	cmd.Flags().StringVar(&f.tlp, "tlp", "", "what an unlabelled item counts as: clear, green, amber, amber+strict")
	cmd.Flags().BoolVar(&f.again, "again", false, "read what was imported before again, by today's rules")
	return cmd
}

func (a *app) importFiles(cmd *cobra.Command, f importFlags, paths []string) error {
	ctx := cmd.Context()
	cfg, err := a.loadOr(f.session)
	if err != nil {
		return err
	}
	src, err := importSource(cfg, f)
	if err != nil {
		return err
	}
	archives, err := findArchives(paths)
	if err != nil {
		return err
	}
	e, err := a.openWith(ctx, cfg, true)
	if err != nil {
		return err
	}
	defer e.close()
	if a.noConfig() && !a.quiet {
		fmt.Fprintf(a.err, "askahead: there is no %s here: session %q has the defaults, in askahead.db\n", defaultConfig, f.session)
	}
	failed := []error{e.expire(ctx)}
	for _, arch := range archives {
		if err := e.importOne(ctx, cmd.OutOrStdout(), src, arch, f.again); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed = append(failed, err)
		}
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	if src.Default == 0 && !a.quiet {
		fmt.Fprintf(a.err, "askahead: what carries no TLP label stays inside, in no edition: say --tlp where you know what it may count as\n")
	}
	return nil
}

func (e *env) importOne(ctx context.Context, out io.Writer, src pipeline.Source, arch archive, again bool) error {
	c, err := arch.kind.New(arch.settings, e.deps(serves{}))
	if err != nil {
		return fmt.Errorf("%s: %w", arch.path, err)
	}
	src.Kind, src.Collector = arch.kind.Name, c
	// Each archive has a cursor of its own, named after where it lies, and holds its own items: a sweep of the
	// configured source must not look for them there.
	src.Stream = src.Name + " < " + e.line.Keys.Content([]byte(arch.abs))
	src.Default = defaultTLP(src.Default, arch.kind)
	if again {
		known, err := e.store.Progress(ctx, src.Parts[0].Session.ID, src.Stream)
		if err != nil {
			return err
		}
		if known.Cursor != "" {
			return e.rereadOne(ctx, out, src, time.Time{})
		}
	}
	if err := e.collectOne(ctx, out, src, false); err != nil {
		return err
	}
	return e.act(ctx, src.Parts[0].Session.ID, "import", src.Name, "kind="+arch.kind.Name)
}

// loadOr reads the configuration; where there is none, it begins one in memory with the session, so that an
// archive can be looked into before anything is configured.
func (a *app) loadOr(session string) (*config.Config, error) {
	if a.noConfig() && session != "" {
		return config.Default(session)
	}
	return a.load()
}

// importSource says how the items of an archive are treated: like those of the configured source of that name, or
// by the defaults. What its kind is, only the archive says.
func importSource(cfg *config.Config, f importFlags) (pipeline.Source, error) {
	session, err := sessionOf(cfg, f.session)
	if err != nil {
		return pipeline.Source{}, err
	}
	src, err := treatment(cfg, session, f.source)
	if err != nil {
		return src, err
	}
	if f.tlp != "" {
		src.Default, err = parseAudience("--tlp", f.tlp)
	}
	return src, err
}

// treatment is how the session treats items of the source with this name, configured or not.
func treatment(cfg *config.Config, session *config.Session, name string) (pipeline.Source, error) {
	if err := config.CheckName(name); err != nil {
		return pipeline.Source{}, usagef("--source: %v", err)
	}
	known, err := communities.Load()
	if err != nil {
		return pipeline.Source{}, err
	}
	tagger, err := newTagger(known, session)
	if err != nil {
		return pipeline.Source{}, err
	}
	part := pipeline.Part{Session: session.Domain(), Tagger: tagger}
	src := pipeline.Source{Name: name, Retention: cfg.Retention, Raw: cfg.Keep.Quarantine}
	if c := configured(cfg, session, name); c != nil {
		part.Take = take.Rule(c.Take)
		if t, ok := session.SharedTake(); ok && c.shared {
			part.Take = take.Rule(t)
		}
		src.Retention, src.Kind, src.Raw, src.Contacts = c.Retention, c.Kind.Name, c.Keep.Quarantine, contactsOf(c.Source)
		if !c.Kind.PublicOnly { // a post that is public says nothing about a mail of the same name
			src.Default = c.TLP
		}
	}
	src.Parts = []pipeline.Part{part}
	return src, nil
}

// configuredSource is a source of the configuration, and whether it stands at the top level.
type configuredSource struct {
	*config.Source
	shared bool
}

func configured(cfg *config.Config, session *config.Session, name string) *configuredSource {
	for i := range session.Sources {
		if session.Sources[i].Name == name {
			return &configuredSource{&session.Sources[i], false}
		}
	}
	for i := range cfg.Sources {
		if cfg.Sources[i].Name == name {
			return &configuredSource{&cfg.Sources[i], true}
		}
	}
	return nil
}

const archiveHint = "import reads mbox files (plain, .gz, .bz2), Maildirs, JSON exports of DiscordChatExporter, and saved chats of Slack, Telegram, Mattermost, Rocket.Chat, Gitter and IRC"

// archive is a file or folder with the kind that reads it.
type archive struct {
	path, abs string
	kind      collectors.Kind
	settings  any
}

// findArchives looks at every path before anything is read, so that a slip in the last one is told at once.
func findArchives(paths []string) ([]archive, error) {
	var found []archive
	var failed []error
	for _, path := range paths {
		arch, err := findArchive(path)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		found = append(found, arch)
	}
	return found, errors.Join(failed...)
}

func findArchive(path string) (archive, error) {
	abs, err := absolute(path)
	if err != nil {
		return archive{}, err
	}
	head, err := collectors.Head(abs)
	if err != nil {
		return archive{}, err
	}
	for _, kind := range builtin.Kinds() {
		if kind.Archive == nil {
			continue
		}
		if settings, ok := kind.Archive(abs, head); ok {
			return archive{path, abs, kind, settings}, nil
		}
	}
	if head == nil {
		return archive{}, withHint(fmt.Errorf("%s is a folder, and neither a Maildir nor a saved chat", path), archiveHint)
	}
	switch text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"); {
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return archive{}, withHint(fmt.Errorf("%s is a .zip, and no saved chat is in it", path), archiveHint)
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("[")):
		return archive{}, withHint(fmt.Errorf("%s looks like JSON, and is no saved chat that is known here", path), archiveHint)
	}
	// The mbox collector says best what a file looks like instead.
	kind := mbox.Kind()
	return archive{path, abs, kind, &mbox.Settings{Path: abs, Format: "auto"}}, nil
}
