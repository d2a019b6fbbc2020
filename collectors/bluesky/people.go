package bluesky

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"askahead/collectors"
	"askahead/domain"
)

// person is what a profile says of somebody.
type person struct {
	found  bool // the network shows the profile
	bio    string
	optOut string // the rule by which they decline; empty if they do not
}

// people are those that a run has come by.
type people struct{ known map[string]person } // by DID

const (
	profilesAtOnce = 25
	maxKnown       = 5000 // people that are remembered within a run
	maxBio         = 64 << 10
)

// look asks for the profiles of those who are not known yet.
func (v *visit) look(ctx context.Context, dids []string) error {
	p := &v.people
	if len(p.known)+len(dids) > maxKnown {
		clear(p.known)
	}
	dids = slices.DeleteFunc(slices.Clone(dids), func(did string) bool {
		_, known := p.known[did]
		return known
	})
	slices.Sort(dids)
	for some := range slices.Chunk(slices.Compact(dids), profilesAtOnce) {
		var answer struct {
			Profiles []json.RawMessage `json:"profiles"`
		}
		if err := v.get(ctx, "app.bsky.actor.getProfiles", url.Values{"actors": some}, &answer); err != nil {
			return fmt.Errorf("ask for profiles: %w", err)
		}
		if answer.Profiles == nil { // who has none is not in the list: without a list, nothing is known of anybody
			return fmt.Errorf("ask for profiles: %w: %s answered without a list of profiles", collectors.ErrUnavailable, v.session.server.Host)
		}
		for _, did := range some {
			p.known[did] = person{}
		}
		for _, raw := range answer.Profiles {
			var profile wireProfile
			if json.Unmarshal(raw, &profile) == nil && slices.Contains(some, profile.DID) {
				p.known[profile.DID] = person{found: true, bio: bio(&profile), optOut: profile.optOut()}
			}
		}
	}
	return nil
}

func bio(p *wireProfile) string {
	return strings.ToValidUTF8(p.Description[:min(len(p.Description), maxBio)], "")
}

// optOut gives the rule by which somebody declines to be read: the network's own switch, by which visitors who are
// not logged in see nothing of an account, and the hashtags that people write into their bio or their shown name.
func (p *wireProfile) optOut() string {
	if rule := hidden(p.Labels); rule != "" {
		return rule
	}
	if tag := domain.Declines(bio(p)); tag != "" {
		return "bio: #" + tag
	}
	if tag := domain.Declines(p.DisplayName); tag != "" {
		return "name: #" + tag
	}
	return ""
}

// hidden finds the label that keeps visitors out.
func hidden(labels []wireLabel) string {
	const noVisitors = "!no-unauthenticated"
	for _, l := range labels {
		if l.Val == noVisitors && !l.Neg {
			return "label: " + noVisitors
		}
	}
	return ""
}
