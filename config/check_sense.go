package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"askahead/domain"
	"askahead/schedule"
)

// contradictions warns where keys that are right each by itself defeat each other. It runs last, for it looks at
// several places at once, and only where nothing is wrong.
func (k *checker) contradictions() {
	if len(k.problems) > 0 {
		return
	}
	c := k.config
	k.unusedSMTP()
	k.unusedHosts()
	k.goneBefore()
	k.promises()
	k.rhythms("sources", c.Sources)
	k.twice(k.placed("sources", c.Sources))
	for i := range c.Sessions {
		s, path := &c.Sessions[i], fmt.Sprintf("sessions[%d]", i)
		k.rhythms(path+".sources", s.Sources)
		k.twice(k.placed(path+".sources", s.Sources))
		if s.Digest != nil {
			k.tooLate(path+".digest.schedule", s)
			k.folders(path+".digest", s)
		}
	}
}

func (k *checker) unusedSMTP() {
	c := k.config
	if c.SMTP == nil || len(c.Alarms.To) > 0 {
		return
	}
	for _, s := range c.Sessions {
		if s.Digest != nil && slices.ContainsFunc(s.Digest.Editions, func(e Edition) bool { return len(e.To) > 0 }) {
			return
		}
	}
	k.warn("smtp", "nothing is mailed: no edition has to:, and alarms: has no address; write to: below the edition that is to be sent")
}

// rhythms compares the times of a source with each other.
func (k *checker) rhythms(list string, sources []Source) {
	for i, s := range sources {
		path := fmt.Sprintf("%s[%d]", list, i)
		switch {
		case s.Silence.After == 0:
		case s.Schedule == "":
			k.warn(path+".silence", "the source has no schedule:, so it is read only when asked, and its silence means nothing; write schedule:, or leave silence: out")
		default:
			if gap := longestGap(s.Due, k.loader.Now(), week); s.Silence.After < gap {
				k.warn(path+".silence", fmt.Sprintf("the source is read only every %s at times, so this would be an alarm each time; write more than %[1]s, or read it more often", span(gap)))
			}
		}
		if own := k.has(path + ".sweep"); own && s.Schedule != "" && s.Sweep != "off" && busier(s.SweepDue, s.Due, k.loader.Now()) {
			k.warn(path+".sweep", "the source is asked for edits and deletions more often than for what is new, and the former costs more; did schedule: and sweep: change places?")
		}
	}
}

// tooLate warns of a digest that comes when the panel is over.
func (k *checker) tooLate(path string, s *Session) {
	now := k.loader.Now()
	if s.Digest.Due.IsZero() || s.Starts.IsZero() || s.Starts.Before(now) {
		return
	}
	if next := s.Digest.Due.Next(now); next.After(s.Starts) {
		k.warn(path, fmt.Sprintf("no digest is due any more before the session starts: the next is due on %s, the session starts on %s; choose an earlier time, or make one by hand with askahead digest",
			s.local(next), s.local(s.Starts)))
	}
}

// local writes a time as the session's people say it.
func (s *Session) local(t time.Time) string { return t.In(s.Location).Format("2006-01-02 15:04") }

// placedSource is a source with its path and the key that its retention comes from.
type placedSource struct {
	*Source
	path, retention string
}

func (k *checker) placed(list string, sources []Source) []placedSource {
	var out []placedSource
	for i := range sources {
		p := placedSource{&sources[i], fmt.Sprintf("%s[%d]", list, i), "retention"}
		if own := p.path + ".retention"; k.has(own) {
			p.retention = own
		}
		out = append(out, p)
	}
	return out
}

// of gives all sources that bring a session something.
func (k *checker) of(path string, s *Session) []placedSource {
	all := k.placed(path+".sources", s.Sources)
	if _, ok := s.SharedTake(); ok {
		all = append(all, k.placed("sources", k.config.Sources)...)
	}
	return all
}

// need is how long questions have to be kept to serve something.
type need struct {
	long time.Duration
	path string // where to say so
	say  string
}

// goneBefore warns of a retention that ends before anybody has read what it is for: an edition, or the panel. Of
// all that one retention: has to serve, the one that needs most is named.
func (k *checker) goneBefore() {
	worst := map[string]need{}
	for i := range k.config.Sessions {
		s, path := &k.config.Sessions[i], fmt.Sprintf("sessions[%d]", i)
		serves := k.needs(s)
		for _, src := range k.of(path, s) {
			for _, n := range serves {
				if n.long <= src.Retention || n.long <= worst[src.retention].long {
					continue
				}
				n.say = fmt.Sprintf("is %s, and %s; write retention: %s or more", span(src.Retention), n.say, span(roundUp(n.long)))
				if n.path = src.retention; !k.has(n.path) { // the default, which stands nowhere
					n.path, n.say = path, "retention: "+n.say
				}
				worst[src.retention] = n
			}
		}
	}
	for _, n := range worst { // they are put in the order of the file
		k.warn(n.path, n.say)
	}
}

