package mbox

import (
	"context"
	"fmt"

	"askahead/collectors"
)

// Check opens the file and looks for its first mail.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	src, err := open(ctx, c.path)
	if err != nil {
		return []collectors.Finding{collectors.Failed("open the mbox file", err)}
	}
	defer src.close()
	r := &reading{c: c, src: src}
	found, err := r.start()
	if err != nil {
		return []collectors.Finding{collectors.Failed("read "+src.name, err)}
	}
	how := ""
	if src.packed != "" {
		how = " packed with " + src.packed
	}
	what := fmt.Sprintf("read %s: an mbox of %d bytes%s", src.name, src.size, how)
	if !found {
		what = fmt.Sprintf("read %s: it is empty", src.name)
	}
	return []collectors.Finding{{OK: true, What: what}}
}
