package quality

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > within {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// Every value is computed by hand from the formula in the comment of the function.
func TestRankingByHand(t *testing.T) {
	for _, c := range []struct {
		name           string
		grades, ideal  []int
		rr, r1, r5, dg float64
	}{
		{"nothing found", nil, []int{1}, 0, 0, 0, 0},
		{"first", []int{1, 0, 0}, []int{1}, 1, 1, 1, 1},
		// 1/log2(3+1) = 0.5 of 1
		{"third", []int{0, 0, 1}, []int{1}, 1. / 3, 0, 1, 0.5},
		// (2²−1)/log2(3) + (2¹−1)/log2(4) = 1.8928 + 0.5 = 2.3928; ideal 3/1 + 1/log2(3) = 3.6309
		{"graded", []int{0, 2, 1}, []int{2, 1}, 0.5, 0, 1, 0.65901},
		// the sixth is too late for R@5: 1/log2(7) = 0.35621
		{"sixth", []int{0, 0, 0, 0, 0, 1}, []int{1}, 1. / 6, 0, 0, 0.35621},
		{"eleventh is too late", []int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, []int{1}, 0, 0, 0, 0},
		{"nothing relevant", []int{0, 0}, nil, 0, 0, 0, 0},
	} {
		near(t, c.name+": reciprocal rank", ReciprocalRank(c.grades, Depth), c.rr, 1e-9)
		near(t, c.name+": R@1", Recall(c.grades, 1), c.r1, 0)
		near(t, c.name+": R@5", Recall(c.grades, 5), c.r5, 0)
		near(t, c.name+": nDCG", NDCG(c.grades, c.ideal, Depth), c.dg, 5e-5)
	}
}

func TestAUROCByHand(t *testing.T) {
	for _, c := range []struct {
		positives, negatives []float64
		want                 float64
	}{
		{[]float64{0.9, 0.8}, []float64{0.1, 0.2}, 1},
		{[]float64{0.1, 0.2}, []float64{0.9, 0.8}, 0},
		{[]float64{0.5, 0.5}, []float64{0.5}, 0.5},
		// pairs: .8>.6 .8>.3, .5<.6 .5>.3, .3<.6 .3=.3: (1+1+0+1+0+½)/6
		{[]float64{0.8, 0.5, 0.3}, []float64{0.6, 0.3}, 3.5 / 6},
		{nil, []float64{0.5}, math.NaN()},
		{[]float64{0.5}, nil, math.NaN()},
	} {
		near(t, "AUROC", AUROC(c.positives, c.negatives), c.want, 1e-12)
	}
}

// AUROC is the share of pairs in the right order: counted pair by pair, it must be the same.
func TestAUROCCountsPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		positives, negatives := make([]float64, 1+rng.IntN(20)), make([]float64, 1+rng.IntN(20))
		for _, list := range [][]float64{positives, negatives} {
			for i := range list {
				list[i] = float64(rng.IntN(10)) // many ties
			}
		}
		var pairs float64
		for _, p := range positives {
			for _, n := range negatives {
				switch {
				case p > n:
					pairs++
				case p == n:
					pairs += 0.5
				}
			}
		}
		near(t, "AUROC", AUROC(positives, negatives), pairs/float64(len(positives)*len(negatives)), 1e-12)
	}
}

func TestECEByHand(t *testing.T) {
	for _, c := range []struct {
		name      string
		forecasts []Forecast
		want      float64
	}{
		{"none", nil, 0},
		{"certain and right", []Forecast{{1, true}, {0, false}}, 0},
		{"certain and wrong", []Forecast{{1, false}, {0, true}}, 1},
		// bin .8–.9: mean .85, half true, 2 of 3 forecasts; bin .1–.2: .15 against 0: ⅔·.35 + ⅓·.15
		{"two bins", []Forecast{{0.82, true}, {0.88, false}, {0.15, false}}, 0.7/3 + 0.05},
		// .2 begins the bin .2–.3, it does not end the one before: |.2 − 1| and |.19 − 0|, half each
		{"edge", []Forecast{{0.2, true}, {0.19, false}}, 0.495},
	} {
		near(t, c.name, ECE(c.forecasts), c.want, 1e-9)
	}
}

// Newcombe (1998), table I, gives the Wilson intervals of these shares.
func TestWilsonAsPublished(t *testing.T) {
	for _, c := range []struct {
		share     Share
		low, high float64
	}{
		{Share{81, 263}, 0.2553, 0.3662},
		{Share{15, 148}, 0.0624, 0.1605},
		{Share{0, 20}, 0, 0.1611},
		{Share{1, 29}, 0.0061, 0.1718},
		{Share{0, 0}, 0, 1},
	} {
		low, high := c.share.Wilson()
		near(t, c.share.String()+" low", low, c.low, 5e-5)
		near(t, c.share.String()+" high", high, c.high, 5e-5)
	}
	if got := (Share{29, 30}).String(); got != "96.7 % [83.3, 99.4] (29/30)" {
		t.Errorf("shown as %q", got)
	}
	if got, err := json.Marshal(Share{0, 0}); err != nil || string(got) != `{"of":0,"n":0,"share":0,"low":0,"high":1}` {
		t.Errorf("as JSON: %s, %v", got, err)
	}
}

