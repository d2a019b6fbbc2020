package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"askahead/collectors/builtin"
	"askahead/config"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the configuration as it counts, or what it may hold",
		Long: `config show prints the configuration that the other commands go by, config schema what one may hold. To try
what it names, say askahead check.`,
		Example: `  askahead config show
  askahead config schema > askahead.schema.json`,
		Args: noArgs,
	}
	cmd.AddCommand(a.configShowCommand(), a.configSchemaCommand())
	return cmd
}

func (a *app) configShowCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show the configuration as it counts, with its defaults, without its secrets",
		Long: `show reads the configuration as every command does, and prints what counts: the sessions of included files
stand where they belong, and each key that was left out has its value, marked as a default. Of a secret it
prints the place (env:NAME or file:PATH), never the value.

What it prints is a configuration itself. Warnings go to standard error.`,
		Example: `  askahead config show
  askahead config show --json | jq '.sessions[].id'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			(&env{app: a, cfg: cfg}).warn()
			if asJSON {
				return a.showJSON(cmd.OutOrStdout(), cfg)
			}
			_, err = cmd.OutOrStdout().Write(cfg.YAML())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, without the marks")
	return cmd
}

func (a *app) showJSON(out io.Writer, cfg *config.Config) error {
	raw, err := cfg.JSON()
	if err != nil {
		return fmt.Errorf("show %s as JSON: %w", cfg.Path, err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, raw, "", "  "); err != nil {
		return fmt.Errorf("show %s as JSON: %w", cfg.Path, err)
	}
	_, err = fmt.Fprintln(out, &indented)
	return err
}

func (a *app) configSchemaCommand() *cobra.Command {
	var included bool
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the configuration, for editors",
		Long: `schema prints what a configuration may hold as a JSON Schema (draft 2020-12), made from the same types that
read the file. Editors with a YAML language server complete and check the file by it, and show what each
key means. It sees less than askahead itself: "askahead check --offline" has the last word.

Files that include: names hold sessions only, and have a schema of their own: --included.`,
		Example: `  askahead config schema > askahead.schema.json
  # then, as the first line of askahead.yaml:
  # yaml-language-server: $schema=askahead.schema.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			schema, err := config.Loader{Kinds: builtin.Kinds(), Formats: formatNames()}.Schema(included)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(schema)
			return err
		},
	}
	cmd.Flags().BoolVar(&included, "included", false, "the schema of a file that include: names")
	return cmd
}
