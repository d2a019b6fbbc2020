package privacy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/internal/golden"
)

// everything is an instance of which there is something to say on every point.
func everything() Facts {
	return Facts{
		Controller: Controller{
			Name: "Example Event Association", Address: "1 Example Street, 00000 Exampletown", Representative: "Example Office, Example City",
			DPO: "mailto:dpo@example.org", Basis: "legitimate-interests", Interests: "to bring questions to those who answer them",
			Purpose: "a study of what is asked", Transfers: "none", Authority: "the authority of Exampleland",
		},
		Contact:  "mailto:organiser@example.org",
		Sessions: []Session{{Title: "Privacy & security: *aligned*?", Starts: time.Date(2030, 11, 13, 23, 30, 0, 0, time.UTC), Zone: time.FixedZone("", 3600)}},
		Sources: []Source{
			{Name: "list", Of: "Privacy & security: *aligned*?", Kind: "imap", Reads: "mails of a mailbox: their text", Servers: []string{"imap.example.org"}, Default: "TLP:GREEN", Retention: 90 * 24 * time.Hour, Swept: true, Answers: true},
			{Name: "tag", Kind: "mastodon", Reads: "posts under a hashtag: their text", Public: true, Servers: []string{"social.example", "other.example"}, Default: "TLP:CLEAR", Retention: 36 * time.Hour, Swept: true},
			{Name: "archive", Of: "Privacy & security: *aligned*?", Kind: "mbox", Reads: "mails of an archive: their text", Retention: 30 * 24 * time.Hour},
		},
		Editions: []Edition{
			{Name: "panelists", Of: "Privacy & security: *aligned*?", Label: "TLP:GREEN", Recipients: 3},
			{Name: "public", Of: "Privacy & security: *aligned*?", Label: "TLP:CLEAR", Folder: true, Everyone: true, Approved: true},
		},
		Store: "a file on the server that runs the program", Mail: "mail.example.org", Metrics: true,
		Keep:     Keep{Quarantine: 14 * 24 * time.Hour, Contacts: 60 * 24 * time.Hour, Arrivals: 400 * 24 * time.Hour, Incidents: 400 * 24 * time.Hour, Deliveries: 300 * 24 * time.Hour},
		Requests: Requests{Mail: "bot@example.org", Chat: true}, Vectors: &Vectors{Host: "vectors.example", Label: "TLP:CLEAR"},
		Date: time.Date(2030, 10, 1, 12, 0, 0, 0, time.UTC),
	}
}

// bare is an instance whose organiser has said nothing.
func bare() Facts {
	return Facts{
		Sessions: []Session{{Title: "A"}}, Sources: []Source{{Name: "list", Of: "A", Kind: "mbox", Reads: "mails of an archive", Retention: 90 * 24 * time.Hour}},
		Store: "a PostgreSQL database on db.example", Date: time.Date(2030, 10, 1, 12, 0, 0, 0, time.UTC),
	}
}

func TestDocuments(t *testing.T) {
	for name, write := range map[string]func(Facts) (Document, error){"notice": Notice, "record": Record} {
		for of, f := range map[string]Facts{"everything": everything(), "bare": bare()} {
			t.Run(name+" of "+of, func(t *testing.T) {
				d, err := write(f)
				if err != nil {
					t.Fatal(err)
				}
				golden.Compare(t, "testdata/"+name+"-"+of+".md", d.Text)
				if strings.Contains(d.Text, "<no value>") || strings.Contains(d.Text, "  .") {
					t.Error("a sentence has a hole")
				}
			})
		}
	}
}

