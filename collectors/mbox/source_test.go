package mbox

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"askahead/collectors"
)

func TestFilesThatAreNoMbox(t *testing.T) {
	tar := make([]byte, 512)
	copy(tar, "archive/")
	copy(tar[257:], "ustar")
	for _, c := range []struct{ text, says string }{
		{"Subject: x\n\nhello\n", "begins like a single mail"},
		{"From the beginning it was hard\n", "has no date"},
		{"<!DOCTYPE html>\n<p>404", "looks like HTML"},
		{"\ufeff{\"messages\": []}", "looks like JSON"},
		{"\x01\x01\x01\x01\nReceived: x\n", "looks like MMDF"},
		{"PK\x03\x04....", "ZIP archive"},
		{"\xfd7zXZ\x00....", "packed with xz"},
		{"!BDN....", "PST"},
		{string(tar), "tar archive"},
		{"a\x00b\x00c", "binary data"},
		{"Dear all,\nhello\n", `first line does not begin with "From "`},
		{"\xff\xfe\xfd\xfc\xfb\xfa", "unknown kind"},
	} {
		for kind, pack := range map[string]func(string) string{"plain": func(s string) string { return s }, "packed": gz} {
			t.Run(kind+": "+c.says, func(t *testing.T) {
				_, _, _, err := collectAll(t, newCollector(t, newFile(t, pack(c.text))), "")
				if !errors.Is(err, collectors.ErrSettings) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

func TestPathsThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "Maildir", "cur"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		is         error
		says       string
	}{
		{"a missing file", "none.mbox", collectors.ErrSettings, "there is no file"},
		{"a folder", "", collectors.ErrSettings, "is a folder; name a file in it"},
		{"a Maildir", "Maildir", collectors.ErrSettings, "use the kind maildir"},
		{"a device", "/dev/null", collectors.ErrSettings, "is a device or a pipe"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := c.path
			if !filepath.IsAbs(path) {
				path = filepath.Join(dir, path)
			}
			_, _, _, err := collectAll(t, newCollector(t, path), "")
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
			if f := newCollector(t, path).Check(t.Context()); len(f) != 1 || f[0].OK || !strings.Contains(f[0].Hint, c.says) {
				t.Errorf("check says %+v", f)
			}
		})
	}
	t.Run("a file that only others may read", func(t *testing.T) {
		path := newFile(t, mail(1))
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		notAsRoot(t)
		if _, _, _, err := collectAll(t, newCollector(t, path), ""); !errors.Is(err, collectors.ErrUnauthorized) {
			t.Errorf("got %v", err)
		}
	})
}

func TestPackedFiles(t *testing.T) {
	packed, err := os.ReadFile("testdata/1000.mbox.bz2") // mails(0, 1000), in several blocks
	if err != nil {
		t.Fatal(err)
	}
	t.Run("bzip2 is read by its first bytes, whatever the name", func(t *testing.T) {
		got, _, _, err := collectAll(t, newCollector(t, newFile(t, string(packed))), "")
		if err != nil || len(got) != 1000 {
			t.Errorf("got %d mails, %v", len(got), err)
		}
	})
	damaged := bytes.Clone(packed)
	copy(damaged[len(damaged)*3/4:], "damaged here")
	for _, c := range []struct{ name, text, says string }{
		{"a bzip2 file that is cut off", string(packed[:len(packed)*3/4]), "is cut off"},
		{"a bzip2 file that is damaged", string(damaged), "is damaged"},
		{"a gzip file that is cut off", gz(mails(0, 1000))[:9000], "is cut off"},
	} {
		t.Run(c.name+" gives what stands before, says so, and goes on when it was copied again", func(t *testing.T) {
			path := newFile(t, c.text)
			got, _, next, err := collectAll(t, newCollector(t, path), "")
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "copy the file again") || len(got) == 0 || len(got) > 999 {
				t.Fatalf("got %d mails, %v", len(got), err)
			}
			write(t, path, map[bool]string{true: gz(mails(0, 1000)), false: string(packed)}[strings.Contains(c.name, "gzip")])
			rest, edited, _, err := collectAll(t, newCollector(t, path), next)
			if err != nil || len(got)+len(rest) != 1000 || edited != 0 {
				t.Errorf("then %d mails, %d edited, %v", len(rest), edited, err)
			}
		})
	}
	t.Run("a bomb is refused", func(t *testing.T) {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		z.Write([]byte(mail(1)))
		zeros := make([]byte, 1<<20)
		for range 128 {
			z.Write(zeros)
		}
		z.Close()
		got, _, _, err := collectAll(t, newCollector(t, newFile(t, b.String())), "")
		if !errors.Is(err, errBomb) || len(got) > 1 {
			t.Errorf("got %d mails, %v", len(got), err)
		}
	})
}

func TestKind(t *testing.T) {
	k := Kind()
	t.Run("takes what begins like an mbox for import, and no folder", func(t *testing.T) {
		settings, ok := k.Archive("a.mbox", []byte(mail(1)))
		if !ok || settings.(*Settings).Validate() != nil {
			t.Errorf("got %v, %v", settings, ok)
		}
		for _, head := range [][]byte{nil, []byte("Subject: x\n"), []byte("{")} {
			if _, ok := k.Archive("a", head); ok {
				t.Errorf("takes %q", head)
			}
		}
	})
	t.Run("says which setting is wrong", func(t *testing.T) {
		errs := (&Settings{Path: " ", Format: "maildir"}).Validate()
		if len(errs) != 2 || !strings.HasPrefix(errs[0].Error(), "path: ") || !strings.HasPrefix(errs[1].Error(), "format: ") {
			t.Errorf("got %v", errs)
		}
		if _, err := k.New(&Settings{}, collectors.Deps{}); err == nil {
			t.Error("New takes empty settings")
		}
	})
	t.Run("reads paths relative to the configuration", func(t *testing.T) {
		path := newFile(t, mail(1))
		c, err := k.New(&Settings{Path: filepath.Base(path), Format: "auto"}, collectors.Deps{BaseDir: filepath.Dir(path)})
		if err != nil {
			t.Fatal(err)
		}
		if f := c.(collectors.Checker).Check(t.Context()); len(f) != 1 || !f[0].OK {
			t.Errorf("check says %+v", f)
		}
	})
}
