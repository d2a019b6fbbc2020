// Package requests is what people ask askahead itself: to be forgotten, to see what is kept of them, to be left alone. It
// finds out under which names somebody may be known here, and reads the mails in which they ask.
package requests
