package feed

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/domain"
)

func at(t testing.TB, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// itemsOf reads a document that lies at https://forum.example/feed.
func itemsOf(t testing.TB, text string) []domain.Item {
	t.Helper()
	d, err := parse([]byte(text), "", at(t, "https://forum.example/feed"))
	if err != nil {
		t.Fatal(err)
	}
	d.prepare(testNow())
	reader := (&Collector{}).newReader(d, nil)
	var items []domain.Item
	for _, p := range sortPosts(d) {
		if p.fault != "" {
			t.Fatalf("%s: %s", p.fault, p.raw)
		}
		item, err := reader.item(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, item)
	}
	return items
}

func oneOf(t testing.TB, text string) domain.Item {
	t.Helper()
	items := itemsOf(t, text)
	if len(items) != 1 {
		t.Fatalf("%d items", len(items))
	}
	return items[0]
}

// TestFormats: the same post in every format.
func TestFormats(t *testing.T) {
	const body = "<p>Who reads the <b>reports</b> &amp; why?</p>"
	at := time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)
	for name, text := range map[string]string{
		"RSS 0.91": `<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://www.example.org/rss-0.91.dtd">
			<rss version="0.91"><channel><title>B</title><language>de-AT</language><item><title>Logs</title><link>https://blog.example/1</link><author>ada@rights.example (Ada)</author>
			<pubDate>Mon, 02 Mar 2026 09:30:00 +0100</pubDate><description>&lt;p&gt;Who reads the &lt;b&gt;reports&lt;/b&gt; &amp;amp; why?&lt;/p&gt;</description></item></channel></rss>`,
		"RSS 1.0": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="de-AT">
			<channel rdf:about="https://blog.example/"><title>B</title></channel><item rdf:about="https://blog.example/1"><title>Logs</title><link>https://blog.example/1</link>
			<dc:creator>Ada &lt;ada@rights.example&gt;</dc:creator><dc:date>2026-03-02T09:30:00+01:00</dc:date><description><![CDATA[` + body + `]]></description></item></rdf:RDF>`,
		"RSS 2.0 with content:encoded": `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>B</title><language>de_AT</language>
			<item><title>Logs</title><guid>https://blog.example/1</guid><author>ada@rights.example</author><dc:creator>Ada</dc:creator><pubDate>Mon, 2 Mar 2026 08:30:00 GMT</pubDate>
			<description>An extract […]</description><content:encoded><![CDATA[` + body + `]]></content:encoded></item></channel></rss>`,
		"Atom 1.0": `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-AT"><title>B</title><id>tag:x</id><entry><id>https://blog.example/1</id><title type="html">&lt;i&gt;Logs&lt;/i&gt;</title>
			<link href="https://blog.example/1"/><author><name>Ada</name><email>Ada@rights.example</email><uri>https://rights.example/ada</uri></author><published>2026-03-02T08:30:00Z</published>
			<updated>2026-03-02T08:30:10Z</updated><summary>An extract</summary><content type="html"><![CDATA[` + body + `]]></content></entry></feed>`,
		"Atom with XHTML, a prefix and relative addresses": `<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:base="https://blog.example/x/"><a:author><a:name>Ada</a:name><a:email>ada@rights.example</a:email></a:author>
			<a:entry xml:lang="de-AT"><a:id>../1</a:id><a:title>Logs</a:title><a:link href="../1"/><a:updated>2026-03-02T08:30:00Z</a:updated>
			<a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">` + body + `</div></a:content></a:entry></a:feed>`,
		"JSON Feed 1.0": `{"version":"https://jsonfeed.org/version/1","title":"B","items":[{"id":"https://blog.example/1","url":"https://blog.example/1","title":"Logs","language":"de-AT",
			"author":{"name":"Ada <ada@rights.example>"},"date_published":"2026-03-02T09:30:00+01:00","content_html":"<p>Who reads the <b>reports</b> &amp; why?</p>"}]}`,
		"JSON Feed 1.1": "\ufeff" + `{"version":"https://jsonfeed.org/version/1.1","language":"de-AT","authors":[{"name":"Ada (ada@rights.example)"}],"items":[{"id":"https://blog.example/1","title":"Logs",
			"url":"/1","date_published":"2026-03-02T08:30:00Z","content_html":"<p>Who reads the <b>reports</b> &amp; why?</p>"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			got := oneOf(t, text)
			raw := strings.ReplaceAll(string(got.Raw), "<p>Logs</p>\n", "")
			switch {
			case got.Type != domain.TypeHTML || strings.TrimSpace(raw) != body || got.Subject != "Logs":
				t.Errorf("type %s, text %q, subject %q", got.Type, raw, got.Subject)
			case !got.Published.Equal(at) || got.Edited || got.Language != "de-AT" && !strings.EqualFold(got.Language, "de-AT"):
				t.Errorf("published %s, edited %v, language %q", got.Published, got.Edited, got.Language)
			case got.Author.ID != "ada@rights.example" || got.Author.Name != "Ada":
				t.Errorf("author %+v", got.Author)
			case !slices.Contains(got.Facts, domain.Fact{Name: domain.FactDomain, Value: "rights.example"}) && !strings.Contains(name, "relative") && !strings.Contains(name, "1.1"):
				t.Errorf("facts %+v", got.Facts)
			case got.Canonical != "https://blog.example/1" || !got.Public:
				t.Errorf("canonical %q", got.Canonical)
			}
		})
	}
}

func rssItem(inner string) string {
	return `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Forum</title><item>` + inner + `</item></channel></rss>`
}

func TestPlainText(t *testing.T) {
	got := oneOf(t, rssItem("<guid>1</guid><description>Is x &lt; y?\nWho says?</description>"))
	if got.Type != domain.TypeText || string(got.Raw) != "Is x < y?\nWho says?" {
		t.Errorf("%s %q", got.Type, got.Raw)
	}
	got = oneOf(t, `{"items":[{"id":7,"content_text":"Is 1 < 2 & <b>who</b> says?"}]}`)
	if got.Type != domain.TypeText || string(got.Raw) != "Is 1 < 2 & <b>who</b> says?" || got.Canonical != "feed:forum.example/7" {
		t.Errorf("%s %q %s", got.Type, got.Raw, got.Canonical)
	}
}

// TestTitles: whose words a title is.
func TestTitles(t *testing.T) {
	const question = "Who reads the reports?"
	for _, c := range []struct {
		name, text string
		want       int // how often the question is in what is read
	}{
		{"a topic's title is its author's", rssItem("<title>" + question + "</title><description>See above.</description><guid>forum.example-topic-5</guid>"), 1},
		{"with nothing below it", rssItem("<title>" + question + "</title>"), 1},
		{"once, where the text says it too", rssItem("<title>" + question + "</title><description>&lt;p&gt;Hello. Who reads   the reports?&lt;/p&gt;</description>"), 1},
		{"once, where it is the beginning of the text", rssItem("<title>Who reads the…</title><description>" + question + " And why?</description>"), 1},
		{"not above an answer", rssItem("<title>Re: " + question + "</title><description>I do.</description>"), 0},
		{"not above an answer behind the forum's name", rssItem("<title>General • Re: " + question + "</title><description>I do.</description>"), 0},
		{"not above an answer in German", rssItem("<title>AW: " + question + "</title><description>Ich.</description>"), 0},
		{"not above a later post of a topic at Discourse", rssItem("<title>" + question + "</title><description>I do.</description><guid>forum.example-post-5-2</guid>"), 0},
		{"above the first post of a topic at Discourse", rssItem("<title>" + question + "</title><description>Thanks.</description><guid>forum.example-post-5-1</guid>"), 1},
		{"not above a comment", rssItem("<title>By Ada: " + question + "</title><link>https://blog.example/p/#comment-7</link><description>I do.</description>"), 0},
		{"not where the feed is named so", `<rss><channel><title>` + question + `</title><item><title>` + question + `</title><description>I do.</description></item></channel></rss>`, 0},
		{"not where other posts are named so", `<rss><channel><item><guid>1</guid><title>` + question + `</title><description>I do.</description></item><item><guid>2</guid><title>` + question + `</title><description>We do.</description></item></channel></rss>`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := 0
			for _, item := range itemsOf(t, c.text) {
				got += strings.Count(strings.Join(strings.Fields(withoutTags(string(item.Raw))), " "), question)
				if !strings.Contains(item.Subject, "Who reads the") {
					t.Errorf("subject %q", item.Subject)
				}
			}
			if got != c.want {
				t.Errorf("%d times, want %d", got, c.want)
			}
		})
	}
	if got := string(oneOf(t, rssItem("<title>&lt;b&gt;A &amp;amp; B&lt;/b&gt; &amp;lt;script&amp;gt;</title><description>&lt;p&gt;x&lt;/p&gt;</description>")).Raw); got != "<p>A &amp; B &lt;script&gt;</p>\n<p>x</p>" {
		t.Errorf("a title is put before HTML as %q", got)
	}
}

func TestAuthors(t *testing.T) {
	for _, c := range []struct{ name, inner, id, shown string }{
		{"a mail address", "<author>Ada@Rights.example (Ada)</author>", "ada@rights.example", "Ada"},
		{"a name", "<dc:creator>Ada Example</dc:creator>", "feed:forum.example/ada example", "Ada Example"},
		{"a name at Discourse", "<dc:creator>@ada Ada Example</dc:creator>", "feed:forum.example/@ada", "Ada Example"},
		{"an address for everybody is nobody's", "<author>noreply@blogger.example (Ada)</author>", "feed:forum.example/ada", "Ada"},
		{"an account of the Fediverse", "<dc:creator>@ada@social.example</dc:creator>", "ada@social.example", ""},
		{"nobody: all of a site count as one", "", "feed:forum.example", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := oneOf(t, rssItem(c.inner+"<description>x</description>")).Author
			if got.ID != c.id || got.Name != c.shown {
				t.Errorf("got %+v", got)
			}
		})
	}
	atom := func(author string) domain.Author {
		return oneOf(t, `<feed xmlns="http://www.w3.org/2005/Atom"><author><name>Owner</name></author><entry><id>1</id>`+author+`</entry></feed>`).Author
	}
	if got := atom(`<author><name>Ada</name><uri>https://people.example/ada</uri></author>`); got.ID != "https://people.example/ada" {
		t.Errorf("by page: %+v", got)
	}
	if got := atom(`<author><name>Ada</name><uri>https://blog.example/</uri></author>`); got.ID != "feed:forum.example/ada" {
		t.Errorf("the front page of a blog is no person: %+v", got)
	}
	if got := atom(``); got.ID != "feed:forum.example/owner" {
		t.Errorf("of the feed: %+v", got)
	}
}

