package collectors

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Hashtags gives the hashtags that a source reads: its own, or those of the session where it has none. Each comes
// once, whatever its case, without "#", as it was written first. There must be one, and each must be one.
func Hashtags(own, session []string) ([]string, error) {
	if len(own) == 0 {
		own = session
	}
	var tags []string
	seen := map[string]bool{}
	for _, written := range own {
		tag := strings.TrimPrefix(strings.TrimSpace(written), "#")
		if !isHashtag(tag) {
			return nil, fmt.Errorf("hashtags: %q is not a hashtag: letters, digits and _ make one", written)
		}
		if key := strings.ToLower(tag); !seen[key] {
			seen[key] = true
			tags = append(tags, tag)
		}
	}
	if len(tags) == 0 {
		return nil, errors.New("hashtags: none are given, and the session has none either")
	}
	return tags, nil
}

// isHashtag allows what networks let people write in one word.
func isHashtag(tag string) bool {
	for _, r := range tag {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_' && r != '\u00b7' && r != '\u200c' {
			return false
		}
	}
	return tag != "" && len(tag) <= 200
}
