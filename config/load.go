package config

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"askahead/collectors"
)

// maxIncluded is the largest number of included files.
const maxIncluded = 1000

// Loader reads configurations. Its fields come from outside, so that a test can set them.
type Loader struct {
	Kinds     []collectors.Kind           // of sources
	Formats   []string                    // of editions
	LookupEnv func(string) (string, bool) // os.LookupEnv
	Now       func() time.Time            // for warnings about what is over
}

// Load reads the file at path with the environment and the clock of this process. The error is a *Problems.
func Load(path string, kinds []collectors.Kind) (*Config, error) {
	l := Loader{Kinds: kinds, Formats: []string{"html", "txt", "md", "json", "csv"}, LookupEnv: os.LookupEnv, Now: time.Now}
	return l.Load(path)
}

// Load reads the file at path and the files that it includes. The error is a *Problems with everything that is
// wrong in any of them; there is no Config then.
func (l Loader) Load(path string) (*Config, error) {
	return l.load(path, secretReader{dir: filepath.Dir(path), lookup: l.LookupEnv},
		func(d *decoder) ast.Node { return d.open(path) })
}

// Try is Load for a text that is about to be written to path: every secret that it names counts as there.
func (l Loader) Try(path string, raw []byte) (*Config, error) {
	return l.load(path, secretReader{dir: filepath.Dir(path), lookup: l.LookupEnv, trust: true},
		func(d *decoder) ast.Node { return d.parse(path, raw, nil) })
}

func (l Loader) load(path string, secrets secretReader, open func(*decoder) ast.Node) (*Config, error) {
	c := &Config{Path: path, Dir: filepath.Dir(path), lookup: l.LookupEnv}
	c.setDefaults()
	d := &decoder{
		report:  newReport(),
		secrets: secrets,
		kinds:   l.Kinds,
		local:   map[string]bool{},
		refs:    map[string]Ref{},

		included: map[string]bool{},
	}
	root := open(d)
	d.places[""] = where{text: d.text}
	if root != nil {
		d.root(root, c)
		ck := &checker{report: d.report, loader: l, config: c, reader: secrets, local: d.local}
		ck.all()
	}
	if len(d.problems) > 0 {
		return nil, &Problems{List: d.finish(d.problems)}
	}
	c.Warnings = d.finish(d.warnings)
	c.written, c.refs = d.has, d.refs
	return c, nil
}

// root decodes the file and then those that it includes.
func (d *decoder) root(node ast.Node, c *Config) {
	main := d.text
	d.places[""] = where{text: main, value: spot{1, 1}}
	d.structure(node, reflect.ValueOf(c).Elem(), "")
	for i, pattern := range c.Include {
		path := fmt.Sprintf("include[%d]", i)
		if !d.has(path) {
			path = "include"
		}
		for _, file := range d.matches(pattern, path, c) {
			d.include(file, c)
		}
	}
	d.text = main
}

// open reads and parses a file; what is wrong is reported, and nil comes back.
func (d *decoder) open(path string) ast.Node {
	raw, bad := readFile(path)
	return d.parse(path, raw, bad)
}

func (d *decoder) parse(name string, raw []byte, bad *fault) ast.Node {
	order := 0
	if d.text != nil {
		order = d.text.order + 1
	}
	t, faults := newText(name, order, raw)
	d.text = t
	if bad != nil {
		faults = []fault{*bad}
	}
	if len(faults) == 0 {
		var root ast.Node
		if root, faults = t.parse(); root != nil {
			return root
		}
	}
	t.broken, t.safe = true, d.safeKeys()
	if len(faults) == 0 {
		faults = []fault{{text: "the file is empty; the smallest one is in docs/configuration.md"}}
	}
	for _, f := range faults {
		d.atText(t, f)
	}
	return nil
}

// matches gives the files of a pattern that were not included before, by name.
func (d *decoder) matches(pattern, path string, c *Config) []string {
	if strings.Contains(pattern, "**") {
		d.wrong(path, show(pattern)+": ** is not supported; write one pattern for each folder")
		return nil
	}
	found, err := filepath.Glob(within(c.Dir, pattern))
	switch {
	case err != nil:
		d.wrong(path, show(pattern)+" is not a pattern; write for example sessions/*.yaml")
	case len(found) == 0:
		d.wrong(path, "no file matches "+show(pattern)+"; relative patterns start at the folder of this file")
	case len(found) > maxIncluded:
		d.wrong(path, fmt.Sprintf("%s matches %d files; at most %d can be included", show(pattern), len(found), maxIncluded))
		return nil
	}
	return slices.DeleteFunc(found, func(file string) bool {
		if filepath.Clean(file) == filepath.Clean(c.Path) {
			d.wrong(path, show(pattern)+" matches this file itself; keep sessions in a folder of their own")
			return true
		}
		if d.included[file] {
			return true
		}
		d.included[file] = true
		return false
	})
}

