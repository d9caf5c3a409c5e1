package semantic

import (
	"context"
	"math"
	"slices"
)

// A Vector is the meaning of a passage, of length 1, each number in eight bits: 100,000 vectors of 1,024 numbers take
// 100 MB instead of 400. The cosine that comes out is off by less than 0.005, see TestQuantization. Its zero value is
// the vector that is not there.
type Vector struct {
	scale  float32 // what a step is worth
	values []int8
}

// Missing says that there is no vector.
func (v Vector) Missing() bool { return v.values == nil }

// A Question is the vector of a question, also of length 1, each number in fifteen bits.
type Question struct {
	scale  float32
	values []int16
}

const (
	vectorSteps   = 127
	questionSteps = 1<<14 - 1
)

// newVector scales numbers to a vector of length 1. ok is false when that cannot be done: they are all zero, or one of
// them is no number.
func newVector(numbers []float32) (v Vector, ok bool) {
	length, largest := measure(numbers)
	if !(largest > 0) || math.IsInf(length, 0) {
		return Vector{}, false
	}
	v.values = make([]int8, len(numbers))
	for i, x := range numbers {
		v.values[i] = int8(math.Round(float64(x) / largest * vectorSteps))
	}
	v.scale = float32(largest / length / vectorSteps)
	return v, true
}

func newQuestion(numbers []float32) (q Question, ok bool) {
	length, largest := measure(numbers)
	if !(largest > 0) || math.IsInf(length, 0) {
		return Question{}, false
	}
	q.values = make([]int16, len(numbers))
	for i, x := range numbers {
		q.values[i] = int16(math.Round(float64(x) / largest * questionSteps))
	}
	q.scale = float32(largest / length / questionSteps)
	return q, true
}

// measure returns the Euclidean length and the largest absolute number; 0 as the largest when one is no number.
func measure(numbers []float32) (length, largest float64) {
	var sum float64
	for _, x := range numbers {
		f := float64(x)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return 0, 0
		}
		sum += f * f
		largest = max(largest, math.Abs(f))
	}
	return math.Sqrt(sum), largest
}

// Cosine of the angle between a question and a passage: 1 for the same meaning, about what any two texts have for
// nothing in common (with many models that is far from 0). Both must come from the same Embedder; 0 for a missing
// vector. The same on every machine, because the sum is one of whole numbers.
func (q Question) Cosine(v Vector) float64 {
	if len(q.values) != len(v.values) {
		return 0
	}
	return float64(dot(q.values, v.values)) * float64(q.scale) * float64(v.scale)
}

// A Neighbour is a vector and how near it is.
type Neighbour struct {
	Row    int
	Cosine float64
}

// Nearest returns the k vectors nearest to the question among those that keep allows, nearest first, equal ones by
// row. It looks at every one of them and stops with ctx's error when ctx is done. Missing vectors are passed over.
func Nearest(ctx context.Context, q Question, rows []Vector, k int, keep func(row int) bool) ([]Neighbour, error) {
	const between = 1024 // vectors between two looks at ctx: a millisecond or less
	best := make([]Neighbour, 0, k+1)
	for row, v := range rows {
		if row%between == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if v.Missing() || !keep(row) {
			continue
		}
		n := Neighbour{row, q.Cosine(v)}
		if len(best) == k && n.Cosine <= best[k-1].Cosine {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, n, func(a, b Neighbour) int {
			if a.Cosine >= b.Cosine { // an equal one that came before stays before
				return -1
			}
			return 1
		})
		best = slices.Insert(best, at, n)
		best = best[:min(len(best), k)]
	}
	return best, nil
}
