package digest

import (
	"os/exec"
	"strings"
	"testing"
)

// TestANewOutputCannotGoAroundTheGate compiles outputs that somebody may come to write. The one that takes an edition
// works; those that take stored questions, or make by themselves what only the gate and Build can make, are no Go.
func TestANewOutputCannotGoAroundTheGate(t *testing.T) {
	for _, c := range []struct{ folder, fails string }{
		{"gated", ""},
		{"question", "cannot use questions"},
		{"gate", "unknown field views|cannot refer to unexported field views"},
		{"edition", "unknown field paper|cannot refer to unexported field paper"},
	} {
		t.Run(c.folder, func(t *testing.T) {
			out, err := exec.CommandContext(t.Context(), "go", "build", "-o", "/dev/null", "./testdata/outputs/"+c.folder).CombinedOutput()
			switch {
			case c.fails == "" && err != nil:
				t.Errorf("what goes through the gate does not compile:\n%s", out)
			case c.fails != "" && err == nil:
				t.Error("it compiles: stored questions can be shown without the gate")
			case c.fails != "" && !says(string(out), strings.Split(c.fails, "|")):
				t.Errorf("it fails for another reason:\n%s", out)
			}
		})
	}
}

func says(out string, any []string) bool {
	for _, s := range any {
		if strings.Contains(out, s) {
			return true
		}
	}
	return false
}
