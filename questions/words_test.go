package questions

import (
	"testing"
	"unicode"
)

func TestCyrillicLettersFoldAsUnicodeSays(t *testing.T) {
	for r := rune(0x380); r < 0x500; r++ {
		got, ok := cyrillic([]byte(string(r)))
		if want := r >= 0x400 && r < 0x460; ok != want {
			t.Errorf("%U is a letter: %v, want %v", r, ok, want)
		}
		if ok && got != unicode.ToLower(r) {
			t.Errorf("small form of %U is %U, want %U", r, got, unicode.ToLower(r))
		}
	}
}
