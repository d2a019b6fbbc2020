package pipeline

import (
	"askahead/domain"
	"askahead/terms"
)

// index is what an item and its questions are stored and found by. It is worked out beside the reading, on all
// cores, because the one writer has enough to do.
type index struct {
	item    string // id
	content string
	asker   string       // also of what asks nothing: its author may not want to be read
	found   []foundIndex // one for each of Understood.Found
}

type foundIndex struct {
	fingerprint string
	terms       []string
	vector      domain.Vector // see Line.place
	keys        []int64       // of panel questions only: nothing else is grouped
}

func (l *Line) index(src *Source, u *Understood, item *domain.Item) {
	defer l.catch(src, u)
	if u.Err != nil || u.old {
		return
	}
	u.index = index{item: l.Keys.Item(u.Reading.Canonical)}
	if u.OptOut != "" || u.Label.TLP == domain.Red || u.mine {
		return // nothing of it is kept
	}
	u.index.content = l.Keys.Content(item.Raw)
	u.index.asker = l.Keys.Asker(u.Reading.Author.ID)
	if u.Reading.Author.ID == "" {
		u.index.asker = l.Keys.Asker("item " + u.index.item) // nobody is known to have asked twice
	}
	if len(u.Found) == 0 {
		return
	}
	u.index.found = make([]foundIndex, len(u.Found))
	for i := range u.Found {
		f := &u.Found[i]
		x := &u.index.found[i]
		x.fingerprint = l.Keys.Fingerprint(f.Text)
		if f.Kind != domain.Panel {
			continue
		}
		x.terms = terms.Of(f.Text+" "+f.Context, f.Language)
		x.keys = l.Grouper.Keys(domain.Question{Text: f.Text, Context: f.Context, Language: f.Language, Kind: f.Kind})
	}
}
