package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"askahead/collectors"
)

// decoder fills structs from YAML, remembers where each value stands, and goes on after a problem, so that all
// of them are found. go-yaml's own decoder stops at the first.
type decoder struct {
	*report
	text    *text
	secrets secretReader
	kinds   []collectors.Kind
	local   map[string]bool // paths of times without an offset: they are in the zone of their session
	refs    map[string]Ref  // of secrets that were read, by path

	included map[string]bool // files
}

// defaulter is a struct of this package whose fields have values before it is decoded.
type defaulter interface{ setDefaults() }

// value decodes a node. path names it in messages.
func (d *decoder) value(node ast.Node, into reflect.Value, path string) {
	at := place(node)
	w := d.places[path]
	d.places[path] = where{text: d.text, value: at, key: w.key}
	if _, null := node.(*ast.NullNode); null {
		d.opaque[path] = true
		d.wrong(path, "has no value; write one, or leave the key out")
		return
	}
	if d.leaf(node, into, path) {
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(into.Type().Elem())
		d.value(node, fresh.Elem(), path)
		into.Set(fresh)
	case reflect.Struct:
		if dv, ok := into.Addr().Interface().(defaulter); ok {
			dv.setDefaults()
		}
		d.structure(node, into, path)
	case reflect.Map:
		d.dictionary(node, into, path)
	case reflect.Slice:
		d.list(node, into, path)
	default:
		d.custom(node, into, path)
	}
}

// custom leaves a type that decodes itself to go-yaml.
func (d *decoder) custom(node ast.Node, into reflect.Value, path string) {
	if err := yaml.NodeToValue(node, into.Addr().Interface(), yaml.Strict()); err != nil {
		message := "has a value that does not fit"
		var at yaml.Error
		if asError(err, &at) {
			message = cut(at.GetMessage(), 200)
		}
		d.conceal(node)
		d.wrong(path, message)
	}
}

// entry is one key of a mapping with its value.
type entry struct {
	key   string
	at    spot
	value ast.Node
}

// entries gives a mapping's keys, in order. Keys that stand there twice are reported and left out.
func (d *decoder) entries(node ast.Node, path string) (list []entry, ok bool) {
	m, ok := node.(ast.MapNode)
	if !ok {
		d.mismatch(node, path, "keys with values")
		return nil, false
	}
	seen := map[string]spot{}
	for it := m.MapRange(); it.Next(); {
		at := startOf(it.Key().GetToken())
		key, isText := scalarText(it.Key())
		if !isText {
			d.conceal(it.Value())
			d.atKey(path, d.text, at, "this is not a key")
			continue
		}
		if first, twice := seen[key]; twice {
			d.conceal(it.Value())
			d.atKey(path, d.text, at, fmt.Sprintf("the key %s stands here twice; the first is in line %d", show(key), first.line))
			continue
		}
		seen[key] = at
		list = append(list, entry{key, at, it.Value()})
	}
	return list, true
}

// field is a field of a struct that a key of the file fills.
type field struct {
	key   string
	index []int
}

// fieldsOf gives the keys of a struct by the rules of go-yaml: the yaml tag, or else the name in lower case.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case strings.Contains(options, "inline") && f.Type.Kind() == reflect.Struct:
			for _, inner := range fieldsOf(f.Type) {
				fields = append(fields, field{inner.key, append(slices.Clone(f.Index), inner.index...)})
			}
		case f.IsExported():
			if name == "" {
				name = strings.ToLower(f.Name)
			}
			fields = append(fields, field{name, f.Index})
		}
	}
	return fields
}

func keysOf(fields []field) []string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return keys
}

func (d *decoder) structure(node ast.Node, into reflect.Value, path string) {
	entries, ok := d.entries(node, path)
	if !ok {
		return
	}
	fields := fieldsOf(into.Type())
	source, isSource := into.Addr().Interface().(*Source)
	var kinds []entry
	for _, e := range entries {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == e.key })
		switch {
		case i >= 0:
			d.child(e, into.FieldByIndex(fields[i].index), path)
		case isSource && slices.Contains(d.kindNames(), e.key):
			kinds = append(kinds, e)
		default:
			known := keysOf(fields)
			if isSource {
				known = append(known, d.kindNames()...)
			}
			d.unknown(e, known, path)
		}
	}
	d.name(into, fields, path)
	if isSource {
		d.settings(source, kinds, entries, path)
	}
}

