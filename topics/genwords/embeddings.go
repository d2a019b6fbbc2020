package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
)

// embeddings are words in order of frequency, and where a model places them.
type embeddings struct {
	words  []string
	rank   map[string]int
	vector map[string][]float64 // of length 1
}

// readEmbeddings reads {"words": [...], "vectors": {"word": [100 numbers …]}} piece by piece: the file has 300 MB.
func readEmbeddings(path string, most int) (*embeddings, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := json.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	e := &embeddings{rank: map[string]int{}, vector: map[string][]float64{}}
	if _, err := in.Token(); err != nil {
		return nil, err
	}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return nil, err
		}
		switch key {
		case "words":
			err = e.readWords(in, most)
		case "vectors":
			err = e.readVectors(in)
		default:
			err = in.Decode(new(json.RawMessage))
		}
		if err != nil {
			return nil, fmt.Errorf("%v: %w", key, err)
		}
	}
	if len(e.words) == 0 || len(e.vector) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return e, nil
}

func (e *embeddings) readWords(in *json.Decoder, most int) error {
	if err := in.Decode(&e.words); err != nil {
		return err
	}
	e.words = e.words[:min(most, len(e.words))]
	for i, w := range e.words {
		e.rank[w] = i
	}
	return nil
}

func (e *embeddings) readVectors(in *json.Decoder) error {
	if _, err := in.Token(); err != nil {
		return err
	}
	for in.More() {
		word, err := in.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			return err
		}
		w := word.(string)
		if _, ok := e.rank[w]; !ok {
			continue
		}
		var v []float64
		if err := json.Unmarshal(raw, &v); err != nil {
			return err
		}
		e.vector[w] = unit(v[:min(100, len(v))])
	}
	_, err := in.Token()
	return err
}

func unit(v []float64) []float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	for i := range v {
		v[i] /= math.Sqrt(sum)
	}
	return v
}

// cosine is 0 where a word has no vector.
func (e *embeddings) cosine(a, b string) float64 {
	v, w := e.vector[a], e.vector[b]
	sum := 0.0
	for i := range min(len(v), len(w)) {
		sum += v[i] * w[i]
	}
	return sum
}
