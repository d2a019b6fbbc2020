package digest

import "strings"

// colour is a community's own: on paper and in the dark, both with a contrast of at least 4.5 to their ground,
// and a mark beside it, so that nothing is said by colour alone.
type colour struct{ Light, Dark, Mark, Class string }

// The grounds that the colours stand on.
const (
	groundLight = "#ffffff"
	groundDark  = "#16191d"
)

// builtinCommunities gives the order, title and colour of the communities that IGF counts, and academia. The
// colours keep apart for people with a red-green weakness too: they differ in lightness and in blue.
func builtinCommunities() []community {
	return []community{
		{ID: "technical", Title: "Technical community", colour: colour{"#0a5da8", "#72b7f2", "◆", "c0"}},
		{ID: "civil-society", Title: "Civil society", colour: colour{"#b4450b", "#ff9d68", "●", "c1"}},
		{ID: "private-sector", Title: "Private sector", colour: colour{"#0b6e57", "#58c9a8", "■", "c2"}},
		{ID: "government", Title: "Government", colour: colour{"#86307a", "#e39bd9", "▲", "c3"}},
		{ID: "academia", Title: "Academia", colour: colour{"#7a5a00", "#e2bb4a", "★", "c4"}},
		{ID: "intergovernmental", Title: "Intergovernmental organisations", colour: colour{"#3d5a73", "#a3bfd6", "▼", "c5"}},
	}
}

// spareColours are for communities that an organiser defined, in the order of their ids; beyond them they repeat.
func spareColours() []colour {
	return []colour{
		{"#a3264b", "#f595ac", "✚", "c6"},
		{"#4a4fb5", "#a9aef7", "◗", "c7"},
		{"#5d6b1a", "#bccb6b", "◈", "c8"},
		{"#8a4a2f", "#dcae96", "▬", "c9"},
	}
}

func unknownColour() colour { return colour{"#5a6068", "#a8aeb6", "○", "cx"} }

// titled makes a title of an id that the configuration gives none for: "youth-network" is "Youth network".
func titled(id string) string {
	s := strings.TrimSpace(strings.ReplaceAll(id, "-", " "))
	if s == "" {
		return id
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
