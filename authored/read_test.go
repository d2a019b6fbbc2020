package authored_test

import (
	"errors"
	"testing"
	"time"

	"askahead/authored"
	"askahead/domain"
)

func TestAMailsOwnHeadersGoBeforeWhatTheCollectorSaid(t *testing.T) {
	item := domain.Item{Type: domain.TypeMail, Raw: []byte("From: ada@ngo.example\nSubject: from the mail\nMessage-ID: <q1@ngo.example>\n\nWho?\n")}
	item.Envelope = domain.Envelope{
		Canonical: "archive:1", Subject: "from the archive", Published: time.Date(2018, 11, 12, 9, 0, 0, 0, time.UTC),
		URL: "https://lists.example.org/1", Facts: []domain.Fact{{Name: domain.FactSource, Value: "archive"}}, Public: true,
	}
	got, err := authored.Read(item)
	if err != nil {
		t.Fatal(err)
	}
	if got.Canonical != "mid:q1@ngo.example" || got.Subject != "from the mail" || got.Author.ID != "ada@ngo.example" {
		t.Errorf("the mail's headers did not win: %+v", got.Envelope)
	}
	if !got.Published.Equal(item.Published) || got.URL != item.URL || !got.Public {
		t.Errorf("what only the collector knows was lost: %+v", got.Envelope)
	}
	if len(got.Facts) != 2 || got.Facts[0] != item.Facts[0] {
		t.Errorf("facts are %v", got.Facts)
	}
	if len(item.Facts) != 1 {
		t.Error("the collector's own list of facts was changed")
	}
}

func TestTheSameMailWithoutAnIdHasTheSameName(t *testing.T) {
	read := func(received string) string {
		r, err := authored.Read(domain.Item{Type: domain.TypeMail, Raw: []byte(received + "From: ada@ngo.example\nSubject: x\n\nWho?\n")})
		if err != nil {
			t.Fatal(err)
		}
		return r.Canonical
	}
	if a, b := read("Received: from a\n"), read("Received: from b\n"); a != b || a == "" {
		t.Errorf("the names are %q and %q", a, b)
	}
}

func TestWhatCannotBeReadSaysWhy(t *testing.T) {
	for name, item := range map[string]domain.Item{
		"an unknown media type": {Type: "application/pdf", Raw: []byte("x")},
		"an empty mail":         {Type: domain.TypeMail},
		"a binary S/MIME mail":  {Type: domain.TypeMail, Raw: []byte("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx")},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := authored.Read(item)
			var unreadable *authored.Unreadable
			if !errors.As(err, &unreadable) || unreadable.Why == "" {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestTextInAnotherCharsetIsDecoded(t *testing.T) {
	got, err := authored.Read(domain.Item{Type: "text/plain; charset=iso-8859-1", Raw: []byte("caf\xe9?")})
	if err != nil || got.Own != "café?" {
		t.Errorf("own is %q, error %v", got.Own, err)
	}
}
