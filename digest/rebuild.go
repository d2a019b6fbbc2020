package digest

import (
	"context"
	"fmt"

	"askahead/protect"
	"askahead/store"
)

// Rebuild makes an edition that is recorded once more, from what may still be read of it: what was erased,
// relabelled, taken back or dismissed since is in none of its copies from now on. While nothing of it has changed,
// every format comes out as it did, byte by byte; only a source that was silent then and has spoken since is not
// called silent any more. If the configuration now allows less than the record, the stricter audience holds.
func Rebuild(ctx context.Context, from Reader, record store.Edition, r Request) (Edition, []protect.Held, error) {
	if record.Session != r.Session.ID || record.Name != r.Name || record.Number == 0 {
		return Edition{}, nil, fmt.Errorf("edition %d of %q of session %s is not the one that is asked for", record.Number, record.Name, record.Session)
	}
	r.Audience = min(r.Audience, record.Audience)
	r.Now, r.Until = record.Created, record.Until
	r, err := r.check()
	if err != nil {
		return Edition{}, nil, err
	}
	return assemble(ctx, from, r, frame{record.Number, record.Since, record.Recalls})
}
