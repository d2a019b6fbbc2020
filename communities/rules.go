package communities

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"askahead/domain"
)

// Rule is one of an organiser's: questions of items with all the facts of When get the tags of Tag. A key of
// When is the name of a fact (domain/item.go); it holds if one of its values does. A value is compared
// without regard to case; "*" in it stands for anything, so "*.ngo.example" is every domain below.
type Rule struct {
	When map[string][]string // "list": {"teams.lists.example.org"}
	Tag  map[string]string   // "community": "technical"; also "region", "theme"
}

type rule struct {
	conditions []condition
	give       []domain.Tag
}

type condition struct {
	fact   string
	values []string // lower case
}

func facts() []string {
	return []string{domain.FactSource, domain.FactKind, domain.FactList, domain.FactDomain, domain.FactInstance,
		domain.FactChannel, domain.FactRole, domain.FactHashtag, domain.FactName, domain.FactProtocol}
}

// compile checks a rule and brings its conditions into a fixed order.
func compile(r Rule, number int, ids map[string]bool) (rule, error) {
	var out rule
	name := "rule " + strconv.Itoa(number)
	if len(r.When) == 0 || len(r.Tag) == 0 {
		return out, fmt.Errorf("%s: it needs both a \"when\" and a \"tag\"", name)
	}
	for _, fact := range facts() {
		values, ok := r.When[fact]
		if !ok {
			continue
		}
		if len(values) == 0 {
			return out, fmt.Errorf("%s: \"when\": %s has no value", name, fact)
		}
		c := condition{fact: fact}
		for _, v := range values {
			v = strings.ToLower(strings.TrimSpace(v))
			if fact == domain.FactHashtag {
				v = strings.TrimPrefix(v, "#")
			}
			c.values = append(c.values, v)
		}
		out.conditions = append(out.conditions, c)
	}
	if len(out.conditions) != len(r.When) {
		for fact := range r.When {
			if !slices.Contains(facts(), fact) {
				return out, fmt.Errorf("%s: \"when\": %q is no fact; there are %s", name, fact, strings.Join(facts(), ", "))
			}
		}
	}
	return out, out.setTags(r.Tag, name, ids)
}

func (r *rule) setTags(tags map[string]string, name string, ids map[string]bool) error {
	for _, kind := range []string{domain.TagCommunity, domain.TagRegion, domain.TagTheme} {
		value, ok := tags[kind]
		if !ok {
			continue
		}
		switch {
		case value == "":
			return fmt.Errorf("%s: \"tag\": %s has no value", name, kind)
		case kind == domain.TagCommunity && !ids[value]:
			return fmt.Errorf("%s: \"tag\": %q is no community; there are %s", name, value, strings.Join(sorted(ids), ", "))
		case kind == domain.TagRegion && !slices.ContainsFunc(Regions(), func(g Region) bool { return g.ID == value }):
			return fmt.Errorf("%s: \"tag\": %q is no region; there are african, asia-pacific, eastern-european, grulac, weog", name, value)
		}
		r.give = append(r.give, domain.Tag{Kind: kind, Value: value, Rule: "config " + name, Strength: strengthRule})
	}
	if len(r.give) != len(tags) {
		return fmt.Errorf("%s: \"tag\": only community, region and theme can be set", name)
	}
	return nil
}

func sorted(set map[string]bool) []string {
	var out []string
	for id := range set {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// tags adds the rule's tags if all its conditions hold.
func (r *rule) tags(c *collector, facts []domain.Fact) {
	var evidence []string
	for i := range r.conditions {
		why, ok := r.conditions[i].holds(facts)
		if !ok {
			return
		}
		evidence = append(evidence, why)
	}
	for _, t := range r.give {
		t.Evidence = strings.Join(evidence, ", ")
		c.add(t)
	}
}

// holds finds the first value that fits, and says which; of a display name only that it did. Evidence is what
// the organiser wrote, not what the item said, so that a pattern never brings a person's name into the store.
func (c *condition) holds(facts []domain.Fact) (evidence string, ok bool) {
	for _, f := range facts {
		if f.Name != c.fact {
			continue
		}
		for _, pattern := range c.values {
			value := f.Value
			if c.fact == domain.FactHashtag {
				value = strings.TrimPrefix(value, "#")
			}
			if !glob(pattern, strings.ToLower(strings.TrimSpace(value))) {
				continue
			}
			if c.fact == domain.FactName {
				return c.fact, true
			}
			return c.fact + " " + pattern, true
		}
	}
	return "", false
}

// glob compares s with a pattern in which each "*" stands for any number of characters. It goes back to the
// last "*" only, so its cost is at most len(pattern) times len(s).
func glob(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			p = star + 1
			mark++
			i = mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
