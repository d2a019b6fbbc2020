// Package importrules holds the arrows between askahead's packages, as its test reads them off the source
// files: who may import whom. The files are parsed, not listed by the go tool, so that a cached test result
// is never older than the code.
package importrules

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Module is the path that all packages of askahead begin with.
const Module = "askahead"

// Rule says what the packages at or below Folder may import of askahead. The longest Folder that fits a
// package is its rule; "collectors/*" is each folder below collectors that has no rule of its own. A pattern of
// May is a folder, or a folder followed by "/*" for all below it too.
type Rule struct {
	Folder string
	May    []string
}

// Rules are the arrows of docs/ARCHITECTURE.md.
func Rules() []Rule {
	return []Rule{
		{"domain", nil},
		{"terms", nil},
		{"collectors", []string{"domain"}},
		{"collectors/builtin", []string{"collectors/*"}},
		{"collectors/collectortest", []string{"collectors", "domain", "internal/guesthttp"}},
		{"collectors/*", []string{"collectors", "domain", "internal/guesthttp", "internal/netfault"}}, // every kind: they never import each other
		{"authored", []string{"domain", "authored/*"}},
		{"questions", []string{"domain", "questions/*"}},
		{"communities", []string{"domain", "communities/*"}},
		{"protect", []string{"domain"}},
		{"sheets", nil},
		{"take", []string{"domain"}},
		{"embeddings", []string{"domain", "collectors", "internal/guesthttp"}},
		{"topics", []string{"domain", "store", "terms"}},
		{"store", []string{"domain"}},
		{"store/storetest", []string{"domain", "store"}},
		{"store/sqlstore", []string{"domain", "store", "store/sqlstore/*"}},
		{"pipeline", []string{"domain", "collectors", "take", "authored", "questions", "communities", "protect", "terms", "topics", "store"}},
		{"digest", []string{"domain", "protect", "topics", "store", "digest/*"}},
		{"delivery", []string{"domain", "protect", "digest", "store", "internal/netfault"}},
		{"privacy", nil},
		{"requests", []string{"domain", "protect", "store"}},
		{"schedule", []string{"domain", "store"}},
		{"watch", []string{"domain", "store"}},
		{"monitor", []string{"store", "internal/serving"}},
		{"web", []string{"internal/serving"}},
		{"config", []string{"domain", "collectors", "schedule", "docs"}},
		{"config/starter", []string{"domain", "collectors", "config", "docs"}},
		{"docs", nil},
		{"example", []string{"domain"}},
		{"cmd", []string{"*"}},
		{"packaging", nil},
		{"internal/importrules", nil},
		{"internal/golden", nil},
		{"internal/linear", nil},
		{"internal/crowd", nil},
		{"internal/guesthttp", []string{"domain", "collectors", "internal/netfault"}},
		{"internal/netfault", nil},
		{"internal/serving", nil},
		{"internal/score", []string{"*"}},
	}
}

// Breach is an import that no rule allows.
type Breach struct{ File, Import, Why string }

func (b Breach) String() string { return fmt.Sprintf("%s imports %s: %s", b.File, b.Import, b.Why) }

// Check parses every Go file of tree (the module's root) and returns the breaches, in the order of files.
// Test files may import what their package may, and conformance suites and concrete parts besides.
func Check(tree fs.FS, rules []Rule) ([]Breach, error) {
	var breaches []Breach
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || name == "tools") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		found, err := checkFile(tree, name, rules)
		breaches = append(breaches, found...)
		return err
	})
	return breaches, err
}

func checkFile(tree fs.FS, name string, rules []Rule) ([]Breach, error) {
	text, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	folder, test := path.Dir(name), strings.HasSuffix(name, "_test.go")
	rule, ok := ruleOf(folder, rules)
	if !ok {
		return []Breach{{name, "", "no rule names the folder " + folder + "; add one to importrules.Rules"}}, nil
	}
	var found []Breach
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		target, ours := strings.CutPrefix(imported, Module+"/")
		if !ours || target == folder || allowed(rule, target) || (test && allowedInTest(folder, target)) {
			continue
		}
		found = append(found, Breach{name, imported, fmt.Sprintf("%s may import %v", rule.Folder, rule.May)})
	}
	return found, nil
}

func ruleOf(folder string, rules []Rule) (Rule, bool) {
	best, ok := Rule{}, false
	for _, r := range rules {
		name, below := strings.CutSuffix(r.Folder, "/*")
		fits := !below && folder == name || strings.HasPrefix(folder, name+"/")
		if fits && len(r.Folder) >= len(best.Folder) {
			best, ok = r, true
		}
	}
	return best, ok
}

func allowed(r Rule, target string) bool {
	return slices.ContainsFunc(r.May, func(pattern string) bool {
		if pattern == "*" || pattern == target {
			return true
		}
		parent, below := strings.CutSuffix(pattern, "/*")
		return below && (target == parent || strings.HasPrefix(target, parent+"/"))
	})
}

// allowedInTest lets a test use the conformance suite of its contract, and lets the tests of the parts that
// join others (pipeline, digest) do so with real ones.
func allowedInTest(folder, target string) bool {
	switch {
	case target == "internal/linear", target == "internal/golden":
		return true
	case target == "collectors/collectortest":
		return strings.HasPrefix(folder, "collectors/")
	case target == "store/storetest":
		return strings.HasPrefix(folder, "store/") || folder == "schedule"
	}
	return slices.Contains([]string{"pipeline", "digest", "delivery", "example", "config", "config/starter", "collectors/builtin", "schedule", "watch"}, folder)
}
