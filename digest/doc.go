// Package digest turns what was asked into an edition: the numbered digest that panelists, or everyone, read.
//
// It goes in three steps, each in files of its own. Build selects from the store (select.go), sends every
// question through protect.Gate (gate.go), and arranges what came out: shared concerns, single-community
// concerns, the agenda, what is new, where it came from (arrange.go and its neighbours). The renderers take the
// finished Edition and nothing else, so a new format can't show what the gate held back. Rebuild makes an edition
// that is recorded once more, for each copy that leaves later.
package digest
