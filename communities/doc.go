// Package communities says which stakeholder community, UN region and theme a question belongs to, and why:
// by what askers say of themselves, by the organiser's rules, and by what is known about the place it came
// from. It never guesses from a name, and where nothing fits there is no tag.
package communities
