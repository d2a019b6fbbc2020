package topics

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"askahead/domain"
	"askahead/store"
)

var someCommunities = []string{"academia", "civil-society", "government", "technical"}

// drawVoices draws a small session in which askers, texts and topics meet often.
func drawVoices(t *rapid.T) []store.Voice {
	n := rapid.IntRange(0, 60).Draw(t, "n")
	list := make([]store.Voice, n)
	for i := range list {
		list[i] = store.Voice{
			Question:    fmt.Sprintf("q%03d", i),
			Topic:       fmt.Sprint("t", rapid.IntRange(0, 3).Draw(t, "topic")),
			Asker:       fmt.Sprint("a", rapid.IntRange(0, 25).Draw(t, "asker")),
			Fingerprint: fmt.Sprint("f", rapid.IntRange(0, 40).Draw(t, "text")),
			Published:   time.Unix(int64(rapid.IntRange(0, 20).Draw(t, "at")), 0).UTC(),
		}
		for _, g := range someCommunities {
			if rapid.IntRange(0, 3).Draw(t, g) == 0 {
				list[i].Communities = append(list[i].Communities, g)
			}
		}
	}
	return list
}

var looseOptions = Options{Floor: 2, Z: 1.2816, MinAskers: 2, MinCommunities: 2}

func TestTheOrderOfVoicesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		want := Measure(voices, looseOptions)
		shuffled := slices.Clone(voices)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(want, Measure(shuffled, looseOptions)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAddingAnAskerNeverLowersTheInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		g := rapid.SampledFrom(someCommunities).Draw(t, "community")
		v := store.Voice{Question: "z", Topic: "t0", Asker: "new", Fingerprint: "new", Communities: []string{g}, Published: time.Unix(99, 0).UTC()}
		before, after := shareOf(Measure(voices, looseOptions), "t0", g), shareOf(Measure(append(voices, v), looseOptions), "t0", g)
		if before == nil {
			return // nobody asked on the topic or in the community
		}
		if after.Lo < before.Lo-1e-12 || after.Hi < before.Hi-1e-12 {
			t.Fatalf("%d of %d gave %v, %d of %d gives %v", before.Askers, before.Of, before.Interval, after.Askers, after.Of, after.Interval)
		}
	})
}

func shareOf(c Concerns, topic, community string) *Share {
	for _, t := range c.Topics {
		if t.Topic != topic {
			continue
		}
		for i := range t.Shares {
			if t.Shares[i].Community == community {
				return &t.Shares[i]
			}
		}
	}
	return nil
}

func TestOtherNamesForCommunitiesGiveTheSameUnderThoseNames(t *testing.T) {
	names := map[string]string{"academia": "technical", "civil-society": "academia", "government": "civil-society", "technical": "government"}
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		renamed := slices.Clone(voices)
		for i := range renamed {
			list := make([]string, 0, len(renamed[i].Communities))
			for _, g := range renamed[i].Communities {
				list = append(list, names[g])
			}
			slices.Sort(list)
			renamed[i].Communities = list
		}
		a, b := Measure(voices, looseOptions), Measure(renamed, looseOptions)
		for i := range a.Topics {
			x, y := a.Topics[i], b.Topics[i]
			if x.Topic != y.Topic || x.Verdict != y.Verdict || x.Asking != y.Asking || x.SmallestLo != y.SmallestLo {
				t.Fatalf("%+v\nbecame\n%+v", x, y)
			}
			for _, s := range x.Shares {
				want := s
				if s.Community != domain.Unknown {
					want.Community = names[s.Community]
				}
				if !slices.Contains(y.Shares, want) {
					t.Fatalf("no share %+v in %+v", want, y.Shares)
				}
			}
		}
	})
}

func TestRepostsChangeNothingButWhatIsListed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		want := Measure(voices, looseOptions)
		n := len(voices)
		for range rapid.IntRange(0, 20).Draw(t, "reposts") {
			if n == 0 {
				break
			}
			v := voices[rapid.IntRange(0, n-1).Draw(t, "of")]
			v.Question = fmt.Sprintf("r%03d", len(voices))
			v.Asker = fmt.Sprint("a", rapid.IntRange(0, 99).Draw(t, "by"))
			v.Communities = []string{rapid.SampledFrom(someCommunities).Draw(t, "in")}
			v.Published = time.Unix(50, 0).UTC()
			voices = append(voices, v)
		}
		got := Measure(voices, looseOptions)
		for _, c := range []*Concerns{&want, &got} {
			c.Discounted, c.NotCounted = nil, 0
			for i := range c.Topics {
				c.Topics[i].NotCounted = 0
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestOneAskerMakesNoConcern(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		for i := range voices {
			if voices[i].Topic == "t0" {
				voices[i].Asker = "flood"
			}
		}
		for _, c := range Measure(voices, looseOptions).Topics {
			if c.Topic == "t0" && (c.Verdict == Shared || c.Verdict == SingleCommunity) {
				t.Fatalf("one asker made %+v", c)
			}
		}
	})
}

// drawQuestions draws texts that are alike in many ways.
func drawQuestions(t *rapid.T, least int) []domain.Question {
	words := []string{"whois", "data", "Who", "owner", "privacy", "not", "72", "24", "hours", "GDPR", "CERT", "allow", "forbid", "谁", "数据", "#tag", "?", "\n", "Thanks,", "Jane", "from", "to", "doctor", "physician"}
	var list []domain.Question
	for i := range rapid.IntRange(least, 25).Draw(t, "n") {
		text := ""
		for range rapid.IntRange(0, 9).Draw(t, "words") {
			text += rapid.SampledFrom(words).Draw(t, "word") + " "
		}
		list = append(list, domain.Question{ID: fmt.Sprintf("q%02d", i), Text: text, Language: "en"})
	}
	return list
}

// named gives for each id the ids of its topic and of its representative.
func named(list []domain.Question) map[string][2]string {
	of := map[string][2]string{}
	for _, c := range Group(list) {
		for _, i := range c.Questions {
			of[list[i].ID] = [2]string{c.ID, list[c.Representative].ID}
		}
	}
	return of
}

func TestAListInAnyOrderGivesTheSameTopicsAndRepresentatives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawQuestions(t, 2)
		shuffled := slices.Clone(list)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(named(list), named(shuffled)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestGroupingIsTheSameEveryTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := drawQuestions(t, 1)
		first := Group(list)
		if diff := cmp.Diff(first, Group(list)); diff != "" {
			t.Fatal(diff)
		}
		seen := map[int]bool{}
		for _, c := range first {
			leader := list[c.Leader]
			for _, i := range c.Questions {
				seen[i] = true
				if s := Similarity(leader, list[i]); i != c.Leader && s < Same {
					t.Fatalf("%q joined %q at %.2f", list[i].Text, leader.Text, s)
				}
			}
		}
		if len(seen) != len(list) {
			t.Fatalf("%d of %d questions are in a topic: %v", len(seen), len(list), slices.Sorted(maps.Keys(seen)))
		}
	})
}
