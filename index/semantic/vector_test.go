package semantic

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func randomNumbers(rng *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

func exactCosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

// TestQuantization: eight bits a number cost less than 0.005 of the cosine, whatever the length of the vectors.
func TestQuantization(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{3, 16, 255, 1024, 4096} {
		worst := 0.0
		for range 200 {
			a := randomNumbers(rng, n)
			b := slices.Clone(a)
			mix := rng.Float32()
			for i, x := range randomNumbers(rng, n) {
				b[i] = mix*b[i] + (1-mix)*x
			}
			q, ok1 := newQuestion(a)
			v, ok2 := newVector(b)
			if !ok1 || !ok2 {
				t.Fatal("a vector is refused")
			}
			worst = max(worst, math.Abs(q.Cosine(v)-exactCosine(a, b)))
		}
		if worst > 0.005 {
			t.Errorf("%d dimensions: off by %.4f", n, worst)
		}
	}
}

func TestNoVector(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, numbers := range [][]float32{nil, {0, 0}, {1, inf}, {nan, 1}} {
		if _, ok := newVector(numbers); ok {
			t.Errorf("%v is taken as a passage", numbers)
		}
		if _, ok := newQuestion(numbers); ok {
			t.Errorf("%v is taken as a question", numbers)
		}
	}
	q, _ := newQuestion([]float32{1, 2, 3})
	v, _ := newVector([]float32{1, 2})
	if q.Cosine(v) != 0 || q.Cosine(Vector{}) != 0 {
		t.Error("vectors of other lengths compare")
	}
	if large, ok := newVector([]float32{math.MaxFloat32, math.MaxFloat32}); !ok || math.IsNaN(float64(large.scale)) {
		t.Error("large numbers are refused")
	}
}

// TestDot compares with the plain loop: lengths about those of a block, and the largest numbers there are.
func TestDot(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	check := func(a []int16, b []int8) {
		t.Helper()
		want := int64(0)
		for i := range a {
			want += int64(a[i]) * int64(b[i])
		}
		if got := dot(a, b); got != want {
			t.Errorf("dot of %d numbers is %d, want %d", len(a), got, want)
		}
	}
	for _, n := range []int{0, 1, 7, 8, 255, 256, 257, 512, 1000, 4096} {
		a, b := make([]int16, n), make([]int8, n)
		for i := range n {
			a[i], b[i] = int16(rng.Uint32()), int8(rng.Uint32())
		}
		check(a, b)
		for i := range n {
			a[i], b[i] = math.MinInt16, math.MinInt8
		}
		check(a, b)
	}
}

// TestNearestIsExact: against sorting everything.
func TestNearestIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	rows := make([]Vector, 3000)
	for i := range rows {
		if rng.IntN(10) > 0 {
			rows[i], _ = newVector(randomNumbers(rng, 24))
		}
		if rng.IntN(10) == 0 && i > 0 {
			rows[i] = rows[rng.IntN(i)] // the same text twice
		}
	}
	for range 20 {
		q, _ := newQuestion(randomNumbers(rng, 24))
		keep := func(row int) bool { return row%3 > 0 }
		var want []Neighbour
		for row, v := range rows {
			if keep(row) && !v.Missing() {
				want = append(want, Neighbour{row, q.Cosine(v)})
			}
		}
		slices.SortStableFunc(want, func(a, b Neighbour) int {
			if a.Cosine > b.Cosine {
				return -1
			} else if a.Cosine < b.Cosine {
				return 1
			}
			return 0
		})
		k := 1 + rng.IntN(100)
		got, err := Nearest(context.Background(), q, rows, k, keep)
		if err != nil || !slices.Equal(got, want[:k]) {
			t.Fatalf("the %d nearest are %v (%v), want %v", k, got, err, want[:k])
		}
	}
}

func TestNearestStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	v, _ := newVector([]float32{1})
	q, _ := newQuestion([]float32{1})
	if _, err := Nearest(ctx, q, []Vector{v}, 1, func(int) bool { return true }); err == nil {
		t.Error("it goes on for nobody")
	}
}

// BenchmarkNearest looks at 5,000 vectors of 1,024 numbers.
func BenchmarkNearest(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	rows := make([]Vector, 5000)
	for i := range rows {
		rows[i], _ = newVector(randomNumbers(rng, 1024))
	}
	q, _ := newQuestion(randomNumbers(rng, 1024))
	for b.Loop() {
		if _, err := Nearest(context.Background(), q, rows, 160, func(int) bool { return true }); err != nil {
			b.Fatal(err)
		}
	}
}
