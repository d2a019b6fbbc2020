// Package store is the contract of a store, without SQL: what is kept, and in which steps. Each method is
// one transaction. Implementations live below it (sqlstore) and pass storetest.
package store

import (
	"context"
	"errors"
	"time"

	"askahead/domain"
)

// Store keeps what was collected. All ids are made by the caller (domain.Keys).
type Store interface {
	// SaveBatch writes items, questions, tags, topics, counts, quarantine and the cursor of one source for one
	// session, or nothing. Saving the same batch again changes nothing but the time of the last run: a stored
	// cursor that equals b.Next (and not b.Since) says that it was saved before. A stored cursor that is neither
	// fails with domain.ErrConflict, for another process was faster; unless b.Part. A batch that is b.Still can
	// always be saved.
	SaveBatch(ctx context.Context, b Batch, g Grouper) (Saved, error)
	// Progress tells how far a source was read for a session; the zero value if it never was.
	// stream is Batch.Stream, or the name of the source where that is empty; then all of its streams count for
	// everything but the cursor.
	Progress(ctx context.Context, session, stream string) (Progress, error)
	// Has tells which of the item ids are stored for a session with a question or without one, for threads
	// and for what need not be understood again.
	Has(ctx context.Context, session string, items []string) (map[string]Known, error)
	// Suppressed tells which of these askers asked not to be read any more, and since when: see Erasure. Nothing gives
	// the list itself.
	Suppressed(ctx context.Context, askers []string) (map[string]time.Time, error)
	// Held yields the external ids of a stream's items that have questions, after (exclusive), in order: what
	// a sweep asks the source for.
	Held(ctx context.Context, session, stream, after string, limit int) ([]string, error)
	// Questions lists by time of publication, newest first.
	Questions(ctx context.Context, q Query) (Page, error)
	// Topics gives the topics with these ids, in their order; unknown ids are left out.
	Topics(ctx context.Context, session string, ids []string) ([]domain.Topic, error)
	// Voices yields every panel question that may be read by audience and is not dismissed, oldest first, ties by id: what the
	// concern measures count. It stops at the first error of yield.
	Voices(ctx context.Context, session string, audience domain.TLP, until time.Time, yield func(Voice) error) error
	// Counts sums what was counted for a session.
	Counts(ctx context.Context, session string) ([]Count, error)
	// Quarantine lists what no parser could read, oldest first, at most limit rows after a Quarantined.Place
	// (exclusive), and fewer where they are large; the end is an empty list. An item that is saved, gone or settled
	// under the id of a row takes the row out; one that is broken again leaves it all but its new reason.
	Quarantine(ctx context.Context, session, after string, limit int) ([]Quarantined, error)
	// Expire removes what is older than its time: quarantined bytes and sightings that ended before now, and what
	// Watch keeps no longer than KeepArrivals.
	// An item that no source holds any more loses its questions. It returns how many rows went. It may take
	// several transactions; one that is interrupted is gone on with by the next.
	Expire(ctx context.Context, now time.Time) (Removed, error)
	// SaveEdition records an edition with the next number of its session and audience name, which it returns, and
	// a delivery that waits for each of its recipients. If the caller names a number and it is not the next one,
	// another process was faster: domain.ErrConflict, and nothing is recorded.
	// Questions that an earlier edition of that name quoted and that are gone, dismissed or labelled above its readers since
	// are its recalls.
	SaveEdition(ctx context.Context, e Edition) (Edition, error)
	// Editions lists the editions of a session, newest first; name "" lists all names.
	Editions(ctx context.Context, session, name string, limit int) ([]Edition, error)
	// Recalls lists the questions that earlier editions of that name quoted, that are gone, dismissed or labelled
	// above its readers since, and that no edition has recalled yet.
	Recalls(ctx context.Context, session, name string) ([]Recall, error)
	Close() error
}

