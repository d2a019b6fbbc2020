package protect

import (
	"strings"
	"testing"
	"unicode/utf8"

	"askahead/internal/linear"
)

func TestMask(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		// e-mail addresses
		{"Write to ada@example.org.", "Write to [e-mail]."},
		{"<ada.b+list@mail.example.co.uk>", "<[e-mail]>"},
		{"ada@example.org, bob@example.net", "[e-mail], [e-mail]"},
		{"mailto:ada@example.org?subject=x", "[e-mail]?subject=x"},
		{"ada (at) example (dot) org", "[e-mail]"},
		{"ada [at] example.org", "[e-mail]"},
		{"ada(at)example.org", "[e-mail]"},
		{"ada@[192.0.2.1]", "[e-mail]"},
		{`"ada b"@example.org`, "[e-mail]"},
		{"zoë@münchen.example", "[e-mail]"},
		{"アダ@例え.テスト", "[e-mail]"},
		{"ada＠example.org", "[e-mail]"},
		{"https://example.org/?mail=ada%40example.org&x=1", "https://example.org/?mail=[e-mail]&x=1"},
		{"ada@localhost", "[e-mail]"},
		{"ada at example dot org", "[e-mail]"},
		{"Ask ada.b AT mail dot example DOT org, please", "Ask [e-mail], please"},
		{"ada@xn--mnchen-3ya.example", "[e-mail]"},
		{"xmpp:ada@chat.example", "xmpp:[e-mail]"},
		// accounts
		{"ask @ada:matrix.example.", "ask [account]."},
		{"https://matrix.to/#/@ada.b:matrix.example", "https://matrix.to/#/[account]"},
		{"@ietf: what now?", ""},
		{"@ietf:443?", ""},
		{"#privacy:matrix.example", ""},
		{"<@U024BE7LH> asks", "[account] asks"},
		{"<@U024BE7LH|ada> asks", "[account] asks"},
		{"<@here> asks", ""},
		{"write to t.me/ada_example or https://T.me/adaexample.", "write to t.me/[account] or https://T.me/[account]."},
		{"see https://t.me/somechannel/123", ""},
		{"@ada@social.example asks", "[account] asks"},
		{"@ada.bsky.example asks", "[account] asks"},
		{"<@123456789> asks", "[account] asks"},
		{"<@!123456789> asks", "[account] asks"},
		{"@ietf should say", "@ietf should say"},
		{"meet @ noon", "meet @ noon"},
		{"a @ b", "a @ b"},
		// user information of links
		{"https://ada:secret@example.org/x", "https://example.org/x"},
		{"ftp://ada@example.org", "ftp://example.org"},
		{"https://social.example/@ada/1", "https://social.example/@ada/1"},
		// phone numbers
		{"Call +49 30 1234567 now", "Call [phone] now"},
		{"+1 (555) 555-0100", "[phone]"},
		{"+4930123456789", "[phone]"},
		{"0049 30 1234567", "[phone]"},
		{"030 1234567890", "[phone]"},
		{"06 12 34 56 78", "[phone]"},
		{"(030) 12345678", "[phone]"},
		{"030/123 456 78", "[phone]"},
		{"555-555-0100", "[phone]"},
		{"1-800-555-0100", "[phone]"},
		{"01632960123", "[phone]"},
		{"tel: 555 0100", "tel: [phone]"},
		{"tel:5550100", "tel:[phone]"},
		{"my phone number is 5550100", "my phone number is [phone]"},
		{"+٤٩ ٣٠ ١٢٣٤٥٦٧", "[phone]"},
		{"on 2018-11-13 +49 30 1234567", "on 2018-11-13 [phone]"},
		{"06 12 34 56 78 06 98 76 54 32", "[phone]"},
		{"0301234567890 or 03012345678901 0301234567890", "[phone] or [phone]"},
		// bank accounts
		{"IBAN DE89 3704 0044 0532 0130 00.", "IBAN [bank account]."},
		{"GB82WEST12345698765432", "[bank account]"},
		{"FR14 2004 1010 0505 0001 3M02 606", "[bank account]"},
		{"IBAN de89 3704 0044 0532 0130 00", "IBAN [bank account]"},
		{"DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "[bank account]"},
		// what questions are about
		{"sha ab12cd34ef56ab78cd90 or ab12345678901234567890?", ""},
		{"Who looks at example.org, and who works at example.net?", ""},
		{"Look at example dot org, is it safe?", ""},
		{"at noon, dot by dot?", ""},
		{"On 2018-11-13 and 13.11.2018, 13/11/2018 or 01.02.2018?", ""},
		{"at 15:00, 15.30 or 1500?", ""},
		{"2018-11-13T15:00:00+01:00", ""},
		{"CVE-2021-44228 and CVE-2018-1000001?", ""},
		{"RFC 9110, RFC7816 and RFC 2047?", ""},
		{"AS64496 or AS 4200000000?", ""},
		{"192.0.2.1, 2001:db8::1, 198.51.100.0/24?", ""},
		{"10 000 000 people, 1,000,000 or 1.000.000?", ""},
		{"€ 1 000 000 000 or $5000000000?", ""},
		{"2018-2019, 1990-2020?", ""},
		{"version 1.22.333.4444?", ""},
		{"ISO 27001, ISO/IEC 27002:2022, GDPR 2016/679?", ""},
		{"Article 17(3)(b), 45 % in 2018?", ""},
		{"ISBN 978-3-16-148410-0?", ""},
		{"0.123456789 or 0,5?", ""},
		{"issue #1234567890?", ""},
		{"https://example.org/2018/11/13/0123456789?", ""},
		{"IGF 2018 WS #164?", ""},
		{"SHA-1 DA39A3EE5E6B4B0D3255BFEF95601890AFD80709?", ""},
		{"from 0 to 100000000?", ""},
		{"a 256-bit key, 4096-bit, TLS 1.3, port 443?", ""},
		{"", ""},
	} {
		want := c.want
		if want == "" {
			want = c.in
		}
		if got := Mask(c.in); got != want {
			t.Errorf("%q: got %q, want %q", c.in, got, want)
		}
	}
}

// TestMaskIsLinear gives it what a scan may stumble over.
func TestMaskIsLinear(t *testing.T) {
	for _, unit := range []string{"@", "a@", "a@b", "@a@", "1 ", "+1", "0-", "(at)", "(", "A", "DE89", "https://a:", "a.", "%40", "\"", "ä", "１", "<@1", " at ", "a at b dot ", "@a:", "t.me/", "de89"} {
		t.Run(unit, func(t *testing.T) {
			linear.Check(t, (8<<10)/len(unit), func(n int) { Mask(strings.Repeat(unit, n)) })
		})
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"ada@example.org", "@a@b.c", "https://u:p@h/x", "+49 30 1234567", "DE89370400440532013000", "a (at) b.c", "x@a@b.co", "\"a\"@b",
		"a@[1.2.3.4]", "＠", "<@1>", "1-800-555-0100", "a at b dot c", "@a:b.c", "<@U1|x>", "t.me/abcd", "de89370400440532013000", "DE89\u00a03704"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Mask(s)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%q: broken UTF-8 %q", s, got)
		}
		if again := Mask(got); again != got {
			t.Errorf("%q: masked %q, masked again %q", s, got, again)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	text := "Given CVE-2021-44228 of 2021-12-10, how would the panel (write to ada@example.org) balance the privacy of 1 000 000 users and security?"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Mask(text)
	}
}
