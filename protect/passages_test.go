package protect

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf8"

	"askahead/domain"
	"askahead/internal/linear"
)

func TestAQuestionInALabelledPassageTakesItsLabel(t *testing.T) {
	for _, c := range []struct {
		name, subject, own string
		def                domain.TLP
		item               domain.TLP
		at                 map[string]domain.TLP // a piece of own → its label
	}{
		{"two passages", "", "TLP:GREEN\nWho pays?\n\nTLP:AMBER\nWho decides?", domain.Clear, domain.Amber,
			map[string]domain.TLP{"Who pays?": domain.Green, "Who decides?": domain.Amber, "pays?\n\nTLP:AMBER\nWho": domain.Amber}},
		{"a passage that is closed", "", "[TLP:AMBER]\nWho pays?\n[/TLP:AMBER]\nWho decides?", domain.Green, domain.Amber,
			map[string]domain.TLP{"Who pays?": domain.Amber, "Who decides?": domain.Amber}},
		{"nothing is looser than the subject", "TLP:AMBER", "TLP:GREEN\nWho pays?", domain.Clear, domain.Amber,
			map[string]domain.TLP{"Who pays?": domain.Amber}},
		{"text in front of the first label keeps the stricter default", "", "Who asks?\n\nTLP:GREEN\nWho pays?", domain.Amber, domain.Amber,
			map[string]domain.TLP{"Who asks?": domain.Amber, "Who pays?": domain.Green}},
		{"text in front of the first label without a default", "", "Who asks?\n\nTLP:CLEAR\nWho pays?", 0, domain.Inside,
			map[string]domain.TLP{"Who asks?": domain.Inside, "Who pays?": domain.Clear}},
		{"a greeting in front of the label", "", "Dear all,\n\nTLP:CLEAR\nWho pays?", 0, domain.Clear,
			map[string]domain.TLP{"Who pays?": domain.Clear}},
		{"labels side by side", "", "TLP:GREEN\nTLP:AMBER\nWho pays?", 0, domain.Amber,
			map[string]domain.TLP{"Who pays?": domain.Amber}},
		{"a label behind the question", "", "Who pays? TLP:AMBER", domain.Green, domain.Amber,
			map[string]domain.TLP{"Who pays?": domain.Amber}},
		{"no label", "", "Who pays?", domain.Green, domain.Green,
			map[string]domain.TLP{"Who pays?": domain.Green}},
		{"no label and no default", "", "Who pays?", 0, domain.Inside,
			map[string]domain.TLP{"Who pays?": domain.Inside}},
		{"a default that is no label", "", "Who pays?", 7, domain.Inside,
			map[string]domain.TLP{"Who pays?": domain.Inside}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &domain.Reading{}
			r.Subject, r.Own = c.subject, c.own
			d := Label(r, c.def)
			if d.TLP != c.item {
				t.Errorf("the item is %v, want %v (%s)", d.TLP, c.item, d.Why)
			}
			for piece, want := range c.at {
				start := strings.Index(c.own, piece)
				if got := d.At(start, start+len(piece)); got != want {
					t.Errorf("%q is %v, want %v", piece, got, want)
				}
			}
		})
	}
}

func TestTheStrictestOfSeveralLabelsGoverns(t *testing.T) {
	for _, c := range []struct{ subject, header, hashtag, own string }{
		{"TLP:RED", "TLP:GREEN", "TLPCLEAR", "TLP:CLEAR\nWho pays?"},
		{"TLP:GREEN", "TLP:RED", "TLPCLEAR", "TLP:CLEAR\nWho pays?"},
		{"TLP:CLEAR", "TLP:GREEN", "TLPRED", "TLP:CLEAR\nWho pays?"},
		{"TLP:CLEAR", "TLP:GREEN", "TLPCLEAR", "TLP:RED\nWho pays?"},
		{"TLP:CLEAR", "TLP:GREEN", "TLPCLEAR", "Who pays? TLP:RED"},
	} {
		r := &domain.Reading{}
		r.Subject, r.Labels, r.Hashtags, r.Own = c.subject, []string{c.header}, []string{c.hashtag}, c.own
		if d := Label(r, domain.Clear); d.TLP != domain.Red {
			t.Errorf("%+v: %v (%s)", c, d.TLP, d.Why)
		}
	}
}

