package sqlstore

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"askahead/domain"
	"askahead/store"
)

// Sources send anything. What goes into a key of an index must be short (PostgreSQL takes 2704 bytes for all
// columns together), and text must be UTF-8 without NUL. Nothing of that may stop a batch.
const (
	maxExternalID = 1000
	maxKey        = 250 // terms, names of counts, ids of what is in quarantine
)

// clean checks what callers promise, and makes the rest of the batch fit for both databases. b is not changed.
func clean(b store.Batch) (store.Batch, error) {
	if b.Session == "" || b.Source == "" {
		return b, errors.New("save a batch: it names no session or no source")
	}
	if b.Stream == "" {
		b.Stream = b.Source
	}
	b.Still = b.Still || b.Reread
	items := b.Items
	b.Items = make([]store.Item, 0, len(items))
	b.Broken = append([]store.Quarantined(nil), b.Broken...)
	for _, it := range items {
		if it.ExternalID != text(it.ExternalID) || len(it.ExternalID) > maxExternalID {
			b.Broken = append(b.Broken, unnameable(&b, it.ExternalID))
			continue
		}
		if err := cleanItem(&b, &it); err != nil {
			return b, fmt.Errorf("save a batch of %s: item %s: %w", b.Source, it.ID, err)
		}
		b.Items = append(b.Items, it)
	}
	for i := range b.Broken {
		q := &b.Broken[i]
		q.ID, q.Type, q.Reason = key(q.ID), text(q.Type), text(q.Reason)
	}
	return b, nil
}

// unnameable puts an item aside whose id can't be stored: a sweep could never ask for it again.
func unnameable(b *store.Batch, id string) store.Quarantined {
	return store.Quarantined{ID: id, Collected: b.Now, Expires: b.Now,
		Reason: fmt.Sprintf("its id at the source is not UTF-8 or longer than %d bytes", maxExternalID)}
}

func cleanItem(b *store.Batch, it *store.Item) error {
	switch it.Outcome {
	case store.NoQuestion, store.OptedOut:
		it.Questions = nil
		return nil
	case store.Kept:
	default:
		return fmt.Errorf("%q is not an outcome that an item can be saved with", it.Outcome)
	}
	if it.ID == "" || len(it.Questions) == 0 {
		return errors.New("it has no id or no question")
	}
	it.Support = within(it.Support)
	questions := it.Questions
	it.Questions = make([]store.Question, len(questions))
	for i, q := range questions {
		if q.TLP == domain.Red {
			return errors.New("a question is TLP:RED, which is never stored")
		}
		q.Session, q.Item, q.Topic, q.Support = b.Session, it.ID, "", it.Support
		q.Text, q.Context, q.Why, q.URL = text(q.Text), text(q.Context), text(q.Why), text(q.URL)
		q.Language, q.Source = text(q.Language), text(q.Source)
		it.Questions[i] = q
	}
	return nil
}

// within moves what a server claims to where support can be.
func within(support int) int { return min(max(support, 0), store.MaxSupport) }

// text is s as both databases can hold it.
func text(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// key is s as a part of an index: where it is too long, its beginning and a hash of the whole.
func key(s string) string {
	s = text(s)
	if len(s) <= maxKey {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	cut := maxKey - 34
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "~" + hex.EncodeToString(sum[:16])
}

// never is a time that does not come.
const never = int64(math.MaxInt64)

// micros is a time as it is stored. What lies outside of the years 1 to 9999 is moved to their edge.
func micros(t time.Time) int64 {
	switch y := t.UTC().Year(); {
	case y < 1:
		t = time.Time{}
	case y > 9999:
		t = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	}
	return t.UnixMicro()
}

// moment is a stored time.
func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// until is the end of a retention as it is stored; the zero time is none.
func until(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return micros(t)
}
