package quality

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// z is the quantile of the normal distribution for two-sided 95 %.
const z = 1.959963984540054

// A Share is how many of how many: answers that are right, unanswerable questions that were answered.
type Share struct{ Of, N int }

// Value is Of/N, 0 when N is 0: look at N before believing it.
func (s Share) Value() float64 { return float64(s.Of) / float64(max(1, s.N)) }

// Wilson is the 95 % interval of Wilson (1927) for the probability behind the share:
// (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n). Unlike p ± z·σ it stays inside 0–1 and is honest for few cases: 0 of
// 20 leaves up to 16 % possible. 0–1 when N is 0.
func (s Share) Wilson() (low, high float64) {
	if s.N == 0 {
		return 0, 1
	}
	n, p := float64(s.N), s.Value()
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	width := 1 + z*z/n
	return max(0, (middle-half)/width), min(1, (middle+half)/width)
}

// String is the share with its interval, in percent: "96.7 % [83.3, 99.4] (29/30)".
func (s Share) String() string {
	if s.N == 0 {
		return "– (0/0)"
	}
	low, high := s.Wilson()
	return fmt.Sprintf("%.1f %% [%.1f, %.1f] (%d/%d)", 100*s.Value(), 100*low, 100*high, s.Of, s.N)
}

// MarshalJSON writes count, number, share and interval.
func (s Share) MarshalJSON() ([]byte, error) {
	low, high := s.Wilson()
	return json.Marshal(struct {
		Of    int     `json:"of"`
		N     int     `json:"n"`
		Share float64 `json:"share"`
		Low   float64 `json:"low"`
		High  float64 `json:"high"`
	}{s.Of, s.N, s.Value(), low, high})
}

// ShareAt says how many values are at or above the threshold.
func ShareAt(values []float64, threshold float64) Share {
	s := Share{N: len(values)}
	for _, v := range values {
		if v >= threshold {
			s.Of++
		}
	}
	return s
}

// ThresholdFor returns the lowest bound such that a new value of the same kind lies above it with a probability of at
// most share: the k-th highest value with k = ⌊share·(n+1)⌋, because a new value is as likely to fall into any of the
// n+1 gaps between n old ones (the quantile of split conformal prediction, Vovk et al. 2005). With fewer than 1/share − 1
// values the highest is all that can be returned, −Inf when there is none.
func ThresholdFor(values []float64, share float64) float64 {
	if len(values) == 0 {
		return math.Inf(-1)
	}
	sorted := slices.Sorted(slices.Values(values))
	// The small addend keeps 0.05·20 from being less than 1.
	k := int(share*float64(len(values)+1) + 1e-9)
	k = min(max(k, 1), len(values))
	return sorted[len(values)-k]
}

// A Difference is the mean of new − old over questions that both runs were asked, with its 95 % interval. When the
// interval holds 0, the data do not say which is better.
type Difference struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	N    int     `json:"n"`
}

// resamples is how often Bootstrap draws; 2,000 settle the ends of the interval to about the third digit.
const resamples = 2000

// Bootstrap compares two systems by their values for the same questions, in the same order: questions are drawn with
// replacement, and the interval goes from the 2.5th to the 97.5th percentile of the mean differences (Efron 1979; for
// retrieval Sakai 2006). The draws are seeded: the same values give the same interval. All zero for no questions.
func Bootstrap(old, new []float64) Difference {
	d := Difference{N: len(old)}
	if len(old) == 0 {
		return d
	}
	differences := make([]float64, len(old))
	for i := range old {
		differences[i] = new[i] - old[i]
		d.Mean += differences[i] / float64(len(old))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	means := make([]float64, resamples)
	for i := range means {
		var sum float64
		for range differences {
			sum += differences[rng.IntN(len(differences))]
		}
		means[i] = sum / float64(len(differences))
	}
	slices.Sort(means)
	d.Low, d.High = means[resamples*25/1000], means[resamples*975/1000-1]
	return d
}