func TestSpansCoverTheLabels(t *testing.T) {
	r := &domain.Reading{}
	r.Own = "**TLP:AMBER+STRICT** Who pays?\n\n[TLP:GREEN]\nWho?"
	d := Label(r, 0)
	var got []string
	for _, s := range d.Spans {
		got = append(got, r.Own[s.Start:s.End]+"="+s.What)
	}
	if want := "**TLP:AMBER+STRICT**=TLP:AMBER+STRICT [TLP:GREEN]=TLP:GREEN"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLooksRed(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString([]byte("Dear all,\r\n\r\nTLP:RED\r\n\r\nthe incident at the bank ..."))
	utf16 := "S\x00u\x00b\x00j\x00:\x00 \x00T\x00L\x00P\x00:\x00R\x00E\x00D\x00"
	for in, want := range map[string]bool{
		"Subject: TLP:RED\r\n\r\nbroken": true, "Subject: x\r\n\r\n> TLP:RED": true, "Subject: what is TLP:RED?": true,
		"Subject: [TLP:PURPLE] x": true, "Subject: \u0422LP:RED": true, "X-TLP: red": true,
		"Subject: =?utf-8?Q?=5BTLP=3ARED=5D_x?=":                                   true,
		"Subject: =?utf-8?B?" + "VExQOlJFRA==" + "?=":                              true,
		"Subject: =?utf-8?Q?TLP=3AR?=\r\n =?utf-8?Q?ED?=":                          true,
		"Subject: =?koi8-r?Q?TLP=3ARED?=":                                          true,
		"body\r\nTLP=3ARED\r\n":                                                    true,
		"body\r\nTLP:R=\r\nED\r\n":                                                 true,
		"Content-Transfer-Encoding: base64\r\n\r\n" + b64[:40] + "\r\n" + b64[40:]: true,
		utf16: true, "TLP:AMBER+STRICT": false, "TLP:GREEN and TLP:CLEAR": false, "": false, "red": false, "=?=?=?": false, "=": false,
		"Subject: =?utf-8?Q?TLP=3AGREEN?=": false,
	} {
		if got := LooksRed([]byte(in)); got != want {
			t.Errorf("%q: got %v", in, got)
		}
	}
}

func FuzzLabel(f *testing.F) {
	for _, row := range labelRows(f) {
		f.Add(row.text, row.text, 20)
	}
	f.Fuzz(func(t *testing.T, subject, own string, def int) {
		r := &domain.Reading{}
		r.Subject, r.Own, r.Labels = subject, own, []string{subject}
		d := Label(r, domain.TLP(def))
		if d.TLP.Label() == "" && d.TLP != domain.Inside || d.Why == "" {
			t.Errorf("%+v", d)
		}
		if worst := d.At(0, len(own)+1); worst < d.TLP {
			t.Errorf("text outside is %v, the item %v", worst, d.TLP)
		}
		last := 0
		for _, s := range d.Spans {
			if s.Start < 0 || s.End > len(own) || s.Start > s.End || s.Start < last || utf8.ValidString(own) && !utf8.ValidString(own[s.Start:s.End]) {
				t.Fatalf("span %+v of %q", s, own)
			}
			last = s.Start
		}
		if (d.TLP == domain.Red) && len(d.Spans) > 0 && !strings.Contains(d.Why, "RED") && domain.TLP(def) != domain.Red {
			t.Errorf("RED without a reason: %s", d.Why)
		}
	})
}

func FuzzLooksRed(f *testing.F) {
	f.Add([]byte("Subject: =?utf-8?Q?TLP=3ARED?="))
	f.Add([]byte("VExQOlJFRAVExQOlJFRA\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		red := LooksRed(raw)
		if !red && LooksRed(append(append([]byte{}, raw...), "\nTLP:RED"...)) != true {
			t.Errorf("%q hides a label behind it", raw)
		}
	})
}

// TestLabelIsLinear gives it what a scan may stumble over.
func TestLabelIsLinear(t *testing.T) {
	for _, unit := range []string{"TLP:", "TLP:RED ", "[TLP:AMBER] x ", "tlp ", "t", "TLP:GREEN\n", "Chatham House ", "CHR ", "Ｔ", "=?", "A"} {
		t.Run(unit, func(t *testing.T) {
			linear.Check(t, (8<<10)/len(unit), func(n int) {
				r := &domain.Reading{}
				r.Own = strings.Repeat(unit, n)
				r.Subject = r.Own
				Label(r, domain.Green)
				LooksRed([]byte(r.Own))
			})
		})
	}
}

func BenchmarkLabel(b *testing.B) {
	r := &domain.Reading{}
	r.Subject = "Re: [wg] What the panel should talk about"
	r.Own = strings.Repeat("The way in which indicators are passed on between operators has changed a lot since then, and not for the better.\n", 18)
	b.SetBytes(int64(len(r.Own)))
	b.ReportAllocs()
	for b.Loop() {
		Label(r, domain.Green)
	}
}
