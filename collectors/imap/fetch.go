package imap

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"askahead/collectors"
)

// Only these three are ever asked for: the library reads other parts of a mail (ENVELOPE, BODYSTRUCTURE) too
// strictly, and one odd mail would end the connection.
const (
	unknownSize = -1
	beginning   = 64 << 10 // bytes that are read of a mail that is too large: its header, and where a label stands
	sizeTries   = 3
	overhead    = 1 << 10 // bytes of an answer around each mail
)

// reader reads mails of one mailbox, whatever the server does to the connection.
type reader struct {
	v        *visit
	box      string
	validity uint32
	sizes    map[imap.UID]int64 // RFC822.SIZE, or unknownSize
	got      map[imap.UID]mail
}

// mail is what came of a UID that was asked for.
type mail struct {
	raw    []byte
	size   int64  // of the whole mail, where raw is its beginning alone
	cut    bool   // it is larger than max_size
	gone   bool   // it was deleted meanwhile
	reason string // why it cannot be read; empty if it can
}

// measure asks for the sizes of uids. Those that the server does not tell stay unknown: what breaks the answer
// about them is found when they are read.
func (r *reader) measure(ctx context.Context, uids []imap.UID) error {
	r.sizes = make(map[imap.UID]int64, len(uids))
	for _, uid := range uids {
		r.sizes[uid] = unknownSize
	}
	ask := &imap.FetchOptions{UID: true, RFC822Size: true}
	rest := uids
	for range sizeTries {
		err := r.fetch(ctx, rest, ask, int64(len(rest))*overhead, func(uid imap.UID, items items) {
			if items.size >= 0 {
				r.sizes[uid] = items.size
			}
		})
		if err == nil || refused(err) {
			return nil
		}
		if !broke(err) {
			return err
		}
		if err := r.v.lost(ctx); err != nil {
			return err
		}
		rest = slices.DeleteFunc(slices.Clone(rest), func(uid imap.UID) bool { return r.sizes[uid] != unknownSize })
		if len(rest) > 0 {
			rest = rest[1:] // the first without an answer is most likely what broke it
		}
		if len(rest) == 0 {
			return nil
		}
	}
	return nil
}

func refused(err error) bool { _, ok := err.(*imap.Error); return ok }

// weight is how much of a batch a mail takes.
func (r *reader) weight(uid imap.UID) int64 {
	switch size := r.sizes[uid]; {
	case size == unknownSize:
		return collectors.BatchBytes // alone in its batch
	case size > r.v.c.settings.MaxSize:
		return beginning
	default:
		return size
	}
}

// next cuts the beginning of uids that fits a batch: at least one.
func (r *reader) next(uids []imap.UID) int {
	var bytes int64
	for i, uid := range uids {
		if bytes += r.weight(uid); i > 0 && (bytes > collectors.BatchBytes || i == collectors.BatchItems) {
			return i
		}
	}
	return len(uids)
}

// read reads uids, a batch, until each is got, broken or gone. After an error r.got holds what was settled.
func (r *reader) read(ctx context.Context, uids []imap.UID) error {
	r.got = make(map[imap.UID]mail, len(uids))
	whole := uids[:0:0]
	for _, uid := range uids {
		if r.sizes[uid] <= r.v.c.settings.MaxSize {
			whole = append(whole, uid)
		}
	}
	if err := r.settle(ctx, whole, 0); err != nil {
		return err
	}
	for _, uid := range uids {
		if _, ok := r.got[uid]; ok {
			continue
		}
		if err := r.settle(ctx, []imap.UID{uid}, 0); err != nil {
			return err
		}
	}
	return nil
}

// patient is how often a single mail is asked for before it counts as broken.
const patient = 2

// settle asks for uids. Where the answer breaks the connection, the first two mails without a whole answer are
// asked for alone, since servers mostly answer in order and it was in one of them; where it was not, the rest is
// halved until it is found.
func (r *reader) settle(ctx context.Context, uids []imap.UID, tried int) error {
	if len(uids) == 0 {
		return nil
	}
	err := r.ask(ctx, uids)
	left := r.unsettled(uids)
	switch {
	case err == nil && len(left) == 0:
		return nil
	case err == nil:
		return r.recheck(ctx, left, tried)
	case refused(err):
		if !onlyNow(err) {
			break
		}
		return r.v.c.unavailable("read mails", err)
	case broke(err):
		if err := r.v.lost(ctx); err != nil {
			return err
		}
	default:
		return err
	}
	if len(left) == 0 {
		return nil
	}
	if len(uids) == 1 {
		if tried+1 < patient {
			return r.settle(ctx, uids, tried+1)
		}
		return r.giveUp(ctx, uids[0], err)
	}
	for n := range 2 {
		if n == len(left) {
			return nil
		}
		if err := r.settle(ctx, left[n:n+1], 0); err != nil {
			return err
		}
		if r.got[left[n]].reason != "" {
			return r.settle(ctx, left[n+1:], 0)
		}
	}
	if len(left) == 2 {
		return nil
	}
	half := (len(left) + 2) / 2
	if err := r.settle(ctx, left[2:half], 0); err != nil {
		return err
	}
	return r.settle(ctx, left[half:], 0)
}

// onlyNow says whether a refusal is about the moment. SERVERBUG is not: servers say so of a damaged mail.
func onlyNow(err error) bool {
	e, ok := err.(*imap.Error)
	return ok && e.Code != imap.ResponseCodeServerBug && busy(e)
}

