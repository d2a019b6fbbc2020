package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

// writeEmbeddings writes a configuration that names a model on a server.
func writeEmbeddings(t *testing.T, more string) {
	t.Helper()
	t.Chdir(t.TempDir())
	text := fmt.Sprintf(`contact: mailto:organiser@example.org
embeddings: {%s}
sessions:
  - {id: a, title: A}
`, more)
	if err := os.WriteFile("askahead.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheckOfEmbeddings(t *testing.T) {
	code, body := 200, `{"embeddings":[[1,0,0]]}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	here := strings.TrimPrefix(server.URL, "http://")
	for _, c := range []struct {
		name, set string
		code      int
		body      string
		want      []string
	}{
		{"works", `api: ollama, server: "` + server.URL + `", model: bge-m3`, 200, body, []string{
			"up to TLP:AMBER+STRICT are sent on this machine to " + here + ", without names and addresses; what is unlabelled stays here, and nothing else is sent",
			"model bge-m3, 3 dimensions"}},
		{"obeys a lower label", `api: ollama, server: "` + server.URL + `", model: bge-m3, max_label: green`, 200, body, []string{"up to TLP:GREEN are sent on this machine"}},
		{"says which model to pull", `api: ollama, server: "` + server.URL + `", model: bge-m3`, 404, `{"error":"model not found"}`, []string{"FAIL", "ollama pull bge-m3"}},
		{"says what leaves the machine", `api: openai, server: "https://192.0.2.7/v1", model: m`, 200, body, []string{
			"up to TLP:CLEAR leave this machine for 192.0.2.7, without names and addresses; what is unlabelled stays here; questions under the Chatham House Rule stay here", "FAIL"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			writeEmbeddings(t, c.set)
			code, body = c.code, c.body
			a, out := newApp(nil)
			a.main(t.Context(), []string{"check"})
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("it does not say %q:\n%s", want, out)
				}
			}
		})
	}
}
