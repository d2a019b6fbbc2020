package delivery

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"askahead/delivery/mailtest"
	"askahead/digest"
	"askahead/domain"
	"askahead/store"
	"askahead/store/sqlstore"
	"askahead/topics"
)

const (
	arabic   = "كيف يمكن للصحفيين حماية مصادرهم إذا فرضت الحكومات ثغرات في تطبيقات المراسلة المشفرة؟"
	japanese = "GDPRの施行後、フィッシングサイトの登録者にはどのように連絡すればよいですか？"
	erasable = "Who protects refugees whose data are taken?"
)

// desk is a store with an edition that is recorded, and the post that delivers it.
type desk struct {
	Post
	db     *sqlstore.DB
	parcel Parcel
	clock  time.Time
}

func testKeys() domain.Keys { return domain.NewKeys([]byte("a key of 32 bytes for tests only")) }

// newDesk records the first edition of three questions for the recipients.
func newDesk(t *testing.T, m *mailtest.Server, to ...string) *desk {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "askahead.db"), testKeys(), sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	d := &desk{db: db, clock: noon()}
	d.Post = Post{Server: aServer(m), Store: db, Keys: testKeys()}
	d.Server.Now = func() time.Time { return d.clock }
	d.ask(t, "", "1", "How are domain owners protected?", arabic, japanese, erasable)
	d.parcel = Parcel{To: to, Formats: []string{"html", "txt", "csv"}, Request: digest.Request{
		Session: domain.Session{ID: "ws164", Title: "Vie privée: 协调还是冲突?"}, Name: "panelists", Audience: domain.Green,
		Options: digest.Options{Topics: 9},
	}}
	d.parcel.Edition = d.record(t)
	return d
}

// ask saves one mail for each question, as a collector's page.
func (d *desk) ask(t *testing.T, since, next string, texts ...string) {
	t.Helper()
	grouper := topics.New()
	b := store.Batch{Session: "ws164", Source: "list", Since: since, Next: next, Now: d.clock}
	for i, text := range texts {
		external := fmt.Sprintf("%s/%d", next, i)
		id := testKeys().Item(external)
		q := domain.Question{ID: domain.QuestionID(id, 1), Session: "ws164", Item: id, Text: text, Language: "und", Kind: domain.Panel,
			Asker: testKeys().Asker(external), Published: d.clock, Collected: d.clock, Source: "list", TLP: domain.Green, Fingerprint: testKeys().Fingerprint(text)}
		b.Items = append(b.Items, store.Item{ID: id, ExternalID: external, Content: testKeys().Content([]byte(text)), Published: d.clock,
			Outcome: store.Kept, Expires: d.clock.AddDate(0, 3, 0), Questions: []store.Question{{Question: q, Keys: grouper.Keys(q)}}})
	}
	if _, err := d.db.SaveBatch(t.Context(), b, grouper); err != nil {
		t.Fatal(err)
	}
}

// erase removes the fourth question of the first page, as its source does.
func (d *desk) erase(t *testing.T) {
	t.Helper()
	p, err := d.db.Progress(t.Context(), "ws164", "list")
	if err != nil {
		t.Error(err)
	}
	b := store.Batch{Session: "ws164", Source: "list", Since: p.Cursor, Next: p.Cursor, Now: d.clock, Gone: []string{"1/3"}}
	if _, err := d.db.SaveBatch(t.Context(), b, topics.New()); err != nil {
		t.Error(err)
	}
}

// record makes the next edition and records it.
func (d *desk) record(t *testing.T) store.Edition {
	t.Helper()
	r := d.parcel.Request
	r.Now = d.clock
	e, _, err := digest.Build(t.Context(), d.db, r)
	if err != nil {
		t.Fatal(err)
	}
	record := e.Record(d.parcel.Formats...)
	if record.Recipients, err = d.Recipients(d.parcel.To); err != nil {
		t.Fatal(err)
	}
	if record, err = d.db.SaveEdition(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	return record
}

// deliver must not fail.
func (d *desk) deliver(t *testing.T) Report {
	t.Helper()
	r, err := d.Deliver(t.Context(), d.parcel)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// states gives the state of each recipient's delivery, by address.
func (d *desk) states(t *testing.T, to ...string) map[string]store.Delivery {
	t.Helper()
	list, err := d.db.Deliveries(t.Context(), "ws164", "panelists", d.parcel.Edition.Number)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]store.Delivery{}
	for _, a := range to {
		for _, one := range list {
			if one.Recipient == testKeys().Recipient(addressOf(t, a)) {
				by[a] = one
			}
		}
	}
	return by
}
