package chatexport

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

type lineKind int

const (
	lineSaid  lineKind = iota
	lineEvent          // somebody joined, a notice, …
	lineDay            // says the day of what follows
	lineOther          // drawn, or of the client
	lineMore           // has no time: goes on with the line above
)

type logLine struct {
	kind       lineKind
	day        time.Time
	clock      time.Duration // since midnight
	nick, text string
	action     bool // "* ada waits"
}

// readLine tells what a line of a log is. Each line is read twice, and a log has millions: no regular expressions.
func readLine(line []byte) logLine {
	if day, ok := dayLine(line); ok {
		return logLine{kind: lineDay, day: day}
	}
	l, rest, ok := readStamp(line)
	if !ok {
		for _, mark := range []string{"===", "---", "***"} {
			if bytes.HasPrefix(line, []byte(mark)) {
				return logLine{kind: lineOther}
			}
		}
		return logLine{kind: lineMore}
	}
	if l.clock < 0 {
		return logLine{kind: lineMore}
	}
	l.kind = lineEvent
	for _, form := range []func([]byte) (nick, text []byte, ok bool){saidInBrackets, doneWithStar, saidBehindTab} {
		if nick, text, ok := form(rest); ok {
			l.kind, l.nick, l.text, l.action = lineSaid, string(bytes.TrimSpace(nick)), string(text), rest[0] == '*'
			break
		}
	}
	return l
}

var logDayLine = regexp.MustCompile(`^(?:--- (?:Day changed|Log opened)|\*{4} BEGIN LOGGING AT) [A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2})(?: [0-9:]+)? (\d{4})$`)

func dayLine(line []byte) (time.Time, bool) {
	if !bytes.HasPrefix(line, []byte("--- ")) && !bytes.HasPrefix(line, []byte("**** ")) {
		return time.Time{}, false
	}
	m := logDayLine.FindSubmatch(line)
	if m == nil {
		return time.Time{}, false
	}
	day, err := time.Parse("Jan 2 2006", fmt.Sprintf("%s %s %s", m[1], m[2], m[3]))
	return day, err == nil
}

// stamp reads the time at the beginning of a line, from left to right.
type stamp struct{ rest []byte }

// digits takes at least and at most so many digits.
func (s *stamp) digits(least, most int) (n int, ok bool) {
	i := 0
	for ; i < most && i < len(s.rest) && s.rest[i] >= '0' && s.rest[i] <= '9'; i++ {
		n = n*10 + int(s.rest[i]-'0')
	}
	if i < least {
		return 0, false
	}
	s.rest = s.rest[i:]
	return n, true
}

