package digest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"askahead/domain"
)

// TestNobodyIsFoundBySubtracting: whatever was asked in confidence, no figure of a community is higher than what is listed
// under its name accounts for.
func TestNobodyIsFoundBySubtracting(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	communities := []string{"government", "civil-society", "technical", "youth"}
	secret := 0
	for round := range 60 {
		var list []asked
		for i := range 10 + random.IntN(60) {
			a := asked{fmt.Sprintf("t%d", random.IntN(6)), communities[random.IntN(len(communities))], fmt.Sprintf("asker%d", random.IntN(40)), "10-09", "en", fmt.Sprintf("What is number %d?", i), nil}
			if random.IntN(4) == 0 {
				a.more = chatham
				secret++
			}
			list = append(list, a)
		}
		e := newEdition(t, newShelf(t, list), newRequest(t, domain.Clear))
		var p paper
		if err := json.Unmarshal([]byte(render(t, e)["json"]), &p); err != nil {
			t.Fatal(err)
		}
		listed := map[cell]int{}
		for _, q := range p.Questions {
			listed[cell{q.Topic, q.Community.ID}]++
			listed[cell{"", q.Community.ID}]++
		}
		for _, c := range p.Communities {
			if c.Known && c.Askers > listed[cell{"", c.ID}] {
				t.Errorf("round %d: %s has %d askers and %d listed questions", round, c.ID, c.Askers, listed[cell{"", c.ID}])
			}
		}
		concerns := p.Shared.Concerns
		for _, a := range p.Single {
			concerns = append(concerns, a.Concerns...)
		}
		for _, c := range concerns {
			for _, s := range c.Shares {
				if s.Community.Known && s.Askers > listed[cell{c.Topic, s.Community.ID}] {
					t.Errorf("round %d: %s of %s has %d askers, and %d questions there", round, s.Community.ID, c.Topic, s.Askers, listed[cell{c.Topic, s.Community.ID}])
				}
			}
		}
	}
	if secret < 100 {
		t.Errorf("%d questions in confidence prove little", secret)
	}
}
