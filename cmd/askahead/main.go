// Command askahead gathers the questions that a panel should answer, before the panel meets. Each subcommand
// is one file; only this package reads flags and puts the parts together.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // zones work on a machine that has none installed

	"github.com/spf13/cobra"
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)       // whoever asks a second time is not kept waiting: nothing is lost by that either
	cobra.EnableCommandSorting = false // commands stand as root.go has them, and not by the alphabet
	a := &app{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		now: time.Now, getenv: os.LookupEnv,
		painted: isTerminal(os.Stdout), interactive: isTerminal(os.Stdin), hidden: hiddenLine,
	}
	if isTerminal(os.Stderr) {
		a.onScreen(columnsOf(os.Stderr))
	}
	return a.main(ctx, os.Args[1:])
}

// app is one call of askahead: its streams, its clock, its environment and its global flags.
type app struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	getenv   func(string) (string, bool)
	painted  bool    // out is a terminal, so that it may have colours
	screen   *screen // err, if it is a terminal, so that a bar may be drawn; else nil

	interactive bool                                  // in is a terminal, so that questions may be asked
	hidden      func(context.Context) (string, error) // reads a line from the terminal without showing it

	configPath string
	quiet      bool
	verbose    bool
}

// onScreen says that err is a terminal.
func (a *app) onScreen(columns int) {
	a.screen = &screen{columns: columns, w: a.err}
	a.err = a.screen
}

// main runs one command line and returns the exit code: 0 done, 1 something went wrong, 2 the words on the
// command line are off.
func (a *app) main(ctx context.Context, args []string) int {
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	return a.explainError(err)
}
