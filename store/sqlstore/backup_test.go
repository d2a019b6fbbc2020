package sqlstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

// backupTime is when the tests back up and restore: before anything in the fixtures has outlived its time.
func backupTime() time.Time { return time.Date(2018, 10, 10, 9, 0, 0, 0, time.UTC) }

func backupOptions() sqlstore.BackupOptions {
	return sqlstore.BackupOptions{Options: patient(), Now: backupTime()}
}

func restoreOptions() sqlstore.RestoreOptions {
	return sqlstore.RestoreOptions{Options: patient(), Now: backupTime()}
}

// filled makes an empty database into one that has rows in every table, and hundreds in most.
func filled(t *testing.T, dsn string) string {
	t.Helper()
	load(t, dsn, latest(t))
	db := openPatient(t, dsn)
	s := newSource()
	for range 3 {
		_, err := db.SaveBatch(t.Context(), s.batch(300), sameText{})
		check(t, err)
	}
	check(t, db.Close())
	return dsn
}

func backUp(t *testing.T, dsn string) (path string, c sqlstore.Contents) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "back up #1.db")
	c, err := sqlstore.Backup(t.Context(), dsn, path, benchKeys(), backupOptions())
	check(t, err)
	return path, c
}

func restore(t *testing.T, dsn, path string, opts sqlstore.RestoreOptions) sqlstore.Restored {
	t.Helper()
	done, err := sqlstore.Restore(t.Context(), dsn, path, benchKeys(), opts)
	check(t, err)
	return done
}

// tallyOfFile reads a backup by way of a copy: to open it as a store would change it.
func tallyOfFile(t *testing.T, path string) map[string]string {
	t.Helper()
	whole, err := os.ReadFile(path)
	check(t, err)
	dup := filepath.Join(t.TempDir(), "copy.db")
	check(t, os.WriteFile(dup, whole, 0o600))
	return tally(t, "sqlite:"+dup, latest(t))
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestABackupHoldsWhatTheDatabaseHolds(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := filled(t, newDSN(t))
			var told [][2]int64
			opts := backupOptions()
			opts.Report = func(done, total int64) { told = append(told, [2]int64{done, total}) }
			path := filepath.Join(t.TempDir(), "b.db")
			c, err := sqlstore.Backup(t.Context(), dsn, path, benchKeys(), opts)
			check(t, err)
			if d := cmp.Diff(tally(t, dsn, latest(t)), tallyOfFile(t, path)); d != "" {
				t.Errorf("-database +backup:\n%s", d)
			}
			info, err := os.Stat(path)
			check(t, err)
			if info.Mode().Perm() != 0o600 {
				t.Errorf("its mode is %v", info.Mode())
			}
			if c.Sessions != 2 || c.Questions < 500 || c.Editions != 2 || c.Size != info.Size() || c.Schema != latest(t) || !c.Sealed ||
				!c.Made.Equal(backupTime()) || c.Rows["leases"] != 2 {
				t.Errorf("it is said to hold %+v", c)
			}
			if again, err := sqlstore.Inspect(t.Context(), path, benchKeys()); err != nil || cmp.Diff(c, again) != "" {
				t.Errorf("opened again it holds %+v, %v", again, err)
			}
			if last := told[len(told)-1]; last[0] != last[1] {
				t.Errorf("the last report is %v", last)
			}
			if d := cmp.Diff([]string{"b.db"}, names(t, filepath.Dir(path))); d != "" {
				t.Errorf("files (-want +got):\n%s", d)
			}
		})
	}
}

func TestABackupIsOfOneMomentWhileOthersWrite(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := newDSN(t)
			db, err := sqlstore.Open(t.Context(), dsn, benchKeys(), sqlstore.Options{})
			check(t, err)
			defer db.Close()
			s := newSource()
			ctx, stop := context.WithCancel(t.Context())
			begun, ended := make(chan struct{}), make(chan error, 1)
			go func() {
				for n := 0; ; n++ {
					if _, err := db.SaveBatch(ctx, s.batch(50), sameText{}); err != nil {
						ended <- err
						return
					}
					if n == 2 {
						close(begun)
					}
				}
			}()
			<-begun
			for range 3 {
				path, c := backUp(t, dsn)
				check(t, os.Rename(path, path+".db"))
				backup := openPatient(t, "sqlite:"+path+".db")
				p, err := backup.Progress(t.Context(), "igf2018-ws164", "civil-society-list")
				check(t, err)
				if fmt.Sprint(p.Items) != p.Cursor || c.Rows["items"] != p.Items {
					t.Errorf("the cursor is %s, and %d items are there", p.Cursor, p.Items)
				}
			}
			stop()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("meanwhile, saving failed: %v", err)
			}
		})
	}
}

func TestABackupIsMadeOfADatabaseOfAnEarlierSchemaAsItIs(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := load(t, newDSN(t), 1)
			path, c := backUp(t, dsn)
			if c.Schema != 1 || c.Version != "0.1.0" {
				t.Errorf("it has schema %d of askahead %s", c.Schema, c.Version)
			}
			empty := newDSN(t)
			done := restore(t, empty, path, restoreOptions())
			if done.Backup.Schema != 1 || done.Schema != latest(t) {
				t.Errorf("restored from schema %d to %d", done.Backup.Schema, done.Schema)
			}
			if d := cmp.Diff(tally(t, dsn, 1), tally(t, empty, 1)); d != "" {
				t.Errorf("-database +restored:\n%s", d)
			}
			readsAndWrites(t, openPatient(t, empty), 1)
		})
	}
}

