package digest

import (
	"cmp"
	"slices"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// maxWeeks is how many weeks stand side by side in a mail 600 pixels wide.
const maxWeeks = 8

// weeks counts the questions of each community by the week in which they were published.
func (g *gathered) weeks(until time.Time, zone *time.Location) weeks {
	w := weeks{Starts: []time.Time{}, Rows: []weekRow{}}
	if len(g.quotes) == 0 {
		return w
	}
	// A post with a date in the future does not make weeks that have not been.
	last := monday(until.Add(-time.Microsecond), zone)
	first := last
	for _, q := range g.quotes {
		if m := monday(q.Published, zone); !q.NoName && m.Before(first) {
			first = m
		}
	}
	if earliest := last.AddDate(0, 0, -7*(maxWeeks-1)); first.Before(earliest) {
		first, w.Cut = earliest, true
	}
	for at := first; !at.After(last); at = at.AddDate(0, 0, 7) {
		w.Starts = append(w.Starts, at)
	}
	for _, c := range g.palette.present(g.quotes) {
		row := weekRow{Community: c, Counts: make([]int, len(w.Starts))}
		for _, q := range g.quotes {
			if q.NoName || !q.of(c.ID) {
				continue
			}
			row.Total++
			if i := slices.IndexFunc(w.Starts, monday(q.Published, zone).Equal); i >= 0 {
				row.Counts[i]++
				w.Most = max(w.Most, row.Counts[i])
			}
		}
		w.Rows = append(w.Rows, row)
	}
	return w
}

// monday is the start of t's week, at midnight in zone.
func monday(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	back := (int(t.Weekday()) + 6) % 7
	return time.Date(t.Year(), t.Month(), t.Day()-back, 0, 0, 0, 0, zone)
}

// counts sums the questions by what key says of them, most first, then by name. Of a question under the
// Chatham House Rule nothing is said.
func (g *gathered) counts(key func(quote) string, title func(string) string) []count {
	n := map[string]int{}
	for _, q := range g.quotes {
		if !q.NoName {
			n[key(q)]++
		}
	}
	list := []count{}
	for name, of := range n {
		list = append(list, count{Name: name, Title: title(name), N: of})
	}
	slices.SortFunc(list, func(a, b count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// regionTitle names the regional groups of the United Nations.
func regionTitle(id string) string {
	switch id {
	case "":
		return "Region not known"
	case "african":
		return "African Group"
	case "asia-pacific":
		return "Asia-Pacific Group"
	case "eastern-european":
		return "Eastern European Group"
	case "grulac":
		return "Latin American and Caribbean Group"
	case "weog":
		return "Western European and Others Group"
	}
	return titled(id)
}

func languageTitle(code string) string {
	tag, err := language.Parse(code)
	if err != nil || tag == language.Und {
		return "Language not certain"
	}
	if name := display.English.Languages().Name(tag); name != "" {
		return name
	}
	return code
}
