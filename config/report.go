package config

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// where is the place of a value and of its key in a text.
type where struct {
	text       *text
	value, key spot
}

// remark is a problem or a warning while the files are read: about the value at a path such as
// "sessions[0].sources[2].tlp", or about a whole text.
type remark struct {
	path  string
	text  *text
	at    spot
	width int
	say   string
	cause error
}

// report gathers what is found, and turns it into problems when all is read, for only then is it known what
// may not be shown.
type report struct {
	places   map[string]where  // by path
	names    map[string]string // of list elements that have a name or an id, by path
	kinds    map[string]bool   // paths that are the settings of a kind
	bad      map[string]bool   // paths that have a problem already
	opaque   map[string]bool   // paths whose value has another shape: what is missing there does not matter
	problems []remark
	warnings []remark
	secrets  []string // values that may stand in no text
}

func newReport() *report {
	return &report{places: map[string]where{}, names: map[string]string{}, kinds: map[string]bool{}, bad: map[string]bool{}, opaque: map[string]bool{}}
}

// find gives the place of a path, or of the nearest above it that stands in a file.
func (r *report) find(path string) where {
	for {
		if w, ok := r.places[path]; ok || path == "" {
			return w
		}
		path = parent(path)
	}
}

// has says whether the path stands in a file.
func (r *report) has(path string) bool {
	_, ok := r.places[path]
	return ok
}

func parent(path string) string {
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}

// wrong reports a problem of the value at a path; a second one of the same value is dropped, for it would mostly
// follow from the first.
func (r *report) wrong(path, say string) {
	if r.bad[path] {
		return
	}
	r.bad[path] = true
	r.problems = append(r.problems, r.remark(path, say))
}

// missing reports that a mapping lacks a key, unless the key stands there with a problem of its own, or there is
// no mapping.
func (r *report) missing(path, key, say string) {
	if !r.has(path+"."+key) && !r.opaque[path] {
		r.wrong(path+"."+key, say)
	}
}

// wrongKey reports that a key itself is not known where everything else is.
func (r *report) wrongKey(path, say string) {
	if w := r.find(path); w.text != nil && w.key != (spot{}) && !r.bad[path] {
		r.bad[path] = true
		r.atKey(parent(path), w.text, w.key, say)
		return
	}
	r.wrong(path, say)
}

func (r *report) warn(path, say string) { r.warnings = append(r.warnings, r.remark(path, say)) }

func (r *report) remark(path, say string) remark {
	w := r.find(path)
	at := w.value
	if at == (spot{}) {
		at = w.key
	}
	m := remark{path: path, text: w.text, at: at, say: say, width: 1}
	if w.text != nil {
		m.width = w.text.width(at)
	}
	return m
}

// atKey reports a problem of a key rather than of its value.
func (r *report) atKey(path string, t *text, at spot, say string) {
	r.problems = append(r.problems, remark{path: path, text: t, at: at, width: t.width(at), say: say})
}

func (r *report) atText(t *text, f fault) {
	r.problems = append(r.problems, remark{text: t, at: f.at, width: 1, say: f.text, cause: f.cause})
}

// finish turns remarks into problems, in the order of the files.
func (r *report) finish(remarks []remark) []Problem {
	slices.SortStableFunc(remarks, func(a, b remark) int {
		order := func(m remark) int {
			if m.text == nil {
				return -1
			}
			return m.text.order
		}
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.at.line, b.at.line), cmp.Compare(a.at.column, b.at.column))
	})
	list := make([]Problem, len(remarks))
	for i, m := range remarks {
		p := Problem{Line: m.at.line, Column: m.at.column, Path: m.path, Where: r.label(m.path), Text: r.redact(m.say), cause: m.cause}
		if m.text != nil {
			p.File, p.Excerpt = m.text.name, m.text.excerpt(m.at, m.width)
		}
		list[i] = p
	}
	return list
}

// redact is the last net: no secret that was read stands in a message, whoever wrote it.
func (r *report) redact(say string) string {
	for _, s := range r.secrets {
		if len(s) >= 4 {
			say = strings.ReplaceAll(say, s, "***")
		}
	}
	return say
}

var segment = regexp.MustCompile(`[^.\[\]]+|\[\d+\]`)

// label says a path as a person would: `session "ws164": sources[2] "ietf-list": port`.
func (r *report) label(path string) string {
	var b strings.Builder
	at, join := "", ""
	for _, s := range segment.FindAllString(path, -1) {
		if strings.HasPrefix(s, "[") {
			at += s
			name := r.names[at]
			if strings.HasPrefix(at, "sessions[") && strings.Count(at, "[") == 1 && name != "" {
				b.Reset()
				b.WriteString("session " + strconv.Quote(cut(name, 60)))
			} else {
				b.WriteString(s)
				if name != "" {
					b.WriteString(" " + strconv.Quote(cut(name, 60)))
				}
			}
			join = ": "
			continue
		}
		at = strings.TrimPrefix(at+"."+s, ".")
		if r.kinds[at] && at != path {
			continue
		}
		b.WriteString(join + s)
		join = "."
	}
	return b.String()
}

// cut shortens what a person wrote, for a message.
func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}

// show quotes a value of the file for a message, without a password in a URL.
func show(s string) string {
	if m := urlPassword.FindStringSubmatchIndex(s); m != nil {
		s = s[:m[2]] + "***" + s[m[3]:]
	}
	return strconv.Quote(cut(s, 60))
}
