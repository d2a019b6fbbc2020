package imap

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fake is a server that plays a script: it knows the few commands that are used, and misbehaves where it is told.
type fake struct {
	certificates
	addr  string
	caps  string
	greet string // instead of the usual greeting

	mu       sync.Mutex
	validity int
	next     int // UIDNEXT; 0 is one above the highest
	modSeq   int
	uids     []int
	logins   int
	heard    []string
	ignore   bool // what UID SEARCH n:* gives is not filtered: the last mail comes always
	// hook answers in the server's place if it is true; arguments is what follows the command's name.
	hook func(c *fakeConn, tag, command, arguments string) bool
	// line changes the answer about one mail; it is false if it did all there is to do.
	line func(c *fakeConn, uid int, body bool) bool
}

type fakeConn struct {
	net.Conn
	in *bufio.Reader
	f  *fake
}

func newFake(t testing.TB, certs certificates, uids ...int) *fake {
	t.Helper()
	f := &fake{certificates: certs, caps: "IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER ESEARCH CONDSTORE", validity: 7, uids: uids}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certs.server}})
	if err != nil {
		t.Fatal(err)
	}
	f.addr = ln.Addr().String()
	var open sync.WaitGroup
	var mu sync.Mutex
	conns := map[net.Conn]bool{}
	open.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns[conn] = true
			mu.Unlock()
			open.Go(func() {
				defer conn.Close()
				f.serve(&fakeConn{conn, bufio.NewReader(conn), f})
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		mu.Lock()
		for conn := range conns {
			conn.Close()
		}
		mu.Unlock()
		open.Wait()
	})
	return f
}

// change changes the script while the server runs.
func (f *fake) change(how func(f *fake)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how(f)
}

// said gives what was said since the last call, without what logs in.
func (f *fake) said() (lines []string) {
	f.change(func(f *fake) { lines, f.heard = f.heard, nil })
	return lines
}

func (f *fake) url() string { return "imaps://" + f.addr }

func (f *fake) collector(t testing.TB, change func(*Settings)) *Collector {
	t.Helper()
	return newCollector(t, settingsFor(f.url(), f.caFile, change))
}

func (c *fakeConn) say(format string, args ...any) { fmt.Fprintf(c, format+"\r\n", args...) }

func (f *fake) serve(c *fakeConn) {
	f.mu.Lock()
	greeting := f.greet
	if greeting == "" {
		greeting = "* OK [CAPABILITY " + f.caps + "] ready"
	}
	f.mu.Unlock()
	c.say("%s", greeting)
	f.talk(c)
}

// talk answers commands until the connection is over.
func (f *fake) talk(c *fakeConn) {
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		tag, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		command, arguments, _ := strings.Cut(rest, " ")
		if command == "UID" {
			var sub string
			sub, arguments, _ = strings.Cut(arguments, " ")
			command += " " + sub
		}
		f.mu.Lock()
		if command != "AUTHENTICATE" && command != "LOGIN" {
			f.heard = append(f.heard, rest)
		}
		hook := f.hook
		f.mu.Unlock()
		if hook != nil && hook(c, tag, command, arguments) {
			continue
		}
		if !f.answer(c, tag, command, arguments) {
			return
		}
	}
}

func (f *fake) answer(c *fakeConn, tag, command, arguments string) bool {
	f.mu.Lock()
	caps, validity, next, modSeq, uids, ignore := f.caps, f.validity, f.next, f.modSeq, f.uids, f.ignore
	f.mu.Unlock()
	switch command {
	case "CAPABILITY":
		c.say("* CAPABILITY %s", caps)
	case "AUTHENTICATE", "LOGIN":
		f.mu.Lock()
		f.logins++
		f.mu.Unlock()
	case "EXAMINE":
		c.say("* %d EXISTS", len(uids))
		c.say("* OK [UIDVALIDITY %d] ok", validity)
		if next == 0 && len(uids) > 0 {
			next = uids[len(uids)-1] + 1
		}
		if next > 0 && next < 1<<32 {
			c.say("* OK [UIDNEXT %d] ok", next)
		}
		if modSeq > 0 {
			c.say("* OK [HIGHESTMODSEQ %d] ok", modSeq)
		}
	case "UID SEARCH":
		set := strings.Fields(arguments[strings.Index(arguments, "UID "):])[1]
		found, in := []string{}, members(set)
		for i, uid := range uids {
			if in(uid) || (ignore && i == len(uids)-1) {
				found = append(found, strconv.Itoa(uid))
			}
		}
		if strings.Contains(arguments, "RETURN") {
			all := ""
			if len(found) > 0 {
				all = " ALL " + strings.Join(found, ",")
			}
			c.say(`* ESEARCH (TAG "%s") UID%s`, tag, all)
		} else {
			c.say("* SEARCH %s", strings.Join(found, " "))
		}
	case "UID FETCH":
		set, items, _ := strings.Cut(arguments, " ")
		in := members(set)
		for i, uid := range uids {
			if in(uid) && !f.fetch(c, i+1, uid, strings.Contains(items, "BODY")) {
				return false
			}
		}
	case "LOGOUT":
		c.say("* BYE")
		c.say("%s OK done", tag)
		return false
	}
	c.say("%s OK done", tag)
	return true
}

// fetch answers about one mail; it is false if the connection is over.
func (f *fake) fetch(c *fakeConn, seq, uid int, body bool) bool {
	f.mu.Lock()
	line := f.line
	f.mu.Unlock()
	if line != nil && !line(c, uid, body) {
		return false
	}
	text := mailText(uid)
	if body {
		fmt.Fprintf(c, "* %d FETCH (UID %d BODY[] {%d}\r\n%s)\r\n", seq, uid, len(text), text)
	} else {
		c.say("* %d FETCH (UID %d RFC822.SIZE %d)", seq, uid, len(text))
	}
	return true
}

// within says whether a set of numbers, as a client writes it, holds n.
func within(set string, n int) bool { return members(set)(n) }

func members(set string) func(n int) bool {
	single, ranges := map[int]bool{}, [][2]int{}
	for part := range strings.SplitSeq(set, ",") {
		from, to, is := strings.Cut(part, ":")
		a, _ := strconv.Atoi(from)
		b, err := strconv.Atoi(to)
		if err != nil {
			b = 1 << 40 // "*"
		}
		if is {
			ranges = append(ranges, [2]int{a, b})
		} else {
			single[a] = true
		}
	}
	return func(n int) bool {
		return single[n] || slices.ContainsFunc(ranges, func(r [2]int) bool { return n >= r[0] && n <= r[1] })
	}
}

// hang waits until the client goes away.
func (c *fakeConn) hang() { io.Copy(io.Discard, c.in) }
