package sheets

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"askahead/internal/linear"
)

// read gives the rows as "line id text language" and the faults as they are told, in their order.
func read(t testing.TB, text string, format Format) (said []string) {
	t.Helper()
	r, err := NewReader(strings.NewReader(text), format)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range r.Rows() {
		if err != nil {
			said = append(said, err.Error())
			continue
		}
		said = append(said, fmt.Sprintf("%d %s|%s|%s", row.Line, row.ID, row.Text, row.Language))
	}
	return said
}

func TestRows(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"JSON Lines are known by their brace", "\n {\"id\":\"a\",\"text\":\" Who? \",\"lang\":\"pt-BR\"}", "2 a|Who?|pt"},
		{"a byte order mark is no part of the list", "\ufeff{\"text\":\"Who?\"}\r\n", "1 1|Who?|"},
		{"an id may be a number", `{"id":12,"text":"Who?"}`, "1 12|Who?|"},
		{"a byte order mark is no part of a heading", "\ufeffText\r\nWho?\r\n", "2 2|Who?|"},
		{"tabs separate", "Question ID\tQuestion Text\tLanguage\n9\tWho?\ten\n", "2 9|Who?|en"},
		{"a row of several lines has the line of its first", "text\n\"Who\nelse?\"\nWhat?\n", "2 2|Who\nelse?|; 4 4|What?|"},
		{"text comes before question", "question,text\nno,yes\n", "2 2|yes|"},
		{"no text", `{"id":"a"}`, "line 1: it has no text: " + wantedObject},
		{"an id that is neither", `{"id":["a"],"text":"Who?"}`, "line 1: its id is neither text nor a number"},
		{"an id twice, the second of them a line", "{\"id\":\"2\",\"text\":\"Who?\"}\n{\"text\":\"What?\"}",
			`1 2|Who?|; line 2: its id "2" is that of line 1; each row needs an id of its own, or none`},
		{"a short row", "id,text\n1\n2,Who?\n", "line 2: it has 1 columns, and the questions stand in column 2; 3 2|Who?|"},
		{"a quotation mark in the middle", "text\nWho \"is\" it?\nWhat?\n",
			"line 2: its quotation marks don't fit together (RFC 4180: a field in quotation marks, those in it doubled); 3 3|What?|"},
		{"Latin-1", "text\nO\xf9?\n", "line 2: it is not UTF-8; save the list as UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(read(t, c.text, Recognised), "; "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	t.Run("UTF-16 in both orders", func(t *testing.T) {
		for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
			text, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String("id;text\n1;Où?\n")
			if err != nil {
				t.Fatal(err)
			}
			if got := read(t, text, Recognised); len(got) != 1 || got[0] != "2 1|Où?|" {
				t.Errorf("got %q", got)
			}
		}
	})
	t.Run("a line that is too long is left, and the next one read", func(t *testing.T) {
		got := read(t, `{"text":"`+strings.Repeat("a", MaxRow)+"\"}\n{\"text\":\"Who?\"}", JSONL)
		if len(got) != 2 || got[0] != "line 1: it is longer than 1 MiB" || got[1] != "2 2|Who?|" {
			t.Errorf("got %.200q", got)
		}
	})
	t.Run("a quotation mark that is never closed does not take all memory", func(t *testing.T) {
		got := read(t, "text\nWho?\n\""+strings.Repeat("a\n", 4*MaxRow), CSV)
		if len(got) != 2 || !strings.HasPrefix(got[1], "behind line 2: the row is longer than 1 MiB") {
			t.Errorf("got %.200q", got)
		}
	})
	t.Run("work grows with the list alone", func(t *testing.T) {
		linear.Check(t, 2000, func(n int) { read(t, "text\n"+strings.Repeat("\"Who\n pays?\"\n", n), CSV) })
	})
}

func FuzzRows(f *testing.F) {
	f.Add([]byte("id,text\n1,Who?\n"), "csv")
	f.Add([]byte("{\"id\":\"a\",\"text\":\"Who?\"}\n"), "jsonl")
	f.Add([]byte("\xff\xfet\x00"), "")
	f.Fuzz(func(t *testing.T, list []byte, format string) {
		r, err := NewReader(bytes.NewReader(list), Format(format))
		if err != nil {
			return
		}
		ids := map[string]bool{}
		for row, err := range r.Rows() {
			if err != nil {
				continue
			}
			if row.ID == "" || ids[row.ID] || row.Line < 1 {
				t.Errorf("row %+v", row)
			}
			ids[row.ID] = true
		}
	})
}
