package quotes

import (
	"strings"
	"unicode/utf8"

	"askahead/domain"
)

// build puts together what stays. A gap in the author's text, blank or removed, becomes one blank line.
func (s *stripper) build() domain.Authored {
	s.marks()
	b := builder{s: s}
	b.own.Grow(len(s.src))
	for i := range s.lines {
		l := &s.lines[i]
		switch {
		case l.why != "":
			b.removed(l)
			b.gap = true
		case l.blank():
			b.gap = true
		default:
			b.line(i)
		}
	}
	b.closeMark()
	a := domain.Authored{Text: s.src, Own: b.own.String(), Map: b.segments, Removed: b.spans, Marks: b.marks}
	return a
}

type builder struct {
	s        *stripper
	own      strings.Builder
	segments []domain.Segment
	spans    []domain.Span
	marks    []domain.Span
	gap      bool
	last     int // the last line written, with the line end that is still owed
	started  bool
	kind     string // of the mark that is open
	from     int
	cut      bool // the last span began within a line, whose line end the text above it may need: see line
}

// add copies text[start:end] to Own.
func (b *builder) add(start, end int) {
	if start >= end {
		return
	}
	own := b.own.Len()
	if n := len(b.segments); n > 0 {
		if p := &b.segments[n-1]; p.Text+p.Len == start && p.Own+p.Len == own {
			p.Len += end - start
			b.own.WriteString(b.s.src[start:end])
			return
		}
	}
	b.segments = append(b.segments, domain.Segment{Own: own, Text: start, Len: end - start})
	b.own.WriteString(b.s.src[start:end])
}

// line writes line i, after the line end of the one before it. The blank line that stands for a gap is the
// line end right before line i, so that Own stays made of pieces of the text. A line that splitAttribution cut
// off has no line end of its own: it takes that of the line it was a part of.
func (b *builder) line(i int) {
	s := b.s
	l := &s.lines[i]
	if b.started {
		p := &s.lines[b.last]
		switch {
		case b.gap:
			end := p.end + strings.IndexByte(s.src[p.end:l.start], '\n')
			b.add(end, end+1)
			b.endKind(l.kind, true)
			if begin := l.start - l.armour; begin-1 > end {
				b.add(begin-1, begin)
			}
		case s.flows(p, l):
			b.endKind(l.kind, false)
		default:
			if l.start > p.end { // else one line was cut in two, and both stay
				b.add(p.end, p.end+1)
			}
			b.endKind(l.kind, false)
		}
	}
	start, end := l.start, l.end
	if l.armour > 0 {
		b.spans = append(b.spans, domain.Span{Start: start - l.armour, End: start, What: reasonPGP})
	}
	if s.o.Flowed && start < end && s.src[start] == ' ' && l.kind == "" {
		start++ // space-stuffing, RFC 3676 section 4.4
	}
	if strings.HasPrefix(s.src[l.start:], ">From ") && l.kind == "" {
		b.spans = append(b.spans, domain.Span{Start: start, End: start + 1, What: reasonEscape})
		start++
	}
	if s.o.Flowed && s.o.DelSp && i+1 < len(s.lines) && s.flows(l, &s.lines[i+1]) {
		end--
	}
	if l.kind != "" && b.kind == "" {
		b.kind, b.from = l.kind, b.own.Len()
	}
	b.add(start, end)
	if l.kind == domain.MarkGreeting || l.kind == domain.MarkTLP {
		b.closeMarkAt(b.own.Len() - (end - l.markStop(s)))
	}
	b.last, b.gap, b.started = i, false, true
}

// flows tells whether the line p goes on in l, the line below it (RFC 3676 section 4.2).
func (s *stripper) flows(p, l *line) bool {
	if !s.o.Flowed || p.end == p.start || s.src[p.end-1] != ' ' || p.kind != "" || l.kind != "" || l.why != "" || l.blank() || p.blank() {
		return false
	}
	return s.src[p.start:p.end] != "-- " && l.start == p.end+1
}

// endKind closes the open mark where the next line is of another kind.
func (b *builder) endKind(next string, gap bool) {
	if b.kind != "" && (b.kind != next || gap && next != domain.MarkPatch && next != domain.MarkCode && next != domain.MarkClosing) {
		b.closeMark()
	}
}

func (b *builder) closeMark() { b.closeMarkAt(b.own.Len()) }

func (b *builder) closeMarkAt(end int) {
	if b.kind == "" {
		return
	}
	text := b.own.String()[b.from:end]
	end = b.from + len(strings.TrimRight(text, " \t\n"))
	if end > b.from {
		b.marks = append(b.marks, domain.Span{Start: b.from, End: end, What: b.kind})
	}
	b.kind = ""
}

// removed notes the range of a removed line; neighbours with the same reason become one range.
func (b *builder) removed(l *line) {
	start := l.start - l.armour
	if start == l.end {
		return
	}
	if n := len(b.spans); n > 0 && !b.cut && b.spans[n-1].What == l.why && strings.TrimSpace(b.s.src[b.spans[n-1].End:start]) == "" {
		b.spans[n-1].End = l.end
		return
	}
	b.spans = append(b.spans, domain.Span{Start: start, End: l.end, What: l.why})
	b.cut = start > 0 && b.s.src[start-1] != '\n'
}

// markStop is where the mark of the line ends: behind "Hello Ada," of a first line that goes on.
func (l *line) markStop(s *stripper) int {
	if l.kind != domain.MarkGreeting {
		return l.stop
	}
	t := s.src[l.body:l.stop]
	if i := strings.IndexAny(t, ",!:"); i >= 0 && i < 50 {
		return l.body + i + 1
	}
	if i := strings.Index(t, "，"); i >= 0 {
		return l.body + i + utf8.RuneLen('，')
	}
	return l.stop
}
