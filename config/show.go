package config

import (
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

// YAML gives the configuration as it counts: with what included files bring, with the value of every key that
// was left out marked as a default, and of secrets the place where they stand. Load takes it, in the same
// folder, as the same configuration.
func (c *Config) YAML() []byte {
	head := "# " + c.Path + " as it counts. What is marked as a default does not stand there.\n"
	if len(c.Include) > 0 {
		head += "# Its include: is written out: " + strings.Join(quoteAll(c.Include), ", ") + "\n"
	}
	return append([]byte(head), yamlOf(c.shown())...)
}

// JSON gives the same without marks.
func (c *Config) JSON() ([]byte, error) { return c.shown().MarshalJSON() }

func (c *Config) shown() keys {
	s := shower{config: c, zone: time.UTC}
	all, _ := s.structure(reflect.ValueOf(c).Elem(), "").(keys)
	return slices.DeleteFunc(all, func(k key) bool { return k.name == "include" })
}

// keys is a mapping with its order, and key one of its entries. A value is a scalar of Go, keys, or a []any.
type keys []key

type key struct {
	name     string
	value    any
	standard bool // a default
}

// shower turns a configuration into keys.
type shower struct {
	config *Config
	zone   *time.Location // of the session that is shown
}

func (s shower) isWritten(path string) bool { return s.config.written != nil && s.config.written(path) }

// value gives what stands, or could stand, in the file for a value; nil if the key is to be left out.
func (s shower) value(v reflect.Value, path string) any {
	switch x := v.Interface().(type) {
	case collectors.Secret:
		return textOrNil(string(s.config.refs[path]))
	case DSN:
		if ref := s.config.refs[path]; ref != "" {
			return string(ref)
		}
		return textOrNil(x.Reveal()) // it stands in the file, where it may hold no password
	case domain.TLP:
		if x == 0 {
			return nil
		}
		return x.String()
	case time.Duration:
		return formatDuration(x)
	case time.Time:
		if x.IsZero() {
			return nil
		}
		return x.In(s.zone).Format(time.RFC3339)
	case *time.Location:
		return x.String()
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return nil
		}
		return textOrNil(string(text))
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return s.value(v.Elem(), path)
	case reflect.Struct:
		return s.structure(v, path)
	case reflect.Map:
		return s.dictionary(v, path)
	case reflect.Slice:
		return s.list(v, path)
	case reflect.String:
		return textOrNil(v.String())
	}
	return v.Interface() // numbers, true and false
}

func textOrNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// structure shows a struct; one that neither stands in the file nor has defaults is left out.
func (s shower) structure(v reflect.Value, path string) any {
	if v.IsZero() && !s.isWritten(path) {
		return nil
	}
	if session, ok := v.Interface().(Session); ok {
		s.zone = session.Location
	}
	source, isSource := v.Interface().(Source)
	all := keys{}
	for _, f := range fieldsOf(v.Type()) {
		all = s.add(all, f.key, v.FieldByIndex(f.index), path)
		if isSource && f.key == "schedule" {
			all = s.add(all, source.Kind.Name, reflect.ValueOf(source.Settings), path)
		}
	}
	return all
}

func (s shower) add(all keys, name string, v reflect.Value, path string) keys {
	at := join(path, name)
	if value := s.value(v, at); value != nil {
		all = append(all, key{name, value, !s.isWritten(at)})
	}
	return all
}

func (s shower) dictionary(v reflect.Value, path string) any {
	if v.Len() == 0 {
		return nil
	}
	all := keys{}
	names := map[string]reflect.Value{}
	for it := v.MapRange(); it.Next(); {
		names[it.Key().String()] = it.Value()
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		all = s.add(all, name, names[name], path)
	}
	return all
}

func (s shower) list(v reflect.Value, path string) any {
	if v.Len() == 0 {
		return nil
	}
	all := make([]any, v.Len())
	for i := range all {
		all[i] = s.value(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	return all
}
