package discord

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// customWithdraw is what a button is called that withdraws, and a list to choose from. What it withdraws follows, or is
// chosen.
const customWithdraw = "withdraw"

// list shows the caller their own questions.
func (c *counter) list(ctx context.Context, call *wireCall) (*response, error) {
	var all []string
	for _, prefix := range []string{prefixAsked, prefixSent} {
		mine := c.mine(call, prefix)
		held, err := c.desk.Held(ctx, mine)
		if err != nil {
			return nil, fmt.Errorf("list a caller's questions: %w", err)
		}
		for _, external := range held {
			all = append(all, prefix+strings.TrimPrefix(external, mine))
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(idOf(b), idOf(a)) }) // newest first
	choose := component{Type: componentSelect, CustomID: customWithdraw, Placeholder: "Choose what to take back"}
	for _, rest := range all[:min(len(all), maxShown)] {
		words, err := c.desk.Words(ctx, canonicalOf(rest))
		if err != nil {
			return nil, fmt.Errorf("show a caller's question: %w", err)
		}
		label := cmp.Or(strings.Join(words, " "), "a question that the organisers have set aside")
		choose.Options = append(choose.Options, option{Label: cut(label, 100), Value: rest})
	}
	const elsewhere = "What you wrote in a channel, you take back by deleting it there."
	if len(all) == 0 {
		return tell("askahead holds no question that you asked with `/ask` or sent to the panel. " + elsewhere), nil
	}
	said := "Choose the question that you want to take back. It is gone at once from everything that is sent from now on. " + elsewhere
	if len(all) > maxShown {
		said += fmt.Sprintf("\nThese are the latest %d of %d.", maxShown, len(all))
	}
	return tell(said, choose), nil
}

// idOf is the number of the call or message that a question came by, which grows with time.
func idOf(rest string) uint64 {
	if asked, ok := strings.CutPrefix(rest, prefixAsked); ok {
		id, _, _ := strings.Cut(asked, "/")
		n, _ := parseID(text(id))
		return n
	}
	_, n, _, _ := splitID(prefixSent + "/" + strings.TrimPrefix(rest, prefixSent))
	return n
}

// withdraw takes back what a button or a choice names. Whose it is does not depend on it: the caller's pseudonym is put
// in, so that nobody reaches what somebody else has asked.
func (c *counter) withdraw(ctx context.Context, call *wireCall) (*response, error) {
	name, rest, _ := strings.Cut(string(call.Data.CustomID), ":")
	if len(call.Data.Values) > 0 {
		rest = string(call.Data.Values[0])
	}
	prefix := prefixAsked
	if strings.HasPrefix(rest, prefixSent) {
		prefix = prefixSent
	}
	tail, ok := strings.CutPrefix(rest, prefix)
	if name != customWithdraw || !ok || idOf(rest) == 0 {
		return tell("askahead does not know this button any more. Use `/withdraw`."), nil
	}
	external := c.mine(call, prefix) + tail
	held, err := c.desk.Held(ctx, external[:len(external)-1])
	if err != nil {
		return nil, fmt.Errorf("look for what is to be withdrawn: %w", err)
	}
	if !slices.Contains(held, external) {
		return instead("It is gone already, or was never yours. `/withdraw` shows what there is."), nil
	}
	if err := c.desk.Withdraw(ctx, external, canonicalOf(rest)); err != nil {
		return nil, fmt.Errorf("withdraw a question: %w", err)
	}
	return instead("Withdrawn. Its words are deleted, and it is in nothing that is sent from now on. " +
		"Who was sent it before is told in the next edition that it was taken back, without its words."), nil
}

// button withdraws one question.
func button(rest string) component {
	return component{Type: componentButton, Style: buttonGrey, Label: "Withdraw", CustomID: customWithdraw + ":" + rest}
}
