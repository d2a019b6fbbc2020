package privacy

import "slices"

// Kept is one kind of data, why it is kept, and for how long.
type Kept struct{ What, Why, Long string }

// keptTable lists what is kept beside the questions themselves.
func keptTable(f Facts) []Kept {
	all := []Kept{
		{"the words of a question, with a line of context, its language, its labels, its community, region and theme, each with the reason, how many reacted with approval, and where it can be read in public",
			"it is what panelists answer", "as long as its source says"},
		{"in the place of who asked, a keyed code: the same person has the same code, and without the key of this instance nobody can make it or turn it back",
			"a person who asks twice counts once", "as long as the question"},
		{"of a message without a question, its code and a count by list and by the sender's domain",
			"nothing is read twice, and silence is noticed", "the code and the count stay; they name nobody"},
		{"of what its sender keeps within a circle (TLP:RED), a count", "it is known that something was left out", "it stays"},
		{"a message that no program could read, as it came", "a better program may read it", span(f.Keep.Quarantine)},
		{"what moderators decided, and the name that they gave", "decisions can be explained", "as long as the question"},
		{"at which hours a source brought something", "a silent source is noticed", span(f.Keep.Arrivals)},
		{"of each edition, its number, its audience and the codes of what it quoted", "a question that is withdrawn can be recalled", "it stays, without texts"},
		{"of who gets editions by mail, a keyed code of the address and whether it arrived", "nobody gets one twice", span(f.Keep.Deliveries)},
		{"what operators did, and when, without the data of those who ask", "they answer for it", "it stays"},
	}
	if slices.ContainsFunc(f.Sources, func(s Source) bool { return s.Answers }) {
		all = slices.Insert(all, 2, Kept{"of who asks, in their own words, to be answered in person, the address, sealed: it is read with the key alone, and each time is recorded",
			"they can be answered", span(f.Keep.Contacts) + ", and never longer than the question"})
	}
	return all
}
