package chatexport

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var dateInName = regexp.MustCompile(`(\d{4})[-_.]?(\d\d)[-_.]?(\d\d)`)

// dateOf finds the day in the name of a log: "20260302", "#privacy.2026-03-02". Digits that are no day, or more than
// one, belong to the channel. to is 0 if there is none.
func dateOf(name string) (day time.Time, from, to int) {
	for at := 0; ; {
		m := dateInName.FindStringSubmatchIndex(name[at:])
		if m == nil {
			return time.Time{}, 0, 0
		}
		for i := range m {
			m[i] += at
		}
		number := func(i int) int {
			n, _ := strconv.Atoi(name[m[i]:m[i+1]]) // it is digits
			return n
		}
		day, ok := dayOf(number(2), number(4), number(6))
		if ok && day.Year() >= 1970 && !digitAt(name, m[0]-1) && !digitAt(name, m[1]) {
			return day, m[0], m[1]
		}
		at = m[0] + 1
	}
}

func digitAt(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

// logDay is the day that the name of a file says; zero if it says none.
func logDay(name string, zone *time.Location) time.Time {
	day, _, to := dateOf(name)
	if to == 0 {
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
}

// logName is the name of a file without its day: that of the channel.
func logName(base string) string {
	_, from, to := dateOf(base)
	return strings.Trim(base[:from]+base[to:], "#._- ")
}
