// Package domain holds askahead's words as Go types: what an item, a question, a tag, a topic and an
// edition are. Every other package points here; this one imports the standard library alone.
//
// The data goes one way:
//
//	source → item → (take) → authored text → question → tag → topic → edition
//
// Times are UTC, in memory as time.Time and in the store as microseconds. Ids are made by Keys, from what
// they name, so that two undisturbed runs over the same sources give the same database.
package domain
