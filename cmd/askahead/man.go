package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// manCommand is for whoever packages askahead: it is hidden, for nobody else needs it.
func (a *app) manCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:    "man --out DIR",
		Short:  "Write the manual pages of all commands",
		Hidden: true,
		Long: `man writes a manual page for askahead and for each of its commands, as roff, from what --help says. The pages bear
the date of SOURCE_DATE_EPOCH (seconds since 1970), so that the same source gives the same pages; without it, today's.`,
		Example: `  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) askahead man --out man1`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usagef("man needs --out DIR")
			}
			at := a.now()
			if epoch, set := a.getenv("SOURCE_DATE_EPOCH"); set {
				seconds, err := strconv.ParseInt(epoch, 10, 64)
				if err != nil {
					return usagef("SOURCE_DATE_EPOCH is not a number of seconds")
				}
				at = time.Unix(seconds, 0)
			}
			return writeManual(cmd.Root(), out, at.UTC())
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder for the pages")
	return cmd
}

// writeManual writes the pages of a command and all below it that a person is to know.
func writeManual(cmd *cobra.Command, folder string, at time.Time) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("make the folder of the pages: %w", err)
	}
	for _, page := range shown(cmd) {
		path := filepath.Join(folder, pageName(page)+".1")
		if err := os.WriteFile(path, []byte(manPage(page, at)), 0o644); err != nil {
			return fmt.Errorf("write a page: %w", err)
		}
	}
	return nil
}

// shown gives a command and all below it that are in --help.
func shown(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" {
			all = append(all, shown(c)...)
		}
	}
	return all
}
