package chatexport

import (
	"encoding/json"
	"slices"

	"askahead/collectors"
)

// How many people at least reacted to a message with approval, in the formats that say it. A list of another shape says
// nothing: for that no message is put aside. The author's own reaction is left out where it can be told.

func slackSupport(raw json.RawMessage, author text) (most int) {
	var list []struct {
		Name  string `json:"name"`
		Users []text `json:"users"` // of many people only some
		Count int    `json:"count"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return 0
	}
	for _, r := range list {
		people := max(r.Count, len(r.Users))
		if slices.Contains(r.Users, author) {
			people--
		}
		most = max(most, collectors.Approving(r.Name, people))
	}
	return most
}

func rocketSupport(raw json.RawMessage, author string) (most int) {
	var byName map[string]struct {
		Usernames []string `json:"usernames"`
	}
	if json.Unmarshal(raw, &byName) != nil {
		return 0
	}
	for name, r := range byName {
		people := len(r.Usernames)
		if slices.Contains(r.Usernames, author) {
			people--
		}
		most = max(most, collectors.Approving(name, people))
	}
	return most
}

func telegramSupport(raw json.RawMessage) (most int) {
	var list []struct {
		Emoji string `json:"emoji"`
		Count int    `json:"count"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return 0
	}
	for _, r := range list {
		most = max(most, collectors.Approving(r.Emoji, r.Count))
	}
	return most
}
