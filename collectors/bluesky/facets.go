package bluesky

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// rich is the text of a post, and what its author marked in it.
type rich struct {
	text     string
	hashtags []string // without "#"
	mentions []string // as the text names them, and as DIDs
}

// What is read of one post; the network allows a few thousand bytes of text.
const (
	maxFacets  = 1000
	maxNamed   = 100  // hashtags, and mentions
	maxTag     = 640  // bytes
	maxAddress = 2000 // bytes of a link
)

// span is a range of the text that is marked as a link, or as a hashtag or mention.
type span struct {
	start, end int
	wireFacet
}

// readRich reads the text with its facets. Facets are written by programs that often count wrongly, and by people who
// mean harm: one that is no range of whole characters, or overlaps an earlier one, marks nothing.
//
// Programs shorten links: of "https://example.org/reports/2026" they show "example.org/rep...". The dots are nobody's
// words and end no sentence, so the whole address stands in their place. A link on words of the author's stays words.
func readRich(r *wireRecord) rich {
	text := strings.ToValidUTF8(r.Text, "\ufffd")
	out := rich{text: text}
	for _, tag := range r.Tags {
		out.hashtags = addMark(out.hashtags, strings.TrimPrefix(tag, "#"))
	}
	var b strings.Builder
	done := 0
	for _, s := range spans(text, r.Facets) {
		shown := text[s.start:s.end]
		for _, f := range s.Features {
			switch {
			case f.Tag != "":
				out.hashtags = addMark(out.hashtags, strings.TrimPrefix(f.Tag, "#"))
			case f.DID != "":
				if strings.HasPrefix(shown, "@") {
					out.mentions = addMark(out.mentions, shown)
				}
				if isDID(f.DID) {
					out.mentions = addMark(out.mentions, f.DID)
				}
			case shortened(shown, f.URI) && s.start >= done:
				b.WriteString(text[done:s.start])
				b.WriteString(f.URI)
				done = s.end
			}
		}
	}
	if done > 0 {
		b.WriteString(text[done:])
		out.text = b.String()
	}
	return out
}

// spans gives the facets that are ranges of text, in order and without overlaps.
func spans(text string, facets []json.RawMessage) []span {
	var list []span
	for _, raw := range facets[:min(len(facets), maxFacets)] {
		var f wireFacet
		if json.Unmarshal(raw, &f) != nil || f.Index.ByteStart < 0 || f.Index.ByteEnd > int64(len(text)) || f.Index.ByteStart >= f.Index.ByteEnd {
			continue
		}
		s := span{int(f.Index.ByteStart), int(f.Index.ByteEnd), f}
		if utf8.RuneStart(text[s.start]) && (s.end == len(text) || utf8.RuneStart(text[s.end])) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	end := 0
	return slices.DeleteFunc(list, func(s span) bool {
		if s.start < end {
			return true
		}
		end = s.end
		return false
	})
}

// shortened says whether shown is the beginning of address with dots for its rest.
func shortened(shown, address string) bool {
	begin, ok := strings.CutSuffix(shown, "...")
	if !ok {
		begin, ok = strings.CutSuffix(shown, "…")
	}
	scheme, rest, web := strings.Cut(address, "://")
	if !ok || begin == "" || !web || len(address) > maxAddress || scheme != "https" && scheme != "http" ||
		strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f || r == utf8.RuneError }) {
		return false
	}
	for _, full := range []string{address, rest, strings.TrimPrefix(rest, "www.")} {
		if len(begin) < len(full) && strings.EqualFold(full[:len(begin)], begin) {
			return true
		}
	}
	return false
}

// addMark adds a hashtag or a mention once, within bounds.
func addMark(list []string, s string) []string {
	same := func(have string) bool { return strings.EqualFold(have, s) }
	if s == "" || len(s) > maxTag || len(list) >= maxNamed || slices.ContainsFunc(list, same) {
		return list
	}
	return append(list, strings.ToValidUTF8(s, ""))
}
