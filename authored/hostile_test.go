package authored_test

import (
	"fmt"
	"strings"
	"testing"

	"askahead/authored"
	"askahead/domain"
	"askahead/internal/linear"
)

// hostile is inputs of about size bytes that a careless reader takes quadratic time for.
func hostile(size int) map[string]domain.Item {
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	items := map[string]domain.Item{}
	add := func(name, typ, raw string) { items[name] = domain.Item{Type: typ, Raw: []byte(raw)} }
	for name, s := range map[string]string{
		"colons": "a:\n", "attributions": "On 1 Jan 2018 at 10:00 a@b.example wrote:\n", "attribution starts": "On 1 Jan 2018\n",
		"headers": "From: a@b.example\n", "to headers": "To: a@b.example,\n", "dates": "11/05/2018 09:12 AM\n", "dashes": "--\n", "signatures": "-- \n",
		"rules": "____________\n", "quotes": "> a\nb\n", "one line": "a ", "quote marks": ">", "blank lines": "\n", "fences": "```\nx\n",
		"open fences": "```x\n", "armour": "-----BEGIN PGP X-----\n", "markers": "----- Original Message -----\n", "forward words": "---- a b c d e f g h i j k l m\n",
		"uuencode": "begin 644 a\n", "patches": "--- a\n+++ b\n", "initials": "AB> x\n\n", "bars": "| a\n\n", "footers": "unsubscribe list@\n", "chinese": "写道：\n", "closings": "Thanks\n",
		"names": "Ada\n\n", "colon words": "écrit: ", "hundred kilobytes of blanks": " ", "mixed": "> a\n\nOn 1 Jan 2018 x wrote:\n\nFrom: a\n-- \n",
	} {
		add("text of "+name, domain.TypeMailText, fill(s))
	}
	for name, s := range map[string]string{
		"attributions": "On 1 Jan 2018 at 10:00 a@b.example wrote:\n", "dates with zones": "2014-03-03 17:21 GMT+01:00 Ada\n", "names": "Ada:\n", "cuts": "[snip]\n", "header words": "A: b\n\n",
		"set-in text": "   a b c d e f g h i j\n   k\n\nx\n\n", "arrows": ">>> a 1/1/2018 >>>\n", "headers in one line": "From: a@b.example Date: x To: y\n",
	} {
		add("text of "+name+" above a quote", domain.TypeMailText, fill(s)+"\n> a\n> b\n\nx\n")
	}
	for name, s := range map[string]string{
		"blockquotes": "<blockquote>", "open tags": "<div><p>", "closed tags": "</div>", "angle brackets": "<", "entities": "&amp", "comments": "<!--", "lists": "<ul><li>",
		"tables": "<table><tr><td>x", "hidden": "<p hidden>", "attributes": "<a b=c ", "spaces": "<p> ", "cdata": "<![CDATA[", "pre": "<pre>\n", "mentions": "@a ", "breaks": "<br>", "stray closes": "<b><i></b></i>", "prefixed classes": "<p class=x_x_x_a>",
	} {
		add("HTML of "+name, domain.TypeHTML, fill(s))
	}
	for name, s := range map[string]string{
		"stars": "*", "stars apart": "* ", "star words": "*a ", "backticks": "`", "ticks apart": "` a", "brackets": "[", "links": "[a](", "images": "![", "bars": "||", "bars apart": "|| ", "escapes": "\\", "underscores": "_a", "angles": "<", "ids": "<@1", "quotes": "> a\n", "hashes": "#", "fences": "```\n",
	} {
		add("Discord of "+name, domain.TypeDiscord, fill(s))
		add("Markdown of "+name, domain.TypeMarkdown, fill(s))
	}
	for name, s := range map[string]string{
		"header lines": "A: b\n", "broken lines": "a\n b\n", "continuations": "\tx\n", "long subject": "Subject: =?utf-8?Q?a?= =?utf-8?Q?", "addresses": "To: a,b,c,d,e,f\n", "references": "References: <a@b> <c@d>\n", "boundaries": "--b\n",
	} {
		add("mail of "+name, domain.TypeMail, "Content-Type: multipart/mixed; boundary=b\n"+fill(s))
	}
	add("mail of encoded words", domain.TypeMail, "Subject: "+fill("=?utf-8?Q?a?= ")+"\n\nx\n")
	add("mail of parameters", domain.TypeMail, "Content-Type: text/plain; "+fill("a*0=b;")+"\n\nx\n")
	add("mail of one address list", domain.TypeMail, "To: "+fill("\"a, ")+"\n\nx\n")
	add("mail of references in one line", domain.TypeMail, "References: "+fill("<a@b>")+"\n\nx\n")
	add("mail of nested S/MIME", domain.TypeMail, "Content-Type: application/pkcs7-mime\n\n"+smimeStart+fill("\x24\x80"))
	add("mail of nested parts", domain.TypeMail, nested(size/100))
	return items
}

// smimeStart begins a signed message whose text is cut into pieces.
const smimeStart = "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80"

// nested is a mail of parts within parts.
func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	return b.String() + "\nWho asks?\n"
}

func TestHostileInputCostsWhatItsSizeDeserves(t *testing.T) {
	const size = 16 << 10
	inputs := map[int]map[string]domain.Item{size: hostile(size), 8 * size: hostile(8 * size)}
	for name, item := range inputs[size] {
		t.Run(name, func(t *testing.T) {
			if got, err := authored.Read(item); err == nil {
				checkShape(t, got.Authored)
			}
			linear.Check(t, size, func(n int) { _, _ = authored.Read(inputs[n][name]) })
		})
	}
}

func TestAMailAboveTheLimitIsUnreadable(t *testing.T) {
	_, err := authored.Read(domain.Item{Type: domain.TypeMail, Raw: make([]byte, 10<<20+1)})
	if err == nil {
		t.Fatal("10 MB and a byte were read")
	}
}
