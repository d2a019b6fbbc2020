package topics

import (
	"math"

	"askahead/domain"
)

// shares is how much two questions have in common, each from 0 to 1.
type shares struct {
	dice    float64 // weight of the shared terms in the weight of all
	contain float64 // weight of the shared terms in the weight of the lighter question
	text    float64 // Jaccard index of the shingles
	swapped float64 // weight that either has instead of the other's, in the weight of the lighter question
}

// compareTerms gives the shares but for the text, which costs more than the others together.
func compareTerms(a, b *features) shares {
	var both, ofA, ofB float32
	var leftA, leftB leftover
	i, j := 0, 0
	for i < len(a.terms) || j < len(b.terms) {
		switch {
		case j == len(b.terms) || i < len(a.terms) && a.terms[i].hash < b.terms[j].hash:
			leftA.add(&a.terms[i])
			i++
		case i == len(a.terms) || a.terms[i].hash > b.terms[j].hash:
			leftB.add(&b.terms[j])
			j++
		default:
			x, y := a.terms[i].weight, b.terms[j].weight
			ofA, ofB = ofA+x, ofB+y
			i++
			j++
		}
	}
	x, y := matchMisspelt(&leftA, &leftB)
	ofA, ofB = ofA+x, ofB+y
	if a.english && b.english {
		x, y = matchAkin(&leftA, &leftB)
		ofA, ofB = ofA+x, ofB+y
	}
	both = ofA + ofB
	var s shares
	if all := a.total + b.total; all > 0 {
		s.dice = float64(both / all)
	}
	if least := min(a.total, b.total); least > 0 {
		s.contain = float64(min(1, min(ofA, ofB)/least))
		s.swapped = float64(max(0, min(a.total-ofA, b.total-ofB)/least))
	}
	return s
}

// jaccard is the size of the intersection over that of the union of two sorted sets.
func jaccard(a, b []uint32) float64 {
	both, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	if all := len(a) + len(b) - both; all > 0 {
		return float64(both) / float64(all)
	}
	return 0
}

// differ says that each of two sorted sets has a member that the other lacks.
func differ(a, b []uint64) bool {
	return !within(a, b) && !within(b, a)
}

func within(a, b []uint64) bool {
	for _, x := range a {
		if !contains(b, x) {
			return false
		}
	}
	return true
}

// What counts against two questions that use the same words.
const (
	againstNumbers  = 0.50 // each names a number that the other does not
	againstNames    = 0.30 // they name different acronyms
	againstOpposite = 0.50 // one says "allow" where the other says "forbid", or goes from A to B where the other goes back
	againstDenial   = 0.50 // one denies what the other does not
	againstAsking   = 0.10 // one asks who, the other when
)

// scale is what counts for two questions in one kind of script. Other words in the same frame ("who decides which
// … a provider has to …") are another question, while in a sentence that is built otherwise they may well say the
// same: hence the square.
type scale struct {
	dice, contain, text float64
	swapped             float64 // counts against
	frame               float64 // counts against, times swapped and the square of text
	length              float64 // times the logarithm of twice the characters of the shorter one
	least               float64 // the sum from which they ask the same
	steep               float64 // how much a difference from least is on the scale of sameScore
}

// longest is the length from which a text is as good evidence as one can be.
const longest = 40

// sameScore is the score from which two questions ask the same, in every script.
const sameScore = 0.50

// score is how much alike two questions are, at most 1; sameScore and above is the same question.
func score(a, b *features) float64 { return scoreFrom(a, b, math.Inf(-1)) }

