package maildir

import (
	"context"
	"fmt"

	"askahead/collectors"
)

// Check lists the mails.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	entries, err := c.list(ctx)
	if err != nil {
		return []collectors.Finding{collectors.Failed("read the Maildir", err)}
	}
	folders := map[string]bool{}
	for _, e := range entries {
		folders[e.folder] = true
	}
	return []collectors.Finding{{OK: true, What: fmt.Sprintf("read the Maildir %s: %d mails in %d folders", c.path, len(entries), len(folders))}}
}
