package imap

import (
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"

	"askahead/collectors"
)

const cursorKind = "imap/1"

// position is the cursor: how far each mailbox was read, by its name. A mailbox that is no longer asked for
// stays in it, so that it goes on where it was if it is asked for again.
type position struct {
	Boxes map[string]place `json:"boxes"`
}

// place is how far one mailbox was read.
type place struct {
	Validity uint32   `json:"validity"`         // UIDVALIDITY: another one means that all UIDs were given anew
	UID      imap.UID `json:"uid"`              // the highest that was passed
	ModSeq   uint64   `json:"modseq,omitempty"` // HIGHESTMODSEQ (RFC 7162) when it was read to its end; 0 if unknown
}

func readPosition(c collectors.Cursor) (*position, error) {
	p := &position{}
	if err := c.Read(cursorKind, p); err != nil {
		return nil, err
	}
	if p.Boxes == nil {
		p.Boxes = map[string]place{}
	}
	return p, nil
}

func (p *position) cursor() (collectors.Cursor, error) { return collectors.NewCursor(cursorKind, p) }

// mailID finds a mail again on its server. It is written as the external id MAILBOX/UIDVALIDITY/UID.
type mailID struct {
	box      string
	validity uint32
	uid      imap.UID
}

func (id mailID) String() string {
	return id.box + "/" + strconv.FormatUint(uint64(id.validity), 10) + "/" + strconv.FormatUint(uint64(id.uid), 10)
}

// parseID reads what String wrote; the name of the mailbox may hold slashes itself.
func parseID(text string) (mailID, bool) {
	rest, uid, ok := cutLast(text)
	if !ok {
		return mailID{}, false
	}
	box, validity, ok := cutLast(rest)
	u, errU := strconv.ParseUint(uid, 10, 32)
	v, errV := strconv.ParseUint(validity, 10, 32)
	id := mailID{box, uint32(v), imap.UID(u)}
	// Only what String writes is an id: no sign, no leading zero.
	return id, ok && errU == nil && errV == nil && u > 0 && v > 0 && box != "" && id.String() == text
}

func cutLast(text string) (before, after string, ok bool) {
	i := strings.LastIndexByte(text, '/')
	if i < 0 {
		return "", "", false
	}
	return text[:i], text[i+1:], true
}
