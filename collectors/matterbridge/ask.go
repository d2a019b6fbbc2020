package matterbridge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// fill takes what the API has and writes it to the spool, which is locked for that time. The disk is asked
// before matterbridge is: what that gives, it forgets.
func (c *Collector) fill(ctx context.Context) error {
	o, err := c.spool.open(ctx, true)
	if err != nil {
		return err
	}
	defer o.close()
	if err := c.spool.ready(o); err != nil {
		return err
	}
	in, err := newIntake(c, o)
	if err != nil {
		return err
	}
	if c.settings.Read == readStream {
		err = c.stream(ctx, in)
	} else {
		err = c.messages(ctx, in)
	}
	return errors.Join(c.spool.sync(o), err)
}

// get asks for a path of the API. Its errors are those of package collectors, a *guesthttp.StatusError, or the
// context's.
func (c *Collector) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server.String()+path, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: server: its address cannot be used", collectors.ErrSettings)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, guesthttp.TransportError(ctx, c.server.Host, err)
	}
	if err := c.explain(guesthttp.CheckStatus(resp, c.now())); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// explain says what to do about a refusal. Without any token, matterbridge answers 400.
func (c *Collector) explain(err error) error {
	switch {
	case guesthttp.HasStatus(err, http.StatusBadRequest) && c.token == "":
		return fmt.Errorf("%w: token: %s wants one: copy the Token of its [api.…] from matterbridge.toml", collectors.ErrUnauthorized, c.server.Host)
	case errors.Is(err, collectors.ErrUnauthorized):
		return fmt.Errorf("%w: token: %s does not know it: is it the Token of its [api.…] in matterbridge.toml?", collectors.ErrUnauthorized, c.server.Host)
	case guesthttp.HasStatus(err, http.StatusNotFound):
		return fmt.Errorf("%w: server: %s has no API of matterbridge; is it the BindAddress of its [api.…]?", collectors.ErrSettings, c.server.Host)
	}
	return err
}

// messages empties the buffer of the API, a list. Whatever came of a broken answer is kept: it can't be asked
// for again.
func (c *Collector) messages(ctx context.Context, in *intake) error {
	resp, err := c.get(ctx, "/api/messages")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body := bufio.NewReader(&blanks{r: resp.Body})
	switch first, err := firstByte(body); {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil || first != '[' && first != 'n':
		return fmt.Errorf("%w: %s answers with no list of messages: is it the API of matterbridge, and does nothing stand between?", collectors.ErrUnavailable, c.server.Host)
	case first == 'n': // null: nothing came since it was started
		return nil
	}
	d := json.NewDecoder(body)
	if _, err := d.Token(); err != nil {
		return err
	}
	n := 0
	for ; d.More(); n++ {
		var raw json.RawMessage
		if err = d.Decode(&raw); err != nil {
			break
		}
		if err := in.take(raw); err != nil {
			return err
		}
	}
	if err == nil {
		_, err = d.Token() // the end of the list
	}
	if n == holds {
		c.log.Warn("matterbridge gave as many messages as it holds at a time; of a moment with more, the oldest are lost: set `listen`, as README.md says", "server", c.server.Host)
	}
	if err == nil {
		return in.flush()
	}
	rest, _ := io.ReadAll(io.LimitReader(io.MultiReader(d.Buffered(), body), maxOdd))
	if rest = bytes.TrimLeft(rest, ", \r\n\t"); len(rest) > 0 {
		in.records = append(in.records, record{At: c.now().UTC(), Cut: string(rest)})
	}
	if err := in.flush(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w: the answer of %s broke off; the messages behind that are lost, since matterbridge keeps them no longer", collectors.ErrUnavailable, c.server.Host)
}

// blanks ends an answer that goes on with white space alone: the decoder looks through all of it again with each piece
// that comes.
type blanks struct {
	r io.Reader
	n int // of the last bytes that were read
}

// maxBlanks is how much white space may stand together, in bytes.
const maxBlanks = 64 << 10

func (b *blanks) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if rest := len(bytes.TrimRight(p[:n], " \r\n\t")); rest > 0 {
		b.n = n - rest
	} else {
		b.n += n
	}
	if b.n > maxBlanks {
		return n, io.ErrUnexpectedEOF
	}
	return n, err
}

// firstByte is the first that is no white space; it stays to be read.
func firstByte(r *bufio.Reader) (byte, error) {
	for range 4 << 10 {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if !strings.ContainsRune(" \r\n\t", rune(b)) {
			return b, r.UnreadByte()
		}
	}
	return 0, io.ErrUnexpectedEOF
}

// streamTime is how long one connection of a stream lasts.
const streamTime = time.Minute

// stream reads messages as they come, one a line, until there are no more for a while.
func (c *Collector) stream(ctx context.Context, in *intake) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	resp, err := c.get(ctx, "/api/stream")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := make(chan []byte)
	ended := make(chan error, 1)
	go func() {
		s := bufio.NewScanner(resp.Body)
		s.Buffer(nil, maxLine)
		for s.Scan() {
			select {
			case lines <- bytes.Clone(s.Bytes()):
			case <-ctx.Done():
			}
		}
		ended <- s.Err()
	}()
	over := time.After(streamTime)
	for {
		select {
		case line := <-lines:
			if err := in.line(line); err != nil {
				return err
			}
			continue
		default:
		}
		select {
		case line := <-lines:
			if err := in.line(line); err != nil {
				return err
			}
		case <-time.After(c.quiet):
			return nil
		case <-over:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case err := <-ended:
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err != nil {
				return fmt.Errorf("%w: the stream of %s broke off", collectors.ErrUnavailable, c.server.Host)
			}
			return nil
		}
	}
}