func TestParents(t *testing.T) {
	for inner, want := range map[string]string{
		"<guid>forum.example-post-5-3</guid>":                                                               "discourse:forum.example/5/1",
		"<guid>https://blog.example/p/#comment-7</guid>":                                                    "https://blog.example/p/",
		`<guid>x</guid><t:in-reply-to xmlns:t="http://purl.org/syndication/thread/1.0" ref="tag:a,b"/>`:     "",
		`<guid>x</guid><thr:in-reply-to xmlns:thr="http://purl.org/syndication/thread/1.0" ref="tag:a,b"/>`: "tag:a,b",
		"<guid>forum.example-topic-5</guid>":                                                                "",
	} {
		got := oneOf(t, rssItem(inner)).Parents
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", inner, got, want)
		}
	}
	topic, post := oneOf(t, rssItem("<guid>forum.example-topic-5</guid>")), oneOf(t, rssItem("<guid>forum.example-post-5-1</guid>"))
	if topic.Canonical != post.Canonical {
		t.Errorf("a topic and its first post are two: %q, %q", topic.Canonical, post.Canonical)
	}
}

// TestDiscourse: what a forum puts around a post in its feed is not the post.
func TestDiscourse(t *testing.T) {
	item := func(guid, creator, body string) string {
		return string(oneOf(t, rssItem("<guid>"+guid+"</guid><dc:creator><![CDATA["+creator+"]]></dc:creator><description><![CDATA["+body+"]]></description>")).Raw)
	}
	around := func(name, more string) string {
		return "\n <p><a href=\"https://forum.example/u/ada\">" + name + "</a> wrote:</p>\n <blockquote>\n<blockquote><p>Is it safe?</p></blockquote><p>Who pays?</p>\n </blockquote>" + more +
			"\n <p><a href=\"https://forum.example/t/x/5/3\">Read full topic</a></p>\n"
	}
	const own = "<blockquote><p>Is it safe?</p></blockquote><p>Who pays?</p>"
	if got := item("forum.example-post-5-3", "@Ada Ada Example", around("@ada", "")); got != own {
		t.Errorf("a post: %q", got)
	}
	if got := item("forum.example-topic-5", "@ada Ada Example", around("Ada Example", "<p>Posts: 5</p>\n<p>Participants: 3</p>")); got != own {
		t.Errorf("a topic: %q", got)
	}
	if body := around("@bob", ""); item("forum.example-post-5-3", "@ada", body) != body {
		t.Error("a quote of somebody else is taken for the author's words")
	}
	if body := around("@ada", ""); item("other-5-3", "@ada", body) != body {
		t.Error("another forum's post is taken apart")
	}
}

