package discordexport

import "askahead/domain"

// item is what a message says.
func (f *export) item(m *wireMessage) domain.Item {
	item := domain.Item{
		ExternalID: f.channel.ID + "/" + m.ID, // as export.id gives it
		Type:       domain.TypeDiscord,
		Raw:        []byte(m.Content),
		Edited:     m.TimestampEdited != "",
		Envelope: domain.Envelope{
			Canonical: canonical(f.channel.ID, m.ID),
			Author:    domain.Author{ID: "discord:" + m.Author.ID, Name: m.Author.shown()},
			Published: m.at,
			Support:   int(m.Reactions),
			Facts:     []domain.Fact{{Name: domain.FactChannel, Value: f.channel.Name}, {Name: domain.FactName, Value: m.Author.shown()}},
		},
	}
	for _, r := range m.Author.Roles {
		item.Facts = append(item.Facts, domain.Fact{Name: domain.FactRole, Value: r.Name})
	}
	for _, u := range m.Mentions {
		item.Mentions = append(item.Mentions, u.Name)
	}
	if r := m.Reference; r != nil && m.Type == "Reply" && r.MessageID != "" {
		channel := r.ChannelID
		if channel == "" {
			channel = f.channel.ID
		}
		item.Parents = []string{canonical(channel, r.MessageID)}
	}
	return item
}

func canonical(channel, message string) string { return "discord:" + channel + "/" + message }
