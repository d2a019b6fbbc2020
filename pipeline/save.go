package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/domain"
	"askahead/protect"
	"askahead/store"
)

// quarantineTime is how long the bytes of what could not be read are kept for another try, where a source does not say.
const quarantineTime = 14 * 24 * time.Hour

// noRetention stands for "kept until someone says otherwise": a date that a database can hold.
var noRetention = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// saver is the last stage: it turns understood pages into store batches, one for each session of the source.
type saver struct {
	*Line
	job
}

// save saves a page. Of one that can't be saved whole it counts nothing: it comes again.
func (s *saver) save(ctx context.Context, p page) (Summary, error) {
	now, next := s.Now().UTC(), string(p.batch.Next)
	if next == "" {
		next = s.cursor
	}
	if err := s.requests(ctx, p); err != nil {
		return Summary{}, err
	}
	if err := s.leaveOut(ctx, p.read); err != nil {
		return Summary{}, err
	}
	broken, red := s.quarantine(p, now)
	arrivals := s.arrivals(p, now)
	sum := Summary{Read: len(p.batch.Items) + len(p.batch.Broken), Broken: len(broken), Red: int(total(red))}
	took := tally{make([]int, len(p.read)), make([]int, len(p.read))}
	aside := s.newBatch(s.src.cursorSession(), next, now)
	aside.Broken, aside.Settled = broken, leaving(p, broken)
	if !s.reread { // else they were counted when it was read first
		aside.Counts = red
	}
	var later []store.Batch
	for i := range s.src.Parts {
		batch, err := s.batch(ctx, p, i, next, now, took)
		if err != nil {
			return Summary{}, err
		}
		if !s.src.Shared {
			batch.Arrivals = arrivals
			batch.Broken, batch.Settled, batch.Counts = aside.Broken, aside.Settled, append(batch.Counts, aside.Counts...)
		} else if s.still && len(batch.Counts) > 0 {
			// No cursor tells that they were added before. So they are once nothing can be repeated any more.
			counts := s.newBatch(batch.Session, next, now)
			counts.Counts, batch.Counts = batch.Counts, nil
			later = append(later, counts)
		}
		saved, err := s.put(ctx, batch)
		if err != nil {
			return Summary{}, err
		}
		sum.addSaved(saved)
	}
	if s.src.Shared { // last, so that a crash before it repeats the page and the parts notice
		aside.Part, aside.Gone, aside.Arrivals = false, p.batch.Gone, arrivals
		for _, batch := range append([]store.Batch{aside}, later...) {
			if _, err := s.put(ctx, batch); err != nil {
				return Summary{}, err
			}
		}
	}
	sum.addTaken(p, took)
	s.retry.count(broken)
	s.cursor = next
	return sum, nil
}

// newBatch is one of a page, for a session, with nothing in it yet.
func (s *saver) newBatch(session, next string, now time.Time) store.Batch {
	return store.Batch{Session: session, Source: s.src.Name, Stream: s.src.stream(), Since: s.cursor, Next: next, Now: now,
		Part: s.src.Shared, Still: s.still, Reread: s.reread}
}

// put saves a batch, unless it moves no cursor and says nothing.
func (s *saver) put(ctx context.Context, b store.Batch) (store.Saved, error) {
	if b.Still && len(b.Items)+len(b.Gone)+len(b.Broken)+len(b.Settled)+len(b.Counts)+len(b.Support) == 0 {
		return store.Saved{}, nil
	}
	saved, err := s.Store.SaveBatch(ctx, b, s.Grouper)
	if errors.Is(err, store.ErrWiped) && s.src.Shared {
		return store.Saved{}, nil // the source goes on serving the others
	}
	if err != nil {
		return store.Saved{}, fmt.Errorf("session %s: %w", b.Session, err)
	}
	return saved, nil
}

// leaving lists what need not wait in quarantine any more: what could be read, whatever came of it, and of what could
// not what may be kept no longer.
func leaving(p page, broken []store.Quarantined) []string {
	var ids []string
	for j := range p.read {
		if !p.read[j].old {
			ids = append(ids, p.batch.Items[j].ExternalID)
		}
	}
	for _, b := range p.batch.Broken {
		ids = append(ids, b.ID)
	}
	stays := make(map[string]bool, len(broken))
	for _, q := range broken {
		stays[q.ID] = true
	}
	return slices.DeleteFunc(ids, func(id string) bool { return stays[id] })
}

