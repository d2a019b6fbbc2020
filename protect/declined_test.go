package protect

import "testing"

func TestLooksDeclined(t *testing.T) {
	tests := []struct {
		name, raw string
		want      bool
	}{
		{"X-No-Archive", "From: a@b.example\r\nX-No-Archive: yes\r\n\r\nx", true},
		{"X-No-Archive in small letters, without a value", "x-no-archive:\n\nx", true},
		{"X-Archive: no", "X-Archive: No\n\nx", true},
		{"X-Archive with another value", "X-Archive: yes\n\nx", false},
		{"the words in the body", "From: a@b.example\n\nX-No-Archive: yes\n", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := LooksDeclined([]byte(tt.raw)); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}
