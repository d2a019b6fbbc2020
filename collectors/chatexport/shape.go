package chatexport

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
)

type documentShape int

const (
	shapeOther documentShape = iota
	shapeNone                // nothing stands in it yet
	shapeJSON
	shapeLog
)

// shape tells what a document is by its beginning.
func shape(head []byte) documentShape {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if len(text) == 0 {
		return shapeNone
	}
	if text[0] == '{' || text[0] == '[' && (len(text) == 1 || strings.IndexByte(" \t\r\n{]\"", text[1]) >= 0) {
		return shapeJSON
	}
	return shapeOfLines(head)
}

// shapeOfLines tells a log: half of its lines or more have a time, and somebody speaks.
func shapeOfLines(head []byte) documentShape {
	if i := bytes.LastIndexByte(head, '\n'); i > 0 && len(head) >= 4096 {
		head = head[:i]
	}
	said, timed, all := 0, 0, 0
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			continue
		}
		all++
		switch readLine(line).kind {
		case lineSaid:
			said++
			timed++
		case lineEvent, lineDay:
			timed++
		case lineOther:
			all--
		}
	}
	if said > 0 && timed*2 >= all {
		return shapeLog
	}
	return shapeOther
}

// What a look for the first message ends with.
var errSeen, errUnknown = errors.New("seen"), errors.New("unknown")

// looksLikeExport tells whether a file or folder is one that this kind reads. head is the beginning of a file.
func looksLikeExport(at string, head []byte) bool {
	if head == nil || bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return folderOfChats(at)
	}
	switch shape(head) {
	case shapeJSON:
		return knownMessage(head)
	case shapeLog:
		return true
	}
	return false
}

// knownMessage looks for a message in the beginning of a JSON document.
func knownMessage(head []byte) bool {
	lists, err := walkJSON(context.Background(), bytes.NewReader(head), func(raw []byte, _ int64, _ room) error {
		if formatOf(raw) != nil {
			return errSeen
		}
		return errUnknown
	})
	if errors.Is(err, errSeen) || err == nil && lists > 0 {
		return true
	}
	// A first message that is longer than the beginning of its document is told by the list that it stands in; what
	// DiscordChatExporter writes has one of that name, too.
	listed := bytes.Contains(head, []byte(`"messages"`)) || bytes.Contains(head, []byte(`"update_id"`))
	return err != nil && !errors.Is(err, errUnknown) && listed && !bytes.Contains(head, []byte(`"guild"`))
}

// folderOfChats looks into a folder or a .zip for the lists of a Slack export, and else at its first document.
func folderOfChats(at string) bool {
	if info, err := os.Stat(filepath.Join(at, "cur")); err == nil && info.IsDir() {
		return false
	}
	a, err := openArchive(context.Background(), at)
	if err != nil {
		return false
	}
	defer a.close()
	for _, name := range a.names {
		if base := path.Base(name); base == "channels.json" || slackDay.MatchString(base) {
			return true
		}
	}
	for _, name := range a.names[:min(len(a.names), 20)] {
		c, err := a.read(name)
		if err != nil {
			continue
		}
		head := make([]byte, 4096)
		n, _ := c.ReadAt(head, 0)
		c.close()
		if looksLikeExport(name, head[:n]) {
			return true
		}
	}
	return false
}
