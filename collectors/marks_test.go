package collectors

import (
	"errors"
	"testing"
)

func TestMarks(t *testing.T) {
	a, b, c := MarkOf("a"), MarkOf("b"), MarkOf("c")
	packed := PackMarks([]Mark{c, a, b, a}, 3)
	if again := PackMarks([]Mark{b, a, c}, 3); string(again) != string(packed) {
		t.Error("the order in which they come makes a difference")
	}
	got, err := UnpackMarks(packed, 3)
	if err != nil || len(got) != 3 || !got[a] || !got[b] || !got[c] || got[MarkOf("d")] {
		t.Errorf("got %v, %v", got, err)
	}
	if cut := PackMarks([]Mark{a, b, c}, 2); len(cut) != 2*len(a) {
		t.Errorf("%d bytes for two marks", len(cut))
	}
	for _, bad := range [][]byte{packed[:7], append(packed[:len(packed):len(packed)], packed...)} {
		if _, err := UnpackMarks(bad, 3); !errors.Is(err, ErrCursor) {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
	if none, err := UnpackMarks(nil, 3); err != nil || none == nil || len(none) > 0 {
		t.Errorf("of none: %v, %v", none, err)
	}
}
