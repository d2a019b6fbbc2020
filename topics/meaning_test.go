package topics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"askahead/domain"
)

func vector(model string, raw ...float32) domain.Vector {
	sum := 0.0
	for _, x := range raw {
		sum += float64(x) * float64(x)
	}
	for i := range raw {
		raw[i] /= float32(math.Sqrt(sum))
	}
	return domain.Vector{Model: model, At: raw}
}

func led(id string, q domain.Question) domain.Topic { return domain.Topic{ID: id, Leader: q} }

func TestMeaning(t *testing.T) {
	money, storage := vector("m", 1, 0.1, 0), vector("m", 0, 0.1, 1)
	english := domain.Question{ID: "1", Text: "Who pays for the deletion of the logs?", Language: "en", Vector: money}
	for _, c := range []struct {
		name string
		q    domain.Question
		near []domain.Topic
		want string
	}{
		{"joins another language", domain.Question{Text: "¿Quién paga la eliminación de los registros?", Language: "es", Vector: money}, []domain.Topic{led("1", english)}, "1"},
		{"keeps other meanings apart", domain.Question{Text: "¿Dónde se guardan los registros?", Language: "es", Vector: storage}, []domain.Topic{led("1", english)}, ""},
		{"goes by the words where there is no vector", domain.Question{Text: "who pays for the deletion of the logs", Language: "en"}, []domain.Topic{led("1", english)}, "1"},
		{"compares no vectors of different models", domain.Question{Text: "¿Quién paga la eliminación de los registros?", Language: "es", Vector: vector("other", 1, 0.1, 0)}, []domain.Topic{led("1", english)}, ""},
		{"compares no vectors of different sizes", domain.Question{Text: "¿Quién paga la eliminación de los registros?", Language: "es", Vector: vector("m", 1, 0)}, []domain.Topic{led("1", english)}, ""},
		{"keeps other numbers apart", domain.Question{Text: "Will article 17 apply to registries?", Language: "en", Vector: money},
			[]domain.Topic{led("1", domain.Question{Text: "Does article 22 bind the operators of registries?", Language: "en", Vector: money})}, ""},
		{"keeps a denial apart", domain.Question{Text: "Why should providers not delete the logs?", Language: "en", Vector: money},
			[]domain.Topic{led("1", domain.Question{Text: "For which reason must operators erase records?", Language: "en", Vector: money})}, ""},
		{"takes the closer of two", domain.Question{Text: "¿Quién paga la eliminación de los registros?", Language: "es", Vector: money},
			[]domain.Topic{led("0", domain.Question{Text: "Which budget covers erasure?", Language: "en", Vector: vector("m", 1, 0.5, 0)}), led("1", english)}, "1"},
		{"knows no meaning of what says too little", domain.Question{Text: "¿Por qué?", Language: "es", Vector: money},
			[]domain.Topic{led("1", domain.Question{Text: "Why?", Language: "en", Vector: money})}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := NewMeaning(0.86).Place(c.q, c.near); got != c.want {
				t.Errorf("it joins %q, want %q", got, c.want)
			}
		})
	}
}

func TestKeysOfMeaning(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func() domain.Vector {
		raw := make([]float32, 384)
		for i := range raw {
			raw[i] = float32(r.NormFloat64())
		}
		return vector("m", raw...)
	}
	share := func(cosine float64) (found int) {
		for range 500 {
			a, b := random(), random()
			near := make([]float32, len(a.At))
			for i := range near {
				near[i] = float32(cosine)*a.At[i] + float32(math.Sqrt(1-cosine*cosine))*b.At[i]
			}
			one, two := appendPlanes(nil, a), appendPlanes(nil, vector("m", near...))
			if slices.ContainsFunc(one, func(k int64) bool { return slices.Contains(two, k) }) {
				found++
			}
		}
		return found
	}
	if n := share(0.9); n < 485 {
		t.Errorf("of 500 pairs that are close, %d share a key", n)
	}
	if n := share(0); n > 15 {
		t.Errorf("of 500 pairs that have nothing in common, %d share a key", n)
	}
	m, q := NewMeaning(0.86), domain.Question{Text: "Who pays for the logs?", Language: "en", Vector: random()}
	keys := m.Keys(q)
	if !slices.Equal(keys, m.Keys(q)) || !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
		t.Error("the keys are not the same each time, sorted and distinct")
	}
	q.Vector.Model = "other"
	if both := slices.DeleteFunc(m.Keys(q), func(k int64) bool { return !slices.Contains(keys, k) }); len(both) > 16 {
		t.Errorf("two models share %d keys, which are not those of the words alone", len(both))
	}
}
