package main

import (
	"github.com/spf13/cobra"
)

const defaultConfig = "askahead.yaml"

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "askahead",
		Short: "Gather the questions that a panel should answer, before the panel meets",
		Long: `askahead reads mailing lists, hashtags and chats weeks before a panel meets, finds the questions in
what people wrote, tags each with the community that asked, groups those that ask the same, and
exports a digest for the panelists: what the communities share, what only one of them asks, and
what nobody has said.

Start with:  askahead demo, and then askahead init`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVarP(&a.configPath, "config", "c", defaultConfig, "configuration file")
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "no progress, only results and errors")
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false, "say on standard error what is done")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(
		a.runCommand(),
		a.statusCommand(),
		a.collectCommand(),
		a.importCommand(),
		a.retryCommand(),
		a.rereadCommand(),
		a.digestCommand(),
		a.questionsCommand(),
		a.questionCommand(),
		a.explainCommand(),
		a.backupCommand(),
		a.restoreCommand(),
		a.demoCommand(),
		a.checkCommand(),
		a.manCommand(),
		a.initCommand(),
		a.configCommand(),
	)
	return root
}
