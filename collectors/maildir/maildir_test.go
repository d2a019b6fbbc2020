package maildir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// newMaildir makes an empty Maildir.
func newMaildir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	makeDirs(t, dir)
	return dir
}

func makeDirs(t *testing.T, dir string) {
	t.Helper()
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// put writes a mail to a file, by its path in dir.
func put(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		text := "From: Alice <alice@ngo.example>\nSubject: " + filepath.Base(name) + "\n\nWho reads the reports?\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func move(t *testing.T, dir, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func newCollector(t *testing.T, dir string, folders ...string) *Collector {
	t.Helper()
	c, err := New(Settings{Path: dir, Folders: folders}, collectors.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// name is the unique part of the n-th mail.
func name(n int) string { return fmt.Sprintf("%d.M%dP7.host", 1772445600+n/3, n) }

func names(from, to int) []string {
	var all []string
	for n := from; n < to; n++ {
		all = append(all, name(n))
	}
	return all
}

// fill puts mails into new and cur, with and without flags.
func fill(t *testing.T, dir string, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		put(t, dir, []string{"new/" + name(n), "cur/" + name(n) + ":2,", "cur/" + name(n) + ":2,RS", "cur/" + name(n) + "!2,S"}[n%4])
	}
}

func TestConformance(t *testing.T) {
	dir := newMaildir(t)
	fill(t, dir, 0, 1100)
	if err := os.WriteFile(filepath.Join(dir, "cur", "1.empty.host:2,S"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Neither mails nor anything to stumble over:
	put(t, dir, "cur/1772445600.draft.host:2,DS", "cur/1772445600.trash.host:2,ST", "tmp/1772445600.half.host", "cur/.hidden", "cur.bak")
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "cur", "1.link.host:2,S")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "new", "1.pipe.host"), 0o600); err != nil {
		t.Fatal(err)
	}
	collectortest.Run(t, collectortest.Fixture{
		New:    func(t *testing.T) collectors.Collector { return newCollector(t, dir) },
		Want:   names(0, 1100),
		Broken: []string{"1.empty.host"},
		Empty:  func(t *testing.T) collectors.Collector { return newCollector(t, newMaildir(t)) },
		Failing: func(t *testing.T) collectors.Collector {
			return newCollector(t, filepath.Join(dir, "nowhere"))
		},
		Is: collectors.ErrSettings,
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			return newCollector(t, dir), collectortest.Fetched{Items: []string{name(7), name(900), name(1099)},
				Broken: []string{"1.empty.host"}, Gone: []string{"1772445600.trash.host", "1.never.host", "", "\x00/\xff"}}
		},
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			dir := newMaildir(t)
			fill(t, dir, 0, 1100)
			remove(t, dir, "new/"+name(4))
			move(t, dir, "cur/"+name(5)+":2,", "cur/"+name(5)+":2,ST")
			move(t, dir, "cur/"+name(6)+":2,RS", "cur/"+name(6)+":2,FRS")
			for n := 8; n < 1100; n += 4 {
				remove(t, dir, "new/"+name(n))
			}
			gone := []string{name(4), name(5)}
			for n := 8; n < 1100; n += 4 {
				gone = append(gone, name(n))
			}
			return newCollector(t, dir), nil, gone
		},
		Grow: func(t *testing.T) []string {
			fill(t, dir, 1100, 1150)
			return names(1100, 1150)
		},
	})
}

// collect gives the ids of what is behind since, and the last cursor.
func collect(t *testing.T, c *Collector, since collectors.Cursor) ([]string, collectors.Cursor) {
	t.Helper()
	ids, next := []string{}, since
	for b, err := range c.Collect(t.Context(), since) {
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range b.Items {
			ids = append(ids, item.ExternalID)
		}
		next = b.Next
	}
	return ids, next
}

func TestChangesBetweenRuns(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   []string
	}{
		{"a mail that was read is not new", func(t *testing.T, dir string) { move(t, dir, "new/"+name(0), "cur/"+name(0)+":2,S") }, nil},
		{"a mail with an old name is", func(t *testing.T, dir string) { put(t, dir, "cur/1000000000.M1P1.other:2,S") }, []string{"1000000000.M1P1.other"}},
		{"a name without a time is", func(t *testing.T, dir string) { put(t, dir, "cur/report:2,S") }, []string{"report"}},
		{"a deleted mail brings nothing", func(t *testing.T, dir string) { remove(t, dir, "new/"+name(0)) }, nil},
		{"a mail put into the trash brings nothing", func(t *testing.T, dir string) { move(t, dir, "new/"+name(0), "cur/"+name(0)+":2,T") }, nil},
		{"old and new names come in order", func(t *testing.T, dir string) { put(t, dir, "new/"+name(400), "new/1000000000.M1P1.other") },
			[]string{"1000000000.M1P1.other", name(400)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := newMaildir(t)
			fill(t, dir, 0, 300)
			_, since := collect(t, newCollector(t, dir), "")
			c.change(t, dir)
			got, next := collect(t, newCollector(t, dir), since)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if again, _ := collect(t, newCollector(t, dir), next); len(again) != 0 {
				t.Errorf("the run after it gives %q", again)
			}
		})
	}
	t.Run("the cursor stays small", func(t *testing.T) {
		dir := newMaildir(t)
		fill(t, dir, 0, 2000)
		if _, next := collect(t, newCollector(t, dir), ""); len(next) > 2000 {
			t.Errorf("it has %d bytes", len(next))
		}
	})
}

