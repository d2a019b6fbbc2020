package mime

import (
	"strings"
	"time"
)

// ParseDate reads a date as mails write it: RFC 5322 section 3.3 with the obsolete forms of section 4.3, the
// form of C's asctime, and years of two digits. ok is false where no day can be made out. The result is UTC;
// a zone that nobody knows counts as UTC.
func ParseDate(s string) (t time.Time, ok bool) {
	var d dateParts
	for word := range strings.FieldsFuncSeq(stripComments(s), func(r rune) bool { return r == ' ' || r == '\t' || r == ',' }) {
		d.take(word)
	}
	if d.day == 0 || d.month == 0 || d.year == 0 || d.day > 31 || d.hour > 24 || d.min > 59 || d.sec > 60 {
		return time.Time{}, false
	}
	t = time.Date(d.year, d.month, d.day, d.hour, d.min, min(d.sec, 59), 0, time.UTC)
	if t.Day() != d.day && d.hour < 24 {
		return time.Time{}, false
	}
	return t.Add(-d.zone), true
}

type dateParts struct {
	day, year      int
	month          time.Month
	hour, min, sec int
	timed          bool
	zone           time.Duration
	zoned          bool
}

func (d *dateParts) take(w string) {
	c := w[0]
	switch {
	case (c == '+' || c == '-') && d.timed && !d.zoned:
		d.takeOffset(w)
	case c >= '0' && c <= '9' && strings.ContainsRune(w, ':'):
		if !d.timed {
			d.takeTime(w)
		}
	case c >= '0' && c <= '9' && strings.Count(w, "-") == 2:
		d.takeDashed(w)
	case c >= '0' && c <= '9':
		d.takeNumber(w)
	default:
		d.takeName(w)
	}
}

func (d *dateParts) takeNumber(w string) {
	n, rest := number(w)
	if rest != "" && rest != "." && rest != "st" && rest != "nd" && rest != "rd" && rest != "th" {
		return
	}
	switch {
	case d.day == 0 && n >= 1 && n <= 31 && len(w) <= 4:
		d.day = n
	case d.year == 0 && d.month != 0:
		d.year = fullYear(n)
	}
}

// fullYear reads years of two and three digits as RFC 5322 section 4.3 says.
func fullYear(n int) int {
	switch {
	case n < 50:
		return 2000 + n
	case n < 1000:
		return 1900 + n
	}
	return n
}

// takeDashed reads 12-Mar-98 and 1998-03-12.
func (d *dateParts) takeDashed(w string) {
	p := strings.SplitN(w, "-", 3)
	first, _ := number(p[0])
	last, _ := number(p[2])
	m := monthOf(p[1])
	if n, rest := number(p[1]); rest == "" && n >= 1 && n <= 12 {
		m = time.Month(n)
	}
	if m == 0 || d.day != 0 {
		return
	}
	if d.month = m; len(p[0]) == 4 {
		d.year, d.day = first, last
	} else {
		d.day, d.year = first, fullYear(last)
	}
}

func (d *dateParts) takeTime(w string) {
	var rest string
	d.timed = true
	d.hour, rest = number(w)
	if strings.HasPrefix(rest, ":") {
		d.min, rest = number(rest[1:])
	}
	if strings.HasPrefix(rest, ":") {
		d.sec, rest = number(rest[1:])
	}
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		d.takeOffset(rest)
	}
}

func (d *dateParts) takeOffset(w string) {
	n, rest := number(strings.Replace(w[1:], ":", "", 1))
	if rest != "" || len(w) < 4 {
		return
	}
	d.zoned = true
	if off := time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute; off <= 16*time.Hour {
		if d.zone = off; w[0] == '-' {
			d.zone = -off
		}
	}
}

func (d *dateParts) takeName(w string) {
	if m := monthOf(w); m != 0 && d.month == 0 {
		d.month = m
		return
	}
	switch strings.ToUpper(w) {
	case "PM":
		if d.hour < 12 {
			d.hour += 12
		}
		return
	case "AM":
		if d.hour == 12 {
			d.hour = 0
		}
		return
	}
	if !d.timed || d.zoned {
		return
	}
	if hours, ok := zoneHours(strings.ToUpper(w)); ok {
		d.zone, d.zoned = time.Duration(hours)*time.Hour, true
	}
}

// zoneHours knows the zone names of RFC 5322 section 4.3 and some that European mail writes.
func zoneHours(name string) (int, bool) {
	switch name {
	case "UT", "GMT", "UTC", "Z", "WET":
		return 0, true
	case "EST", "CDT":
		return -5, true
	case "EDT":
		return -4, true
	case "CST", "MDT":
		return -6, true
	case "MST", "PDT":
		return -7, true
	case "PST":
		return -8, true
	case "BST", "CET", "MET", "WEST":
		return 1, true
	case "CEST", "MEST", "EET":
		return 2, true
	case "EEST", "MSK":
		return 3, true
	case "JST", "KST":
		return 9, true
	}
	return 0, false
}

func monthOf(w string) time.Month {
	if len(w) < 3 {
		return 0
	}
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	key := strings.ToLower(w[:3])
	for i := 0; i < len(names); i += 3 {
		if names[i:i+3] == key {
			return time.Month(i/3 + 1)
		}
	}
	return 0
}

func number(s string) (n int, rest string) {
	i := 0
	for i < len(s) && i < 9 && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:]
}

func stripComments(s string) string {
	s = s[:min(len(s), 200)]
	i := strings.IndexByte(s, '(')
	if i < 0 {
		return s
	}
	j := strings.IndexByte(s[i:], ')')
	if j < 0 {
		return s[:i]
	}
	return s[:i] + " " + stripComments(s[i+j+1:])
}
