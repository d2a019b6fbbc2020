package domain

import "time"

// The media types that collectors hand on and authored reads.
const (
	TypeMail     = "message/rfc822"
	TypeHTML     = "text/html"
	TypeMarkdown = "text/markdown"
	TypeText     = "text/plain"
	TypeMailText = "text/plain; variant=mail" // the decoded text body of a mail, without its headers
	TypeDiscord  = "text/x-discord"           // Discord's Markdown: <@1>, ||spoilers||, :emoji:
	TypeChat     = "text/x-chat"              // a message of a chat without mark-up: "> " before what others said, IRC's codes
	TypeSlack    = "text/x-slack"             // Slack's mrkdwn: <@U1>, <https://x|label>, &lt;
)

// Item is one mail, post or message as its author published it. A collector fills ExternalID, Type, Raw and
// what its source says outside of the raw bytes; for a mail that is little, since authored reads its headers.
type Item struct {
	ExternalID string // the item's id at this source: what a sweep asks for
	Type       string // media type of Raw
	Raw        []byte
	Edited     bool // the source says that its author changed it after publishing
	Envelope
}

// Envelope is what is known about an item besides its text.
type Envelope struct {
	Canonical  string   // names the post wherever it is seen: "mid:<…>", an ActivityPub or at:// URI, "discord:CHANNEL/MESSAGE"
	Parents    []string // canonical ids of what it answers, the nearest last
	Author     Author
	Subject    string
	Published  time.Time
	URL        string   // where anyone can read it; empty if nobody can
	Language   string   // BCP 47, as the source or the mail declares it; empty if it does not
	Hashtags   []string // without "#", as written
	Mentions   []string // accounts that it names, as the source writes them
	Recipients []string // addresses in To and Cc, lower case
	Public     bool     // readable by anyone at its source
	Facts      []Fact   // where it was published and in which role: evidence for tags
	OptOut     string   // the rule by which its author declines to be collected; empty if none
	Context    string   // a content warning or a poll's options: said by the author, shown beside the text
	Labels     []string // lines that may carry a TLP label beside the subject, such as X-TLP headers
	Unlabelled TLP      // what it counts as without a label, where its place has a default of its own; else 0
	Asked      bool     // it was put into a form for questions: what looks like none is one all the same
	Support    int      // how many people reacted to it with approval, as far as its source tells; never who
}

// Author is who published an item, as the source shows them. It never reaches the store: see Keys.Asker.
type Author struct {
	ID   string // mail address, acct (user@host), DID, user id with its network: what stays the same
	Name string
	Bio  string
}

// The names of facts; they are also the keys of a rule's "when" in the configuration.
const (
	FactSource   = "source"   // the name of the source
	FactKind     = "kind"     // its kind
	FactList     = "list"     // the List-Id of a mailing list
	FactDomain   = "domain"   // the domain of the sender's address
	FactInstance = "instance" // the author's home server
	FactChannel  = "channel"
	FactRole     = "role" // a role that the source gave the author
	FactHashtag  = "hashtag"
	FactName     = "name"     // display name
	FactProtocol = "protocol" // of a bridged room
)

// FactDeclared is the id of the community that the author chose for themselves from a list. It is evidence by itself, and
// no key of a rule.
const FactDeclared = "declared"

// Fact is one thing that a source knows about an item.
type Fact struct{ Name, Value string }
