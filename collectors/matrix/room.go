package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"askahead/collectors"
)

// room is what a run knows of one.
type room struct {
	id    string
	alias string // as the settings name it; empty where they give the id
	facts *facts // nil until an item needs them
	names map[string]string
}

// facts are what a room says about itself.
type facts struct {
	aliases []string // and its name
	public  bool     // anybody can read it without joining
	powers  map[string]int64
	usual   int64 // power of who is not in powers
}

// roomError is a problem of one room: the others are read nevertheless.
type roomError struct {
	kind error // of package collectors
	says string
}

func (e *roomError) Error() string { return e.kind.Error() + ": " + e.says }
func (e *roomError) Unwrap() error { return e.kind }

func isRoomError(err error) bool {
	_, ok := errors.AsType[*roomError](err)
	return ok
}

// label names a room for a person.
func (r *room) label() string {
	if r.alias != "" {
		return r.alias
	}
	return r.id
}

// explain says what to do about a refusal.
func explain(err error, label string) error {
	r, ok := errors.AsType[*refusal](err)
	switch {
	case !ok:
		return err
	case r.status == http.StatusForbidden:
		return &roomError{collectors.ErrUnauthorized, fmt.Sprintf("rooms: the bot may not read %s: is it still in the room, and may who is in it read the history? (%v)", label, r)}
	}
	return &roomError{collectors.ErrUnavailable, fmt.Sprintf("%s: %v", label, r)}
}

// open finds a room, and makes sure that the bot is in it. Only rooms of the settings are entered.
func (v *visit) open(ctx context.Context, named string) (*room, error) {
	r := &room{id: named, names: map[string]string{}}
	if named[0] == '#' {
		var found struct {
			ID string `json:"room_id"`
		}
		err := v.get(ctx, api("directory", "room", named), nil, &found)
		if refused, ok := errors.AsType[*refusal](err); ok && refused.status < 500 {
			return nil, &roomError{collectors.ErrSettings, fmt.Sprintf("rooms: %s leads to no room; is the alias spelt right, and published in the room's settings? (%v)", named, refused)}
		}
		if err != nil {
			return nil, err
		}
		if !isRoom(found.ID) || found.ID[0] != '!' {
			return nil, &roomError{collectors.ErrUnavailable, fmt.Sprintf("the homeserver gives no id for %s", named)}
		}
		r.id, r.alias = found.ID, named
	}
	if known := v.rooms[r.id]; known != nil {
		return known, nil
	}
	if err := v.member(ctx, r); err != nil {
		return nil, err
	}
	v.rooms[r.id] = r
	return r, nil
}

// member makes sure that the bot is in a room.
func (v *visit) member(ctx context.Context, r *room) error {
	if v.joined == nil {
		var list struct {
			Rooms []string `json:"joined_rooms"`
		}
		if err := v.get(ctx, api("joined_rooms"), nil, &list); err != nil {
			return fmt.Errorf("list the bot's rooms: %w", err)
		}
		v.joined = map[string]bool{}
		for _, id := range list.Rooms {
			v.joined[id] = true
		}
	}
	if v.joined[r.id] {
		return nil
	}
	if !v.c.join || !slices.Contains(v.c.rooms, r.label()) {
		return &roomError{collectors.ErrUnauthorized, fmt.Sprintf("rooms: the bot is not in %s: invite %s there and let it accept, or set `join: true` if the room is public or the invitation is sent", r.label(), v.me)}
	}
	err := v.call(ctx, http.MethodPost, api("join", r.label()), serverOf(r.id), struct{}{}, new(any))
	if refused, ok := errors.AsType[*refusal](err); ok {
		return &roomError{collectors.ErrUnauthorized, fmt.Sprintf("rooms: the bot may not enter %s: invite %s there (%v)", r.label(), v.me, refused)}
	}
	if err == nil {
		v.joined[r.id] = true
	}
	return err
}

// serverOf says through which server a room may be entered that the homeserver does not know yet.
func serverOf(id string) url.Values {
	_, server, ok := strings.Cut(id, ":")
	if !ok {
		return nil
	}
	return url.Values{"server_name": {server}, "via": {server}}
}

// state asks for a piece of a room's state; ok is false where there is none, or the bot may not know.
func (v *visit) state(ctx context.Context, r *room, kind, key string, into any) (ok bool, err error) {
	parts := []string{"rooms", r.id, "state", kind}
	if key != "" {
		parts = append(parts, key)
	}
	err = v.get(ctx, api(parts...), nil, into)
	if refused, is := errors.AsType[*refusal](err); is && refused.status < 500 {
		return false, nil
	}
	return err == nil, err
}

// encrypted says whether the messages of a room are, from some time on.
func (v *visit) encrypted(ctx context.Context, r *room) (bool, error) {
	var said struct {
		Algorithm loose[string] `json:"algorithm"`
	}
	return v.state(ctx, r, "m.room.encryption", "", &said)
}

// describe asks for what a room says about itself, once.
func (v *visit) describe(ctx context.Context, r *room) (*facts, error) {
	if r.facts != nil {
		return r.facts, nil
	}
	var f facts
	var alias struct {
		Alias loose[string] `json:"alias"`
	}
	var name struct {
		Name loose[string] `json:"name"`
	}
	var history struct {
		Visibility loose[string] `json:"history_visibility"`
	}
	var power struct {
		Users   loose[map[string]loose[json.Number]] `json:"users"` // early rooms have them as text
		Default loose[json.Number]                   `json:"users_default"`
	}
	for kind, into := range map[string]any{
		"m.room.canonical_alias": &alias, "m.room.name": &name,
		"m.room.history_visibility": &history, "m.room.power_levels": &power,
	} {
		if _, err := v.state(ctx, r, kind, "", into); err != nil {
			return nil, fmt.Errorf("ask about %s: %w", r.label(), err)
		}
	}
	for _, a := range []string{r.alias, alias.Alias.V, name.Name.V} {
		if a != "" && !slices.Contains(f.aliases, a) {
			f.aliases = append(f.aliases, a)
		}
	}
	f.public = history.Visibility.V == "world_readable"
	f.powers = map[string]int64{}
	f.usual, _ = power.Default.V.Int64() // what is no number gives no power
	for user, level := range power.Users.V {
		f.powers[user], _ = level.V.Int64()
	}
	r.facts = &f
	return r.facts, nil
}

// role is how Matrix's clients call a power level; empty for that of everyone.
func (f *facts) role(user string) string {
	level, ok := f.powers[user]
	if !ok {
		level = f.usual
	}
	switch {
	case level >= 100:
		return "admin"
	case level >= 50:
		return "moderator"
	}
	return ""
}

// maxNames is how many display names are remembered of one room.
const maxNames = 10_000

// name is how somebody is called in a room, "" where that is not known.
func (v *visit) name(ctx context.Context, r *room, user string) (string, error) {
	if name, ok := r.names[user]; ok {
		return name, nil
	}
	var member wireMember
	if _, err := v.state(ctx, r, "m.room.member", user, &member); err != nil {
		return "", fmt.Errorf("ask for a display name: %w", err)
	}
	r.remember(user, member.Name.V)
	return member.Name.V, nil
}

func (r *room) remember(user, name string) {
	if len(r.names) >= maxNames {
		clear(r.names)
	}
	r.names[user] = name
}
