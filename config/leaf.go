package config

import (
	"encoding"
	"errors"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"askahead/collectors"
	"askahead/domain"
)

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

// scalarText gives what a scalar says, as it is written: 0815 stays 0815.
func scalarText(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// leaf decodes what is one scalar in the file; false leaves the node to others.
func (d *decoder) leaf(node ast.Node, into reflect.Value, path string) bool {
	target := into.Addr().Interface()
	switch target.(type) {
	case yaml.BytesUnmarshaler, yaml.InterfaceUnmarshaler, yaml.NodeUnmarshaler:
		d.custom(node, into, path)
		return true
	}
	want, isLeaf := wanted(into, target)
	if !isLeaf {
		return false
	}
	text, ok := scalarText(node)
	if !ok {
		d.mismatch(node, path, want)
		return true
	}
	switch v := target.(type) {
	case *collectors.Secret:
		d.secret(node, v, text, path)
	case *DSN:
		d.database(node, v, text, path)
	case *Ref:
		d.reference(node, v, text, path)
	case *domain.TLP:
		d.tlp(v, text, path)
	case *time.Duration:
		if dur, err := parseDuration(text); err != nil {
			d.wrong(path, show(text)+" "+err.Error())
		} else {
			*v = dur
		}
	case *time.Time:
		d.time(v, text, path)
	case **time.Location:
		d.zone(v, text, path)
	case encoding.TextUnmarshaler:
		if err := v.UnmarshalText([]byte(text)); err != nil {
			d.wrong(path, err.Error())
		}
	default:
		d.basic(node, into, text, path)
	}
	return true
}

// wanted says what a person is to write for a scalar.
func wanted(into reflect.Value, target any) (string, bool) {
	switch target.(type) {
	case *collectors.Secret, *Ref:
		return "env:NAME or file:PATH", true
	case *DSN:
		return "sqlite:PATH or a postgres:// URL", true
	case *domain.TLP:
		return "a TLP label", true
	case *time.Duration:
		return "a duration such as 90d", true
	case *time.Time:
		return "a time such as 2018-11-13T15:00:00+01:00", true
	case **time.Location:
		return "a time zone such as Europe/Paris", true
	case encoding.TextUnmarshaler:
		return "text", true
	}
	switch into.Kind() {
	case reflect.String:
		return "text", true
	case reflect.Bool:
		return "true or false", true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return "a number", true
	}
	return "", false
}

// basic decodes the types of Go itself.
func (d *decoder) basic(node ast.Node, into reflect.Value, text, path string) {
	switch {
	case into.Kind() == reflect.String:
		if strings.TrimSpace(text) == "" {
			d.wrong(path, "is empty; write something, or leave the key out")
			return
		}
		into.SetString(text)
	case into.Kind() == reflect.Bool:
		b, ok := node.(*ast.BoolNode)
		if !ok {
			d.wrong(path, show(text)+" is neither true nor false")
			return
		}
		into.SetBool(b.Value)
	case into.CanFloat():
		f, err := strconv.ParseFloat(text, 64)
		if say := notNumber(node, text); say != "" || err != nil || math.IsInf(f, 0) || math.IsNaN(f) || into.OverflowFloat(f) {
			d.wrong(path, show(text)+orElse(say, " is not a number"))
			return
		}
		into.SetFloat(f)
	case into.CanInt():
		n, err := strconv.ParseInt(text, 10, 64)
		if say := notWhole(node, text, err); say != "" || into.OverflowInt(n) {
			d.wrong(path, show(text)+orElse(say, " is too large a number"))
			return
		}
		into.SetInt(n)
	default:
		n, err := strconv.ParseUint(text, 10, 64)
		if say := notWhole(node, text, err); say != "" || into.OverflowUint(n) {
			d.wrong(path, show(text)+orElse(say, " is too large a number"))
			return
		}
		into.SetUint(n)
	}
}

func orElse(say, other string) string {
	if say != "" {
		return say
	}
	return other
}

var (
	octalLike = regexp.MustCompile(`^[-+]?0[oO]?[0-9_]+$`)
	otherBase = regexp.MustCompile(`^[-+]?0[xXbB]|_`)
)

// notNumber refuses what one reader of YAML takes for another number than the next: 010 is 8 or 10.
func notNumber(node ast.Node, text string) string {
	if t := node.GetToken().Type; t == token.SingleQuoteType || t == token.DoubleQuoteType {
		return " is text; write the number without quotes"
	}
	switch {
	case octalLike.MatchString(text):
		plain := strings.TrimLeft(strings.ReplaceAll(strings.TrimLeft(text, "+-"), "_", ""), "0oO")
		if plain == "" {
			plain = "0"
		}
		return " looks like an octal number; write " + plain + " if that is meant"
	case otherBase.MatchString(text):
		return " is not a plain number; write digits only"
	}
	return ""
}

func notWhole(node ast.Node, text string, err error) string {
	if say := notNumber(node, text); say != "" {
		return say
	}
	if errors.Is(err, strconv.ErrRange) {
		return " is too large a number"
	}
	if err != nil {
		return " is not a whole number"
	}
	return ""
}

func (d *decoder) tlp(into *domain.TLP, text, path string) {
	name := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "tlp:")
	level, ok := domain.ParseTLP(name)
	if !ok {
		known := []string{domain.Clear.String(), domain.Green.String(), domain.Amber.String(), domain.AmberStrict.String()}
		d.wrong(path, show(text)+" is not a TLP label"+suggest(name, known, "Allowed"))
		return
	}
	*into = level
}

// time reads RFC 3339, or a local time without an offset, which check puts into the session's zone.
func (d *decoder) time(into *time.Time, text, path string) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			*into = t.UTC()
			return
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			*into = t
			d.local[path] = true
			return
		}
	}
	d.wrong(path, show(text)+" is not a time; write 2018-11-13T15:00:00+01:00, or 2018-11-13 15:00 in the session's time zone")
}

func (d *decoder) zone(into **time.Location, text, path string) {
	// "Local" would mean something else on every machine.
	if z, err := time.LoadLocation(text); err == nil && text != "Local" && text != "" {
		*into = z
		return
	}
	say := show(text) + " is not a time zone"
	parts := strings.Split(strings.ReplaceAll(strings.ToLower(text), " ", "_"), "/")
	for i, p := range parts {
		words := strings.Split(p, "_")
		for j, w := range words {
			if w != "" && w != "of" && w != "es" {
				words[j] = strings.ToUpper(w[:1]) + w[1:]
			}
		}
		parts[i] = strings.Join(words, "_")
	}
	if guess := strings.Join(parts, "/"); len(guess) < 64 && guess != text && guess != "Local" {
		if _, err := time.LoadLocation(guess); err == nil {
			d.wrong(path, say+"; did you mean "+strconv.Quote(guess)+"?")
			return
		}
	}
	d.wrong(path, say+"; write a name of the IANA database such as Europe/Paris, Africa/Nairobi or UTC")
}
