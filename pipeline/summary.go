package pipeline

import "askahead/store"

// Summary counts what a run read and what came of it. What was read is the sum of what came of it: nothing is
// lost on the way.
type Summary struct {
	Read      int // items that the source gave, readable or not
	Copies    int // of a source with several sessions: how often an item was taken by one more of them
	Kept      int // new, with a question
	Empty     int // new, without a question
	OptedOut  int // new, their author declines
	Changed   int // edited at the source, or taken back
	Anew      int // known, and understood otherwise by today's rules
	Again     int // known already
	Older     int // published before the run is interested
	NotTaken  int // no session takes them
	Red       int // TLP:RED, or unreadable and maybe so: counted and forgotten
	Broken    int // in quarantine
	Removed   int // gone at the source
	Questions int // new panel questions
	Topics    int // new topics
}

// Lost is what the counts do not account for: always 0.
func (s Summary) Lost() int {
	return s.Read + s.Copies - s.Kept - s.Empty - s.OptedOut - s.Changed - s.Anew - s.Again - s.Older - s.NotTaken - s.Red - s.Broken
}

// Add adds what another run did.
func (s *Summary) Add(o Summary) {
	s.Read += o.Read
	s.Copies += o.Copies
	s.Kept += o.Kept
	s.Empty += o.Empty
	s.OptedOut += o.OptedOut
	s.Changed += o.Changed
	s.Anew += o.Anew
	s.Again += o.Again
	s.Older += o.Older
	s.NotTaken += o.NotTaken
	s.Red += o.Red
	s.Broken += o.Broken
	s.Removed += o.Removed
	s.Questions += o.Questions
	s.Topics += o.Topics
}

func (s *Summary) addSaved(o store.Saved) {
	s.Kept += o.Outcomes[store.Kept]
	s.Empty += o.Outcomes[store.NoQuestion]
	s.OptedOut += o.Outcomes[store.OptedOut]
	s.Changed += o.Changed
	s.Anew += o.Anew
	s.Again += o.Again
	s.Removed += o.Removed
	s.Questions += o.Questions
	s.Topics += o.Topics
}

// tally says, for each item of a page, how many sessions took it, and for how many of them it was TLP:RED and
// left nothing but a count.
type tally struct{ sessions, red []int }

// addTaken counts what no session took, what more than one did, and what was TLP:RED.
func (s *Summary) addTaken(p page, took tally) {
	for j, n := range took.sessions {
		switch {
		case p.read[j].Err != nil: // in quarantine
		case p.read[j].old:
			s.Older++
		case n == 0:
			s.NotTaken++
		default:
			s.Copies += n - 1
			s.Red += took.red[j]
		}
	}
}
