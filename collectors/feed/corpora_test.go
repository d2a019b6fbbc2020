package feed

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCorpora reads every recorded feed, or refuses it with a reason: none is passed over in silence, none takes long.
func TestCorpora(t *testing.T) {
	dir := os.Getenv("CORPORA")
	if dir == "" {
		t.Skip("set CORPORA to the folder with the unpacked social-chat-feeds corpus to read recorded feeds")
	}
	at := &url.URL{Scheme: "https", Host: "feeds.example", Path: "/feed"}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	outcomes := map[string]int{}
	files, posts, refused := 0, 0, 0
	var slowest time.Duration
	err := filepath.WalkDir(filepath.Join(dir, "social-chat-feeds", "feeds"), func(path string, e fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if err != nil || e.IsDir() || ext != ".xml" && ext != ".json" {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		var d *document
		took := time.Hour
		for range 3 { // the machine may be busy with something else
			begun := time.Now()
			d, err = readWhole(t, body, at, now)
			took = min(took, time.Since(begun))
		}
		slowest = max(slowest, took)
		if most := 50 * time.Millisecond * time.Duration(1+len(body)/100_000); took > most {
			t.Errorf("%s takes %s for %d bytes", path, took, len(body))
		}
		outcome := outcomeOf(d, err)
		if outcome == "" {
			t.Errorf("%s is refused without a reason", path)
		}
		outcomes[ext+" "+outcome]++
		if d != nil {
			posts += len(d.posts)
		}
		if ext == ".xml" && strings.HasPrefix(outcome, "refused") {
			refused++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, outcome := range slices.Sorted(func(yield func(string) bool) {
		for o := range outcomes {
			if !yield(o) {
				return
			}
		}
	}) {
		t.Logf("%5d %s", outcomes[outcome], outcome)
	}
	t.Logf("%d files, %d posts, the slowest in %s", files, posts, slowest)
	if files < 3000 || posts < 1500 || refused > 21 {
		t.Errorf("%d of the XML files are refused", refused)
	}
}

// readWhole does with a document what Collect does.
func readWhole(t *testing.T, body []byte, at *url.URL, now time.Time) (*document, error) {
	d, err := parse(body, "", at)
	if err != nil {
		return nil, err
	}
	d.prepare(now)
	reader := (&Collector{}).newReader(d, nil)
	for _, p := range sortPosts(d) {
		if p.fault != "" || d.isMastodon() {
			continue
		}
		if _, err := reader.item(t.Context(), p); err != nil {
			t.Error(err)
		}
	}
	return d, nil
}

func outcomeOf(d *document, err error) string {
	var page *htmlPage
	switch {
	case err == nil && broken(d) > 0:
		return "read, but for items with a fault: " + firstFault(d)
	case err == nil && len(d.posts) == 0:
		return "read, no items"
	case err == nil:
		return "read"
	case errors.As(err, &page):
		return "refused: a page for browsers"
	case err.Error() == "":
		return ""
	case errors.Is(err, errTruncated):
		return "refused: " + errTruncated.Error()
	}
	return "refused: " + err.Error()
}
