package schedule_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"askahead/schedule"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name, spec string
		at         string // the part of spec that the error points to
		says       string
	}{
		{"nothing", "", "", "is empty"},
		{"blanks", "  ", "  ", "is empty"},
		{"too few fields", "0 7 * *", "0 7 * *", "five fields"},
		{"a field for seconds", "0 0 7 * * MON", "0 0 7 * * MON", "no field for seconds"},
		{"a minute that is none", "60 7 * * *", "60", "field 1, minute"},
		{"an hour that is none", "0 24 * * *", "24", "field 2, hour"},
		{"a day of month that is none", "0 7 0 * *", "0", "field 3, day of month"},
		{"a month that is none", "0 7 * 13 *", "13", "field 4, month"},
		{"a weekday that is none", "0 7 * * 8", "8", "field 5, day of week"},
		{"a weekday in another language", "0 7 * * LUN", "LUN", "SUN–SAT"},
		{"a range backwards", "0 7 * * 5-2", "5-2", "field 5"},
		{"a step of nothing", "*/0 * * * *", "*/0", "field 1"},
		{"a negative number", "-5 * * * *", "-5", "field 1"},
		{"a sign", "+5 * * * *", "+5", "field 1"},
		{"an empty list", ", * * * *", ",", "field 1"},
		{"a range from anything", "0 *-5 * * *", "*-5", "field 2"},
		{"a gap in a list", "1,,2 * * * *", "1,,2", "field 1"},
		{"a day that no month has", "0 0 31 2 *", "0 0 31 2 *", "never comes"},
		{"a day that those months do not have", "0 0 31 4,6,9,11 *", "0 0 31 4,6,9,11 *", "never comes"},
		{"a zone without fields, where robfig/cron panics", "TZ=0", "TZ=0", "timezone:"},
		{"a zone with a name and no fields", "CRON_TZ=Europe/Berlin", "CRON_TZ=Europe/Berlin", "timezone:"},
		{"a zone before good fields", " TZ=Europe/Berlin 0 7 * * *", " TZ=Europe/Berlin 0 7 * * *", "timezone:"},
		{"an unknown descriptor", "@fortnightly", "@fortnightly", "@weekly"},
		{"a descriptor that is no time", "@reboot", "@reboot", "@weekly"},
		{"every without a duration", "@every", "@every", "not a duration"},
		{"every without a unit", "@every 5", "@every 5", "not a duration"},
		{"every second", "@every 1s", "@every 1s", "too often"},
		{"just under a minute", "@every 59.9s", "@every 59.9s", "too often"},
		{"a negative interval", "@every -1h", "@every -1h", "too often"},
		{"a very long line", strings.Repeat("1,", 150) + "1 * * * *", "", "longer than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := schedule.Parse(tt.spec, nil)
			var wrong *schedule.SpecError
			if !errors.As(err, &wrong) {
				t.Fatalf("Parse(%q) gives %v, want a SpecError", tt.spec, err)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("the error is %q, want it to say %q", err, tt.says)
			}
			if at := tt.spec[wrong.Start:wrong.End]; tt.at != "" && at != tt.at {
				t.Errorf("the error points to %q, want %q", at, tt.at)
			}
		})
	}
}

