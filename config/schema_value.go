package config

import (
	"encoding"
	"reflect"
	"strconv"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/domain"
	"askahead/schedule"
)

// scalars are the definitions of texts, by name. Their patterns are written in what the regular expressions of
// Go and of ECMA 262 share.
func scalars() map[string]*schema {
	text := func(pattern, says string) *schema { return &schema{Type: "string", Pattern: pattern, Says: says} }
	// What is read as it is written, also where YAML takes it for a number or a truth value: 0815.
	loose := func(pattern, says string) *schema {
		return &schema{Type: []string{"string", "number", "boolean"}, Pattern: pattern, Says: says}
	}
	levels := []string{domain.Clear.String(), domain.Green.String(), domain.Amber.String(), domain.AmberStrict.String()}
	const ref = `env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:.+`
	duration := text(durationPattern(), "a duration is written as 90d, 2w, 12h, 30m or 1h30m")
	return map[string]*schema{
		"text":     loose(`\S`, "is empty; write something, or leave the key out"),
		"name":     loose(plainName.String(), "a name has up to 64 lower-case letters, digits, - _ or ."),
		"hashtag":  loose(`^\s*#?[^ #\t,;@]+\s*$`, "a hashtag is one word, with or without #"),
		"secret":   text(`^(?:`+ref+`)$`, "a secret does not stand in this file; write env:NAME or file:PATH"),
		"database": text(`^(?:`+ref+`|sqlite:.+|`+anyCase("postgres")+`(?:`+anyCase("ql")+`)?://.+)$`, "write sqlite:PATH or postgres://USER@HOST/NAME, or env:NAME or file:PATH for one with a password"),
		"duration": duration,
		"silence":  {AnyOf: []*schema{{Enum: []string{"off"}}, duration}},
		"cron":     text(schedule.Pattern(), "a schedule has five fields (minute, hour, day of month, month, day of week) as in cron, or is @hourly, @daily, @weekly, @monthly, @yearly or @every 90m"),
		"time": text(`^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?$`,
			"write 2018-11-13T15:00:00+01:00, or 2018-11-13 15:00 in the session's time zone"),
		"zone": text(`^[A-Za-z][A-Za-z0-9_+/-]*$`, "write a name of the IANA database such as Europe/Paris, Africa/Nairobi or UTC"),
		"label": {AnyOf: []*schema{{Enum: levels}, text(`^\s*(?:`+anyCase("tlp")+`:)?(?:`+anyCase("white")+`|`+anyCase("clear")+`|`+
			anyCase("green")+`|`+anyCase("amber")+`(?:\+`+anyCase("strict")+`)?)\s*$`, "a TLP label is clear, green, amber or amber+strict")}},
		"mail-address": text(`.@.*\.`, "this is not a mail address"),
		"recipient":    text(`^@.*\.|.@.*\.`, "write a mail address, or @DOMAIN"),
		"host":         text(`^[^\s/*]+$`, "write the name or the IP address of one host, without https:// and without a port"),
		"address":      text(`^(?:localhost|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+\]):[0-9]+$`, "write an address of this machine and a port, such as 127.0.0.1:8080"),
		"loopback":     text(`^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+\]):[0-9]+$`, "write 127.0.0.1 and a port, such as 127.0.0.1:9464"),
	}
}

// durationPattern is what parseDuration takes: at least one number with its unit, the larger units first.
func durationPattern() string {
	const units = "wdhms"
	var starts []string
	for i := range units {
		one := "[0-9]{1,9}" + units[i:i+1]
		for _, unit := range units[i+1:] {
			one += "(?:[0-9]{1,9}" + string(unit) + ")?"
		}
		starts = append(starts, one)
	}
	return "^(?:" + strings.Join(starts, "|") + ")$"
}

