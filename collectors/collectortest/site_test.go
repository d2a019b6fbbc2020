package collectortest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/domain"
	"askahead/internal/guesthttp"
)

// web is a collector of numbers from a server, with one fault or none.
type web struct {
	client *http.Client
	url    string
	fault  string
}

const webSecret = "a-secret-of-the-web"

type numbers struct {
	Items []int
	More  bool
}

func (c *web) get(ctx context.Context, path string, into any) error {
	header := http.Header{"Authorization": {"Bearer " + webSecret}}
	_, err := guesthttp.GetJSON(ctx, c.client, c.url+path, header, time.Now(), into)
	switch {
	case err == nil:
	case c.fault == "tells its token":
		return fmt.Errorf("with %s: %w", webSecret, err)
	case c.fault == "tells what it does not understand":
		resp, failed := c.client.Get(c.url + path)
		if failed != nil {
			return err
		}
		defer resp.Body.Close()
		words, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return fmt.Errorf("%w: %s", err, words)
	case c.fault == "tells no kind":
		return fmt.Errorf("read %s: %s", path, err.Error())
	case c.fault == "asks without pause" && ctx.Err() == nil:
		for range 2 * maxTries {
			if resp, err := http.Get(c.url + path); err == nil {
				resp.Body.Close()
			}
		}
	}
	return err
}

func (c *web) Collect(ctx context.Context, since collectors.Cursor) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		at := 0
		if err := since.Read("web/1", &at); err != nil {
			yield(collectors.Batch{}, err)
			return
		}
		for more := true; more; {
			var page numbers
			err := c.get(ctx, "/items?after="+strconv.Itoa(at), &page)
			if err != nil && c.fault == "takes trouble for the end" {
				return
			}
			if err == nil && len(page.Items) > 0 && page.Items[0] <= at && c.fault != "believes every page" {
				err = fmt.Errorf("%w: the same page again", collectors.ErrUnavailable)
			}
			if err != nil {
				yield(collectors.Batch{}, err)
				return
			}
			var b collectors.Batch
			for _, n := range page.Items {
				b.Items = append(b.Items, domain.Item{ExternalID: strconv.Itoa(n), Type: "text/plain"})
				at = n
			}
			b.Next, _ = collectors.NewCursor("web/1", at)
			if more = page.More; !yield(b, nil) {
				return
			}
		}
	}
}

func (c *web) Sweep(ctx context.Context, ids []string) iter.Seq2[collectors.Batch, error] {
	return func(yield func(collectors.Batch, error) bool) {
		for _, id := range ids {
			err := c.get(ctx, "/items/"+id, new(numbers))
			if guesthttp.Missing(err) || err != nil && c.fault == "takes trouble for a deletion" {
				yield(collectors.Batch{Gone: []string{id}}, nil)
			} else if err != nil {
				if c.fault != "sweeps over trouble" {
					yield(collectors.Batch{}, err)
				}
				return
			}
		}
	}
}

func (c *web) Check(ctx context.Context) []collectors.Finding {
	if err := c.get(ctx, "/items?after=0", new(numbers)); err != nil && c.fault != "finds nothing" {
		return []collectors.Finding{collectors.Failed("read", err)}
	}
	return []collectors.Finding{{OK: true, What: "read"}}
}

// webSite is a server of ten numbers, three to a page.
func webSite(fault string) Site {
	s := Site{
		Secrets: []string{webSecret}, Now: time.Now,
		Server: func(*testing.T) http.Handler {
			mux := http.NewServeMux()
			mux.HandleFunc("GET /items", func(w http.ResponseWriter, r *http.Request) {
				after, _ := strconv.Atoi(r.FormValue("after"))
				page := numbers{Items: []int{}}
				for n := after + 1; n <= 10 && len(page.Items) < 3; n++ {
					page.Items = append(page.Items, n)
				}
				page.More = after+3 < 10
				json.NewEncoder(w).Encode(page)
			})
			mux.HandleFunc("GET /items/{n}", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "{}") })
			return mux
		},
		New: func(_ *testing.T, client *http.Client, url string) collectors.Collector {
			return &web{client, url, fault}
		},
	}
	for n := range 10 {
		s.Want = append(s.Want, strconv.Itoa(n+1))
	}
	if fault == "follows every redirect" {
		s.New = func(_ *testing.T, _ *http.Client, url string) collectors.Collector {
			return &web{http.DefaultClient, url, fault}
		}
	}
	return s
}

func TestFaultsPassASoundKind(t *testing.T) { Faults(t, webSite("")) }

func TestFaultsFindWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ fault, at, says string }{
		{"tells its token", "503 with HTML", "repeats a secret"},
		{"tells what it does not understand", "HTML where data is due", "repeats a secret, or somebody's words"},
		{"tells no kind", "429 without Retry-After, as HTML", "the error is *errors.errorString"},
		{"takes trouble for the end", "500 with JSON", "is missing"},
		{"takes trouble for the end", "an answer that is cut in the middle", "no run tells of it"},
		{"asks without pause", "429 with Retry-After", "times more"},
		{"asks without pause", "503 with HTML", "times more"},
		{"believes every page", "the same page again and again", "comes"},
		{"takes trouble for a deletion", "404 with HTML", "count as deleted"},
		{"takes trouble for a deletion", "a connection that breaks before the answer", "count as deleted"},
		{"sweeps over trouble", "403 with HTML", "a sweep: it ends as if all were well"},
		{"finds nothing", "a slow answer", "a check: it finds that all is well"},
		{"follows every redirect", "a redirect to a private address", "a server of the private network was visited"},
	} {
		t.Run(c.fault+", at "+c.at, func(t *testing.T) {
			for _, f := range faults() {
				if f.name != c.at {
					continue
				}
				if err := webSite("").meets(t, f, 4); err != nil {
					t.Fatalf("of a sound kind it says %v", err)
				}
				if err := webSite(c.fault).meets(t, f, 4); err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("it says %v, want %q", err, c.says)
				}
				return
			}
			t.Error("there is no such fault")
		})
	}
}
