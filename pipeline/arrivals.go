package pipeline

import (
	"time"

	"askahead/store"
)

// arrivals counts in which hours what the source gave was published, whatever becomes of it: silence is about the
// source, and not about what a session takes. A sweep and an archive bring nothing new, nor does a page that leads
// nowhere.
func (s *saver) arrivals(p page, now time.Time) []store.Arrival {
	if !s.counts || p.batch.Next == "" || string(p.batch.Next) == s.cursor {
		return nil
	}
	hours := map[time.Time]int64{}
	var newest time.Time
	add := func(published time.Time) {
		if published.IsZero() {
			if s.before.IsZero() {
				return // it came at some time in the source's past
			}
			published = now
		}
		hour := hourOf(published, now)
		hours[hour]++
		if hour.After(newest) {
			newest = hour
		}
	}
	for i := range p.read {
		add(p.read[i].Reading.Published)
	}
	for range p.batch.Broken {
		add(time.Time{})
	}
	// What is dated long before it came, by a wrong clock or after a long way, is a sign of life all the same; and
	// silence begins when the source is first listened to, however old its items are.
	sign := s.before
	if sign.IsZero() {
		sign = now
	}
	if sign = sign.UTC().Truncate(time.Hour); len(hours) > 0 && newest.Before(sign) {
		hours[sign] = 0
	}
	list := make([]store.Arrival, 0, len(hours))
	for hour, n := range hours {
		list = append(list, store.Arrival{Hour: hour, Items: n})
	}
	return list
}

// hourOf is the beginning of the hour that something counts in. Dates in mail are anything: none counts that is
// still to come, or that is older than what is kept.
func hourOf(published, now time.Time) time.Time {
	oldest := now.Add(-store.KeepArrivals).Truncate(time.Hour).Add(time.Hour)
	switch hour := published.UTC().Truncate(time.Hour); {
	case published.After(now):
		return now.Truncate(time.Hour)
	case hour.Before(oldest):
		return oldest
	default:
		return hour
	}
}
