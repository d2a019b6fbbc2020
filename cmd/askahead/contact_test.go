package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const reach = "rosa.beispiel@people.example"

// newAsked is an instance with a source in which one asks for an answer, one does not, and one quotes somebody who does.
func newAsked(t *testing.T, answers string) *ending {
	t.Helper()
	s := newEnding(t)
	s.write(t, "askahead.yaml", `contact: mailto:organiser@example.org
sessions:
  - id: ws164
    title: Aligned or conflicting goals?
    sources:
      - {name: list, mbox: {path: list.mbox}, tlp: clear, answers: `+answers+`, keep: {contacts: 20d}}
`)
	s.write(t, "list.mbox", "From p@a.example Mon Oct  1 10:00:00 2018\nFrom: Rosa Beispiel <"+reach+">\nDate: Mon, 01 Oct 2018 10:00:00 +0000\nMessage-ID: <1@people.example>\n\n"+
		"Who pays for the reports of next year? Please reply to me directly.\n\n"+
		"From p@a.example Mon Oct  1 10:00:00 2018\nFrom: Otto <otto@people.example>\nDate: Mon, 01 Oct 2018 11:00:00 +0000\nMessage-ID: <2@people.example>\n\n"+
		"Which court orders a breach notice?\n\nOn Monday, Rosa wrote:\n> Please reply to me directly.\n\n")
	return s
}

func (s *ending) contactsIn(t *testing.T, text string) bool {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(s.dir, "*.db*"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ToLower(string(b)), strings.ToLower(text)) {
			return true
		}
	}
	return false
}

var listedID = regexp.MustCompile(`[a-z2-9]{16}\.1`)

func TestWhoAsksForAnAnswerIsKeptSealed(t *testing.T) {
	s := newAsked(t, "true")
	s.run(t, 0, "collect")
	list := s.run(t, 0, "questions", "--wants-answer")
	has(t, list, "Who pays for the reports")
	hasNot(t, list, "Which court", "Rosa", "people.example")
	id := listedID.FindString(list)
	shown := s.run(t, 0, "question", id)
	has(t, shown, "wants       an answer: askahead question "+id+" contact, until 2027-03-21")
	hasNot(t, shown, "people.example")
	if s.contactsIn(t, reach) || s.contactsIn(t, "rosa.beispiel") {
		t.Error("the address stands in the database")
	}
	has(t, s.run(t, 0, "question", id, "contact"), id+": "+reach+" (kept until 2027-03-21)")
	has(t, s.run(t, 0, "question", id, "contact", "--by", "organiser-2"), reach)
	s.run(t, 2, "question", id, "contact", "--because", "x")
	log := s.run(t, 0, "audit")
	has(t, log, "operator-1   open contact  ws164  "+id, "organiser-2  open contact")
	hasNot(t, log, "people.example")
	others := strings.ReplaceAll(s.run(t, 0, "questions"), id, "")
	has(t, s.run(t, 1, "question", listedID.FindString(others), "contact"), "no contact is kept for question", "answers: true")

	t.Run("it opens after the key was rotated, and not with the old key", func(t *testing.T) {
		old, err := os.ReadFile(filepath.Join(s.dir, "askahead.key"))
		if err != nil {
			t.Fatal(err)
		}
		has(t, s.run(t, 0, "key", "rotate"), "The key is at generation 2", "1 sealed contact")
		has(t, s.run(t, 0, "question", id, "contact"), reach)
		newer, _ := os.ReadFile(filepath.Join(s.dir, "askahead.key"))
		s.write(t, "askahead.key", string(old))
		has(t, s.run(t, 1, "question", id, "contact"), "the key does not belong to this database")
		s.write(t, "askahead.key", string(newer))
		s.run(t, 0, "collect")
		s.run(t, 0, "audit", "verify")
	})
	t.Run("a rotation that was stopped behind the key file is gone on with", func(t *testing.T) {
		cfg, err := s.a.load()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cfg.AddKey(); err != nil {
			t.Fatal(err)
		}
		has(t, s.run(t, 0, "question", id, "contact"), reach)
		s.run(t, 0, "collect")
		has(t, s.run(t, 0, "check"), "the key has a newer generation")
		has(t, s.run(t, 0, "key", "rotate"), "The key is at generation 3")
	})
	t.Run("it goes before the question does", func(t *testing.T) {
		s.now = s.now.Add(20 * 24 * time.Hour)
		has(t, s.run(t, 0, "purge", "--dry-run"), "list    1       sealed addresses of who asked for an answer")
		s.run(t, 0, "purge")
		has(t, s.run(t, 0, "questions"), "Who pays for the reports")
		hasNot(t, s.run(t, 0, "question", id), "wants")
	})
}

func TestNobodyIsKeptWhereTheSourceDoesNotSaySo(t *testing.T) {
	s := newAsked(t, "false")
	s.run(t, 0, "collect")
	hasNot(t, s.run(t, 0, "questions", "--wants-answer"), "Who pays")
	s = newAsked(t, "true")
	s.run(t, 0, "collect")
	text, err := os.ReadFile(filepath.Join(s.dir, "askahead.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "askahead.yaml", strings.Replace(string(text), "answers: true, keep: {contacts: 20d}", "answers: false", 1))
	s.now = s.now.Add(time.Second)
	has(t, s.run(t, 0, "purge"), "sealed addresses")
}
