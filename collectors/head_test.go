package collectors

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHead(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte("From here on"))
	w.Close()

	tests := []struct {
		name, path string
		want       string
		wrong      string
	}{
		{"a plain file", write("plain", []byte("From here on")), "From here on", ""},
		{"an empty file is not a folder", write("empty", nil), "", ""},
		{"a packed file, whatever its name says", write("packed.txt", packed.Bytes()), "From here on", ""},
		{"a file that is cut off in its header", write("cut.gz", packed.Bytes()[:5]), "", "damaged"},
		{"a bzip2 file that is cut off", write("cut.bz2", []byte("BZh91AY&SY")), "", "cut off"},
		{"a missing file", filepath.Join(dir, "nowhere"), "", "no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			head, err := Head(tt.path)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Fatalf("error %v, want one with %q", err, tt.wrong)
				}
				return
			}
			if err != nil || head == nil || string(head) != tt.want {
				t.Errorf("%q, %v, want %q", head, err, tt.want)
			}
		})
	}
	t.Run("a folder has none", func(t *testing.T) {
		if head, err := Head(dir); head != nil || err != nil {
			t.Errorf("%q, %v", head, err)
		}
	})
}
