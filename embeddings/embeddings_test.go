package embeddings

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"askahead/collectors"
	"askahead/internal/guesthttp"
)

// newServer is a model behind a server that answers so.
func newServer(t *testing.T, api API, answer http.HandlerFunc) *Server {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return &Server{API: api, URL: s.URL + "/v1/", Model: "m", Key: "secret-of-tests", Now: time.Now,
		Client: guesthttp.New(guesthttp.Options{Allow: []string{"127.0.0.1"}})}
}

func says(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

func packed(values ...float32) string {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name string
		api  API
		body string
	}{
		{"OpenAI, in any order", OpenAI, `{"data":[{"index":1,"embedding":[0,2]},{"index":0,"embedding":[3,4]}]}`},
		{"OpenAI without indexes", OpenAI, `{"data":[{"embedding":[3,4]},{"embedding":[0,1]}]}`},
		{"OpenAI in base64", OpenAI, `{"data":[{"index":0,"embedding":"` + packed(3, 4) + `"},{"index":1,"embedding":"` + packed(0, 1) + `"}]}`},
		{"numbers that overflow when squared", OpenAI, `{"data":[{"index":0,"embedding":[3e300,4e300]},{"index":1,"embedding":[0,1]}]}`},
		{"Ollama", Ollama, `{"embeddings":[[3,4],[0,1]]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := newServer(t, c.api, says(200, c.body)).Embed(t.Context(), []string{"a", "b"})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 2 || got[0].Model != "m" || fmt.Sprint(got[0].At, got[1].At) != "[0.6 0.8] [0 1]" {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name string
		api  API
		code int
		body string
		is   error
		say  string
	}{
		{"too few", OpenAI, 200, `{"data":[{"index":0,"embedding":[1]}]}`, ErrAnswer, "1 vectors for 2 texts"},
		{"too many", Ollama, 200, `{"embeddings":[[1],[1],[1]]}`, ErrAnswer, "3 vectors for 2 texts"},
		{"one index twice", OpenAI, 200, `{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`, ErrAnswer, "indexes"},
		{"an index without its vector, twice", OpenAI, 200, `{"data":[{"index":0},{"index":0,"embedding":[1]}]}`, ErrAnswer, "indexes"},
		{"an index outside", OpenAI, 200, `{"data":[{"index":0,"embedding":[1]},{"index":-7,"embedding":[1]}]}`, ErrAnswer, "indexes"},
		{"zeros", Ollama, 200, `{"embeddings":[[1,0],[0,0]]}`, ErrAnswer, "zeros"},
		{"no numbers", OpenAI, 200, `{"data":[{"index":0,"embedding":"` + packed(float32(math.NaN())) + `"},{"index":1,"embedding":[1]}]}`, ErrAnswer, "number that is none"},
		{"base64 that is cut", OpenAI, 200, `{"data":[{"embedding":"AAA="},{"embedding":[1]}]}`, ErrAnswer, "2 bytes"},
		{"empty vectors", Ollama, 200, `{"embeddings":[[],[]]}`, ErrAnswer, "0 dimensions"},
		{"two dimensions", Ollama, 200, `{"embeddings":[[1],[1,2]]}`, ErrAnswer, "1 and of 2"},
		{"too many dimensions", Ollama, 200, `{"embeddings":[[` + strings.Repeat("1,", maxDims) + `1],[1]]}`, ErrAnswer, "8193 dimensions"},
		{"another shape", Ollama, 200, `{"embeddings":"no"}`, nil, "unexpected shape"},
		{"a page", OpenAI, 200, `<html>`, collectors.ErrUnavailable, "HTML"},
		{"no key", OpenAI, 401, `{"error":"bad key secret-of-tests for a text of somebody"}`, collectors.ErrUnauthorized, "`key`"},
		{"no such model in Ollama", Ollama, 404, `{"error":"model not found"}`, nil, "ollama pull m"},
		{"no such model", OpenAI, 404, `{"error":"no"}`, nil, `the model "m"`},
		{"wait", OpenAI, 429, `{}`, nil, "wait"},
		{"down", OpenAI, 500, `{}`, collectors.ErrUnavailable, "500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := newServer(t, c.api, says(c.code, c.body)).Embed(t.Context(), []string{"a", "a text of somebody"})
			if err == nil || got != nil {
				t.Fatalf("%v, %v", got, err)
			}
			if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.say) {
				t.Errorf("%v", err)
			}
			if s := err.Error(); strings.Contains(s, "secret-of-tests") || strings.Contains(s, "somebody") {
				t.Errorf("it tells a secret or a text: %v", err)
			}
		})
	}
}

func TestWhatIsSent(t *testing.T) {
	var lengths []int
	var longest int
	s := newServer(t, Ollama, func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Model != "m" || r.URL.Path != "/v1/api/embed" || r.Header.Get("Authorization") != "Bearer secret-of-tests" {
			t.Errorf("%v %v %s", err, asked, r.URL.Path)
		}
		lengths = append(lengths, len(asked.Input))
		answer := map[string][][]int{}
		for _, text := range asked.Input {
			longest = max(longest, len(text))
			answer["embeddings"] = append(answer["embeddings"], []int{1, len(text)})
		}
		json.NewEncoder(w).Encode(answer)
	})
	texts := make([]string, 70)
	for i := range texts {
		texts[i] = strings.Repeat("é", 10+i*20)
	}
	got, err := s.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 70 || fmt.Sprint(lengths) != "[32 32 6]" || longest != maxText || got[1].At[1] <= got[0].At[1] {
		t.Errorf("%d vectors of requests with %v texts, the longest of %d bytes", len(got), lengths, longest)
	}
}

func TestWaitingEnds(t *testing.T) {
	s := newServer(t, OpenAI, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // so that the server notices who hangs up
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Embed(ctx, []string{"a"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(`{"data":[{"index":1,"embedding":[0,2]}],"embeddings":[[1]]}`)
	f.Add(`{"data":[{"embedding":"AAAA"}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		var a openAIAnswer
		if json.Unmarshal([]byte(body), &a) == nil {
			if list, err := a.vectors(1); err == nil {
				for _, one := range list {
					if at, err := unit(one); err == nil && math.IsNaN(float64(at[0])) {
						t.Error("a vector without a place")
					}
				}
			}
		}
	})
}
