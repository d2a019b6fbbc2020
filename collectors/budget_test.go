package collectors

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestBudget(t *testing.T) {
	b := NewBudget(strings.NewReader(strings.Repeat("x", maxValue+10)))
	first, err := io.ReadAll(b)
	if len(first) != maxValue || !errors.Is(err, ErrLongValue) {
		t.Errorf("gives %d bytes, %v", len(first), err)
	}
	b.Renew()
	if rest, err := io.ReadAll(b); len(rest) != 10 || err != nil {
		t.Errorf("then %d bytes, %v", len(rest), err)
	}
}
