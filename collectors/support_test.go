package collectors

import "testing"

func TestApproving(t *testing.T) {
	for _, emoji := range []string{"👍", "❤️", "❤", "💯", "✅", "👍🏽", "🙋🏿\u200d♀️", "❤️\u200d🔥", "+1", "+1::skin-tone-4", ":raised_hands:", "UpVote", "plus1"} {
		if n := Approving(emoji, 7); n != 7 {
			t.Errorf("%s: %d of 7 people approve", emoji, n)
		}
	}
	for what, emojis := range map[string][]string{
		"a refusal":                    {"👎", "❌", "🚫", "-1", ":thumbsdown:", "x", "👎🏽", "🙅🏿\u200d♀️", "💔"},
		"a face":                       {"😂", "🤔", "😢", "joy"},
		"what is known here to nobody": {"", ":", "::", "blobcat", "dislike", "disagree", "👍👎", "\ufe0f", "\u200d"},
	} {
		for _, emoji := range emojis {
			if n := Approving(emoji, 7); n != 0 {
				t.Errorf("%s, %q: %d of 7 people approve", what, emoji, n)
			}
		}
	}
	if n := Approving("👍", -3); n != 0 {
		t.Errorf("%d of less than nobody approve", n)
	}
}
