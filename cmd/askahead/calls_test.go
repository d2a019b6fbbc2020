package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"askahead/domain"
	"askahead/store"
)

// asCalled makes the test binary run the daemon of the folder that it is started in, with no way out to the network.
const asCalled = "ASKAHEAD_TEST_AS_CALLED"

func runCalled() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, getenv: os.LookupEnv, configPath: defaultConfig}
	e, err := a.open(ctx)
	if err != nil {
		return a.explainError(err)
	}
	defer e.close()
	if err := e.runAlone(ctx); err != nil {
		return a.explainError(err)
	}
	return 0
}

// runAlone runs the daemon without a way out to the network.
func (e *env) runAlone(ctx context.Context) error {
	e.http = &http.Client{Transport: noNetwork{}}
	places, err := e.places(nil)
	if err != nil {
		return err
	}
	jobs, err := e.jobs(places)
	if err != nil {
		return err
	}
	return e.daemon(ctx, jobs, places)
}

type noNetwork struct{}

func (noNetwork) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("there is no network")
}

// panelOf is a folder with a panel that is asked through Discord, and what calls as Discord does.
type panelOf struct {
	t       testing.TB
	dir     string
	url     string // of the source
	private ed25519.PrivateKey
	mu      sync.Mutex
	calls   int
}

func newCalledPanel(t testing.TB, more string) *panelOf {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	address := freePort(t)
	p := &panelOf{t: t, dir: t.TempDir(), url: "http://" + address + "/questions/sources/ws164/ask", private: private}
	config := fmt.Sprintf(`contact: mailto:organiser@example.org
public_url: http://localhost/questions/
web: {listen: %q}
sessions:
  - id: ws164
    title: Aligned or conflicting goals?
    communities: [{id: youth, title: Youth}]
    sources:
      - {name: ask, tlp: green, discord: {token: "file:token", public_key: %s, servers: ["100000000000000001"]}}
%s    digest:
      editions:
        - {name: panelists, audience: green, out: panelists/, formats: [txt]}
        - {name: inner-circle, audience: amber+strict, out: inner/, formats: [txt], approved_only: true}
`, address, hex.EncodeToString(public), more)
	for name, text := range map[string]string{"askahead.yaml": config, "token": "a-bot-token"} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// id is that of a call made now: Discord's ids tell the time above their lower 22 bits.
func (p *panelOf) id() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	return strconv.FormatInt((time.Now().UnixMilli()-1420070400000)<<22+int64(p.calls), 10)
}

// call signs a call and sends it. It gives the status and what the caller is told.
func (p *panelOf) call(user string, kind int, data map[string]any) (status int, said string, button string, err error) {
	body, err := json.Marshal(map[string]any{"id": p.id(), "type": kind, "guild_id": "100000000000000001", "data": data,
		"channel": map[string]any{"id": "200000000000000001", "type": 0, "name": "lobby"},
		"member":  map[string]any{"roles": []string{}, "user": map[string]any{"id": user, "username": "fictional"}}})
	if err != nil {
		return 0, "", "", err
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	return p.post(body, stamp, ed25519.Sign(p.private, append([]byte(stamp), body...)))
}

func (p *panelOf) post(body []byte, stamp string, signature []byte) (status int, said string, button string, err error) {
	r, err := http.NewRequest(http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return 0, "", "", err
	}
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(signature))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, "", "", err
	}
	var answer struct {
		Data struct {
			Content    string
			Components []struct {
				Components []struct {
					CustomID string `json:"custom_id"`
				}
			}
		}
	}
	if response.StatusCode == http.StatusOK {
		err = json.Unmarshal(text, &answer)
	}
	if rows := answer.Data.Components; len(rows) > 0 {
		button = rows[0].Components[0].CustomID
	}
	return response.StatusCode, answer.Data.Content, button, err
}

