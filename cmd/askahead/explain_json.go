package main

import (
	"askahead/domain"
	"askahead/pipeline"
)

// explained is the stable format of `askahead explain --jsonl`; docs/explain.md describes it. Offsets are bytes of
// Text.
type explained struct {
	ID        string             `json:"id"`
	Text      string             `json:"text"`
	Authored  string             `json:"authored"`
	Removed   []explainedRemoval `json:"removed"`
	Marks     []explainedMark    `json:"marks"`
	Language  string             `json:"language"`
	Questions []explainedFound   `json:"questions"`
	Tags      []explainedTag     `json:"tags"`
	TLP       string             `json:"tlp"`
	Kept      bool               `json:"kept"`
	WhyNot    string             `json:"why_not"`
	Error     string             `json:"error"`
}

type explainedRemoval struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Why   string `json:"why"`
}

type explainedMark struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	What  string `json:"what"`
}

type explainedFound struct {
	Text     string `json:"text"`
	Context  string `json:"context"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Language string `json:"language"`
	Kind     string `json:"kind"`
	Why      string `json:"why"`
}

type explainedTag struct {
	Kind     string `json:"kind"`
	Value    string `json:"value"`
	Rule     string `json:"rule"`
	Evidence string `json:"evidence"`
	Strength int    `json:"strength"`
}

// explain lays out what was made of an item. Lists are never null, so that a reader needs no special case.
func (x *explainer) explain(id string, u *pipeline.Understood) explained {
	e := explained{
		ID: id, Text: u.Reading.Text, Authored: u.Reading.Own, Language: "und", TLP: domain.Inside.String(),
		Removed: []explainedRemoval{}, Marks: []explainedMark{}, Questions: []explainedFound{}, Tags: []explainedTag{},
		WhyNot: u.WhyNot(),
	}
	if u.Err != nil {
		e.Error = u.Err.Error()
		return e
	}
	e.Kept = e.WhyNot == ""
	e.TLP = u.Label.TLP.String()
	e.Language = x.line.Finder.Language(u.Reading.Own, u.Reading.Language)
	for _, r := range u.Reading.Removed {
		e.Removed = append(e.Removed, explainedRemoval{r.Start, r.End, r.What})
	}
	for _, m := range u.Reading.Marks {
		start, end := u.Reading.ToText(m.Start, m.End)
		e.Marks = append(e.Marks, explainedMark{start, end, m.What})
	}
	for _, f := range u.Found {
		start, end := u.Reading.ToText(f.Start, f.End)
		e.Questions = append(e.Questions, explainedFound{f.Text, f.Context, start, end, f.Language, string(f.Kind), f.Why})
	}
	for _, t := range x.tags(u) {
		e.Tags = append(e.Tags, explainedTag{t.Kind, t.Value, t.Rule, t.Evidence, t.Strength})
	}
	return e
}

// tags lists each tag of the item's questions once; of an item without questions, what the item itself says.
func (x *explainer) tags(u *pipeline.Understood) []domain.Tag {
	if len(u.Found) == 0 {
		return x.source.Parts[0].Tagger.Tags(&u.Reading, &domain.Found{})
	}
	var tags []domain.Tag
	seen := map[domain.Tag]bool{}
	for _, list := range u.Own[0].Tags {
		for _, t := range list {
			if !seen[t] {
				seen[t] = true
				tags = append(tags, t)
			}
		}
	}
	return tags
}
