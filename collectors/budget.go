package collectors

import (
	"errors"
	"io"
)

// maxValue is the most that one value of a document may take, in bytes: a hundred times what chats allow for a message.
const maxValue = 16 << 20

// ErrLongValue means that a Budget is used up.
var ErrLongValue = errors.New("a message is larger than 16 MB")

// Budget keeps a value from growing without end while it is decoded from a document of any size: it gives 16 MB, and
// ErrLongValue behind them, until it is renewed.
type Budget struct {
	r    io.Reader
	left int
}

// NewBudget reads from r.
func NewBudget(r io.Reader) *Budget { return &Budget{r: r, left: maxValue} }

// Renew is called before the next value.
func (b *Budget) Renew() { b.left = maxValue }

func (b *Budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, ErrLongValue
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
