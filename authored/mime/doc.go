// Package mime takes a mail apart: it reads the headers, finds the parts, and decodes the text of the part
// that a person would read. Mail is old and often damaged, so nothing here fails where a reader could still
// make sense of the bytes; the cost is linear in the size of the message.
package mime

// Limits of one message. What lies beyond them is not read.
const (
	MaxBytes = 10 << 20
	MaxDepth = 32
	MaxParts = 256
)
