package communities

import (
	"cmp"
	"fmt"
	"slices"

	"askahead/domain"
)

// How strong the evidence for a tag is. Between tags that contradict each other both stay; the stronger one
// is what the question counts for.
const (
	strengthDeclared = 400 // the asker's own words
	strengthHashtag  = 380 // the asker's hashtag, #civilsociety
	strengthRule     = 300 // the organiser's rule
	strengthTeam     = 220 // a computer emergency response team, wherever its domain hangs
	strengthKnown    = 200 // the very domain is known
	strengthSuffix   = 180 // its suffix is open to one community only
	strengthShape    = 150 // it is named like one: univ-….fr
	strengthCountry  = 100 // country-code domain
	strengthTheme    = 100
	weakerServer     = 50 // how much less an author's home server says than the author's own domain
)

// Tagger tags the questions of one session. It is immutable and may be used concurrently.
type Tagger struct {
	rules    []rule
	declared *declarations
	known    *knowledge
	regions  *atlas
	themes   *themes
}

// Knowledge is what askahead knows by itself of domains and countries. It takes some milliseconds and a megabyte
// to load, so an instance with many sessions loads it once. It is immutable.
type Knowledge struct {
	known   *knowledge
	regions *atlas
}

// Load reads the built-in knowledge.
func Load() (*Knowledge, error) {
	known, err := newKnowledge()
	if err != nil {
		return nil, err
	}
	regions, err := newAtlas()
	if err != nil {
		return nil, err
	}
	return &Knowledge{known, regions}, nil
}

// New makes the tagger of a single session: Load and Tagger in one.
func New(s domain.Session, rules []Rule, extra []Community) (*Tagger, error) {
	k, err := Load()
	if err != nil {
		return nil, err
	}
	return k.Tagger(s, rules, extra)
}

// Tagger makes the tagger of a session. Rules are the organiser's, and extra their own communities; a rule with
// an unknown fact, tag or community is an error that names the rule, from 1, as the configuration counts.
func (k *Knowledge) Tagger(s domain.Session, rules []Rule, extra []Community) (*Tagger, error) {
	ids := map[string]bool{}
	for _, c := range append(Vocabulary(), extra...) {
		if c.ID == "" || c.ID == domain.Unknown {
			return nil, fmt.Errorf("communities: %q can't be the id of a community", c.ID)
		}
		ids[c.ID] = true
	}
	t := &Tagger{known: k.known, regions: k.regions, themes: newThemes(s.Agenda, s.Themes)}
	for i, r := range rules {
		made, err := compile(r, i+1, ids)
		if err != nil {
			return nil, err
		}
		t.rules = append(t.rules, made)
	}
	var err error
	if t.declared, err = newDeclarations(extra, t.regions); err != nil {
		return nil, err
	}
	return t, nil
}

// Without gives a tagger that does not know the listed domains for which drop is true, beside the rules that
// hold for whole suffixes. A measurement needs it: a list can't be scored with what was read from itself.
func (t *Tagger) Without(drop func(domain string) bool) *Tagger {
	out, known := *t, *t.known
	known.drop = drop
	out.known = &known
	return &out
}

// Tags gives the tags of one question that was found in r, the strongest first; none if nothing says anything.
// The same value never comes twice: its strongest reason stays.
func (t *Tagger) Tags(r *domain.Reading, found *domain.Found) []domain.Tag {
	var c collector
	t.declared.tags(&c, r, found)
	facts := r.Facts
	if len(t.rules) > 0 {
		for _, tag := range r.Hashtags { // those in a text too, which only some sources give as facts
			facts = append(facts[:len(facts):len(facts)], domain.Fact{Name: domain.FactHashtag, Value: tag})
		}
	}
	for i := range t.rules {
		t.rules[i].tags(&c, facts)
	}
	for _, f := range r.Facts {
		switch f.Name {
		case domain.FactDomain:
			t.domainTags(&c, f.Value, 0, "domain")
		case domain.FactInstance:
			t.domainTags(&c, f.Value, weakerServer, "home server")
		case domain.FactDeclared:
			c.add(domain.Tag{Kind: domain.TagCommunity, Value: f.Value, Rule: "self-declared", Evidence: "chosen by the asker", Strength: strengthDeclared})
		}
	}
	t.themes.tags(&c, found)
	slices.SortStableFunc(c.out, func(a, b domain.Tag) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
	})
	return c.out
}

// domainTags adds what is known about a domain.
func (t *Tagger) domainTags(c *collector, name string, weaker int, what string) {
	name = normalDomain(name)
	if name == "" || t.known.free(name) {
		return // webmail says nothing, not even a region
	}
	t.known.tags(c, name, weaker, what)
	if weaker > 0 {
		return // people join servers abroad
	}
	if group, cc := t.regions.ofDomain(name); group != "" {
		c.add(domain.Tag{Kind: domain.TagRegion, Value: group, Rule: "country-code domain", Evidence: "." + cc, Strength: strengthCountry})
	}
}

// collector keeps one tag for each value.
type collector struct{ out []domain.Tag }

func (c *collector) add(t domain.Tag) {
	for i := range c.out {
		if c.out[i].Kind == t.Kind && c.out[i].Value == t.Value {
			if t.Strength > c.out[i].Strength {
				c.out[i] = t
			}
			return
		}
	}
	c.out = append(c.out, t)
}

// Webmail says that anyone can have an address at a domain, so that nothing is said of its senders.
func (t *Tagger) Webmail(name string) bool {
	name = normalDomain(name)
	return name != "" && t.known.free(name)
}

// Knows says whether these facts alone give a community.
func (t *Tagger) Knows(facts ...domain.Fact) bool {
	r := &domain.Reading{Envelope: domain.Envelope{Facts: facts}}
	return slices.ContainsFunc(t.Tags(r, &domain.Found{}), func(t domain.Tag) bool { return t.Kind == domain.TagCommunity })
}
