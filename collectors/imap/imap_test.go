package imap

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"askahead/collectors"
	"askahead/collectors/collectortest"
)

// dying is a connection that is lost after so many bytes.
type dying struct {
	net.Conn
	left int
}

func (d *dying) Read(b []byte) (int, error) {
	if d.left <= 0 {
		d.Conn.Close()
	}
	n, err := d.Conn.Read(b)
	d.left -= n
	return n, err
}

func TestConformance(t *testing.T) {
	m := newMemory(t, false, "Lists/ws164")
	want := m.fill(t, inbox, 700)
	empty := mailID{inbox, m.validity(t, inbox), m.put(t, inbox, "\r\n")}
	m.put(t, inbox, mailText(1), imap.FlagDeleted)
	m.put(t, inbox, mailText(2), imap.FlagDraft)
	large := mailID{inbox, m.validity(t, inbox), m.put(t, inbox, mailText(3)+strings.Repeat("word ", 1000))}
	want = append(want, m.fill(t, "Lists/ws164", 60)...)
	both := func(s *Settings) { s.Mailboxes, s.MaxSize = []string{"inbox", "Lists/ws164", "INBOX"}, 2000 }
	collectortest.Run(t, collectortest.Fixture{
		New:    func(t *testing.T) collectors.Collector { return m.collector(t, both) },
		Want:   want,
		Broken: []string{empty.String(), large.String()},
		Empty: func(t *testing.T) collectors.Collector {
			return newMemory(t, false).collector(t, nil)
		},
		Failing: func(t *testing.T) collectors.Collector {
			c := m.collector(t, both)
			var dials atomic.Int32
			c.dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				if dials.Add(1) > 1 {
					return nil, errors.New("no route")
				}
				conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
				return &dying{conn, 160_000}, err
			}
			return c
		},
		Is: collectors.ErrUnavailable,
		Sweep: func(t *testing.T) (collectors.Sweeper, []string, []string) {
			m.as(t, inbox, func(c *imapclient.Client) {
				store := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}
				if err := c.Store(imap.UIDSetNum(3, 5), store, nil).Close(); err != nil {
					t.Fatal(err)
				}
				if err := c.UIDExpunge(imap.UIDSetNum(3)).Close(); err != nil {
					t.Fatal(err)
				}
			})
			return m.collector(t, both), nil, []string{want[2], want[4]}
		},
		Rewind: func(t *testing.T) (collectortest.Rewinder, time.Time, []string) {
			aged := newMemory(t, false, "Lists/ws164")
			to := time.Date(2018, 10, 5, 12, 0, 0, 0, time.UTC)
			for box, n := range map[string]int{inbox: 700, "Lists/ws164": 60} {
				for i := range n {
					at := to.AddDate(0, 0, -4) // more than clocks may go wrong
					if 2*i >= n {
						at = to.Add(time.Hour)
					}
					if _, err := aged.user.Append(box, strings.NewReader(mailText(i)), &imap.AppendOptions{Time: at}); err != nil {
						t.Fatal(err)
					}
				}
			}
			return aged.collector(t, both), to, append(slices.Clone(want[350:700]), want[730:]...)
		},
		Fetch: func(t *testing.T) (collectortest.Fetcher, collectortest.Fetched) {
			other := mailID{inbox, empty.validity + 1, 1}
			return m.collector(t, both), collectortest.Fetched{Items: []string{want[0], want[600], want[699], want[700]},
				Broken: []string{empty.String(), large.String()}, Gone: []string{want[2], want[4], other.String(), "No such box/1/1"},
				Unknown: []string{"INBOX/0/1", "7"}}
		},
		Grow: func(t *testing.T) []string {
			return append(m.fill(t, inbox, 2), m.fill(t, "Lists/ws164", 1)...)
		},
	})
}

func TestStartTLS(t *testing.T) {
	m := newMemory(t, true)
	want := m.fill(t, inbox, 3)
	got := collect(t, m.collector(t, nil), "")
	if got.err != nil || !slices.Equal(got.ids, want) || got.raw[1] != mailText(1) {
		t.Errorf("got %q, %v", got.ids, got.err)
	}
}

