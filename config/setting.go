package config

import (
	"reflect"
	"time"

	"askahead/collectors"
	"askahead/docs"
)

// Setting is one key of a kind's settings, as its Go type and its README.md say it.
type Setting struct {
	Key     string
	Meaning string
	Needed  bool
	Default string // as YAML; empty: none
	Secret  bool
	List    bool
	Bool    bool
	Number  bool

	typ     reflect.Type
	initial any
	says    string // what README.md says of the default
}

// Settings gives those of a kind, in the order of its struct.
func Settings(kind collectors.Kind) []Setting {
	rows := map[string]docs.Row{}
	for _, row := range docs.Rows(kind.Readme) {
		rows[row["key"]] = row
	}
	fresh := reflect.ValueOf(kind.Settings()).Elem()
	var list []Setting
	for _, f := range fieldsOf(fresh.Type()) {
		v, row := fresh.FieldByIndex(f.index), rows[f.key]
		s := Setting{
			Key: f.key, Meaning: row["meaning"], Needed: row["default"] == "needed",
			Secret: v.Type() == reflect.TypeFor[collectors.Secret](), List: v.Kind() == reflect.Slice, Bool: v.Kind() == reflect.Bool,
			Number: (v.CanInt() || v.CanUint() || v.CanFloat()) && v.Type() != reflect.TypeFor[time.Duration](),
			typ:    v.Type(), initial: defaultOf(v), says: row["default"],
		}
		if s.initial != nil {
			s.Default = inLine(s.initial)
		}
		list = append(list, s)
	}
	return list
}
