package sqlstore_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
)

const (
	keyOne = "the first of two keys, 32 bytes."
	keyTwo = "and the second one, as long.    "
)

func openWith(t *testing.T, dsn, key string) *sqlstore.DB {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), dsn, domain.NewKeys([]byte(key)), patient())
	check(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// askedBy saves a question of somebody, sent by a form.
func askedBy(t *testing.T, db *sqlstore.DB, id, who string) {
	t.Helper()
	keys := db.Keys()
	item := keys.Item(id)
	at := time.Date(2018, 11, 1, 0, 0, 0, 0, time.UTC)
	b := store.Batch{Session: "panel", Source: "form", Still: true, Now: at, Items: []store.Item{{
		ID: item, ExternalID: "ask/" + keys.Asker(who) + "/" + id, Content: keys.Content([]byte(id)), Published: at, Outcome: store.Kept, Expires: at.AddDate(1, 0, 0),
		Questions: []store.Question{{Question: domain.Question{ID: domain.QuestionID(item, 1), Session: "panel", Item: item, Text: "Who pays for " + id + "?",
			Language: "en", Kind: domain.Panel, Why: "mark", Asker: keys.Asker(who), Published: at, Collected: at, Source: "form", TLP: domain.Clear, Fingerprint: keys.Fingerprint(id)}}},
	}}}
	_, err := db.SaveBatch(t.Context(), b, sameText{})
	check(t, err)
}

func askers(t *testing.T, db *sqlstore.DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	page, err := db.Questions(t.Context(), store.Query{Session: "panel", Audience: domain.AmberStrict})
	check(t, err)
	for _, q := range page.Questions {
		all[q.ID] = q.Asker
	}
	return all
}

func TestARotatedKeyKnowsEverybodyAgain(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := newDSN(t)
			db := openWith(t, dsn, keyOne)
			askedBy(t, db, "a", "rosa@people.example")
			askedBy(t, db, "b", "otto@people.example")
			_, err := db.SaveEdition(t.Context(), store.Edition{Session: "panel", Name: "panelists", Audience: domain.Clear, Created: time.Now(), Recipients: []string{db.Keys().Recipient("rosa@people.example")}})
			check(t, err)
			record(t, db, 1)
			item := db.Keys().Item("a")
			sealed := store.SealContact(db.Keys(), "panel", item, "rosa@people.example")
			_, err = sqlstore.Writer(db).ExecContext(t.Context(), fmt.Sprintf(
				"INSERT INTO contacts (session_id, item_id, source, collected, expires, sealed) VALUES ('panel', '%s', 'form', 0, 9000000000000000, cast('x' AS %s))",
				item, map[string]string{"SQLite": "blob", "PostgreSQL": "bytea"}[name]))
			check(t, err)
			set := map[string]string{"SQLite": "?", "PostgreSQL": "$1"}[name]
			_, err = sqlstore.Writer(db).ExecContext(t.Context(), "UPDATE contacts SET sealed = "+set, sealed)
			check(t, err)
			before := askers(t, db)
			stale := openWith(t, dsn, keyOne) // askahead run

			both := domain.NewKeys([]byte(keyOne + keyTwo))
			ahead := openWith(t, dsn, keyOne+keyTwo) // the key file is there, and it was stopped then
			if ahead.Keys().Generation() != 1 {
				t.Fatal("a database that was not carried is at the newer key")
			}
			askedBy(t, ahead, "c", "rosa@people.example")
			done, err := ahead.Rotate(t.Context(), both, "operator-1", time.Now())
			check(t, err)
			kept, err := ahead.Contact(t.Context(), "panel", domain.QuestionID(item, 1))
			check(t, err)
			if got, err := ahead.Keys().Open(store.ContactPlace("panel", item), kept.Sealed); err != nil || got != "rosa@people.example" {
				t.Errorf("the contact is %q, %v", got, err)
			}
			if _, err := domain.NewKeys([]byte(keyOne)).Open(store.ContactPlace("panel", item), kept.Sealed); err == nil {
				t.Error("the old key opens the contact")
			}
			if done.From != 1 || done.To != 2 || done.Pseudonyms != 4 || done.Contacts != 1 {
				t.Errorf("it did %+v", done)
			}
			askedBy(t, ahead, "d", "rosa@people.example")
			after := askers(t, ahead)
			for _, id := range []string{"a", "c", "d"} {
				if got := after[domain.QuestionID(both.Item(id), 1)]; got != both.Asker("Rosa@people.example") {
					t.Errorf("who asked %s is %q and not the same person", id, got)
				}
			}
			for id, who := range before {
				if after[id] == who || after[id] == "" {
					t.Errorf("the pseudonym of %s is as before: %q", id, after[id])
				}
			}
			held, err := ahead.Held(t.Context(), "panel", "form", "ask/"+both.Asker("rosa@people.example")+"/", 10)
			check(t, err)
			if len(held) < 3 {
				t.Errorf("of what she asked by a form are found %v", held)
			}
			list, err := ahead.Deliveries(t.Context(), "panel", "panelists", 1)
			check(t, err)
			if len(list) != 1 || list[0].Recipient != both.Recipient("rosa@people.example") {
				t.Errorf("the recipients are %+v", list)
			}
			record(t, ahead, 1)
			if chain, err := ahead.VerifyActs(t.Context()); err != nil || chain.Acts != 3 {
				t.Errorf("the log is %+v, %v", chain, err)
			}

			// Who works on with the old key is told, and writes nothing.
			b := newSource().batch(1)
			_, err = stale.SaveBatch(t.Context(), b, sameText{})
			_, err2 := stale.Record(t.Context(), store.Act{At: time.Now(), Do: "purge"})
			_, err3 := stale.SaveEdition(t.Context(), store.Edition{Session: "panel", Name: "panelists", Created: time.Now()})
			_, err4 := stale.Rotate(t.Context(), both, "operator-1", time.Now())
			for _, err := range []error{err, err2, err3, err4} {
				if !errors.Is(err, store.ErrRotated) {
					t.Errorf("the old key was taken: %v", err)
				}
			}
			again, err := ahead.Rotate(t.Context(), both, "operator-1", time.Now())
			if err != nil || again.Pseudonyms != 0 {
				t.Errorf("the second time it does %+v, %v", again, err)
			}
			for _, wrong := range []string{keyOne, keyTwo, keyTwo + keyOne, keyOne + "some other key of thirty-two byte"[:32]} {
				if _, err := sqlstore.Open(t.Context(), dsn, domain.NewKeys([]byte(wrong)), patient()); !errors.Is(err, store.ErrWrongKey) {
					t.Errorf("another key opens it: %v", err)
				}
			}
		})
	}
}

