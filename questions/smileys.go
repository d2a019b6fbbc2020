package questions

import (
	"bytes"
	"strings"
)

// longestSmiley is how many bytes a smiley has at most: >:-))
const longestSmiley = 6

// smileys writes spaces over the smileys of a paragraph that are typed with marks. UAX #29 would take their
// colon for a sign that the sentence goes on: Who pays? :-) I do not.
func (s *scratch) smileys(p paragraph) {
	b := s.buf[p.start:p.end]
	for _, eyes := range [...]byte{':', ';', '='} {
		for i := 0; i < len(b); i++ {
			n := bytes.IndexByte(b[i:], eyes)
			if n < 0 {
				break
			}
			i += n
			if end := smiley(b, i); end > i {
				if i > 0 && b[i-1] == '>' {
					i--
				}
				for ; i < end; i++ {
					b[i] = ' '
				}
			}
		}
	}
}

// smiley tells where a smiley with its eyes at b[i] ends; i if there is none. White space stands before it,
// and nothing else but marks up to the next white space.
func smiley[T string | []byte](b T, i int) int {
	before := i
	if before > 0 && b[before-1] == '>' {
		before--
	}
	if before == 0 || !isGap(b[before-1]) {
		return i
	}
	j := i + 1
	for j < len(b) && strings.IndexByte("-^o'*~", b[j]) >= 0 {
		j++
	}
	mouth := j
	for j < len(b) && strings.IndexByte(")(DPp|/\\][", b[j]) >= 0 {
		j++
	}
	if j == mouth || j-i > longestSmiley || j < len(b) && isWordByte(b[j]) {
		return i
	}
	return j
}

// withSmiley gives the end of a sentence with the smiley behind it: it belongs to it, though it asks nothing.
func withSmiley(text string, end int) int {
	i := end
	for i < len(text) && isBlank(text[i]) {
		i++
	}
	if i < len(text) && text[i] == '>' {
		i++
	}
	if i < len(text) && strings.IndexByte(":;=", text[i]) >= 0 {
		if after := smiley(text, i); after > i {
			return after
		}
	}
	return end
}
