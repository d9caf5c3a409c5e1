package index

import "math"

// Gates are the edges of the decision. A site can fit its own: see package quality and "jieda eval --fit".
type Gates struct {
	// NoneBelow: a best hit whose confidence is not above it is never answered, nor are customers asked to choose.
	// Confidence alone separates best here.
	NoneBelow float64
	// SuggestFrom: from this confidence on, up to NoneBelow, hits are worth showing as links; below it nothing was found.
	SuggestFrom float64
	// AnswerFrom: from this likelihood on the best hit is said aloud.
	AnswerFrom float64
}

// DefaultGates returns what holds for a site that has not fitted its own. They were fitted on labelled questions of
// several sites and are strict: on questions of a neighbouring field less than one in two hundred gets an answer.
func DefaultGates() Gates { return Gates{NoneBelow: 0.40, SuggestFrom: 0.30, AnswerFrom: 0.60} }

// likelihood is the logistic model of "the best hit is right" over its confidence, its lead (by how much its score is higher
// than the next rival's) and the length of the question (see query.signs): a long one never agrees with an answer in all
// its words, so the same confidence says more. Fitted over twelve sets with one set left out at a time, on answerable
// questions, the same with their article taken out, and questions of a neighbouring field; rounded within the plateau. It
// orders results; it is not a probability on a site that has not been fitted.
func likelihood(confidence, lead float64, length int) float64 {
	return 1 / (1 + math.Exp(4.05-2*confidence-7*min(lead, 0.5)-0.9*math.Log(float64(min(max(length, 2), longQuestion)))))
}

// minMargin is the margin below which it is chance which of two hits comes first: on twelve sets 16 of 31 answers with less
// were right, of the others six of seven.
const minMargin = 0.02

// decide says what a caller may do with the ranked hits, the best passage of each article. valid tells whether the best
// hit's article is valid now.
func (gates Gates) decide(q *query, hits []candidate, valid bool) (Decision, Reasons) {
	r := Reasons{Unknown: q.unknown}
	if len(hits) == 0 {
		r.Why = "nothing"
		return None, r
	}
	best := hits[0]
	r.Confidence, r.Coverage, r.Exact = best.confidence, rounded(best.coverage), best.exact
	r.Margin = margin(hits)
	r.Likelihood = likelihood(best.confidence, ahead(hits), q.signs)
	switch {
	case !best.hasCodes:
		r.Why = "unknown_code"
		return Suggest, r
	case !valid:
		r.Why = "expired"
		return Suggest, r
	case best.exact && (len(hits) == 1 || !hits[1].exact):
		r.Why = "exact"
		return Answer, r
	case best.confidence < gates.SuggestFrom, !q.telling:
		r.Why = "weak"
		return None, r
	case best.confidence <= gates.NoneBelow:
		r.Why = "weak"
		return Suggest, r
	case best.exact, best.contains && len(hits) > 1 && hits[1].contains:
		// Two articles have this very question, or the question is a topic ("电池") that several are about.
	case best.opposite, best.other:
	case !best.hasKey && rivalHasKey(hits):
		// 提领要手续费吗: the best hit is about fees, but another one, nearly as good, about 提领.
	case r.Margin < minMargin:
	case r.Likelihood >= gates.AnswerFrom:
		r.Why = "clear"
		return Answer, r
	}
	if len(hits) == 1 {
		r.Why = "weak" // there is nothing to choose from
		return Suggest, r
	}
	r.Why = "close"
	return Choose, r
}

// margin is how far the best hit is before the second, as a share of its score: 1 when there is no second.
func margin(hits []candidate) float64 {
	if len(hits) == 1 {
		return 1
	}
	return rounded((hits[0].score - hits[1].score) / hits[0].score)
}

// ahead is the same as a difference of scores. It tells right from wrong as well as the margin does, and does not take it for
// certainty that nothing comes near a hit which is weak itself.
func ahead(hits []candidate) float64 {
	if len(hits) == 1 {
		return rounded(hits[0].score)
	}
	return rounded(hits[0].score - hits[1].score)
}

// rivalShare is the share of the best score from which a hit is nearly as good.
const rivalShare = 0.7

// rivalHasKey says whether a hit that is nearly as good as the best holds the question's most telling term.
func rivalHasKey(hits []candidate) bool {
	for _, c := range hits[1:min(len(hits), maxRivals)] {
		if c.hasKey && c.score >= rivalShare*hits[0].score {
			return true
		}
	}
	return false
}

// textConfidence is how sure a hit is whose text alone holds the question: of an article whose heading says little
// (注册, or a file name) the questions score nothing, however well it answers.
const textConfidence = 0.65

// Longer questions hold more that no answer repeats, so for the same score they are surer: by lengthCredit for each time
// that they are e times as long as shortQuestion, up to longQuestion.
const (
	lengthCredit  = 0.05
	shortQuestion = 8
	longQuestion  = 64
)

// sureness is the confidence of a hit by itself, for a question of so many signs. The same question is certain;
// otherwise it is the score, or, with textConfidence, the smaller of what the text scores and what it covers: a long page
// scores high with a few words that it repeats.
func (c *candidate) sureness(length int) float64 {
	if c.exact {
		return 1
	}
	sure := max(c.score, textConfidence*min(c.text, c.coverage))
	if sure <= 0 {
		return 0
	}
	length = min(max(length, shortQuestion), longQuestion)
	return rounded(min(sure+lengthCredit*math.Log(float64(length)/shortQuestion), 0.99))
}

// rounded leaves six digits. Those after them depend on the order in which terms are added up, which is that of the
// whole index, and so on articles that a caller may not see.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// assure sets the confidences of the hits of a question of so many signs. They are in order, and it keeps the
// confidences from rising: callers cut lists by them.
func assure(hits []candidate, length int) {
	last := 1.0
	for i := range hits {
		last = min(last, hits[i].sureness(length))
		hits[i].confidence = last
	}
}