func TestMarks(t *testing.T) {
	seen := func(m *memory) (uids []imap.UID) {
		m.as(t, inbox, func(c *imapclient.Client) {
			data, err := c.UIDSearch(&imap.SearchCriteria{Flag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
			if err != nil {
				t.Fatal(err)
			}
			uids = data.AllUIDs()
		})
		return uids
	}
	t.Run("nothing is marked by default", func(t *testing.T) {
		m := newMemory(t, false)
		m.fill(t, inbox, 3)
		if got := collect(t, m.collector(t, nil), ""); got.err != nil || len(got.ids) != 3 || len(seen(m)) > 0 {
			t.Errorf("%d mails, %v, marked %v", len(got.ids), got.err, seen(m))
		}
	})
	t.Run("what was handled is marked where that is asked for", func(t *testing.T) {
		m := newMemory(t, false)
		m.fill(t, inbox, 510)
		c := m.collector(t, func(s *Settings) { s.MarkSeen = true })
		if got := collect(t, c, ""); got.err != nil || len(seen(m)) != 510 {
			t.Errorf("%v, %d are marked", got.err, len(seen(m)))
		}
	})
	t.Run("what was not handled is not", func(t *testing.T) {
		m := newMemory(t, false)
		m.fill(t, inbox, 510)
		c := m.collector(t, func(s *Settings) { s.MarkSeen = true })
		for range c.Collect(t.Context(), "") {
			break
		}
		if got := seen(m); len(got) > 0 {
			t.Errorf("%d are marked", len(got))
		}
	})
}

func TestEpoch(t *testing.T) {
	m := newMemory(t, false)
	before := m.fill(t, inbox, 4)
	first := collect(t, m.collector(t, nil), "")
	if err := m.user.Delete(inbox); err != nil {
		t.Fatal(err)
	}
	if err := m.user.Create(inbox, nil); err != nil {
		t.Fatal(err)
	}
	after := m.fill(t, inbox, 2)
	got := collect(t, m.collector(t, nil), first.next)
	t.Run("another UIDVALIDITY is read from its beginning", func(t *testing.T) {
		if got.err != nil || !slices.Equal(got.ids, after) || slices.Equal(before[:2], after) {
			t.Errorf("got %q, %v", got.ids, got.err)
		}
	})
	t.Run("ids of the old one are gone", func(t *testing.T) {
		var gone []string
		for b, err := range m.collector(t, nil).Sweep(t.Context(), append(before, append(after, "rubbish", "INBOX/0/1")...)) {
			if err != nil {
				t.Fatal(err)
			}
			gone = append(gone, b.Gone...)
		}
		if !slices.Equal(gone, before) {
			t.Errorf("gone are %q", gone)
		}
	})
}

func TestSweepOfMissingMailbox(t *testing.T) {
	m := newMemory(t, false)
	for _, c := range []struct {
		name      string
		mailboxes []string
		gone      int
		is        error
	}{
		{"one of the settings takes nothing away", []string{"Lists"}, 0, collectors.ErrSettings},
		{"one that is no longer asked for takes its mails along", []string{inbox}, 1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			gone := 0
			for b, err := range m.collector(t, func(s *Settings) { s.Mailboxes = c.mailboxes }).Sweep(t.Context(), []string{"Lists/7/1"}) {
				gone += len(b.Gone)
				if !errors.Is(err, c.is) {
					t.Errorf("error %v", err)
				}
			}
			if gone != c.gone {
				t.Errorf("%d are gone", gone)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	m := newMemory(t, false, "Lists")
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := plain.Addr().String()
	plain.Close()
	now := time.Now()
	wrongName := newCertificates(t, []string{"mail.ngo.example", "imap.ngo.example"}, nil, now.Add(-time.Hour), now.Add(time.Hour))
	expired := newCertificates(t, nil, []net.IP{net.IPv4(127, 0, 0, 1)}, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC))
	named, old := newFake(t, wrongName), newFake(t, expired)
	stripped := newMemory(t, true)
	for _, c := range []struct {
		name string
		s    Settings
		is   error
		says string
	}{
		{"a wrong password", settingsFor(m.url(), m.caFile, func(s *Settings) { s.Password = "hunter2" }), collectors.ErrUnauthorized, "are `user` and `password` right?"},
		{"a certificate for other names", settingsFor(named.url(), wrongName.caFile, nil), collectors.ErrSettings, "mail.ngo.example, imap.ngo.example, not for 127.0.0.1"},
		{"an expired certificate", settingsFor(old.url(), expired.caFile, nil), collectors.ErrSettings, "from 2020-01-01 to 2021-01-01"},
		{"an unknown authority", settingsFor(m.url(), "", nil), collectors.ErrSettings, "`ca: FILE`"},
		{"another authority than the named one", settingsFor(m.url(), expired.caFile, nil), collectors.ErrSettings, "in the file of `ca`"},
		{"a file of ca that is not there", settingsFor(m.url(), "nowhere.pem", nil), collectors.ErrSettings, "ca: "},
		{"a mailbox that does not exist", settingsFor(m.url(), m.caFile, func(s *Settings) { s.Mailboxes = []string{"List"} }), collectors.ErrSettings, "there are INBOX, Lists"},
		{"a special use that no mailbox has", settingsFor(m.url(), m.caFile, func(s *Settings) { s.Mailboxes = []string{`\Archive`} }), collectors.ErrSettings, "names these: none"},
		{"nobody there", settingsFor("imaps://"+nobody, m.caFile, nil), collectors.ErrUnavailable, "connection refused"},
		{"a port without TLS", settingsFor("imaps://"+stripped.addr, m.caFile, nil), collectors.ErrSettings, "for STARTTLS write server: imap://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := collect(t, newCollector(t, c.s), "")
			if !errors.Is(got.err, c.is) || !strings.Contains(got.err.Error(), c.says) || len(got.ids) > 0 {
				t.Fatalf("got %v", got.err)
			}
			for _, hidden := range []string{testUser, testPassword, "hunter2"} {
				if strings.Contains(got.err.Error(), hidden) {
					t.Errorf("%q shows %q", got.err, hidden)
				}
			}
			found := newCollector(t, c.s).Check(t.Context())
			if last := found[len(found)-1]; last.OK || !strings.Contains(last.Hint, c.says) {
				t.Errorf("check says %+v", found)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	m := newMemory(t, false, "Lists")
	m.fill(t, "Lists", 3)
	found := m.collector(t, func(s *Settings) { s.Mailboxes = []string{inbox, "Nowhere", "Lists"} }).Check(t.Context())
	var said []string
	for _, f := range found {
		said = append(said, f.What)
	}
	want := []string{"log in to " + m.addr, "read the mailbox INBOX: 0 mails", "read the mailbox Nowhere", "read the mailbox Lists: 3 mails"}
	if !slices.Equal(said, want) || found[2].OK || !found[3].OK {
		t.Errorf("got %q", said)
	}
}

func TestIDs(t *testing.T) {
	for text, want := range map[string]mailID{
		"INBOX/1538384400/20": {inbox, 1538384400, 20},
		"Lists/a/7/1":         {"Lists/a", 7, 1},
		"/7/1":                {}, "INBOX/7/0": {}, "INBOX/0/7": {}, "INBOX/7/01": {}, "INBOX/+7/1": {}, "INBOX/7": {}, "INBOX/7/4294967296": {}, "": {},
	} {
		id, ok := parseID(text)
		if ok != (want.uid != 0) || (ok && (id != want || id.String() != text)) {
			t.Errorf("%q: %+v, %v", text, id, ok)
		}
	}
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		server, says string
	}{
		{"imaps://imap.example.org", ""}, {"imap://[::1]:1143", ""}, {"imaps://imap.example.org:993/", ""},
		{"imap.example.org", "is not an address"}, {"https://imap.example.org", "is not an address"}, {"imaps://", "is not an address"},
		{"imaps://bot:secret@imap.example.org", "`password`"}, {"imaps://imap.example.org/INBOX", "`mailboxes`"},
		{"imaps://imap.example.org:99999", "port 99999"}, {"", "is empty"},
	} {
		t.Run(c.server, func(t *testing.T) {
			s := settingsFor(c.server, "", nil)
			errs := s.Validate()
			if (len(errs) == 0) != (c.says == "") || (len(errs) > 0 && (!strings.HasPrefix(errs[0].Error(), "server: ") || !strings.Contains(errs[0].Error(), c.says))) {
				t.Errorf("got %v", errs)
			}
		})
	}
	bad := Settings{Server: "imaps://a.example", Auth: "plain", Mailboxes: []string{"", "*"}, Password: "a\nb"}
	var keys []string
	for _, err := range bad.Validate() {
		key, _, _ := strings.Cut(err.Error(), ":")
		keys = append(keys, key)
	}
	if want := []string{"user", "auth", "password", "mailboxes", "mailboxes", "max_size", "timeout"}; !slices.Equal(keys, want) {
		t.Errorf("got %q", keys)
	}
}

func FuzzID(f *testing.F) {
	f.Add("INBOX/1/2")
	f.Add("a/b/0/-1")
	f.Fuzz(func(t *testing.T, text string) {
		if id, ok := parseID(text); ok && id.String() != text {
			t.Errorf("%q is read as %q", text, id)
		}
	})
}

// BenchmarkCollect reads a mailbox of 2000 mails with 1 kB each, over TLS on loopback; most of it is the server's.
func BenchmarkCollect(b *testing.B) {
	m := newMemory(b, false)
	for n := range 2000 {
		m.put(b, inbox, mailText(n)+strings.Repeat("Who reads the reports?\r\n", 40))
	}
	c := m.collector(b, nil)
	for b.Loop() {
		if got := collect(b, c, ""); got.err != nil || len(got.ids) != 2000 {
			b.Fatal(len(got.ids), got.err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/2000, "µs/mail")
}
