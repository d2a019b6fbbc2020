package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/bwmarrin/discordgo"

	"askahead/collectors"
	"askahead/domain"
)

// What people see of askahead.
const (
	nameAsk      = "ask"
	nameWithdraw = "withdraw"
	nameSend     = "Send to the panel"

	optionQuestion  = "question"
	optionShare     = "share"
	optionCommunity = "community"

	shareYes = "yes"
	shareNo  = "no"
)

const (
	maxQuestion = 1500 // characters; a message has 2000
	maxChoices  = 25   // that Discord takes
)

// wireCommand is a command as Discord is told it, and as it gives it back (developer documentation, "Application
// Commands").
type wireCommand struct {
	Type        int          `json:"type"`
	Name        string       `json:"name"`
	Description string       `json:"description,omitempty"`
	Options     []wireOption `json:"options,omitempty"`
	ID          text         `json:"id,omitempty"`

	// Of those that are offered everywhere: on servers alone, and where the application was added to one.
	Contexts     []int `json:"contexts,omitempty"`
	Integrations []int `json:"integration_types,omitempty"`
}

type wireOption struct {
	Type        int          `json:"type"`
	Name        string       `json:"name"`
	Description string       `json:"description"`
	Required    bool         `json:"required,omitempty"`
	MaxLength   int          `json:"max_length,omitempty"`
	Choices     []wireChoice `json:"choices,omitempty"`
}

type wireChoice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

const optionText = 3

// commands are those of this source on a server. Only messages of channels that are read can be sent: without one there
// is no command for it.
func (r *Receiver) commands(server string) []wireCommand {
	if server == everywhere && len(r.servers) > 0 {
		return nil
	}
	ask := wireCommand{Type: 1, Name: nameAsk, Description: "Ask the panel a question. Only you see the answer that you get here",
		Options: []wireOption{
			{Type: optionText, Name: optionQuestion, Description: "What should the panel answer?", Required: true, MaxLength: maxQuestion},
			{Type: optionText, Name: optionShare, Description: "May it be shown to others than the strictest circle? Your name never is", Required: true,
				Choices: []wireChoice{
					{"Yes: to the readers of the digest, with your community, without your name", shareYes},
					{"No: only to whom " + domain.AmberStrict.Label() + " may be shown, with neither name nor community", shareNo},
				}},
		}}
	if len(r.communities) > 0 {
		community := wireOption{Type: optionText, Name: optionCommunity, Description: "For which community do you ask, if for one?"}
		for _, c := range r.communities {
			community.Choices = append(community.Choices, wireChoice{cut(c.Title, 100), c.ID})
		}
		ask.Options = append(ask.Options, community)
	}
	all := []wireCommand{ask, {Type: 1, Name: nameWithdraw, Description: "See the questions that you have asked, and take one back"}}
	if len(r.channels) > 0 {
		all = append(all, wireCommand{Type: 3, Name: nameSend})
	}
	for i := range all {
		if server == everywhere {
			all[i].Contexts, all[i].Integrations = []int{0}, []int{0}
		}
	}
	return all
}

// Announce registers the commands, where they are other ones or none. Commands of other names that the application has
// stay.
func (r *Receiver) Announce(ctx context.Context) error {
	v, err := r.newVisit()
	if err != nil {
		return err
	}
	app, err := v.application(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, server := range r.offeredOn() {
		if err := r.announce(ctx, v, string(app.ID), server); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// everywhere stands for all servers at once, that the application was added to or will be.
const everywhere = ""

// offeredOn lists where commands are looked after. If servers are named, there must be none of them everywhere.
func (r *Receiver) offeredOn() []string { return append([]string{everywhere}, r.servers...) }

func endpointCommands(app, server string) string {
	if server == everywhere {
		return discordgo.EndpointApplicationGlobalCommands(app)
	}
	return discordgo.EndpointApplicationGuildCommands(app, server)
}

func (r *Receiver) announce(ctx context.Context, v *visit, app, server string) error {
	missing, surplus, err := r.differs(ctx, v, app, server)
	if err != nil {
		return err
	}
	for _, command := range missing {
		var made wireCommand // in the place of one of the same name
		if err := v.call(ctx, http.MethodPost, "commands/"+server, endpointCommands(app, server), command, &made); err != nil {
			return fmt.Errorf("register %q: %w", command.Name, explainServer(err, server))
		}
	}
	for _, command := range surplus {
		if err := v.call(ctx, http.MethodDelete, "commands/"+server, endpointCommands(app, server)+"/"+string(command.ID), nil, nil); err != nil {
			return fmt.Errorf("remove %q: %w", command.Name, explainServer(err, server))
		}
	}
	return nil
}

// differs compares what is offered with what should be: what is missing there, or is another, and what of ours is too
// much.
func (r *Receiver) differs(ctx context.Context, v *visit, app, server string) (missing, surplus []wireCommand, err error) {
	var raw []json.RawMessage
	if err := v.get(ctx, "commands/"+server, endpointCommands(app, server), &raw); err != nil {
		return nil, nil, fmt.Errorf("look at the commands: %w", explainServer(err, server))
	}
	want := r.commands(server)
	var same []string
	for _, one := range raw {
		var there wireCommand
		if json.Unmarshal(one, &there) != nil {
			continue // not one of ours, or one to be made anew
		}
		i := slices.IndexFunc(want, func(w wireCommand) bool { return w.Name == there.Name && w.Type == there.Type })
		switch {
		case i >= 0 && want[i].equal(there):
			same = append(same, there.Name)
		case i < 0 && there.ours():
			surplus = append(surplus, there)
		}
	}
	return slices.DeleteFunc(want, func(w wireCommand) bool { return slices.Contains(same, w.Name) }), surplus, nil
}

// ours says that a command is one that askahead registers.
func (w wireCommand) ours() bool {
	return w.Type == 3 && w.Name == nameSend || w.Type == 1 && (w.Name == nameAsk || w.Name == nameWithdraw)
}

// equal compares what people see, and where.
func (w wireCommand) equal(o wireCommand) bool {
	o.ID = ""
	if len(w.Contexts) == 0 {
		o.Contexts, o.Integrations = nil, nil // of a command of one server they mean nothing
	}
	a, err := json.Marshal(w)
	b, err2 := json.Marshal(o)
	return err == nil && err2 == nil && string(a) == string(b)
}

// explainServer says what is to be done on a server that refuses.
func explainServer(err error, server string) error {
	if server == everywhere && isRefusal(err) {
		return fmt.Errorf("%w: %w", collectors.ErrUnauthorized, err)
	}
	if isRefusal(err, codeMissingAccess, codeUnknownServer) {
		return fmt.Errorf("%w: servers: the application may not register commands on %s; is the id that of a server? Open the application's link with the scope applications.commands and add it there",
			collectors.ErrUnauthorized, server)
	}
	if isRefusal(err) {
		return fmt.Errorf("%w: server %s: %w", collectors.ErrUnauthorized, server, err)
	}
	return err
}

// application is what Discord says of the bot's application.
func (v *visit) application(ctx context.Context) (wireApplication, error) {
	var app wireApplication
	if err := v.get(ctx, "applications/@me", discordgo.EndpointApplication("@me"), &app); err != nil {
		return app, fmt.Errorf("ask for the application: %w", err)
	}
	if _, ok := parseID(app.ID); !ok {
		return app, errors.New("ask for the application: Discord does not tell its id")
	}
	return app, nil
}
