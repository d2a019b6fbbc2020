package main

import (
	"archive/tar"
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net/mail"
	"os"
	"slices"
	"strings"
	"time"

	"askahead/store"
)

// source is something that brings mail, by the hours in which it did.
type source struct {
	rate  string
	hours []store.Arrival
}

// letter is what is needed of a mail: nothing is kept of it but hashes.
type letter struct {
	at             time.Time
	sender, thread uint32
	list           string
}

// head reads a mail's header. ok is false if it has no date that can be.
func head(r *bufio.Reader) (l letter, ok bool) {
	var date string
	for {
		line, err := r.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		if line == "" || err != nil && line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.ToLower(name) {
		case "date":
			date = value
		case "from":
			l.sender = hash(value)
		case "subject":
			l.thread = hash(strings.TrimSpace(strings.TrimPrefix(strings.ToLower(value), "re:")))
		case "list-id":
			l.list = value
		}
	}
	at, err := mail.ParseDate(date)
	l.at = at.UTC()
	return l, err == nil
}

func hash(text string) uint32 {
	h := fnv.New32a()
	io.WriteString(h, text)
	return h.Sum32()
}

// cypherpunks reads the dates of the archive's mails. Those that are dated outside of the years of the archive are
// left out: there is no telling when they came.
func cypherpunks(path string) ([]letter, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(bzip2.NewReader(f), 1<<20)
	var mails []letter
	for blank := true; ; {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return mails, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the archive: %w", err)
		}
		if blank && strings.HasPrefix(line, "From ") {
			if l, ok := head(r); ok && l.at.Year() >= 1992 && l.at.Year() <= 1998 {
				mails = append(mails, l)
			}
			line = ""
		}
		blank = strings.TrimSpace(line) == ""
	}
}

// thinned makes sources of many rates: every so many mails at random, or all mails of every so many senders or
// threads, which come in bursts as a small community's do; and those of office hours.
func thinned(mails []letter) []source {
	sources := []source{newSource("all", mails, func(int, letter) bool { return true })}
	for _, rate := range []uint32{3, 10, 30, 100, 300, 1000} {
		for seed := range uint32(6) {
			pick := func(h uint32) bool { return hash(fmt.Sprint(h, "/", seed))>>7%rate == 0 }
			for _, keep := range []func(int, letter) bool{
				func(n int, _ letter) bool { return pick(uint32(n)) },
				func(_ int, l letter) bool { return pick(l.sender) },
				func(_ int, l letter) bool { return pick(l.thread) },
				func(n int, l letter) bool {
					return l.at.Weekday()%6 != 0 && l.at.Hour() >= 8 && l.at.Hour() < 18 && pick(uint32(n))
				},
			} {
				s := newSource(fmt.Sprint("one of ", rate), mails, keep)
				if len(s.hours) >= 20 {
					sources = append(sources, s)
				}
			}
		}
	}
	return sources
}

func newSource(rate string, mails []letter, keep func(n int, l letter) bool) source {
	hours := map[int64]int64{}
	for n, l := range mails {
		if keep(n, l) {
			hours[l.at.Unix()/3600]++
		}
	}
	s := source{rate: rate}
	for _, h := range slices.Sorted(maps.Keys(hours)) {
		s.hours = append(s.hours, store.Arrival{Hour: time.Unix(h*3600, 0).UTC(), Items: hours[h]})
	}
	return s
}

// spamassassin reads the mailing lists of the pack that have at least twenty mails.
func spamassassin(path string) ([]source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lists := map[string][]letter{}
	for archive := tar.NewReader(bzip2.NewReader(f)); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read the lists: %w", err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if l, ok := head(bufio.NewReader(archive)); ok && l.list != "" && l.at.Year() == 2002 {
			lists[l.list] = append(lists[l.list], l)
		}
	}
	var sources []source
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		if s := newSource("list", lists[name], func(int, letter) bool { return true }); len(s.hours) >= 20 {
			sources = append(sources, s)
		}
	}
	return sources, nil
}
