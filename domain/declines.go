package domain

// Declines says whether a hashtag, in lower case and without its "#", is one by which people ask programs to leave them
// alone. It is the one list of these, for whoever reads a bio or a name.
func Declines(hashtag string) bool {
	switch hashtag {
	case "nobot", "nobots", "noindex", "noarchive", "nosearch":
		return true
	}
	return false
}
