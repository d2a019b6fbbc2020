package imap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// dovecot is a real server with one account, whose mailboxes the tests make anew.
type dovecot struct {
	url, caFile    string
	user, password string
	host           string
	startTLS       string // the port for it, if there is one
	config         string // its configuration: servers that name it take tokens too
}

// newDovecot reads ASKAHEAD_TEST_DOVECOT, imaps://user:password@host:port?ca=FILE, and &starttls=PORT if it has one.
func newDovecot(t testing.TB) *dovecot {
	t.Helper()
	value := os.Getenv("ASKAHEAD_TEST_DOVECOT")
	if value == "" {
		const sentence = "ASKAHEAD_TEST_DOVECOT names no server; .ci/dovecot.sh DIR starts one and prints its value"
		if os.Getenv("ASKAHEAD_TEST_REQUIRE_ALL") == "1" {
			t.Fatal(sentence)
		}
		t.Skip(sentence)
	}
	u, err := url.Parse(value)
	if err != nil || u.User == nil {
		t.Fatal("ASKAHEAD_TEST_DOVECOT is not imaps://user:password@host:port?ca=FILE")
	}
	password, _ := u.User.Password()
	return &dovecot{url: "imaps://" + u.Host, host: u.Host, startTLS: u.Query().Get("starttls"), config: u.Query().Get("config"), caFile: u.Query().Get("ca"), user: u.User.Username(), password: password}
}

// as runs f with a client of its own.
func (d *dovecot) as(t testing.TB, f func(c *imapclient.Client)) {
	t.Helper()
	pem, err := os.ReadFile(d.caFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	conn, err := tls.Dial("tcp", d.host, &tls.Config{RootCAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(d.user, d.password).Wait(); err != nil {
		t.Fatal(err)
	}
	f(c)
}

// fill makes box, if it is not there, puts n mails into it, and gives their ids.
func (d *dovecot) fill(t *testing.T, box string, n int) (ids []string) {
	t.Helper()
	return d.fillAt(t, box, n, time.Now())
}

// fillAt is fill with mails that arrived at a time.
func (d *dovecot) fillAt(t testing.TB, box string, n int, at time.Time) (ids []string) {
	t.Helper()
	return d.fillWith(t, box, n, at, mailText)
}

func (d *dovecot) fillWith(t testing.TB, box string, n int, at time.Time, mail func(int) string) (ids []string) {
	t.Helper()
	d.as(t, func(c *imapclient.Client) {
		c.Create(box, nil).Wait()
		var last *imapclient.AppendCommand
		for i := range n {
			text := mail(i)
			last = c.Append(box, int64(len(text)), &imap.AppendOptions{Time: at})
			if _, err := last.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			if err := last.Close(); err != nil {
				t.Fatal(err)
			}
			data, err := last.Wait()
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, mailID{box, data.UIDValidity, data.UID}.String())
		}
	})
	return ids
}

func (d *dovecot) remove(t testing.TB, box string) {
	t.Helper()
	d.as(t, func(c *imapclient.Client) { c.Delete(box).Wait() })
}

func (d *dovecot) collector(t testing.TB, boxes ...string) *Collector {
	t.Helper()
	return newCollector(t, settingsFor(d.url, d.caFile, func(s *Settings) {
		s.User, s.Password, s.Mailboxes = d.user, collectors.Secret(d.password), boxes
	}))
}

func TestDovecot(t *testing.T) {
	d := newDovecot(t)
	name := fmt.Sprintf("test-%d", time.Now().UnixNano())
	box, other := name+"/Bürger & Netz", name+"-empty"
	for _, b := range []string{box, other, name + "-swept"} {
		t.Cleanup(func() { d.remove(t, b) })
	}
	to := time.Now().Add(-time.Hour)
	want := append(d.fillAt(t, box, 200, to.AddDate(0, 0, -4)), d.fill(t, box, 320)...)
	d.fill(t, other, 0)
	collectortest.Run(t, collectortest.Fixture{
		New:   func(t *testing.T) collectors.Collector { return d.collector(t, box) },
		Want:  want,
		Empty: func(t *testing.T) collectors.Collector { return d.collector(t, other) },
		Failing: func(t *testing.T) collectors.Collector {
			c := d.collector(t, box)
			c.settings.Password = "hunter2"
			return c
		},
		Is: collectors.ErrUnauthorized,
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			first, _ := parseID(want[0])
			never := mailID{box, first.validity, 9999}
			return d.collector(t, box), collectortest.Fetched{Items: []string{want[0], want[199], want[519]}, Gone: []string{never.String()}}
		},
		Rewind: func(t *testing.T) (collectortest.Rewinder, time.Time, []string) {
			return d.collector(t, box), to, want[200:]
		},
		Grow: func(t *testing.T) []string { return d.fill(t, box, 3) },
	})
	t.Run("a mailbox that was made anew is read from its beginning, and its old ids are gone", func(t *testing.T) {
		swept := name + "-swept"
		before := d.fill(t, swept, 5)
		first := collect(t, d.collector(t, swept), "")
		d.as(t, func(c *imapclient.Client) {
			if _, err := c.Select(swept, nil).Wait(); err != nil {
				t.Fatal(err)
			}
			store := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}
			if err := c.Store(imap.UIDSetNum(2), store, nil).Close(); err != nil {
				t.Fatal(err)
			}
		})
		if gone := d.swept(t, swept, before); !slices.Equal(gone, before[1:2]) {
			t.Errorf("gone are %q", gone)
		}
		d.remove(t, swept)
		after := d.fill(t, swept, 2)
		got := collect(t, d.collector(t, swept), first.next)
		if got.err != nil || !slices.Equal(got.ids, after) || len(first.ids) != 5 {
			t.Errorf("got %q, %v", got.ids, got.err)
		}
		if gone := d.swept(t, swept, before); !slices.Equal(gone, before) {
			t.Errorf("gone are %q", gone)
		}
	})
	t.Run("a special use is found", func(t *testing.T) {
		found := d.collector(t, inbox, `\Archive`).Check(t.Context())
		if len(found) != 3 || !found[2].OK || !strings.Contains(found[2].What, "(Archive)") {
			t.Errorf("check says %+v", found)
		}
	})
	t.Run("STARTTLS gives the same", func(t *testing.T) {
		if d.startTLS == "" {
			t.Skip("ASKAHEAD_TEST_DOVECOT names no port for STARTTLS")
		}
		c := d.collector(t, box)
		c.server.port, c.server.startTLS = d.startTLS, true
		if got := collect(t, c, ""); got.err != nil || len(got.ids) != len(want)+3 {
			t.Errorf("got %d mails, %v", len(got.ids), got.err)
		}
	})
	t.Run("tokens are taken, and a wrong one is told", func(t *testing.T) {
		if d.config == "" {
			t.Skip("ASKAHEAD_TEST_DOVECOT names no configuration: an older server, which takes no tokens")
		}
		for _, auth := range []string{authXOAuth2, authOAuthBearer} {
			c := d.collector(t, box)
			c.settings.Auth = auth
			if got := collect(t, c, ""); got.err != nil || len(got.ids) != len(want)+3 {
				t.Errorf("%s: got %d mails, %v", auth, len(got.ids), got.err)
			}
			c.settings.Password = "hunter2"
			if got := collect(t, c, ""); !errors.Is(got.err, collectors.ErrUnauthorized) || !strings.Contains(got.err.Error(), "does not take the token (status ") {
				t.Errorf("%s: got %v", auth, got.err)
			}
		}
	})
	t.Run("another authority is not believed", func(t *testing.T) {
		c := d.collector(t, box)
		c.caFile = ""
		if got := collect(t, c, ""); !errors.Is(got.err, collectors.ErrSettings) || !strings.Contains(got.err.Error(), "`ca: FILE`") {
			t.Errorf("got %v", got.err)
		}
	})
}