func total(counts []store.Count) (n int64) {
	for _, c := range counts {
		n += c.N
	}
	return n
}

// quarantine gathers what can't be read. Labels and opt-outs are looked for in the raw bytes first: of what may be
// TLP:RED, or whose author declines, only a count is left.
func (s *saver) quarantine(p page, now time.Time) (broken []store.Quarantined, red []store.Count) {
	put := func(b collectors.Broken) {
		if protect.LooksRed(b.Raw) || protect.LooksDeclined(b.Raw) {
			red = []store.Count{{Source: s.src.Name, What: countRed, N: total(red) + 1}}
			return
		}
		q := store.Quarantined{ID: b.ID, Source: s.src.Name, Type: b.Type, Reason: b.Reason,
			Raw: b.Raw, Cut: b.Cut, Collected: now, Expires: now.Add(cmp.Or(s.src.Raw, quarantineTime))}
		s.retry.keep(&q)
		broken = append(broken, q)
	}
	for _, b := range p.batch.Broken {
		put(b)
	}
	for i := range p.read {
		if err := p.read[i].Err; err != nil {
			item := &p.batch.Items[i]
			put(collectors.Broken{ID: item.ExternalID, Type: item.Type, Reason: unreadable(err), Raw: item.Raw})
		}
	}
	return broken, red
}

// What is counted of items that leave no row of their own, and of those without a question.
const (
	countRed        = "tlp-red"
	countNotTaken   = "not-taken"
	countNoQuestion = "no-question"
)

// batch gathers what the i-th session gets of a page, and notes in took which items it took. Items are looked at
// in order, so that an answer finds that the mail it answers was taken, a line above or a year ago.
func (s *saver) batch(ctx context.Context, p page, i int, next string, now time.Time, took tally) (store.Batch, error) {
	part := s.src.Parts[i]
	batch := s.newBatch(part.Session.ID, next, now)
	batch.Gone, batch.Support = slices.Clone(p.batch.Gone), p.batch.Support
	thread, err := s.newThread(ctx, part, p)
	if err != nil {
		return batch, err
	}
	known, err := s.withdrawable(ctx, part, p)
	if err != nil {
		return batch, err
	}
	var red, notTaken int64
	for j := range p.read {
		u, item := &p.read[j], &p.batch.Items[j]
		taken := u.Err == nil && !u.old && (u.Own[i].Taken || thread.answers(&u.Reading))
		isRed := taken && u.red()
		if !taken && u.OptOut != "" && known[u.index.item] {
			// Nothing is left of the item that could be taken, and what is stored of it goes all the same.
			took.sessions[j]++
			batch.Items = append(batch.Items, s.withdrawn(u, item))
			continue
		}
		if item.Edited && !s.reread && (!taken || isRed) {
			// What stood there before must not stay, whatever became of it.
			batch.Gone = append(batch.Gone, item.ExternalID)
		}
		switch {
		case u.Err != nil, u.old, u.mine: // in quarantine, of no interest, or in the mailbox
		case !taken:
			notTaken++
		case isRed:
			took.sessions[j]++
			if known[u.index.item] && (!item.Edited || s.reread) {
				batch.Items = append(batch.Items, s.withdrawn(u, item))
				continue
			}
			took.red[j]++
			red++
		default:
			took.sessions[j]++
			thread.take(u.index.item)
			batch.Items = append(batch.Items, s.item(part, i, u, item, now))
		}
	}
	for _, c := range []store.Count{{What: countRed, N: red}, {What: countNotTaken, N: notTaken}} {
		if c.N > 0 && !s.reread { // else it was counted when it was read first
			c.Source = s.src.Name
			batch.Counts = append(batch.Counts, c)
		}
	}
	return batch, nil
}

