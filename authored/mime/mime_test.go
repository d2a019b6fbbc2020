package mime_test

import (
	"strings"
	"testing"
	"time"

	"askahead/authored/mime"
)

func TestDatesAreReadAsMailsWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"Mon, 12 Nov 2018 10:00:00 +0100":            "2018-11-12T09:00:00Z",
		"12 Nov 98 10:00 EST":                        "1998-11-12T15:00:00Z",
		"Mon Nov 12 10:00:00 2018":                   "2018-11-12T10:00:00Z",
		"Mon, 12-Nov-2018 10:00:00 GMT":              "2018-11-12T10:00:00Z",
		"2018-11-12 10:00:00 +0000":                  "2018-11-12T10:00:00Z",
		"Mon, 12 Nov 2018 10:00:00 -0800 (PST)":      "2018-11-12T18:00:00Z",
		"Monday, November 12, 2018 1:05 PM":          "2018-11-12T13:05:00Z",
		"Mon, 12 Nov 2018 10:00:00 +01:00":           "2018-11-12T09:00:00Z",
		"Mon, 12 Nov 104 10:00:00 GMT":               "2004-11-12T10:00:00Z",
		"Mon, 31 Feb 2018 10:00:00 GMT":              "",
		"Mon, 12 Foo 2018 10:00:00 GMT":              "",
		"":                                           "",
		"yesterday":                                  "",
		"99 Nov 2018 10:00:00":                       "",
		strings.Repeat("1 ", 100000):                 "",
		"Mon, 12 Nov 2018 25:99:00 GMT":              "",
		"(comment (nested)) Mon, 12 Nov 2018 10:00Z": "2018-11-12T10:00:00Z",
	} {
		got, ok := mime.ParseDate(in)
		if ok != (want != "") {
			t.Errorf("%.60q: understood is %v", in, ok)
		} else if ok && got.Format(time.RFC3339) != want {
			t.Errorf("%.60q is %s, wanted %s", in, got.Format(time.RFC3339), want)
		}
	}
}

func TestAddressesAreReadInEveryForm(t *testing.T) {
	for in, want := range map[string]string{
		"Ada Example <Ada@NGO.example>":                "Ada Example/ada@ngo.example",
		"ada@ngo.example (Ada Example)":                "Ada Example/ada@ngo.example",
		`"Example, Ada \"A\"" <ada@ngo.example>`:       `Example, Ada "A/ada@ngo.example`,
		"ada at ngo.example (Ada)":                     "Ada/ada@ngo.example",
		"<@relay.example:ada@ngo.example>":             "/ada@ngo.example",
		"Friends: ada@ngo.example, ben@csirt.example;": "/ada@ngo.example /ben@csirt.example",
		"=?utf-8?q?Zo=C3=AB?= <zoe@ngo.example>":       "Zoë/zoe@ngo.example",
		"a@x.example; b@x.example":                     "/a@x.example /b@x.example",
		"Ada <ada@ngo.example":                         "Ada/ada@ngo.example",
		"undisclosed-recipients:;":                     "",
		"no address":                                   "no address/",
	} {
		var got []string
		for _, a := range mime.ParseAddresses(in, "") {
			got = append(got, a.Name+"/"+a.Addr)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q is %q, wanted %q", in, s, want)
		}
	}
}

func TestEncodedWordsAreDecoded(t *testing.T) {
	for in, want := range map[string]string{
		"=?utf-8?Q?caf=C3=A9_open?=":                "café open",
		"=?iso-8859-1?q?J=FCrg?= plain":             "Jürg plain",
		"=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=":         "éé",
		"=?utf-8?Q?=E8=AA?= =?utf-8?Q?=B0?=":        "誰", // a character cut in two
		"=?iso-2022-jp?B?GyRCQy8bKEI=?=":            "誰",
		"=?utf-8*en?Q?a?=":                          "a",
		"a =?broken":                                "a =?broken",
		"=?utf-8?X?a?=":                             "=?utf-8?X?a?=",
		"caf\xe9":                                   "café",
		"=?unknown?Q?caf=E9?=":                      "café",
		"=?utf-8?Q?Really=3F?= =?utf-8?Q?_Yes=2E?=": "Really? Yes.",
	} {
		if got := mime.DecodeWords(in, ""); got != want {
			t.Errorf("%q is %q, wanted %q", in, got, want)
		}
	}
}

func TestParametersAreReadAsFarAsTheyGo(t *testing.T) {
	for _, c := range []struct{ in, name, want string }{
		{`text/plain; charset="utf-8"`, "charset", "utf-8"},
		{`text/plain; charset=utf-8; charset=koi8-r`, "charset", "utf-8"},
		{`text/plain; charset="utf-8; format=flowed`, "format", "flowed"},
		{`attachment; filename*0*=utf-8''caf%C3; filename*1*=%A9.txt`, "filename", "café.txt"},
		{`attachment; filename*0="a"; filename*1="b.txt"`, "filename", "ab.txt"},
		{`attachment; filename*=iso-8859-1'de'%FCb.txt`, "filename", "üb.txt"},
		{`attachment; filename="=?utf-8?Q?=C3=BC.txt?="`, "filename", "ü.txt"},
		{`text/plain charset=utf-8`, "charset", ""},
		{`;;;=;"`, "charset", ""},
	} {
		if got := mime.ParseValue(c.in).Param(c.name); got != c.want {
			t.Errorf("%s of %q is %q, wanted %q", c.name, c.in, got, c.want)
		}
	}
}

func TestPartsAreCountedAndDepthIsLimited(t *testing.T) {
	many := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 1000) + "--b--\n"
	if n := len(mime.Parse([]byte(many)).Leaves()); n >= mime.MaxParts {
		t.Errorf("%d parts were read", n)
	}
	depth := 0
	for p := mime.Parse([]byte(strings.Repeat("Content-Type: message/rfc822\n\n", 100))); len(p.Children) > 0; p = p.Children[0] {
		depth++
	}
	if depth > mime.MaxDepth {
		t.Errorf("%d levels were read", depth)
	}
}

func FuzzHeaderValues(f *testing.F) {
	f.Add("=?utf-8?Q?a?= <a@b.example>; x*0*=utf-8''%41; b=\"c\\\"\"")
	f.Add("Mon, 12 Nov 2018 10:00:00 +0100 (x)")
	f.Fuzz(func(t *testing.T, s string) {
		mime.ParseDate(s)
		mime.ParseAddresses(s, "koi8-r")
		mime.DecodeWords(s, "")
		v := mime.ParseValue(s)
		v.Param("x")
		v.Param("b")
	})
}
