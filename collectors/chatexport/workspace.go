package chatexport

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"askahead/collectors"
)

// workspace is what the export of a Slack workspace says in the files beside its channels.
type workspace struct {
	known   bool
	root    string // folder of the archive that the channels stand in
	only    string // the channel whose folder is read by itself; empty if all are
	people  map[text]person
	public  map[string]text // ids of the channels by their names, which are those of their folders
	private map[string]text // of closed channels: read only where they are named
}

type wireSlackChannel struct {
	ID   text   `json:"id"`
	Name string `json:"name"`
}

type wireSlackUser struct {
	ID      text   `json:"id"`
	Name    string `json:"name"`
	IsBot   bool   `json:"is_bot"`
	Profile struct {
		RealName    string `json:"real_name"`
		DisplayName string `json:"display_name"`
		Title       string `json:"title"`
	} `json:"profile"`
}

// slackDay is how the files of a channel are called.
var slackDay = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}\.json$`)

// maxMetadata is the most that is read of a list of users or channels, in bytes.
const maxMetadata = 64 << 20

// readWorkspace reads those files, from the archive or, if it is the folder of one channel, from the one above.
func readWorkspace(a *archive, at string) (*workspace, error) {
	w := &workspace{people: map[text]person{}, public: map[string]text{}, private: map[string]text{}}
	read := func(name string) ([]byte, error) {
		c, err := a.read(path.Join(w.root, name))
		if err != nil {
			return nil, err
		}
		defer c.close()
		return io.ReadAll(io.NewSectionReader(c, 0, min(c.size, maxMetadata)))
	}
	has := map[string]bool{}
	for _, name := range a.names {
		has[name] = true
		if base := path.Base(name); !w.known && (base == "channels.json" || base == "users.json") {
			w.known, w.root = true, path.Dir(name)
		}
	}
	folder, err := channelFolder(a, at)
	if err != nil {
		return nil, err
	}
	above := filepath.Dir(folder)
	if !w.known && folder != "" {
		w.only = filepath.Base(folder)
		if w.known = isFile(filepath.Join(above, "channels.json")); !w.known && conversation.MatchString(w.only) {
			return nil, betweenPersons(w.only)
		}
		read = func(name string) ([]byte, error) {
			file, err := os.Open(filepath.Join(above, name))
			if err != nil {
				return nil, err
			}
			defer file.Close()
			return io.ReadAll(io.LimitReader(file, maxMetadata))
		}
		has = nil
	}
	if !w.known {
		return w, nil
	}
	var users, more []wireSlackUser
	var public, private []wireSlackChannel
	for _, f := range []struct {
		name string
		into any
	}{{"users.json", &users}, {"org_users.json", &more}, {"channels.json", &public}, {"groups.json", &private}} {
		if has != nil && !has[path.Join(w.root, f.name)] {
			continue
		}
		data, err := read(f.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if json.Unmarshal(data, f.into) != nil {
			return nil, fmt.Errorf("%w: path: %s of the Slack export is damaged, and says who is who: export it again", collectors.ErrSettings, f.name)
		}
	}
	for _, u := range append(users, more...) {
		w.people[u.ID] = u.person()
	}
	for _, c := range public {
		w.public[c.Name] = c.ID
	}
	for _, c := range private {
		w.private[c.Name] = c.ID
	}
	if w.only != "" && w.public[w.only] == "" && w.private[w.only] == "" {
		return nil, betweenPersons(w.only)
	}
	return w, nil
}

// channelFolder is the folder of the one channel that is read: that of the settings, or the one that a day of it, which
// they name, is in. It is empty if what is read is something else.
func channelFolder(a *archive, at string) (string, error) {
	if len(a.names) == 0 || !slackDay.MatchString(a.names[0]) { // a name with a folder before it matches neither
		return "", nil
	}
	folder, err := filepath.Abs(at)
	switch info, statErr := os.Stat(at); {
	case err != nil || statErr != nil:
		return "", errors.Join(err, statErr)
	case info.IsDir():
		return folder, nil
	case filepath.Base(at) == a.names[0]:
		return filepath.Dir(folder), nil
	}
	return "", nil // a .zip
}

func betweenPersons(name string) error {
	return fmt.Errorf("%w: path: %s is a conversation between persons, and no channel: such are not read", collectors.ErrSettings, name)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func (u *wireSlackUser) person() person {
	p := person{id: string(u.ID), name: u.Profile.DisplayName, bio: u.Profile.Title, bot: u.IsBot || u.ID == "USLACKBOT"}
	if p.name == "" {
		p.name = u.Profile.RealName
	}
	if p.name == "" {
		p.name = u.Name
	}
	return p
}

// person is who has an id, as far as the export says.
func (w *workspace) person(id text) person {
	if p, ok := w.people[id]; ok {
		return p
	}
	return person{id: string(id)}
}

// folder is the name of the channel that a document stands in, empty if it stands in none.
func (w *workspace) folder(name string) string {
	if w.only != "" {
		return w.only
	}
	dir := path.Dir(name)
	if w.known && w.root != "." {
		inside, ok := strings.CutPrefix(dir, w.root+"/")
		if !ok {
			return ""
		}
		dir = inside
	}
	if dir == "." || w.known && strings.Contains(dir, "/") {
		return ""
	}
	return path.Base(dir)
}

// conversation is how the folders of conversations between persons are called where nothing beside them says so.
var conversation = regexp.MustCompile(`^(mpdm-.*|D[0-9A-Z]{8,})$`)

// skips says whether a document of the export holds no messages of a channel: the lists beside the channels, and
// conversations between persons. A closed channel is read only where the settings name it.
func (w *workspace) skips(name string, only map[string]bool) bool {
	folder := w.folder(name)
	if !w.known {
		return slackDay.MatchString(path.Base(name)) && conversation.MatchString(folder)
	}
	if w.public[folder] != "" {
		return false
	}
	return w.private[folder] == "" || w.only == "" && !only[bareChannel(folder)]
}

// channel is the channel of a document of an export of Slack.
func (w *workspace) channel(name string) (key, shown string, ok bool) {
	folder := w.folder(name)
	if folder == "" || !w.known && !slackDay.MatchString(path.Base(name)) {
		return "", "", false
	}
	for _, ids := range []map[string]text{w.public, w.private} {
		if id := ids[folder]; id != "" {
			return "slack:" + string(id), folder, true
		}
	}
	return "slack:#" + folder, folder, true
}
