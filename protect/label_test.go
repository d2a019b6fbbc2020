package protect

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"askahead/domain"
)

// labelled makes a reading that carries text in one place.
func labelled(t testing.TB, place, text string) *domain.Reading {
	r := &domain.Reading{}
	switch place {
	case "subject":
		r.Subject = text
	case "header":
		r.Labels = []string{text}
	case "hashtag":
		r.Hashtags = []string{text}
	case "warning":
		r.Context = text
	case "text":
		r.Own = text
	default:
		t.Fatalf("unknown place %q", place)
	}
	return r
}

type labelRow struct{ place, text, want string }

func labelRows(t testing.TB) []labelRow {
	raw, err := os.ReadFile("testcases/labels.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var rows []labelRow
	for n, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			t.Fatalf("labels.tsv line %d: %d columns, want 3", n+1, len(f))
		}
		text, err := strconv.Unquote(`"` + f[1] + `"`)
		if err != nil {
			t.Fatalf("labels.tsv line %d: %v", n+1, err)
		}
		rows = append(rows, labelRow{f[0], text, f[2]})
	}
	return rows
}

func TestLabelReadsTheSpellingsOfTLP(t *testing.T) {
	rows := labelRows(t)
	if len(rows) < 60 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		t.Run(row.place+" "+strconv.Quote(row.text), func(t *testing.T) {
			d := Label(labelled(t, row.place, row.text), 0)
			want := domain.Inside
			if name := strings.TrimSuffix(row.want, "!"); name != "-" {
				want, _ = domain.ParseTLP(name)
			}
			if d.TLP != want {
				t.Errorf("got %v, want %v (%s)", d.TLP, want, d.Why)
			}
			if unknown := strings.Contains(d.Why, "does not know"); unknown != strings.HasSuffix(row.want, "!") {
				t.Errorf("unknown label: %v (%s)", unknown, d.Why)
			}
		})
	}
}
