package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a configuration never needs, and what would make reading it slow or deep: the parser goes as deep as the
// brackets do, and takes time with the square of a mapping's keys.
const (
	maxDepth  = 32
	maxDashes = 8 // "- - -" on one line
	maxKeys   = 1000
)

// parse gives the one document of a text. nil without faults is an empty file.
func (t *text) parse() (root ast.Node, faults []fault) {
	defer func() {
		if recover() != nil {
			root, faults = nil, []fault{{text: "this is not YAML that can be read"}}
		}
	}()
	tokens := lexer.Tokenize(t.whole())
	for _, tk := range tokens {
		t.starts = append(t.starts, startOf(tk))
		if tk.Type == token.CommentType {
			t.notes[startOf(tk).line] = startOf(tk).column
		}
	}
	slices.SortFunc(t.starts, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	if faults := t.refuse(tokens); len(faults) > 0 {
		return nil, faults
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, []fault{syntaxFault(err)}
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if root != nil {
			at := spot{}
			if doc.Start != nil {
				at = startOf(doc.Start)
			}
			return nil, []fault{{at: at, text: "a second YAML document begins here, and would be left out; write one document, and more sessions under sessions: or in files of their own (include:)"}}
		}
		root = doc.Body
	}
	return root, nil
}

func startOf(tk *token.Token) spot {
	if tk == nil || tk.Position == nil {
		return spot{}
	}
	return spot{tk.Position.Line, max(1, tk.Position.Column)}
}

// refuse goes through the tokens before the parser does.
func (t *text) refuse(tokens token.Tokens) []fault {
	var faults []fault
	said := map[token.Type]int{}
	add := func(tk *token.Token, format string, args ...any) {
		if said[tk.Type]++; said[tk.Type] <= 3 {
			faults = append(faults, fault{at: startOf(tk), text: fmt.Sprintf(format, args...)})
		}
	}
	depth, dashes, dashLine := 0, 0, 0
	keys := map[int]int{} // how many keys the innermost block mapping at a column has
	for i, tk := range tokens {
		switch tk.Type {
		case token.AnchorType:
			add(tk, "anchors (&name) are not used in this file: write the value where it is needed")
		case token.AliasType:
			add(tk, "aliases (*name) are not used in this file: write the value where it is needed; put text that starts with * in quotes")
		case token.MergeKeyType:
			add(tk, "merge keys (<<) are not used in this file: write the keys where they are needed")
		case token.TagType:
			add(tk, "YAML tags (!name) are not used in this file; put text that starts with ! in quotes")
		case token.MappingKeyType:
			add(tk, "keys with a question mark are not used in this file: write key: value")
		case token.DirectiveType:
			add(tk, "YAML directives (%%NAME) are not used in this file")
		case token.MappingStartType, token.SequenceStartType:
			if depth++; depth == maxDepth+1 {
				add(tk, "more than %d brackets within each other", maxDepth)
			}
		case token.MappingEndType, token.SequenceEndType:
			depth = max(0, depth-1)
		case token.SequenceEntryType:
			at := startOf(tk)
			forgetDeeper(keys, at.column)
			if at.line != dashLine {
				dashes, dashLine = 0, at.line
			}
			if dashes++; dashes == maxDashes+1 {
				add(tk, "more than %d lists within each other", maxDashes)
			}
		case token.MappingValueType:
			if depth > 0 || i == 0 {
				continue
			}
			at := startOf(tokens[i-1])
			forgetDeeper(keys, at.column)
			if keys[at.column]++; keys[at.column] == maxKeys+1 {
				add(tokens[i-1], "more than %d keys beside each other", maxKeys)
			}
		}
	}
	return faults
}

func forgetDeeper(keys map[int]int, column int) {
	for c := range keys {
		if c > column {
			delete(keys, c)
		}
	}
}

// syntaxFault takes the parser's message, without the excerpt that it would print, and adds what usually helps.
func syntaxFault(err error) fault {
	var at yaml.Error
	if !errors.As(err, &at) {
		return fault{text: "this is not YAML that can be read"}
	}
	message, _, _ := strings.Cut(at.GetMessage(), "\n")
	message, _, _ = strings.Cut(message, `"`) // what the parser quotes may be a secret
	message = strings.TrimRight(message, ": ")
	hints := []struct{ part, hint string }{
		{"mapping value is not allowed", "put text with a colon in quotes: \"one: two\""},
		{"reserved character", "put the text in quotes"},
		{"quoted text", "is the closing quote missing?"},
		{"flow mapping", "is a } or a comma missing?"},
		{"sequence end token", "is a ] missing, or a # not in quotes?"},
		{"must be specified", "is a bracket or a comma missing above?"},
		{"not allowed in this context", "look at the indentation of this line and the one above"},
		{"block sequence", "begin the list on a line of its own"},
		{"could not find expected ':'", "a key is followed by a colon and a space"},
		{"non-map value", "a key is followed by a colon and a space; look at the indentation too"},
	}
	hint := ""
	for _, h := range hints {
		if strings.Contains(message, h.part) {
			hint = "; " + h.hint
			break
		}
	}
	return fault{at: startOf(at.GetToken()), text: "this is not YAML: " + cut(message, 120) + hint}
}
