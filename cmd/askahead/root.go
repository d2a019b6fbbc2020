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

To begin:

  askahead demo      see the whole way on a bundled session; it needs nothing
  askahead init      write the configuration, by answering six questions
  askahead check     try everything that it names
  askahead run       go on by itself, and askahead status says how it stands`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVarP(&a.configPath, "config", "c", defaultConfig, "configuration file")
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "no progress, only results and errors")
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false, "say on standard error what is done")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	for _, g := range a.groups() {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, cmd := range g.commands {
			cmd.GroupID = g.id
			root.AddCommand(cmd)
		}
	}
	root.AddCommand(a.manCommand())
	return root
}

// group is commands that --help shows together.
type group struct {
	id, title string
	commands  []*cobra.Command
}

// groups are the commands in the order in which somebody comes to need them.
func (a *app) groups() []group {
	return []group{
		{"begin", "Set up:", []*cobra.Command{a.initCommand(), a.checkCommand(), a.configCommand()}},
		{"daily", "Every day:", []*cobra.Command{
			a.runCommand(), a.statusCommand(), a.collectCommand(), a.digestCommand(), a.questionsCommand(), a.questionCommand(), a.permitCommand(),
		}},
		{"care", "Take care:", []*cobra.Command{a.retryCommand(), a.rereadCommand(), a.backupCommand(), a.restoreCommand(), a.auditCommand(), a.keyCommand()}},
		{"people", "Answer to people:", []*cobra.Command{a.forgetCommand(), a.accessCommand(), a.requestsCommand(), a.purgeCommand(), a.wipeCommand(), a.privacyCommand()}},
		{"look", "Look closer:", []*cobra.Command{a.demoCommand(), a.explainCommand(), a.groupCommand(), a.importCommand()}},
	}
}
