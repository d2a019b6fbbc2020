package matrix

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"askahead/collectors"
	"askahead/domain"
)

// take looks at the next event of a room.
func (r *run) take(ctx context.Context, s *stream, e *event) error {
	switch {
	case e.broken != "":
		if r.v.keeps(e) {
			r.page.Break(broken(s.room, e))
		}
	case e.Type == typeRedaction:
		if target := e.target(); target != "" {
			r.gone(external(s.room, target))
		}
	case e.StateKey != nil || e.redacted():
	case e.content.Relates.V.Type == relReplace:
		return r.edit(ctx, s.room, e)
	default:
		words, edit := r.v.newest(e)
		if edit != "" {
			r.v.bundles = true
			r.applied(edit)
		}
		if !r.v.wants(e, words) {
			return nil
		}
		item, err := r.v.item(ctx, s.room, e, words, edit != "")
		if err != nil {
			return err
		}
		r.page.Add(item)
	}
	return nil
}

// target is the event that a redaction takes the text from.
func (e *event) target() string {
	if id := e.content.Redacts.V; id != "" {
		return id
	}
	return e.Redacts.V
}

// maxEdits is how many edits are remembered as given already.
const maxEdits = 10_000

func (r *run) applied(edit string) {
	if len(r.edits) < maxEdits {
		r.edits[edit] = true
	}
}

// edit gives the message that e changes with its new text, unless it was given so: its newest edit stands
// beside a message on many servers.
func (r *run) edit(ctx context.Context, room *room, e *event) error {
	if r.edits[e.ID] || !e.readable() {
		return nil
	}
	original, err := r.v.single(ctx, room, e.content.Relates.V.EventID)
	if err != nil || original == nil || original.broken != "" || original.redacted() || !e.changes(original) {
		return err
	}
	if words, newest := r.v.newest(original); newest != "" && newest != e.ID {
		// There is a newer one. It is given now, and not when its turn comes.
		if r.edits[newest] {
			return nil
		}
		r.applied(newest)
		return r.replace(ctx, room, original, words)
	}
	return r.replace(ctx, room, original, newContent(e))
}

// replace puts an edited message into the page, in the place of an older text if it is there.
func (r *run) replace(ctx context.Context, room *room, original *event, words *wireContent) error {
	id := external(room, original.ID)
	if !r.v.wants(original, words) {
		r.gone(id) // its author took the mention of the bot away, or the words
		return nil
	}
	item, err := r.v.item(ctx, room, original, words, true)
	if err != nil {
		return err
	}
	if i := r.given(id); i >= 0 {
		r.page.Items[i] = item
		return nil
	}
	r.page.Add(item)
	return nil
}

func (r *run) given(id string) int {
	return slices.IndexFunc(r.page.Items, func(item domain.Item) bool { return item.ExternalID == id })
}

// gone says that a message is no longer there. Of one in the same page nothing is said at all.
func (r *run) gone(id string) {
	if i := r.given(id); i >= 0 {
		r.page.Items = slices.Delete(r.page.Items, i, i+1)
	}
	r.page.Gone = append(r.page.Gone, id)
}

// newest gives the words of a message as they are now, and the id of the edit they are from, if the server
// adds it.
func (v *visit) newest(e *event) (words *wireContent, edit string) {
	if raw := e.Unsigned.V.Relations.V.Replace; len(raw) > 0 {
		if last := readEvent(raw); last.broken == "" && last.readable() && last.changes(e) {
			return newContent(last), last.ID
		}
	}
	return &e.content, ""
}

// changes says whether an edit is one of this message (client-server API, "Validity of replacement events").
func (e *event) changes(original *event) bool {
	relates := &e.content.Relates.V
	return relates.Type == relReplace && relates.EventID == original.ID && e.Sender == original.Sender &&
		e.Type == original.Type && original.StateKey == nil && original.content.Relates.V.Type != relReplace
}

func (e *event) readable() bool { return len(e.content.New) > 0 && newContent(e) != nil }

// newContent is what an edit makes of a message; nil if it can't be read.
func newContent(e *event) *wireContent {
	o := event{wireEvent: wireEvent{Content: e.content.New}}
	if o.decode() != nil {
		return nil
	}
	return &o.content
}

// keeps says whether an event that can't be read may be kept for another try. Whoever did not mention the bot
// is not to be kept for being unreadable either.
func (v *visit) keeps(e *event) bool {
	switch e.Type {
	case typeMessage, typePoll, typeOldPoll, "":
		return v.c.all || bytes.Contains(e.raw, []byte(v.me))
	}
	return false
}

func broken(r *room, e *event) collectors.Broken {
	id := external(r, e.ID)
	if e.ID == "" {
		sum := sha256.Sum256(e.raw)
		id = external(r, "broken-"+hex.EncodeToString(sum[:8]))
	}
	return collectors.Broken{ID: id, Type: "application/json", Reason: e.broken, Raw: bytes.Clone(e.raw)}
}

// wants says whether an event is something that a person wrote, and for the panel. Bots write notices.
func (v *visit) wants(e *event, words *wireContent) bool {
	if e.Sender == v.me || e.StateKey != nil {
		return false
	}
	typ, raw := e.text(words)
	return typ != "" && (v.c.all || v.mentioned(words, raw))
}

