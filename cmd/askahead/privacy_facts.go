package main

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"askahead/collectors"
	"askahead/config"
	"askahead/domain"
	"askahead/privacy"
)

// privacyFacts is what a configuration does with personal data; of one session, or of all.
func privacyFacts(cfg *config.Config, session string, now time.Time) privacy.Facts {
	f := privacy.Facts{
		Controller: privacy.Controller(cfg.Controller), Contact: cfg.Contact, Store: storePlace(cfg),
		Metrics: cfg.Run.Listen != "", Keep: privacy.Keep(cfg.Keep), Date: now,
	}
	shared := false
	for i := range cfg.Sessions {
		s := &cfg.Sessions[i]
		if session != "" && s.ID != session {
			continue
		}
		f.Sessions = append(f.Sessions, privacy.Session{Title: s.Title, Starts: s.Starts, Zone: s.Location})
		for j := range s.Sources {
			f.Sources = append(f.Sources, privacySource(&s.Sources[j], s.Title))
		}
		f.Editions = append(f.Editions, privacyEditions(s)...)
		_, takes := s.SharedTake()
		shared = shared || takes
	}
	if shared {
		for i := range cfg.Sources {
			f.Sources = append(f.Sources, privacySource(&cfg.Sources[i], ""))
		}
	}
	mailed := slices.ContainsFunc(f.Editions, func(e privacy.Edition) bool { return e.Recipients > 0 })
	if cfg.SMTP != nil && mailed {
		f.Mail = hostOf(cfg.SMTP.Server)
	}
	if set := cfg.Embed; set != nil && !set.Here() {
		f.Vectors = &privacy.Vectors{Host: serverOf(set), Label: set.MaxLabel.Label()}
	}
	f.Requests = privacy.Requests{Mail: cfg.Requests.Address, Chat: callable(cfg)}
	return f
}

func privacySource(s *config.Source, of string) privacy.Source {
	out := privacy.Source{
		Name: s.Name, Of: of, Kind: s.Kind.Name, Reads: s.Kind.Reads, Public: s.Kind.PublicOnly, Default: s.TLP.Label(),
		Retention: s.Retention, Swept: !s.SweepDue.IsZero(), Answers: s.Answers,
	}
	switch at := s.Settings.(type) {
	case collectors.Visitor:
		for _, server := range at.Servers() {
			if host := hostOf(server); host != "" && !slices.Contains(out.Servers, host) {
				out.Servers = append(out.Servers, host)
			}
		}
	case collectors.Hosted:
		out.Servers = []string{at.Host()}
	}
	return out
}

func privacyEditions(s *config.Session) []privacy.Edition {
	if s.Digest == nil {
		return nil
	}
	var list []privacy.Edition
	for _, e := range s.Digest.Editions {
		list = append(list, privacy.Edition{
			Name: e.Name, Of: s.Title, Label: e.Audience.Label(), Recipients: len(e.To), Folder: e.Out != "",
			Everyone: e.Audience == domain.Clear, Approved: e.Approved,
		})
	}
	return list
}

// storePlace says where the data is, without a user, a name or a path.
func storePlace(cfg *config.Config) string {
	if _, file := cfg.Store.SQLite(); file {
		return "a file on the server that runs the program"
	}
	u, err := url.Parse(cfg.Store.String())
	if err != nil || u.Hostname() == "" {
		return "a PostgreSQL database"
	}
	return "a PostgreSQL database on " + u.Hostname()
}

// callable says that a source takes /ask and /withdraw.
func callable(cfg *config.Config) bool {
	is := func(s config.Source) bool {
		c, ok := s.Settings.(collectors.Called)
		return ok && c.CalledBy() != ""
	}
	return slices.ContainsFunc(cfg.Sources, is) ||
		slices.ContainsFunc(cfg.Sessions, func(s config.Session) bool { return slices.ContainsFunc(s.Sources, is) })
}

func hostOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	return u.Hostname()
}