// Errors of opening, backing up and restoring a store; the locked, the full and the unreachable may also come later. Each is wrapped with
// what to do. None of them harms what is stored.
var (
	ErrNewerSchema = errors.New("the database was written by a newer askahead")
	ErrWrongKey    = errors.New("the key does not belong to this database")
	ErrLocked      = errors.New("the database is locked by another process")
	ErrFull        = errors.New("the disk is full")
	ErrNotOurs     = errors.New("the file is not a database of askahead")
	ErrUnreachable = errors.New("the database server cannot be reached")
	ErrDamaged     = errors.New("the file is damaged")
	ErrHasData     = errors.New("the database holds data already")
)

// Shared is the reserved session id under which a top-level source has its leading cursor.
const Shared = "*"

// Batch is one source's page for one session.
type Batch struct {
	Session string
	Source  string
	Stream  string // names the cursor, where a source has several (imported files); empty is Source
	Since   string // the cursor that the page was read from
	Next    string // the cursor behind it
	Part    bool   // of a top-level source, whose leading cursor stands under the session Shared and is saved last
	Still   bool   // moves no cursor: Since and Next mean nothing, and other readers of the source are not in the way
	Now     time.Time
	Items   []Item
	Gone    []string // external ids
	Broken  []Quarantined

	Settled []string // external ids that need not wait in quarantine any more, beside those of Items and Gone
	Counts  []Count  // of items that leave no row: not taken, TLP:RED

	// Support is Item.Support, by external id, of what this stream holds and is neither in Items nor gone. Where two ids
	// are the same item, the larger one counts.
	Support map[string]int

	// Arrivals are when the items that the source gave were published, whatever became of them: see Watch. A page of
	// several sessions carries them once.
	Arrivals []Arrival

	// Reread says that the source was read again because the rules are other ones by now; the batch is Still.
	//
	// An item that is stored with a question or without one, with the same content, and held by this stream from this
	// source, is replaced where its outcome or its questions differ from what is stored; it counts as Saved.Anew. A
	// question whose text was there before keeps its id, its number, its topic and its time of collection; one whose
	// text changed in its place keeps its id and its time, and its topic while it fits. Every other one is new.
	//
	// Whatever else is stored stays as it is: what declined, is gone or has expired, and what another source brought.
	// But an author who declines by now, and an edit, are obeyed as always. No retention is prolonged: a stored item
	// gets no sighting, and one that takes the place of another under an external id expires when that would have.
	//
	// An item that is not stored is stored as always. So saving the same batch again changes nothing but the time of
	// the last run, and an interrupted rereading is finished by another one.
	Reread bool
}

// Outcome says what came of an item.
type Outcome string

// The outcomes. Of NoQuestion and OptedOut only the id, the keyed hash of the content and the sighting stay.
const (
	Kept       Outcome = "kept"        // has at least one question
	NoQuestion Outcome = "no-question" // nothing was asked
	OptedOut   Outcome = "opted-out"   // its author declines: replaces what is stored, edited or not
	Gone       Outcome = "gone"        // deleted at every source that held it
	Expired    Outcome = "expired"     // its retention ended; it is not taken again
	Forgotten  Outcome = "forgotten"   // somebody asked for it to be erased; it is not taken again
)

// Item is what is stored of an item.
type Item struct {
	ID           string // Keys.Item
	ExternalID   string
	Content      string // Keys.Content
	Published    time.Time
	Edited       bool // replaces what is stored under the id if the content differs
	Outcome      Outcome
	Expires      time.Time // end of its retention at this source
	Questions    []Question
	Counts       []Count   // added only if the item is new
	Silent       []Count   // what it counts as without a question; a rereading adds or takes them back as the outcome changes
	Contact      []byte    // where who asked for an answer can be reached: SealContact; empty if nobody did
	ContactUntil time.Time // the end of its retention
	Support      int       // domain.Envelope.Support, of 0 to MaxSupport: see there
}

// MaxSupport is the most people who can have reacted to an item: a server may claim anything. What lies outside of the
// range is moved to its edge.
//
// The questions of an item carry what the source that brought them tells. When the item comes from there again, its
// number is stored, edited or not, and that is no change: it counts as Saved.Again, and what moderators decided stays.
const MaxSupport = 1e9