// anyCase matches a word however it is written.
func anyCase(word string) string {
	var b strings.Builder
	for _, r := range word {
		if r >= 'a' && r <= 'z' {
			b.WriteString("[" + strings.ToUpper(string(r)) + string(r) + "]")
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (b *schemaBuilder) defined(name string) *schema { return &schema{Ref: defs + name} }

// value is the schema of a type, as decoder takes it. fresh has the defaults.
func (b *schemaBuilder) value(fresh reflect.Value, path string) *schema {
	t := fresh.Type()
	if s := b.scalar(t); s != nil {
		return s
	}
	switch t.Kind() {
	case reflect.Pointer:
		return b.value(freshOf(t.Elem()), path)
	case reflect.Struct:
		switch path {
		case "sessions[]":
			return b.defined("session")
		case "sessions[].sources[]":
			return b.defined("source")
		case "sources[]":
			return b.defined("shared-source")
		case "":
			return b.anonymous(t)
		}
		return b.structure(fresh, path)
	case reflect.Map:
		s := b.object()
		s.AdditionalProperties = b.value(freshOf(t.Elem()), path)
		return s
	case reflect.Slice:
		return b.list(t, path)
	}
	b.fail("the type %s has no schema", t)
	return &schema{}
}

// anonymous is a struct within the settings of a kind, whose keys its README.md describes.
func (b *schemaBuilder) anonymous(t reflect.Type) *schema {
	s := b.object()
	for _, f := range fieldsOf(t) {
		s.Properties[f.key] = b.value(freshOf(t.FieldByIndex(f.index).Type), "")
	}
	return s
}

// list is one of them; where its elements are scalars, a single one too.
func (b *schemaBuilder) list(t reflect.Type, path string) *schema {
	if path != "" {
		path += "[]"
	}
	element := b.value(freshOf(t.Elem()), path)
	list := &schema{Type: "array", Items: element}
	switch t.Elem().Kind() {
	case reflect.Struct, reflect.Slice, reflect.Map:
		return list
	}
	return &schema{AnyOf: []*schema{element, list}}
}

// scalar is the schema of what is one scalar in the file, or nil.
func (b *schemaBuilder) scalar(t reflect.Type) *schema {
	switch reflect.New(t).Interface().(type) {
	case *collectors.Secret, *Ref:
		return b.defined("secret")
	case *DSN:
		return b.defined("database")
	case *domain.TLP:
		return b.defined("label")
	case *time.Duration:
		return b.defined("duration")
	case *time.Time:
		return b.defined("time")
	case **time.Location:
		return b.defined("zone")
	case *Silence:
		return b.defined("silence")
	case encoding.TextUnmarshaler:
		return b.defined("text")
	}
	switch t.Kind() {
	case reflect.String:
		return b.defined("text")
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Float32, reflect.Float64:
		return &schema{Type: "number"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &schema{Type: "integer"}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &schema{Type: "integer", Minimum: new(float64)}
	}
	return nil
}

// refine makes a schema as narrow as the word in the column "type" of docs/configuration.md says.
func (b *schemaBuilder) refine(s *schema, word, path string) {
	if len(s.AnyOf) == 2 && s.AnyOf[1].Type == "array" { // a list of scalars
		b.refine(s.AnyOf[1].Items, word, path)
		return
	}
	switch word {
	case "text", "list", "list of patterns", "file", "folder", "keys", "true or false", "secret", "database", "duration", "duration, or `off`",
		"time", "zone", "TLP label":
		// the Go type says it
	case "name", "cron":
		*s = *b.defined(word)
	case "cron, or `off`":
		*s = schema{AnyOf: []*schema{{Enum: []string{"off"}}, b.defined("cron")}}
	case "mail address", "mail addresses":
		*s = *b.defined("mail-address")
	case "mail addresses, `@DOMAIN`":
		*s = *b.defined("recipient")
	case "hashtags":
		*s = *b.defined("hashtag")
	case "hosts":
		*s = *b.defined("host")
	case "address":
		*s = *b.defined("address")
	case "loopback address":
		*s = *b.defined("loopback")
	case "formats":
		*s = schema{Enum: b.loader.Formats}
	case "legal basis":
		*s = schema{Enum: Bases()}
	case "facts":
		b.facts(s)
	case "tags":
		tags(s)
	default:
		if !between(s, word) && !beginning(s, word) {
			b.fail("docs/configuration.md: %s is of the type %q, which the schema does not know", path, word)
		}
	}
}

// between takes a range such as "2–1000".
func between(s *schema, word string) bool {
	low, high, _ := strings.Cut(word, "–")
	least, err := strconv.ParseFloat(low, 64)
	most, err2 := strconv.ParseFloat(high, 64)
	if err != nil || err2 != nil {
		return false
	}
	s.Minimum, s.Maximum = &least, &most
	return true
}

// beginning takes words such as "`smtps://` or `smtp://`": what a text begins with.
func beginning(s *schema, word string) bool {
	if !strings.HasPrefix(word, "`") {
		return false
	}
	var schemes []string
	for scheme := range strings.SplitSeq(word, " or ") {
		schemes = append(schemes, anyCase(strings.Trim(scheme, "`"))+".")
	}
	*s = schema{Type: "string", Pattern: "^(?:" + strings.Join(schemes, "|") + ")", Says: "begins with " + strings.ReplaceAll(word, "`", "")}
	return true
}

// facts are the keys of a rule's evidence.
func (b *schemaBuilder) facts(s *schema) {
	value, _ := s.AdditionalProperties.(*schema)
	s.AdditionalProperties, s.MinProperties = false, 1
	for _, fact := range facts() {
		s.Properties[fact] = value
	}
	var kinds []string
	for _, kind := range b.loader.Kinds {
		kinds = append(kinds, kind.Name)
	}
	kind := &schema{Enum: kinds}
	s.Properties[domain.FactKind] = &schema{AnyOf: []*schema{kind, {Type: "array", Items: kind, MinItems: 1}}}
}

// tags are the keys of what a rule puts on a question. Communities may be the session's own.
func tags(s *schema) {
	name := &schema{Ref: defs + "name"}
	s.AdditionalProperties = false
	s.Properties = map[string]*schema{
		domain.TagCommunity: {AnyOf: []*schema{{Enum: builtinCommunities()}, name}},
		domain.TagRegion:    {Enum: regions()},
		domain.TagTheme:     name,
	}
}
