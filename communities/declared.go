package communities

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"askahead/domain"
)

// declarations are the words by which people say which community or country they are from; see
// data/declared.tsv. It is read-only.
type declarations struct {
	names    map[string][]name // by first word
	traces   [1 << 10]uint64   // bit set of the traces of first words
	langs    map[string]*grammar
	phrases  []phrase
	hashtags map[string]string // lower case → community
}

// name is what a community or country is called.
type name struct {
	words []string
	lang  string // "" is every language
	tag   domain.Tag
	place bool // a country: it follows "i am from" only
}

// grammar is how one language introduces a speaker.
type grammar struct {
	openings                                      map[string][]opening // by last word
	lead, noun, fill, block, first, other, behind map[string]bool
}

type opening struct {
	words []string
	kind  string // say, am, as, from
}

// phrase says all by itself; for languages where openings and names are not told apart.
type phrase struct {
	text, community string
	start           bool
}

func newDeclarations(extra []Community, regions *atlas) (*declarations, error) {
	d := &declarations{names: map[string][]name{}, langs: map[string]*grammar{}, hashtags: map[string]string{}}
	if err := eachRow("data/declared.tsv", d.add); err != nil {
		return nil, err
	}
	for _, c := range extra {
		for _, n := range c.Names {
			d.addName("", n, domain.Tag{Kind: domain.TagCommunity, Value: c.ID}, false)
		}
	}
	err := eachRow("data/countries.tsv", func(f []string) error {
		if len(f) != 4 || regions.groups[f[0]] == "" {
			return fmt.Errorf("data/countries.tsv: row of %q", f[0])
		}
		for n := range strings.SplitSeq(f[3], "|") {
			d.addName("", n, domain.Tag{Kind: domain.TagRegion, Value: regions.groups[f[0]]}, true)
		}
		return nil
	})
	return d, err
}

// add reads one row of declared.tsv.
func (d *declarations) add(f []string) error {
	if len(f) < 3 || len(f) > 4 {
		return fmt.Errorf("data/declared.tsv: a row of %d columns", len(f))
	}
	lang, part := f[0], f[1]
	g := d.langs[lang]
	if g == nil {
		g = &grammar{openings: map[string][]opening{}, lead: map[string]bool{}, noun: map[string]bool{}, fill: map[string]bool{}, block: map[string]bool{},
			first: map[string]bool{}, other: map[string]bool{}, behind: map[string]bool{}}
		d.langs[lang] = g
	}
	sets := map[string]map[string]bool{"lead": g.lead, "noun": g.noun, "fill": g.fill, "block": g.block, "first": g.first, "other": g.other, "after": g.behind}
	for text := range strings.SplitSeq(f[2], "|") {
		switch {
		case sets[part] != nil:
			sets[part][text] = true
		case part == "say" || part == "am" || part == "as" || part == "from":
			w := words(text)
			last := w[len(w)-1]
			g.openings[last] = append(g.openings[last], opening{w, part})
		case len(f) != 4:
			return fmt.Errorf("data/declared.tsv: %s %s needs a community", lang, part)
		case part == "name":
			d.addName(lang, text, domain.Tag{Kind: domain.TagCommunity, Value: f[3]}, false)
		case part == "phrase" || part == "start":
			d.phrases = append(d.phrases, phrase{text, f[3], part == "start"})
		case part == "hashtag":
			d.hashtags[text] = f[3]
		default:
			return fmt.Errorf("data/declared.tsv: no part of speech %q", part)
		}
	}
	return nil
}

func (d *declarations) addName(lang, text string, tag domain.Tag, place bool) {
	w := words(text)
	if len(w) == 0 {
		return
	}
	h := trace(w[0])
	d.traces[h>>6] |= 1 << (h & 63)
	tag.Rule, tag.Strength = "self-declared", strengthDeclared
	d.names[w[0]] = append(d.names[w[0]], name{w, lang, tag, place})
	// Longer names first: "government" must not be read out of "government agency".
	slices.SortStableFunc(d.names[w[0]], func(a, b name) int { return len(b.words) - len(a.words) })
}

// reach bounds how much of a text is looked through: who introduces themselves does so early.
const reach = 8 << 10

// tags adds what the author says of themselves, in the words of the item or by a hashtag.
func (d *declarations) tags(c *collector, r *domain.Reading, found *domain.Found) {
	for _, tag := range r.Hashtags {
		lower := strings.ToLower(tag)
		if community := d.hashtags[lower]; community != "" {
			c.add(domain.Tag{Kind: domain.TagCommunity, Value: community, Rule: "self-declared", Evidence: "#" + lower, Strength: strengthHashtag})
		}
	}
	own := r.Own[:min(len(r.Own), reach)]
	d.read(c, own)
	if found.End > reach && found.End <= len(r.Own) && found.Start >= reach {
		d.read(c, found.Context+" "+found.Text) // far down in a long text: what stands beside the question
	}
	d.readPhrases(c, own)
}