func TestOptOuts(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"of the whole feed, for robots":              {`<rss><channel><xhtml:meta xmlns:xhtml="http://www.w3.org/1999/xhtml" name="robots" content="follow,NOINDEX"/><item><title>Who?</title></item></channel></rss>`, "robots: noindex"},
		"of the whole feed, for directories":         {`<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><itunes:block>Yes</itunes:block><item><title>Who?</title></item></channel></rss>`, "itunes:block"},
		"of one item":                                {`<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><item><title>Who?</title><itunes:block>yes</itunes:block></item></channel></rss>`, "itunes:block"},
		"in the words of an author about themselves": {`<feed xmlns="http://www.w3.org/2005/Atom"><subtitle>Notes by Ada. #NoBot</subtitle><entry><id>1</id><title>Who?</title></entry></feed>`, "feed: #nobot"},
		"a directory that may":                       {`<rss xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><itunes:block>no</itunes:block><item><title>Who?</title></item></channel></rss>`, ""},
	} {
		item := oneOf(t, c.text)
		if item.OptOut != c.want {
			t.Errorf("%s: %q, want %q", name, item.OptOut, c.want)
		}
		if item.OptOut != "" && (len(item.Raw) > 0 || item.Subject != "" || item.Author.ID != "" || item.URL != "") {
			t.Errorf("%s: it keeps %+v", name, item)
		}
	}
}

