package collectors

import "testing"

func TestAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"askahead: who pays?":         true,
		"  AskAhead , who pays?":      true,
		"askahead，谁付钱？":               true,
		"Who pays, @askahead?":        true,
		"(@AskAhead) who?":            true,
		"@askahead":                   true,
		"askahead who pays?":          false,
		"askahead2: who?":             false,
		"ask@askahead.example":        false,
		"who@askahead and @askahead.": true,
		"@askahead2 who?":             false,
		"@askahead-too who?":          false,
		"Who pays?":                   false,
		"":                            false,
	} {
		if got := Addresses(text, "@askahead"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if Addresses(": who?", "") || Addresses("@ who?", "@") {
		t.Error("nobody is addressed")
	}
}

func FuzzAddresses(f *testing.F) {
	f.Add("ask: who?", "ask")
	f.Add("İ@\xffask", "ASK")
	f.Fuzz(func(t *testing.T, text, name string) { Addresses(text, name) })
}
