package index

import "math"

// The edges of the decision. They were fitted on labelled questions of several sites and are strict: on questions of
// a neighbouring field less than one in two hundred gets an answer.
const (
	// noneBelow: a best score under it means that nothing was found. Score alone separates best here.
	noneBelow = 0.45
	// answerFrom: from this likelihood on the best hit is said aloud.
	answerFrom = 0.60
	// suggestFrom: from this score on, below noneBelow, hits are worth showing as links.
	suggestFrom = 0.30
)

// likelihood is the logistic model of "the best hit is right" over its score and the margin to the second, fitted over
// all sets with one set left out at a time. It orders results; it is not a probability on a site that has not been
// fitted.
func likelihood(score, margin float64) float64 {
	return 1 / (1 + math.Exp(4.23-5.76*score-5.29*min(margin, 0.6)))
}

// decide says what a caller may do with the ranked hits, the best passage of each article. valid tells whether the best
// hit's article is valid now.
func decide(q *query, hits []candidate, valid bool) (Decision, Reasons) {
	r := Reasons{Unknown: q.unknown}
	if len(hits) == 0 {
		r.Why = "nothing"
		return None, r
	}
	best := hits[0]
	r.Confidence, r.Coverage, r.Exact = confidence(best), best.coverage, best.exact
	r.Margin = 1
	if len(hits) > 1 {
		r.Margin = (best.score - hits[1].score) / best.score
	}
	switch {
	case q.unknownCode || !best.hasCodes:
		r.Why = "unknown_code"
		return Suggest, r
	case !valid:
		r.Why = "expired"
		return Suggest, r
	case best.exact && (len(hits) == 1 || !hits[1].exact):
		r.Why = "exact"
		return Answer, r
	case best.score < suggestFrom, !q.telling:
		r.Why = "weak"
		return None, r
	case best.score <= noneBelow:
		r.Why = "weak"
		return Suggest, r
	case best.exact, best.contains && len(hits) > 1 && hits[1].contains:
		// Two articles have this very question, or the question is a topic ("电池") that several are about.
		r.Why = "close"
		return Choose, r
	case likelihood(best.score, r.Margin) >= answerFrom:
		r.Why = "clear"
		return Answer, r
	}
	r.Why = "close"
	return Choose, r
}

// confidence is the score, bounded; the same question is certain.
func confidence(c candidate) float64 {
	if c.exact {
		return 1
	}
	return min(max(c.score, 0), 0.99)
}
