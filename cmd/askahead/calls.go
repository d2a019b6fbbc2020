package main

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"askahead/collectors"
	"askahead/communities"
	"askahead/config"
	"askahead/store"
	"askahead/web"
)

// serves is what a source's collector is told of the sessions that it is for.
type serves struct {
	session     string // store.Shared at the top level
	hashtags    []string
	communities []collectors.Choice
}

func servesSession(s *config.Session) serves {
	out := serves{session: s.ID}
	out.add(s)
	return out
}

// add adds what a session brings, each thing once.
func (s *serves) add(session *config.Session) {
	for _, h := range session.Hashtags {
		if !slices.ContainsFunc(s.hashtags, func(have string) bool { return strings.EqualFold(have, h) }) {
			s.hashtags = append(s.hashtags, h)
		}
	}
	if len(s.communities) == 0 {
		for _, c := range communities.Vocabulary() {
			s.communities = append(s.communities, collectors.Choice{ID: c.ID, Title: c.Title})
		}
	}
	for _, c := range session.Communities {
		if !slices.ContainsFunc(s.communities, func(have collectors.Choice) bool { return have.ID == c.ID }) {
			s.communities = append(s.communities, collectors.Choice{ID: c.ID, Title: c.Title})
		}
	}
}

// pathOf is where a source is called, below public_url. Names need no escaping.
func pathOf(session, source string) string {
	if session == store.Shared {
		return "/sources/" + source
	}
	return "/sources/" + session + "/" + source
}

// calledAt is the public address of that; empty where there is none.
func (e *env) calledAt(session, source string) string {
	if e.cfg.Web.Listen == "" || e.cfg.PublicURL == "" {
		return ""
	}
	return strings.TrimRight(e.cfg.PublicURL, "/") + pathOf(session, source)
}

// called are the places that are called too.
func called(places []place) []place {
	return slices.DeleteFunc(slices.Clone(places), func(p place) bool {
		_, ok := p.Collector.(collectors.Receiver)
		return !ok
	})
}

// site has everything that is called from outside. The web server before it passes addresses on as they are.
func (e *env) site(places []place) (*web.Site, error) {
	public, err := url.Parse(e.cfg.PublicURL)
	if err != nil {
		return nil, err
	}
	s := web.New(e.log, e.app.now)
	for _, p := range called(places) {
		path := strings.TrimRight(public.Path, "/") + pathOf(p.session, p.Name)
		s.Handle(path, p.Collector.(collectors.Receiver).Handler(desk{e, p.Source}))
	}
	return s, nil
}

// beCalled listens for calls, and lets their sources know what people can do, until ctx ends.
func (e *env) beCalled(ctx context.Context, group *errgroup.Group, places []place) error {
	places = called(places)
	if e.cfg.Web.Listen == "" || len(places) == 0 {
		return nil
	}
	site, err := e.site(places)
	if err != nil {
		return err
	}
	l, err := web.Listen(ctx, e.cfg.Web.Listen)
	if err != nil {
		return err
	}
	e.log.Info("calls are answered", "address", l.Addr().String(), "sources", len(places))
	group.Go(func() error { return site.Serve(ctx, l) })
	for _, p := range places {
		group.Go(func() error {
			e.announce(ctx, p)
			return nil
		})
	}
	return nil
}

// How long to wait before a source is told again, at first and at most.
const (
	firstAnnounce = time.Minute
	lastAnnounce  = time.Hour
)

// announce tells a source what people can do by calling, until it has taken that.
func (e *env) announce(ctx context.Context, p place) {
	for wait := firstAnnounce; ; wait = min(2*wait, lastAnnounce) {
		err := p.Collector.(collectors.Receiver).Announce(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			e.log.Info("people can call", "session", p.session, "source", p.Name)
			return
		}
		e.log.Error("the source was not told what people can do by calling; it is tried again", "session", p.session, "source", p.Name, "err", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}
