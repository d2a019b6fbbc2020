// Package collectors says what a collector is: the one thing that a new source must supply. Schedules,
// retries, leases, cursors, progress and storing are written once, around it, in pipeline.
package collectors

import (
	"context"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"time"

	"askahead/domain"
)

// Collector reads one source.
type Collector interface {
	// Collect yields batches of what is newer than since, oldest first. The same cursor gives the same items
	// again: a collector keeps no state, chooses nothing by topic, and yields whole pages or an error. After
	// an error it yields nothing more. An item that no parser can read goes into Batch.Broken; the cursor
	// moves past it.
	Collect(ctx context.Context, since Cursor) iter.Seq2[Batch, error]
}

// Cursor is how far a source was read; empty is the beginning. Only the collector that wrote it can read it.
type Cursor string

// Batch is a page of items with the cursor that stands behind them.
type Batch struct {
	Items  []domain.Item
	Gone   []string // external ids known to be deleted at the source
	Broken []Broken
	Next   Cursor
	Done   Progress

	// Support is, of a sweep, how many people support what is neither an item of it nor gone: domain.Envelope.Support by
	// external id.
	Support map[string]int
}

// Progress is how far a collector has come, in a unit of its own. Total is 0 where it can't be known.
type Progress struct {
	Now, Total int64
	Unit       string // "bytes", "messages", "posts"
}

// Broken is what the source sent and no parser could read, for quarantine.
type Broken struct {
	ID     string // external id, or a name for the place it was found at; the same on every run
	Type   string // media type, as in domain.Item
	Reason string // one sentence for the operator, without personal data
	Raw    []byte // at most MaxRaw bytes of it
	Cut    bool   // Raw is its beginning alone
}

// MaxRaw is the largest item that a collector hands on, in bytes. A larger one is Broken, cut to this size.
const MaxRaw = 10 << 20

// Sweeper is a collector that can ask its source which of the given items were edited or deleted.
// It yields edited items whole, and deleted ones as Gone.
type Sweeper interface {
	Sweep(ctx context.Context, ids []string) iter.Seq2[Batch, error]
}

// Rounder is a Sweeper that wants to know which calls of Sweep are one sweep over everything that is held: what one of
// them learns of the source holds for the next.
type Rounder interface {
	Round() Round
}

// Round is one sweep, asked page by page. Where a source is several servers, one that fails does not keep the others from
// being asked: Sweep yields its error only when nothing is left to ask, and Left, at the end, says why some of the ids
// were not asked for (an *Incomplete). It is nil if all were, and of what Sweep has told.
type Round interface {
	Sweeper
	Left() error
}

// Fetcher is a collector that can give single items again, whatever became of them. ids are those of items and of what
// was Broken. Each is answered once: by the item as it is now, exactly as Collect would give it; as Broken under the
// same id; or as Gone, if the source says that it has it no more. An id that says nothing to the source is left out.
type Fetcher interface {
	Fetch(ctx context.Context, ids []string) iter.Seq2[Batch, error]
}

// Rewinder is a collector that can begin at a time. Behind the cursor comes everything that was published there since
// then, and as little as it can of what was before.
type Rewinder interface {
	Rewind(ctx context.Context, to time.Time) (Cursor, error)
}

// Checker is a collector that can say what works, what is missing, and what to do about it.
type Checker interface {
	Check(ctx context.Context) []Finding
}

// Finding says of one thing whether it works at a source.
type Finding struct {
	OK   bool
	What string // what was tried: "open archive.mbox"
	Hint string // what to do about it; empty when OK
}

// Deps is what a collector gets from outside.
type Deps struct {
	HTTP     *http.Client
	Dial     func(ctx context.Context, network, addr string) (net.Conn, error)
	Now      func() time.Time
	Log      *slog.Logger
	BaseDir  string   // relative paths in settings start here: the folder of the configuration file
	Contact  string   // for the User-Agent
	Hashtags []string // of the session, without "#"; used where the settings name none

	// Communities are those of the session that somebody may choose from to say whom they speak for.
	Communities []Choice

	// CalledAt is the public address at which a Receiver is called; empty where there is none.
	CalledAt string

	// Waiting is told before a wait that the source asked for, of more than a second. It may be nil.
	Waiting func(until time.Time)
}

// Choice is one of several that people choose from: what is recorded, and what they see.
type Choice struct{ ID, Title string }

// Kind is one kind of source.
type Kind struct {
	Name       string
	PublicOnly bool                                             // reads only public posts: what is unlabelled there counts as TLP:CLEAR
	Reads      string                                           // what of people it gets to see, as the privacy notice tells them: "posts under a hashtag: their text, …"
	Settings   func() any                                       // a pointer to a fresh settings struct with its defaults, for strict YAML decoding
	New        func(settings any, deps Deps) (Collector, error) // no network, no file is opened; errors name the setting
	// Archive returns settings that read the file or folder at path, if it is of this kind: for `askahead
	// import`. head is the start of a file (decompressed), nil for a folder. Nil where a kind reads no files.
	Archive func(path string, head []byte) (settings any, ok bool)

	Ask    []Question // what `askahead init` asks for: the settings without which nothing is read
	Readme string     // README.md of the kind's folder: its first line and its table of settings are shown to people
	Sample string     // sample.yaml of the kind's folder: the first source is what `init` proposes
}

// Question asks for one setting. Whatever is answered is checked like a setting that stands in the file; the
// answer that is shown as an example is that of Kind.Sample.
type Question struct {
	Key     string // of the settings
	Text    string // one line that ends in "?"
	Default string // what pressing Enter answers; empty: an answer is needed. Of a secret, which is never shown, none
	Unless  string // a key asked for before: if that is true, this one needs no answer
}

// Validator is a settings struct that can check more than its types: each problem is one error that starts
// with the key it is about, such as `path: is empty`.
type Validator interface {
	Validate() []error
}

// Visitor is a settings struct of a kind that reads web servers. Each is named by its address, such as
// https://social.example, as the source will ask for it; what servers name themselves is left out.
type Visitor interface {
	Servers() []string
}

// Hosted is a settings struct of a kind that reads a server which is no web server.
type Hosted interface {
	Host() string // its name, without scheme and port
}