func TestSameAddress(t *testing.T) {
	const post = "https://forum.example/p?id=7"
	for _, same := range []string{"http://forum.example/p?id=7", "https://FORUM.example:443/p?id=7", "http://forum.example:80/p?id=7", "https://forum.example./p?id=7",
		post + "&utm_source=rss&utm_medium=feed", "https://forum.example/p?fbclid=x&id=7", "https://ada:x@forum.example/p?id=7&"} {
		if linkKey(same) != linkKey(post) {
			t.Errorf("%s is %s", same, linkKey(same))
		}
	}
	for _, other := range []string{post + "#comment-1", "https://forum.example/p?id=8", "https://forum.example/p", "https://forum.example/P?id=7", "https://forum.example:8080/p?id=7", "https://a.forum.example/p?id=7"} {
		if linkKey(other) == linkKey(post) {
			t.Errorf("%s is the same", other)
		}
	}
	if linkKey("https://forum.example") != linkKey("https://forum.example/") {
		t.Error("a site with and without its slash are two")
	}
}

func TestCharsets(t *testing.T) {
	doc := func(encoding, text string) string {
		return `<?xml version="1.0"` + encoding + `?><rss><channel><item><description>` + text + `</description></item></channel></rss>`
	}
	utf16 := func(s string, big bool) string {
		var b strings.Builder
		for _, r := range s {
			if big {
				b.WriteString(string([]byte{byte(r >> 8), byte(r)}))
			} else {
				b.WriteString(string([]byte{byte(r), byte(r >> 8)}))
			}
		}
		return b.String()
	}
	for _, c := range []struct{ name, contentType, body, want string }{
		{"UTF-8", "", doc("", "Für wen?"), "Für wen?"},
		{"UTF-8 that the server calls Latin-1", "text/xml; charset=iso-8859-1", doc("", "Für wen?"), "Für wen?"},
		{"UTF-8 that it calls Windows-1251 itself", "", doc(` encoding="windows-1251"`, "Für wen?"), "Für wen?"},
		{"Latin-1", "", doc(` encoding="ISO-8859-1"`, "F\xfcr wen?"), "Für wen?"},
		{"Latin-1 that nobody names", "", doc("", "F\xfcr wen?"), "Für wen?"},
		{"Latin-1 that is called UTF-8", "text/xml; charset=utf-8", doc(` encoding="utf-8"`, "F\xfcr wen?"), "Für wen?"},
		{"KOI8-R by the server", "text/xml; charset=koi8-r", doc("", "\xeb\xd4\xcf?"), "Кто?"},
		{"Shift JIS", "", doc(` encoding="shift_jis"`, "\x92N?"), "誰?"},
		{"ISO-2022-JP", "", doc(` encoding="iso-2022-jp"`, "\x1b$BC/\x1b(B?"), "誰?"},
		{"UTF-16 with a mark", "", "\xff\xfe" + utf16(doc(` encoding="utf-16"`, "Für wen?"), false), "Für wen?"},
		{"UTF-16 without", "", utf16(doc("", "Für wen?"), true), "Für wen?"},
		{"an encoding that there is not", "", doc(` encoding="x-none"`, "Für wen?"), "Für wen?"},
		{"a byte that is no UTF-8 among others that are", "", doc("", "Für wén, für wen\xff?"), "Für wén, für wen\ufffd?"},
		{"XML 1.1 and control characters", "", strings.Replace(doc("", "Who\x01 pays?"), `"1.0"`, `"1.1"`, 1), "Who pays?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := parse([]byte(c.body), c.contentType, at(t, "https://forum.example/feed"))
			if err != nil {
				t.Fatal(err)
			}
			if len(d.posts) != 1 || d.posts[0].body != c.want {
				t.Errorf("got %+v", d.posts)
			}
		})
	}
}