func (k *checker) needs(s *Session) []need {
	now := k.loader.Now()
	var all []need
	if s.Starts.After(now) {
		all = append(all, need{long: s.Starts.Sub(now), say: fmt.Sprintf("session %s starts on %s: what is asked today is gone before it", show(s.ID), s.local(s.Starts))})
	}
	if s.Digest != nil {
		gap := longestGap(s.Digest.Due, now, 60)
		all = append(all, need{long: gap, say: fmt.Sprintf("the digest of session %s comes only every %s: some of what is asked is gone before it", show(s.ID), span(gap))})
	}
	return all
}

// twice warns of two sources that read the same place for the same: what they find is stored once, but asked for
// twice, and only the first one's tlp: counts. One mailbox with a take: of each list is no such thing.
func (k *checker) twice(sources []placedSource) {
	for i, s := range sources {
		for _, first := range sources[:i] {
			apart := !everything(s.Take) && !everything(first.Take) && !reflect.DeepEqual(s.Take, first.Take)
			if s.Kind.Name != "" && s.Kind.Name == first.Kind.Name && reflect.DeepEqual(s.Settings, first.Settings) && !apart {
				w := k.find(first.path)
				k.warn(s.path, fmt.Sprintf("reads the same place as %s (%s:%d); leave one out, or give each a take: of its own",
					show(first.Name), w.text.name, w.value.line))
				break
			}
		}
	}
}

func everything(t Take) bool {
	return len(t.Subject)+len(t.Address)+len(t.Hashtag)+len(t.Mention) == 0
}

// folders warns where an edition's folder shows its readers more than the edition.
func (k *checker) folders(path string, s *Session) {
	for i, e := range s.Digest.Editions {
		if e.Out == "" {
			continue
		}
		at := fmt.Sprintf("%s.editions[%d].out", path, i)
		if e.Audience > domain.Clear && looksPublic(e.Out) {
			k.warn(at, fmt.Sprintf("%s looks like a folder for everyone, and this edition is for %s; write another folder, or audience: clear", show(e.Out), e.Audience))
		}
		for _, private := range k.private(s) {
			if inside(k.config.Resolve(private.path), k.config.Resolve(e.Out)) {
				k.warn(at, fmt.Sprintf("whoever may read this folder can read %s too: %s lies in it; write a folder of its own", private.what, private.path))
			}
		}
	}
}

// looksPublic says whether a folder bears a name that web servers publish.
func looksPublic(path string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(strings.ToLower(path)), "/") {
		if strings.HasPrefix(part, "public") || slices.Contains([]string{"www", "htdocs", "wwwroot", "webroot"}, part) {
			return true
		}
	}
	return false
}

// privatePath is a file or folder that no reader of an edition should see.
type privatePath struct{ what, path string }

func (k *checker) private(s *Session) []privatePath {
	var all []privatePath
	if db, ok := k.config.Store.SQLite(); ok {
		all = append(all, privatePath{"the database", db})
	}
	if key, ok := strings.CutPrefix(string(k.config.KeyAt), "file:"); ok {
		all = append(all, privatePath{"the key", key})
	}
	for _, src := range append(slices.Clone(s.Sources), k.config.Sources...) {
		if path := pathOf(src.Settings); path != "" {
			all = append(all, privatePath{"the source " + show(src.Name), path})
		}
	}
	return all
}

// pathOf gives the setting `path` of the kinds that read files.
func pathOf(settings any) string {
	v := reflect.ValueOf(settings)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return ""
	}
	if f := v.Elem().FieldByName("Path"); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}

// inside says whether a path is a folder or lies below it.
func inside(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// longestGap is the longest time between two of the next times that are due, of which most are looked at; 0 for no
// schedule.
func longestGap(s schedule.Schedule, from time.Time, most int) time.Duration {
	longest := time.Duration(0)
	for i, at := 0, s.Next(from); i < most && !at.IsZero(); i++ {
		next := s.Next(at)
		if next.IsZero() {
			break
		}
		longest, at = max(longest, next.Sub(at)), next
	}
	return longest
}

// week is how many times a schedule for every quarter of an hour is due in one: enough to see its longest gap.
const week = 7 * 24 * 4

// busier says whether a is due more often than b in the four weeks to come.
func busier(a, b schedule.Schedule, from time.Time) bool {
	end := from.Add(4 * 7 * 24 * time.Hour)
	for i, x, y := 0, a.Next(from), b.Next(from); i < week; i, x, y = i+1, a.Next(x), b.Next(y) {
		over, other := x.IsZero() || x.After(end), y.IsZero() || y.After(end)
		if over || other {
			return !over && other
		}
	}
	return false
}

func roundUp(d time.Duration) time.Duration {
	return (d + day - 1) / day * day
}

// span writes a duration as the file does: 90d, 36h, 15m. Of a longer one, what is not whole is rounded up.
func span(d time.Duration) string {
	switch {
	case d >= day && d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%dh", (d+time.Hour-1)/time.Hour)
	}
	return fmt.Sprintf("%dm", (d+time.Minute-1)/time.Minute)
}
