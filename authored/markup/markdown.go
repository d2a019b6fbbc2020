package markup

import (
	"strings"

	"askahead/domain"
)

// What is not in Own of a marked-up text.
const (
	reasonQuote  = domain.RemovedQuote
	reasonMarkup = "mark-up"
)

// Markdown takes the author's words out of a text in Markdown (CommonMark 0.31): quoted blocks are somebody
// else's, and so are blocks fenced as "quote", as Zulip has them; the signs of mark-up go, of links their text
// stays. Code and headings are marked.
func Markdown(src string) domain.Authored { return inline(src, commonMark) }

// dialect is what chats do otherwise than CommonMark: a quote ends with its line, and on Discord "||" hides text.
type dialect int

const (
	commonMark dialect = iota
	discord
	slack
)

// inline goes through a text line by line.
func inline(src string, as dialect) domain.Authored {
	m := &marker{pieces: newPieces(src), dialect: as}
	fence, quoting, said := "", false, false // said: what is fenced is a quote
	for pos := 0; pos < len(src); {
		end := strings.IndexByte(src[pos:], '\n')
		next := len(src)
		if end < 0 {
			end = len(src)
		} else {
			end += pos
			next = end + 1
		}
		line := src[pos:end]
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case fence != "":
			switch closing := strings.HasPrefix(trimmed, fence); {
			case closing:
				fence = ""
				m.shut(domain.MarkCode)
				m.drop(pos, end, reasonMarkup)
				m.keep(end, next)
			case said:
				m.drop(pos, end, reasonQuote)
				m.keep(end, next)
			default:
				m.keep(pos, next)
			}
		case len(line)-len(trimmed) < 4 && (strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~")) && !strings.Contains(trimmed[3:], "`"):
			fence = trimmed[:3]
			said = strings.TrimSpace(strings.TrimLeft(trimmed, "`~")) == "quote"
			m.drop(pos, next, reasonMarkup)
			if !said {
				m.open(domain.MarkCode)
			}
		case as == discord && strings.HasPrefix(line, ">>> "), as == slack && strings.HasPrefix(line, ">>>"):
			m.drop(pos, len(src), reasonQuote) // a quote to the end of the message
			return m.done()
		case isQuote(line, as):
			m.drop(pos, end, reasonQuote)
			m.keep(end, next)
			quoting = true
			pos = next
			continue
		case quoting && as == commonMark && trimmed != "" && !startsBlock(trimmed):
			m.drop(pos, end, reasonQuote) // CommonMark section 5.1: a quoted paragraph that goes on unmarked
			m.keep(end, next)
			pos = next
			continue
		default:
			m.line(pos, end)
			m.keep(end, next)
		}
		quoting = false
		pos = next
	}
	return m.done()
}

func isQuote(line string, as dialect) bool {
	switch as {
	case discord:
		return strings.HasPrefix(line, "> ")
	case slack:
		return strings.HasPrefix(line, ">")
	}
	t := strings.TrimLeft(line, " ")
	return len(line)-len(t) < 4 && strings.HasPrefix(t, ">")
}

func startsBlock(t string) bool {
	return t[0] == '#' || strings.HasPrefix(t, "- ") || strings.HasPrefix(t, "* ") || strings.HasPrefix(t, "```") || t[0] >= '0' && t[0] <= '9' && strings.Contains(t[:min(len(t), 4)], ". ")
}

type marker struct {
	*pieces
	dialect dialect
}

// line takes one line of prose: a heading's "#" and the signs within go.
func (m *marker) line(pos, end int) {
	t := m.src[pos:end]
	n := 0
	for n < len(t) && t[n] == '#' {
		n++
	}
	if n > 0 && n <= 6 && n < len(t) && t[n] == ' ' {
		m.drop(pos, pos+n+1, reasonMarkup)
		m.open(domain.MarkHeading)
		m.span(pos+n+1, end)
		m.shut(domain.MarkHeading)
		return
	}
	m.span(pos, end)
}