// read looks for the names of communities and countries, and at what stands in front of each.
func (d *declarations) read(c *collector, text string) {
	s := scanner{text: text}
	for s.next() {
		if h := trace(s.word()); d.traces[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		names := d.names[string(s.word())]
		if names == nil {
			continue
		}
		start := s.start
		for i := range names {
			end, ok := names[i].at(s)
			if !ok {
				continue
			}
			if how := d.declares(text, start, end, &names[i]); how != "" {
				tag := names[i].tag
				tag.Evidence = how + " … " + strings.Join(names[i].words, " ")
				c.add(tag)
				break
			}
		}
	}
}

// at says whether the name stands where the scanner has read its first word, and where it ends.
func (n *name) at(s scanner) (end int, ok bool) {
	for _, w := range n.words[1:] {
		if !s.next() || string(s.word()) != w {
			return 0, false
		}
	}
	return s.end, true
}

// declares gives the opening by which the speaker takes the name at text[start:end]; empty if none does.
func (d *declarations) declares(text string, start, end int, n *name) string {
	before, after := sentenceAround(text, start, end, 160)
	if n.lang != "" {
		return d.langs[n.lang].declares(before, after, n.place)
	}
	for _, lang := range []string{"en", "fr", "es", "pt", "de"} {
		if how := d.langs[lang].declares(before, after, n.place); how != "" {
			return how
		}
	}
	return ""
}

// spoken is a word in front of a name, in lower case, and whether it was written with a capital.
type spoken struct {
	word    string
	capital bool
}

func spokenWords(text string) []spoken {
	s := scanner{text: text}
	var out []spoken
	for s.next() {
		first := []rune(text[s.start:min(len(text), s.start+4)])[0]
		out = append(out, spoken{string(s.word()), unicode.IsUpper(first)})
	}
	return out
}

// declares goes back over the words in front of a name to an opening. Between the two only filling words may
// stand, and at most three with a capital: a name, a country.
func (g *grammar) declares(before, after string, place bool) string {
	said := spokenWords(before)
	capitals := 0
	for i := len(said); i > 0 && len(said)-i <= 6; i-- {
		if o := g.openingAt(said[:i], place); o != nil && g.speaks(o, said[:i-len(o.words)], after) {
			return strings.Join(o.words, " ")
		}
		w := said[i-1]
		if g.fill[w.word] && !(place && len(said)-i >= 1) {
			continue
		}
		if capitals++; place || !w.capital || capitals > 3 || g.block[w.word] || g.other[w.word] {
			return ""
		}
	}
	return ""
}

// openingAt finds the longest opening that the words end with.
func (g *grammar) openingAt(said []spoken, place bool) *opening {
	list := g.openings[said[len(said)-1].word]
	var best *opening
	for i := range list {
		o := &list[i]
		if place != (o.kind == "from") || len(o.words) > len(said) || best != nil && len(best.words) >= len(o.words) {
			continue
		}
		fits := true
		for j, w := range o.words {
			fits = fits && said[len(said)-len(o.words)+j].word == w
		}
		if fits {
			best = o
		}
	}
	return best
}

// speaks says that an opening is said by the speaker of themselves, by what stands before it and behind the
// name.
func (g *grammar) speaks(o *opening, before []spoken, after string) bool {
	for i := max(0, len(before)-3); i < len(before); i++ {
		if g.block[before[i].word] {
			return false
		}
	}
	behind := words(after[:min(len(after), 120)])
	if len(behind) > 0 && g.behind[behind[0]] {
		return false
	}
	switch o.kind {
	case "say":
		if len(before) == 0 {
			return true
		}
		last := before[len(before)-1].word
		return g.noun[last] || g.lead[last] && (len(before) == 1 || g.names(before))
	case "as":
		for _, w := range behind[:min(len(behind), 12)] {
			if g.first[w] {
				return true
			}
			if g.other[w] {
				return false
			}
		}
		return g.names(before)
	}
	return true
}

// names says that one of the last three words is the speaker.
func (g *grammar) names(before []spoken) bool {
	return slices.ContainsFunc(before[max(0, len(before)-3):], func(w spoken) bool { return g.first[w.word] })
}

// readPhrases looks for whole phrases, in texts with letters beyond Latin and Greek.
func (d *declarations) readPhrases(c *collector, text string) {
	if !beyondLatin(text) {
		return
	}
	lower := strings.ToLower(text)
	for i := range d.phrases {
		p := &d.phrases[i]
		at := strings.Index(lower, p.text)
		if at < 0 || !p.free(lower, at) {
			continue
		}
		c.add(domain.Tag{Kind: domain.TagCommunity, Value: p.community, Rule: "self-declared", Evidence: p.text, Strength: strengthDeclared})
	}
}

// beyondLatin says that a text has letters from U+0400 on, not counting punctuation.
func beyondLatin(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xD0 && s[i] != 0xE2 { // 0xE2 leads U+2000 to U+2FFF
			return true
		}
	}
	return false
}

// free says that the phrase at i is no part of a longer word, and stands where it must.
func (p *phrase) free(s string, i int) bool {
	before, _ := sentenceAround(s, i, i+len(p.text), 160)
	trimmed := strings.TrimSpace(before)
	if p.start {
		return trimmed == ""
	}
	if han(p.text) {
		return !strings.HasSuffix(trimmed, "如果") && !strings.HasSuffix(trimmed, "不") && !strings.HasSuffix(trimmed, "假如")
	}
	return len(trimmed) < len(before) || before == "" || strings.ContainsAny(trimmed[len(trimmed)-1:], ",:-(\"")
}

func han(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) == 0
}

// eachRow reads an embedded table: columns separated by tabs, "#" starts a line of comment.
func eachRow(name string, do func(fields []string) error) error {
	raw, err := fs.ReadFile(data, name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := do(strings.Split(line, "\t")); err != nil {
			return err
		}
	}
	return nil
}