func TestTheOldKeyAddsNothingToTheLog(t *testing.T) {
	dsn := newSQLite(t)
	db := openWith(t, dsn, keyOne)
	record(t, db, 2)
	_, err := db.Rotate(t.Context(), domain.NewKeys([]byte(keyOne+keyTwo)), "operator-1", time.Now())
	check(t, err)
	// The thief of the old key sets the database back to it, adds an act, and puts the newer key back.
	set := func(keys domain.Keys) {
		_, err := sqlstore.Writer(db).ExecContext(t.Context(), "UPDATE askahead_meta SET value = ? WHERE name = 'key'", keys.Check())
		check(t, err)
	}
	set(domain.NewKeys([]byte(keyOne)))
	thief := openWith(t, dsn, keyOne)
	record(t, thief, 1)
	set(domain.NewKeys([]byte(keyOne + keyTwo)))
	_, err = db.VerifyActs(t.Context())
	if broken, ok := errors.AsType[*store.BrokenChain](err); !ok || broken.At != 4 {
		t.Errorf("the log is %v", err)
	}
}

func TestABackupFromBeforeARotationIsCarriedOn(t *testing.T) {
	for name, newDSN := range databases() {
		t.Run(name, func(t *testing.T) {
			dsn := newDSN(t)
			db := openWith(t, dsn, keyOne)
			askedBy(t, db, "a", "rosa@people.example")
			both := domain.NewKeys([]byte(keyOne + keyTwo))
			old, newer := filepath.Join(t.TempDir(), "old.db"), filepath.Join(t.TempDir(), "newer.db")
			now := time.Date(2018, 11, 2, 0, 0, 0, 0, time.UTC)
			_, err := sqlstore.Backup(t.Context(), dsn, old, domain.NewKeys([]byte(keyOne)), sqlstore.BackupOptions{Options: patient(), Now: now})
			check(t, err)
			_, err = db.Rotate(t.Context(), both, "operator-1", now)
			check(t, err)
			want := askers(t, db)
			_, err = sqlstore.Backup(t.Context(), dsn, newer, both, sqlstore.BackupOptions{Options: patient(), Now: now})
			check(t, err)
			for _, file := range []string{old, newer} {
				into := newDSN(t)
				_, err := sqlstore.Restore(t.Context(), into, file, both, sqlstore.RestoreOptions{Options: patient(), Now: now})
				check(t, err)
				restored := openWith(t, into, keyOne+keyTwo)
				_, err = restored.Rotate(t.Context(), both, "operator-1", now)
				check(t, err)
				if d := cmp.Diff(want, askers(t, restored)); d != "" {
					t.Errorf("%s (-want +got):\n%s", filepath.Base(file), d)
				}
			}
			_, err = sqlstore.Restore(t.Context(), newDSN(t), newer, domain.NewKeys([]byte(keyOne)), sqlstore.RestoreOptions{Options: patient(), Now: now})
			if !errors.Is(err, store.ErrWrongKey) {
				t.Errorf("the old key alone opens a newer backup: %v", err)
			}
		})
	}
}

