package embeddings

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

type openAIRequest struct {
	Model  string   `json:"model"`
	Input  []string `json:"input"`
	Format string   `json:"encoding_format"`
}

type openAIAnswer struct {
	Data []struct {
		Index     *int      `json:"index"` // some servers leave it out: then the order counts
		Embedding floatList `json:"embedding"`
	} `json:"data"`
}

func (a *openAIAnswer) vectors(want int) ([][]float64, error) {
	if len(a.Data) != want {
		return nil, wrongCount(len(a.Data), want)
	}
	list := make([][]float64, want)
	for i, d := range a.Data {
		at := i
		if d.Index != nil {
			at = *d.Index
		}
		if at < 0 || at >= want || list[at] != nil {
			return nil, fmt.Errorf("%w: its indexes are not those of the texts", ErrAnswer)
		}
		if list[at] = d.Embedding; list[at] == nil {
			list[at] = []float64{}
		}
	}
	return list, nil
}

type ollamaRequest struct {
	Model    string   `json:"model"`
	Input    []string `json:"input"`
	Truncate bool     `json:"truncate"`
}

type ollamaAnswer struct {
	Embeddings [][]float64 `json:"embeddings"`
}

func (a *ollamaAnswer) vectors(want int) ([][]float64, error) {
	if len(a.Embeddings) != want {
		return nil, wrongCount(len(a.Embeddings), want)
	}
	return a.Embeddings, nil
}

func wrongCount(got, want int) error {
	return fmt.Errorf("%w: %d vectors for %d texts", ErrAnswer, got, want)
}

// floatList is a vector as numbers, or as base64 of 32-bit floats, which some servers send unasked.
type floatList []float64

func (l *floatList) UnmarshalJSON(text []byte) error {
	if len(text) == 0 || text[0] != '"' {
		return json.Unmarshal(text, (*[]float64)(l))
	}
	var packed []byte // encoding/json reads base64 into bytes
	if err := json.Unmarshal(text, &packed); err != nil {
		return fmt.Errorf("%w: a vector in broken base64", ErrAnswer)
	}
	if len(packed)%4 != 0 {
		return fmt.Errorf("%w: a vector in base64 with %d bytes", ErrAnswer, len(packed))
	}
	*l = make([]float64, len(packed)/4)
	for i := range *l {
		(*l)[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(packed[4*i:])))
	}
	return nil
}