func TestVanishingMails(t *testing.T) {
	dir := newMaildir(t)
	put(t, dir, "new/"+name(1), "new/"+name(2), "new/"+name(3))
	c := newCollector(t, dir)
	entries, err := c.list(t.Context())
	if err != nil || len(entries) != 3 {
		t.Fatal(len(entries), err)
	}
	remove(t, dir, "new/"+name(1))
	move(t, dir, "new/"+name(2), "cur/"+name(2)+":2,S")
	var page collectors.Page
	var there []bool
	for _, e := range entries {
		ok, err := c.take(&page, e)
		if err != nil {
			t.Fatal(err)
		}
		there = append(there, ok)
	}
	t.Run("are no error, and a renamed one is found again", func(t *testing.T) {
		if !slices.Equal(there, []bool{false, true, true}) || len(page.Items) != 2 || page.Items[0].ExternalID != name(2) {
			t.Errorf("got %v and %d items", there, len(page.Items))
		}
	})
}

func TestFolders(t *testing.T) {
	dir := newMaildir(t)
	put(t, dir, "new/1.inbox")
	for _, f := range []string{".Lists", ".Lists.ietf", "work/panel", "not-a-maildir"} {
		if f == "not-a-maildir" {
			if err := os.Mkdir(filepath.Join(dir, f), 0o700); err != nil {
				t.Fatal(err)
			}
			continue
		}
		makeDirs(t, filepath.Join(dir, f))
		put(t, filepath.Join(dir, f), "new/1."+filepath.Base(f))
	}
	put(t, dir, ".Lists/cur/1.inbox:2,S") // the same mail, copied
	for _, c := range []struct {
		name    string
		folders []string
		want    []string
	}{
		{"without a setting the Maildir itself", nil, []string{"1.inbox"}},
		{"one of Maildir++", []string{".Lists.ietf"}, []string{"1..Lists.ietf"}},
		{"several, a mail in two of them once", []string{".", ".Lists"}, []string{"1..Lists", "1.inbox"}},
		{"all", []string{"**"}, []string{"1..Lists", "1..Lists.ietf", "1.inbox", "1.panel"}},
		{"all and one of them again", []string{"**", "."}, []string{"1..Lists", "1..Lists.ietf", "1.inbox", "1.panel"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := collect(t, newCollector(t, dir, c.folders...), ""); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	put(t, dir, "archive.mbox")
	for _, c := range []struct {
		path, folder, says string
	}{
		{dir, "nowhere", "there is no folder"},
		{dir, "not-a-maildir", `write ` + "`folders: [\"**\"]`"},
		{filepath.Join(dir, "archive.mbox"), ".", "use the kind mbox"},
		{filepath.Join(dir, "not-a-maildir"), "**", "has neither cur nor new"},
	} {
		t.Run("refuses what is none: "+c.says, func(t *testing.T) {
			f := newCollector(t, c.path, c.folder).Check(t.Context())
			if len(f) != 1 || f[0].OK || !strings.Contains(f[0].Hint, c.says) {
				t.Errorf("check says %+v", f)
			}
			for range newCollector(t, c.path, c.folder).Sweep(t.Context(), []string{"1.inbox"}) {
				break
			}
			for b, err := range newCollector(t, c.path, c.folder).Sweep(t.Context(), []string{"1.inbox"}) {
				if !errors.Is(err, collectors.ErrSettings) || len(b.Gone) > 0 {
					t.Errorf("a sweep gives %q, %v: it must not take everything for deleted", b.Gone, err)
				}
			}
		})
	}
}

func TestSplit(t *testing.T) {
	for in, want := range map[string][2]string{
		"1.M1P1.host:2,FS":         {"1.M1P1.host", "FS"},
		"1.M1P1.host,S=1,W=2:2,":   {"1.M1P1.host,S=1,W=2", ""},
		"1.M1P1.host!2,S":          {"1.M1P1.host", "S"},
		"1.M1P1.host;2,T":          {"1.M1P1.host", "T"},
		"1.M1P1.host:1,experiment": {"1.M1P1.host", ""},
		"1.M1P1.host":              {"1.M1P1.host", ""},
		":2,S":                     {"", "S"},
	} {
		if unique, flags := split(in); unique != want[0] || flags != want[1] {
			t.Errorf("split(%q) = %q, %q", in, unique, flags)
		}
	}
}

func TestTooLargeMail(t *testing.T) {
	dir := newMaildir(t)
	if err := os.WriteFile(filepath.Join(dir, "new", "1.big"), make([]byte, collectors.MaxRaw+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "new", "1.big"), collectors.MaxRaw*2); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "new", "1.big"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("Subject: big\n\n")
	f.Close()
	for b, err := range newCollector(t, dir).Collect(t.Context(), "") {
		if err != nil || len(b.Broken) != 1 || b.Broken[0].ID != "1.big" || len(b.Broken[0].Raw) != collectors.MaxRaw {
			t.Errorf("got %d broken, %v", len(b.Broken), err)
		}
	}
}

func TestKind(t *testing.T) {
	k := Kind()
	t.Run("takes Maildirs for import", func(t *testing.T) {
		if _, ok := k.Archive(newMaildir(t), nil); !ok {
			t.Error("refuses a Maildir")
		}
		if _, ok := k.Archive(t.TempDir(), nil); ok {
			t.Error("takes any folder")
		}
		if _, ok := k.Archive(newMaildir(t), []byte("From ")); ok {
			t.Error("takes a file")
		}
	})
	t.Run("says which setting is wrong", func(t *testing.T) {
		errs := (&Settings{Folders: []string{"../other", "/etc", "**", ".Lists"}}).Validate()
		if len(errs) != 3 || !strings.HasPrefix(errs[0].Error(), "path: ") || !strings.HasPrefix(errs[1].Error(), "folders: entry 1") {
			t.Errorf("got %v", errs)
		}
		if _, err := k.New(&Settings{}, collectors.Deps{}); err == nil {
			t.Error("New takes empty settings")
		}
	})
}