func TestSealsAndPseudonyms(t *testing.T) {
	one, both := domain.NewKeys([]byte(keyOne)), domain.NewKeys([]byte(keyOne+keyTwo))
	t.Run("what is sealed opens with its key, in its place, and not otherwise", func(t *testing.T) {
		for _, text := range []string{"", "rosa@people.example", strings.Repeat("x", 500)} {
			sealed := one.Seal("panel/1", text)
			if got, err := both.Open("panel/1", sealed); err != nil || got != text {
				t.Errorf("it opens as %q, %v", got, err)
			}
			if strings.Contains(string(sealed), "people") || len(sealed) != len(one.Seal("panel/1", text+"y")) && len(text)%64 != 59 {
				t.Error("it shows itself")
			}
			if _, err := one.Open("panel/2", sealed); !errors.Is(err, domain.ErrSeal) {
				t.Error("it opens in another place")
			}
			if _, err := domain.NewKeys([]byte(keyTwo)).Open("panel/1", sealed); !errors.Is(err, domain.ErrSeal) {
				t.Error("it opens with another key")
			}
			sealed[len(sealed)-1] ^= 1
			if _, err := one.Open("panel/1", sealed); !errors.Is(err, domain.ErrSeal) {
				t.Error("it opens though it was changed")
			}
		}
		if _, err := one.Open("x", []byte("short")); !errors.Is(err, domain.ErrSeal) {
			t.Error(err)
		}
		if _, err := one.Open("panel/1", both.Seal("panel/1", "x")); !errors.Is(err, domain.ErrSeal) {
			t.Error("the old key opens what the new one sealed")
		}
		first, again, elsewhere := one.Seal("a", "x"), one.Seal("a", "x"), one.Seal("b", "x")
		if string(first) == string(elsewhere) || string(first) != string(again) {
			t.Error("the same in another place is the same, or the same is not the same")
		}
	})
	t.Run("one person however the address is written", func(t *testing.T) {
		for _, same := range [][]string{
			{"rosa@people.example", " Rosa@PEOPLE.example\n"},
			{"rosa@münchen.example", "ROSA@xn--mnchen-3ya.example", "rosa@mu\u0308nchen.example"},
			{"did:plc:ABC", "did:plc:abc"},
		} {
			for _, s := range same {
				if one.Asker(s) != one.Asker(same[0]) {
					t.Errorf("%q is not %q", s, same[0])
				}
			}
		}
		for _, others := range []string{"ro.sa@people.example", "rosa+list@people.example", "rosa@other.example", "@people.example"} {
			if one.Asker(others) == one.Asker("rosa@people.example") {
				t.Errorf("%q is taken for somebody else", others)
			}
		}
	})
	t.Run("ids outlast a rotation, pseudonyms follow from it", func(t *testing.T) {
		if one.Item("x") != both.Item("x") || one.Content([]byte("x")) != both.Content([]byte("x")) || one.Fingerprint("x") != both.Fingerprint("x") {
			t.Error("an id has changed")
		}
		if both.Asker("x") == one.Asker("x") || both.Asker("x") != both.Carry(one.Asker("x"), 1) {
			t.Error("a pseudonym does not follow")
		}
	})
}