// unknown reports a key that is not known, and shows nothing of what may be a secret: its value, what follows
// it where a colon is missing, and a word alone, which may be a value behind a comma too many.
func (d *decoder) unknown(e entry, known []string, path string) {
	d.conceal(e.value)
	near := nearest(e.key, known)
	word, _, more := strings.Cut(e.key, " ")
	if more {
		word += " …"
	}
	say := "unknown key " + show(word)
	if _, alone := e.value.(*ast.NullNode); alone && near == "" {
		d.text.hide(e.at, d.text.after(e.at))
		say = "this is neither a key that is known here nor has it a value"
	}
	d.atKey(path, d.text, e.at, say+suggest(e.key, known, "Allowed here"))
	if near != "" {
		d.bad[join(path, near)] = true // it is misspelt, not missing
	}
}

// child decodes the value of a key.
func (d *decoder) child(e entry, into reflect.Value, path string) {
	at := join(path, e.key)
	d.places[at] = where{text: d.text, key: e.at}
	d.value(e.value, into, at)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// name keeps what an element of a list is called, for messages.
func (d *decoder) name(into reflect.Value, fields []field, path string) {
	if !strings.HasSuffix(path, "]") {
		return
	}
	for _, f := range fields {
		if v := into.FieldByIndex(f.index); (f.key == "id" || f.key == "name") && v.Kind() == reflect.String && v.String() != "" {
			d.names[path] = v.String()
		}
	}
}

func (d *decoder) dictionary(node ast.Node, into reflect.Value, path string) {
	if into.Type().Key().Kind() != reflect.String {
		d.custom(node, into, path)
		return
	}
	entries, ok := d.entries(node, path)
	if !ok {
		return
	}
	m := reflect.MakeMapWithSize(into.Type(), len(entries))
	for _, e := range entries {
		v := reflect.New(into.Type().Elem()).Elem()
		d.child(e, v, path)
		m.SetMapIndex(reflect.ValueOf(e.key).Convert(into.Type().Key()), v)
	}
	into.Set(m)
}

// list decodes a sequence. A single scalar stands for a list of one.
func (d *decoder) list(node ast.Node, into reflect.Value, path string) {
	element := into.Type().Elem()
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		_, scalar := scalarText(node)
		if !scalar || element.Kind() == reflect.Struct || element.Kind() == reflect.Slice || element.Kind() == reflect.Map {
			d.mismatch(node, path, "a list")
			return
		}
		one := reflect.MakeSlice(into.Type(), 1, 1)
		d.value(node, one.Index(0), path)
		into.Set(one)
		return
	}
	all := reflect.MakeSlice(into.Type(), len(seq.Values), len(seq.Values))
	for i, v := range seq.Values {
		d.value(v, all.Index(i), path+"["+strconv.Itoa(i)+"]")
	}
	into.Set(all)
}

// mismatch reports a value of another shape, and shows nothing of it, for nobody knows what stands in it.
func (d *decoder) mismatch(node ast.Node, path, want string) {
	d.conceal(node)
	d.opaque[path] = true
	d.wrong(path, "is "+shape(node)+", not "+want)
}

func shape(node ast.Node) string {
	switch node.(type) {
	case ast.MapNode:
		return "keys with values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	}
	return "text"
}

// place is where a node begins: the first key of a mapping in lines of its own.
func place(node ast.Node) spot {
	if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return startOf(m.Values[0].Key.GetToken())
	}
	if m, ok := node.(*ast.MappingValueNode); ok {
		return startOf(m.Key.GetToken())
	}
	return startOf(node.GetToken())
}

// conceal keeps a value out of every excerpt, up to the token behind it.
func (d *decoder) conceal(node ast.Node) { ast.Walk(concealer{d.text}, node) }

type concealer struct{ text *text }

func (c concealer) Visit(node ast.Node) ast.Visitor {
	switch n := node.(type) {
	case *ast.NullNode:
	case *ast.LiteralNode: // its text has no place of its own: hide up to what follows it
		start := startOf(n.Start)
		end := c.text.after(start)
		if end != (spot{}) {
			end = c.text.after(spot{end.line, max(end.column, 1)})
		}
		c.text.hide(start, end)
		return nil
	case ast.ScalarNode:
		start := startOf(n.GetToken())
		c.text.hide(start, c.text.after(start))
	}
	return c
}
