package collectors

import (
	"path/filepath"

	"askahead/domain"
)

// How much a collector that chooses its own pages puts into one batch: whichever is reached first.
const (
	BatchItems = 500
	BatchBytes = 4 << 20
)

// Page gathers what becomes a batch, and knows when it is enough.
type Page struct {
	Batch
	bytes int
}

// Add puts item into the page, or into Broken if it is larger than MaxRaw.
func (p *Page) Add(item domain.Item) {
	if len(item.Raw) > MaxRaw {
		p.Break(Broken{ID: item.ExternalID, Type: item.Type, Reason: TooLarge, Raw: item.Raw})
		return
	}
	p.Items = append(p.Items, item)
	p.bytes += len(item.Raw)
}

// TooLarge is the reason of what is Broken for being larger than MaxRaw.
const TooLarge = "it is larger than 10 MB, the most that is read of one item"

// Break puts b into the page, cut to MaxRaw.
func (p *Page) Break(b Broken) {
	if len(b.Raw) > MaxRaw {
		b.Raw, b.Cut = b.Raw[:MaxRaw:MaxRaw], true
	}
	p.Broken = append(p.Broken, b)
	p.bytes += len(b.Raw)
}

// Full says whether the page should be yielded before more is added.
func (p *Page) Full() bool {
	return len(p.Items)+len(p.Broken) >= BatchItems || p.bytes >= BatchBytes
}

// Empty says that the page brings nothing, though its cursor may have moved.
func (p *Page) Empty() bool { return len(p.Items)+len(p.Gone)+len(p.Broken)+len(p.Support) == 0 }

// Stays says of an item that a sweep found as it was how many people support it by now.
func (p *Page) Stays(external string, support int) {
	if p.Support == nil {
		p.Support = map[string]int{}
	}
	p.Support[external] = support
}

// Path resolves a path of the settings against the folder of the configuration file.
func (d Deps) Path(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(d.BaseDir, path)
}
