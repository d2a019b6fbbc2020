package collectortest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

// list is a collector of a list in memory, with one fault or none.
type list struct {
	ids   []string
	gone  map[string]bool
	edits map[string]bool
	fault string
	fails bool
	calls int
}

const pageSize = 3

func (l *list) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		var at struct{ N int }
		if err := since.Read("list/1", &at); err != nil && l.fault != "takes any cursor" {
			yield(collectors.Batch{}, err)
			return
		}
		l.calls++
		if l.fault == "remembers" && l.calls > 1 {
			return
		}
		if l.fault == "fails when empty" && len(l.ids) == 0 {
			yield(collectors.Batch{}, errors.New("nothing there"))
			return
		}
		for at.N < len(l.ids) || l.fault == "never ends" {
			if err := ctx.Err(); err != nil && l.fault != "ignores the context" {
				yield(collectors.Batch{}, err)
				return
			}
			if l.fails && at.N >= pageSize {
				yield(l.failure())
				if l.fault == "goes on after its error" {
					yield(collectors.Batch{Next: "list/1 {}"}, nil)
				}
				return
			}
			b := l.page(&at.N)
			if !yield(b, nil) && l.fault != "ignores its reader" {
				return
			}
		}
	}
}

func (l *list) failure() (collectors.Batch, error) {
	if l.fault == "half a batch with the error" {
		return collectors.Batch{Items: []domain.Item{{ExternalID: l.ids[pageSize]}}}, collectors.ErrUnavailable
	}
	if l.fault == "another error" {
		return collectors.Batch{}, errors.New("something")
	}
	return collectors.Batch{}, collectors.ErrUnavailable
}

func (l *list) page(n *int) collectors.Batch {
	var b collectors.Batch
	from, to := *n, min(*n+pageSize, len(l.ids))
	ids := l.ids[from:to]
	switch l.fault {
	case "newest first":
		ids = []string{}
		for i := from; i < to; i++ {
			ids = append(ids, l.ids[len(l.ids)-1-i])
		}
	case "loses one":
		ids = ids[:len(ids)-1]
	case "repeats one":
		ids = append([]string{l.ids[0]}, ids...)
	}
	for _, id := range ids {
		if id == "broken" {
			if l.fault != "drops what is broken" {
				b.Broken = append(b.Broken, collectors.Broken{ID: id, Reason: "is not a number"})
			}
			continue
		}
		item := domain.Item{ExternalID: id, Type: domain.TypeText, Raw: []byte(id)}
		switch l.fault {
		case "too large":
			item.Raw = make([]byte, collectors.MaxRaw+1)
		case "no id":
			item.ExternalID = ""
		case "ids of the run":
			item.ExternalID = fmt.Sprint(id, l.calls)
		case "text of who opted out":
			item.OptOut = "noindex"
		}
		b.Items = append(b.Items, item)
	}
	*n = to
	next := to
	switch l.fault {
	case "cursor ahead":
		next = min(to+1, len(l.ids))
	case "cursor behind":
		next = max(to-1, 0)
	case "cursor stands still":
		next = from
	}
	b.Next, _ = collectors.NewCursor("list/1", struct{ N int }{next})
	b.Done = collectors.Progress{Now: int64(to), Total: int64(len(l.ids)), Unit: "items"}
	if l.fault == "progress beyond the end" {
		b.Done.Now = 99
	}
	return b
}

func (l *list) Sweep(_ context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		var b collectors.Batch
		for _, id := range ids {
			switch {
			case l.gone[id] && l.fault != "keeps what is gone":
				b.Gone = append(b.Gone, id)
			case l.edits[id], l.fault == "sweeps everything":
				b.Items = append(b.Items, domain.Item{ExternalID: id, Edited: l.edits[id]})
			}
		}
		yield(b, nil)
	}
}

func (l *list) Fetch(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		if len(ids) == 0 && l.fault != "fetches for nothing" {
			return
		}
		if err := ctx.Err(); err != nil && l.fault != "fetches when cancelled" {
			yield(collectors.Batch{}, err)
			return
		}
		var b collectors.Batch
		asked := map[string]bool{}
		for _, id := range ids {
			switch known := slices.Contains(l.ids, id); {
			case asked[id] && l.fault != "fetches twice", !known && l.fault != "fetches what it never had":
			case l.gone[id]:
				b.Gone = append(b.Gone, id)
			case id == "broken":
				b.Broken = append(b.Broken, collectors.Broken{ID: id, Reason: "is not a number"})
			default:
				item := domain.Item{ExternalID: id, Type: domain.TypeText, Raw: []byte(id)}
				item.Edited = l.fault == "fetches otherwise"
				b.Items = append(b.Items, item)
			}
			asked[id] = true
		}
		if l.fault == "fetches with a cursor" {
			b.Next = "list/1 {}"
		}
		if !yield(b, nil) && l.fault != "fetches on" {
			return
		}
		if l.fault == "fetches on" {
			yield(collectors.Batch{}, nil)
		}
	}
}

