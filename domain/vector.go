package domain

// Vector is where a language model places the meaning of a text. The zero value says that no model was asked.
type Vector struct {
	Model string    // vectors of different models say nothing about each other
	At    []float32 // of length 1
}

// Cosine is how close two meanings are, from -1 to 1; false if the vectors can't be compared.
func (v Vector) Cosine(w Vector) (float64, bool) {
	if len(v.At) == 0 || v.Model != w.Model || len(v.At) != len(w.At) {
		return 0, false
	}
	sum := 0.0
	for i, x := range v.At {
		sum += float64(x) * float64(w.At[i])
	}
	return sum, true
}
