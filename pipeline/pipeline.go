// Package pipeline shows the whole way of the data in one place: collect → take → label → read → find → tag →
// group → save. Each step is another package's; what is here is their order, what runs side by side, and what
// is counted.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"askahead/collectors"
	"askahead/communities"
	"askahead/domain"
	"askahead/store"
	"askahead/take"
)

// Line is the straight line, ready to run. All its fields but Meaning are needed.
type Line struct {
	Store   store.Store
	Grouper store.Grouper
	Keys    domain.Keys
	Finder  Finder
	Now     func() time.Time
	Log     *slog.Logger
	Meaning *Meaning // nil: questions are grouped by their words alone
	Mailbox Mailbox  // nil: nobody asks askahead itself by mail
}

// Mailbox takes mails that ask askahead itself, and no panel: package requests.
type Mailbox interface {
	Mine(r *domain.Reading) bool
	// Take notes what a mail asks. The same mail may come again.
	Take(ctx context.Context, raw []byte, r *domain.Reading) error
}

// Finder finds the questions in an authored text, and tells its language; declared is the one that the source names,
// if it does, and names are what the sessions are called that the text is read for.
type Finder interface {
	Find(a *domain.Authored, declared string, names ...string) []domain.Found
	Language(text, declared string) string
}

// Source is one source with the sessions that it serves.
type Source struct {
	Name      string
	Kind      string
	Stream    string // names the cursor; empty is Name
	Collector collectors.Collector
	Default   domain.TLP    // what an unlabelled item counts as; 0 leaves it inside
	Retention time.Duration // counted from collection
	Raw       time.Duration // how long the bytes of what could not be read are kept; 0 is 14 days
	Contacts  time.Duration // how long the address of who asks for an answer is kept; 0: not at all
	Shared    bool          // stands at the top level of the configuration
	Parts     []Part
}

// Part is what one session takes from a source.
type Part struct {
	Session domain.Session
	Take    take.Rule
	Tagger  *communities.Tagger
}

// Report tells an onlooker how far a run is.
type Report struct {
	Source string
	Done   collectors.Progress
	Sum    Summary
}

// Collect reads everything new from the source, from its stored cursor on. What was read before an error is
// saved, and summed in the Summary beside the error. report may be nil; it is called after each batch.
func (l *Line) Collect(ctx context.Context, src Source, report func(Report)) (Summary, error) {
	progress, err := l.Store.Progress(ctx, src.cursorSession(), src.stream())
	if err != nil {
		return Summary{}, fmt.Errorf("read the cursor of %s: %w", src.Name, err)
	}
	from := job{src: &src, cursor: progress.Cursor, counts: src.stream() == src.Name}
	if from.cursor != "" { // else only an archive was imported under its name
		from.before = progress.LastRun
	}
	l.fill(ctx, &src)
	return l.run(ctx, from, func(ctx context.Context) batches {
		return src.Collector.Collect(ctx, collectors.Cursor(progress.Cursor))
	}, report)
}

func (s *Source) stream() string {
	if s.Stream != "" {
		return s.Stream
	}
	return s.Name
}

func (s *Source) cursorSession() string {
	if s.Shared {
		return store.Shared
	}
	return s.Parts[0].Session.ID
}

type batches = func(yield func(collectors.Batch, error) bool)

// job says what a run over a source is for.
type job struct {
	src    *Source
	cursor string    // that reading begins at
	counts bool      // what comes tells the source's rhythm: no sweep, no archive
	before time.Time // when the source was read before; zero if it never was
	still  bool      // it moves no cursor
	reread bool      // what is stored is understood anew, see store.Batch
	since  time.Time // what was published before is passed over; zero: nothing is
	retry  *retry    // what is known of the items that wait in quarantine; nil unless they are tried again
}

// errStopped ends a reading whose batches nobody wants any more; it is never shown.
var errStopped = errors.New("stopped")

// page is a batch on its way: what was read of each of its items, in order.
type page struct {
	batch collectors.Batch
	read  []Understood
}

// run moves batches through three stages that work side by side: the collector reads, all cores understand,
// one writer saves. Order is kept from end to end, and at most two batches wait between two stages, so that
// memory does not grow with the source. When ctx ends, reading ends, and what was read whole is saved.
func (l *Line) run(ctx context.Context, j job, read func(context.Context) batches, report func(Report)) (Summary, error) {
	lasting, end := outlasting(ctx)
	defer end()
	group, saving := errgroup.WithContext(lasting)
	fetched, understood := make(chan collectors.Batch, 1), make(chan page, 1)
	var sum Summary
	var broke error // why reading ended early: what came before is saved first
	group.Go(func() error {
		defer close(fetched)
		broke = l.fetch(ctx, saving, j.src, read, fetched)
		return nil
	})
	group.Go(func() error {
		defer close(understood)
		for batch := range fetched {
			read := l.understandAll(j, batch.Items)
			l.place(saving, j.src, read)
			select {
			case understood <- page{batch, read}:
			case <-saving.Done():
				return saving.Err()
			}
		}
		return nil
	})
	group.Go(func() error {
		saver := saver{Line: l, job: j}
		for p := range understood {
			saved, err := saver.save(saving, p)
			sum.Add(saved)
			if err != nil {
				return err
			}
			if report != nil {
				report(Report{Source: j.src.Name, Done: p.batch.Done, Sum: sum})
			}
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return sum, err
	}
	return sum, broke
}

// fetch passes on what the collector reads, until it has read everything, ctx ends or nothing can be saved any
// more. A page that is there when ctx ends is still passed on.
func (l *Line) fetch(ctx, saving context.Context, src *Source, read func(context.Context) batches, into chan<- collectors.Batch) (err error) {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(saving, stop)()
	defer func() { // a panic would end everything else that runs; what it says may quote what was read
		if fault := recover(); fault != nil {
			l.Log.Error("a collector failed", "source", src.Name, "stack", string(debug.Stack()))
			err = fmt.Errorf("collect from %s: %w", src.Name, errCollector)
		}
	}()
	for batch, err := range read(reading) {
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("collect from %s: %w", src.Name, err)
		}
		select {
		case into <- batch:
		case <-saving.Done():
			return saving.Err()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return ctx.Err() // a collector may take its end for the end of the source
}

// errCollector stands for a panic in a collector.
var errCollector = errors.New("the collector failed: please report this as a fault of askahead; the log says where")

// understandAll reads the items of a batch on all cores, and works out what they will be found by.
func (l *Line) understandAll(j job, items []domain.Item) []Understood {
	out := make([]Understood, len(items))
	next := make(chan int, len(items))
	for i := range items {
		next <- i
	}
	close(next)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(items)) {
		workers.Go(func() {
			for i := range next {
				out[i] = l.understandSince(j.src, &items[i], j.since)
				l.index(j.src, &out[i], &items[i])
			}
		})
	}
	workers.Wait()
	return out
}
