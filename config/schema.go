package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"askahead/collectors"
	"askahead/docs"
)

// Schema gives a JSON Schema (draft 2020-12) of the configuration, for editors: its structure comes from the Go
// types that Load decodes into, and what each key is from the tables of docs/configuration.md and of the
// kinds' README.md. It refuses nothing that Load takes; Load sees more.
//
// With included, it is the schema of a file that `include:` names.
func (l Loader) Schema(included bool) ([]byte, error) {
	b := &schemaBuilder{loader: l, rows: map[string]docs.Row{}}
	for _, row := range docs.Rows(docs.Configuration) {
		b.rows[row["key"]] = row
	}
	root := b.root(included)
	if b.err != nil {
		return nil, fmt.Errorf("make the schema of the configuration: %w", b.err)
	}
	raw, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("make the schema of the configuration: %w", err)
	}
	return append(raw, '\n'), nil
}

// schema is what is used of JSON Schema, in the order in which a person reads it.
type schema struct {
	Schema      string `json:"$schema,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Ref         string `json:"$ref,omitempty"`

	Type    any      `json:"type,omitempty"` // a string or a []string
	Default any      `json:"default,omitempty"`
	Enum    []string `json:"enum,omitempty"`
	Pattern string   `json:"pattern,omitempty"`
	Says    string   `json:"patternErrorMessage,omitempty"` // no keyword of JSON Schema: what editors show instead of the pattern
	Minimum *float64 `json:"minimum,omitempty"`
	Maximum *float64 `json:"maximum,omitempty"`

	Items    *schema `json:"items,omitempty"`
	MinItems int     `json:"minItems,omitempty"`

	Properties           map[string]*schema  `json:"properties,omitempty"`
	AdditionalProperties any                 `json:"additionalProperties,omitempty"` // false or a *schema
	Required             []string            `json:"required,omitempty"`
	DependentRequired    map[string][]string `json:"dependentRequired,omitempty"`
	MinProperties        int                 `json:"minProperties,omitempty"`

	AnyOf []*schema `json:"anyOf,omitempty"`
	OneOf []*schema `json:"oneOf,omitempty"`

	Defs map[string]*schema `json:"$defs,omitempty"`
}

// schemaBuilder walks the types. The first error stays; what comes after it does not matter.
type schemaBuilder struct {
	loader Loader
	rows   map[string]docs.Row // by the keys of docs/configuration.md
	err    error
}

func (b *schemaBuilder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = fmt.Errorf(format, args...)
	}
}

const defs = "#/$defs/"

// root puts together what stands at the top of a file, and what is used in more than one place.
func (b *schemaBuilder) root(included bool) *schema {
	root := b.structure(freshOf(reflect.TypeFor[Config]()), "")
	shared := b.source()
	delete(shared.Properties, "take")
	all := scalars()
	all["session"], all["source"], all["shared-source"] = b.structure(freshOf(reflect.TypeFor[Session]()), "sessions[]"), b.source(), shared
	for _, kind := range b.loader.Kinds {
		all["settings-of-"+kind.Name] = b.settings(kind)
	}
	if included {
		list := b.object()
		list.Properties = map[string]*schema{"sessions": {Type: "array", Items: &schema{Ref: defs + "session"}}}
		list.Required = []string{"sessions"}
		root = &schema{AnyOf: []*schema{{Ref: defs + "session"}, list}}
	}
	root.Schema, root.Title, root.Defs = "https://json-schema.org/draft/2020-12/schema", "The configuration of askahead", all
	return root
}

func (b *schemaBuilder) object() *schema {
	return &schema{Type: "object", Properties: map[string]*schema{}, AdditionalProperties: false}
}

// structure is the schema of a struct whose keys docs/configuration.md describes below path. fresh has the
// defaults.
func (b *schemaBuilder) structure(fresh reflect.Value, path string) *schema {
	s := b.object()
	for _, f := range fieldsOf(fresh.Type()) {
		at := join(path, f.key)
		row, ok := b.rows[at]
		if !ok {
			b.fail("docs/configuration.md has no row for %s", at)
			continue
		}
		one := b.value(fresh.FieldByIndex(f.index), at)
		b.refine(one, row["type"], at)
		describe(one, row["meaning"], row["default"])
		one.Default = defaultOf(fresh.FieldByIndex(f.index))
		s.Properties[f.key] = one
		if row["default"] == "required" {
			s.Required = append(s.Required, f.key)
		}
	}
	switch fresh.Type() {
	case reflect.TypeFor[Config]():
		s.AnyOf = anyRequired("sessions", "include")
	case reflect.TypeFor[SMTP]():
		s.DependentRequired = map[string][]string{"user": {"password"}, "password": {"user"}}
	case reflect.TypeFor[Take]():
		s.AnyOf = anyRequired("subject", "address", "hashtag", "mention")
	case reflect.TypeFor[Edition]():
		s.AnyOf = anyRequired("to", "out")
	}
	return s
}

func anyRequired(names ...string) []*schema {
	var list []*schema
	for _, name := range names {
		list = append(list, &schema{Required: []string{name}})
	}
	return list
}

// source has exactly one kind.
func (b *schemaBuilder) source() *schema {
	s := b.structure(freshOf(reflect.TypeFor[Source]()), "sources[]")
	for _, kind := range b.loader.Kinds {
		s.Properties[kind.Name] = &schema{Ref: defs + "settings-of-" + kind.Name, Description: docs.Title(kind.Readme)}
		s.OneOf = append(s.OneOf, &schema{Required: []string{kind.Name}})
	}
	return s
}

// settings are the keys of one kind, as its README.md describes them.
func (b *schemaBuilder) settings(kind collectors.Kind) *schema {
	s := b.object()
	for _, setting := range Settings(kind) {
		one := b.value(reflect.Zero(setting.typ), "")
		describe(one, setting.Meaning, setting.says)
		describeElements(one, kind, setting.Key)
		one.Default = setting.initial
		s.Properties[setting.Key] = one
		if setting.Needed {
			s.Required = append(s.Required, setting.Key)
		}
	}
	if len(s.Required) == 0 {
		s.Type = []string{"object", "null"} // a kind with defaults alone
	}
	return s
}

// describeElements describes the keys of a list's elements by rows such as `servers[].token`.
func describeElements(list *schema, kind collectors.Kind, key string) {
	if list.Items == nil {
		return
	}
	for _, row := range docs.Rows(kind.Readme) {
		name, ok := strings.CutPrefix(row["key"], key+"[].")
		if one := list.Items.Properties[name]; ok && one != nil {
			describe(one, row["meaning"], row["default"])
			if row["default"] == "needed" {
				list.Items.Required = append(list.Items.Required, name)
			}
		}
	}
}

// freshOf gives a struct with its defaults.
func freshOf(t reflect.Type) reflect.Value {
	fresh := reflect.New(t)
	if d, ok := fresh.Interface().(defaulter); ok {
		d.setDefaults()
	}
	return fresh.Elem()
}

// defaultOf is what counts where a key is left out; nil where that depends on something else, or is nothing.
func defaultOf(v reflect.Value) any {
	if v.IsZero() && v.Kind() != reflect.Bool || v.Kind() == reflect.Struct {
		return nil
	}
	return shower{config: &Config{}}.value(v, "")
}

// nothingToSay is what the column "default" says where a description need not repeat it.
var nothingToSay = regexp.MustCompile(`^$|^as below$|^(?:none|required|needed)\b`)

// describe says what the page says, as plain text; a default that is no plain value of the key is part of it.
func describe(s *schema, meaning, standard string) {
	plain := strings.HasPrefix(standard, "`") && strings.Count(standard, "`") == 2 && strings.HasSuffix(standard, "`")
	if !plain && !nothingToSay.MatchString(standard) {
		meaning = strings.TrimSuffix(meaning, ".") + ". Default: " + standard
	}
	s.Description = strings.ReplaceAll(strings.TrimPrefix(meaning, ". "), "`", "")
}