// swept gives what a sweep says is gone.
func (d *dovecot) swept(t *testing.T, box string, ids []string) []string {
	t.Helper()
	gone := []string{}
	for b, err := range d.collector(t, box).Sweep(t.Context(), ids) {
		if err != nil {
			t.Fatal(err)
		}
		gone = append(gone, b.Gone...)
	}
	return gone
}

// BenchmarkDovecot reads a mailbox of 20,000 mails of 1 kB, which it makes when it is not there, and leaves there. Far away is a
// server whose every word takes 25 ms to arrive, as across a continent.
func BenchmarkDovecot(b *testing.B) {
	d := newDovecot(b)
	const box, mails = "benchmark-of-copies", 20_000
	c := d.collector(b, box)
	if found := c.Check(b.Context()); !strings.HasSuffix(found[len(found)-1].What, fmt.Sprintf(": %d mails", mails)) {
		d.remove(b, box)
		d.fillWith(b, box, mails/32, time.Now(), func(i int) string { return mailText(i) + strings.Repeat("Who reads the reports?\r\n", 35) })
		d.as(b, func(client *imapclient.Client) {
			for range 5 { // the server doubles them faster than it takes new ones
				if _, err := client.Select(box, nil).Wait(); err != nil {
					b.Fatal(err)
				}
				if _, err := client.Copy(imap.SeqSet{{Start: 1, Stop: 0}}, box).Wait(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, far := range []time.Duration{0, 25 * time.Millisecond} {
		b.Run("away/"+far.String(), func(b *testing.B) {
			c.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
				if err != nil || far == 0 {
					return conn, err
				}
				return newDistant(conn, far), nil
			}
			for b.Loop() {
				n := 0
				for batch, err := range c.Collect(b.Context(), "") {
					if err != nil {
						b.Fatal(err)
					}
					n += len(batch.Items) + len(batch.Broken)
				}
				if n != mails {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/mails, "µs/mail")
		})
	}
}

// distant is a connection on which everything takes its time, in both directions, and nothing waits for what is before it.
type distant struct {
	net.Conn
	far  time.Duration
	sent chan late
	came chan late
	rest []byte
}

// late is what arrives at a time.
type late struct {
	at   time.Time
	data []byte
	err  error
}

func newDistant(conn net.Conn, far time.Duration) *distant {
	d := &distant{Conn: conn, far: far, sent: make(chan late, 1<<10), came: make(chan late, 1<<10)}
	go func() {
		for l := range d.sent {
			time.Sleep(time.Until(l.at))
			conn.Write(l.data)
		}
	}()
	go func() {
		for {
			buf := make([]byte, 64<<10)
			n, err := conn.Read(buf)
			d.came <- late{time.Now().Add(far), buf[:n], err}
			if err != nil {
				return
			}
		}
	}()
	return d
}

func (d *distant) Read(b []byte) (int, error) {
	if len(d.rest) == 0 {
		l := <-d.came
		time.Sleep(time.Until(l.at))
		if d.rest = l.data; l.err != nil {
			return 0, l.err
		}
	}
	n := copy(b, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

func (d *distant) Write(b []byte) (int, error) {
	d.sent <- late{at: time.Now().Add(d.far), data: slices.Clone(b)}
	return len(b), nil
}
