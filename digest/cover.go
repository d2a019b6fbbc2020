package digest

// cover is what hides voices under the Chatham House Rule from those who subtract: what is listed under a community's
// name from its figures. A figure that is higher than the listed questions can account for says that somebody in
// confidence is among them, and which question is theirs where there is only one.
type cover struct {
	named  map[cell]int             // questions that stand under the community's name
	askers map[cell]map[string]bool // all askers, also those in confidence
	closed bool
}

// cell is a community on a topic.
type cell struct{ topic, community string }

func newCover() *cover { return &cover{named: map[cell]int{}, askers: map[cell]map[string]bool{}} }

// note counts a voice of an asker, as long as nobody asked what is enough.
func (c *cover) note(topic, asker string, communities []string, secret bool) {
	if c.closed {
		return
	}
	for _, community := range communities {
		at := cell{topic, community}
		if !secret {
			c.named[at]++
		}
		if c.askers[at] == nil {
			c.askers[at] = map[string]bool{}
		}
		c.askers[at][asker] = true
	}
}

// enough tells where voices in confidence may count: the named questions of the community on the topic are as many as
// all its askers there. As that holds on each topic, it holds for the community's figure too.
func (c *cover) enough() func(topic, community string) bool {
	c.closed = true
	return func(topic, community string) bool {
		at := cell{topic, community}
		return len(c.askers[at]) <= c.named[at]
	}
}
