package config_test

import (
	"encoding"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"askahead/config"
)

const plain = "contact: mailto:organiser@example.org\nsessions:\n  - {id: a, title: A, sources: [{name: l, tlp: green, mbox: {path: a}}]}\n"

func TestKey(t *testing.T) {
	raw := make([]byte, config.KeySize)
	for i := range raw {
		raw[i] = byte(i)
	}
	t.Run("a file that is not there is an error that says so", func(t *testing.T) {
		c := load(t, map[string]string{"askahead.yaml": plain})
		if _, err := c.Key(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "first use") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("it is made once, for its owner alone", func(t *testing.T) {
		c := load(t, map[string]string{"askahead.yaml": plain})
		key, err := c.KeyOrNew()
		if err != nil || len(key) != config.KeySize {
			t.Fatalf("%d bytes, %v", len(key), err)
		}
		again, err := c.KeyOrNew()
		if err != nil || string(again) != string(key) {
			t.Errorf("the second time it is another, %v", err)
		}
		info, err := os.Stat(filepath.Join(c.Dir, "askahead.key"))
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("the file has %v, %v", info, err)
		}
		if files, _ := os.ReadDir(c.Dir); len(files) != 2 {
			t.Errorf("the folder holds %v", files)
		}
	})
	t.Run("processes that make it at the same time have the same", func(t *testing.T) {
		c := load(t, map[string]string{"askahead.yaml": plain})
		var wait sync.WaitGroup
		var keys [16]string
		for i := range keys {
			wait.Go(func() {
				key, err := c.KeyOrNew()
				if err != nil {
					t.Error(err)
				}
				keys[i] = string(key)
			})
		}
		wait.Wait()
		for _, k := range keys {
			if k != keys[0] {
				t.Fatal("two processes have different keys")
			}
		}
	})
	t.Run("hex and base64 are the same key", func(t *testing.T) {
		for _, text := range []string{hex.EncodeToString(raw), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"} {
			c := load(t, map[string]string{"askahead.yaml": plain, "askahead.key": text})
			if key, err := c.Key(); err != nil || string(key) != string(raw) {
				t.Errorf("%d characters give %d bytes, %v", len(text), len(key), err)
			}
		}
	})
	t.Run("a rotated key has its generations one below the other, and grows in one step", func(t *testing.T) {
		c := load(t, map[string]string{"askahead.yaml": plain, "askahead.key": hex.EncodeToString(raw)})
		both, err := c.AddKey()
		if err != nil || len(both) != 2*config.KeySize || string(both[:config.KeySize]) != string(raw) {
			t.Fatalf("%d bytes, %v", len(both), err)
		}
		again, err := c.Key()
		if err != nil || string(again) != string(both) {
			t.Errorf("the file holds something else, %v", err)
		}
		info, err := os.Stat(filepath.Join(c.Dir, "askahead.key"))
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("the file has %v, %v", info, err)
		}
		if files, _ := os.ReadDir(c.Dir); len(files) != 2 {
			t.Errorf("the folder holds %v", files)
		}
		os.WriteFile(filepath.Join(c.Dir, "askahead.key"), []byte(strings.Repeat(config.NewKey(), 1)+" , "+config.NewKey()), 0o600)
		if key, err := c.Key(); err != nil || len(key) != 2*config.KeySize {
			t.Errorf("with a comma it has %d bytes, %v", len(key), err)
		}
	})
	t.Run("a broken key is a problem that does not show it", func(t *testing.T) {
		_, err := loader().Load(write(t, map[string]string{"askahead.yaml": plain, "askahead.key": "c2hvcnQ="}))
		if err == nil || strings.Contains(err.Error(), "c2hvcnQ") {
			t.Errorf("the error is %v", err)
		}
	})
}

// TestEveryKeyIsDocumented holds the tables of docs/configuration.md and the structs against each other.
func TestEveryKeyIsDocumented(t *testing.T) {
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(read(t, "../docs/configuration.md"), -1) {
		rows[m[1]] = true
	}
	keys := map[string]bool{}
	gather(reflect.TypeFor[config.Config](), "", keys)
	for key := range keys {
		if !rows[key] {
			t.Errorf("the key %s has no row", key)
		}
	}
	for key := range rows {
		if !keys[key] {
			t.Errorf("there is no key %s", key)
		}
	}
}

func gather(typ reflect.Type, path string, keys map[string]bool) {
	for f := range typ.Fields() {
		tag := f.Tag.Get("yaml")
		if tag == "" {
			tag = strings.ToLower(f.Name) // the rule for structs of other packages
		}
		if tag == "-" || !f.IsExported() {
			continue
		}
		at := strings.TrimPrefix(path+"."+tag, ".")
		keys[at] = true
		if at == "sessions[].sources" {
			continue // the same keys as those of top-level sources
		}
		inner := f.Type
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
			if inner.Kind() == reflect.Slice {
				at += "[]"
			}
			inner = inner.Elem()
		}
		scalar := reflect.PointerTo(inner).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
		if inner.Kind() == reflect.Struct && strings.HasPrefix(inner.PkgPath(), "askahead/") && !scalar {
			gather(inner, at, keys)
		}
	}
}
