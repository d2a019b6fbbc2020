package main

import (
	"context"
	"errors"
	"fmt"

	"askahead/collectors"
	"askahead/config"
)

// sourceChecks are those of the sources with these names, or of all, as `collect` orders and names them.
func (e *env) sourceChecks(names []string) ([]check, error) {
	want := chosen{names: names, used: make([]bool, len(names))}
	var checks []check
	for i := range e.cfg.Sessions {
		s := &e.cfg.Sessions[i]
		for j := range s.Sources {
			src := &s.Sources[j]
			if full := s.ID + "/" + src.Name; want.has(full, src.Name) {
				checks = append(checks, sourceCheck(full, src, func() (collectors.Collector, error) {
					p, err := e.source(src, servesSession(s))
					return p.Collector, err
				}))
			}
		}
	}
	for i := range e.cfg.Sources {
		src := &e.cfg.Sources[i]
		if want.has(src.Name, src.Name) {
			checks = append(checks, sourceCheck(src.Name, src, func() (collectors.Collector, error) {
				p, err := e.sharedSource(src, nil)
				if err == nil && len(p.Parts) == 0 {
					err = errNobodyTakes
				}
				return p.Collector, err
			}))
		}
	}
	return checks, want.unused()
}

var errNobodyTakes = errors.New("no session takes anything from it, so it is not read; give a session `hashtags` or `take`")

func sourceCheck(name string, src *config.Source, build func() (collectors.Collector, error)) check {
	return check{about: fmt.Sprintf("source %s (%s)", name, src.Kind.Name), at: src.At, run: func(ctx context.Context) []finding {
		c, err := build()
		if err != nil {
			return []finding{fails("use its settings", err)}
		}
		checker, can := c.(collectors.Checker)
		if !can {
			return []finding{works("use its settings; whether it can be read shows when it is read")}
		}
		var found []finding
		for _, f := range checker.Check(ctx) {
			if f.OK {
				found = append(found, works("%s", f.What))
			} else {
				found = append(found, finding{State: failed, What: f.What, Hint: f.Hint})
			}
		}
		return found
	}}
}
