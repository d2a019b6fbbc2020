package collectors

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
)

// Mark stands for an item in a cursor that remembers which items of a stretch were given. Of 2^48 marks, two among 500
// items are alike once in 10^9 times.
type Mark [6]byte

// MarkOf makes the mark of the item with this name.
func MarkOf(name string) Mark {
	sum := sha256.Sum256([]byte(name))
	return Mark(sum[:len(Mark{})])
}

// PackMarks writes marks one behind the other, in order and each once, but no more than most: of more, some items come
// twice, and nothing is lost.
func PackMarks(marks []Mark, most int) []byte {
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b Mark) int { return bytes.Compare(a[:], b[:]) })
	marks = slices.Compact(marks)
	var packed []byte
	for _, m := range marks[:min(len(marks), most)] {
		packed = append(packed, m[:]...)
	}
	return packed
}

// UnpackMarks reads what PackMarks wrote for the same most. Everything else is an ErrCursor.
func UnpackMarks(packed []byte, most int) (map[Mark]bool, error) {
	const size = len(Mark{})
	if len(packed)%size != 0 || len(packed) > most*size {
		return nil, fmt.Errorf("%w: it remembers half an item, or too many", ErrCursor)
	}
	marks := make(map[Mark]bool, len(packed)/size)
	for m := range slices.Chunk(packed, size) {
		marks[Mark(m)] = true
	}
	return marks, nil
}
