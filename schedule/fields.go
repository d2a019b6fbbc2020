package schedule

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/robfig/cron/v3"
)

// part is a field of a specification with its place in it.
type part struct {
	start int
	text  string
}

func split(spec string) []part {
	var parts []part
	start := -1
	for i, r := range spec {
		switch {
		case unicode.IsSpace(r) && start >= 0:
			parts = append(parts, part{start, spec[start:i]})
			start = -1
		case !unicode.IsSpace(r) && start < 0:
			start = i
		}
	}
	if start >= 0 {
		parts = append(parts, part{start, spec[start:]})
	}
	return parts
}

// parseFields reads a cron line of five fields. Each field is tried alone first, so that an error can name it.
func parseFields(spec string) (*cron.SpecSchedule, error) {
	parts := split(spec)
	if len(parts) != 5 {
		reason := fmt.Sprintf("a schedule has five fields (%s), here are %d", fieldsInOrder, len(parts))
		if len(parts) == 6 {
			reason += "; there is no field for seconds or years"
		}
		return nil, &SpecError{End: len(spec), Reason: reason}
	}
	var line [5]string
	for i, p := range parts {
		line[i] = p.text
		if i == 4 {
			line[i] = foldSunday(p.text)
		}
		alone := [5]string{"*", "*", "*", "*", "*"}
		alone[i] = line[i]
		_, err := parseWall(strings.Join(alone[:], " "))
		if err != nil || emptyElement(p.text) || strings.Contains(p.text, "+") || anyToSomething(p.text) {
			f := cronFields()[i]
			return nil, &SpecError{Start: p.start, End: p.start + len(p.text), Reason: fmt.Sprintf(
				"field %d, %s: %q is not allowed; write %s, a list (1,3), a range (1-5), a step (*/2) or *", i+1, f.name, p.text, f.allowed)}
		}
	}
	return parseWall(strings.Join(line[:], " "))
}

// emptyElement finds "," and "1,,2", which robfig/cron takes as no time at all.
func emptyElement(text string) bool {
	for e := range strings.SplitSeq(text, ",") {
		if e == "" {
			return true
		}
	}
	return false
}

// anyToSomething finds "*-5", of which robfig/cron takes the asterisk and drops the rest.
func anyToSomething(text string) bool {
	return strings.Contains(text, "*-") || strings.Contains(text, "?-")
}

// foldSunday writes the elements of a day-of-week field that reach 7, or end with SUN, as lists of 0 to 6, the
// only days that robfig/cron knows. Everything else stays as it is, for the parser to judge.
func foldSunday(text string) string {
	elements := strings.Split(text, ",")
	for i, e := range elements {
		span, stepText, stepped := strings.Cut(e, "/")
		low, high, ranged := strings.Cut(span, "-")
		step := 1
		if stepped {
			n, err := strconv.Atoi(stepText)
			if err != nil || n < 1 {
				continue
			}
			step = n
		}
		from, ok := weekday(low)
		if !ok {
			continue
		}
		to := from
		if ranged {
			if to, ok = weekday(high); !ok {
				continue
			}
			if to == 0 && from > 0 && strings.EqualFold(high, "sun") {
				to = 7
			}
		}
		if to != 7 || from > to {
			continue
		}
		var days []string
		for d := from; d <= to && len(days) < 8; d += min(step, 8) {
			days = append(days, strconv.Itoa(d%7))
		}
		elements[i] = strings.Join(days, ",")
	}
	return strings.Join(elements, ",")
}

func weekday(text string) (int, bool) {
	for i, name := range []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} {
		if strings.EqualFold(text, name) {
			return i, true
		}
	}
	if len(text) == 1 && text[0] >= '0' && text[0] <= '7' {
		return int(text[0] - '0'), true
	}
	return 0, false
}
