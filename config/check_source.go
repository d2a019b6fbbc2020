package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"askahead/domain"
)

// sources checks a list of them and fills in what follows from other keys.
func (k *checker) sources(list string, sources []Source, zone *time.Location, shared bool) {
	for i := range sources {
		s, path := &sources[i], fmt.Sprintf("%s[%d]", list, i)
		k.plain(path, "name", s.Name, "ietf-list")
		s.At = k.at(path)
		k.retention(path+".retention", s.Retention)
		if s.Retention == 0 {
			s.Retention = k.config.Retention
		}
		k.sourceKeep(path+".keep", s)
		s.Due = k.due(path+".schedule", s.Schedule, zone)
		k.sweep(path+".sweep", s, zone)
		k.defaultTLP(path, s)
		k.called(path, s)
		switch {
		case shared && k.has(path+".take"):
			k.wrong(path+".take", "a top-level source serves every session, and each says itself what it takes; write take: in the session")
		case k.has(path + ".take"):
			k.take(path+".take", &s.Take)
		}
	}
	k.unique(list, len(sources), "source name", func(i int) (string, string) { return sources[i].Name, "name" })
}

// sweep gives a source that is read by itself a time at which it is swept by itself.
func (k *checker) sweep(path string, s *Source, zone *time.Location) {
	switch {
	case s.Sweep == "off":
	case s.Sweep != "":
		s.SweepDue = k.due(path, s.Sweep, zone)
	case s.Schedule != "" && !k.bad["run.sweep"]:
		if s.Sweep = k.config.Run.Sweep; s.Sweep != "off" {
			s.SweepDue = k.due("run.sweep", s.Sweep, zone)
		}
	}
}

func (k *checker) defaultTLP(path string, s *Source) {
	switch {
	case s.TLP == domain.Red:
		k.wrong(path+".tlp", "red is never stored, so nothing would come of this source; label single messages TLP:RED instead")
	case k.has(path + ".tlp"):
	case s.Kind.PublicOnly:
		s.TLP = domain.Clear
	case s.Kind.Name != "":
		k.warn(path, "has no tlp:, so what carries no TLP label stays inside and is in no edition; write what it counts as, such as tlp: green")
	}
}

// shadowed reports sources of a session that bear the name of a top-level one.
func (k *checker) shadowed(path string, s *Session) {
	top := sourceNames(k.config.Sources)
	for i, src := range s.Sources {
		if slices.Contains(top, src.Name) && src.Name != "" {
			k.wrong(fmt.Sprintf("%s.sources[%d].name", path, i), "the source name "+show(src.Name)+" is that of a top-level source; choose another")
		}
	}
}

func (k *checker) take(path string, t *Take) {
	for i, h := range t.Hashtag {
		t.Hashtag[i] = k.hashtag(elementPath(k, path+".hashtag", i), h)
	}
	for i, a := range t.Address {
		if !strings.HasPrefix(a, "@") && !isAddress(a) || strings.HasPrefix(a, "@") && !strings.Contains(a, ".") {
			k.wrong(elementPath(k, path+".address", i), show(a)+" is neither a mail address nor @DOMAIN")
		}
	}
	if len(t.Subject)+len(t.Address)+len(t.Hashtag)+len(t.Mention) > 0 || k.bad[path] || k.anyBad(path) {
		return
	}
	if t.Thread {
		k.wrong(path, "thread: alone takes nothing; say what a thread begins with: subject:, address:, hashtag: or mention:")
		return
	}
	k.wrong(path, "says nothing; leave it out to take everything, or write subject:, address:, hashtag:, mention: or thread:")
}

// anyBad says whether something below a path has a problem: what is missing there may be only misspelt.
func (k *checker) anyBad(path string) bool {
	for _, p := range k.problems {
		if strings.HasPrefix(p.path, path) {
			return true
		}
	}
	return false
}

