package authored_test

import (
	"os"
	"strings"
	"testing"

	"askahead/authored"
	"askahead/domain"
)

// listMail is an ordinary mail of a list: 2.5 KB, three quotes, a signature, a footer.
func listMail() []byte {
	return []byte("Received: from mx.example.org by lists.example.org; Mon, 12 Nov 2018 10:00:01 +0100\n" +
		"From: Ada Example <ada@ngo.example>\nTo: teams@lists.example.org\nCc: Ben Sample <ben@csirt.example>\n" +
		"Subject: Re: [teams] WHOIS and incidents\nDate: Mon, 12 Nov 2018 10:00:00 +0100\nMessage-ID: <q1@ngo.example>\n" +
		"References: <b1@csirt.example> <b2@csirt.example>\nIn-Reply-To: <b2@csirt.example>\nMIME-Version: 1.0\n" +
		"Content-Type: text/plain; charset=utf-8\nList-Id: Teams <teams.lists.example.org>\n\n" +
		"On Mon, Nov 5, 2018 at 9:12 AM Ben Sample <ben@csirt.example> wrote:\n" +
		strings.Repeat("> The registrar answers only after a week, and that is too long\n> for a phishing site that lives for a day.\n\n"+
			"Then who should be asked first: the registrar, the hoster or the registry? In our experience\nthe hoster answers within hours, but only if somebody there reads the language of the report.\n\n", 6) +
		"Best regards,\nAda\n\n-- \nAda Example, Example Network\nhttp://www.ngo.example/\n" +
		"_______________________________________________\nTeams mailing list\nTeams@lists.example.org\nhttps://lists.example.org/mailman/listinfo/teams\n")
}

func BenchmarkReadListMail(b *testing.B) {
	item := domain.Item{Type: domain.TypeMail, Raw: listMail()}
	b.SetBytes(int64(len(item.Raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := authored.Read(item); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadHTMLMail(b *testing.B) {
	raw, err := os.ReadFile("testcases/html-mail-of-gmail/input.eml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := authored.Read(domain.Item{Type: domain.TypeMail, Raw: raw}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadPost(b *testing.B) {
	raw := []byte(`<p><a class="mention">@<span>ada</span></a> Who watches the watchers?</p><p><a class="mention hashtag">#<span>Ask2018</span></a></p>`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := authored.Read(domain.Item{Type: domain.TypeHTML, Raw: raw}); err != nil {
			b.Fatal(err)
		}
	}
}
