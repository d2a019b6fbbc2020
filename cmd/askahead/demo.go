package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"askahead/config"
	"askahead/example"
)

// demoTime is when the example's last item was written and its digest is made: the Friday before the workshop.
var demoTime = time.Date(2018, 11, 9, 18, 0, 0, 0, time.UTC)

func (a *app) demoCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole way on a bundled session, without network or configuration",
		Long: `demo takes the bundled session, IGF 2018 WS #164 "Privacy and Security: aligned or conflicting goals?", with
mailing lists, a hashtag and chats that were written for it, and goes the whole way: collect, find the
questions, tag who asks, group, digest. It needs no network and no configuration. The folder that it leaves is a
complete installation to look around in.`,
		Example: `  askahead demo
  askahead demo --out ws164 && askahead questions --config ws164/askahead.yaml --audience green`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.demo(cmd.Context(), cmd.OutOrStdout(), out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder for it (default: a new one among the temporary files)")
	return cmd
}

func (a *app) demo(ctx context.Context, out io.Writer, folder string) error {
	folder, err := demoFolder(folder)
	if err != nil {
		return err
	}
	// The example's week is long over: the demo lives in it.
	then := *a
	then.now = func() time.Time { return demoTime }
	then.configPath = filepath.Join(folder, "askahead.yaml")
	e, err := then.open(ctx)
	if err != nil {
		return err
	}
	defer e.close()
	server, err := example.NewServer()
	if err != nil {
		return err
	}
	e.http = &http.Client{Transport: server}

	fmt.Fprintf(out, "Collecting what was asked ahead of %s\n\n", e.cfg.Sessions[0].Title)
	if err := e.collect(ctx, out, nil, false); err != nil {
		return err
	}
	fmt.Fprintln(out)
	session := &e.cfg.Sessions[0]
	for i, ed := range session.Digest.Editions {
		if i == 0 {
			if err := e.printDemoEdition(ctx, out, session, ed); err != nil {
				return err
			}
		}
		if err := e.digest(ctx, io.Discard, session, ed, digestFlags{}); err != nil {
			return err
		}
	}
	return e.demoFarewell(out, folder, session)
}

// printDemoEdition prints the first edition as its panelists could read it in a terminal.
func (e *env) printDemoEdition(ctx context.Context, out io.Writer, s *config.Session, ed config.Edition) error {
	quiet := e.app.quiet
	e.app.quiet = true // what is held back is told once, when the edition is written
	defer func() { e.app.quiet = quiet }()
	ed.Formats = []string{"txt"}
	return e.digest(ctx, out, s, ed, digestFlags{preview: true})
}

func (e *env) demoFarewell(out io.Writer, folder string, s *config.Session) error {
	fmt.Fprintf(out, "\nThe same as a page:\n")
	for _, ed := range s.Digest.Editions {
		path := filepath.Join(e.cfg.Resolve(ed.Out), fmt.Sprintf("%s-%s-1.html", s.ID, ed.Name))
		fmt.Fprintf(out, "  %-10s (TLP:%s)  %s\n", ed.Name, ed.Audience.Label()[len("TLP:"):], path)
	}
	conf := filepath.Join(folder, "askahead.yaml")
	_, err := fmt.Fprintf(out, "\nLook around:\n  %[1]s questions --config %[2]s --audience green\n  %[1]s explain --help\n", ownName(), conf)
	return err
}

// ownName is how this program was called: a newcomer runs it by `go run` and has no askahead to call yet.
func ownName() string {
	if path, err := os.Executable(); err == nil && strings.Contains(path, "go-build") {
		return "go run ./cmd/askahead"
	}
	return "askahead"
}

// demoFolder makes the folder and lays the example in it. It refuses one that holds anything, for it would mix
// the demo with something else.
func demoFolder(folder string) (string, error) {
	if folder == "" {
		made, err := os.MkdirTemp("", "askahead-demo-")
		if err != nil {
			return "", fmt.Errorf("make a folder for the demo: %w", err)
		}
		folder = made
	}
	folder, err := absolute(folder)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("make the folder of the demo: %w", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", fmt.Errorf("look into the folder of the demo: %w", err)
	}
	if len(entries) > 0 {
		return "", withHint(fmt.Errorf("%s is not empty", folder), "name a new folder with --out")
	}
	return folder, copyExample(folder)
}

func copyExample(folder string) error {
	return fs.WalkDir(example.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(folder, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		text, err := example.FS.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o600)
	})
}