func (k *checker) digest(path string, s *Session) {
	d := s.Digest
	d.Due = k.due(path+".schedule", d.Schedule, s.Location)
	if len(d.Editions) == 0 && !k.bad[path+".editions"] {
		k.missing(path, "editions", "is missing; a digest goes to someone: editions: [{name: public, audience: clear, out: public/}]")
		if k.has(path + ".editions") {
			k.wrong(path+".editions", "is empty; a digest goes to someone")
		}
	}
	for i := range d.Editions {
		k.edition(fmt.Sprintf("%s.editions[%d]", path, i), &d.Editions[i])
	}
	k.unique(path+".editions", len(d.Editions), "edition name", func(i int) (string, string) { return d.Editions[i].Name, "name" })
	k.unread(path, s)
}

func (k *checker) edition(path string, e *Edition) {
	e.At = k.at(path)
	k.plain(path, "name", e.Name, "panelists")
	k.missing(path, "audience", "is missing; write the highest TLP label that its readers may see: clear, green, amber or amber+strict")
	if e.Audience == domain.Red {
		k.wrong(path+".audience", "red is never stored and in no edition; write clear, green, amber or amber+strict")
	}
	if len(e.To) == 0 && e.Out == "" && !k.has(path+".to") && !k.has(path+".out") && !k.anyBad(path) {
		k.wrong(path, "goes nowhere; write to: with mail addresses, out: with a folder, or both")
	}
	if len(e.To) > 0 && k.config.SMTP == nil && !k.bad["smtp"] && !k.has("smtp") {
		k.wrong(path+".to", "mail needs a server; write smtp: at the top of the file")
	}
	for i, to := range e.To {
		at := elementPath(k, path+".to", i)
		switch {
		case to != "" && !isAddress(to):
			k.wrong(at, show(to)+" is not a mail address")
		case slices.ContainsFunc(e.To[:i], func(other string) bool { return strings.EqualFold(other, to) }) && to != "":
			k.wrong(at, "this address stands here twice")
		}
	}
	for i, f := range e.Formats {
		if f != "" && !slices.Contains(k.loader.Formats, f) {
			k.wrong(elementPath(k, path+".formats", i), show(f)+" is not a format"+suggest(f, k.loader.Formats, "Allowed"))
		}
	}
	if len(e.Formats) == 0 && !k.bad[path+".formats"] {
		k.wrong(path+".formats", "is empty; write one or more of "+strings.Join(k.loader.Formats, ", "))
	}
	k.out(path, e)
}

// out refuses a folder that two audiences would share: who may read one edition could read the other.
func (k *checker) out(path string, e *Edition) {
	if e.Out == "" || e.Audience == 0 {
		return
	}
	clean := filepath.Clean(k.config.Resolve(e.Out))
	first, used := k.outs[clean]
	if !used {
		k.outs[clean] = folder{audience: e.Audience.String(), path: path}
		return
	}
	if first.audience != e.Audience.String() {
		w := k.find(first.path + ".out")
		k.wrong(path+".out", fmt.Sprintf("%s is the folder of an edition for another audience (%s, %s:%d); editions for different audiences stand in different folders",
			show(e.Out), first.audience, w.text.name, w.value.line))
	}
}

// unread warns of a digest without anything to tell.
func (k *checker) unread(path string, s *Session) {
	if s.Digest.Schedule != "" && len(s.Sources)+len(k.config.Sources) > 0 {
		scheduled := func(src Source) bool { return src.Schedule != "" }
		if !slices.ContainsFunc(s.Sources, scheduled) && !slices.ContainsFunc(k.config.Sources, scheduled) {
			k.warn(path+".schedule", "the digest has a schedule and no source has one; sources without schedule: are read only when asked")
		}
	}
	highest := domain.TLP(0)
	for _, e := range s.Digest.Editions {
		highest = max(highest, e.Audience)
	}
	for i, src := range s.Sources {
		if highest > 0 && src.TLP > highest && src.TLP != domain.Red {
			k.warn(fmt.Sprintf("%s.sources[%d].tlp", strings.TrimSuffix(path, ".digest"), i),
				fmt.Sprintf("no edition is for %s, so what carries no label is in none of them", src.TLP))
		}
	}
}