// char takes one of the characters of any.
func (s *stamp) char(any string) bool {
	if len(s.rest) == 0 || strings.IndexByte(any, s.rest[0]) < 0 {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// clock takes "09:14" or "09:14:05"; it is negative if there is no such time.
func (s *stamp) clock(hourDigits int) (time.Duration, bool) {
	h, ok := s.digits(hourDigits, 2)
	if !ok || !s.char(":") {
		return 0, false
	}
	m, ok := s.digits(2, 2)
	if !ok {
		return 0, false
	}
	sec := 0
	if s.char(":") {
		if sec, ok = s.digits(2, 2); !ok {
			return 0, false
		}
	}
	if h > 23 || m > 59 || sec > 60 {
		return -1, true
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second, true
}

// blank takes the white space that must stand behind a time, and gives the rest.
func (s *stamp) blank(rest *[]byte) bool {
	*rest = bytes.TrimLeft(s.rest, " \t")
	return len(*rest) < len(s.rest)
}

// readStamp reads "2026-03-02 09:14:05", "[2026-03-02T09:14:05.25Z]", "Mar 02 09:14:05", "[09:14]" or "09:14:05", and
// gives what stands behind it. A number and a space may come before all but the third. The year of that one stands in
// the line that says when the log begins.
func readStamp(line []byte) (l logLine, rest []byte, ok bool) {
	s := stamp{line}
	if s.month() {
		l.clock, ok = s.clock(2)
		ok = ok && len(line)-len(s.rest) == len("Mar 02 09:14:05") && s.blank(&rest)
		return l, rest, ok
	}
	s.rest = line
	if _, ok := s.digits(1, 7); !ok || !s.char(" ") {
		s.rest = line
	}
	s.char("[")
	from := s.rest
	if l.day, ok = s.date(); ok {
		if l.clock, ok = s.clock(2); !ok {
			return l, nil, false
		}
		if s.char(".") {
			if _, ok = s.digits(1, 9); !ok {
				return l, nil, false
			}
		}
		s.char("Z")
		if l.day.IsZero() {
			l.clock = -1
		}
	} else {
		s.rest = from
		if l.clock, ok = s.clock(1); !ok {
			return l, nil, false
		}
	}
	s.char("]")
	ok = s.blank(&rest)
	return l, rest, ok
}

// month takes "Mar 02 ".
func (s *stamp) month() bool {
	b := s.rest
	if len(b) < 3 || b[0] < 'A' || b[0] > 'Z' || b[1] < 'a' || b[1] > 'z' || b[2] < 'a' || b[2] > 'z' {
		return false
	}
	s.rest = b[3:]
	if !s.char(" ") {
		return false
	}
	_, ok := s.digits(2, 2)
	return ok && s.char(" ")
}

// date takes "2026-03-02 " or "2026-03-02T"; the day is zero if there is no such day.
func (s *stamp) date() (time.Time, bool) {
	y, ok1 := s.digits(4, 4)
	dash1 := s.char("-")
	m, ok2 := s.digits(2, 2)
	dash2 := s.char("-")
	d, ok3 := s.digits(2, 2)
	if !ok1 || !ok2 || !ok3 || !dash1 || !dash2 || !s.char(" T") {
		return time.Time{}, false
	}
	day, _ := dayOf(y, m, d)
	return day, true
}

// dayOf is a day, if there is one of that name.
func dayOf(y, m, d int) (time.Time, bool) {
	day := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if day.Year() != y || day.Month() != time.Month(m) || day.Day() != d {
		return time.Time{}, false
	}
	return day, true
}

// modes stand before the nicks of those who may do more in a room.
const modes = "@+%&~!"

// maxNick is the longest nick, in characters.
const maxNick = 64

// saidInBrackets reads "<@ada> Who?".
func saidInBrackets(b []byte) (nick, text []byte, ok bool) {
	if len(b) == 0 || b[0] != '<' {
		return nil, nil, false
	}
	end := bytes.IndexByte(b, '>')
	if end < 2 || bytes.IndexByte(b[:end], '\t') >= 0 {
		return nil, nil, false
	}
	nick = b[1:end]
	if len(nick) > 1 && strings.IndexByte(modes+" ", nick[0]) >= 0 {
		nick = nick[1:]
	}
	text, ok = behindBlank(b[end+1:])
	return nick, text, ok && utf8.RuneCount(nick) <= maxNick
}

// doneWithStar reads "* ada waits".
func doneWithStar(b []byte) (nick, text []byte, ok bool) {
	if len(b) < 3 || b[0] != '*' || b[1] != ' ' && b[1] != '\t' {
		return nil, nil, false
	}
	b = b[2:]
	end := bytes.IndexAny(b, " \t")
	if end < 0 {
		end = len(b)
	}
	nick = b[:end]
	text, _ = behindBlank(b[end:])
	return nick, text, end > 0 && !bytes.ContainsAny(nick, "*\n\f\r") && utf8.RuneCount(nick) <= maxNick
}

// saidBehindTab reads "@ada\tWho?".
func saidBehindTab(b []byte) (nick, text []byte, ok bool) {
	end := bytes.IndexByte(b, '\t')
	if end < 1 {
		return nil, nil, false
	}
	nick = b[:end]
	if end > 1 && strings.IndexByte(modes, nick[0]) >= 0 && strings.IndexByte(notNick, nick[1]) < 0 {
		nick = nick[1:]
	}
	ok = strings.IndexByte(notNick, nick[0]) < 0 && !bytes.ContainsAny(nick, " \n\f\r") && utf8.RuneCount(nick) <= maxNick
	return nick, b[end+1:], ok
}

// notNick are characters with which clients begin what nobody said: "-->", "=!=".
const notNick = "<>*=-"

// behindBlank gives what stands behind one blank, or nothing at the end of the line.
func behindBlank(b []byte) ([]byte, bool) {
	if len(b) == 0 {
		return nil, true
	}
	return b[1:], b[0] == ' ' || b[0] == '\t'
}
