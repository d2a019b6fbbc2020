package collectortest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"testing"

	"askahead/collectors"
	"askahead/domain"
)

func everyItem(t *testing.T, f Fixture) error {
	r := collect(t.Context(), f.New(t), "", 0)
	if r.err != nil {
		return r.err
	}
	if len(r.batches) < 2 {
		return fmt.Errorf("the fixture gives %d batch: it needs two or more", len(r.batches))
	}
	return same("items", r.ids(), f.Want)
}

func wellFormed(t *testing.T, f Fixture) error {
	r := collect(t.Context(), f.New(t), "", 0)
	seen := map[string]bool{}
	var now int64
	for _, b := range r.batches {
		for _, item := range b.Items {
			switch {
			case item.ExternalID == "" || item.Type == "":
				return errors.New("an item has no ExternalID or no Type")
			case seen[item.ExternalID]:
				return fmt.Errorf("two items have the id %q", item.ExternalID)
			case len(item.Raw) > collectors.MaxRaw:
				return fmt.Errorf("item %q has %d bytes, more than MaxRaw", item.ExternalID, len(item.Raw))
			case item.OptOut != "" && len(item.Raw) > 0:
				return fmt.Errorf("item %q is opted out and has its text still", item.ExternalID)
			}
			seen[item.ExternalID] = true
		}
		for _, broken := range b.Broken {
			if broken.ID == "" || broken.Reason == "" || len(broken.Raw) > collectors.MaxRaw {
				return fmt.Errorf("a broken item lacks its id or reason, or is larger than MaxRaw: %q %q %d bytes", broken.ID, broken.Reason, len(broken.Raw))
			}
		}
		if b.Next == "" {
			return errors.New("a batch has no cursor")
		}
		if b.Done.Now < now || b.Done.Total > 0 && b.Done.Now > b.Done.Total || b.Done.Unit == "" {
			return fmt.Errorf("progress goes from %d to %+v", now, b.Done)
		}
		now = b.Done.Now
	}
	return r.err
}

func brokenItems(t *testing.T, f Fixture) error {
	r := collect(t.Context(), f.New(t), "", 0)
	if r.err != nil {
		return r.err
	}
	return same("broken", r.brokenIDs(), f.Broken)
}

func sameAgain(t *testing.T, f Fixture) error {
	c := f.New(t)
	first, again := collect(t.Context(), c, "", 0), collect(t.Context(), c, "", 0)
	return errors.Join(first.err, again.err, equal(first, again))
}

// equal compares everything that two runs gave.
func equal(a, b run) error {
	if err := same("items", b.ids(), a.ids()); err != nil {
		return err
	}
	if len(a.batches) != len(b.batches) {
		return fmt.Errorf("%d batches, then %d", len(a.batches), len(b.batches))
	}
	for i := range a.batches {
		if !reflect.DeepEqual(a.batches[i], b.batches[i]) {
			return fmt.Errorf("batch %d differs", i+1)
		}
	}
	return nil
}

func twoAtOnce(t *testing.T, f Fixture) error {
	c := f.New(t)
	alone := collect(t.Context(), c, "", 0)
	nextA, stopA := iter.Pull2(c.Collect(t.Context(), ""))
	defer stopA()
	nextB, stopB := iter.Pull2(c.Collect(t.Context(), ""))
	defer stopB()
	var a, b run
	for range len(alone.batches) + 1 {
		for r, next := range map[*run]func() (collectors.Batch, error, bool){&a: nextA, &b: nextB} {
			batch, err, ok := next()
			if ok && err == nil {
				r.batches = append(r.batches, batch)
			}
			r.err = errors.Join(r.err, err)
		}
	}
	return errors.Join(alone.err, a.err, b.err, equal(alone, a), equal(alone, b))
}

func resumes(t *testing.T, f Fixture) error {
	c := f.New(t)
	whole := collect(t.Context(), c, "", 0)
	for i, b := range whole.batches {
		rest := collect(t.Context(), c, b.Next, 0)
		if rest.err != nil {
			return fmt.Errorf("after batch %d: %w", i+1, rest.err)
		}
		left := whole.from(i + 1)
		if err := same(fmt.Sprintf("items after batch %d", i+1), rest.ids(), left.ids()); err != nil {
			return err
		}
		if err := same(fmt.Sprintf("broken after batch %d", i+1), rest.brokenIDs(), left.brokenIDs()); err != nil {
			return err
		}
	}
	return whole.err
}

