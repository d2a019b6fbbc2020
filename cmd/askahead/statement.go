package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"askahead/store"
	"askahead/topics"
)

// statement is what is said of a session that was wiped: what went, what is kept, and its figures. It names no person,
// and no community that is below the floor.
type statement struct {
	session, title, by string
	at                 time.Time
	gone               []store.Cleared
	shared             bool
	concerns           topics.Concerns
	editions           map[string]int // how many of each name
	server             bool           // the database is on a server
}

func (s *statement) text() string {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("Statement of erasure by askahead\n")
	line("Session: %s", inOneLine(s.session))
	if s.title != "" {
		line("Title:   %s", inOneLine(s.title))
	}
	line("Wiped:   %s", s.at.UTC().Format(time.RFC3339))
	line("By:      %s", inOneLine(store.Act{By: s.by}.Cleaned().By))
	line("With:    askahead %s\n", inOneLine(version))
	line("Removed, in rows of the database:")
	total := 0
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, g := range s.gone {
		fmt.Fprintf(w, "  %s\t%d\n", strings.ReplaceAll(g.What, "_", " "), g.Rows)
		total += g.Rows
	}
	fmt.Fprintf(w, "  in all\t%d\n", total)
	w.Flush()
	if s.shared {
		line("That is with what the sources of all sessions had left, for this was the last session.")
	}
	line("\nKept:")
	kept := store.KeptByWipe()
	for _, table := range slices.Sorted(maps.Keys(kept)) {
		line("  %s: %s", strings.ReplaceAll(strings.TrimPrefix(table, "askahead_"), "_", " "), kept[table])
	}
	line("\nFigures of the session before it was wiped:")
	s.figures(line)
	line("\nNot reached by this:")
	line("  backups and other copies of the database that were made before")
	line("  editions that were sent, or written to files")
	if s.server {
		line("  the write-ahead log, standbys and backups of the database server")
	}
	return b.String()
}

// figures are numbers of askers of whole communities. Of all together there is a number only where it does not tell, by
// subtraction, how many are in those that are not named.
func (s *statement) figures(line func(string, ...any)) {
	c := s.concerns
	named, below := 0, 0
	for _, g := range c.Communities {
		if !g.Data {
			below++
			continue
		}
		named += g.Askers
		line("  community %s: %s, %s", inOneLine(g.Name), count(g.Askers, "asker"), count(g.Voices, "question"))
	}
	if below > 0 {
		line("  not named, for fewer than %s are in each or none is known: %s", count(c.Options.Floor, "asker"), counted(below, "community", "communities"))
	}
	if rest := c.Askers - named; rest == 0 || rest >= c.Options.Floor {
		line("  in all: %s, %s", count(c.Askers, "asker"), count(c.Voices, "question"))
	} else {
		line("  in all: not told, for that would tell of fewer than %s", count(c.Options.Floor, "asker"))
	}
	line("  topics: %d; shared concerns %d, single-community concerns %d, neither %d", len(c.Topics), c.Shared, c.Single, len(c.Topics)-c.Shared-c.Single)
	for _, name := range slices.Sorted(maps.Keys(s.editions)) {
		line("  editions %q: %d", name, s.editions[name])
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

func inOneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

const (
	publicKeyLine = "Public key (Ed25519): "
	signatureLine = "Signature: "
)

// signed adds the public key and the signature of all that stands before it.
func signed(text string, key ed25519.PrivateKey) string {
	text += "\n" + publicKeyLine + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey)) + "\n"
	return text + signatureLine + base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(text))) + "\n"
}

var errStatement = errors.New("it is no statement of askahead's")

// verified checks the signature of a statement and gives the public key that it was made with.
func verified(text string) (ed25519.PublicKey, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n") // what mail makes of it
	at := strings.LastIndex(text, "\n"+signatureLine)
	if at < 0 {
		return nil, fmt.Errorf("%w: it has no line %q", errStatement, strings.TrimSpace(signatureLine))
	}
	body, signature := text[:at+1], text[at+1+len(signatureLine):]
	key, ok := lastKey(body)
	if !ok {
		return nil, fmt.Errorf("%w: it has no line %q before the signature", errStatement, strings.TrimSpace(publicKeyLine))
	}
	public, err := base64.StdEncoding.DecodeString(key)
	made, err2 := base64.StdEncoding.DecodeString(strings.TrimSpace(signature))
	if err != nil || err2 != nil || len(public) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%w: its key or its signature is not base64", errStatement)
	}
	if !ed25519.Verify(public, []byte(body), made) {
		return nil, errors.New("the signature does not fit: the statement was changed")
	}
	return public, nil
}

// lastKey gives the public key, which stands in the last line of what is signed.
func lastKey(body string) (key string, ok bool) {
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	return strings.CutPrefix(lines[len(lines)-1], publicKeyLine)
}
