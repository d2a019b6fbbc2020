package domain

import "testing"

func TestToText(t *testing.T) {
	// Text: "Hello\n> old\nWhy?"; Own: "Hello Why?" where the space stands for the line's end and the quote.
	a := Authored{Text: "Hello\n> old\nWhy?", Own: "Hello Why?", Map: []Segment{{0, 0, 5}, {6, 12, 4}}}
	tests := []struct {
		name       string
		start, end int
		want       string
	}{
		{"a range inside of one segment", 1, 4, "ell"},
		{"a whole segment does not reach over what follows", 0, 5, "Hello"},
		{"a range that ends in what was replaced stops before it", 0, 6, "Hello"},
		{"a range over what was removed holds it", 3, 8, "lo\n> old\nWh"},
		{"the end of the text", 6, 10, "Why?"},
		{"an empty range", 6, 6, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start, end := a.ToText(tt.start, tt.end)
			if got := a.Text[start:end]; got != tt.want {
				t.Errorf("%d to %d: %q, want %q", start, end, got, tt.want)
			}
		})
	}
}

func TestTLPFor(t *testing.T) {
	levels := []TLP{0, 5, Clear, Green, Amber, AmberStrict, Red, Inside, 99}
	may := map[[2]TLP]bool{
		{Clear, Clear}: true, {Clear, Green}: true, {Clear, Amber}: true, {Clear, AmberStrict}: true,
		{Green, Green}: true, {Green, Amber}: true, {Green, AmberStrict}: true,
		{Amber, Amber}: true, {Amber, AmberStrict}: true, {AmberStrict, AmberStrict}: true,
	}
	for _, label := range levels {
		for _, audience := range levels {
			if got := label.For(audience); got != may[[2]TLP{label, audience}] {
				t.Errorf("%v for an audience of %v: %v", label, audience, got)
			}
		}
	}
}

func TestParseTLP(t *testing.T) {
	for name, want := range map[string]TLP{"clear": Clear, "white": Clear, "green": Green, "amber": Amber, "amber+strict": AmberStrict, "red": Red} {
		if got, ok := ParseTLP(name); !ok || got != want {
			t.Errorf("%s: %v, %v", name, got, ok)
		}
	}
	for _, name := range []string{"", "unlabelled", "purple", "AMBER", "amber strict"} {
		if got, ok := ParseTLP(name); ok {
			t.Errorf("%q is read as %v", name, got)
		}
	}
}

func TestState(t *testing.T) {
	for state, want := range map[State]string{0: "open", 1: "approved", 2: "dismissed", 3: "changed", 7: "state(7)"} { // as they are stored
		if state.String() != want {
			t.Errorf("%d is %s, want %s", int(state), state, want)
		}
	}
}

func TestKeys(t *testing.T) {
	k, other := NewKeys([]byte("one key")), NewKeys([]byte("another key"))
	t.Run("the same name gives the same id", func(t *testing.T) {
		if again := NewKeys([]byte("one key")); k.Item("mid:a@example.org") != again.Item("mid:a@example.org") {
			t.Error("two ids")
		}
	})
	t.Run("another key, another purpose and another name give another id", func(t *testing.T) {
		ids := map[string]bool{}
		for _, id := range []string{k.Item("a"), other.Item("a"), k.Item("b"), k.Asker("a"), k.Fingerprint("a"), k.Content([]byte("a"))} {
			if len(id) != 16 {
				t.Errorf("%q has %d characters", id, len(id))
			}
			ids[id] = true
		}
		if len(ids) != 6 {
			t.Errorf("%d different ids, want 6", len(ids))
		}
	})
	t.Run("an address in capitals is the same asker", func(t *testing.T) {
		if k.Asker("Ada@Example.org ") != k.Asker("ada@example.org") {
			t.Error("two askers")
		}
	})
	t.Run("a repost with other punctuation has the same fingerprint", func(t *testing.T) {
		if k.Fingerprint("Who   decides?!") != k.Fingerprint("“who decides”") {
			t.Error("two fingerprints")
		}
	})
}