func TestThresholds(t *testing.T) {
	values := make([]float64, 99) // 0.01 … 0.99
	for i := range values {
		values[i] = float64(i+1) / 100
	}
	// 5 % of 100 gaps: the fifth highest, .95, above which four lie; a new value is above it in 5 of 100 gaps.
	near(t, "threshold", ThresholdFor(values, 0.05), 0.95, 0)
	near(t, "a third", ThresholdFor([]float64{3, 1, 2}, 0.5), 2, 0)
	near(t, "too few to tell", ThresholdFor([]float64{3, 1, 2}, 0.01), 3, 0)
	if got := ThresholdFor(nil, 0.05); !math.IsInf(got, -1) {
		t.Errorf("no values: %v", got)
	}
	if got := ShareAt(values, 0.95); got != (Share{5, 99}) {
		t.Errorf("at or above .95: %v", got)
	}
}

// A new value lies above the threshold as rarely as was promised, on average over many samples.
func TestThresholdKeepsItsPromise(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, n := range []int{19, 50, 200} {
		above := 0
		const rounds = 20000
		for range rounds {
			values := make([]float64, n)
			for i := range values {
				values[i] = rng.ExpFloat64()
			}
			if rng.ExpFloat64() > ThresholdFor(values, 0.05) {
				above++
			}
		}
		if share := float64(above) / rounds; share > 0.055 || share < 0.03 {
			t.Errorf("with %d values a new one is above the threshold in %.3f of the cases, promised at most 0.05", n, share)
		}
	}
}

func TestBootstrap(t *testing.T) {
	old := []float64{0, 0, 1, 1, 0, 1, 0, 0, 1, 0}
	if got := Bootstrap(old, old); got != (Difference{N: 10}) {
		t.Errorf("a run against itself: %+v", got)
	}
	better := []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 0}
	got := Bootstrap(old, better)
	// Five of ten questions gain 1; the mean of ten draws is binomial(10, ½)/10, whose 2.5 % and 97.5 % points are .2 and .8.
	near(t, "mean", got.Mean, 0.5, 1e-12)
	near(t, "low", got.Low, 0.2, 1e-12)
	near(t, "high", got.High, 0.8, 1e-12)
	if again := Bootstrap(old, better); again != got {
		t.Errorf("another interval for the same values: %+v, %+v", got, again)
	}
	if worse := Bootstrap(better, old); worse.Mean != -got.Mean || worse.High >= 0 {
		t.Errorf("the other way round: %+v", worse)
	}
	if none := Bootstrap(nil, nil); none != (Difference{}) {
		t.Errorf("no questions: %+v", none)
	}
}

// Forecasts that are distorted by a known Logistic are put right by the one that is found.
func TestFitLogisticFindsTheDistortion(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	distortion := Logistic{Slope: 2, Shift: 1}
	var forecasts []Forecast
	for range 20000 {
		p := rng.Float64()
		forecasts = append(forecasts, Forecast{p, rng.Float64() < distortion.Apply(p)})
	}
	found := FitLogistic(forecasts)
	near(t, "slope", found.Slope, 2, 0.1)
	near(t, "shift", found.Shift, 1, 0.1)
	before := ECE(forecasts)
	for i := range forecasts {
		forecasts[i].Probability = found.Apply(forecasts[i].Probability)
	}
	if after := ECE(forecasts); after > 0.02 || after > before/3 {
		t.Errorf("calibration error %.3f before, %.3f after", before, after)
	}
	// What can be told apart completely, or not at all, stays finite.
	for name, list := range map[string][]Forecast{
		"separable": {{0.9, true}, {0.95, true}, {0.1, false}, {0.2, false}},
		"equal":     {{0.5, true}, {0.5, false}, {0.5, false}},
		"extreme":   {{1, true}, {0, false}, {1, false}, {0, true}},
	} {
		l := FitLogistic(list)
		for _, f := range list {
			if p := l.Apply(f.Probability); math.IsNaN(p) || p < 0 || p > 1 {
				t.Errorf("%s: %+v makes %v of %v", name, l, p, f.Probability)
			}
		}
	}
	if got := FitLogistic([]Forecast{{0.3, true}}); got != (Logistic{1, 0}) {
		t.Errorf("all true: %+v", got)
	}
}

func TestRounded(t *testing.T) {
	for confidence, want := range map[float64]float64{0.125: 0.13, 0.12499999999999: 0.13, 0.1249: 0.12, 1: 1, 0: 0, 0.994999: 0.99} {
		near(t, "rounded", Rounded(confidence), want, 0)
	}
}
