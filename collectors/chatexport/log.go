package chatexport

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"time"

	"askahead/domain"
)

// The logs of IRC clients: irssi, WeeChat, ZNC, HexChat, and those that look like them. A line is a time, and a
// person with their words or what happened in the room; a line without a time goes on with the one above.

// maxLine is the longest line that is read, in bytes; IRC allows 512.
const maxLine = 64 << 10

// maxNicks is how many who speak in a channel are known by name.
const maxNicks = 100_000

// logPosition is how far a log was read.
type logPosition struct {
	day  time.Time // midnight of the line's day; zero if nothing says it
	last time.Time
}

func (x *export) indexLog(ctx context.Context, document int32, r io.Reader) error {
	name := x.archive.names[document]
	key, shown := x.hint(document)
	at := logPosition{day: logDay(path.Base(name), x.c.zone)}
	lines := bufio.NewReaderSize(r, maxLine)
	same := map[[8]byte]int32{} // words that were said at the time of the last line
	open := -1                  // the row that a line without a time goes on with
	for off := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := lines.ReadSlice('\n')
		begin := off
		off += int64(len(line))
		tooLong := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			var more []byte
			more, err = lines.ReadSlice('\n')
			off += int64(len(more))
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("read on after %d bytes: %w", begin, err)
		}
		l := readLine(bytes.TrimRight(line, "\r\n"))
		row := row{off: begin, len: int32(off - begin), document: document, log: true}
		switch {
		case tooLong:
			row.len, row.at = maxLine, max(at.last.UnixMicro(), 0)
			if err := x.add(row, key, shown); err != nil {
				return err
			}
			open = -1
		case l.kind == lineDay:
			at.day, open = time.Date(l.day.Year(), l.day.Month(), l.day.Day(), 0, 0, 0, 0, x.c.zone), -1
		case l.kind == lineOther:
			open = -1
		case l.kind == lineMore && open >= 0:
			if n := off - x.rows[open].off; n <= maxLine {
				x.rows[open].len = int32(n)
			}
		case l.kind == lineMore && len(bytes.TrimSpace(line)) == 0:
		default:
			sent := at.time(&l, x.c.zone)
			if l.kind == lineEvent {
				open = -1
				break
			}
			if !sent.Equal(at.last) {
				clear(same)
			}
			at.last = sent
			row.at = max(sent.UnixMicro(), 0)
			sum := wordsOf(l.nick, l.text)
			row.repeat = same[sum]
			same[sum]++
			before := len(x.rows)
			if err := x.add(row, key, shown); err != nil {
				return err
			}
			if open = -1; len(x.rows) > before {
				open = before
				if !l.action {
					x.channels[x.rows[open].channel].hears(l.nick)
				}
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

func (c *channel) hears(nick string) {
	if c.nicks == nil {
		c.nicks = map[string]bool{}
	}
	if len(c.nicks) < maxNicks && nick != "" {
		c.nicks[strings.ToLower(nick)] = true
	}
}

// time is when a line was written. A log whose lines have no day goes on at midnight with the next one.
func (p *logPosition) time(l *logLine, zone *time.Location) time.Time {
	if l.kind == lineMore {
		return p.last
	}
	if !l.day.IsZero() {
		p.day = time.Date(l.day.Year(), l.day.Month(), l.day.Day(), 0, 0, 0, 0, zone)
	}
	if p.day.IsZero() {
		return time.Time{}
	}
	sent := time.Date(p.day.Year(), p.day.Month(), p.day.Day(), 0, 0, 0, int(l.clock), zone)
	if p.last.Sub(sent) > 12*time.Hour && l.day.IsZero() {
		p.day = p.day.AddDate(0, 0, 1)
		sent = sent.AddDate(0, 0, 1)
	}
	return sent
}

func wordsOf(nick, words string) [8]byte {
	sum := sha256.Sum256([]byte(nick + "\x00" + words))
	return [8]byte(sum[:8])
}

// readLog reads the lines of a message.
func (x *export) readLog(r *row, raw []byte) message {
	m := message{raw: raw, media: domain.TypeText}
	first, more, _ := bytes.Cut(bytes.TrimRight(raw, "\r\n"), []byte("\n"))
	l := readLine(bytes.TrimRight(first, "\r"))
	m.at = time.UnixMicro(r.at).UTC()
	switch {
	case int(r.len) >= maxLine:
		m.broken = "its line is longer than 64 KB"
	case l.kind != lineSaid:
		m.broken = "it stands above the first line that has a time and a name"
	case r.at == 0:
		m.broken = "neither the line nor the name of the file says its day"
	}
	if m.broken != "" {
		return m
	}
	sum := wordsOf(l.nick, l.text)
	m.id = fmt.Sprintf("%s-%d", hex.EncodeToString(sum[:]), r.repeat)
	m.canonical = x.id(r, &m)
	m.author = person{id: strings.ToLower(l.nick), name: l.nick}
	// HexChat writes "* Now talking on #privacy" like "* ada waits": who never speaks is nobody.
	m.notWritten = l.action && !x.channels[r.channel].nicks[m.author.id]
	words := l.text
	if len(more) > 0 {
		words += "\n" + strings.ReplaceAll(string(more), "\r", "")
	}
	if strings.ContainsAny(words, formattingSigns) {
		words = formatting.ReplaceAllString(words, "")
	}
	words, m.mentions = addressed(words, x.channels[r.channel].nicks)
	m.mentions = append(m.mentions, atNames(words)...)
	m.text = words
	return m
}

// formatting are the signs for bold, colours and the like (modern IRC documentation, "IRC Formatting").
var formatting = regexp.MustCompile("[\x02\x0f\x11\x16\x1d\x1e\x1f]|\x03(?:[0-9]{1,2}(?:,[0-9]{1,2})?)?|\x04(?:[0-9A-Fa-f]{6})?")

// formattingSigns are what formatting begins with: in most lines there is none.
const formattingSigns = "\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f"

// addressed writes "ada: who reads this?" as "@ada who reads this?" where somebody of that name speaks in the
// channel: so are people called there, and such a name is no word of the question.
func addressed(words string, nicks map[string]bool) (string, []person) {
	i := strings.IndexAny(words, ":, \n")
	if i <= 0 || i > 64 || words[i] != ':' && words[i] != ',' || !nicks[strings.ToLower(words[:i])] || !strings.HasPrefix(words[i+1:], " ") {
		return words, nil
	}
	return "@" + words[:i] + words[i+1:], []person{{name: words[:i]}}
}