// include decodes a file that holds either one session's keys, or `sessions:` with a list.
func (d *decoder) include(file string, c *Config) {
	node := d.open(file)
	if node == nil {
		return
	}
	add := func(n ast.Node) {
		var s Session
		d.value(n, reflect.ValueOf(&s).Elem(), fmt.Sprintf("sessions[%d]", len(c.Sessions)))
		c.Sessions = append(c.Sessions, s)
	}
	m, ok := node.(ast.MapNode)
	sessions := ast.Node(nil)
	for it := range entriesOf(m, ok) {
		if key, _ := scalarText(it.Key); key == "sessions" {
			sessions = it.Value
		}
	}
	if sessions == nil {
		add(node)
		return
	}
	for it := range entriesOf(m, ok) {
		if key, _ := scalarText(it.Key); key != "sessions" {
			d.conceal(it.Value)
			d.atKey("", d.text, startOf(it.Key.GetToken()), "an included file with sessions: holds no other key; here is "+show(key))
		}
	}
	list, ok := sessions.(*ast.SequenceNode)
	if !ok {
		d.conceal(sessions)
		d.atKey("", d.text, place(sessions), "sessions: is "+shape(sessions)+", not a list")
		return
	}
	for _, n := range list.Values {
		add(n)
	}
}

// entriesOf goes through the keys of a mapping, and of nothing else.
func entriesOf(m ast.MapNode, ok bool) iter.Seq[*ast.MappingValueNode] {
	return func(yield func(*ast.MappingValueNode) bool) {
		if !ok {
			return
		}
		for it := m.MapRange(); it.Next(); {
			if !yield(it.KeyValue()) {
				return
			}
		}
	}
}

// safeKeys gives the keys of the configuration and of all kinds whose value is no secret in any of them.
func (d *decoder) safeKeys() map[string]bool {
	safe, secret := map[string]bool{}, map[string]bool{}
	var walk func(t reflect.Type, depth int)
	walk = func(t reflect.Type, depth int) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || depth > 8 {
			return
		}
		for _, f := range fieldsOf(t) {
			switch ft := t.FieldByIndex(f.index).Type; ft {
			case reflect.TypeFor[collectors.Secret](), reflect.TypeFor[DSN](), reflect.TypeFor[Ref]():
				secret[f.key] = true
			default:
				safe[f.key] = true
				walk(ft, depth+1)
			}
		}
	}
	walk(reflect.TypeFor[Config](), 0)
	for _, k := range d.kinds {
		safe[k.Name] = true
		walk(reflect.TypeOf(k.Settings()), 0)
	}
	for key := range secret {
		delete(safe, key)
	}
	return safe
}

func (d *decoder) kindNames() []string {
	names := make([]string, len(d.kinds))
	for i, k := range d.kinds {
		names[i] = k.Name
	}
	slices.Sort(names)
	return names
}

// settings finds the one kind of a source and decodes its block into the kind's own struct.
func (d *decoder) settings(s *Source, blocks, all []entry, path string) {
	if len(blocks) == 0 {
		known := keysOf(fieldsOf(reflect.TypeFor[Source]()))
		unknown := slices.ContainsFunc(all, func(e entry) bool { return !slices.Contains(known, e.key) })
		if !unknown { // else the unknown key is the kind, misspelt, and was reported
			d.wrong(path, "has no kind; add the settings of one: "+strings.Join(d.kindNames(), ", "))
		}
		return
	}
	if len(blocks) > 1 {
		for _, b := range blocks[1:] {
			d.conceal(b.value)
			d.atKey(path, d.text, b.at, fmt.Sprintf("a source has one kind, and this one is %s already; write a source of its own", blocks[0].key))
		}
	}
	block := blocks[0]
	i := slices.IndexFunc(d.kinds, func(k collectors.Kind) bool { return k.Name == block.key })
	s.Kind = d.kinds[i]
	s.Settings = s.Kind.Settings()
	at := join(path, block.key)
	d.report.kinds[at] = true
	d.places[at] = where{text: d.text, key: block.at, value: place(block.value)}
	before := len(d.problems)
	if _, null := block.value.(*ast.NullNode); !null { // a kind with defaults alone
		d.structure(block.value, reflect.ValueOf(s.Settings).Elem(), at)
	}
	if v, ok := s.Settings.(collectors.Validator); ok && len(d.problems) == before {
		for _, err := range v.Validate() {
			d.invalid(at, err.Error())
		}
	}
}

// keyPath takes "mailboxes[0]: is empty" apart.
var keyPath = regexp.MustCompile(`^([A-Za-z_][\w-]*(?:\[\d+\]|\.[\w-]+)*): (.+)$`)

// invalid places an error of a kind's own check at the key that it begins with.
func (d *decoder) invalid(path, say string) {
	at := path
	if m := keyPath.FindStringSubmatch(say); m != nil {
		at, say = join(path, m[1]), m[2]
		w := d.find(at)
		if !d.has(at) && w.text != nil {
			d.places[at] = where{text: w.text, key: d.places[path].key}
		}
	}
	d.problems = append(d.problems, d.remark(at, say))
}
