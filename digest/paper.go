package digest

import (
	"time"

	"askahead/domain"
)

// paper is an edition as it is printed: every section in the order in which it is read, with texts that came
// through the gate and figures that carry their N. It is also the JSON format; docs/digest-json.md describes it.
type paper struct {
	Format      string      `json:"format"` // "askahead-digest/1"
	Session     session     `json:"session"`
	Edition     string      `json:"edition"` // name in the configuration
	Number      int         `json:"number"`
	TLP         string      `json:"tlp"`           // "TLP:GREEN"
	Approved    bool        `json:"approved_only"` // holds nothing but what a moderator has approved
	Created     time.Time   `json:"created"`
	Since       *time.Time  `json:"since"` // nil in the first edition
	Until       time.Time   `json:"until"`
	Summary     []string    `json:"summary"`
	Empty       []string    `json:"empty,omitempty"` // why there is nothing to read
	Thresholds  thresholds  `json:"thresholds"`
	Totals      totals      `json:"totals"`
	Communities []community `json:"communities"`
	Shared      section     `json:"shared"`
	Single      []alone     `json:"single_community"`
	Agenda      []point     `json:"agenda"`
	Beside      *point      `json:"beside_the_agenda,omitempty"`
	New         fresh       `json:"new"`
	Weeks       weeks       `json:"weeks"`
	Regions     []count     `json:"regions"`
	Sources     []count     `json:"sources"`
	Languages   []count     `json:"languages"`
	Recalls     []recall    `json:"recalls"`
	Silent      []silent    `json:"silent_sources"`
	Contact     string      `json:"contact,omitempty"` // whom readers can write to
	Questions   []quote     `json:"questions"`         // all that the audience may read, oldest first
}

type session struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Starts   time.Time `json:"starts"`
	Timezone string    `json:"timezone"` // that dates are told in
	Hashtags []string  `json:"hashtags"`

	zone *time.Location
}

// thresholds are those that the figures were judged by.
type thresholds struct {
	Floor          int     `json:"floor"`
	MinAskers      int     `json:"min_askers"`
	MinCommunities int     `json:"min_communities"`
	Z              float64 `json:"z"`
}

type totals struct {
	Questions   int `json:"questions"`
	Askers      int `json:"askers"`      // distinct
	Communities int `json:"communities"` // known ones that asked anything
	Topics      int `json:"topics"`
}

// community is one stakeholder group. Enough says that it has as many askers as the floor demands; of one that
// does not, nothing is concluded.
type community struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Askers    int    `json:"askers"`
	Questions int    `json:"questions"`
	Enough    bool   `json:"enough"`
	Known     bool   `json:"known"`

	colour colour
}

// section is a list that is cut for reading: More says how many it goes on for.
type section struct {
	Concerns []concern `json:"concerns"`
	More     int       `json:"more"`
}

// alone is what one community asks and the others do not.
type alone struct {
	Community community `json:"community"`
	Concerns  []concern `json:"concerns"`
	More      int       `json:"more"`
}

// concern is a topic with the shares of the communities that ask it.
type concern struct {
	Topic  string  `json:"topic"`
	Title  quote   `json:"title"` // the earliest question on it that may say who asked
	TLP    string  `json:"tlp"`   // the strictest label of the questions on it in this edition
	Askers int     `json:"askers"`
	Shares []share `json:"shares"`           // of communities with an asker on it: those that ask it first, then by lo
	Others *share  `json:"others,omitempty"` // of a single-community concern: all other communities together
	More   int     `json:"more"`             // questions on it that are not quoted here
	New    int     `json:"new"`              // questions on it since the last edition
}

// share is N of n askers with the Wilson interval of the share.
type share struct {
	Community community `json:"community"`
	Askers    int       `json:"askers"`
	Of        int       `json:"of"`
	Lo        float64   `json:"lo"`
	Hi        float64   `json:"hi"`
	Enough    bool      `json:"enough"`
	Words     []quote   `json:"words"` // in its own words, where they are not the title's
}

// point is an agenda point with the topics asked under it, most askers first.
type point struct {
	ID        string  `json:"id"`
	Title     string  `json:"title"`
	Questions int     `json:"questions"`
	Topics    []topic `json:"topics"`
	More      int     `json:"more"`
}

// topic is the questions that ask the same thing, shown by one of them.
type topic struct {
	ID          string      `json:"id"`
	Lead        quote       `json:"lead"`
	TLP         string      `json:"tlp"` // the strictest label of the questions on it in this edition
	Questions   int         `json:"questions"`
	Askers      int         `json:"askers"`
	Communities []community `json:"communities"`
	Told        bool        `json:"told"` // stands in full in a section above
}

// quote is one question in its asker's words, or in a moderator's.
type quote struct {
	ID        string    `json:"id"`
	Topic     string    `json:"topic,omitempty"`
	Text      string    `json:"text"`
	Context   string    `json:"context,omitempty"`
	Language  string    `json:"language"` // BCP 47; "und" if not certain
	Dir       string    `json:"dir"`      // "ltr" or "rtl"
	Community community `json:"community"`
	Also      []string  `json:"also,omitempty"` // further communities that it was tagged with
	Region    string    `json:"region,omitempty"`
	Themes    []string  `json:"themes,omitempty"`
	Source    string    `json:"source,omitempty"`
	Published time.Time `json:"published,omitzero"`
	URL       string    `json:"url,omitempty"`
	TLP       string    `json:"tlp"`
	NoName    bool      `json:"chatham_house"` // neither community, region, source, date, link nor support is told
	New       bool      `json:"new"`
	Support   int       `json:"support,omitempty"`    // how many people reacted with approval at its source
	Edited    bool      `json:"edited"`               // the text is a moderator's
	Answered  time.Time `json:"answered,omitzero"`    // when a moderator said that it was
	Answer    string    `json:"answer,omitempty"`     // where, in the moderator's words
	AnswerURL string    `json:"answer_url,omitempty"` // where, as a link

	level domain.TLP // TLP as it is compared
}

type fresh struct {
	First     bool    `json:"first"` // the first edition: all of it is new
	Questions int     `json:"questions"`
	Topics    []topic `json:"topics"` // that nobody had asked about before
	More      int     `json:"more"`
}

// weeks counts questions by community and week, oldest week first.
type weeks struct {
	Starts []time.Time `json:"starts"` // Mondays, in the session's zone
	Rows   []weekRow   `json:"rows"`
	Most   int         `json:"most"` // the largest figure
	Cut    bool        `json:"cut"`  // there are earlier weeks
}

type weekRow struct {
	Community community `json:"community"`
	Counts    []int     `json:"counts"`
	Total     int       `json:"total"`
}

type count struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	N     int    `json:"n"`
}

// recall is a number of questions that an earlier edition quoted and that are gone or dismissed since.
type recall struct {
	Edition   int      `json:"edition"`
	Questions []string `json:"questions"` // ids
}

// silent is a source that has brought nothing in the time of the edition.
type silent struct {
	Source  string     `json:"source"`
	LastNew *time.Time `json:"last_new"` // nil: never
}
