package collectors

import (
	"slices"
	"strings"
	"testing"
)

func TestHashtags(t *testing.T) {
	session := []string{"IGF2018"}
	for _, c := range []struct {
		name string
		own  []string
		want []string
		says string // of the error
	}{
		{name: "the session's stand in for none", want: session},
		{name: "its own go before the session's", own: []string{"#WS164"}, want: []string{"WS164"}},
		{name: "each comes once, as it was written first", own: []string{"#WS164", " ws164", "Gipfel_für_alle"}, want: []string{"WS164", "Gipfel_für_alle"}},
		{name: "scripts without capitals", own: []string{"インターネット", "इंटरनेट"}, want: []string{"インターネット", "इंटरनेट"}},
		{name: "two words are none", own: []string{"two words"}, says: `"two words" is not a hashtag`},
		{name: "a path is none", own: []string{"../x"}, says: `"../x" is not a hashtag`},
		{name: "the sign alone is none", own: []string{"#"}, says: `"#" is not a hashtag`},
		{name: "nor is a whole sentence without blanks", own: []string{strings.Repeat("x", 201)}, says: "is not a hashtag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Hashtags(c.own, session)
			if !slices.Equal(got, c.want) || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if _, err := Hashtags(nil, nil); err == nil || !strings.HasPrefix(err.Error(), "hashtags: none are given") {
		t.Errorf("without any: %v", err)
	}
}
