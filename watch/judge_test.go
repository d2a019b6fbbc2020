package watch_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/store"
	"askahead/watch"
)

// ran is how a run went that ended at noon of a day; it went well for the last time good days before.
func ran(on int, cause store.Cause, good int, failures int) store.Run {
	at := monday().Add(time.Duration(on) * day)
	run := store.Run{Session: "ws164", Job: "collect/teams-list", Started: at.Add(-time.Minute), Ended: at, Good: at.Add(-time.Duration(good) * day),
		Cause: cause, Failures: failures}
	if cause != store.CauseNone {
		run.Error = "imap.example.org: it did not work"
	}
	return run
}

func never(run store.Run) store.Run {
	run.Good = time.Time{}
	return run
}

func after(run store.Run, good time.Duration) store.Run {
	run.Good = run.Ended.Add(-good)
	return run
}

// heard is the state of a source that brought something every day until one.
func heard(until int) watch.State {
	at := monday().Add(time.Duration(until) * day)
	return watch.State{Newest: at, Last: at, Rhythm: watch.Learn(on(every(1, 40)...))}
}

func open(kind store.IncidentKind, since int) store.Incident {
	at := monday().Add(time.Duration(since) * day)
	return store.Incident{Session: "ws164", Subject: "source/teams-list", Kind: kind, Since: at, Opened: at.Add(3 * day), Body: "x"}
}

func TestJudge(t *testing.T) {
	list := watch.Source{Session: "ws164", Name: "teams-list", Interval: 15 * time.Minute}
	off, patient := list, list
	off.Off = true
	patient.After = 20 * day
	set := func(st watch.State) watch.State {
		st.Rhythm = watch.Rhythm{Basis: watch.Set, Limit: 20 * day}
		return st
	}
	daily := list
	daily.Interval = day
	for _, c := range []struct {
		name string
		src  watch.Source
		st   watch.State
		run  store.Run
		open []store.Incident
		want string // the verdicts: "+access" for one that is wrong, "-access" for one that is over
	}{
		{"all is well", list, heard(40), ran(41, store.CauseNone, 0, 0), nil, ""},
		{"it never ran", list, watch.State{Rhythm: watch.Learn(nil)}, store.Run{}, nil, ""},
		{"a refusal needs somebody at once", list, heard(40), ran(41, store.CauseUnauthorized, 1, 1), nil, "+access"},
		{"settings that do not fit need somebody at once", list, heard(40), ran(41, store.CauseSettings, 1, 1), nil, "+settings"},
		{"a refusal stands before a silence", list, heard(20), ran(41, store.CauseUnauthorized, 1, 1), nil, "+access"},
		{"a server that is down for hours is nobody's business", list, heard(40), after(ran(41, store.CauseUnavailable, 0, 9), 5*time.Hour), nil, ""},
		{"nor is one that failed twice, whenever", list, heard(40), ran(41, store.CauseUnavailable, 9, 2), nil, ""},
		{"one that is down for long is", list, heard(40), after(ran(41, store.CauseUnavailable, 0, 3), 6*time.Hour), nil, "+failing"},
		{"so is another error that lasts", list, heard(40), ran(41, store.CauseOther, 1, 3), nil, "+failing"},
		{"what is read daily may fail for three days", daily, heard(40), ran(41, store.CauseOther, 2, 3), nil, ""},
		{"and no longer", daily, heard(40), ran(41, store.CauseOther, 3, 3), nil, "+failing"},
		{"what never worked need not last", list, heard(40), never(ran(41, store.CauseUnavailable, 0, 3)), nil, "+failing"},
		{"to be asked to wait is no alarm", list, heard(40), ran(41, store.CauseRateLimited, 9, 99), nil, ""},
		{"but what asks to wait for ever is silent", list, heard(40), ran(45, store.CauseRateLimited, 3, 99), nil, "+silent"},
		{"nothing for far longer than usual", list, heard(40), ran(45, store.CauseNone, 0, 0), nil, "+silent"},
		{"not yet far longer", list, heard(40), ran(44, store.CauseNone, 0, 0), nil, ""},
		{"what was not read cannot be called silent", list, heard(40), ran(60, store.CauseUnavailable, 20, 1), nil, ""},
		{"its silence is not to be told", off, heard(40), ran(60, store.CauseNone, 0, 0), nil, ""},
		{"it may be silent for as long as the configuration says", patient, set(heard(40)), ran(60, store.CauseNone, 0, 0), nil, ""},
		{"and no longer than that", patient, set(heard(40)), ran(61, store.CauseNone, 0, 0), nil, "+silent"},

		{"success ends what kept it from being read", list, heard(40), ran(41, store.CauseNone, 0, 0),
			[]store.Incident{open("access", 30), open("settings", 30), open("failing", 30)}, "-access -settings -failing"},
		{"then it may be silent, too", list, heard(30), ran(41, store.CauseNone, 0, 0), []store.Incident{open("access", 35)}, "-access +silent"},
		{"another failure does not end a refusal, and is no second alarm", list, heard(40), ran(41, store.CauseUnavailable, 9, 99),
			[]store.Incident{open("access", 30)}, ""},
		{"what failed and now refuses is another matter", list, heard(40), ran(41, store.CauseUnauthorized, 9, 99),
			[]store.Incident{open("failing", 30)}, "+access"},
		{"a source that is not read is not silent", list, heard(30), ran(41, store.CauseRateLimited, 0, 1), []store.Incident{open("failing", 30)}, ""},
		{"a silence lasts", list, heard(40), ran(60, store.CauseNone, 0, 0), []store.Incident{open("silent", 40)}, "+silent"},
		{"even when its rhythm is forgotten", list, watch.State{Newest: heard(40).Last, Last: heard(40).Last, Rhythm: watch.Learn(nil)},
			ran(60, store.CauseNone, 0, 0), []store.Incident{open("silent", 40)}, "+silent"},
		{"a new item ends it", list, heard(59), ran(60, store.CauseNone, 0, 0), []store.Incident{open("silent", 40)}, "-silent"},
		{"even one that is old already", list, heard(41), ran(60, store.CauseNone, 0, 0), []store.Incident{open("silent", 40)}, "-silent"},
		{"whoever does not want to hear of it any more", off, heard(40), ran(60, store.CauseNone, 0, 0), []store.Incident{open("silent", 40)}, "-silent"},
		{"or later", patient, set(heard(40)), ran(60, store.CauseNone, 0, 0), []store.Incident{open("silent", 40)}, "-silent"},
		{"a refusal in a silence", list, heard(40), ran(60, store.CauseUnauthorized, 1, 1), []store.Incident{open("silent", 40)}, "+access"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, v := range watch.Judge(c.src, c.st, c.run, c.open, c.run.Ended) {
				sign := "-"
				if v.Wrong {
					sign = "+"
				}
				got = append(got, sign+string(v.Kind))
				if strings.TrimSpace(v.Text) == "" {
					t.Errorf("nothing is said of %s", v.Kind)
				}
				if i := slices.IndexFunc(c.open, func(i store.Incident) bool { return i.Kind == v.Kind }); i >= 0 && v.Wrong && !v.Since.Equal(c.open[i].Since) {
					t.Errorf("%s began at %v, and now at %v", v.Kind, c.open[i].Since, v.Since)
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%q, want %q", s, c.want)
			}
		})
	}
}