// TestWhatTheLawWantsToBeTold takes each point of the law and looks for what answers it.
func TestWhatTheLawWantsToBeTold(t *testing.T) {
	notice, err := Notice(everything())
	if err != nil {
		t.Fatal(err)
	}
	record, err := Record(everything())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		point string
		of    Document
		says  []string
	}{
		{"14(1)(a) controller, representative", notice, []string{"Example Event Association, 1 Example Street, 00000 Exampletown", "Representative in the European Union: Example Office", "<organiser@example.org>"}},
		{"14(1)(b) data protection officer", notice, []string{"Data protection officer: <dpo@example.org>"}},
		{"14(1)(c) purposes, legal basis", notice, []string{"To tell the panel what people ask", "a study of what is asked", "Article 6(1)(f)"}},
		{"14(1)(d) categories of data", notice, []string{"mails of a mailbox: their text", "posts under a hashtag: their text", "the words of a question", "a keyed code"}},
		{"14(1)(e) recipients", notice, []string{"“panelists”", "by mail to 3 people", "files that everyone may read", "vectors.example", "mail.example.org"}},
		{"14(1)(f) third countries", notice, []string{"Countries outside of the European Union\n\nnone."}},
		{"14(2)(a) how long", notice, []string{"**list**: 90 days", "**tag**: 36 hours", "**archive**: 30 days", "14 days", "300 days", "60 days, and never longer"}},
		{"14(2)(b) interests", notice, []string{"to bring questions to those who answer them"}},
		{"14(2)(c) rights", notice, []string{"what is kept about you", "corrected", "erased", "restricted", "a copy", "object", "FORGET", "/withdraw"}},
		{"14(2)(e) complaint", notice, []string{"complain to the authority of Exampleland"}},
		{"14(2)(f) source, public or not", notice, []string{"imap.example.org. Not everyone", "social.example, other.example. Everyone"}},
		{"14(2)(g) automated decisions", notice, []string{"No decision about you is made by a program alone"}},
		{"30(1)(a) controller, contact, representative, officer", record, []string{"| name | Example Event Association |", "| representative | Example Office", "<dpo@example.org>"}},
		{"30(1)(b) purposes", record, []string{"To tell panels what people ask", "14 November 2030", "Article 6(1)(f)"}},
		{"30(1)(c) people, data", record, []string{"those who write in the places below", "| list |", "| tag |", "a keyed code"}},
		{"30(1)(d) recipients", record, []string{"| panelists |", "mail to 3", "files for everyone; approved questions alone"}},
		{"30(1)(e) third countries", record, []string{"Third countries\n\nnone."}},
		{"30(1)(f) time limits", record, []string{"| questions of list | 90 days", "| questions of tag | 36 hours", "14 days"}},
		{"30(1)(g) security", record, []string{"HMAC-SHA-256", "encrypted", "a log that is only added to"}},
	} {
		t.Run(tt.point, func(t *testing.T) {
			for _, s := range tt.says {
				if !strings.Contains(tt.of.Text, s) {
					t.Errorf("it does not say %q", s)
				}
			}
		})
	}
	if len(notice.Gaps)+len(record.Gaps) > 0 {
		t.Errorf("gaps: %v %v", notice.Gaps, record.Gaps)
	}
	consent := everything()
	consent.Controller.Basis = "consent"
	if d, err := Notice(consent); err != nil || !strings.Contains(d.Text, "withdraw your consent at any time") {
		t.Errorf("14(2)(d): of withdrawing consent it says nothing (%v)", err)
	}
}

func TestGaps(t *testing.T) {
	d, err := Notice(bare())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"controller: name", "controller: address", "contact", "controller: basis", "controller: transfers", "controller: authority"}
	var got []string
	for _, g := range d.Gaps {
		got = append(got, g.Key)
		if !strings.Contains(d.Text, "**[to be said: "+g.What) {
			t.Errorf("%s is not marked in the text", g.Key)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("gaps %q, want %q", got, want)
	}
}

// TestTheDayIsThatOfTheSession, wherever the program runs.
func TestTheDayIsThatOfTheSession(t *testing.T) {
	d, err := Notice(everything())
	if err != nil || !strings.Contains(d.Text, "on 14 November 2030") {
		t.Errorf("the notice names another day (%v)", err)
	}
}

// TestTextsOfTheConfigurationAreNoMarkup.
func TestTextsOfTheConfigurationAreNoMarkup(t *testing.T) {
	f := everything()
	f.Controller.Name = "A | B <script> [link](https://evil.example) **bold** `code`"
	for _, write := range []func(Facts) (Document, error){Notice, Record} {
		d, err := write(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(d.Text, "A \\| B \\<script\\> \\[link\\](https://evil.example) \\*\\*bold\\*\\* \\`code\\`") {
			t.Error("a name is taken for markup")
		}
	}
}
