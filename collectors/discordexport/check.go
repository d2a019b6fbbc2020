package discordexport

import (
	"context"
	"errors"
	"fmt"
	"io"

	"askahead/collectors"
)

// Check reads the file to its end.
func (c *Collector) Check(ctx context.Context) []collectors.Finding {
	file, err := open(ctx, c.path)
	if err != nil {
		return []collectors.Finding{collectors.Failed("open the Discord export", err)}
	}
	defer file.close()
	messages, wanted := 0, 0
	for {
		m, err := file.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return []collectors.Finding{collectors.Failed("read "+file.name, err)}
		}
		messages++
		if m.broken == "" && c.wants(&m.wireMessage) {
			wanted++
		}
	}
	what := fmt.Sprintf("read %s: %d messages of #%s, %d of them by people and for the panel", file.name, messages, file.channel.Name, wanted)
	if messages > 0 && wanted == 0 && !c.all {
		return []collectors.Finding{{What: what, Hint: fmt.Sprintf("no message mentions %q; is that the name or the id of the bot?", c.bot)}}
	}
	return []collectors.Finding{{OK: true, What: what}}
}
