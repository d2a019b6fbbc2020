package requests

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		name, given string
		want        Identity
	}{
		{"a mail address", " Rosa@People.example ", Identity{Authors: []string{"Rosa@People.example"}, Words: []string{"Rosa@People.example"}, Address: "Rosa@People.example"}},
		{"with a name", "Rosa Fictional <rosa@people.example>", Identity{Authors: []string{"rosa@people.example"}, Words: []string{"rosa@people.example"}, Address: "rosa@people.example"}},
		{"as a link", "mailto:rosa@people.example", Identity{Authors: []string{"rosa@people.example"}, Words: []string{"rosa@people.example"}, Address: "rosa@people.example"}},
		{"an account of the fediverse", "@rosa@social.example", Identity{Authors: []string{"rosa@social.example"}, Words: []string{"rosa@social.example"}}},
		{"its profile", "https://Social.example/@rosa", Identity{Authors: []string{"https://social.example/@rosa", "rosa@social.example"}, Words: []string{"https://Social.example/@rosa", "rosa@social.example"}}},
		{"its profile seen from elsewhere", "https://other.example/@rosa@social.example", Identity{Authors: []string{"rosa@social.example"}, Words: []string{"https://other.example/@rosa@social.example", "rosa@social.example"}}},
		{"its profile by its software's name", "https://social.example/users/rosa/", Identity{Authors: []string{"https://social.example/users/rosa", "rosa@social.example"}, Words: []string{"https://social.example/users/rosa/", "rosa@social.example"}}},
		{"a post", "https://social.example/@rosa/1", Identity{Items: []string{"https://social.example/@rosa/1"}, URLs: []string{"https://social.example/@rosa/1"}, Words: []string{"https://social.example/@rosa/1"}}},
		{"a DID", "did:plc:abc", Identity{Authors: []string{"did:plc:abc"}, Words: []string{"did:plc:abc"}}},
		{"its profile", "https://bsky.app/profile/did:plc:abc", Identity{Authors: []string{"did:plc:abc"}, Words: []string{"https://bsky.app/profile/did:plc:abc", "did:plc:abc"}}},
		{"its post", "https://bsky.app/profile/rosa.example/post/1", Identity{Items: []string{"https://bsky.app/profile/rosa.example/post/1"}, URLs: []string{"https://bsky.app/profile/rosa.example/post/1"}, Words: []string{"https://bsky.app/profile/rosa.example/post/1"}}},
		{"a user of Discord", "123456789012345678", Identity{Authors: []string{"discord:123456789012345678"}, Words: []string{"123456789012345678"}}},
		{"a user of Matrix", "@rosa:matrix.example", Identity{Authors: []string{"matrix:@rosa:matrix.example"}, Words: []string{"@rosa:matrix.example"}}},
		{"as a link", "https://matrix.to/#/@rosa:matrix.example", Identity{Authors: []string{"matrix:@rosa:matrix.example"}, Words: []string{"https://matrix.to/#/@rosa:matrix.example", "@rosa:matrix.example"}}},
		{"a user of another network", "slack:U123", Identity{Authors: []string{"slack:U123"}, Items: []string{"slack:U123"}, Words: []string{"U123"}}},
		{"a mail", "mid:<1@people.example>", Identity{Items: []string{"mid:1@people.example"}}},
		{"behind a list", "Rosa via list@lists.example", Identity{Authors: []string{"rosa via list@lists.example"}, Words: []string{"Rosa via list@lists.example"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Identify(c.given)
			c.want.Given = strings.TrimSpace(c.given)
			if d := cmp.Diff(c.want, got); d != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
			if c.want.Post() != (len(c.want.Authors) == 0) {
				t.Error("it is not told what it is")
			}
		})
	}
}

func TestNobodyIsFoundByThese(t *testing.T) {
	for _, given := range []string{"", "  ", "rosa", "@rosa", "Rosa Fictional", "https://", "https://user:secret@people.example/x", "https://bsky.app/profile/rosa.example",
		"rosa@people.example\r\nBcc: x@people.example", strings.Repeat("x", 600) + "@people.example"} {
		if got, err := Identify(given); !errors.Is(err, ErrIdentity) || len(given) > 3 && strings.Contains(err.Error(), given) {
			t.Errorf("%q: %+v, %v", given, got, err)
		}
	}
}

func FuzzIdentify(f *testing.F) {
	for _, s := range []string{"rosa@people.example", "https://social.example/@rosa", "did:x", "@a:b", "mid:<>", "a via b", "slack:U1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, given string) {
		id, err := Identify(given)
		if err == nil && len(id.Authors)+len(id.Items)+len(id.URLs) == 0 {
			t.Errorf("%q names nothing: %+v", given, id)
		}
		for _, a := range id.Authors {
			if strings.TrimSpace(a) == "" {
				t.Errorf("%q names nobody", given)
			}
		}
	})
}
