package schedule

import (
	"context"
	"hash/fnv"
	"strconv"
	"time"

	"askahead/store"
)

// Job is something that is done by the calendar.
type Job struct {
	Session string // store.Shared for what is of no session
	Name    string // one of its kind in the session: "collect/NAME", "sweep/NAME", "digest", "cleanup", "watch"
	// Lease names what only one may be at: of the jobs that share it, one runs at a time, in all processes that
	// use the store. Empty is Name.
	Lease string
	Due   Schedule
	// AtOnce is for what should not wait for its time when it has never been run: a new installation has
	// something to show. Without it, the first run is at the first time that is due from then on.
	AtOnce bool
	// Last is for what sums up what the others bring: it waits while another job of its session, or of no session, is
	// due or runs, but for lastWait at most.
	Last bool
	// Run does it, for slot: the time on the calendar that it deals with. Its context ends when the runner is stopped or the lease is lost; the cause of the latter is
	// store.ErrLeaseLost. It may go on to finish what it has in hand, for Runner.Grace at most.
	Run func(ctx context.Context, slot time.Time) error
}

func (j *Job) lease() string {
	if j.Lease != "" {
		return j.Lease
	}
	return j.Name
}

// lastWait is how long what waits for the others waits: a source that can't be read in this time is not waited for.
const lastWait = 10 * time.Minute

const (
	firstRetry = time.Minute
	lastRetry  = time.Hour
	// longestWait is how long a source can keep us away: what asks for more has lost its clock, or its mind.
	longestWait = 7 * 24 * time.Hour
	// farAhead is more than what people set their clocks back by. A time beyond it, which was dealt with already,
	// is from a clock that was wrong; waiting until it comes would be waiting for ever.
	farAhead = 24 * time.Hour
)

// unknown says that there is no record to go by: none at all, or one from a clock that was far ahead.
func unknown(rec *store.Run, now time.Time) bool {
	return rec == nil || rec.Slot.After(now.Add(farAhead))
}

// next says when a job with this record is to run, jitter not counted; the zero time is at once.
func (j *Job) next(rec *store.Run, now time.Time) time.Time {
	return j.nextWith(rec, now, 0)
}

// nextWith is next, with the times of the calendar moved by at most jitter.
func (j *Job) nextWith(rec *store.Run, now time.Time, jitter time.Duration) time.Time {
	if unknown(rec, now) {
		return time.Time{}
	}
	if rec.Cause == store.CauseRateLimited && !rec.Retry.IsZero() {
		return rec.Retry // also when the calendar would have it earlier
	}
	slot := j.Due.Next(rec.Slot)
	slot = slot.Add(j.jitter(slot, jitter))
	if !rec.Retry.IsZero() && rec.Retry.Before(slot) {
		return rec.Retry
	}
	return slot
}

// slot is the time on the calendar that a run at now deals with, and everything before it.
func (j *Job) slot(rec *store.Run, now time.Time) time.Time {
	if unknown(rec, now) {
		return now.UTC().Truncate(time.Second)
	}
	return j.Due.Last(rec.Slot, now)
}

// waits says that the job is seen for the first time and waits for its time: from when on must be recorded, or
// it would wait for ever where nobody leaves askahead running.
func (j *Job) waits(rec *store.Run, now time.Time) bool { return !j.AtOnce && unknown(rec, now) }

// jitter is by how much the run of a slot is late, in whole seconds: always the same for one job and slot, at
// most limit, and at most a tenth of the time until the next slot.
func (j *Job) jitter(slot time.Time, limit time.Duration) time.Duration {
	if limit < time.Second {
		return 0
	}
	most := min(limit, j.Due.Next(slot).Sub(slot)/10)
	h := fnv.New64a()
	h.Write([]byte(j.Session + "\x00" + j.Name + "\x00" + strconv.FormatInt(slot.Unix(), 10)))
	return time.Duration(h.Sum64()%uint64(most/time.Second+1)) * time.Second
}

// Failure is what a run that went wrong is recorded as.
type Failure struct {
	Cause store.Cause
	Until time.Time // of CauseRateLimited: not before then
	Text  string    // for the operator: no address, no secret
	Left  int64     // what is still to be read, as far as is known
}

// began is the record of a run that begins now.
func (j *Job) began(rec *store.Run, now time.Time) store.Run {
	run := store.Run{Session: j.Session, Job: j.Name, Slot: j.slot(rec, now), Started: now}
	if rec != nil {
		run.Good, run.Failures = rec.Good, rec.Failures
	}
	return run
}

// ended completes it. What passes by itself is tried again soon and then less and less often; what a person must
// mend, with its next time on the calendar or in an hour.
func ended(run store.Run, now time.Time, failed *Failure) store.Run {
	run.Ended = now
	if failed == nil {
		run.Good, run.Failures = now, 0
		return run
	}
	run.Failures++
	run.Cause, run.Error, run.Backlog = failed.Cause, failed.Text, failed.Left
	again := now.Add(backoff(run.Failures))
	switch failed.Cause {
	case store.CauseUnauthorized, store.CauseSettings:
		again = now.Add(lastRetry) // a weekly digest need not wait for a week once it is mended
	case store.CauseRateLimited:
		if failed.Until.After(again) {
			again = failed.Until
		}
		if latest := now.Add(longestWait); again.After(latest) {
			again = latest
		}
	}
	run.Retry = again
	return run
}

// backoff is how long to wait after so many failures in a row.
func backoff(failures int) time.Duration {
	wait := firstRetry
	for range failures - 1 {
		if wait *= 2; wait >= lastRetry {
			return lastRetry
		}
	}
	return wait
}
