package quality

import "math"

// Depth is how many hits of a question are looked at.
const Depth = 10

// The measures of a ranking take the grades of the hits, best hit first: 0 for an article that is not relevant, more
// for one that is. Each is the value of one question; a system's value is the mean over its questions.

// ReciprocalRank is 1/r for the first relevant hit at rank r ≤ k, else 0. Range 0–1. Its mean is MRR@k (Voorhees,
// TREC-8 question answering track, 1999).
func ReciprocalRank(grades []int, k int) float64 {
	for i, g := range grades[:min(k, len(grades))] {
		if g > 0 {
			return 1 / float64(i+1)
		}
	}
	return 0
}

// Recall is 1 when at least one of the first k hits is relevant, else 0. Its mean is R@k as it is used for question
// answering, also called success@k or hit rate: a customer needs one good answer, not all of them.
func Recall(grades []int, k int) float64 {
	if ReciprocalRank(grades, k) > 0 {
		return 1
	}
	return 0
}

// NDCG is the discounted cumulative gain of the first k hits, Σ (2^g − 1) / log2(rank + 1), divided by that of the best
// possible order. ideal holds the grades of all relevant articles, best first. Range 0–1, 0 when nothing is relevant.
// Järvelin and Kekäläinen (2002), with the gains of Burges et al. (2005).
func NDCG(grades, ideal []int, k int) float64 {
	best := cumulativeGain(ideal, k)
	if best == 0 {
		return 0
	}
	return cumulativeGain(grades, k) / best
}

func cumulativeGain(grades []int, k int) (sum float64) {
	for i, g := range grades[:min(k, len(grades))] {
		sum += (math.Exp2(float64(g)) - 1) / math.Log2(float64(i+2))
	}
	return sum
}
