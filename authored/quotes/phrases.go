package quotes

// phrases finds many short texts in a longer one, in one pass: the first four bytes of each are its key, and
// a bit table passes over the places where none can begin.
type phrases struct {
	seen [1 << 12]uint8
	list map[uint32][]phrase
}

type phrase struct {
	text   string
	weight int
}

func newPhrases() *phrases { return &phrases{list: map[uint32][]phrase{}} }

func (p *phrases) add(text string, weight int) {
	if len(text) < 3 {
		return
	}
	k := key3(text, 0)
	p.seen[slot(k)] = 1
	p.list[k] = append(p.list[k], phrase{text, weight})
}

func key3(s string, i int) uint32 {
	return uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16
}

func slot(k uint32) uint32 { return k * 2654435761 >> 20 }

// weigh adds the weights of the different phrases in s, which is in lower case. It stops at enough.
func (p *phrases) weigh(s string, enough int) int {
	sum := 0
	var found [8]string
	n := 0
	for i := 0; i+3 <= len(s); i++ {
		k := key3(s, i)
		if p.seen[slot(k)] == 0 {
			continue
		}
	next:
		for _, ph := range p.list[k] {
			if len(ph.text) > len(s)-i || s[i:i+len(ph.text)] != ph.text {
				continue
			}
			for _, f := range found[:n] {
				if f == ph.text {
					continue next
				}
			}
			if n < len(found) {
				found[n] = ph.text
				n++
			}
			if sum += ph.weight; sum >= enough {
				return sum
			}
		}
	}
	return sum
}
