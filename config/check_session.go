package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"askahead/domain"
)

func (k *checker) session(path string, s *Session) {
	k.plain(path, "id", s.ID, "igf2018-ws164")
	k.missing(path, "title", "is missing; write what the panel is called")
	k.starts(path, s)
	for i, h := range s.Hashtags {
		s.Hashtags[i] = k.hashtag(fmt.Sprintf("%s.hashtags[%d]", path, i), h)
	}
	k.agenda(path, s)
	k.communities(path, s)
	k.themes(path, s)
	for i, r := range s.Rules {
		k.rule(fmt.Sprintf("%s.rules[%d]", path, i), r, s)
	}
	k.measures(path+".measures", s.Measures)
	if s.Take != nil {
		k.take(path+".take", s.Take)
		if len(k.config.Sources) == 0 {
			k.warn(path+".take", "is what the session takes from top-level sources, and there are none; a source of the session has a take: of its own")
		}
	}
	k.sources(path+".sources", s.Sources, s.Location, false)
	k.shadowed(path, s)
	if len(s.Sources) == 0 && !k.bad[path+".sources"] {
		if _, ok := s.SharedTake(); len(k.config.Sources) == 0 || !ok {
			k.warn(path, "has no source that brings anything; add sources:")
		}
	}
	if s.Digest != nil {
		k.digest(path+".digest", s)
	}
}

// starts puts a time without an offset into the session's zone.
func (k *checker) starts(path string, s *Session) {
	at := path + ".starts"
	if s.Starts.IsZero() {
		return
	}
	if k.local[at] && !k.bad[path+".timezone"] {
		w := s.Starts
		t := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, s.Location)
		if t.Hour() != w.Hour() || t.Minute() != w.Minute() {
			k.wrong(at, "clocks in "+s.Location.String()+" skip this time")
			return
		}
		s.Starts = t.UTC()
	}
	if s.Starts.Year() < 1990 || s.Starts.Year() > 2200 {
		k.wrong(at, "the year "+fmt.Sprint(s.Starts.Year())+" is not meant")
		return
	}
	if s.Starts.Before(k.loader.Now()) {
		say := "the session has begun already; what is collected from now on reaches no panel"
		if s.Digest != nil && s.Digest.Schedule != "" {
			say += ", and the digest goes on; end it by taking schedule: out of digest:"
		}
		k.warn(at, say)
	}
}

// hashtag gives it without "#".
func (k *checker) hashtag(path, text string) string {
	tag := strings.TrimPrefix(strings.TrimSpace(text), "#")
	if (tag == "" || strings.ContainsAny(tag, " #\t,;@")) && text != "" {
		k.wrong(path, show(text)+" is not a hashtag; write one word, with or without #")
	}
	return tag
}

func (k *checker) agenda(path string, s *Session) {
	for i, a := range s.Agenda {
		at := fmt.Sprintf("%s.agenda[%d]", path, i)
		k.plain(at, "id", a.ID, "lawful-access")
		k.missing(at, "title", "is missing; write what the point is about")
	}
	k.unique(path+".agenda", len(s.Agenda), "agenda point", func(i int) (string, string) { return s.Agenda[i].ID, "id" })
}

// builtinThemes are the headings of the IGF 2018 messages on cybersecurity, trust and privacy.
func builtinThemes() []string {
	return []string{"trust-cooperation", "cyber-diplomacy", "data-privacy", "algorithms", "internet-of-things", "hate-speech",
		"legal-regulatory", "best-practices"}
}

func (k *checker) themes(path string, s *Session) {
	for i, a := range s.Themes {
		at := fmt.Sprintf("%s.themes[%d]", path, i)
		k.plain(at, "id", a.ID, "children")
		k.missing(at, "title", "is missing; write what the theme is called")
		if a.ID == domain.Unknown || slices.Contains(builtinThemes(), a.ID) {
			k.wrong(at+".id", show(a.ID)+" is a theme that askahead has already; choose another id")
		}
		if slices.ContainsFunc(s.Agenda, func(p domain.AgendaPoint) bool { return p.ID == a.ID }) {
			k.wrong(at+".id", show(a.ID)+" is a point of the agenda already; choose another id")
		}
	}
	k.unique(path+".themes", len(s.Themes), "theme", func(i int) (string, string) { return s.Themes[i].ID, "id" })
}

// builtinCommunities are the stakeholder groups that IGF counts, and academia.
func builtinCommunities() []string {
	return []string{"government", "intergovernmental", "civil-society", "technical", "private-sector", "academia"}
}

// regions are the regional groups of the United Nations.
func regions() []string {
	return []string{"african", "asia-pacific", "eastern-european", "grulac", "weog"}
}