// Rewind finds the place of the n-th item at the n-th second.
func (l *list) Rewind(_ context.Context, to time.Time) (collectors.Cursor, error) {
	n := max(0, min(int(to.Unix()), len(l.ids)))
	switch l.fault {
	case "rewinds to the beginning":
		n = 0
	case "rewinds too little":
		n = min(n+1, len(l.ids))
	}
	return collectors.NewCursor("list/1", struct{ N int }{n})
}

func listFixture(fault string) Fixture {
	ids := []string{"1", "2", "3", "4", "broken", "5", "6", "7"}
	var source *list
	return Fixture{
		Want:   []string{"1", "2", "3", "4", "5", "6", "7"},
		Broken: []string{"broken"},
		New: func(t *testing.T) collectors.Collector {
			if source == nil {
				source = &list{ids: ids, fault: fault}
			}
			return source
		},
		Empty:   func(t *testing.T) collectors.Collector { return &list{fault: fault} },
		Failing: func(t *testing.T) collectors.Collector { return &list{ids: ids, fault: fault, fails: true} },
		Is:      collectors.ErrUnavailable,
		Grow: func(t *testing.T) []string {
			if fault == "blind to what is new" {
				return []string{"8"}
			}
			source.ids = append(source.ids, "8", "9")
			return []string{"8", "9"}
		},
		Rewind: func(t *testing.T) (Rewinder, time.Time, []string) {
			return &list{ids: ids, fault: fault}, time.Unix(5, 0), []string{"5", "6", "7"}
		},
		Fetch: func(t *testing.T) (Fetcher, Fetched) {
			return &list{ids: ids, fault: fault, gone: map[string]bool{"2": true}},
				Fetched{Items: []string{"1", "4"}, Broken: []string{"broken"}, Gone: []string{"2"}, Unknown: []string{"99"}}
		},
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			l := &list{ids: ids, fault: fault, gone: map[string]bool{"2": true, "3": true}, edits: map[string]bool{"5": true}}
			return l, []string{"5"}, []string{"3", "2"}
		},
	}
}

func TestFaultlessCollectorPasses(t *testing.T) { Run(t, listFixture("")) }

// TestFaultsAreSeen breaks the collector in one way at a time and expects the promise that this breaks to say so.
func TestFaultsAreSeen(t *testing.T) {
	checks := map[string]func(*testing.T, Fixture) error{}
	for _, p := range promises() {
		checks[p.name] = p.check
	}
	unseen := map[string]bool{}
	for name := range checks {
		unseen[name] = true
	}
	for fault, name := range map[string]string{
		"newest first":                "gives every item once, oldest first",
		"loses one":                   "gives every item once, oldest first",
		"repeats one":                 "gives every item once, oldest first",
		"never ends":                  "gives every item once, oldest first",
		"too large":                   "gives ids, types and reasons, and nothing larger than MaxRaw",
		"no id":                       "gives ids, types and reasons, and nothing larger than MaxRaw",
		"progress beyond the end":     "gives ids, types and reasons, and nothing larger than MaxRaw",
		"text of who opted out":       "gives ids, types and reasons, and nothing larger than MaxRaw",
		"drops what is broken":        "puts what it cannot read into Broken",
		"ids of the run":              "gives the same items from the same cursor",
		"remembers":                   "keeps no state between two runs at once",
		"cursor ahead":                "gives exactly the rest from the cursor of each batch",
		"cursor behind":               "gives exactly the rest from the cursor of each batch",
		"cursor stands still":         "loses and repeats nothing when stopped after every batch",
		"ignores its reader":          "stops when its reader does",
		"ignores the context":         "ends with an error when the context is cancelled",
		"takes any cursor":            "refuses a cursor that it did not write",
		"fails when empty":            "takes an empty source without an error",
		"goes on after its error":     "ends with one error when the source fails, and keeps its place",
		"half a batch with the error": "ends with one error when the source fails, and keeps its place",
		"another error":               "ends with one error when the source fails, and keeps its place",
		"keeps what is gone":          "reports edits and deletions",
		"sweeps everything":           "reports edits and deletions",
		"rewinds to the beginning":    "begins at a time",
		"rewinds too little":          "begins at a time",
		"fetches for nothing":         "gives single items again as they are now",
		"fetches when cancelled":      "gives single items again as they are now",
		"fetches twice":               "gives single items again as they are now",
		"fetches what it never had":   "gives single items again as they are now",
		"fetches otherwise":           "gives single items again as they are now",
		"fetches with a cursor":       "gives single items again as they are now",
		"fetches on":                  "gives single items again as they are now",
		"blind to what is new":        "gives only what is new when the source has grown",
	} {
		t.Run(fault, func(t *testing.T) {
			check, ok := checks[name]
			if !ok {
				t.Fatalf("no promise is called %q", name)
			}
			if err := check(t, listFixture(fault)); err == nil {
				t.Errorf("%q does not see it", name)
			}
		})
		delete(unseen, name)
	}
	// A cursor behind its items is what makes an unchanged source look new.
	if err := nothingNew(t, listFixture("cursor behind")); err == nil {
		t.Error("nothingNew does not see a cursor behind its items")
	}
	delete(unseen, "finds nothing new in an unchanged source")
	for name := range unseen {
		t.Errorf("no fault shows that %q can fail", name)
	}
}
