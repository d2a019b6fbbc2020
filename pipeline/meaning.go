package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"askahead/domain"
	"askahead/protect"
	"askahead/store"
)

// Embedder gives the vectors of texts, in their order.
type Embedder interface {
	Embed(ctx context.Context, texts []string) ([]domain.Vector, error)
}

// Meaning places panel questions by what they mean, with a model that a server runs. Whatever goes wrong with it, the
// questions are stored at once and grouped by their words.
type Meaning struct {
	Embedder Embedder
	Model    string
	Kept     store.Vectors
	Audience domain.TLP    // the highest label of what may be sent; what is unlabelled never is
	Named    bool          // what is under the Chatham House Rule is not sent
	Wait     time.Duration // for the vectors of one page
	Now      func() time.Time
	Log      *slog.Logger

	mu    sync.Mutex
	until time.Time // the server failed, and is left alone until then
}

// What is done about a server that fails, and about questions that have no vector yet.
const (
	restAfterFailure = 5 * time.Minute
	fillPage         = 128 // leaders at once
	fillMost         = 16  // pages in one run
)

// maySend says whether a question with this label may leave for the server.
func (m *Meaning) maySend(tlp domain.TLP, noName bool) bool {
	return tlp >= domain.Clear && tlp < domain.Red && tlp <= m.Audience && !(noName && m.Named)
}

// wanted is a question of a page that has no vector yet.
type wanted struct {
	text  string
	found *foundIndex
	of    domain.Question
}

// place gives the questions of a page their vectors: those that are stored, and of the others what the server says.
func (l *Line) place(ctx context.Context, src *Source, read []Understood) {
	m := l.Meaning
	if m == nil {
		return
	}
	err := l.leaveOut(ctx, read)
	var want []wanted
	if err == nil {
		want, err = l.wanted(ctx, src, read)
	}
	if err == nil {
		want, err = m.recall(ctx, l, src, want)
	}
	if err != nil {
		m.failed(ctx, err)
		return
	}
	texts := make([]string, 0, len(want))
	at := map[string]int{}
	for _, w := range want {
		if _, ok := at[w.text]; !ok {
			at[w.text] = len(texts)
			texts = append(texts, w.text)
		}
	}
	vectors := m.embed(ctx, texts)
	for _, w := range want {
		if vectors != nil {
			l.give(w, vectors[at[w.text]])
		}
	}
}

// give notes the vector of a question, and what it is found by with it.
func (l *Line) give(w wanted, v domain.Vector) {
	w.found.vector, w.of.Vector = v, v
	w.found.keys = l.Grouper.Keys(w.of)
}

// wanted lists the panel questions of a page that may be sent: of items that a session takes by itself, and that
// nobody has taken back.
func (l *Line) wanted(ctx context.Context, src *Source, read []Understood) ([]wanted, error) {
	var ids []string
	for i := range read {
		if len(read[i].index.found) > 0 {
			ids = append(ids, read[i].index.item)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	back := map[string]bool{}
	for _, part := range src.Parts {
		known, err := l.Store.Has(ctx, part.Session.ID, ids)
		if err != nil {
			return nil, fmt.Errorf("look for items of %s: %w", src.Name, err)
		}
		for id, k := range known {
			back[id] = back[id] || k.Outcome != store.Kept && k.Outcome != store.NoQuestion
		}
	}
	var list []wanted
	for i := range read {
		u := &read[i]
		if u.Err != nil || u.old || u.OptOut != "" || u.red() || !u.taken() || back[u.index.item] {
			continue
		}
		for j := range u.index.found {
			f := &u.Found[j]
			if f.Kind == domain.Panel && l.Meaning.maySend(u.Label.At(f.Start, f.End), u.Label.NoName) {
				list = append(list, wanted{sendable(withoutName(f.Text, u.Reading.Author.Name)), &u.index.found[j],
					domain.Question{Text: f.Text, Context: f.Context, Language: f.Language, Kind: f.Kind}})
			}
		}
	}
	return list, nil
}

// sendable is a text without addresses, accounts and numbers that lead to a person.
func sendable(text string) string { return protect.Mask(text) }

// recall gives questions the vectors that are stored for their texts, and returns those that have none.
func (m *Meaning) recall(ctx context.Context, l *Line, src *Source, want []wanted) ([]wanted, error) {
	for _, part := range src.Parts {
		if len(want) == 0 {
			return nil, nil
		}
		prints := make([]string, len(want))
		for i, w := range want {
			prints[i] = w.found.fingerprint
		}
		stored, err := m.Kept.Vectors(ctx, part.Session.ID, m.Model, prints)
		if err != nil {
			return nil, err
		}
		var rest []wanted
		for _, w := range want {
			if v, ok := stored[w.found.fingerprint]; ok {
				l.give(w, v)
			} else {
				rest = append(rest, w)
			}
		}
		want = rest
	}
	return want, nil
}

// embed asks the server, unless it has just failed; nil says that there is no answer.
func (m *Meaning) embed(ctx context.Context, texts []string) []domain.Vector {
	if len(texts) == 0 || m.resting() {
		return nil
	}
	short, cancel := context.WithTimeoutCause(ctx, m.Wait, errNoAnswer)
	defer cancel()
	vectors, err := m.Embedder.Embed(short, texts)
	if err == nil && len(vectors) != len(texts) {
		err = fmt.Errorf("there are %d vectors for %d texts", len(vectors), len(texts))
	}
	if err != nil {
		m.failed(ctx, err)
		return nil
	}
	return vectors
}

var errNoAnswer = errors.New("there was no answer in time")

func (m *Meaning) resting() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.Now().Before(m.until)
}

// failed leaves the server alone for a while, and says so once.
func (m *Meaning) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return // the run ends; nobody is to blame
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Now().Before(m.until) {
		return
	}
	m.until = m.Now().Add(restAfterFailure)
	m.Log.Warn("questions are grouped by their words alone for now: the server of embeddings fails", "until", m.until.UTC(), "err", err)
}

// fill gives topics the vectors of their leaders that are missing: the server did not answer when they came, or there
// was another model. What comes from then on finds them; topics that are there already stay apart.
func (l *Line) fill(ctx context.Context, src *Source) {
	m := l.Meaning
	if m == nil {
		return
	}
	for _, part := range src.Parts {
		for range fillMost {
			more, err := m.fillSome(ctx, part.Session.ID)
			if err != nil {
				m.failed(ctx, err)
			}
			if err != nil || !more {
				break
			}
		}
	}
}

// fillSome fills a page, and says whether there may be more.
func (m *Meaning) fillSome(ctx context.Context, session string) (more bool, err error) {
	if m.resting() {
		return false, nil
	}
	leaders, err := m.Kept.Unplaced(ctx, store.Unplaced{Session: session, Model: m.Model, Audience: m.Audience, Named: m.Named, Limit: fillPage})
	if err != nil || len(leaders) == 0 {
		return false, err
	}
	texts := make([]string, len(leaders))
	for i, q := range leaders {
		texts[i] = sendable(q.Text)
	}
	vectors := m.embed(ctx, texts)
	if vectors == nil {
		return false, nil
	}
	for i := range leaders {
		leaders[i].Vector = vectors[i]
	}
	return len(leaders) == fillPage, m.Kept.Place(ctx, session, leaders)
}