func TestABackupReplacesNoFileUnasked(t *testing.T) {
	dsn := filled(t, newSQLite(t))
	path, _ := backUp(t, dsn)
	before, err := os.ReadFile(path)
	check(t, err)
	_, err = sqlstore.Backup(t.Context(), dsn, path, benchKeys(), backupOptions())
	helps(t, err, fs.ErrExist, path)
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("it changed: %v", err)
	}
	db := openPatient(t, dsn)
	_, err = db.SaveEdition(t.Context(), store.Edition{Session: "ws164", Name: "panelists", Audience: domain.Green, Created: backupTime()})
	check(t, err)
	opts := backupOptions()
	opts.Replace = true
	if c, err := sqlstore.Backup(t.Context(), dsn, path, benchKeys(), opts); err != nil || c.Editions != 3 {
		t.Errorf("when asked to: %+v, %v", c, err)
	}
}

func TestABackupThatCannotBeMadeIsExplained(t *testing.T) {
	dsn := filled(t, newSQLite(t))
	database := strings.TrimPrefix(dsn, "sqlite:")
	dir := t.TempDir()
	replacing := backupOptions()
	replacing.Replace = true
	for what, c := range map[string]struct {
		dsn, path string
		keys      domain.Keys
		opts      sqlstore.BackupOptions
		want      string
	}{
		"a folder":                     {dsn, dir, benchKeys(), replacing, "name a file"},
		"a folder that is not there":   {dsn, dir + "/none/b.db", benchKeys(), replacing, "create it"},
		"the database itself":          {dsn, database, benchKeys(), replacing, "name another file"},
		"a database that is not there": {"sqlite:" + dir + "/none.db", dir + "/b.db", benchKeys(), replacing, "there is no database"},
		"another key":                  {dsn, dir + "/b.db", domain.NewKeys([]byte("another key of 32 bytes, for test")), replacing, "the key does not belong"},
	} {
		_, err := sqlstore.Backup(t.Context(), c.dsn, c.path, c.keys, c.opts)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error does not say %q: %v", what, c.want, err)
		}
	}
	if list := names(t, dir); len(list) != 0 {
		t.Errorf("it left %v", list)
	}
	intact(t, database)
}

func TestAFullDiskLeavesNoHalfBackup(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := filled(t, newDSN(t))
			dir := smallDisk(t, "256k")
			path := filepath.Join(dir, "b.db")
			_, err := sqlstore.Backup(t.Context(), dsn, path, benchKeys(), backupOptions())
			helps(t, err, store.ErrFull, path, "free some space")
			if list := names(t, dir); len(list) != 0 {
				t.Errorf("it left %v", list)
			}
		})
	}
}

func TestTwoBackupsToOneFileDoNotMix(t *testing.T) {
	dsn := filled(t, newSQLite(t))
	path := filepath.Join(t.TempDir(), "b.db")
	opts := backupOptions()
	var second error
	opts.Report = func(int64, int64) {
		_, second = sqlstore.Backup(context.Background(), dsn, path, benchKeys(), backupOptions())
	}
	_, err := sqlstore.Backup(t.Context(), dsn, path, benchKeys(), opts)
	check(t, err)
	helps(t, second, store.ErrLocked, path, "wait until it is done")
}

// The processes that are killed write a line whenever they report.
const (
	asBackingUp = "ASKAHEAD_TEST_BACKUP"
	asRestoring = "ASKAHEAD_TEST_RESTORE"
)

func tellReports(done, total int64) { fmt.Println(done, total) }

// backUpAndTell backs up; what names the database and the file.
func backUpAndTell(what string) error {
	dsn, path, _ := strings.Cut(what, "\n")
	opts := backupOptions()
	opts.Replace, opts.Report = true, tellReports
	_, err := sqlstore.Backup(context.Background(), dsn, path, benchKeys(), opts)
	fmt.Println("done")
	return err
}

func restoreAndTell(what string) error {
	dsn, path, _ := strings.Cut(what, "\n")
	opts := restoreOptions()
	opts.Replace, opts.Report = true, tellReports
	_, err := sqlstore.Restore(context.Background(), dsn, path, benchKeys(), opts)
	fmt.Println("done")
	return err
}

// killAt starts a process that does what the variable says, and kills it at its n-th line; false if it was done by then.
func killAt(t *testing.T, variable string, n int) bool {
	t.Helper()
	cmd := again(t, variable)
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for i := 0; i < n && lines.Scan(); i++ {
		if lines.Text() == "done" {
			cmd.Wait()
			return false
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	return !cmd.ProcessState.Exited()
}

func TestABackupThatIsKilledLeavesTheOneBeforeIt(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := filled(t, newDSN(t))
			path, before := backUp(t, dsn)
			db := openPatient(t, dsn)
			_, err := db.SaveEdition(t.Context(), store.Edition{Session: "ws164", Name: "panelists", Audience: domain.Green, Created: backupTime()})
			check(t, err)
			check(t, db.Close())
			killed := 0
			for n := 1; killAt(t, asBackingUp+"="+dsn+"\n"+path, n); n++ {
				killed++
				c, err := sqlstore.Inspect(t.Context(), path, benchKeys())
				if err != nil || c.Editions != before.Editions && c.Editions != before.Editions+1 {
					t.Fatalf("killed at report %d, the file holds %+v, %v", n, c, err)
				}
			}
			if killed < 3 {
				t.Errorf("it was killed %d times only", killed)
			}
			if d := cmp.Diff([]string{"back up #1.db"}, names(t, filepath.Dir(path))); d != "" {
				t.Errorf("files after the one that was not killed (-want +got):\n%s", d)
			}
			if c, err := sqlstore.Inspect(t.Context(), path, benchKeys()); err != nil || c.Editions != before.Editions+1 {
				t.Errorf("it holds %+v, %v", c, err)
			}
		})
	}
}