// span takes text without line ends.
func (m *marker) span(pos, end int) {
	from := pos
	flush := func(to int) { m.keep(from, to) }
	for i := pos; i < end; {
		n := 0
		switch m.src[i] {
		case '*', '_', '~', '|':
			n = m.emphasis(i, pos, end)
		case '`':
			if j := m.codeSpan(i, end); j > i {
				flush(i)
				m.code(i, j)
				from, i = j, j
				continue
			}
		case '[', '!':
			if j := m.link(i, end, flush); j > i {
				from, i = j, j
				continue
			}
		case '\\':
			if i+1 < end && strings.IndexByte("*_~`[]|>#\\()-.!", m.src[i+1]) >= 0 {
				flush(i)
				m.drop(i, i+1, reasonMarkup)
				from = i + 1
				i += 2
				continue
			}
		}
		if n == 0 {
			c := m.src[i]
			for i++; i < end && m.src[i] == c && (c == '*' || c == '_' || c == '~' || c == '|' || c == '`'); i++ { // a run is looked at once
			}
			continue
		}
		flush(i)
		m.drop(i, i+n, reasonMarkup)
		if m.src[i] == '|' {
			if m.what == domain.MarkSpoiler && m.inOwn >= 0 {
				m.shut(domain.MarkSpoiler)
			} else {
				m.open(domain.MarkSpoiler)
			}
		}
		i += n
		from = i
	}
	m.keep(from, end)
}

// emphasis returns the length of a sign of emphasis at i that has a fellow in the same line, 0 for what is
// only a star or an underscore.
func (m *marker) emphasis(i, pos, end int) int {
	c := m.src[i]
	n := 1
	for i+n < end && m.src[i+n] == c {
		n++
	}
	switch {
	case c == '|' && (m.dialect != discord || n != 2), c == '~' && n != 2 && (m.dialect != slack || n != 1), n > 3:
		return 0
	}
	sign := m.src[i : i+n]
	wordBefore := i > pos && isWord(m.src[i-1])
	wordAfter := i+n < end && isWord(m.src[i+n])
	if c == '_' && wordBefore && wordAfter {
		return 0
	}
	const reach = 500 // how far a fellow may stand, so that the cost stays linear
	opens := i+n < end && m.src[i+n] != ' ' && strings.Contains(m.src[i+n:min(end, i+n+reach)], sign)
	closes := i > pos && m.src[i-1] != ' ' && strings.Contains(m.src[max(pos, i-reach):i], sign)
	if c == '|' {
		opens = opens || strings.Contains(m.src[i+n:min(len(m.src), i+n+reach)], sign)
		closes = closes || m.what == domain.MarkSpoiler && m.inOwn >= 0
	}
	if opens || closes {
		return n
	}
	return 0
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// codeSpan returns the end of code between backticks, i if there is none.
func (m *marker) codeSpan(i, end int) int {
	n := 1
	for i+n < end && m.src[i+n] == '`' {
		n++
	}
	j := strings.Index(m.src[i+n:min(end, i+n+500)], m.src[i:i+n])
	if j < 0 {
		return i
	}
	return i + n + j + n
}

func (m *marker) code(i, j int) {
	n := 1
	for m.src[i+n] == '`' && i+n < j-n {
		n++
	}
	m.drop(i, i+n, reasonMarkup)
	m.keep(i+n, j-n)
	m.drop(j-n, j, reasonMarkup)
}

// link takes the text of "[text](address)" and the description of "![…](…)", and returns where it ends.
func (m *marker) link(i, end int, flush func(int)) int {
	start := i
	if m.src[i] == '!' {
		if i+1 >= end || m.src[i+1] != '[' {
			return start
		}
		i++
	}
	window := m.src[i:min(end, i+1000)]
	mid := strings.Index(window, "](")
	if mid < 0 {
		return start
	}
	tail := strings.IndexByte(window[mid:], ')')
	if tail < 0 || strings.Contains(window[1:mid], "[") || strings.ContainsAny(window[mid+2:mid+tail], " \t") && !strings.Contains(window[mid:mid+tail], "\"") {
		return start
	}
	flush(start)
	m.drop(start, i+1, reasonMarkup)
	m.keep(i+1, i+mid)
	m.drop(i+mid, i+mid+tail+1, reasonMarkup)
	return i + mid + tail + 1
}
