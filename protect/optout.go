package protect

import "askahead/domain"

// OptOut names the rule by which an item's author declines to be collected; empty if there is none. It is the
// one list of such rules for all kinds of sources:
//   - what the reader or the collector found in the item itself: X-No-Archive, X-Archive: no, noindex,
//     !no-unauthenticated (Envelope.OptOut);
//   - #nobot, #nobots, #noindex, #noarchive or #nosearch in the author's bio or display name.
func OptOut(e *domain.Envelope) string {
	if e.OptOut != "" {
		return e.OptOut
	}
	if tag := domain.Declines(e.Author.Bio); tag != "" {
		return "#" + tag + " in the author's bio"
	}
	if tag := domain.Declines(e.Author.Name); tag != "" {
		return "#" + tag + " in the author's name"
	}
	return ""
}