func stopped(t *testing.T, f Fixture) error {
	var all run
	var since collectors.Cursor
	for range len(f.Want) + len(f.Broken) + 10 {
		r := collect(t.Context(), f.New(t), since, 1)
		if r.err != nil {
			return r.err
		}
		if len(r.batches) == 0 {
			return errors.Join(same("items", all.ids(), f.Want), same("broken", all.brokenIDs(), f.Broken))
		}
		all.batches = append(all.batches, r.batches...)
		since = r.last(since)
	}
	return errors.New("it does not end: from some cursor on it yields batches for ever")
}

func stopsReading(t *testing.T, f Fixture) error {
	r := collect(t.Context(), f.New(t), "", 1)
	if r.err == nil && len(r.batches) != 1 {
		return fmt.Errorf("%d batches", len(r.batches))
	}
	return r.err
}

func cancelled(t *testing.T, f Fixture) error {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var r run
	for b, err := range f.New(t).Collect(ctx, "") {
		if err != nil {
			r.err = err
			break
		}
		r.batches = append(r.batches, b)
		cancel()
	}
	switch {
	case len(r.batches) > 1:
		return fmt.Errorf("%d batches came after it was cancelled", len(r.batches)-1)
	case !errors.Is(r.err, context.Canceled):
		return fmt.Errorf("cancelled after the first batch it ends with %v", r.err)
	}
	if r = collect(ctx, f.New(t), "", 0); !errors.Is(r.err, context.Canceled) || len(r.batches) > 0 {
		return fmt.Errorf("cancelled before it began it gives %d batches and %v", len(r.batches), r.err)
	}
	return nil
}

func foreignCursor(t *testing.T, f Fixture) error {
	own := collect(t.Context(), f.New(t), "", 0).last("")
	for _, since := range []collectors.Cursor{"rubbish", "\x00\xff", "no-such-kind/1 {}", "{}", own[:len(own)-1], own + own} {
		r := collect(t.Context(), f.New(t), since, 0)
		if !errors.Is(r.err, collectors.ErrCursor) || len(r.batches) > 0 {
			return fmt.Errorf("cursor %q gives %d batches and %v; want an ErrCursor", since, len(r.batches), r.err)
		}
	}
	return nil
}

func nothingNew(t *testing.T, f Fixture) error {
	since := collect(t.Context(), f.New(t), "", 0).last("")
	r := collect(t.Context(), f.New(t), since, 0)
	return errors.Join(r.err, same("items", r.ids(), nil), same("broken", r.brokenIDs(), nil))
}

func emptySource(t *testing.T, f Fixture) error {
	r := collect(t.Context(), f.Empty(t), "", 0)
	return errors.Join(r.err, same("items", r.ids(), nil))
}

func fails(t *testing.T, f Fixture) error {
	r := collect(t.Context(), f.Failing(t), "", 0)
	if r.err == nil {
		return errors.New("the failing source ends without an error")
	}
	if f.Is != nil && !errors.Is(r.err, f.Is) {
		return fmt.Errorf("got the error %q, want one that is %q", r.err, f.Is)
	}
	if got := r.ids(); len(got) > len(f.Want) || !slices.Equal(got, f.Want[:len(got)]) {
		return fmt.Errorf("before its error it gives %q, not the beginning of what there is", shorten(got))
	}
	rest := collect(t.Context(), f.New(t), r.last(""), 0)
	return errors.Join(rest.err, same("items of both runs", append(r.ids(), rest.ids()...), f.Want))
}

