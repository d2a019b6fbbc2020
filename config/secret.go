package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"runtime"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"askahead/collectors"
)

// Ref says where a secret stands: env:NAME or file:PATH. It is no secret itself.
type Ref string

// maxSecret is far longer than any password or token, in bytes.
const maxSecret = 64 << 10

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)

// secretReader finds the values of references.
type secretReader struct {
	dir    string // relative paths start here
	lookup func(string) (string, bool)
	trust  bool // what is well-formed counts as there
}

// trusted is what a reference gives that nobody follows.
const trusted = "a-secret"

// env gives the name of an environment variable; file the path, from the working directory.
func (s secretReader) env(r Ref) (name string, ok bool) { return strings.CutPrefix(string(r), "env:") }

func (s secretReader) file(r Ref) (path string, ok bool) {
	path, ok = strings.CutPrefix(string(r), "file:")
	return within(s.dir, path), ok
}

// errPlain never repeats the value: it may be the secret.
var errPlain = errors.New("a secret does not stand in this file; put it into an environment variable or a file, and write env:NAME or file:PATH")

// read gives the value of a reference, without the line end of a file, and a warning about the file's mode.
func (s secretReader) read(r Ref) (value, warning string, err error) {
	if name, ok := s.env(r); ok {
		if !envName.MatchString(name) {
			return "", "", errors.New("env: is followed by the name of an environment variable: letters, digits and _")
		}
		if s.trust {
			return trusted, "", nil
		}
		value, set := s.lookup(name)
		switch {
		case !set:
			return "", "", fmt.Errorf("the environment variable %s is not set", name)
		case strings.TrimSpace(value) == "":
			return "", "", fmt.Errorf("the environment variable %s is empty", name)
		}
		return value, "", nil
	}
	path, ok := s.file(r)
	if !ok {
		return "", "", errPlain
	}
	if path == "" {
		return "", "", errors.New("file: is followed by the path of a file")
	}
	if s.trust {
		return trusted, "", nil
	}
	return readSecretFile(path)
}

func readSecretFile(path string) (value, warning string, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "", fmt.Errorf("there is no file %s: %w", path, fs.ErrNotExist)
	case err != nil:
		return "", "", fmt.Errorf("the file %s can't be read: %s", path, plainCause(err))
	case !info.Mode().IsRegular():
		return "", "", fmt.Errorf("%s is not a file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", "", fmt.Errorf("the file %s can't be read: %s", path, plainCause(err))
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", "", fmt.Errorf("the file %s can't be read: %s", path, plainCause(err))
	}
	if len(raw) > maxSecret {
		return "", "", fmt.Errorf("the file %s is larger than a secret can be (%d KiB)", path, maxSecret>>10)
	}
	value = strings.TrimRight(string(raw), "\r\n")
	if strings.TrimSpace(value) == "" {
		return "", "", fmt.Errorf("the file %s is empty", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		warning = fmt.Sprintf("others can read the file %s (mode %04o); make it yours alone: chmod 600 %s", path, mode, path)
	}
	return value, warning, nil
}

func (d *decoder) secret(node ast.Node, into *collectors.Secret, text, path string) {
	value, warning, err := d.secrets.read(Ref(text))
	if err != nil {
		d.concealUnlessRef(node, text)
		d.wrong(path, d.plainRef(text, err))
		return
	}
	if warning != "" {
		d.warn(path, warning)
	}
	d.report.secrets = append(d.report.secrets, value)
	d.refs[path] = Ref(text)
	*into = collectors.Secret(value)
}

// plainRef is the message of an error of secretReader, which wraps what errors.Is needs.
func (d *decoder) plainRef(text string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		path, _ := d.secrets.file(Ref(text))
		return "there is no file " + path
	}
	return err.Error()
}

// concealUnlessRef hides a value unless it is a name of a variable or a path, which help to find the mistake.
func (d *decoder) concealUnlessRef(node ast.Node, text string) {
	name, env := d.secrets.env(Ref(text))
	if env && envName.MatchString(name) || strings.HasPrefix(text, "file:") {
		return
	}
	d.conceal(node)
}

// reference reads the place of the key; the key itself is read when it is needed.
func (d *decoder) reference(node ast.Node, into *Ref, text, path string) {
	r := Ref(text)
	name, env := d.secrets.env(r)
	file, isFile := strings.CutPrefix(text, "file:")
	if env && envName.MatchString(name) || isFile && file != "" {
		*into = r
		return
	}
	d.conceal(node)
	d.wrong(path, errPlain.Error())
}

func (d *decoder) database(node ast.Node, into *DSN, text, path string) {
	inFile := true
	if strings.HasPrefix(text, "env:") || strings.HasPrefix(text, "file:") {
		inFile = false
		value, warning, err := d.secrets.read(Ref(text))
		if err != nil {
			d.concealUnlessRef(node, text)
			d.wrong(path, d.plainRef(text, err))
			return
		}
		if warning != "" {
			d.warn(path, warning)
		}
		d.refs[path] = Ref(text)
		if d.secrets.trust {
			return
		}
		text = value
	}
	if say := DSN(text).problem(inFile); say != "" {
		if strings.ContainsAny(text, "/@=") { // a URL that is misspelt may hold a password where none is looked for
			d.conceal(node)
		}
		d.wrong(path, say)
		return
	}
	*into = DSN(text)
}
