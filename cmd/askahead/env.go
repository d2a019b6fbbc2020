package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"askahead/collectors"
	"askahead/collectors/builtin"
	"askahead/config"
	"askahead/domain"
	"askahead/internal/guesthttp"
	"askahead/pipeline"
	"askahead/questions"
	"askahead/requests"
	"askahead/store"
	"askahead/store/sqlstore"
	"askahead/topics"
)

// version is set by the release build.
var version = "dev"

// env is what a command works with: the configuration, the open store and the line.
type env struct {
	app   *app
	cfg   *config.Config   // without the sessions that were wiped
	wiped []config.Session // those of the configuration
	store *sqlstore.DB
	line  *pipeline.Line
	http  *http.Client
	hosts *guesthttp.Hosts // what http remembers of the servers that it visits
	log   *slog.Logger
	meter *meter    // of a daemon
	out   io.Writer // of `run --once`: what jobs did is told there, and not to the log
	by    string    // who acts, for the audit log; empty: the login name
	shown sync.Map  // the *progress of each source that is read now, by its name
}

// load reads the configuration file.
func (a *app) load() (*config.Config, error) {
	if a.noConfig() {
		return nil, withHint(fmt.Errorf("there is no %s here", defaultConfig),
			"`askahead init` writes one; --config FILE names another; `askahead demo` needs none")
	}
	loader := config.Loader{Kinds: builtin.Kinds(), Formats: formatNames(), LookupEnv: a.getenv, Now: a.now}
	return loader.Load(a.configPath)
}

// warn prints what the configuration allows and its author probably did not mean. Commands that only look do
// not repeat it.
func (e *env) warn() {
	if e.app.quiet {
		return
	}
	for _, w := range e.cfg.Warnings {
		fmt.Fprintf(e.app.err, "askahead: warning: %s\n", w)
	}
}

// noConfig says that no configuration was named and none lies where it would be looked for.
func (a *app) noConfig() bool {
	_, err := os.Stat(a.configPath)
	return errors.Is(err, fs.ErrNotExist) && a.configPath == defaultConfig
}

// open reads the configuration and opens its store. The caller closes the env.
func (a *app) open(ctx context.Context) (*env, error) {
	cfg, err := a.load()
	if err != nil {
		return nil, err
	}
	return a.openWith(ctx, cfg, true)
}

// openToLook opens a store that is there; it makes neither a database nor a key. session is what --session says.
func (a *app) openToLook(ctx context.Context, session string) (*env, error) {
	cfg, err := a.loadOr(session)
	if err != nil {
		return nil, err
	}
	return a.openWith(ctx, cfg, false)
}

// openWith opens the store of a configuration. A new database gets a new key; one that is there needs its own.
func (a *app) openWith(ctx context.Context, cfg *config.Config, create bool) (*env, error) {
	key, err := a.key(cfg, create)
	if err != nil {
		return nil, err
	}
	line, err := a.newReadingLine()
	if err != nil {
		return nil, err
	}
	db, err := sqlstore.Open(ctx, storeAddress(cfg), domain.NewKeys(key), sqlstore.Options{Version: version})
	if err != nil {
		return nil, err
	}
	line.Keys, line.Store, line.Grouper = db.Keys(), db, topics.New()
	if to := cfg.Requests.Address; to != "" {
		line.Mailbox = &requests.Mailbox{Address: to, Store: db, Keys: line.Keys, Now: a.now}
	}
	wiped, err := db.Wiped(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	cfg, gone := withoutWiped(cfg, wiped)
	e := a.newEnv(cfg, line.Log)
	e.store, e.line, e.wiped = db, line, gone
	e.useEmbeddings()
	return e, nil
}

// newEnv gives what needs no store.
func (a *app) newEnv(cfg *config.Config, log *slog.Logger) *env {
	hosts := &guesthttp.Hosts{}
	client := guesthttp.New(guesthttp.Options{Version: version, Contact: cfg.Contact, Allow: cfg.Private, Hosts: hosts, Now: a.now})
	return &env{app: a, cfg: cfg, log: log, http: client, hosts: hosts}
}

// storeAddress is where the store is, as sqlstore takes it.
func storeAddress(cfg *config.Config) string {
	if path, ok := cfg.Store.SQLite(); ok {
		return "sqlite:" + cfg.Resolve(path)
	}
	return cfg.Store.Reveal()
}

func (a *app) key(cfg *config.Config, create bool) ([]byte, error) {
	path, file := cfg.Store.SQLite()
	if !file {
		return cfg.KeyOrNew()
	}
	_, err := os.Stat(cfg.Resolve(path))
	switch {
	case err == nil:
		return cfg.Key()
	case errors.Is(err, fs.ErrNotExist) && create:
		return cfg.KeyOrNew()
	case errors.Is(err, fs.ErrNotExist):
		return nil, withHint(fmt.Errorf("there is no database %s yet", cfg.Resolve(path)), "askahead run, collect and import make it")
	}
	return nil, fmt.Errorf("look for the database: %w", err)
}

// newReadingLine gives a line that can understand items and save none.
func (a *app) newReadingLine() (*pipeline.Line, error) {
	finder, err := questions.New()
	if err != nil {
		return nil, err
	}
	return &pipeline.Line{Finder: finder, Now: a.now, Log: a.logger()}, nil
}

func (a *app) logger() *slog.Logger {
	level := slog.LevelWarn
	if a.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level}))
}

