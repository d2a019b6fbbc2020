package digest

import (
	"bytes"
	"path/filepath"
	"testing"

	"askahead/domain"
	"askahead/internal/golden"
	"askahead/store"
)

// editions are those that are kept as golden files, one folder each.
func editions(t *testing.T) map[string]Edition {
	first := newShelf(t, workshop())

	second := newShelf(t, workshop())
	second.editions = []store.Edition{{Session: "igf2018-ws164", Name: "panelists", Number: 2, Audience: domain.Green, Until: at("2018-10-22 05:00")}}
	second.recalls = []store.Recall{{Question: "item98.1", Edition: 1}, {Question: "item99.1", Edition: 2}, {Question: "item97.2", Edition: 2}}
	second.progress["preparation-list"] = store.Progress{LastNew: at("2018-11-09 12:00")}
	second.progress["hashtag"] = store.Progress{LastNew: at("2018-10-20 12:00")}
	later := newRequest(t, domain.Green)
	later.Options.Sources = []string{"preparation-list", "hashtag"}

	empty := newShelf(t, nil)
	empty.progress["hashtag"] = store.Progress{LastNew: at("2018-10-20 12:00")}
	quiet := newRequest(t, domain.Clear)
	quiet.Since = at("2018-11-01 00:00")
	quiet.Options.Sources = []string{"hashtag", "chat"}

	chosen := newRequest(t, domain.Green)
	chosen.Approved = true

	cut := newRequest(t, domain.Green)
	cut.Options.Concerns, cut.Options.Topics, cut.Options.Quotes, cut.Options.Fresh = 1, 1, 1, 1

	return map[string]Edition{
		"first":        newEdition(t, first, newRequest(t, domain.Green)),
		"public":       newEdition(t, first, newRequest(t, domain.Clear)),
		"third":        newEdition(t, second, later),
		"empty":        newEdition(t, empty, quiet),
		"cut":          newEdition(t, first, cut),
		"few-hostile":  newEdition(t, newShelf(t, hostile()), newRequest(t, domain.Clear)),
		"moderated":    newEdition(t, newShelf(t, moderated()), newRequest(t, domain.Green)),
		"approved":     newEdition(t, newShelf(t, moderated()), chosen),
		"unasked-only": newEdition(t, newShelf(t, workshop()[40:41]), newRequest(t, domain.Clear)),
	}
}

// moderated is the workshop after moderators went over it.
func moderated() []asked {
	edit := func(text string) func(*domain.Question) {
		return func(q *domain.Question) { q.Edited, q.Text, q.Context = true, text, "" }
	}
	state := func(s domain.State) func(*domain.Question) { return func(q *domain.Question) { q.State = s } }
	supported := func(n int) func(*domain.Question) { return func(q *domain.Question) { q.Support = n } }
	answered := func(day, where string) func(*domain.Question) {
		return func(q *domain.Question) { q.Answered, q.Answer = at("2018-"+day+" 09:00"), where }
	}
	list := workshop()
	for i := range list {
		var f func(*domain.Question)
		switch a := list[i]; a.topic + " " + a.asker {
		case "whois dahl":
			f = and(state(domain.Approved), supported(12), answered("11-07", "https://lists.example.org/archive/ws164/msg00123.html"))
		case "whois solheim":
			f = and(state(domain.Approved), edit("How should incident responders and police get access to WHOIS data under the GDPR?"))
		case "whois falk", "whois delvaux", "backdoor amina", "border priya", "border joyce":
			f = state(domain.Approved)
		case "backdoor huber":
			f = and(edit("How can a backdoor in encryption be kept away from criminals?"), answered("11-08", "in the preparatory call"))
		case "trust aas":
			f = and(supported(7), edit("What would make a government agency trust civil society?"), answered("11-08", "to the asker, by phone"))
		case "treaty brisk":
			f = and(supported(1), answered("11-09", ""))
		case "evidence wilk", "logs nogueira":
			f = state(domain.Dismissed)
		case "notify kiosk":
			f = state(domain.Changed)
		}
		if f != nil {
			list[i].more = and(list[i].more, f)
		}
	}
	return list
}

// hostile is text that wants to be more than text in one of the formats.
func hostile() []asked {
	return []asked{
		{"a", "technical", "a", "10-01", "en", `=HYPERLINK("https://evil.example","click") or is it <script>alert(1)</script>?`, nil},
		{"b", "technical", "b", "10-02", "en", `Is ![this](https://evil.example/x.png) an image, **and** this <b>bold</b> & [that](https://evil.example) a link?`, nil},
		{"c", "", "c", "10-03", "en", "Does \u202egnp.exe\u202c turn \x1b[31mred\x07 around?", func(q *domain.Question) { q.URL = `javascript:alert(1)` }},
		{"d", "technical", "d", "10-04", "en", "1. Is this | a list, or a table?", func(q *domain.Question) { q.URL = `https://x.example/"><script>` }},
	}
}

func TestEveryFormatIsAsItWas(t *testing.T) {
	for name, e := range editions(t) {
		for _, f := range Formats() {
			t.Run(name+" as "+f.Name, func(t *testing.T) {
				var got bytes.Buffer
				if err := f.Write(&got, e); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testcases", name, "want"+f.Extension)
				golden.Compare(t, file, got.String())
			})
		}
	}
}