// withdrawable tells which of the page's items are stored from a copy that came before, though they are TLP:RED or
// their authors decline.
func (s *saver) withdrawable(ctx context.Context, part Part, p page) (map[string]bool, error) {
	var ids []string
	for j := range p.read {
		if u := &p.read[j]; u.Err == nil && (u.red() || u.OptOut != "") {
			ids = append(ids, u.index.item)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	known, err := s.Store.Has(ctx, part.Session.ID, ids)
	if err != nil {
		return nil, fmt.Errorf("look for copies that came before: %w", err)
	}
	stored := map[string]bool{}
	for id, k := range known {
		stored[id] = k.Outcome == store.Kept || k.Outcome == store.NoQuestion
	}
	return stored, nil
}

// withdrawn takes back what is stored of an item, and leaves its id.
func (s *saver) withdrawn(u *Understood, item *domain.Item) store.Item {
	return store.Item{ID: u.index.item, ExternalID: item.ExternalID, Published: u.Reading.Published,
		Outcome: store.OptedOut, Expires: noRetention}
}

// item turns what was understood of an item into what is stored of it.
func (s *saver) item(part Part, i int, u *Understood, item *domain.Item, now time.Time) store.Item {
	out := store.Item{ID: u.index.item, ExternalID: item.ExternalID, Published: u.Reading.Published, Edited: item.Edited,
		Outcome: store.Kept, Expires: noRetention, Support: item.Support}
	if s.src.Retention > 0 {
		out.Expires = s.retry.collected(item.ExternalID, now).Add(s.src.Retention)
	}
	if u.OptOut != "" {
		return s.withdrawn(u, item)
	}
	out.Content = u.index.content
	if s.reread {
		out.Silent = s.emptyCounts(&u.Reading)
	}
	if len(u.Found) == 0 {
		out.Outcome = store.NoQuestion
		out.Counts = s.emptyCounts(&u.Reading)
		return out
	}
	for n := range u.Found {
		out.Questions = append(out.Questions, s.question(part, i, n, u, now))
	}
	if s.src.Contacts > 0 && u.Reading.Author.ID != "" && protect.WantsAnswer(u.Reading.Own) {
		out.Contact = store.SealContact(s.Keys, part.Session.ID, out.ID, u.Reading.Author.ID)
		out.ContactUntil = s.retry.collected(item.ExternalID, now).Add(s.src.Contacts)
	}
	return out
}

func (s *saver) question(part Part, i, n int, u *Understood, now time.Time) store.Question {
	f, found := &u.Found[n], &u.index.found[n]
	q := store.Question{Terms: found.terms, Keys: found.keys, Question: domain.Question{
		ID: domain.QuestionID(u.index.item, n+1), Session: part.Session.ID, Item: u.index.item,
		Text: f.Text, Context: f.Context, Language: f.Language, Kind: f.Kind, Why: f.Why,
		Asker: u.index.asker, Published: u.Reading.Published, Collected: now, Source: s.src.Name,
		TLP: u.Label.At(f.Start, f.End), NoName: u.Label.NoName, Fingerprint: found.fingerprint,
		Tags: u.Own[i].Tags[n], Vector: found.vector,
	}}
	q.Text, q.Context = withoutName(q.Text, u.Reading.Author.Name), withoutName(q.Context, u.Reading.Author.Name)
	if q.Published.IsZero() {
		q.Published = now // a mail without a date that can be read
	}
	// A link leads to the author. It is kept where everyone may follow it: the source says that its items are
	// public, or what they say is for everyone.
	if !q.NoName && (u.Reading.Public || q.TLP == domain.Clear) {
		q.URL = u.Reading.URL
	}
	return q
}

// withoutName takes the author's name out of a text: who introduces themselves by name is not named here. A name
// of one word may be any word, and stays.
func withoutName(text, name string) string {
	if name = strings.TrimSpace(name); !strings.Contains(name, " ") {
		return text
	}
	return strings.ReplaceAll(text, name, "[name]")
}

// emptyCounts keeps, of an item without a question, a count by list and by the sender's domain.
func (s *saver) emptyCounts(r *domain.Reading) []store.Count {
	var counts []store.Count
	for _, f := range r.Facts {
		if f.Name == domain.FactList || f.Name == domain.FactDomain {
			counts = append(counts, store.Count{Source: s.src.Name, What: countNoQuestion, Key: f.Name + " " + f.Value, N: 1})
		}
	}
	return append(counts, store.Count{Source: s.src.Name, What: countNoQuestion, N: 1})
}
