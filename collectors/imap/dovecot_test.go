package imap

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
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
}

// newDovecot reads ASKAHEAD_TEST_DOVECOT, imaps://user:password@host:port?ca=FILE, and &starttls=PORT if it has one.
func newDovecot(t *testing.T) *dovecot {
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
	return &dovecot{url: "imaps://" + u.Host, host: u.Host, startTLS: u.Query().Get("starttls"), caFile: u.Query().Get("ca"), user: u.User.Username(), password: password}
}

// as runs f with a client of its own.
func (d *dovecot) as(t *testing.T, f func(c *imapclient.Client)) {
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
func (d *dovecot) fillAt(t *testing.T, box string, n int, at time.Time) (ids []string) {
	t.Helper()
	d.as(t, func(c *imapclient.Client) {
		c.Create(box, nil).Wait()
		var last *imapclient.AppendCommand
		for i := range n {
			text := mailText(i)
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

func (d *dovecot) remove(t *testing.T, box string) {
	t.Helper()
	d.as(t, func(c *imapclient.Client) { c.Delete(box).Wait() })
}

func (d *dovecot) collector(t *testing.T, boxes ...string) *Collector {
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
