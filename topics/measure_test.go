package topics

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"askahead/domain"
	"askahead/store"
)

// asked makes voices from lines "topic community asker text", one minute apart; "-" is no community, and "+"
// joins several.
func asked(lines ...string) []store.Voice {
	var list []store.Voice
	for i, line := range lines {
		f := strings.Fields(line)
		v := store.Voice{
			Question: fmt.Sprintf("q%04d", i), Topic: f[0], Asker: f[2], Fingerprint: f[3],
			Published: time.Date(2018, 10, 1, 0, i, 0, 0, time.UTC),
		}
		if f[1] != "-" {
			v.Communities = strings.Split(f[1], "+")
		}
		list = append(list, v)
	}
	return list
}

// crowd gives n askers of a community who each ask in words of their own.
func crowd(topic, community string, n int) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("%s %s %s%d %s-%s-%d", topic, community, community, i, topic, community, i))
	}
	return lines
}

func concernOf(t *testing.T, c Concerns, topic string) Concern {
	t.Helper()
	i := slices.IndexFunc(c.Topics, func(x Concern) bool { return x.Topic == topic })
	if i < 0 {
		t.Fatalf("no topic %s in %+v", topic, c.Topics)
	}
	return c.Topics[i]
}

func TestVerdicts(t *testing.T) {
	background := slices.Concat(crowd("other", "technical", 6), crowd("other", "civil-society", 6))
	for _, c := range []struct {
		name  string
		lines []string
		want  Verdict
	}{
		{"two askers in each of two communities make a shared concern",
			[]string{"t technical technical0 a", "t technical technical1 b", "t civil-society civil-society0 c", "t civil-society civil-society1 d"}, Shared},
		{"one asker in the second community does not",
			[]string{"t technical technical0 a", "t technical technical1 b", "t civil-society civil-society0 c"}, None},
		{"one asker who asks twice is one asker",
			[]string{"t technical technical0 a", "t technical technical1 b", "t civil-society civil-society0 c", "t civil-society civil-society0 d"}, None},
		{"one text from two askers is one asker",
			[]string{"t technical technical0 a", "t technical technical1 b", "t civil-society civil-society0 c", "t civil-society civil-society1 c"}, None},
		{"a text that another community posted first adds no asker",
			[]string{"t technical technical0 a", "t technical technical1 b", "t civil-society civil-society0 a", "t civil-society civil-society1 b"}, None},
		{"a community below the floor does not make it shared",
			[]string{"t technical technical0 a", "t technical technical1 b", "t academia x0 c", "t academia x1 d"}, None},
		{"askers without a community never make a concern",
			[]string{"t - x0 a", "t - x1 b", "t - x2 c", "t - x3 d", "t - x4 e", "t - x5 f"}, None},
		{"five of six in one community and nobody elsewhere is its own concern",
			crowd("t", "technical", 5), SingleCommunity},
		{"two of six against nobody of six is not yet one",
			crowd("t", "technical", 2), None},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := concernOf(t, Measure(asked(slices.Concat(background, c.lines)...), DefaultOptions()), "t")
			if got.Verdict != c.want {
				t.Errorf("verdict %q, want %q: %+v", got.Verdict, c.want, got)
			}
		})
	}
}

func TestWithFewerThanTwoCommunitiesAboveTheFloorThereIsNoData(t *testing.T) {
	got := Measure(asked(slices.Concat(crowd("t", "technical", 9), crowd("t", "academia", 4), crowd("t", "-", 9))...), DefaultOptions())
	if v := concernOf(t, got, "t").Verdict; v != NoData {
		t.Errorf("verdict %q", v)
	}
}

