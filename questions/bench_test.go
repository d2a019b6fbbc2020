package questions

import (
	"os"
	"strings"
	"testing"

	"askahead/domain"
)

// letter is a mail as people write it to a list: wrapped, with a list and two questions in 1.4 kB.
const letter = `Dear colleagues,

thank you for the agenda of the session. I read it with interest, since our team of
six people handles about two hundred reports a week, most of them about phishing sites
that live for less than a day. Until last spring we could look up who had registered a
domain and write to them directly; today the answer is a form that nobody reads.

We understand why the data is hidden. Many of those whom we would have written to are
private persons, and some of them have good reasons not to be found. Still, the time
between the first report and the end of a campaign has doubled, according to our figures
(see https://www.example.org/reports/2018?lang=en for the details), and it is the users
who pay for that. How do the speakers want to balance both interests in practice? Our
proposal would be a common gateway with logs that both sides can audit.

There are three things that we would like to add:

1. Access by role works in other fields, e.g. in medicine, and it can be audited.
2. Small teams cannot pay for a lawyer in every country. They need one form and one
   answer within a working day.
3. Registrars should say which requests they refused, and why.

I would also like to ask whether the panel sees a way to include teams from countries
without a data protection law. Last year Dr. Miller presented a draft at our meeting, but
it was never followed up.

Best regards
Jo
`

func BenchmarkFindMail(b *testing.B) {
	f := newFinderForTest(b)
	a := &domain.Authored{Own: letter}
	b.SetBytes(int64(len(letter)))
	b.ReportAllocs()
	for b.Loop() {
		if len(f.Find(a, "")) != 2 {
			b.Fatal("the letter asks two questions")
		}
	}
}

func BenchmarkFindWithoutQuestion(b *testing.B) {
	f := newFinderForTest(b)
	text := strings.ReplaceAll(letter, "?", ".")
	text = text[strings.Index(text, "We understand"):strings.Index(text, "How do the")]
	a := &domain.Authored{Own: strings.Repeat(text, 3)}
	b.SetBytes(int64(len(a.Own)))
	b.ReportAllocs()
	for b.Loop() {
		if len(f.Find(a, "")) != 0 {
			b.Fatal("the text asks nothing")
		}
	}
}

func BenchmarkFindRussian(b *testing.B) {
	f := newFinderForTest(b)
	text := strings.Repeat("Наша группа обрабатывает около двухсот сообщений в неделю. Мы хорошо понимаем, почему данные скрыты. ", 20)
	a := &domain.Authored{Own: text + "Как вы хотите совместить оба интереса?"}
	b.SetBytes(int64(len(a.Own)))
	b.ReportAllocs()
	for b.Loop() {
		f.Find(a, "")
	}
}

// Sentences that ask nothing, in the languages that are written otherwise than English.
func BenchmarkFindInLanguage(b *testing.B) {
	f := newFinderForTest(b)
	for _, code := range []string{"ar", "es", "fr", "pt", "ru", "zh"} {
		text, err := os.ReadFile("testcases/no-question-" + code + "/input.txt")
		if err != nil {
			b.Fatal(err)
		}
		a := &domain.Authored{Own: strings.Repeat(string(text), 10)}
		b.Run(code, func(b *testing.B) {
			b.SetBytes(int64(len(a.Own)))
			for b.Loop() {
				if len(f.Find(a, "")) != 0 {
					b.Fatal("the text asks nothing")
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
}

func newFinderForTest(tb testing.TB) *Finder {
	tb.Helper()
	f, err := New()
	if err != nil {
		tb.Fatal(err)
	}
	return f
}