// giveUp puts a mail down as broken, or as gone where that is why the server refuses it (RFC 2180, section 4.1).
func (r *reader) giveUp(ctx context.Context, uid imap.UID, cause error) error {
	if refused(cause) {
		there, err := r.lookFor(ctx, []imap.UID{uid})
		if err != nil {
			return err
		}
		if !slices.Contains(there, uid) {
			r.got[uid] = mail{gone: true}
			return nil
		}
	}
	r.got[uid] = mail{reason: reasonOf(cause)}
	return nil
}

// lookFor gives those of uids that are there still.
func (r *reader) lookFor(ctx context.Context, uids []imap.UID) ([]imap.UID, error) {
	s, err := r.v.in(ctx, r.box, r.validity)
	if err != nil {
		return nil, err
	}
	there, err := s.search(ctx, imap.UIDSetNum(uids...), 0)
	if broke(err) || refused(err) {
		return nil, r.v.c.unavailable("look for mails again", err)
	}
	return there, err
}

// reasonOf says for the operator why a mail cannot be read.
func reasonOf(err error) string {
	switch {
	case refused(err):
		return "the server refuses to give it, though it lists it"
	case err == errGarbled:
		return "the server's answer about it cannot be read"
	case err == errTooMuch:
		return "the server sends more for it than it has"
	case err == errSilent:
		return "the server goes silent when it is asked for it"
	}
	return "the server breaks the connection when it is asked for it"
}

func (r *reader) unsettled(uids []imap.UID) []imap.UID {
	var left []imap.UID
	for _, uid := range uids {
		if _, ok := r.got[uid]; !ok {
			left = append(left, uid)
		}
	}
	return left
}

// recheck looks at mails that an answer left out: most were deleted meanwhile. One that is there still is asked
// for alone.
func (r *reader) recheck(ctx context.Context, left []imap.UID, tried int) error {
	there, err := r.lookFor(ctx, left)
	if err != nil {
		return err
	}
	for _, uid := range left {
		switch {
		case !slices.Contains(there, uid):
			r.got[uid] = mail{gone: true}
		case tried+1 < patient:
			if err := r.settle(ctx, []imap.UID{uid}, tried+1); err != nil {
				return err
			}
		default:
			r.got[uid] = mail{reason: "the server lists it and does not give its text"}
		}
	}
	return nil
}

// ask fetches the texts of uids, or the beginning of a single one that is too large.
func (r *reader) ask(ctx context.Context, uids []imap.UID) error {
	section := &imap.FetchItemBodySection{Peek: true}
	most := r.v.c.settings.MaxSize
	large := r.sizes[uids[0]] > most
	if large {
		section.Partial = &imap.SectionPartial{Size: beginning}
	}
	var bytes int64
	for _, uid := range uids {
		size := r.weight(uid)
		if r.sizes[uid] == unknownSize {
			size = most
		}
		bytes += 2*size + overhead
	}
	bytes = max(bytes, most) // some servers guess sizes, and some have none
	ask := &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}
	return r.fetch(ctx, uids, ask, bytes, func(uid imap.UID, items items) {
		if !items.text {
			return
		}
		m := mail{raw: items.raw, size: items.literal, cut: items.literal > most}
		if large && items.literal >= beginning { // or its size was no more than a guess, and this is all of it
			m.size, m.cut = r.sizes[uid], true
		}
		r.got[uid] = m
	})
}

// items is what an answer says about one mail.
type items struct {
	size    int64 // RFC822.SIZE; unknownSize if it was not said
	text    bool  // there is a text, and it came whole
	literal int64 // its size, as announced
	raw     []byte
}

// fetch asks for something about uids, and calls got for each mail that an answer is about.
func (r *reader) fetch(ctx context.Context, uids []imap.UID, ask *imap.FetchOptions, bytes int64, got func(imap.UID, items)) error {
	s, err := r.v.in(ctx, r.box, r.validity)
	if err != nil {
		return err
	}
	return s.do(ctx, bytes+smallAnswer, func() error {
		command := s.client.Fetch(imap.UIDSetNum(uids...), ask)
		settle := func() {} // for the answer before: it came whole if another one follows, or the end
		for message := command.Next(); message != nil; message = command.Next() {
			settle()
			settle = func() {}
			uid, items, ok := r.receive(message)
			switch {
			case ok && items.literal > r.v.c.settings.MaxSize: // its end may be far away, or nowhere
				got(uid, items)
			case ok:
				settle = func() { got(uid, items) }
			}
		}
		err := command.Close()
		if err == nil || refused(err) {
			settle()
		}
		return err
	})
}

// receive reads one answer as it comes. It is false if the answer ends early, or names no UID.
func (r *reader) receive(message *imapclient.FetchMessageData) (uid imap.UID, found items, ok bool) {
	found.size = unknownSize
	ok = true
	for item := message.Next(); item != nil; item = message.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = item.UID
		case imapclient.FetchItemDataRFC822Size:
			found.size = item.Size
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue // NIL: the mail has gone
			}
			found.literal = item.Literal.Size()
			if found.raw, found.text = take(item.Literal, r.v.c.settings.MaxSize); !found.text {
				// The connection is over. The library would go on reading this text beside its own reader, which
				// must have ended before.
				r.v.s.client.Close()
				ok = false
			}
		}
	}
	return uid, found, ok && uid != 0
}

// take reads a text of at most most bytes; of a longer one the beginning. It is false if it ends early.
func take(literal imap.LiteralReader, most int64) ([]byte, bool) {
	size := literal.Size()
	if size > most {
		size = min(size, beginning)
	}
	raw := make([]byte, size)
	_, err := io.ReadFull(literal, raw)
	return raw, err == nil
}

// tooLarge is the reason of a mail above max_size.
func (r *reader) tooLarge(size int64) string {
	return fmt.Sprintf("it has %d bytes, more than max_size (%d); its beginning alone was read", size, r.v.c.settings.MaxSize)
}
