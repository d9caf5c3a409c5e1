package quality

import (
	"math"
	"slices"
)

// AUROC is the probability that a positive has a higher value than a negative, ties counting half: the area under the
// receiver operating characteristic. Range 0–1, 0.5 for guessing; NaN when one of the two is empty. Computed by ranks,
// as the Mann–Whitney U divided by the number of pairs (Hanley and McNeil 1982).
func AUROC(positives, negatives []float64) float64 {
	type row struct {
		value    float64
		positive bool
	}
	rows := make([]row, 0, len(positives)+len(negatives))
	for _, v := range positives {
		rows = append(rows, row{v, true})
	}
	for _, v := range negatives {
		rows = append(rows, row{v, false})
	}
	slices.SortFunc(rows, func(a, b row) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	var ranks float64 // sum over the positives; equal values share their mean rank
	for i := 0; i < len(rows); {
		j, tied := i, 0
		for ; j < len(rows) && rows[j].value == rows[i].value; j++ {
			if rows[j].positive {
				tied++
			}
		}
		ranks += float64(tied) * float64(i+1+j) / 2
		i = j
	}
	p, n := float64(len(positives)), float64(len(negatives))
	return (ranks - p*(p+1)/2) / (p * n)
}

// A Forecast is a probability and what came true.
type Forecast struct {
	Probability float64 // 0–1
	True        bool
}

// eceBins is the usual number, and the one of Guo et al.
const eceBins = 10

// ECE is the expected calibration error: forecasts are put in ten bins of equal width by probability, and the distance
// between mean probability and share of true ones is averaged over the bins, weighted by their forecasts. Range 0–1, 0
// when of the things called 70 % likely 70 % come true; 0 for no forecasts. Naeini et al. (2015), Guo et al. (2017).
func ECE(forecasts []Forecast) float64 {
	var bins [eceBins]struct{ probability, true, n float64 }
	for _, f := range forecasts {
		b := &bins[min(int(f.Probability*eceBins), eceBins-1)]
		b.n++
		b.probability += f.Probability
		if f.True {
			b.true++
		}
	}
	var sum float64
	for _, b := range bins {
		sum += math.Abs(b.probability - b.true) // n · |mean − share|
	}
	return sum / max(1, float64(len(forecasts)))
}

// A Logistic maps a probability p to 1 / (1 + e^−(Slope·logit(p) + Shift)). Slope 1 and Shift 0 change nothing.
type Logistic struct{ Slope, Shift float64 }

// Apply returns the new probability.
func (l Logistic) Apply(p float64) float64 {
	return 1 / (1 + math.Exp(-(l.Slope*logit(p) + l.Shift)))
}

// logit is the logarithm of the odds; bounded, so that certainty stays finite.
func logit(p float64) float64 {
	const edge = 1e-6
	p = min(max(p, edge), 1-edge)
	return math.Log(p / (1 - p))
}

// FitLogistic finds the Logistic that makes forecasts most likely, by Newton's method. As Platt (1999) does, the targets
// are (n₊+1)/(n₊+2) and 1/(n₋+2) instead of 1 and 0, which keeps the result finite when the two can be told apart
// completely. Without a true and a false forecast it changes nothing.
func FitLogistic(forecasts []Forecast) Logistic {
	var positives float64
	for _, f := range forecasts {
		if f.True {
			positives++
		}
	}
	negatives := float64(len(forecasts)) - positives
	l := Logistic{Slope: 1}
	if positives == 0 || negatives == 0 {
		return l
	}
	high, low := (positives+1)/(positives+2), 1/(negatives+2)
	loss := func(l Logistic) (sum float64) {
		for _, f := range forecasts {
			p := min(max(l.Apply(f.Probability), 1e-12), 1-1e-12)
			target := low
			if f.True {
				target = high
			}
			sum -= target*math.Log(p) + (1-target)*math.Log(1-p)
		}
		return sum
	}
	present := loss(l)
	for range 100 {
		// Gradient and Hessian of the loss; the small ridge keeps the latter invertible when all forecasts are equal.
		const ridge = 1e-9
		var g0, g1 float64
		h00, h01, h11 := ridge, 0.0, ridge
		for _, f := range forecasts {
			x, p := logit(f.Probability), l.Apply(f.Probability)
			target := low
			if f.True {
				target = high
			}
			g0 += (p - target) * x
			g1 += p - target
			w := p * (1 - p)
			h00 += w * x * x
			h01 += w * x
			h11 += w
		}
		det := h00*h11 - h01*h01
		slope, shift := (h11*g0-h01*g1)/det, (h00*g1-h01*g0)/det
		step, next, better := 1.0, l, present
		for ; step > 1e-6; step /= 2 { // a full step may go too far
			next = Logistic{l.Slope - step*slope, l.Shift - step*shift}
			if better = loss(next); better < present {
				break
			}
		}
		if present-better < 1e-10 {
			break
		}
		l, present = next, better
	}
	return l
}
