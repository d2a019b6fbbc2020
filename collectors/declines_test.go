package collectors

import "testing"

func TestDeclines(t *testing.T) {
	for bio, want := range map[string]string{
		"":                                    "",
		"I write about logs. #nobot":          "nobot",
		"#NoBots please":                      "nobots",
		"＃noindex":                            "noindex",
		"#privacy #noarchive.":                "noarchive",
		"#nosearch":                           "nosearch",
		"#nobotany":                           "",
		"nobot without the mark":              "",
		"# nobot":                             "",
		"#privacy":                            "",
		"the same word in a path: /tag#nobot": "nobot",
	} {
		if got := Declines(bio); got != want {
			t.Errorf("%q declines by %q, want %q", bio, got, want)
		}
	}
}
