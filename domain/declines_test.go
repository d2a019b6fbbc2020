package domain

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

func TestDeclinesInMarkup(t *testing.T) {
	for bio, want := range map[string]string{
		`<p><a href="https://s.example/tags/noindex">#<span>noindex</span></a></p>`: "noindex",
		"#no\u200bsearch":              "nosearch",
		"#ｎｏｂｏｔ":                       "nobot",
		"#" + string(make([]byte, 10)): "",
	} {
		if got := Declines(bio); got != want {
			t.Errorf("%q declines by %q, want %q", bio, got, want)
		}
	}
}

func TestDeclinesBy(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"X-No-Archive", "yes", "X-No-Archive"}, {"x-no-archive", "", "X-No-Archive"}, {"X-NO-ARCHIVE ", "no", "X-No-Archive"},
		{"X-Archive", " No ", "X-Archive: no"}, {"X-Archive", "yes", ""}, {"X-Archived-At", "no", ""}, {"Subject", "X-No-Archive", ""},
	} {
		if got := DeclinesBy(c.name, c.value); got != c.want {
			t.Errorf("%q: %q gives %q, want %q", c.name, c.value, got, c.want)
		}
	}
}
