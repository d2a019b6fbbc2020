package authored_test

import (
	"slices"
	"strings"
	"testing"

	"askahead/authored"
	"askahead/domain"
)

// TestHeadersThatMayCarryALabel looks for what authors say of their mail, and leaves what servers wrote in it.
func TestHeadersThatMayCarryALabel(t *testing.T) {
	for _, c := range []struct {
		name, header string
		want         []string
	}{
		{"a header of its own", "X-TLP: amber", []string{"TLP:amber"}},
		{"a name in any case", "x-tLp-level: Red", []string{"TLP:Red"}},
		{"a value that says it again", "TLP: TLP:RED", []string{"TLP:RED"}},
		{"a value in any case", "Classification: Tlp:Amber", []string{"Tlp:Amber"}},
		{"an encoded value", "Comments: =?utf-8?Q?T=4CP=3ARED?=", []string{"TLP:RED"}},
		{"a folded value", "X-Handling:\n TLP:RED", []string{"TLP:RED"}},
		{"a label behind too much", "X-TLP: " + strings.Repeat("see the policy ", 20) + "RED", []string{"TLP:?"}},
		{"a remark with a label behind too much", "Comments: " + strings.Repeat("see the policy ", 20) + "TLP:RED", []string{"TLP:?"}},
		{"a label behind too many", strings.Repeat("X-TLP: clear\n", 10) + "X-TLP: red", append(slices.Repeat([]string{"TLP:clear"}, 10), "TLP:?")},
		{"an id of a server", "X-Received: by mx.example with SMTP id h9tlp5; Mon, 12 Nov 2018 09:00:00 +0000", nil},
		{"a seal of a server", "X-Seal: " + strings.Repeat("bm9uZQ", 40) + "/tlp+" + strings.Repeat("bm9uZQ", 40), nil},
		{"what a spam filter quotes", "X-Spam-Report: TLP:RED", nil},
		{"another header", "References: <tlp@example.org>", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := authored.Read(domain.Item{Type: domain.TypeMail, Raw: []byte("From: ada@ngo.example\n" + c.header + "\n\nWho?\n")})
			if err != nil || !slices.Equal(got.Labels, c.want) {
				t.Errorf("got %q, %v, want %q", got.Labels, err, c.want)
			}
		})
	}
}
