package collectors

import "strings"

// Approving is how many of the people who reacted with an emoji did so with approval: all or, where it is not known to
// mean that, none. A refusal counts for nothing, and so do a laugh, a face that doubts, a picture of a server's own. The
// emoji is the sign itself or its name as the source writes it: "👍🏽", "+1", ":thumbsup:", "clap::skin-tone-3".
//
// One person may put several emoji under a message. So the support of it is the most that any one of them has, not the sum.
func Approving(emoji string, people int) int {
	if !approves(emoji) {
		return 0
	}
	return max(people, 0)
}

// approves says whether an emoji means "yes", "this", "me too" or "thanks", whatever the skin and the gender of its hand.
func approves(emoji string) bool {
	name, _, _ := strings.Cut(strings.Trim(strings.ToLower(emoji), ":"), "::")
	switch name {
	case "+1", "thumbsup", "thumbs_up", "thumbup", "plus1", "plusone", "heavy_plus_sign", "plus", "upvote", "arrow_up", "arrow_up_small",
		"point_up", "point_up_2", "white_check_mark", "heavy_check_mark", "ballot_box_with_check", "check", "check_mark", "ok_hand", "ok",
		"heart", "hearts", "yellow_heart", "green_heart", "blue_heart", "purple_heart", "orange_heart", "sparkling_heart",
		"100", "fire", "star", "star2", "dart", "clap", "raised_hands", "pray", "muscle", "raising_hand", "raised_hand", "hand", "handshake",
		"tada", "like", "agree", "agreed", "same", "this", "metoo", "me_too", "yes", "thanks", "thankyou", "thank_you":
		return true
	}
	sign, _, _ := strings.Cut(name, "\u200d") // behind it stands a gender, or what a heart burns with
	switch strings.Map(plain, sign) {
	case "👍", "➕", "⬆", "🔼", "☝", "👆", "✅", "✔", "☑", "👌", "🆗", "❤", "♥", "🧡", "💛", "💚", "💙", "💜", "🤎", "🖤", "🤍", "💖", "🫶",
		"💯", "🔥", "⭐", "🌟", "🎯", "👏", "🙌", "🙏", "💪", "🙋", "✋", "🤝", "🎉":
		return true
	}
	return false
}

// plain leaves out what changes how a sign looks: the tone of its skin (UTS #51, 2.4) and whether it is coloured.
func plain(r rune) rune {
	if r >= 0x1f3fb && r <= 0x1f3ff || r == 0xfe0f || r == 0xfe0e {
		return -1
	}
	return r
}
