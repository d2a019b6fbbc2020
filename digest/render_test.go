package digest

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/net/html"

	"askahead/domain"
	"askahead/store"
)

// jsonKeys lists the keys of all types that the JSON is made of.
func jsonKeys(t *testing.T) []string {
	keys := map[string]bool{}
	var walk func(reflect.Type)
	walk = func(k reflect.Type) {
		switch k.Kind() {
		case reflect.Slice, reflect.Pointer:
			walk(k.Elem())
		case reflect.Struct:
			if k == reflect.TypeFor[time.Time]() {
				return
			}
			for i := range k.NumField() {
				if name, _, _ := strings.Cut(k.Field(i).Tag.Get("json"), ","); name != "" {
					keys[name] = true
					walk(k.Field(i).Type)
				}
			}
		}
	}
	walk(reflect.TypeFor[paper]())
	return slices.Sorted(maps.Keys(keys))
}

// page parses an HTML page and yields its nodes.
func nodes(t *testing.T, page string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(root.Descendants())
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestThePageRunsNothingAndLoadsNothing(t *testing.T) {
	for name, e := range editions(t) {
		page := render(t, e)["html"]
		for _, n := range nodes(t, page) {
			if slices.Contains([]string{"script", "img", "iframe", "link", "object", "form", "base", "svg"}, n.Data) && n.Type == html.ElementNode {
				t.Errorf("%s has a <%s>", name, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
				}
			}
			if href := attr(n, "href"); href != "" && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "#t-") {
				t.Errorf("%s links to %q", name, href)
			}
		}
		if strings.Contains(page, "url(") || strings.Contains(page, "@import") || strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s loads a resource from its styles, or a style was refused", name)
		}
	}
}

func TestEveryQuestionSaysItsLanguageAndDirection(t *testing.T) {
	e := newEdition(t, newShelf(t, workshop()), newRequest(t, domain.Green))
	found := map[string]string{}
	for _, n := range nodes(t, render(t, e)["html"]) {
		if lang := attr(n, "lang"); lang != "" && n.Data == "p" {
			found[lang] = attr(n, "dir")
			if lang == "ar" && !strings.Contains(attr(n, "style"), "text-align:right") {
				t.Error("Arabic is not flush right")
			}
		}
	}
	for lang, dir := range map[string]string{"ar": "rtl", "ja": "ltr", "zh": "ltr", "fr": "ltr", "sw": "ltr"} {
		if found[lang] != dir {
			t.Errorf("a question in %s has dir=%q, want %q", lang, found[lang], dir)
		}
	}
}

func TestThePageHasAStyleForEveryPartThatItNames(t *testing.T) {
	for _, m := range regexp.MustCompile(`css "([^"]+)"`).FindAllStringSubmatch(pageText, -1) {
		if style(m[1]) == "" {
			t.Errorf("the template asks for the style of %q, which has none", m[1])
		}
	}
}

func TestEveryLinkWithinThePageArrives(t *testing.T) {
	for name, e := range editions(t) {
		ids, all := map[string]int{}, nodes(t, render(t, e)["html"])
		for _, n := range all {
			if id := attr(n, "id"); id != "" {
				ids[id]++
				if ids[id] > 1 {
					t.Errorf("%s has two elements with the id %s", name, id)
				}
			}
		}
		for _, n := range all {
			if to, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && ids[to] == 0 {
				t.Errorf("%s: a link goes to #%s, which is nowhere", name, to)
			}
		}
	}
}