// scoreFrom is score where it is at least least; where it is not, some value below it.
func scoreFrom(a, b *features, least float64) float64 {
	if a.canon == b.canon {
		return 1
	}
	if a.total < weakTotal || b.total < weakTotal {
		return math.Inf(-1)
	}
	k := scaleOf(a, b)
	s := compareTerms(a, b)
	v := k.dice*s.dice + k.contain*s.contain - k.swapped*s.swapped - k.least
	if k.length > 0 {
		v += k.length * math.Log(float64(1+2*min(longest, a.length, b.length)))
	}
	apart := sameScore - against(a, b)
	apart += byContext * contextShare(a, b)
	if (v+k.text)*k.steep+apart < least { // even with the same text
		return math.Inf(-1)
	}
	s.text = jaccard(a.shingles, b.shingles)
	v += k.text*s.text - k.frame*s.swapped*s.text*s.text
	return min(1, v*k.steep+apart)
}

// byContext is what it counts that two questions were asked about the same: half of what it counts against them that one
// asks who and the other when. So it joins what the questions themselves all but join, and nothing else.
const byContext = 0.05

// contextShare is how much of what was said before the one question was said before the other, or is in it.
func contextShare(a, b *features) float64 {
	switch {
	case a.context == nil && b.context == nil:
		return 0
	case a.context == nil:
		return compareTerms(a, b.context).contain
	case b.context == nil:
		return compareTerms(a.context, b).contain
	}
	return compareTerms(a.context, b.context).contain
}

// scaleOf is that of the stricter script. Weights were fitted on every second pair of LCQMC dev and of the Korean pairs and
// on half of the intents of Banking77 and of the questions of SemEval-2016; thresholds were set so that the B-cubed
// precision on the whole of each is above 0.85. docs/quality.md has what comes of it. Lower thresholds join more
// paraphrases, but a wrong join shows a person's question under another one, while a missed one shows it twice.
func scaleOf(a, b *features) scale {
	switch max(a.script, b.script) {
	case scriptHan:
		// Any two Chinese questions share characters, and two short ones share most of them by their frame alone
		// ("…是什么意思"). So it counts as well how much the shorter one has to say.
		return scale{dice: 1.20, text: 2.00, swapped: 5.00, frame: 4.30, length: 3.56, least: 12.65, steep: 0.125}
	case scriptHangul:
		return scale{dice: 0.50, contain: 0.24, text: 0.35, frame: 0.83, least: 0.70, steep: 0.72}
	}
	return scale{dice: 0.50, contain: 0.21, text: 0.29, frame: 1.00, least: 0.52, steep: 1}
}

// against sums what sets two questions apart.
func against(a, b *features) float64 {
	v := 0.0
	if differ(a.numbers, b.numbers) {
		v += againstNumbers
	}
	if len(a.names) > 0 && len(b.names) > 0 && !meet(a.names, b.names) {
		v += againstNames
	}
	if clash(a.opposite, b.opposite) || a.from != a.to && a.from != 0 && a.to != 0 && a.from == b.to && a.to == b.from {
		v += againstOpposite
	}
	if a.negated != b.negated {
		v += againstDenial
	}
	if a.asks != b.asks && a.asks != 0 && b.asks != 0 && !alikeAsking(a.asks, b.asks) {
		v += againstAsking
	}
	return v
}

// alikeAsking says that two asking words are used for one another: "what can we do", "how can we".
func alikeAsking(a, b role) bool {
	const open = roleWhat | roleHow
	return a&open != 0 && b&open != 0
}

// meet says that two sorted sets share a member.
func meet(a, b []uint64) bool {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			return true
		}
	}
	return false
}

// clash says that one question has a side of a pair of opposites that the other lacks, which has the other
// side instead.
func clash(a, b []uint64) bool {
	for _, x := range a {
		if contains(b, x^1) && !contains(b, x) && !contains(a, x^1) {
			return true
		}
	}
	return false
}

func contains(set []uint64, x uint64) bool {
	for _, y := range set {
		if y == x {
			return true
		}
	}
	return false
}

// Similarity is how much alike two questions are, from -1 to 1; from Same on they ask the same. It is -1 for a
// question that says too little to be compared with any but the same words.
func Similarity(a, b domain.Question) float64 { return max(-1, score(analyse(a), analyse(b))) }

// Same is the similarity from which a question joins the topic that the other one leads.
const Same = sameScore
