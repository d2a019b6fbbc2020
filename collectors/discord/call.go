package discord

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"askahead/collectors"
)

const (
	// maxCall is far more than a call with a message at its longest takes, in bytes.
	maxCall = 256 << 10
	// maxAge is how far the time of a call may be from ours: the clocks of two machines, and the way between them.
	maxAge = 5 * time.Minute
	// answerTime is what is left of the 3 seconds that Discord waits, when the way there and back is taken off.
	answerTime = 2400 * time.Millisecond
)

// counter is where people are served.
type counter struct {
	*Receiver
	desk     collectors.Desk
	seen     *seen
	visitors *visitors

	mu    sync.Mutex
	roles map[text]knownRoles // by server
}

// ServeHTTP answers one call (developer documentation, "Receiving and Responding to Interactions"). Discord sends bad
// signatures on purpose, and takes back an address that does not refuse them.
func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "Discord calls here, with POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if err != nil {
		http.Error(w, "the call is too large, or broke off", http.StatusRequestEntityTooLarge)
		return
	}
	if !c.signed(r.Header, body) {
		http.Error(w, "the signature is not that of the application", http.StatusUnauthorized)
		return
	}
	now := c.now()
	if at, err := strconv.ParseInt(r.Header.Get(headerTime), 10, 64); err != nil || now.Sub(time.Unix(at, 0)).Abs() > maxAge {
		c.log.Warn("a signed call of Discord was refused, for it is not of now: is the clock of this machine right?")
		http.Error(w, "the call is not of now", http.StatusUnauthorized)
		return
	}
	var call wireCall
	if err := json.Unmarshal(body, &call); err != nil {
		http.Error(w, "the call is not of the shape that was expected", http.StatusBadRequest)
		return
	}
	if call.Type == callPing {
		(&response{Type: replyPong}).write(w)
		return
	}
	id, ok := parseID(call.ID)
	switch {
	case !ok || call.who().ID == "":
		http.Error(w, "the call does not say who calls", http.StatusBadRequest)
		return
	case now.Sub(idTime(id)).Abs() > maxAge:
		http.Error(w, "the call is not of now", http.StatusUnauthorized)
		return
	case !c.seen.first(id, now):
		http.Error(w, "the call came before", http.StatusConflict)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	c.serve(ctx, &call).write(w)
}

// The headers of a signature, which is over the time and the body.
const (
	headerSignature = "X-Signature-Ed25519"
	headerTime      = "X-Signature-Timestamp"
)

func (c *counter) signed(h http.Header, body []byte) bool {
	signature, err := hex.DecodeString(h.Get(headerSignature))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return false
	}
	return ed25519.Verify(c.key, slices.Concat([]byte(h.Get(headerTime)), body), signature)
}

// serve does what somebody wants, if they may, and says what became of it.
func (c *counter) serve(ctx context.Context, call *wireCall) *response {
	if call.GuildID == "" || len(c.servers) > 0 && !slices.Contains(c.servers, string(call.GuildID)) {
		return tell("This server does not take part: its organisers have not entered it in askahead. Nothing was recorded.")
	}
	visitor, busy := c.visitors.enter(call.who().ID, c.now())
	if busy != "" {
		return tell(busy)
	}
	defer visitor.leave()
	said, err := c.dispatch(ctx, call)
	if err != nil {
		c.log.Error("what somebody asked could not be answered", "err", err)
		return tell("This did not work, and it is not your fault: askahead has told its organisers. Please try again in a minute; nothing is recorded twice.")
	}
	return said
}

func (c *counter) dispatch(ctx context.Context, call *wireCall) (*response, error) {
	switch {
	case call.Type == callCommand && call.Data.Type == commandChat && call.Data.Name == nameAsk:
		return c.ask(ctx, call)
	case call.Type == callCommand && call.Data.Type == commandChat && call.Data.Name == nameWithdraw:
		return c.list(ctx, call)
	case call.Type == callCommand && call.Data.Type == commandMessage:
		return c.send(ctx, call)
	case call.Type == callComponent:
		return c.withdraw(ctx, call)
	}
	return tell("askahead does not know this command any more. Start Discord anew to see those that it knows."), nil
}