// TestMended: what people write by hand, and parsers of XML refuse.
func TestMended(t *testing.T) {
	for name, inner := range map[string]string{
		"a lone <":                      "<description>1 < 2. Who pays?</description>",
		"a lone &":                      "<description>A & B. Who pays?</description>",
		"a comment with --":             "<!-- a -- b --><description>Who pays?</description>",
		"the end of a CDATA section":    "<description>]]> Who pays?</description>",
		"an element that is not closed": "<description>Who pays?<br></description>",
		"an end without a beginning":    "</p><description>Who pays?</description></b>",
	} {
		got := oneOf(t, rssItem("<guid>1</guid>"+inner))
		if !strings.Contains(string(got.Raw), "Who pays?") {
			t.Errorf("%s: %q", name, got.Raw)
		}
	}
	for name, text := range map[string]string{
		"ends in another case":      "<RSS><channel><Item><title>Who pays?</title></item><ITEM><title>Who reads?</title></Item></CHANNEL></rss>",
		"items that are not closed": "<rss><channel><item><title>Who pays?</title><item><title>Who reads?</title></channel></rss>",
	} {
		if got := itemsOf(t, text); len(got) != 2 || string(got[1].Raw) != "Who pays?" || string(got[0].Raw) != "Who reads?" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	t.Run("a quote that is not closed breaks its own item alone", func(t *testing.T) {
		d, err := parse([]byte(`<rss><channel><item><x a="b></x></item><item><title>Who pays?</title></item><item><x a="b"/>5" disks</item></channel></rss>`), "", at(t, "https://forum.example/"))
		if err != nil || len(d.posts) != 3 || d.posts[0].fault == "" || d.posts[1].title != "Who pays?" || d.posts[2].fault != "" {
			t.Errorf("got %+v, %v", d, err)
		}
	})
	if got := oneOf(t, strings.TrimSuffix(rssItem("<title>Who pays?</title>"), ">")); string(got.Raw) != "Who pays?" {
		t.Errorf("without the last >: %q", got.Raw)
	}
}

// mastodonFeed is the feed of a hashtag: its items name no author.
func mastodonFeed(links ...string) string {
	text := `<rss version="2.0"><channel><title>#ws164</title><description>Public posts tagged #ws164</description><generator>Mastodon v4.5.0</generator>`
	for i, link := range links {
		text += `<item><guid isPermaLink="true">` + link + `</guid><link>` + link + `</link><pubDate>Mon, 02 Mar 2026 08:3` + string(rune('9'-i)) + `:00 +0000</pubDate><description>&lt;p&gt;Who pays?&lt;/p&gt;</description><category>ws164</category></item>`
	}
	return text + `</channel></rss>`
}

func TestMastodon(t *testing.T) {
	profiles := map[string]string{
		"ada@other.example":    `{"noindex":false,"note":"<p>I ask.</p>","fields":[]}`,
		"bob@other.example":    `{"noindex":true,"note":""}`,
		"cem@other.example":    `{"noindex":false,"note":"<p>Hello #<span>nobot</span></p>"}`,
		"dan@other.example":    `{"noindex":false,"note":"","fields":[{"name":"Programs","value":"#noarchive"}]}`,
		"eve@other.example":    `{"note":"<p>I ask.</p>","display_name":"Eve #NoBots"}`,
		"bare@other.example":   `{"display_name":"Bare"}`,
		"odd@other.example":    `{"note":["x"]}`,
		"closed@other.example": "401",
	}
	page := func(name string) string { return "https://other.example/@" + name + "/110000000000000001" }
	read := func(t *testing.T, links ...string) (*server, []collectors.Batch, error) {
		t.Helper()
		s := newServer(t)
		s.hook = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/api/v1/accounts/lookup" {
				w.Write([]byte(mastodonFeed(links...)))
				return true
			}
			switch answer := profiles[r.FormValue("acct")]; answer {
			case "":
				w.WriteHeader(404)
			case "401":
				w.WriteHeader(401)
			default:
				w.Write([]byte(answer))
			}
			return true
		}
		all, _, err := collect(t, newCollector(t, 1, s.URL+"/tags/ws164.rss"), "")
		return s, all, err
	}
	for name, want := range map[string]string{"ada": "", "bob": "profile: noindex", "cem": "bio: #nobot", "dan": "bio: #noarchive", "eve": "name: #nobots", "bare": unseen, "odd": unseen, "nobody": unseen} {
		t.Run("who declines is asked for: "+name, func(t *testing.T) {
			_, all, err := read(t, page(name))
			if err != nil || all[0].Items[0].OptOut != want {
				t.Fatalf("%q, %v, want %q", all[0].Items[0].OptOut, err, want)
			}
			item := all[0].Items[0]
			if (want == "") != (len(item.Raw) > 0) {
				t.Errorf("%d bytes", len(item.Raw))
			}
			if item.Canonical != "https://other.example/users/"+name+"/statuses/110000000000000001" {
				t.Errorf("canonical %q", item.Canonical)
			}
			if want == "" && (item.Author.ID != name+"@other.example" || !slices.Contains(item.Facts, domain.Fact{Name: domain.FactInstance, Value: "other.example"})) {
				t.Errorf("author %+v, facts %+v", item.Author, item.Facts)
			}
		})
	}
	t.Run("a post that does not tell its author is left alone", func(t *testing.T) {
		_, all, err := read(t, "https://other.example/notes/abcdef")
		if err != nil || all[0].Items[0].OptOut != unseen {
			t.Errorf("got %+v, %v", all, err)
		}
	})
	t.Run("each author is asked for once", func(t *testing.T) {
		s, _, err := read(t, page("ada"), "https://other.example/@ada/110000000000000002")
		if err != nil || len(s.asked) != 2 {
			t.Errorf("asked %q, %v", s.asked, err)
		}
	})
	t.Run("a server that shows no profiles is an error", func(t *testing.T) {
		_, all, err := read(t, page("closed"))
		if err == nil || len(all) > 0 || !strings.Contains(err.Error(), "kind mastodon, with a token") {
			t.Errorf("%d batches, %v", len(all), err)
		}
	})
}