func (e *env) close() error { return e.store.Close() }

// deps is what a source's collector gets from outside.
func (e *env) deps(of serves) collectors.Deps {
	return collectors.Deps{
		HTTP: e.http, Dial: (&net.Dialer{}).DialContext, Now: e.app.now, Log: e.log,
		BaseDir: e.cfg.Dir, Contact: e.cfg.Contact, Hashtags: of.hashtags, Communities: of.communities,
	}
}

// showing shows how far the reading of a source is, until the function that it gives is called.
func (e *env) showing(source string) (p *progress, finish func()) {
	p = e.app.newProgress(source)
	e.shown.Store(source, p)
	return p, func() {
		e.shown.Delete(source)
		p.finish()
	}
}

// waiting says that a source asks to wait, where its progress is shown, and in the log otherwise.
func (e *env) waiting(source string, until time.Time) {
	if p, ok := e.shown.Load(source); ok {
		p.(*progress).waiting(until)
		return
	}
	e.log.Info("the source asks to wait", "source", source, "until", until.UTC())
}

// session finds the session that a command is about. Where only one is configured, it need not be named.
func (e *env) session(id string) (*config.Session, error) {
	for _, s := range e.wiped {
		if s.ID == id || id == "" && len(e.cfg.Sessions) == 0 {
			return nil, withHint(fmt.Errorf("session %s: %w", s.ID, store.ErrWiped), "take it out of %s; askahead wipe %s prints the statement again", e.cfg.Path, s.ID)
		}
	}
	return sessionOf(e.cfg, id)
}

// withoutWiped takes the sessions out of a configuration that were wiped: nothing is done for them any more.
func withoutWiped(cfg *config.Config, wiped []store.Wiped) (*config.Config, []config.Session) {
	ended := func(s config.Session) bool {
		return slices.ContainsFunc(wiped, func(w store.Wiped) bool { return w.Session == s.ID })
	}
	if !slices.ContainsFunc(cfg.Sessions, ended) {
		return cfg, nil
	}
	living, gone := *cfg, []config.Session(nil)
	living.Sessions = nil
	for _, s := range cfg.Sessions {
		if ended(s) {
			gone = append(gone, s)
		} else {
			living.Sessions = append(living.Sessions, s)
		}
	}
	return &living, gone
}

func sessionOf(cfg *config.Config, id string) (*config.Session, error) {
	if id == "" && len(cfg.Sessions) == 1 {
		return &cfg.Sessions[0], nil
	}
	if s := cfg.Session(id); s != nil {
		return s, nil
	}
	var ids []string
	for _, s := range cfg.Sessions {
		ids = append(ids, s.ID)
	}
	if id == "" {
		return nil, usagef("%s has %d sessions: say which one with --session (%s)", cfg.Path, len(ids), strings.Join(firstFew(ids), ", "))
	}
	return nil, usagef("--session %s: %s has %s", id, cfg.Path, strings.Join(firstFew(ids), ", "))
}

// firstFew keeps a list short enough for one line.
func firstFew(names []string) []string {
	const few = 8
	if len(names) <= few {
		return names
	}
	return append(names[:few:few], fmt.Sprintf("and %d more", len(names)-few))
}

// absolute makes the demo's and import's configuration independent of where askahead is started.
func absolute(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the folder of %s: %w", path, err)
	}
	return abs, nil
}

var _ store.Store = (*sqlstore.DB)(nil)