func asks(question, share string) map[string]any {
	return map[string]any{"type": 1, "name": "ask", "options": []map[string]any{
		{"name": "question", "value": question}, {"name": "share", "value": share}, {"name": "community", "value": "youth"}}}
}

// must is call, which must be answered.
func (p *panelOf) must(user string, kind int, data map[string]any) (said, button string) {
	p.t.Helper()
	for range 600 {
		status, said, button, err := p.call(user, kind, data)
		switch {
		case err != nil: // it does not listen yet
			time.Sleep(20 * time.Millisecond)
		case status != http.StatusOK:
			p.t.Fatalf("answered %d", status)
		default:
			return said, button
		}
	}
	p.t.Fatal("nobody answers")
	return "", ""
}

func TestPeopleAskAndTakeBack(t *testing.T) {
	p := newCalledPanel(t, "")
	a := newAt(t, p.dir, time.Now)
	var log lockedBuffer
	a.err, a.verbose = &log, true
	e, err := a.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.runAlone(ctx) }()
	said, button := p.must("42", 2, asks("Who pays for the reports of small teams?", "yes"))
	for _, part := range []string{"Aligned or conflicting goals?", "> Who pays for the reports of small teams?", "TLP:GREEN", "panelists (up to TLP:GREEN)",
		"inner-circle (up to TLP:AMBER+STRICT, once a moderator has approved it)", "community Youth"} {
		if !strings.Contains(said, part) {
			t.Errorf("the answer lacks %q:\n%s", part, said)
		}
	}
	said, _ = p.must("43", 2, asks("Who answers when a small team is asleep?", "no"))
	if !strings.Contains(said, "TLP:AMBER+STRICT") || strings.Contains(said, "panelists") || !strings.Contains(said, "inner-circle") {
		t.Error(said)
	}
	if status, _, _, err := p.post([]byte(`{"type":1}`), "0", make([]byte, ed25519.SignatureSize)); status != http.StatusUnauthorized || err != nil {
		t.Errorf("a wrong signature: %d, %v", status, err)
	}
	questions := func() (texts []string) {
		page, err := e.store.Questions(t.Context(), store.Query{Session: "ws164", Audience: domain.AmberStrict})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range page.Questions {
			texts = append(texts, fmt.Sprintf("%s %s %v %s", q.Text, q.TLP, q.NoName, q.Tags[0].Value))
		}
		return texts
	}
	if got := strings.Join(questions(), "\n"); got != "Who answers when a small team is asleep? amber+strict true youth\nWho pays for the reports of small teams? green false youth" {
		t.Errorf("recorded are\n%s", got)
	}
	places, err := e.places([]string{"ask"})
	if err != nil {
		t.Fatal(err)
	}
	_, swept := e.line.Sweep(t.Context(), places[0].Source, nil)
	_, reread := e.line.Reread(t.Context(), places[0].Source, time.Time{}, nil)
	if got := questions(); len(got) != 2 || swept != nil || reread != nil {
		t.Errorf("after a sweep (%v) and a rereading (%v) there are %q", swept, reread, got)
	}
	if err := e.digestJob(t.Context(), e.cfg.Session("ws164"), time.Now()); err != nil {
		t.Fatal(err)
	}
	if said, _ := p.must("42", 3, map[string]any{"component_type": 2, "custom_id": button}); !strings.HasPrefix(said, "Withdrawn") {
		t.Error(said)
	}
	if got := questions(); len(got) != 1 {
		t.Errorf("recorded are %q", got)
	}
	recalls, err := e.store.Recalls(t.Context(), "ws164", "panelists")
	if err != nil || len(recalls) != 1 {
		t.Errorf("the readers are told of %d, %v", len(recalls), err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if status := does(t, p.dir, "status"); !strings.Contains(status, "when called") {
		t.Error(status)
	}
	if !strings.Contains(log.String(), "for=/questions/sources/ws164/ask method=POST status=200") {
		t.Errorf("the log does not tell of calls:\n%s", log.String())
	}
	for _, trace := range []string{"fictional", "reports", "asleep", "lobby"} {
		if strings.Contains(log.String(), trace) {
			t.Errorf("%q stands in the log:\n%s", trace, log.String())
		}
	}
}

// lockedBuffer is a log that may be written and read at once.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestKilledWhileItIsAsked kills the daemon while people ask. Whoever gets no answer asks again, in the same words: each
// question is there once, and none is lost that was answered.
func TestKilledWhileItIsAsked(t *testing.T) {
	p := newCalledPanel(t, "")
	start := func() *exec.Cmd {
		cmd := askahead(t, p.dir)
		cmd.Env = append(cmd.Env, asCommand+"=", asCalled+"=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	const people, kills = 8, 6
	unanswered := 0
	var cmd *exec.Cmd
	for round := range kills + 1 {
		cmd = start()
		p.must(fmt.Sprint("9", round), 2, map[string]any{"type": 1, "name": "withdraw"}) // it listens
		last := round == kills
		var all sync.WaitGroup
		var mu sync.Mutex
		for n := range people {
			all.Go(func() {
				_, said, _, err := p.call(fmt.Sprint(1000+n), 2, asks(fmt.Sprintf("Who would pay for report number %d?", n), "yes"))
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					unanswered++
				case !strings.HasPrefix(said, "Recorded") && !strings.HasPrefix(said, "You have asked this before"):
					t.Errorf("person %d is told: %s", n, said)
				}
			})
		}
		if !last {
			time.Sleep(time.Duration(round) * 4 * time.Millisecond)
			cmd.Process.Kill()
		}
		all.Wait()
		if last {
			cmd.Process.Signal(syscall.SIGTERM)
		}
		if err := cmd.Wait(); last && err != nil {
			t.Error(err)
		}
	}
	if unanswered == 0 {
		t.Error("nobody was left without an answer: it was never killed while it was asked")
	}
	a := newAt(t, p.dir, time.Now)
	e, err := a.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	page, err := e.store.Questions(t.Context(), store.Query{Session: "ws164", Audience: domain.Green})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]int{}
	for _, q := range page.Questions {
		texts[q.Text]++
	}
	if len(page.Questions) != people || len(texts) != people {
		t.Errorf("%d questions, %d of them different: %v", len(page.Questions), len(texts), texts)
	}
}

// BenchmarkAsk is a call from its first byte to the last of its answer, each of another person, while nothing else is
// done and while a list is read.
func BenchmarkAsk(b *testing.B) {
	for _, list := range []int{0, 40_000} {
		b.Run(fmt.Sprintf("beside %d mails", list), func(b *testing.B) {
			more := ""
			if list > 0 {
				more = "      - {name: list, tlp: green, schedule: \"0 0 1 1 *\", mbox: {path: list.mbox}}\n"
			}
			p := newCalledPanel(b, more)
			writeMails(b, filepath.Join(p.dir, "list.mbox"), list)
			a := newAt(b, p.dir, time.Now)
			e, err := a.open(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer e.close()
			ctx, stop := context.WithCancel(b.Context())
			ended := make(chan error, 1)
			go func() { ended <- e.runAlone(ctx) }()
			p.must("1", 2, map[string]any{"type": 1, "name": "withdraw"})
			var longest time.Duration
			n := 0
			for b.Loop() {
				n++
				begin := time.Now()
				if said, _ := p.must(fmt.Sprint(1000+n), 2, asks(fmt.Sprintf("Who would pay for report number %d?", n), "yes")); !strings.HasPrefix(said, "Recorded") {
					b.Fatal(said)
				}
				longest = max(longest, time.Since(begin))
			}
			b.ReportMetric(float64(longest.Milliseconds()), "longest-ms")
			stop()
			if err := <-ended; err != nil {
				b.Error(err)
			}
		})
	}
}
