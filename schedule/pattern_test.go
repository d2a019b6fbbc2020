package schedule_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"askahead/schedule"
)

func TestPattern(t *testing.T) {
	pattern := regexp.MustCompile(schedule.Pattern())
	tests := []struct {
		spec string
		want bool
	}{
		{"*/15 * * * *", true}, {"0 7 * * MON", true}, {" 0 7\t* jan-mar,DEC sun-7/2 ", true}, {"@every 90m", true}, {"@every1h30m", true}, {"@daily", true},
		{"61 * * * *", false}, {"0 25 * * *", false}, {"0 7 32 * *", false}, {"0 7 * 13 *", false}, {"0 7 * * LUN", false}, {"0 7 * *", false},
		{"@fortnightly", false}, {"never", false}, {"TZ=UTC 0 7 * * *", false}, {",1 * * * *", false}, {"", false},
	}
	for _, tt := range tests {
		t.Run(tt.spec, func(t *testing.T) {
			_, err := schedule.Parse(tt.spec, nil)
			if got := pattern.MatchString(tt.spec); got != tt.want || (err == nil) != tt.want {
				t.Errorf("%q matches: %v, want %v; Parse says %v", tt.spec, got, tt.want, err)
			}
		})
	}
}

// TestPatternTakesWhatParseTakes: an editor must not mark what is right.
func TestPatternTakesWhatParseTakes(t *testing.T) {
	pattern := regexp.MustCompile(schedule.Pattern())
	field := rapid.StringMatching(`([*?]|[0-9]{1,3}|[0-9]{1,2}-[0-9]{1,2}|(mon|TUE|Jan|dec)(-(FRI|mar))?)(/[0-9]{1,2})?(,([0-9]{1,2}|sun))?`)
	rapid.Check(t, func(t *rapid.T) {
		spec := rapid.OneOf(
			rapid.Map(rapid.SliceOfN(field, 5, 5), func(f []string) string { return f[0] + " " + f[1] + "  " + f[2] + " " + f[3] + " " + f[4] }),
			rapid.Map(rapid.IntRange(1, 200_000), func(n int) string { return "@every " + (time.Duration(n) * 999 * time.Millisecond).String() }),
			rapid.StringMatching(`[@*?/,0-9a-z -]{1,20}`),
		).Draw(t, "spec")
		if _, err := schedule.Parse(spec, nil); err == nil && !pattern.MatchString(spec) {
			t.Fatalf("Parse takes %q and the pattern does not", spec)
		}
	})
}

func FuzzPattern(f *testing.F) {
	pattern := regexp.MustCompile(schedule.Pattern())
	for _, spec := range []string{"*/15 * * * *", "0 7 1 JAN sun-7/2", "@every 1h30m", "@annually"} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		if strings.ContainsFunc(spec, func(r rune) bool { return unicode.IsSpace(r) && !strings.ContainsRune(" \t\n\r\f", r) }) {
			t.Skip("a blank that the dialects of regular expressions do not agree on")
		}
		if _, err := schedule.Parse(spec, nil); err == nil && !pattern.MatchString(spec) {
			t.Fatalf("Parse takes %q and the pattern does not", spec)
		}
	})
}