// luminance and contrast are those of WCAG 2.1.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestColoursCanBeReadOnTheirGround(t *testing.T) {
	all := append(spareColours(), unknownColour())
	for _, c := range builtinCommunities() {
		all = append(all, c.colour)
	}
	marks, classes := map[string]bool{}, map[string]bool{}
	for _, c := range all {
		if got := contrast(t, c.Light, groundLight); got < 4.5 {
			t.Errorf("%s on paper has a contrast of %.2f, want 4.5", c.Light, got)
		}
		if got := contrast(t, c.Dark, groundDark); got < 4.5 {
			t.Errorf("%s in the dark has a contrast of %.2f, want 4.5", c.Dark, got)
		}
		if marks[c.Mark] || classes[c.Class] {
			t.Errorf("%s %s stands twice", c.Mark, c.Class)
		}
		marks[c.Mark], classes[c.Class] = true, true
	}
	for _, grey := range []string{"#5a6068", "#6f6a5f", "#4b5159", "#1d2126"} {
		if got := contrast(t, grey, groundLight); got < 4.5 {
			t.Errorf("%s on paper has a contrast of %.2f, want 4.5", grey, got)
		}
	}
}

func TestPlainTextStaysWithinItsColumns(t *testing.T) {
	for name, e := range editions(t) {
		for i, line := range strings.Split(render(t, e)["txt"], "\n") {
			if w := uniseg.StringWidth(line); w > columns && !strings.Contains(line, "://") {
				t.Errorf("%s line %d has %d columns: %s", name, i+1, w, line)
			}
			if line != strings.TrimRight(line, " ") {
				t.Errorf("%s line %d ends with a space", name, i+1)
			}
		}
	}
}

func FuzzWrappedLosesNothing(f *testing.F) {
	for _, s := range []string{"", "How?", "研究人员披露漏洞时，如何避免被厂商起诉？", "كيف يمكن للصحفيين حماية مصادرهم", "a\u00a0b c", strings.Repeat("x", 100), "👩‍👩‍👧‍👦 e\u0301?", "a\nb"} {
		f.Add(s)
	}
	bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		s = clean(s)
		lines := wrapped(s, 20)
		if got, want := bare(strings.Join(lines, "")), bare(s); got != want {
			t.Errorf("wrapped %q to %q", want, got)
		}
		if n := len(lines); n > 1 && n > utf8.RuneCountInString(s)+1 {
			t.Errorf("%d lines of %d characters", n, utf8.RuneCountInString(s))
		}
	})
}

func TestASpreadsheetRunsNothing(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+31": "'+31", "-2": "'-2", "@SUM": "'@SUM", "＝1": "'＝1", "|x": "'|x", "": "", "Who?": "Who?", "1=1": "1=1",
	} {
		if got := Defuse(in); got != want {
			t.Errorf("Defuse(%q) = %q, want %q", in, got, want)
		}
	}
	e := newEdition(t, newShelf(t, hostile()), newRequest(t, domain.Clear))
	text := strings.TrimPrefix(render(t, e)["csv"], "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v; want a head and 4 questions", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a cell begins like a formula: %s", cell)
			}
		}
	}
}

func TestTheJSONCanBeReadAgain(t *testing.T) {
	e := newEdition(t, newShelf(t, workshop()), newRequest(t, domain.Green))
	var got paper
	if err := json.Unmarshal([]byte(render(t, e)["json"]), &got); err != nil {
		t.Fatal(err)
	}
	if got.Format != format || len(got.Questions) != e.Questions() || got.Totals != e.paper.Totals {
		t.Errorf("read %s with %d questions, want %s with %d", got.Format, len(got.Questions), format, e.Questions())
	}
}

func TestTheRecordHoldsWhatReadersSaw(t *testing.T) {
	e := newEdition(t, newShelf(t, workshop()), newRequest(t, domain.Green))
	page := e.Record("html", "txt")
	for _, id := range page.Questions {
		if text := render(t, e)["html"]; !strings.Contains(text, ref(id)) {
			t.Errorf("%s is recorded, but not on the page", id)
		}
	}
	all := e.Record("html", "csv")
	if len(all.Questions) != e.Questions() || len(page.Questions) >= len(all.Questions) {
		t.Errorf("a complete format records %d of %d questions, one for reading %d", len(all.Questions), e.Questions(), len(page.Questions))
	}
	if page.Number != 1 || page.Name != "panelists" || page.Audience != domain.Green || !page.Since.IsZero() || page.Until.IsZero() {
		t.Errorf("record: %+v", page)
	}
}

