package markup

import (
	"strings"

	"askahead/domain"
)

// pieces builds an Authored out of parts of its text. Parts come in their order.
type pieces struct {
	src   string
	own   strings.Builder
	out   domain.Authored
	inOwn int // where the open mark begins in Own; -1 if none is open
	what  string
}

func newPieces(src string) *pieces { return &pieces{src: src, inOwn: -1} }

// keep takes src[a:b] into Own.
func (p *pieces) keep(a, b int) {
	if a >= b {
		return
	}
	own := p.own.Len()
	if n := len(p.out.Map); n > 0 {
		if s := &p.out.Map[n-1]; s.Text+s.Len == a && s.Own+s.Len == own {
			s.Len += b - a
			p.own.WriteString(p.src[a:b])
			return
		}
	}
	p.out.Map = append(p.out.Map, domain.Segment{Own: own, Text: a, Len: b - a})
	p.own.WriteString(p.src[a:b])
}

// drop says why src[a:b] is not in Own.
func (p *pieces) drop(a, b int, why string) {
	if a >= b {
		return
	}
	if n := len(p.out.Removed); n > 0 {
		if s := &p.out.Removed[n-1]; s.What == why && s.End == a {
			s.End = b
			return
		}
	}
	p.out.Removed = append(p.out.Removed, domain.Span{Start: a, End: b, What: why})
}

// open begins a mark at the end of what is kept so far; marks do not nest, and an open one goes on.
func (p *pieces) open(what string) {
	if p.inOwn < 0 {
		p.inOwn, p.what = p.own.Len(), what
	}
}

// shut ends the open mark if it is of that kind.
func (p *pieces) shut(what string) {
	if p.inOwn < 0 || p.what != what {
		return
	}
	if end := p.own.Len(); end > p.inOwn {
		p.out.Marks = append(p.out.Marks, domain.Span{Start: p.inOwn, End: end, What: what})
	}
	p.inOwn = -1
}

func (p *pieces) done() domain.Authored {
	p.shut(p.what)
	p.out.Text, p.out.Own = p.src, p.own.String()
	return p.out
}

// Rendered takes the text that HTML gave: lines behind "> " are somebody else's.
func Rendered(src string) domain.Authored {
	p := newPieces(src)
	pos := 0
	for line := range strings.Lines(src) {
		end := pos + len(strings.TrimSuffix(line, "\n"))
		if strings.HasPrefix(line, "> ") || strings.TrimSpace(line) == ">" {
			p.drop(pos, end, reasonQuote)
			p.keep(end, pos+len(line))
		} else {
			p.keep(pos, pos+len(line))
		}
		pos += len(line)
	}
	return p.done()
}

// Plain takes a text as it was written.
func Plain(src string) domain.Authored {
	p := newPieces(src)
	p.keep(0, len(strings.TrimRight(src, " \t\n")))
	return p.done()
}
