package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"askahead/collectors"
	"askahead/pipeline"
)

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// plainEvery is how often a run says how far it is where no bar can be drawn.
const plainEvery = 10 * time.Second

// progress shows how far a run is: a bar on a terminal, a line now and then in a pipe, nothing with --quiet.
// Runs that are over in a moment show nothing in a pipe.
type progress struct {
	a      *app
	source string
	bar    *progressbar.ProgressBar
	told   time.Time
}

func (a *app) newProgress(source string) *progress {
	return &progress{a: a, source: source, told: a.now()}
}

func (p *progress) report(r pipeline.Report) {
	switch {
	case p.a.quiet:
	case p.a.terminal:
		p.draw(r)
	case p.a.now().Sub(p.told) >= plainEvery:
		p.told = p.a.now()
		fmt.Fprintf(p.a.err, "%s: %s%d items read, %d questions\n", p.source, share(r.Done), r.Sum.Read, r.Sum.Questions)
	}
}

func (p *progress) draw(r pipeline.Report) {
	if p.bar == nil {
		total := r.Done.Total
		if total <= 0 {
			total = -1 // a spinner: nobody knows how much there is
		}
		p.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(p.a.err), progressbar.OptionSetDescription(p.source),
			progressbar.OptionShowBytes(r.Done.Unit == "bytes"), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(24), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish())
	}
	_ = p.bar.Set64(r.Done.Now) // a bar that can't be drawn must not stop a run
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// share is "42 % of the file, " where the total is known.
func share(done collectors.Progress) string {
	if done.Total <= 0 {
		return ""
	}
	return fmt.Sprintf("%d %% of the source, ", min(100, done.Now*100/done.Total))
}
