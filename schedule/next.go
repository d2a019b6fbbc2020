package schedule

import "time"

// maxShift is longer than any zone was ever away from UTC.
const maxShift = 26 * time.Hour

// Next returns the first time after t that is due, in UTC, to the second; the zero time if there is none.
//
// Where clocks are changed, a schedule for certain hours ("30 2 * * *") is due exactly once for each time
// that it names: a time that the clock skips is due at the moment of the change, a time that comes twice
// is due the first time. A schedule for every hour ("*/15 * * * *", "@hourly") follows the hours that really pass.
func (s Schedule) Next(t time.Time) time.Time {
	switch {
	case s.every > 0:
		return t.UTC().Truncate(time.Second).Add(s.every)
	case s.wall == nil:
		return time.Time{}
	case s.real:
		return s.nextReal(t)
	}
	// moment never decreases, and moment(wall(t)) <= t: so no earlier time on the wall need be looked at. After
	// a clock was set back, the times that were due the first time are stepped over: at most as many as there
	// are minutes in the change.
	for w := s.nextWall(onWall(t, s.zone)); !w.IsZero(); w = s.nextWall(w) {
		if m := moment(w, s.zone); m.After(t) {
			return m
		}
	}
	return time.Time{}
}

// Last returns the last time that is due after one and no later than another: after itself if there is none. It
// is the one catch-up of everything that was missed in between.
func (s Schedule) Last(after, now time.Time) time.Time {
	if s.every > 0 {
		after = after.UTC().Truncate(time.Second)
		return after.Add(max(0, now.Sub(after)/s.every) * s.every)
	}
	due := func(next time.Time) bool { return !next.IsZero() && !next.After(now) }
	for back := time.Hour; ; back *= 4 { // what is due often is found without a walk through all of it
		from := now.Add(-back)
		if !from.After(after) {
			from = after
		}
		last := from
		for next := s.Next(from); due(next); next = s.Next(next) {
			last = next
		}
		if last != from || from == after {
			return last
		}
	}
}

// nextWall is robfig/cron's Next, without its limit of five years: 29 February is eight years away when a
// century is no leap year.
func (s Schedule) nextWall(w time.Time) time.Time {
	next := s.wall.Next(w)
	if next.IsZero() {
		next = s.wall.Next(w.AddDate(4, 0, 0))
	}
	return next
}

// nextReal goes through the stretches of time between two changes of the clock. Within one, what the wall
// shows and what passes run alike.
func (s Schedule) nextReal(t time.Time) time.Time {
	for at := t; ; {
		local := at.In(s.zone)
		_, offset := local.Zone()
		shift := time.Duration(offset) * time.Second
		next := s.nextWall(at.UTC().Add(shift))
		if next.IsZero() {
			return time.Time{}
		}
		next = next.Add(-shift)
		_, end := local.ZoneBounds()
		if end.IsZero() || next.Before(end) {
			return next
		}
		if first, ok := s.atChange(end); ok {
			return first
		}
		at = end
	}
}

// atChange says whether the first second after a change of the clock is due.
func (s Schedule) atChange(end time.Time) (time.Time, bool) {
	w := onWall(end, s.zone)
	return end.UTC(), s.nextWall(w.Add(-time.Second)).Equal(w)
}

// onWall is what a clock in zone shows at t, written as if it were UTC.
func onWall(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// moment is the first time at which a clock in zone shows w or more: w itself the first time that it comes,
// or the change that skips it.
func moment(w time.Time, zone *time.Location) time.Time {
	for at := w.Add(-maxShift); ; {
		local := at.In(zone)
		_, offset := local.Zone()
		start, end := local.ZoneBounds()
		m := w.Add(-time.Duration(offset) * time.Second)
		switch {
		case !end.IsZero() && !m.Before(end):
			at = end
		case m.Before(start):
			return start.UTC()
		default:
			return m
		}
	}
}