func (k *checker) communities(path string, s *Session) {
	for i, c := range s.Communities {
		at := fmt.Sprintf("%s.communities[%d]", path, i)
		k.plain(at, "id", c.ID, "youth")
		k.missing(at, "title", "is missing; write what the community is called")
		if c.ID == domain.Unknown || slices.Contains(builtinCommunities(), c.ID) {
			k.wrong(at+".id", show(c.ID)+" is a community that askahead has already; choose another id")
		}
	}
	k.unique(path+".communities", len(s.Communities), "community", func(i int) (string, string) { return s.Communities[i].ID, "id" })
}

func facts() []string {
	return []string{domain.FactSource, domain.FactKind, domain.FactList, domain.FactDomain, domain.FactInstance,
		domain.FactChannel, domain.FactRole, domain.FactHashtag, domain.FactName, domain.FactProtocol}
}

func (k *checker) rule(path string, r Rule, s *Session) {
	k.missing(path, "when", "is missing; write the evidence: when: {domain: \"*.ngo.example\"}")
	k.missing(path, "tag", "is missing; write the tag: tag: {community: civil-society}")
	if r.When != nil && len(r.When) == 0 && !k.bad[path+".when"] && k.has(path+".when") {
		k.wrong(path+".when", "is empty; a rule without evidence would tag everything")
	}
	for fact, values := range r.When {
		at := path + ".when." + fact
		if !slices.Contains(facts(), fact) {
			k.wrongKey(at, show(fact)+" is not a fact that rules know"+suggest(fact, facts(), "Allowed"))
			continue
		}
		if len(values) == 0 && !k.bad[at] {
			k.wrong(at, "is empty; write what it has to be")
		}
		for i, v := range values {
			k.fact(elementPath(k, at, i), fact, v, s)
		}
	}
	for kind, value := range r.Tag {
		k.tag(path+".tag."+kind, kind, value, s)
	}
}

// elementPath is the path of an element, or of the scalar that stands for a list of one.
func elementPath(k *checker, path string, i int) string {
	if at := fmt.Sprintf("%s[%d]", path, i); k.has(at) {
		return at
	}
	return path
}

// fact checks a value that has to name something that exists.
func (k *checker) fact(path, fact, value string, s *Session) {
	switch fact {
	case domain.FactSource:
		known := append(sourceNames(s.Sources), sourceNames(k.config.Sources)...)
		if value != "" && !slices.Contains(known, value) {
			k.wrong(path, "there is no source "+show(value)+suggest(value, known, "Sources of this session"))
		}
	case domain.FactKind:
		var known []string
		for _, kind := range k.loader.Kinds {
			known = append(known, kind.Name)
		}
		if value != "" && !slices.Contains(known, value) {
			k.wrong(path, "there is no kind "+show(value)+suggest(value, known, "Allowed"))
		}
	case domain.FactDomain, domain.FactInstance, domain.FactList:
		if strings.ContainsAny(value, "@ /:") || strings.Contains(strings.TrimPrefix(value, "*."), "*") {
			k.wrong(path, show(value)+" is not a domain; write cert.example, or *.cert.example for all below it")
		}
	}
}

func sourceNames(sources []Source) []string {
	var names []string
	for _, s := range sources {
		if s.Name != "" {
			names = append(names, s.Name)
		}
	}
	return names
}

func (k *checker) tag(path, kind, value string, s *Session) {
	var known []string
	what := "Allowed"
	switch kind {
	case domain.TagCommunity:
		known = builtinCommunities()
		for _, c := range s.Communities {
			known = append(known, c.ID)
		}
	case domain.TagRegion:
		known = regions()
	case domain.TagTheme:
		for _, a := range s.Agenda {
			known = append(known, a.ID)
		}
		for _, a := range s.Themes {
			known = append(known, a.ID)
		}
		known, what = append(known, builtinThemes()...), "Agenda points and themes of this session"
	default:
		kinds := []string{domain.TagCommunity, domain.TagRegion, domain.TagTheme}
		k.wrongKey(path, show(kind)+" is not a kind of tag"+suggest(kind, kinds, "Allowed"))
		return
	}
	if value != "" && !slices.Contains(known, value) {
		k.wrong(path, "there is no "+kind+" "+show(value)+suggest(value, known, what))
	}
}

func (k *checker) measures(path string, m Measures) {
	whole := func(key string, n, low, high int) {
		if k.has(path+"."+key) && (n < low || n > high) {
			k.wrong(path+"."+key, fmt.Sprintf("%d is outside of %d–%d", n, low, high))
		}
	}
	whole("floor", m.Floor, 2, 1000)
	whole("askers", m.Askers, 1, 1000)
	whole("communities", m.Communities, 2, 50)
	if k.has(path+".z") && (m.Z < 0.5 || m.Z > 5) {
		k.wrong(path+".z", fmt.Sprintf("%g is outside of 0.5–5; 1.2816 is an interval of 80 %%", m.Z))
	}
}