// text is what the author wrote, with its media type, both empty if it is nothing to read. Of a file it is
// the caption: what stands in its body besides its name.
func (e *event) text(words *wireContent) (typ, text string) {
	switch e.Type {
	case typePoll, typeOldPoll:
		if question := words.poll().Question.V.plain(); question != "" {
			return domain.TypeChat, question
		}
		return "", ""
	case typeMessage:
	default:
		return "", ""
	}
	switch words.MsgType.V {
	case "m.text", "m.emote":
	case "m.image", "m.file", "m.audio", "m.video":
		if words.FileName.V == "" || words.FileName.V == words.Body.V {
			return "", ""
		}
	default:
		return "", ""
	}
	if words.Format.V == "org.matrix.custom.html" && words.Formatted.V != "" {
		return domain.TypeHTML, words.Formatted.V
	}
	if strings.TrimSpace(words.Body.V) == "" {
		return "", ""
	}
	return domain.TypeChat, words.Body.V
}

func (c *wireContent) poll() *wirePoll {
	if c.Poll.V.Question.V.plain() != "" {
		return &c.Poll.V
	}
	return &c.OldPoll.V
}

// options are those of a poll.
func (c *wireContent) options() string {
	var options []string
	answers := c.poll().Answers
	for i := range answers {
		if o := answers[i].V.plain(); o != "" {
			options = append(options, o)
		}
	}
	return strings.Join(options, " / ")
}

// mentioned says whether a message names the bot. Clients say so beside the text (client-server API, "User
// and room mentions"); of older ones a link to the bot, its id, or its name with a sign of address counts.
func (v *visit) mentioned(words *wireContent, text string) bool {
	if words.Mentions != nil {
		return slices.Contains(words.Mentions.V.UserIDs, v.me)
	}
	for _, s := range []string{words.Body.V, text} {
		if strings.Contains(s, v.me) || strings.Contains(s, "matrix.to/#/"+url.PathEscape(v.me)) || strings.Contains(s, "matrix.to/#/"+url.QueryEscape(v.me)) {
			return true
		}
	}
	name, _, _ := strings.Cut(v.me[1:], ":")
	return collectors.Addresses(words.Body.V, name)
}

// item is what a message says.
func (v *visit) item(ctx context.Context, r *room, e *event, words *wireContent, edited bool) (domain.Item, error) {
	about, err := v.describe(ctx, r)
	if err != nil {
		return domain.Item{}, err
	}
	shown, err := v.name(ctx, r, e.Sender)
	if err != nil {
		return domain.Item{}, err
	}
	typ, text := e.text(words)
	item := domain.Item{
		ExternalID: external(r, e.ID),
		Type:       typ,
		Raw:        []byte(text),
		Edited:     edited,
		Envelope: domain.Envelope{
			Canonical: canonical(e.ID),
			Parents:   e.parents(),
			Author:    domain.Author{ID: "matrix:" + e.Sender, Name: shown},
			Published: e.published(),
			Context:   words.options(),
		},
	}
	if about.public {
		item.Public, item.URL = true, link(r, e.ID)
	}
	if words.Mentions != nil {
		item.Mentions = slices.Clone(words.Mentions.V.UserIDs)
	}
	fact := func(name, value string) {
		if value != "" {
			item.Facts = append(item.Facts, domain.Fact{Name: name, Value: value})
		}
	}
	for _, alias := range about.aliases {
		fact(domain.FactChannel, alias)
	}
	_, server, _ := strings.Cut(e.Sender, ":")
	fact(domain.FactInstance, server)
	fact(domain.FactName, shown)
	fact(domain.FactRole, about.role(e.Sender))
	return item, nil
}

// parents are what a thread began with, and what a reply answers.
func (e *event) parents() []string {
	var parents []string
	relates := &e.content.Relates.V
	if relates.Type == relThread && relates.EventID != "" {
		parents = append(parents, canonical(relates.EventID))
	}
	answered := relates.InReplyTo.V.EventID
	if answered != "" && !(relates.Type == relThread && relates.FallingBack) && !slices.Contains(parents, canonical(answered)) {
		parents = append(parents, canonical(answered))
	}
	return parents
}

func canonical(event string) string { return "matrix:" + event }

func external(r *room, event string) string { return r.id + "/" + event }

// splitID takes an external id apart; ok is false for one that this collector did not make.
func splitID(external string) (room, event string, ok bool) {
	i := strings.LastIndex(external, "/$") // the ids of early rooms' events may hold a "/"
	if i < 0 || !isRoom(external[:i]) || external[0] != '!' || len(external) > 600 {
		return "", "", false
	}
	return external[:i], external[i+1:], true
}

// link is where anybody can read a message of a public room (appendices, "matrix.to navigation").
func link(r *room, event string) string {
	to := "https://matrix.to/#/" + url.PathEscape(r.id) + "/" + url.PathEscape(event)
	if _, server, ok := strings.Cut(r.id, ":"); ok {
		to += "?via=" + url.QueryEscape(server)
	}
	return to
}