func TestAnEditionIsTheSameBytesEveryTime(t *testing.T) {
	first := render(t, newEdition(t, newShelf(t, workshop()), newRequest(t, domain.Green)))
	for range 5 {
		again := render(t, newEdition(t, newShelf(t, workshop()), newRequest(t, domain.Green)))
		if !maps.Equal(first, again) {
			t.Fatal("two builds of the same edition differ")
		}
	}
}

// crowd is a session with many topics that all communities share.
func crowd(topics, askers int) []asked {
	var list []asked
	for i := range topics {
		for _, c := range builtinCommunities() {
			for a := range askers {
				list = append(list, asked{
					fmt.Sprintf("t%03d", i), c.ID, fmt.Sprintf("%s-%d", c.ID, a), "10-0" + strconv.Itoa(1+i%9), "en",
					fmt.Sprintf("How should question %d of asker %d among the %s be put so that it is about as long as questions are?", i, a, c.Title),
					theme([]string{"responders", "industry", "civil-society", "lawful-access", "vulnerabilities", "sharing", "norms"}[i%7]),
				})
			}
		}
	}
	return list
}

// Gmail cuts a mail off at 102 kB, and readers stop long before.
func TestALargeSessionIsStillAPageToRead(t *testing.T) {
	e := newEdition(t, newShelf(t, crowd(60, 6)), newRequest(t, domain.Green))
	out := render(t, e)
	if n := len(out["html"]); n > 102_000 {
		t.Errorf("the page has %d bytes, want at most 102000", n)
	}
	words := 0
	for _, w := range strings.Fields(out["txt"]) {
		if strings.ContainsFunc(w, unicode.IsLetter) && !strings.Contains(w, "://") {
			words++
		}
	}
	if words > 2500 {
		t.Errorf("the text has %d words, which is more than ten minutes", words)
	}
	if !strings.Contains(out["txt"], "more shared concerns") {
		t.Error("the text does not say that there is more")
	}
}

func BenchmarkBuildAndRender(b *testing.B) {
	s := newShelf(b, crowd(300, 10)) // 18,000 questions
	s.progress = map[string]store.Progress{}
	r := newRequest(b, domain.Green)
	b.ReportAllocs()
	for b.Loop() {
		e, _, err := Build(b.Context(), wide{s}, r)
		if err != nil {
			b.Fatal(err)
		}
		render(b, e)
	}
}

func TestReadersAreToldWhomToAskIfThereIsSomeone(t *testing.T) {
	r := newRequest(t, domain.Green)
	for _, contact := range []string{"", "organiser@example.org"} {
		r.Options.Contact = contact
		for name, text := range render(t, newEdition(t, newShelf(t, workshop()), r)) {
			text = strings.ReplaceAll(text, "\\", "")
			if told := strings.Contains(text, "organiser@example.org"); told != (contact != "" && name != "csv") {
				t.Errorf("with the contact %q, %s tells it: %v", contact, name, told)
			}
		}
	}
}

// A panel in January, read about in November: with a year at each week, the chart would be wider than a phone.
func TestTheChartOfWeeksNamesNoYears(t *testing.T) {
	r := newRequest(t, domain.Green)
	r.Session.Starts = time.Date(2019, 1, 15, 15, 0, 0, 0, time.UTC)
	for _, n := range nodes(t, render(t, newEdition(t, newShelf(t, workshop()), r))["html"]) {
		if n.Data == "th" && n.FirstChild != nil && strings.Contains(n.FirstChild.Data, "2018") {
			t.Errorf("a week is headed %q", n.FirstChild.Data)
		}
	}
}
