package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/communities"
	"askahead/config"
	"askahead/domain"
	"askahead/pipeline"
	"askahead/store"
	"askahead/take"
)

// sources gives the configured sources with these names, as the line takes them; all of them if names is
// empty. A source is named as NAME, or as SESSION/NAME where several sessions have one of that name.
func (e *env) sources(names []string) ([]pipeline.Source, error) {
	taggers, err := newTaggers(e.cfg)
	if err != nil {
		return nil, err
	}
	want := chosen{names: names, used: make([]bool, len(names))}
	var out []pipeline.Source
	for i := range e.cfg.Sessions {
		s := &e.cfg.Sessions[i]
		for j := range s.Sources {
			src := &s.Sources[j]
			if !want.has(s.ID+"/"+src.Name, src.Name) {
				continue
			}
			p, err := e.source(src, servesSession(s))
			if err != nil {
				return nil, err
			}
			p.Parts = []pipeline.Part{{Session: s.Domain(), Take: take.Rule(src.Take), Tagger: taggers[s.ID]}}
			out = append(out, p)
		}
	}
	for i := range e.cfg.Sources {
		src := &e.cfg.Sources[i]
		if !want.has(src.Name, src.Name) {
			continue
		}
		p, err := e.sharedSource(src, taggers)
		if err != nil {
			return nil, err
		}
		if len(p.Parts) > 0 {
			out = append(out, p)
		}
	}
	if err := want.unused(); err != nil {
		return nil, err
	}
	if len(out) == 0 && len(e.wiped) > 0 {
		return nil, withHint(fmt.Errorf("%s has no source left to collect from: %s wiped", e.cfg.Path, counted(len(e.wiped), "session was", "sessions were")),
			"stop askahead for good, or add a session")
	}
	if len(out) == 0 {
		return nil, withHint(fmt.Errorf("%s has no source to collect from", e.cfg.Path),
			"add one below `sources:`; docs/configuration.md shows each kind")
	}
	return out, nil
}

// chosen is the sources that were named on the command line.
type chosen struct {
	names []string // none: all
	used  []bool
	known []string // what could have been named
}

func (c *chosen) has(full, short string) bool {
	if !slices.Contains(c.known, full) {
		c.known = append(c.known, full)
	}
	found := len(c.names) == 0
	for i, n := range c.names {
		if n == full || n == short {
			c.used[i], found = true, true
		}
	}
	return found
}

// unused is the error of a name that no source has.
func (c *chosen) unused() error {
	for i, used := range c.used {
		if !used {
			return usagef("there is no source %q; there are %s", c.names[i], strings.Join(firstFew(c.known), ", "))
		}
	}
	return nil
}

// source builds the collector of a configured source.
func (e *env) source(src *config.Source, of serves) (pipeline.Source, error) {
	deps := e.deps(of)
	deps.CalledAt = e.calledAt(of.session, src.Name)
	deps.Waiting = func(until time.Time) { e.waiting(src.Name, until) }
	c, err := src.Kind.New(src.Settings, deps)
	if err != nil {
		return pipeline.Source{}, fmt.Errorf("source %q: %w", src.Name, err)
	}
	return pipeline.Source{Name: src.Name, Kind: src.Kind.Name, Collector: c,
		Default: defaultTLP(src.TLP, src.Kind), Retention: src.Retention, Raw: src.Keep.Quarantine, Contacts: contactsOf(src)}, nil
}

// contactsOf is how long the addresses of who asks for an answer are kept; 0: none is.
func contactsOf(src *config.Source) time.Duration {
	if !src.Answers {
		return 0
	}
	return min(src.Keep.Contacts, src.Retention)
}

// sharedSource is one at the top level: it serves every session that takes something from it.
func (e *env) sharedSource(src *config.Source, taggers map[string]*communities.Tagger) (pipeline.Source, error) {
	of := serves{session: store.Shared}
	var parts []pipeline.Part
	for i := range e.cfg.Sessions {
		s := &e.cfg.Sessions[i]
		t, ok := s.SharedTake()
		if !ok {
			continue
		}
		of.add(s)
		parts = append(parts, pipeline.Part{Session: s.Domain(), Take: take.Rule(t), Tagger: taggers[s.ID]})
	}
	p, err := e.source(src, of)
	p.Shared, p.Parts = true, parts
	return p, err
}

// defaultTLP is what an unlabelled item counts as: what the source says; CLEAR for a kind that reads only
// public posts; otherwise it stays inside.
func defaultTLP(set domain.TLP, kind collectors.Kind) domain.TLP {
	if set == 0 && kind.PublicOnly {
		return domain.Clear
	}
	return set
}

// newTaggers makes one for each session; what is known of domains is loaded once for all of them.
func newTaggers(cfg *config.Config) (map[string]*communities.Tagger, error) {
	known, err := communities.Load()
	if err != nil {
		return nil, err
	}
	taggers := map[string]*communities.Tagger{}
	for i := range cfg.Sessions {
		s := &cfg.Sessions[i]
		if taggers[s.ID], err = newTagger(known, s); err != nil {
			return nil, err
		}
	}
	return taggers, nil
}

func newTagger(known *communities.Knowledge, s *config.Session) (*communities.Tagger, error) {
	var rules []communities.Rule
	for _, r := range s.Rules {
		rules = append(rules, communities.Rule{When: r.When, Tag: r.Tag})
	}
	var extra []communities.Community
	for _, c := range s.Communities {
		extra = append(extra, communities.Community{ID: c.ID, Title: c.Title, Names: c.Names})
	}
	tagger, err := known.Tagger(s.Domain(), rules, extra)
	if err != nil {
		return nil, fmt.Errorf("session %q: %w", s.ID, err)
	}
	return tagger, nil
}
