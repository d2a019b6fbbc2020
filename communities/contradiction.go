package communities

import "askahead/domain"

// Contradictions gives, by kind, the tags of a question that say different things of who asks: of several
// communities, or several regions. The first counts for more. A moderator's tags contradict nothing: they were
// chosen. A question may be about several themes.
func Contradictions(tags []domain.Tag) [][]domain.Tag {
	var all [][]domain.Tag
	for _, kind := range []string{domain.TagCommunity, domain.TagRegion} {
		var of []domain.Tag
		for _, t := range tags {
			if t.Kind == kind && t.Strength <= strengthDeclared {
				of = append(of, t)
			}
		}
		if len(of) > 1 {
			all = append(all, of)
		}
	}
	return all
}