// Question is a question with what it is found by.
type Question struct {
	domain.Question
	Terms []string // for Query.Terms; sorted, distinct
	Keys  []int64  // for Grouper; sorted, distinct; empty unless a panel question
}

// Grouper decides which topic a question belongs to. SaveBatch calls it within its transaction.
type Grouper interface {
	// Order gives the places of the new panel questions of a batch in the order in which they are placed. It depends
	// on the questions alone, so that a batch in any other order gives the same topics.
	Order(questions []domain.Question) []int
	// Place returns the id of the topic among near that asks the same as q, or "" if none does.
	// near holds topics of the session that share a key with q, in order of their id.
	// The leaders carry no tags.
	Place(q domain.Question, near []domain.Topic) string
	// Keys gives what Question.Keys holds, for a question that comes to lead a topic: sorted, distinct.
	Keys(q domain.Question) []int64
}

// Saved is what SaveBatch did.
type Saved struct {
	New       int             // items stored for the first time, with whatever outcome
	Outcomes  map[Outcome]int // the same by outcome
	Changed   int             // items replaced by an edit, gone before and back, or taken back in this very batch
	Anew      int             // items replaced because a rereading understood them otherwise
	Again     int             // items that were there already
	Questions int             // new panel questions
	Topics    int             // topics opened
	Removed   int             // items that are gone from their last source
	Broken    int             // newly quarantined
}

// Count is how often something happened that leaves nothing else behind.
type Count struct {
	Source string
	What   string // "no-question", "not-taken", "tlp-red", "opted-out"
	Key    string // list and sender domain, as "list teams.example.org", "domain example.org"; empty for the plain total
	N      int64
}

// Progress is how far and when a source was read for a session.
type Progress struct {
	Cursor  string
	LastRun time.Time
	LastNew time.Time // when a run last brought a new item
	Items   int64     // items that the source holds
}

// Known is what is stored of an item id.
type Known struct {
	Outcome Outcome
	Content string
}

// Query selects questions of one session.
type Query struct {
	Session   string
	Audience  domain.TLP    // what may be read; the zero value gives nothing
	Held      bool          // for the operator only: those that Audience may not read, instead
	Kinds     []domain.Kind // none: panel only
	Community string        // a community, or domain.Unknown
	Region    string
	Theme     string
	Source    string
	Language  string
	Topics    []string
	IDs       []string
	Begins    string    // with what the id begins
	Standing  Standing  // with the moderators
	Terms     []string  // all of them
	Since     time.Time // collected at or after; zero: no bound
	Until     time.Time // collected before; zero: no bound
	Answer    bool      // only those whose askers want an answer
	After     string    // Page.Next of the page before
	Limit     int       // 1 to 1000; 0 is 100
}

// Page is a part of a list.
type Page struct {
	Questions []domain.Question // with tags
	Next      string            // empty on the last page
}

// Voice is one question as the concern measures see it.
type Voice struct {
	Question    string
	Topic       string
	Asker       string
	Fingerprint string
	Published   time.Time
	Communities []string // sorted
}

// Quarantined is what could not be read.
type Quarantined struct {
	ID        string // external id or place
	Session   string
	Source    string
	Stream    string // Batch.Stream, filled by the store: which of the source's streams it came by
	Type      string
	Reason    string
	Raw       []byte
	Cut       bool // Raw is its beginning alone
	Collected time.Time
	Expires   time.Time // when Raw is removed
	Place     string    // where it stands in the list; filled by Store.Quarantine
}

// Removed counts what Expire removed.
type Removed struct{ Raw, Items int }

// Edition is the record of one edition.
type Edition struct {
	Session   string
	Name      string // of the edition in the configuration
	Number    int
	Audience  domain.TLP
	Created   time.Time
	Since     time.Time
	Until     time.Time
	Questions []string // ids that it quotes; filled by SaveEdition's caller, empty in Editions
	// Recipients are those who get it by mail, as Delivery.Recipient; filled by SaveEdition's caller, empty in Editions.
	Recipients []string
	Recalls    []Recall
}

// Recall is a question that an edition quoted and that is gone, dismissed or labelled above its readers since. Its text is not told again.
type Recall struct {
	Question string
	Edition  int
}
