package delivery

import (
	"testing"

	"askahead/delivery/mailtest"
)

// TestNoTextBecomesAHeader: a title may hold whatever a person typed.
func TestNoTextBecomesAHeader(t *testing.T) {
	m := mailtest.New(t, mailtest.Options{})
	d := newDesk(t, m, readers[0])
	d.parcel.Request.Session.Title = "Privacy\r\nBcc: victim@people.example\r\n\r\nand\nX-Evil: yes"
	d.deliver(t)
	mails := m.Mails()
	if len(mails) != 1 || mails[0].To != "jo.panel@readers.example" {
		t.Fatalf("%d mails", len(mails))
	}
	h := read(t, mails[0].Raw).header
	if h.Get("Bcc") != "" || h.Get("X-Evil") != "" {
		t.Errorf("a title became a header: Bcc %q, X-Evil %q", h.Get("Bcc"), h.Get("X-Evil"))
	}
}
