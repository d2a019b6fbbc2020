package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestNearest(t *testing.T) {
	known := []string{"retention", "schedule", "tlp", "take", "name", "public_url"}
	tests := []struct{ name, word, want string }{
		{"a letter is missing", "retenton", "retention"},
		{"two letters are swapped", "shcedule", "schedule"},
		{"another case", "TLP", "tlp"},
		{"a hyphen for an underscore", "public-url", "public_url"},
		{"something else", "password", ""},
		{"nothing", "", ""},
		{"a word longer than any name", string(make([]byte, 1000)), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := nearest(tt.word, known); got != tt.want {
				t.Errorf("nearest(%q) = %q, want %q", tt.word, got, tt.want)
			}
		})
	}
}

func TestParseDuration(t *testing.T) {
	const day = 24 * time.Hour
	tests := []struct {
		text string
		want time.Duration // 0: refused
	}{
		{"90d", 90 * day}, {"2w", 14 * day}, {"12h", 12 * time.Hour}, {"1h30m", 90 * time.Minute}, {"1w1d", 8 * day}, {"45s", 45 * time.Second},
		{"", 0}, {"d", 0}, {"90", 0}, {"-3d", 0}, {"1.5h", 0}, {"1d1w", 0}, {"5d5d", 0}, {"3 days", 0}, {"9999999999d", 0}, {"999999999w", 0}, {"1y", 0},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := parseDuration(tt.text)
			if got != tt.want || (err == nil) != (tt.want > 0) {
				t.Errorf("parseDuration(%q) = %v, %v; want %v", tt.text, got, err, tt.want)
			}
		})
	}
}

// TestWriteNewReplacesNothing also on file systems without hard links.
func TestWriteNewReplacesNothing(t *testing.T) {
	for name, write := range map[string]func(path, text string) error{"with links": WriteNew, "without links": writeLinkless} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := write(path, "first"); err != nil {
				t.Fatal(err)
			}
			if err := write(path, "second"); !errors.Is(err, fs.ErrExist) {
				t.Errorf("the second write gives %v", err)
			}
			raw, err := os.ReadFile(path)
			info, statErr := os.Stat(path)
			if err != nil || statErr != nil || string(raw) != "first" || info.Mode().Perm() != 0o600 {
				t.Errorf("the file holds %q with the mode %v", raw, info.Mode())
			}
			if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); err != nil || len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
