package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// yamlOf writes keys in lines of their own, and lists of scalars in one line.
func yamlOf(all keys) []byte {
	var b bytes.Buffer
	writeKeys(&b, all, "", "")
	return b.Bytes()
}

// writeKeys begins the first line with first and every other one with indent.
func writeKeys(b *bytes.Buffer, all keys, first, indent string) {
	for _, k := range all {
		b.WriteString(first + Quote(k.name) + ":")
		first = indent
		inner, isKeys := k.value.(keys)
		list, isList := k.value.([]any)
		switch {
		case isKeys && len(inner) == 0:
			b.WriteString(" {}\n")
		case isKeys:
			b.WriteByte('\n')
			writeKeys(b, inner, indent+"  ", indent+"  ")
		case isList && !inOneLine(list):
			b.WriteByte('\n')
			for _, element := range list {
				one, _ := element.(keys)
				writeKeys(b, one, indent+"  - ", indent+"    ")
			}
		default:
			if text, isText := k.value.(string); isText {
				b.WriteString(" " + QuoteAlone(text))
			} else {
				b.WriteString(" " + inLine(k.value))
			}
			if k.standard {
				b.WriteString(" # default")
			}
			b.WriteByte('\n')
		}
	}
}

func inOneLine(list []any) bool {
	for _, element := range list {
		if _, isKeys := element.(keys); isKeys {
			return false
		}
	}
	return true
}

// inLine writes a scalar, or a list of them.
func inLine(value any) string {
	switch v := value.(type) {
	case string:
		return Quote(v)
	case []any:
		texts := make([]string, len(v))
		for i, element := range v {
			texts[i] = inLine(element)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	}
	return fmt.Sprint(value)
}

func quoteAll(texts []string) []string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = Quote(text)
	}
	return quoted
}

// MarshalJSON keeps the order of the keys.
func (all keys) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range all {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(k.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(k.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
		b.Write(append(append(name, ':'), value...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
