package collectors

import (
	"fmt"
	"testing"
)

func TestFailed(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"the kind of error goes", fmt.Errorf("%w: it answered 500", ErrUnavailable), "it answered 500"},
		{"and what was tried", fmt.Errorf("search #ws164 at social.example: it answered 500"), "it answered 500"},
		{"or its beginning", fmt.Errorf("search #ws164: it answered 500"), "it answered 500"},
		{"also in front of the kind", fmt.Errorf("search #ws164: %w: it answered 500", ErrUnauthorized), "it answered 500"},
		{"and behind it", fmt.Errorf("%w: search #ws164: it answered 500", ErrSettings), "it answered 500"},
		{"what else was tried stays", fmt.Errorf("search #ws16: %w: it answered 500", ErrUnavailable), "search #ws16: the source cannot be reached: it answered 500"},
		{"and so does a whole message", ErrUnavailable, "the source cannot be reached"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Failed("search #ws164 at social.example", c.err); got.Hint != c.want || got.OK || got.What != "search #ws164 at social.example" {
				t.Errorf("got %+v, want %q", got, c.want)
			}
		})
	}
}
