package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rivo/uniseg"

	"askahead/pipeline"
)

// When something that takes long says how far it is.
const (
	barAfter   = 2 * time.Second        // on a terminal, a bar
	barEvery   = 250 * time.Millisecond // and it is drawn anew
	plainEvery = 10 * time.Second       // elsewhere, a line
	longWait   = 2 * time.Second        // a wait that is told
)

// progress shows how far something is that may take longer than two seconds: a bar on a terminal, a line every ten
// seconds in a pipe, nothing with --quiet. What is over sooner shows nothing. Whoever works calls at, whenever there is
// news, and finish; in between it goes on by itself, so that nobody need wonder whether something hangs.
type progress struct {
	a    *app
	name string
	stop chan struct{}
	over sync.WaitGroup

	mu     sync.Mutex // holds what follows
	began  time.Time
	told   time.Time // when the last line was written
	first  news      // the first news: what was done before it is no measure of the rate
	last   news
	unit   string
	total  int64 // 0 where it is not known
	detail string
	until  time.Time // the source asks to wait until then
}

// news is how much was done when; without a time, nothing was told yet.
type news struct {
	at   time.Time
	done int64
}

// newProgress begins to show how far name is. finish ends it.
func (a *app) newProgress(name string) *progress {
	p := &progress{a: a, name: name, stop: make(chan struct{}), began: a.now()}
	p.told = p.began
	if a.quiet {
		return p
	}
	every := plainEvery
	if a.screen != nil {
		every = barEvery
	}
	p.over.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-ticker.C:
				p.show(a.now())
			}
		}
	})
	return p
}

// at says that now of total is done, in a unit such as "messages" or "bytes"; total is 0 where it is not known. detail
// is what else there is to say, such as how many questions were found.
func (p *progress) at(now, total int64, unit, detail string) {
	p.mu.Lock()
	p.last = news{p.a.now(), now}
	if p.first.at.IsZero() || now < p.first.done || unit != p.unit {
		p.first = p.last
	}
	p.total, p.unit, p.detail = total, unit, detail
	p.until = time.Time{}
	p.mu.Unlock()
	p.show(p.a.now())
}

// report is at for a run of the pipeline.
func (p *progress) report(r pipeline.Report) {
	p.at(r.Done.Now, r.Done.Total, r.Done.Unit, fmt.Sprintf("%s read, %s", count(r.Sum.Read, "item"), count(r.Sum.Questions, "question")))
}

// finish takes the bar away.
func (p *progress) finish() {
	if p.a.quiet {
		return
	}
	close(p.stop)
	p.over.Wait()
	if p.a.screen != nil {
		p.a.screen.draw("")
	}
}

// waiting says that the source asks to wait.
func (p *progress) waiting(until time.Time) {
	p.mu.Lock()
	p.until = until
	p.mu.Unlock()
	now := p.a.now()
	if until.Sub(now) < longWait || p.a.quiet {
		return
	}
	if p.a.screen == nil {
		p.say(now)
		return
	}
	p.show(now)
}

// show draws the bar, or writes a line, if it is time for that.
func (p *progress) show(now time.Time) {
	p.mu.Lock()
	told := p.told
	p.mu.Unlock()
	switch {
	case p.a.quiet:
	case p.a.screen == nil && now.Sub(told) >= plainEvery:
		p.say(now)
	case p.a.screen != nil && now.Sub(p.began) >= barAfter:
		p.a.screen.draw(p.bar(now))
	}
}

// say writes a line.
func (p *progress) say(now time.Time) {
	p.mu.Lock()
	p.told = now
	p.mu.Unlock()
	fmt.Fprintln(p.a.err, printable(p.name+": "+strings.Join(p.words(now), ", ")))
}

// words are what there is to say.
func (p *progress) words(now time.Time) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until.After(now) {
		return []string{"the source asks to wait until " + p.until.UTC().Format(time.TimeOnly) + " UTC"}
	}
	if p.last.at.IsZero() {
		return []string{"at it for " + now.Sub(p.began).Round(time.Second).String()}
	}
	var words []string
	if p.total > 0 {
		words = append(words, fmt.Sprintf("%d %%", p.percent()))
	}
	words = append(words, p.amount())
	if rate := p.rate(now); rate > 0 {
		words = append(words, inUnit(rate, p.unit)+"/s")
	}
	if p.detail != "" {
		words = append(words, p.detail)
	}
	return words
}

func (p *progress) percent() int64 {
	return max(0, min(100, int64(float64(p.last.done)*100/float64(p.total))))
}

// amount is "1,204 of 2,900 messages", or "1.2 MB".
func (p *progress) amount() string {
	if p.total <= 0 {
		return inUnit(float64(p.last.done), p.unit)
	}
	total := inUnit(float64(p.total), p.unit)
	if p.unit == bytesUnit {
		return inUnit(float64(p.last.done), p.unit) + " of " + total
	}
	return thousands(int(p.last.done)) + " of " + total
}

// rate is how much is done in a second, since the first news.
func (p *progress) rate(now time.Time) float64 {
	took := now.Sub(p.first.at)
	if took < time.Second {
		return 0
	}
	return float64(p.last.done-p.first.done) / took.Seconds()
}

const bytesUnit = "bytes"

// inUnit is "12 messages", "3.4 messages", or "1.2 MB".
func inUnit(n float64, unit string) string {
	switch {
	case unit == bytesUnit && n >= 1e9:
		return fmt.Sprintf("%.1f GB", n/1e9)
	case unit == bytesUnit && n >= 1e6:
		return fmt.Sprintf("%.1f MB", n/1e6)
	case unit == bytesUnit:
		return fmt.Sprintf("%.0f kB", n/1e3)
	case n < 10 && n != float64(int(n)):
		return fmt.Sprintf("%.1f %s", n, unit)
	}
	return thousands(int(n)) + " " + unit
}

// barWidth is how many columns the bar itself takes.
const barWidth = 24

// bar is one line, no longer than the terminal is wide.
func (p *progress) bar(now time.Time) string {
	words := strings.Join(p.words(now), "  ")
	p.mu.Lock()
	line := p.name
	if p.total > 0 && !p.until.After(now) {
		full := int(p.percent() * barWidth / 100)
		line += "  [" + strings.Repeat("#", full) + strings.Repeat("-", barWidth-full) + "]"
	}
	p.mu.Unlock()
	return fit(printable(line+"  "+words), p.a.screen.columns-1)
}

// fit cuts a line at a width.
func fit(line string, width int) string {
	var b strings.Builder
	for rest, state := line, -1; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if width -= w; width < 0 {
			break
		}
		b.WriteString(cluster)
	}
	return b.String()
}
