// Package packaging_test reads the files that the package and the image are made by, and holds them against each
// other. .ci/package.sh builds and installs the package; no test builds the image.
package packaging_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const configPath = "/etc/askahead/askahead.yaml"

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// instruction is one of a Containerfile, with the lines that continue it.
type instruction struct{ name, rest string }

func instructions(text string) (all []instruction) {
	text = regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, "\\\n", " ")
	for line := range strings.Lines(text) {
		if name, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			all = append(all, instruction{name, strings.Join(strings.Fields(rest), " ")})
		}
	}
	return all
}

// faults tells what an image must not do.
func faults(text string) (found []string) {
	known := []string{"FROM", "WORKDIR", "COPY", "RUN", "ARG", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
	pinned := regexp.MustCompile(`^docker\.io/library/[a-z]+:\d+\.\d+[.\w-]*( AS \w+)?$`)
	secret := regexp.MustCompile(`(?i)passw|secret|token|api_?key|\.key\b|credential`)
	user := ""
	for _, in := range instructions(text) {
		switch {
		case !slices.Contains(known, in.name):
			found = append(found, "an instruction that this test does not know: "+in.name)
		case in.name == "FROM" && !pinned.MatchString(in.rest):
			found = append(found, "an image whose version is open: "+in.rest)
		case in.name == "USER":
			user = in.rest
		}
		if secret.MatchString(in.rest) {
			found = append(found, "it speaks of a secret: "+in.rest)
		}
		if in.name == "FROM" {
			user = "" // each image begins as root
		}
	}
	if !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		found = append(found, "it runs as "+user+", not as a number that is not root's")
	}
	return found
}

func TestContainerfile(t *testing.T) {
	text := read(t, "Containerfile")
	for _, fault := range faults(text) {
		t.Error(fault)
	}
	for _, want := range []instruction{
		{"VOLUME", `["/var/lib/askahead"]`},
		{"ENTRYPOINT", `["/usr/bin/askahead"]`},
		{"CMD", `["run", "--config", "` + configPath + `"]`},
	} {
		if !slices.Contains(instructions(text), want) {
			t.Errorf("it lacks %s %s", want.name, want.rest)
		}
	}
	goVersion := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))[1]
	if !strings.Contains(text, "golang:"+goVersion+".") {
		t.Errorf("it is not built with go %s, as go.mod says", goVersion)
	}
	if ignored := read(t, "../.dockerignore"); !strings.Contains(ignored, "**/*.key") || !strings.Contains(ignored, "**/*.db") {
		t.Error("keys and databases could get into the image")
	}
	t.Run("faults are found", func(t *testing.T) {
		for name, bad := range map[string]string{
			"an open version":   strings.Replace(text, ":12.11-slim", ":latest", 1),
			"no user":           strings.Replace(text, "USER 10001:10001\n", "", 1),
			"root":              strings.Replace(text, "USER 10001:10001", "USER 0:0", 1),
			"a secret":          text + "RUN echo $SMTP_PASSWORD\n",
			"something strange": text + "ADD https://example.org/x /x\n",
		} {
			if len(faults(bad)) == 0 {
				t.Errorf("%s is not found", name)
			}
		}
	})
}

func TestNfpmNamesWhatIsThere(t *testing.T) {
	var nfpm struct {
		Contents []struct {
			Src string `yaml:"src"`
			Dst string `yaml:"dst"`
		} `yaml:"contents"`
		Scripts map[string]string `yaml:"scripts"`
	}
	if err := yaml.Unmarshal([]byte(read(t, "nfpm.yaml")), &nfpm); err != nil {
		t.Fatal(err)
	}
	var targets, sources []string
	for _, c := range nfpm.Contents {
		targets = append(targets, c.Dst)
		sources = append(sources, c.Src)
	}
	for _, script := range nfpm.Scripts {
		sources = append(sources, script)
		if info, err := os.Stat(filepath.Join("..", script)); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s is not a script: %v", script, err)
		}
	}
	for _, src := range sources {
		if strings.HasPrefix(src, "${BUILD}") {
			continue
		}
		if found, err := filepath.Glob(filepath.Join("..", src)); err != nil || len(found) == 0 {
			t.Errorf("%s is not there: %v", src, err)
		}
	}
	for _, want := range []string{"/usr/bin/askahead", "/usr/lib/systemd/system/askahead.service", "/usr/share/doc/askahead/copyright"} {
		if !slices.Contains(targets, want) {
			t.Errorf("the package lacks %s", want)
		}
	}
	for _, dst := range targets {
		if strings.HasPrefix(dst, "/etc/") || strings.HasPrefix(dst, "/var/") {
			t.Errorf("%s is the organiser's own, not the package's", dst)
		}
	}
}

func TestServiceRunsWhatThePackageInstalls(t *testing.T) {
	unit := read(t, "askahead.service")
	for _, want := range []string{"ExecStart=/usr/bin/askahead run --config " + configPath + "\n", "User=askahead\n", "Type=notify\n",
		"StateDirectory=askahead\n", "CapabilityBoundingSet=\n", "NoNewPrivileges=yes\n", "ProtectSystem=strict\n", "EnvironmentFile=-/etc/askahead/environment\n"} {
		if !strings.Contains(unit, want) {
			t.Errorf("the unit lacks %q", want)
		}
	}
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		if strings.Contains(read(t, script), "systemctl start") || strings.Contains(read(t, script), "systemctl enable --now askahead.service") {
			t.Errorf("%s starts the service", script)
		}
	}
}

func TestNoSecretIsPackaged(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, "_test.go") && regexp.MustCompile(`(?i)-----BEGIN|password: *[^f#\s]`).MatchString(read(t, path)) {
			t.Errorf("%s holds what looks like a secret", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
