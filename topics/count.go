package topics

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"askahead/domain"
	"askahead/store"
)

// MaxDiscounted is how many voices that did not count are listed one by one; beyond, they are counted.
const MaxDiscounted = 1000

// Discount is a voice that was not counted, and why.
type Discount struct {
	Topic       string
	Question    string
	Communities []string // those it would have counted for
	Published   time.Time
	Reason      Reason
	Of          string // the question that counted instead
}

// Reason says why a voice was not counted.
type Reason string

// The reasons.
const (
	Repost    Reason = "repost"     // an earlier question of the topic, whoever asked it, has the same text
	SameAsker Reason = "same asker" // this person has asked on this topic before and counts once
)

// Counter counts the voices of one session, one by one, so that they need not all be in memory.
//
// A person counts once for a topic, however often they ask. A text counts once for a topic: a voice whose
// fingerprint an earlier voice of the topic has, whoever asked that one, adds no asker, neither to the topic
// nor to n_g; who does nothing but repost is nobody's asker. Whoever asks in other words as well counts for
// those. Two voices without a fingerprint are two texts. What did not count is listed.
//
// A voice of several communities counts in each of them; one of none counts for domain.Unknown, which is
// shown and makes no concern.
type Counter struct {
	last       store.Voice
	started    bool
	all        map[string]bool            // every asker
	askers     map[string]map[string]bool // community → its askers
	voices     map[string]int             // community → voices that counted
	topics     map[string]*topicCount
	order      []*topicCount // by their first voice
	counted    int
	notCounted int
	discounted []Discount
}

// topicCount is what is counted of one topic.
type topicCount struct {
	id         string
	by         map[string]map[string]bool // community → its askers on the topic
	askers     map[string]string          // asker → their first question that counted
	texts      map[string]string          // fingerprint → the first question with it
	voices     int
	notCounted int
}

// NewCounter has counted nothing yet.
func NewCounter() *Counter {
	return &Counter{
		all: map[string]bool{}, askers: map[string]map[string]bool{}, voices: map[string]int{}, topics: map[string]*topicCount{},
	}
}

var errOrder = errors.New("voices out of order: oldest first, ties by question id")

// Add counts the next voice; they come oldest first, ties by question id, as store.Store.Voices yields them.
// The same question twice in a row is one voice.
func (c *Counter) Add(v store.Voice) error {
	if c.started && compareVoices(c.last, v) > 0 {
		return errOrder
	}
	c.add(v)
	return nil
}

func (c *Counter) add(v store.Voice) {
	if c.started && c.last.Question == v.Question {
		return
	}
	c.last, c.started = v, true
	on := c.topics[v.Topic]
	if on == nil {
		on = &topicCount{id: v.Topic, by: map[string]map[string]bool{}, askers: map[string]string{}, texts: map[string]string{}}
		c.topics[v.Topic] = on
		c.order = append(c.order, on)
	}
	communities := communitiesOf(v)
	if v.Fingerprint != "" {
		if first, ok := on.texts[v.Fingerprint]; ok {
			c.discount(on, v, Repost, first)
			return
		}
		on.texts[v.Fingerprint] = v.Question
	}
	c.all[v.Asker] = true
	for _, g := range communities {
		addTo(c.askers, g, v.Asker)
		addTo(on.by, g, v.Asker)
	}
	if first, ok := on.askers[v.Asker]; ok {
		c.discount(on, v, SameAsker, first)
		return
	}
	on.askers[v.Asker] = v.Question
	on.voices++
	c.counted++
	for _, g := range communities {
		c.voices[g]++
	}
}

func (c *Counter) discount(on *topicCount, v store.Voice, why Reason, of string) {
	on.notCounted++
	c.notCounted++
	if len(c.discounted) < MaxDiscounted {
		c.discounted = append(c.discounted, Discount{
			Topic: v.Topic, Question: v.Question, Communities: communitiesOf(v), Published: v.Published, Reason: why, Of: of,
		})
	}
}

// communities lists everyone who asked anything, by name, the unknown last.
func (c *Counter) communities(o Options) []Community {
	list := make([]Community, 0, len(c.askers))
	for name, askers := range c.askers {
		list = append(list, Community{
			Name: name, Askers: len(askers), Voices: c.voices[name],
			Data: name != domain.Unknown && len(askers) >= o.Floor,
		})
	}
	slices.SortFunc(list, func(a, b Community) int {
		switch {
		case a.Name == domain.Unknown:
			return 1
		case b.Name == domain.Unknown:
			return -1
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return list
}

func compareVoices(a, b store.Voice) int {
	return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.Question, b.Question))
}

// communitiesOf lists what a voice counts for, each once.
func communitiesOf(v store.Voice) []string {
	switch len(v.Communities) {
	case 0:
		return []string{domain.Unknown}
	case 1:
		return v.Communities
	}
	list := slices.Clone(v.Communities)
	slices.Sort(list)
	return slices.Compact(list)
}

func addTo(sets map[string]map[string]bool, key, member string) {
	if sets[key] == nil {
		sets[key] = map[string]bool{}
	}
	sets[key][member] = true
}
