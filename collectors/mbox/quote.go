package mbox

import "bytes"

// format says how the writer of a file kept "From " at the start of a line from looking like a separator.
type format string

const (
	auto    format = "auto"    // by the lines around: see quoted
	mboxo   format = "mboxo"   // a ">" before lines that begin with "From "
	mboxrd  format = "mboxrd"  // a ">" before lines that begin with ">"s and "From "
	mboxcl2 format = "mboxcl2" // nothing is changed; Content-Length says where a message ends
)

func formats() []format { return []format{auto, mboxo, mboxrd, mboxcl2} }

// unquote takes the ">" away that the writer of the file added, in place. body is where the header ends.
func unquote(raw []byte, body int, f format) []byte {
	if f == mboxcl2 {
		return raw
	}
	out, from := raw[:0], 0
	for at := body; ; {
		i := bytes.Index(raw[at:], []byte(">From "))
		if i < 0 {
			break
		}
		first, depth := at+i, 1
		for first > body && raw[first-1] == '>' {
			first, depth = first-1, depth+1
		}
		at += i + len(">From ")
		if (first == body || raw[first-1] == '\n') && added(raw, body, first, at, depth, f) {
			if from == 0 {
				out = raw[:first]
			} else {
				out = append(out, raw[from:first]...)
			}
			from = first + 1
		}
	}
	if from == 0 {
		return raw
	}
	return append(out, raw[from:]...)
}

// added says whether the first ">" of a line was put there by the writer of the file. Where the format is not
// known, the lines before and behind tell: a reply quotes whole paragraphs, so that a ">" more than the
// neighbours have is the writer's, and one that they share is the author's own quoting.
func added(raw []byte, body, first, at, depth int, f format) bool {
	switch f {
	case mboxo:
		return depth == 1
	case mboxrd:
		return true
	}
	around := 0
	if first > body {
		before := raw[body : first-1]
		around = quoteDepth(before[bytes.LastIndexByte(before, '\n')+1:])
	}
	if i := bytes.IndexByte(raw[at:], '\n'); i >= 0 {
		around = max(around, quoteDepth(raw[at+i+1:]))
	}
	return depth > around
}

// quoteDepth counts the ">" at the start of a line, with or without spaces between.
func quoteDepth(line []byte) int {
	n := 0
	for _, c := range line {
		if c == '>' {
			n++
		} else if c != ' ' {
			break
		}
	}
	return n
}
