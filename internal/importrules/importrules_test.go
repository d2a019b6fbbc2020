package importrules

import (
	"os"
	"testing"
	"testing/fstest"
)

func TestEveryPackageKeepsToItsArrows(t *testing.T) {
	breaches, err := Check(os.DirFS("../.."), Rules())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range breaches {
		t.Error(b)
	}
}

func TestCheckSees(t *testing.T) {
	tests := []struct {
		name, file, text string
		breaches         int
	}{
		{"an arrow against the line", "domain/a.go", `package domain; import "askahead/store"`, 1},
		{"one collector that uses another", "collectors/mbox/a.go", `package mbox; import "askahead/collectors/maildir"`, 1},
		{"a folder that no rule names", "util/a.go", `package util`, 1},
		{"a test that reaches for a part it may not know", "protect/a_test.go", `package protect; import "askahead/store"`, 1},
		{"nothing wrong with the standard library", "domain/a.go", `package domain; import "strings"`, 0},
		{"nothing wrong with an arrow of the line", "topics/a.go", `package topics; import "askahead/domain"`, 0},
		{"nothing wrong with a folder below a pattern", "collectors/builtin/a.go", `package builtin; import "askahead/collectors/mbox"`, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := Check(fstest.MapFS{tt.file: {Data: []byte(tt.text)}}, Rules())
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != tt.breaches {
				t.Errorf("breaches: %v, want %d", found, tt.breaches)
			}
		})
	}
}
