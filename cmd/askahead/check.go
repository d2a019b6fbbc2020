package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"askahead/config"
)

type checkFlags struct {
	offline, strict, json bool
	timeout               time.Duration
}

func (a *app) checkCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [SOURCE…]",
		Short: "Say what works, what does not, and what to do",
		Long: `check reads the configuration and tries what it names, side by side: the key, the store, every source, the
folder of every edition, and the mail server, which is asked about everybody who gets mail. Of each it says
whether it works, and otherwise what to do; of web servers also how many requests they have left to askahead, where they tell. It collects nothing, sends nothing and leaves no trace. Name sources
to try these alone; --offline reads the configuration alone. Where askahead runs as a user of its own, run check
as that user.

Exit code: 0 all is well, 1 something does not work (with --strict, also a warning), 2 the command line is off.`,
		Example: `  askahead check
  askahead check civil-society-list
  askahead check --offline --strict
  sudo -u askahead askahead check --config /etc/askahead/askahead.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.offline && len(args) > 0:
				return usagef("--offline reads the whole configuration; it takes no sources")
			case f.timeout <= 0:
				return usagef("--timeout %s: write how long to wait for each, such as 30s", f.timeout)
			}
			return a.check(cmd.Context(), args, f)
		},
	}
	cmd.Flags().BoolVar(&f.offline, "offline", false, "read the configuration and connect to nothing")
	cmd.Flags().BoolVar(&f.strict, "strict", false, "exit with 1 for warnings too")
	cmd.Flags().BoolVar(&f.json, "json", false, "for scripts: one JSON object")
	cmd.Flags().DurationVar(&f.timeout, "timeout", 30*time.Second, "how long each thing may take")
	return cmd
}

func (a *app) check(ctx context.Context, names []string, f checkFlags) error {
	report := a.newCheckReport(f)
	cfg, err := a.load()
	var wrong *config.Problems
	if err != nil && !errors.As(err, &wrong) {
		return err
	}
	report.add(checkConfig(a.configPath, cfg, wrong))
	if cfg != nil && !f.offline {
		e := a.newEnv(cfg, a.logger())
		checks, err := e.checks(names)
		if err != nil {
			return err
		}
		for found := range sideBySide(ctx, checks, f.timeout) {
			report.add(found)
		}
		if told := e.checkHosts(); len(told.Findings) > 0 {
			report.add(told)
		}
		if ctx.Err() != nil {
			return errors.New("check was stopped before everything was tried")
		}
	}
	return report.end()
}

// checks lists what is to be tried, in the order of the report.
func (e *env) checks(names []string) ([]check, error) {
	sources, err := e.sourceChecks(names)
	if err != nil || len(names) > 0 {
		return sources, err
	}
	checks := []check{
		{about: "key " + string(e.cfg.KeyAt), run: func(context.Context) []finding { return e.checkKey() }},
		{about: "store " + e.cfg.Store.String(), run: e.checkStore},
	}
	checks = append(checks, sources...)
	checks = append(checks, e.editionChecks()...)
	if set := e.cfg.Embed; set != nil {
		checks = append(checks, check{about: "embeddings " + set.Server, at: set.At, run: e.checkEmbeddings})
	}
	if smtp := e.cfg.SMTP; smtp != nil {
		checks = append(checks, check{about: "mail " + smtp.Server, at: smtp.At, run: e.checkMail})
	}
	return checks, nil
}

// checkConfig tells whether the configuration is understood, and what in it is probably not meant.
func checkConfig(path string, cfg *config.Config, wrong *config.Problems) checked {
	c := checked{About: "configuration " + path}
	if wrong != nil {
		for _, p := range wrong.List {
			c.Findings = append(c.Findings, ofProblem(failed, p))
		}
		return c
	}
	sources, editions := len(cfg.Sources), 0
	for _, s := range cfg.Sessions {
		sources += len(s.Sources)
		if s.Digest != nil {
			editions += len(s.Digest.Editions)
		}
	}
	c.Findings = append(c.Findings, works("understand it: %s, %s, %s", count(len(cfg.Sessions), "session"), count(sources, "source"), count(editions, "edition")))
	if len(cfg.Private) > 0 {
		c.Findings = append(c.Findings, works("let sources visit these hosts at private addresses: %s", strings.Join(firstFew(cfg.Private), ", ")))
	}
	for _, w := range cfg.Warnings {
		c.Findings = append(c.Findings, ofProblem(warning, w))
	}
	return c
}

func ofProblem(s state, p config.Problem) finding {
	excerpt := p.Excerpt
	p.Excerpt = ""
	return finding{State: s, What: p.Error(), Excerpt: excerpt}
}

func works(format string, args ...any) finding {
	return finding{State: ok, What: fmt.Sprintf(format, args...)}
}

func fails(what string, err error) finding {
	return finding{State: failed, What: what, Hint: strings.TrimPrefix(err.Error(), what+": ")}
}
