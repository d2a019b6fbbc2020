package domain

import (
	"fmt"
	"time"
)

// Kind says whom a question is for.
type Kind string

// The kinds of questions. Only panel questions are grouped and shown in a digest.
const (
	Panel      Kind = "panel"
	Logistics  Kind = "logistics"
	Rhetorical Kind = "rhetorical"
)

// Found is one question in an authored text, in the asker's words.
type Found struct {
	Text       string // white space folded, otherwise as written
	Context    string // the sentence or two before it that it needs; empty if none
	Start, End int    // byte range of the question in Authored.Own
	Language   string // ISO 639-1, "und" where it is not certain
	Kind       Kind
	Why        string // the rule that took it, for explain: "mark", "opening: could the panel", …
}

// Question is a question as askahead keeps it, and as moderators left it.
type Question struct {
	ID          string // item id, ".", number in the item from 1
	Session     string
	Item        string
	Topic       string // empty for logistics and rhetorical ones
	Text        string
	Context     string
	Language    string
	Kind        Kind
	Why         string
	Asker       string // Keys.Asker
	Published   time.Time
	Collected   time.Time
	URL         string // public page of the item; empty if it has none or attribution is forbidden
	Source      string // name of the source that brought it first
	TLP         TLP
	NoName      bool   // Chatham House Rule: neither name nor affiliation in any output
	Fingerprint string // Keys.Fingerprint of the asker's text: equal for literal reposts
	Support     int    // how many people reacted with approval to the item that it stands in; filled by the store
	Tags        []Tag
	Vector      Vector // of Text, where a model was asked; filled only for those who group

	// Labelled is the label that it has at its source, where TLP is a looser one by that source's permission; else 0.
	Labelled TLP

	// What moderators decided. The zero values are a question that nobody looked at.
	State    State
	Edited   bool      // Text is a moderator's, and Context is empty
	Answered time.Time // when a moderator said that it was answered; zero if nobody did
	Answer   string    // where: a moderator's words, or a link; may be empty
}

// State is how a question stands with the moderators. The values are stored.
type State int

// The states. Changed is one whose text at the source is not the one that was approved: who approved something
// has read it, and not what its author made of it later.
const (
	Open      State = 0
	Approved  State = 1
	Dismissed State = 2
	Changed   State = 3
)

// String gives the name that outputs use.
func (s State) String() string {
	switch s {
	case Open:
		return "open"
	case Approved:
		return "approved"
	case Dismissed:
		return "dismissed"
	case Changed:
		return "changed"
	}
	return fmt.Sprintf("state(%d)", int(s))
}

// Tag is a community, region or theme on a question, and why it is there.
type Tag struct {
	Kind     string // TagCommunity, …
	Value    string
	Rule     string // which rule put it there: "config rule 2", "self-declared", …
	Evidence string // what the rule matched, without anything that names a person
	Strength int    // higher wins; see communities
}

// The kinds of tags.
const (
	TagCommunity = "community"
	TagRegion    = "region"
	TagTheme     = "theme" // an agenda point of the session, or a theme that the organiser defined
)

// Unknown is shown and counted where nothing said which community asked. It is never stored as a tag.
const Unknown = "unknown"

// Topic is the questions that ask the same thing.
type Topic struct {
	ID     string // id of the question that opened it
	Leader Question
}
