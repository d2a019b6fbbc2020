// Package schedule says when something is due, and does it then: it reads cron specifications and tells the next
// time in the zone of the people who wait for it, and its Runner runs jobs by them, each once for every time,
// however often the process is stopped and however many there are.
package schedule

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// MinInterval is the shortest interval that "@every" may have; the shortest of a cron line is a minute too.
const MinInterval = time.Minute

// maxSpec is far longer than any cron line that a person writes.
const maxSpec = 200

// Schedule is a cron specification in a time zone. The zero value is no schedule: it is never due.
type Schedule struct {
	spec  string
	zone  *time.Location
	every time.Duration      // of "@every"; the other fields are unset then
	wall  *cron.SpecSchedule // over the times that a clock on the wall shows, written as if they were UTC
	real  bool               // due in every hour: counts hours that pass, not hours that the clock shows
}

// String gives the specification as it was written.
func (s Schedule) String() string { return s.spec }

// IsZero says that there is no schedule.
func (s Schedule) IsZero() bool { return s.wall == nil && s.every == 0 }

// SpecError says what is wrong with a specification, and where in it.
type SpecError struct {
	Start, End int    // byte range of the wrong part in the specification
	Reason     string // what is wrong and what is allowed
}

func (e *SpecError) Error() string { return e.Reason }

// field is one of the five of a cron line.
type field struct {
	name    string
	allowed string
	value   string // a regular expression of one value; see Pattern
}

func cronFields() [5]field {
	months := anyCase("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
	days := anyCase("sun", "mon", "tue", "wed", "thu", "fri", "sat")
	return [5]field{
		{"minute", "0–59", `0*[0-5]?[0-9]`},
		{"hour", "0–23", `0*(?:1?[0-9]|2[0-3])`},
		{"day of month", "1–31", `0*(?:[1-9]|[12][0-9]|3[01])`},
		{"month", "1–12 or JAN–DEC", `(?:0*(?:[1-9]|1[0-2])|` + months + `)`},
		{"day of week", "0–7 or SUN–SAT (0 and 7 are Sunday)", `(?:0*[0-7]|` + days + `)`},
	}
}

const (
	fieldsInOrder = "minute, hour, day of month, month, day of week"
	descriptors   = "@hourly, @daily, @weekly, @monthly, @yearly or @every with a duration"
)

// Parse reads a cron line of five fields, a descriptor such as "@daily", or "@every 90m". The times are those
// of zone; nil is UTC. Errors are of type *SpecError. What robfig/cron takes and never or too often fires is
// refused here: dates that never come, intervals below MinInterval, zones inside of the specification.
func Parse(spec string, zone *time.Location) (Schedule, error) {
	if zone == nil {
		zone = time.UTC
	}
	whole := func(format string, args ...any) error {
		return &SpecError{End: len(spec), Reason: fmt.Sprintf(format, args...)}
	}
	trimmed := strings.TrimSpace(spec)
	switch {
	case trimmed == "":
		return Schedule{}, whole("the schedule is empty; it has five fields: %s", fieldsInOrder)
	case len(spec) > maxSpec:
		return Schedule{}, whole("the schedule is longer than %d characters", maxSpec)
	case strings.HasPrefix(trimmed, "TZ=") || strings.HasPrefix(trimmed, "CRON_TZ="):
		return Schedule{}, whole("a schedule names no zone of its own; write the session's `timezone:` instead")
	case strings.HasPrefix(trimmed, "@every"):
		return parseEvery(spec, trimmed, zone)
	case strings.HasPrefix(trimmed, "@"):
		wall, err := parseWall(trimmed)
		if err != nil {
			return Schedule{}, whole("%q is not a schedule; allowed are five fields (%s), %s", trimmed, fieldsInOrder, descriptors)
		}
		return newSchedule(spec, zone, wall), nil
	}
	wall, err := parseFields(spec)
	if err != nil {
		return Schedule{}, err
	}
	// Whether a date ever comes does not depend on the clock: any eight years that begin with 2000 have all.
	if wall.Next(time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, whole("this date never comes: no such day of the month is in the months given")
	}
	return newSchedule(spec, zone, wall), nil
}

func newSchedule(spec string, zone *time.Location, wall *cron.SpecSchedule) Schedule {
	const everyHour = 1<<24 - 1
	return Schedule{spec: spec, zone: zone, wall: wall, real: wall.Hour&everyHour == everyHour}
}

func parseEvery(spec, trimmed string, zone *time.Location) (Schedule, error) {
	text := strings.TrimSpace(strings.TrimPrefix(trimmed, "@every"))
	every, err := time.ParseDuration(text)
	if err != nil {
		return Schedule{}, &SpecError{End: len(spec), Reason: fmt.Sprintf("%q is not a duration; write it as in @every 90m or @every 12h", text)}
	}
	if every < MinInterval {
		return Schedule{}, &SpecError{End: len(spec), Reason: fmt.Sprintf("@every %s is too often; the shortest interval is %s", text, MinInterval)}
	}
	return Schedule{spec: spec, zone: zone, every: every.Truncate(time.Second)}, nil
}

// parseWall hands a spec to robfig/cron. Its parser is only called with what holds no zone: with one, it
// panics on short input.
func parseWall(spec string) (*cron.SpecSchedule, error) {
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	parsed, err := parser.Parse(spec)
	if err != nil {
		return nil, err
	}
	wall, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("%q is not a cron line", spec)
	}
	wall.Location = time.UTC
	return wall, nil
}
