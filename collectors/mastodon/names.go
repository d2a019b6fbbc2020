package mastodon

import "strings"

// An external id is the name of a server and the id that the post has there: "social.example/110123". Ids of different
// servers say nothing to each other, and a sweep has to know whom to ask.

func (s *server) external(id string) string { return s.name + "/" + id }

// place finds the server that an external id is of, and the id there; nil if the source has no such server. What was
// collected before a source could have several servers has no name in front: it is of the first.
func (c *Collector) place(external string) (*server, string) {
	name, id, named := strings.Cut(external, "/")
	if !named {
		name, id = c.servers[0].name, external
	}
	for _, s := range c.servers {
		if s.name == name && isID(text(id)) {
			return s, id
		}
	}
	return nil, ""
}
