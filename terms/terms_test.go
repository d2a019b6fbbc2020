package terms

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		name, text, lang string
		want             []string
	}{
		{"stems and plain forms, without stop words", "How do the policies protect owners?", "en",
			[]string{"owner", "polici", "policy", "protect"}},
		{"what a title or an acronym is written in does not matter", "WHOIS and Whois", "en", []string{"whoi", "whois"}},
		{"accents are folded after stemming", "Où sont les données ?", "fr", []string{"don", "donnee"}},
		{"an elision is two words, of which the article goes", "l’accès à l'information", "fr", []string{"acce", "acces", "inform", "information"}},
		{"an English ending is no word", "CERT's logs aren't ICANN’s", "en", []string{"cert", "icann", "log"}},
		{"a quotation mark ends a word as others do", "“It’s CERT’s” or “logs aren’t”", "en", []string{"cert", "log"}},
		{"German sharp s is two letters", "Straße", "de", []string{"strass", "strasse"}},
		{"full-width letters are letters", "ＷＨＯＩＳ", "und", []string{"whoi", "whois"}},
		{"Han is cut into pairs", "隐私保护", "zh", []string{"保护", "私保", "隐私"}},
		{"a single character is a term", "谁", "zh", []string{"谁"}},
		{"Latin inside Han is a word", "谁管WHOIS数据", "zh", []string{"whoi", "whois", "数据", "谁管"}},
		{"Hangul is cut into pairs", "개인정보", "ko", []string{"개인", "인정", "정보"}},
		{"a Thai vowel sign stays with its letter", "ที่นี่", "th", []string{"ที่นี่"}},
		{"Russian is stemmed where the language is not known", "безопасность", "und", []string{"безопасн", "безопасность"}},
		{"a script without a stemmer is folded", "ασφάλεια", "el", []string{"ασφαλεια"}},
		{"numbers are terms", "RFC 3676", "en", []string{"3676", "rfc"}},
		{"a tag with a region is its language", "données", "fr-CA", []string{"don", "donnee"}},
		{"nothing gives nothing", " ?! \xff", "en", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Of(c.text, c.lang); !slices.Equal(got, c.want) {
				t.Errorf("Of(%q, %q) = %q, want %q", c.text, c.lang, got, c.want)
			}
		})
	}
}

func TestQueriesHit(t *testing.T) {
	for _, c := range []struct {
		name, text, lang, query, in string
		hit                         bool
	}{
		{"another inflection in the same language", "Wie schützen Behörden Daten?", "de", "Behörde", "de", true},
		{"the same word without a language", "Wie schützen Behörden Daten?", "de", "behörden", "und", true},
		{"a plural for a singular without a language", "Which policies apply?", "en", "policy", "und", true},
		{"without accents", "Où sont les données ?", "fr", "donnees", "und", true},
		{"without accents in the language", "¿Qué información se guarda?", "es", "informacion", "es", true},
		{"a question whose language is not known, by language", "WHOIS policies", "und", "policy", "en", true},
		{"all words are needed", "Who keeps logs?", "en", "logs retention", "en", false},
		{"stop words of a search are left out", "Who keeps logs?", "en", "the logs of whom", "en", true},
		{"stop words without a language too", "Who keeps logs?", "en", "who keeps the logs", "und", true},
		{"a stop word elsewhere is found where it is none", "Why did the project die?", "en", "die", "und", true},
		{"a part of a Chinese sentence", "谁应该负责数据的隐私？", "zh", "隐私", "und", true},
		{"a wrong language, where its stemmer leaves the word alone", "Is WHOIS dark?", "en", "whois", "fr", true},
		{"a Latin word in a Chinese question, by language", "谁管WHOIS数据", "zh", "whois", "en", true},
		{"an acronym in another case without a language", "Is WHOIS dark?", "en", "Whois", "und", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			of, query := Of(c.text, c.lang), Query(c.query, c.in)
			hit := len(query) > 0
			for _, q := range query {
				hit = hit && slices.Contains(of, q)
			}
			if hit != c.hit {
				t.Errorf("terms %q, query %q: hit %v", of, query, hit)
			}
		})
	}
}

func TestTermsAreCapped(t *testing.T) {
	long := strings.Repeat("a", 1000) + " " + strings.Repeat("é", 1000) + "x"
	for _, term := range Of(long, "fr") {
		if len(term) > maxTerm || !utf8.ValidString(term) {
			t.Errorf("%d bytes: %q", len(term), term)
		}
	}
	var many strings.Builder
	for i := range 20000 {
		many.WriteString(strings.Repeat("x", i%30) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + " ")
	}
	if n := len(Of(many.String(), "und")); n > maxTerms {
		t.Errorf("%d terms", n)
	}
	if n := len(Of(strings.Repeat("数据隐私", 100000), "zh")); n > maxTerms {
		t.Errorf("%d pairs", n)
	}
}

func TestEveryStopListIsFolded(t *testing.T) {
	lists := stopLists()
	if len(lists) < 20 {
		t.Fatalf("%d lists", len(lists))
	}
	for lang, list := range lists {
		for w := range list {
			if Fold(w) != w {
				t.Errorf("%s: %q is not folded", lang, w)
			}
		}
	}
}

func FuzzOf(f *testing.F) {
	for _, s := range []string{"How do CERTs reach owners?", "l’accès aux données", "谁应该负责", "ที่นี่", "don't n't 't", "ي ــ ًٌٍ", "\xff\u0301\u0e33", "ﬁﬀ Ⅷ ㈱"} {
		f.Add(s, "en")
		f.Add(s, "und")
		f.Add(s, "tr")
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		for _, list := range [][]string{Of(text, lang), Query(text, lang)} {
			if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) || len(list) > maxTerms {
				t.Fatalf("not sorted, distinct and few: %q", list)
			}
			for _, term := range list {
				if term == "" || len(term) > maxTerm || !utf8.ValidString(term) {
					t.Fatalf("term %q of %q", term, text)
				}
			}
		}
		normal := Normal(text)
		for tok := range Scan(text, lang) {
			if tok.Start < 0 || tok.End > len(normal) || tok.Start >= tok.End {
				t.Fatalf("token %+v of %q", tok, normal)
			}
		}
	})
}

func BenchmarkOf(b *testing.B) {
	for _, c := range []struct{ lang, text string }{
		{"en", "How can CERTs reach domain owners now that WHOIS is dark under GDPR, and who decides what incident responders may still see?"},
		{"fr", "Comment les équipes de réponse peuvent-elles joindre les titulaires de domaines alors que le WHOIS est fermé par le RGPD ?"},
		{"ru", "Кто отвечает за безопасность данных пользователей и как связаться с владельцами доменов?"},
		{"zh", "在GDPR生效之后，应急响应团队应该如何联系域名所有者？"},
		{"und", "How can CERTs reach domain owners now that WHOIS is dark under GDPR, and who decides what incident responders may still see?"},
	} {
		b.Run(c.lang, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				Of(c.text, c.lang)
			}
		})
	}
}
