// Package quotes finds, in the text of a mail, the words that its author wrote: it takes away what is quoted
// or forwarded, signatures, the lines of devices and lists, legal notices and PGP armour, and says of each
// part why it went. Greetings, closings, code, logs, patches and tables stay, and are marked.
//
// Every line gets one reason, or none if it stays. The lists of words in the folder words are data: each
// file says in its first lines how it is read, and a line added to it is a language more.
//
// Three things always hold for a result, and the fuzz tests check them:
//
//   - Own is exactly the pieces of Text that Map names, one behind the other. Lines that format=flowed
//     (RFC 3676) joins lose the line end between them, and nothing is ever replaced.
//   - Map and Removed are ordered, do not overlap, and lie on rune boundaries; Marks likewise, within Own.
//   - A byte of Text that is neither in Map nor in Removed is white space.
package quotes
