package digest

import (
	"encoding/json"
	"strings"
	"testing"

	"askahead/domain"
)

// TestATopicCarriesTheStrictestLabelOfItsQuestions also where it is shown by one that is looser, in every format that shows
// topics: its figures are those of all of them.
func TestATopicCarriesTheStrictestLabelOfItsQuestions(t *testing.T) {
	list := workshop()
	for _, c := range []struct {
		audience domain.TLP
		want     map[string]string // by topic
		heading  bool
	}{
		{domain.Green, map[string]string{"topic-whois": "TLP:GREEN", "topic-backdoor": "TLP:GREEN", "topic-border": "TLP:CLEAR"}, true},
		{domain.Clear, map[string]string{"topic-whois": "TLP:CLEAR", "topic-backdoor": "TLP:CLEAR", "topic-border": "TLP:CLEAR"}, false},
	} {
		e := newEdition(t, newShelf(t, list), newRequest(t, c.audience))
		got := map[string]string{}
		for _, s := range e.paper.Shared.Concerns {
			got[s.Topic] = s.TLP
		}
		for _, a := range e.paper.Single {
			for _, s := range a.Concerns {
				got[s.Topic] = s.TLP
			}
		}
		for _, p := range e.paper.Agenda {
			for _, topic := range p.Topics {
				if had := got[topic.ID]; had != "" && had != topic.TLP {
					t.Errorf("for %v topic %s is %s and %s", c.audience, topic.ID, had, topic.TLP)
				}
				got[topic.ID] = topic.TLP
			}
		}
		for topic, want := range c.want {
			if got[topic] != want {
				t.Errorf("for %v topic %s is %q, want %s", c.audience, topic, got[topic], want)
			}
		}
		for _, f := range Formats() {
			var out strings.Builder
			if err := f.Write(&out, e); err != nil {
				t.Fatal(err)
			}
			switch f.Name {
			case "csv": // shows no topic: each of its rows is a question with its label
			case "json":
				var p struct {
					Shared struct{ Concerns []struct{ Topic, TLP string } }
				}
				if err := json.Unmarshal([]byte(out.String()), &p); err != nil || len(p.Shared.Concerns) == 0 || p.Shared.Concerns[0].TLP != got[p.Shared.Concerns[0].Topic] {
					t.Errorf("json: %+v, %v", p, err)
				}
			default:
				if strings.Contains(oneLine(out.String()), "topic TLP:GREEN") != c.heading {
					t.Errorf("for %v, %s: the heading of a topic is not marked as it is", c.audience, f.Name)
				}
			}
		}
	}
}
