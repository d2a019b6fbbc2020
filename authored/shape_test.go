package authored_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"askahead/domain"
)

// checkShape tests what always holds for an authored text:
//
//   - Text and Own are UTF-8 without control characters but line ends and tabs;
//   - Own is exactly the pieces of Text that Map names, one behind the other, and Map is ordered in Text;
//   - Removed is ordered and does not overlap itself or Map; Marks are ordered and do not overlap;
//   - all offsets lie in range and on rune boundaries;
//   - what is neither in Map nor in Removed is white space.
func checkShape(t *testing.T, a domain.Authored) {
	t.Helper()
	if !utf8.ValidString(a.Text) || strings.ContainsFunc(a.Text, control) {
		t.Errorf("the text has bytes that are no text: %q", a.Text)
	}
	covered := make([]byte, len(a.Text)) // 1 in Map, 2 in Removed
	var own strings.Builder
	end := 0
	for _, m := range a.Map {
		if m.Own != own.Len() || m.Text < end || m.Len <= 0 || m.Text+m.Len > len(a.Text) {
			t.Fatalf("segment %+v does not follow the one before it", m)
		}
		end = m.Text + m.Len
		own.WriteString(a.Text[m.Text:end])
		cover(t, a.Text, covered, m.Text, end, 1)
	}
	if own.String() != a.Own {
		t.Errorf("Own %q is not its pieces of Text %q", a.Own, own.String())
	}
	end = 0
	for _, s := range a.Removed {
		if s.Start < end || s.End < s.Start || s.End > len(a.Text) || s.What == "" {
			t.Fatalf("removed span %+v is out of order", s)
		}
		end = s.End
		cover(t, a.Text, covered, s.Start, s.End, 2)
	}
	end = 0
	for _, s := range a.Marks {
		if s.Start < end || s.End <= s.Start || s.End > len(a.Own) || s.What == "" {
			t.Fatalf("mark %+v is out of order in %q", s, a.Own)
		}
		end = s.End
		if !boundary(a.Own, s.Start) || !boundary(a.Own, s.End) {
			t.Errorf("mark %+v cuts a character", s)
		}
	}
	for i, r := range a.Text {
		if covered[i] == 0 && r != ' ' && r != '\n' && r != '\t' && r != '\u00a0' {
			t.Fatalf("byte %d of the text, %q, is neither kept nor removed", i, r)
		}
	}
}

func control(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 }

func cover(t *testing.T, text string, covered []byte, from, to int, by byte) {
	t.Helper()
	if !boundary(text, from) || !boundary(text, to) {
		t.Errorf("range %d-%d cuts a character", from, to)
	}
	for i := from; i < to; i++ {
		if covered[i] != 0 && covered[i] != by {
			t.Fatalf("byte %d is both kept and removed", i)
		}
		covered[i] = by
	}
}

func boundary(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }
