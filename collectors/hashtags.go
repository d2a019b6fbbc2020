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
		tag, err := Hashtag(written)
		if err != nil {
			return nil, fmt.Errorf("hashtags: %w", err)
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

// Hashtag gives a hashtag as it was written, without "#". It allows what networks let people write in one word.
func Hashtag(written string) (string, error) {
	tag := strings.TrimPrefix(strings.TrimSpace(written), "#")
	odd := strings.ContainsFunc(tag, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_' && r != '\u00b7' && r != '\u200c'
	})
	if odd || tag == "" || len(tag) > 200 {
		return "", fmt.Errorf("%q is not a hashtag: letters, digits and _ make one", written)
	}
	return tag, nil
}
