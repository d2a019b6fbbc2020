package topics

import "math"

// Interval is the Wilson score interval of a share A of N (E. B. Wilson, JASA 22, 1927): where the share may
// lie that a small sample stands for. With N = 0 it is [0, 1]: nothing is known.
type Interval struct{ Lo, Hi float64 }

// Wilson gives the interval of a of n at z standard deviations; 1.2816 leaves a tenth on each side.
func Wilson(a, n int, z float64) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	a = min(max(a, 0), n)
	p, size := float64(a)/float64(n), float64(n)
	zz := z * z
	middle := p + zz/(2*size)
	half := z * math.Sqrt(p*(1-p)/size+zz/(4*size*size))
	scale := 1 + zz/size
	in := Interval{(middle - half) / scale, (middle + half) / scale}
	// The ends are exact where everyone or nobody asks; rounding must not say otherwise.
	if a == 0 {
		in.Lo = 0
	}
	if a == n {
		in.Hi = 1
	}
	return in
}
