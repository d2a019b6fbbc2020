// Package embeddings asks a server where a language model places the meaning of texts, by the API of OpenAI, which
// many servers speak, or by that of Ollama. What may be sent is for the caller to decide.
package embeddings

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"askahead/collectors"
	"askahead/domain"
	"askahead/internal/guesthttp"
)

// API is the protocol of a server.
type API string

// The APIs.
const (
	OpenAI API = "openai" // POST SERVER/embeddings
	Ollama API = "ollama" // POST SERVER/api/embed
)

// Server is one model on one server.
type Server struct {
	API    API
	URL    string // "https://api.example/v1", "http://127.0.0.1:11434"
	Model  string
	Key    string // sent as a bearer token; may be empty
	Client *http.Client
	Now    func() time.Time
}

// What is sent and taken at most. A question has rarely more than 300 bytes.
const (
	maxTexts = 32      // of one request
	maxText  = 2000    // bytes
	maxDims  = 1 << 13 // of a vector
)

// ErrAnswer means that a server answers with what cannot be vectors of the texts.
var ErrAnswer = errors.New("the answer is not what was asked for")

// Embed gives the vectors of texts, in their order. All have the same dimension. Its errors are those of package
// collectors, ErrAnswer, or the context's; none of them names a text.
func (s *Server) Embed(ctx context.Context, texts []string) ([]domain.Vector, error) {
	vectors := make([]domain.Vector, 0, len(texts))
	for len(texts) > 0 {
		part := make([]string, min(maxTexts, len(texts)))
		for i := range part {
			part[i] = shortened(texts[i])
		}
		texts = texts[len(part):]
		raw, err := s.ask(ctx, part)
		if err != nil {
			return nil, s.explain(err)
		}
		for _, one := range raw {
			at, err := unit(one)
			if err == nil && len(vectors) > 0 && len(at) != len(vectors[0].At) {
				err = fmt.Errorf("%w: vectors of %d and of %d dimensions", ErrAnswer, len(vectors[0].At), len(at))
			}
			if err != nil {
				return nil, s.explain(err)
			}
			vectors = append(vectors, domain.Vector{Model: s.Model, At: at})
		}
	}
	return vectors, nil
}

// ask sends one request.
func (s *Server) ask(ctx context.Context, texts []string) ([][]float64, error) {
	header := http.Header{}
	if s.Key != "" {
		header.Set("Authorization", "Bearer "+s.Key)
	}
	base := strings.TrimSuffix(s.URL, "/")
	if s.API == Ollama {
		var answer ollamaAnswer
		err := guesthttp.PostJSON(ctx, s.Client, base+"/api/embed", header, ollamaRequest{s.Model, texts, true}, s.Now(), &answer)
		if err != nil {
			return nil, err
		}
		return answer.vectors(len(texts))
	}
	var answer openAIAnswer
	err := guesthttp.PostJSON(ctx, s.Client, base+"/embeddings", header, openAIRequest{s.Model, texts, "float"}, s.Now(), &answer)
	if err != nil {
		return nil, err
	}
	return answer.vectors(len(texts))
}

// explain says what to do about an error.
func (s *Server) explain(err error) error {
	switch {
	case errors.Is(err, collectors.ErrUnauthorized):
		return fmt.Errorf("%w; look at `key` below `embeddings`", err)
	case guesthttp.Missing(err) && s.API == Ollama:
		return fmt.Errorf("the server has no model %q: on it, run `ollama pull %s`", s.Model, s.Model)
	case guesthttp.HasStatus(err, http.StatusNotFound, http.StatusBadRequest):
		return fmt.Errorf("%w; does the server have the model %q, and is its API %q at this address?", err, s.Model, s.API)
	}
	return err
}

// unit makes the length of a vector 1.
func unit(raw []float64) ([]float32, error) {
	if len(raw) == 0 || len(raw) > maxDims {
		return nil, fmt.Errorf("%w: a vector of %d dimensions", ErrAnswer, len(raw))
	}
	most := 0.0
	for _, x := range raw {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("%w: a vector with a number that is none", ErrAnswer)
		}
		most = max(most, math.Abs(x))
	}
	if most == 0 {
		return nil, fmt.Errorf("%w: a vector of zeros", ErrAnswer)
	}
	sum := 0.0
	for _, x := range raw {
		sum += x / most * (x / most) // no number overflows, however large
	}
	at := make([]float32, len(raw))
	for i, x := range raw {
		at[i] = float32(x / most / math.Sqrt(sum))
	}
	return at, nil
}

// shortened cuts a text at the end of a character.
func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	cut := maxText
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