func TestNext(t *testing.T) {
	const day = "Mon 2006-01-02 15:04 -0700"
	tests := []struct {
		name, spec, zone, after string
		want                    []string
	}{
		{"Sunday is 0", "0 7 * * 0", "UTC", "2026-03-01T07:00:00Z", []string{"Sun 2026-03-08 07:00 +0000"}},
		{"Sunday is 7", "0 7 * * 7", "UTC", "2026-03-01T07:00:00Z", []string{"Sun 2026-03-08 07:00 +0000"}},
		{"a week that ends with 7", "0 7 * * 6-7", "UTC", "2026-03-01T07:00:00Z", []string{"Sat 2026-03-07 07:00 +0000", "Sun 2026-03-08 07:00 +0000", "Sat 2026-03-14 07:00 +0000"}},
		{"a week that ends with SUN", "0 7 * * sat-SUN", "UTC", "2026-03-01T07:00:00Z", []string{"Sat 2026-03-07 07:00 +0000", "Sun 2026-03-08 07:00 +0000"}},
		{"a stepped week to 7", "0 7 * * 1-7/3", "UTC", "2026-03-01T07:00:00Z", []string{"Mon 2026-03-02 07:00 +0000", "Thu 2026-03-05 07:00 +0000", "Sun 2026-03-08 07:00 +0000"}},
		{"a descriptor", "@weekly", "UTC", "2026-03-01T07:00:00Z", []string{"Sun 2026-03-08 00:00 +0000"}},
		{"an interval", "@every 90m", "UTC", "2026-03-01T07:00:00Z", []string{"Sun 2026-03-01 08:30 +0000", "Sun 2026-03-01 10:00 +0000"}},
		{"29 February beyond a century", "0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", []string{"Fri 2104-02-29 00:00 +0000"}},
		{"clocks skip 02:30", "30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z",
			[]string{"Sat 2026-03-28 02:30 +0100", "Sun 2026-03-29 03:00 +0200", "Mon 2026-03-30 02:30 +0200"}},
		{"clocks show 02:30 twice", "30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z",
			[]string{"Sat 2026-10-24 02:30 +0200", "Sun 2026-10-25 02:30 +0200", "Mon 2026-10-26 02:30 +0100"}},
		{"after the first of two 02:30", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", []string{"Mon 2026-10-26 02:30 +0100"}},
		{"every hour goes on when clocks skip one", "30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
			[]string{"Sun 2026-03-29 01:30 +0100", "Sun 2026-03-29 03:30 +0200"}},
		{"every hour goes on when clocks show one twice", "0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z",
			[]string{"Sun 2026-10-25 02:00 +0200", "Sun 2026-10-25 02:00 +0100", "Sun 2026-10-25 03:00 +0100"}},
		{"midnight that does not exist", "@daily", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
			[]string{"Sun 2018-11-04 01:00 -0200", "Mon 2018-11-05 00:00 -0200"}},
		{"a day that does not exist", "0 12 * * *", "Pacific/Apia", "2011-12-29T21:00:00Z",
			[]string{"Thu 2011-12-29 12:00 -1000", "Sat 2011-12-31 00:00 +1400", "Sat 2011-12-31 12:00 +1400"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := zone(t, tt.zone)
			s, err := schedule.Parse(tt.spec, z)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				at = s.Next(at)
				if at.Location() != time.UTC {
					t.Errorf("%s is not in UTC", at)
				}
				if got := at.In(z).Format(day); got != want {
					t.Fatalf("next is %s, want %s", got, want)
				}
			}
		})
	}
}

func TestZeroScheduleIsNeverDue(t *testing.T) {
	var s schedule.Schedule
	if !s.IsZero() || !s.Next(time.Now()).IsZero() {
		t.Error("the zero schedule is due")
	}
	if s, err := schedule.Parse("@every 1m", nil); err != nil || s.IsZero() || s.String() != "@every 1m" {
		t.Errorf("@every 1m is %v, %v", s, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, spec := range []string{"*/15 * * * *", "0 7 * * MON", "@daily", "@every 2h", "TZ=0", "CRON_TZ=Europe/Berlin", "0 0 31 2 *", "5-7/9 1 , 2 *", "0 0 29 2 7"} {
		f.Add(spec, int64(1774749600))
	}
	berlin := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, spec string, unix int64) {
		s, err := schedule.Parse(spec, berlin)
		if err != nil {
			var wrong *schedule.SpecError
			if !errors.As(err, &wrong) || wrong.Start < 0 || wrong.Start > wrong.End || wrong.End > len(spec) {
				t.Fatalf("Parse(%q) points outside of the spec: %#v", spec, err)
			}
			return
		}
		at := time.Unix(unix%(1<<33), 0)
		next := s.Next(at)
		if !next.After(at) {
			t.Fatalf("%q after %s is %s", spec, at, next)
		}
	})
}
