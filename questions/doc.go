// Package questions finds the questions in a text that somebody wrote: which words ask, in which language,
// what they need to be understood, and by which rule they were taken.
//
// A text goes through four steps:
//
//	layout     which line breaks end something and which only wrap a line; what is no prose (links, code)
//	sentences  Unicode UAX #29, on a copy of the text in which full stops that end nothing are covered
//	rules      the files in languages/, one per language: what opens, ends or announces a question
//	grouping   chains, context, and whether it is for the panel at all
//
// A rule of a language is a line in its file; languages/README.md explains how to write one. Every rule has
// a case in testcases/.
package questions
