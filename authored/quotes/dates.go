package quotes

import "strings"

// isDateLine tells a line that is nothing but a date, with a time or without.
func isDateLine(t string) bool {
	if len(t) < 8 || len(t) > 50 || !hasDateTime(t) {
		return false
	}
	words := 0
	for w := range strings.FieldsSeq(t) {
		if c := w[0]; c < '0' || c > '9' {
			words++
		}
	}
	return words <= 4 && strings.Count(t, " ") <= 7
}

// hasDateTime tells whether a day in figures or with a year, and a time with a colon stand in t.
func hasDateTime(t string) bool { return hasClock(t) && hasDay(t) }

// hasClock finds "10:07".
func hasClock(t string) bool {
	for i := 1; i+2 < len(t); i++ {
		if (t[i] == ':' || t[i] == '.') && isDigit(t[i-1]) && isDigit(t[i+1]) && isDigit(t[i+2]) && (i+3 == len(t) || !isDigit(t[i+3])) {
			return true
		}
	}
	return false
}

// hasDay finds "04/05/2001", "17-08-2000", "1.3.11", or a year of four digits.
func hasDay(t string) bool {
	for i := 0; i < len(t); i++ {
		if !isDigit(t[i]) {
			continue
		}
		j := i
		for j < len(t) && isDigit(t[j]) {
			j++
		}
		if j-i == 4 && (t[i] == '1' && t[i+1] == '9' || t[i] == '2' && t[i+1] == '0') {
			return true
		}
		if j+2 < len(t) && j-i <= 2 && (t[j] == '/' || t[j] == '-' || t[j] == '.') && isDigit(t[j+1]) {
			k := j + 1
			for k < len(t) && isDigit(t[k]) {
				k++
			}
			if k+1 < len(t) && t[k] == t[j] && isDigit(t[k+1]) {
				return true
			}
		}
		i = j
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