func TestEveryFigureHasItsN(t *testing.T) {
	got := Measure(asked(
		"t technical a one", "t technical b two", "u technical c three", "t - d four", "t technical+academia e five",
	), Options{Floor: 3, Z: 1.2816, MinAskers: 2, MinCommunities: 2})
	want := []Share{
		{Community: "academia", Askers: 1, Of: 1, Interval: Wilson(1, 1, 1.2816)},
		{Community: "technical", Askers: 3, Of: 4, Interval: Wilson(3, 4, 1.2816), Data: true, Asks: true},
		{Community: domain.Unknown, Askers: 1, Of: 1, Interval: Wilson(1, 1, 1.2816)},
	}
	if diff := cmp.Diff(want, concernOf(t, got, "t").Shares); diff != "" {
		t.Error(diff)
	}
	if got.Askers != 5 || got.Voices != 5 {
		t.Errorf("%d askers and %d voices, want 5 and 5", got.Askers, got.Voices)
	}
}

func TestSharedConcernsAreRankedByTheSmallestLo(t *testing.T) {
	got := Measure(asked(slices.Concat(
		crowd("wide", "technical", 3), crowd("wide", "civil-society", 3),
		crowd("deep", "technical", 8), crowd("deep", "civil-society", 2),
		crowd("rest", "technical", 10), crowd("rest", "civil-society", 10),
	)...), DefaultOptions())
	var order []string
	for _, c := range got.Topics {
		order = append(order, c.Topic)
	}
	if want := []string{"rest", "wide", "deep"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if got.Shared != 3 {
		t.Errorf("%d shared, want 3", got.Shared)
	}
}

func TestWhatDoesNotCountIsListed(t *testing.T) {
	got := Measure(asked("t technical a one", "t technical b one", "t technical a two", "u technical b one"), DefaultOptions())
	at := func(i int) time.Time { return time.Date(2018, 10, 1, 0, i, 0, 0, time.UTC) }
	want := []Discount{
		{Topic: "t", Question: "q0001", Communities: []string{"technical"}, Published: at(1), Reason: Repost, Of: "q0000"},
		{Topic: "t", Question: "q0002", Communities: []string{"technical"}, Published: at(2), Reason: SameAsker, Of: "q0000"},
	}
	if diff := cmp.Diff(want, got.Discounted); diff != "" {
		t.Error(diff)
	}
	if c := concernOf(t, got, "t"); c.Askers != 1 || c.NotCounted != 2 {
		t.Errorf("%d askers and %d not counted, want 1 and 2", c.Askers, c.NotCounted)
	}
}

func TestWhoPublishedATextFirstHasAskedIt(t *testing.T) {
	v := asked("t technical late one", "t academia early one")
	v[0].Published, v[1].Published = v[1].Published, v[0].Published
	got := Measure(v, DefaultOptions())
	if len(got.Communities) != 1 || got.Communities[0].Name != "academia" {
		t.Errorf("counted for %+v, want academia, which asked a minute earlier", got.Communities)
	}
}

func TestAFloodOfDiscountsIsCountedButNotListed(t *testing.T) {
	lines := []string{"t technical a one"}
	for i := range MaxDiscounted + 50 {
		lines = append(lines, fmt.Sprintf("t technical x%d one", i))
	}
	got := Measure(asked(lines...), DefaultOptions())
	if len(got.Discounted) != MaxDiscounted || got.NotCounted != MaxDiscounted+50 {
		t.Errorf("%d listed of %d", len(got.Discounted), got.NotCounted)
	}
}

func TestACounterRefusesVoicesOutOfOrder(t *testing.T) {
	v := asked("t technical a one", "t technical b two")
	c := NewCounter()
	if err := c.Add(v[1]); err != nil {
		t.Fatal(err)
	}
	if err := c.Add(v[0]); err == nil {
		t.Error("an older voice after a newer one was counted")
	}
}

func TestThresholdsThatMeanNothingAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"a floor of nobody":       func(o *Options) { o.Floor = 0 },
		"one asker as a concern":  func(o *Options) { o.MinAskers = 1 },
		"one community as shared": func(o *Options) { o.MinCommunities = 1 },
		"no interval":             func(o *Options) { o.Z = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			o := DefaultOptions()
			if err := o.Validate(); err != nil {
				t.Fatal(err)
			}
			if change(&o); o.Validate() == nil {
				t.Errorf("%+v passed", o)
			}
		})
	}
}
