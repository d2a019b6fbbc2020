package config

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"askahead/domain"
)

// KeySize is the length of one generation of the instance's key, in bytes.
const KeySize = domain.KeySize

// maxGenerations is how often a key may be rotated: once a month, for eight years.
const maxGenerations = 100

var errKey = errors.New("does not hold a key: 32 bytes as base64 (44 characters) or hex (64 characters)")

// Key reads the instance's key from where `key` says: as many times KeySize bytes as it has generations, the oldest
// first. A key file that does not exist is an error that says so,
// wrapping fs.ErrNotExist; KeyOrNew makes one.
func (c *Config) Key() ([]byte, error) {
	value, _, err := secretReader{dir: c.Dir, lookup: c.lookup}.read(c.KeyAt)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("key: %w; it is made on first use, or put the key of this database back there", err)
	}
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	key, err := decodeKeys(value)
	if err != nil {
		return nil, fmt.Errorf("key: %s %w", c.KeyAt, err)
	}
	return key, nil
}

// AddKey writes another generation of the key below those that are in the key file, and gives all of them. Either all
// of the new file is there in the end, or the old one. The error is ErrKeyElsewhere if the key does not stand in a file.
func (c *Config) AddKey() ([]byte, error) {
	s := secretReader{dir: c.Dir, lookup: c.lookup}
	path, ok := s.file(c.KeyAt)
	if !ok {
		return nil, ErrKeyElsewhere
	}
	if _, err := c.Key(); err != nil {
		return nil, err
	}
	before, _, err := readSecretFile(path)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // what a link leads to is replaced, and not the link
	}
	if err := replace(path, strings.TrimRight(before, " \t\r\n")+"\n"+NewKey()); err != nil {
		return nil, fmt.Errorf("add a key to %s: %w", path, err)
	}
	return c.Key()
}

// ErrKeyElsewhere is the refusal to write a key where askahead can't.
var ErrKeyElsewhere = errors.New("the key stands in an environment variable, which askahead cannot write")

// replace writes a file that only its owner can read in the place of another one, in one step that outlasts a crash.
func replace(path, text string) error {
	written, err := beside(path, text)
	if err != nil {
		return err
	}
	defer os.Remove(written)
	if err := os.Rename(written, path); err != nil {
		return errors.New(plainCause(err))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return errors.New(plainCause(err))
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil {
		return errors.New(plainCause(err))
	}
	return nil
}

// KeyOrNew is Key, and makes the key file if there is none: what the first run does. The store refuses a key
// that is not its own, so a lost key does not go unnoticed.
func (c *Config) KeyOrNew() ([]byte, error) {
	s := secretReader{dir: c.Dir, lookup: c.lookup}
	if path, ok := s.file(c.KeyAt); ok && path != "" {
		if err := EnsureKey(path); err != nil {
			return nil, err
		}
	}
	return c.Key()
}

// NewKey gives a fresh key as base64, with a line end, as it stands in a key file.
func NewKey() string {
	key := make([]byte, KeySize)
	rand.Read(key) // never fails: see crypto/rand
	return base64.StdEncoding.EncodeToString(key) + "\n"
}

// EnsureKey writes a fresh key to path, readable by its owner alone, unless a file is there. Of processes that
// do it at the same time one wins, and none sees half a key.
func EnsureKey(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := WriteNew(path, NewKey()); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the key file %s: %w", path, err)
	}
	return nil
}

// WriteNew writes a file that only its owner can read. It never replaces one that is there: the error is
// fs.ErrExist then. The file is written under another name first, so that nobody sees half of it.
func WriteNew(path, text string) error {
	written, err := beside(path, text)
	if err != nil {
		return err
	}
	defer os.Remove(written)
	switch err := os.Link(written, path); { // unlike Rename, it replaces nothing
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return fs.ErrExist
	}
	return writeLinkless(path, text)
}

// beside writes a file under another name in the folder of path.
func beside(path, text string) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".askahead-*") // mode 0600
	if err != nil {
		return "", errors.New(plainCause(err))
	}
	if err := finish(f, text); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// writeLinkless is for file systems without hard links.
func writeLinkless(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fs.ErrExist
	}
	if err != nil {
		return errors.New(plainCause(err))
	}
	if err := finish(f, text); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}

// finish writes all of a file and closes it.
func finish(f *os.File, text string) error {
	_, err := f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return errors.New(plainCause(err))
	}
	return nil
}

// decodeKeys reads the generations of a key, each a word of its own. Its error never repeats the text.
func decodeKeys(text string) (all []byte, err error) {
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
	if len(words) == 0 || len(words) > maxGenerations {
		return nil, errKey
	}
	seen := map[string]bool{}
	for _, word := range words {
		key, err := decodeKey(word)
		if err != nil {
			return nil, err
		}
		if seen[string(key)] {
			return nil, errors.New("holds one key twice: each generation has a key of its own")
		}
		seen[string(key)] = true
		all = append(all, key...)
	}
	return all, nil
}

// decodeKey reads base64 (with or without padding, in either alphabet) or hex. Its error never repeats the text.
func decodeKey(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if key, err := hex.DecodeString(text); err == nil && len(key) == KeySize {
		return key, checkKey(key)
	}
	plain := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
	if key, err := base64.RawStdEncoding.DecodeString(plain); err == nil && len(key) == KeySize {
		return key, checkKey(key)
	}
	return nil, errKey
}

// checkKey refuses 32 equal bytes: an example that someone copied.
func checkKey(key []byte) error {
	for _, b := range key {
		if b != key[0] {
			return nil
		}
	}
	return errors.New("holds 32 equal bytes, which anybody can guess")
}