func sweeps(t *testing.T, f Fixture) error {
	c, edited, gone := f.Sweep(t)
	r := read(c.Sweep(t.Context(), f.Want), 0)
	if r.err != nil {
		return r.err
	}
	var deleted []string
	for _, b := range r.batches {
		deleted = append(deleted, b.Gone...)
		for i := range b.Items {
			if !b.Items[i].Edited && b.Items[i].OptOut == "" {
				return fmt.Errorf("item %q comes without being edited", b.Items[i].ExternalID)
			}
		}
	}
	slices.Sort(deleted)
	got := r.ids()
	slices.Sort(got)
	if none := read(c.Sweep(t.Context(), nil), 0); none.err != nil || len(none.ids()) > 0 {
		return fmt.Errorf("a sweep of nothing gives %q, %v", none.ids(), none.err)
	}
	return errors.Join(same("edited", got, slices.Sorted(slices.Values(edited))), same("gone", deleted, slices.Sorted(slices.Values(gone))))
}

func fetches(t *testing.T, f Fixture) error {
	c, want := f.Fetch(t)
	ids := slices.Concat(want.Items, want.Broken, want.Gone, want.Unknown, want.Items[:1], []string{"", "\x00/\xff"})
	slices.Reverse(ids)
	r := read(c.Fetch(t.Context(), ids), 0)
	if r.err != nil {
		return r.err
	}
	var gone []string
	for _, b := range r.batches {
		gone = append(gone, b.Gone...)
		if b.Next != "" {
			return errors.New("a batch moves the cursor")
		}
	}
	sorted := func(ids []string) []string { return slices.Sorted(slices.Values(ids)) }
	err := errors.Join(same("items", sorted(r.ids()), sorted(want.Items)), same("broken", sorted(r.brokenIDs()), sorted(want.Broken)),
		same("gone", sorted(gone), sorted(want.Gone)))
	if err != nil {
		return err
	}
	collected := map[string]domain.Item{}
	for _, item := range collect(t.Context(), c, "", 0).items() {
		collected[item.ExternalID] = item
	}
	for _, item := range r.items() {
		if !reflect.DeepEqual(item, collected[item.ExternalID]) {
			return fmt.Errorf("item %q is not the one that Collect gives", item.ExternalID)
		}
	}
	if none := read(c.Fetch(t.Context(), nil), 0); none.err != nil || len(none.batches) > 0 {
		return fmt.Errorf("asked for nothing it gives %d batches, %v", len(none.batches), none.err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := read(c.Fetch(ctx, ids), 0); !errors.Is(r.err, context.Canceled) || len(r.batches) > 0 {
		return fmt.Errorf("cancelled before it began it gives %d batches and %v", len(r.batches), r.err)
	}
	if r := read(c.Fetch(t.Context(), ids), 1); r.err != nil || len(r.batches) != 1 {
		return fmt.Errorf("stopped after the first batch it gives %d and %v", len(r.batches), r.err)
	}
	return nil
}

func rewinds(t *testing.T, f Fixture) error {
	c, to, since := f.Rewind(t)
	from, err := c.Rewind(t.Context(), to)
	if err != nil {
		return err
	}
	r := collect(t.Context(), c, from, 0)
	got := r.ids()
	if len(got) >= len(f.Want) || len(got) < len(since) {
		return fmt.Errorf("%d items come from there, of which %d must; there are %d: %w", len(got), len(since), len(f.Want), r.err)
	}
	if from, err = c.Rewind(t.Context(), to.AddDate(-30, 0, 0)); err != nil {
		return fmt.Errorf("long before the beginning: %w", err)
	}
	whole := collect(t.Context(), c, from, 0)
	if from, err = c.Rewind(t.Context(), to.AddDate(30, 0, 0)); err != nil {
		return fmt.Errorf("in times to come: %w", err)
	}
	none := collect(t.Context(), c, from, 0)
	return errors.Join(r.err, whole.err, none.err, same("items since then", got[len(got)-len(since):], since),
		same("items since long before", whole.ids(), f.Want), same("items of times to come", none.ids(), nil))
}

func grown(t *testing.T, f Fixture) error {
	before := collect(t.Context(), f.New(t), "", 0)
	want := f.Grow(t)
	if len(want) == 0 {
		return errors.New("the fixture did not grow")
	}
	after := collect(t.Context(), f.New(t), before.last(""), 0)
	return errors.Join(before.err, after.err, same("items", after.ids(), want))
}
