package quality

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"jieda/index"
)

// MinFit is how many answerable, and how many unanswerable questions FitGates needs at least. With fewer, one question
// moves the rates by more than five points.
const MinFit = 20

// A TooFewError says that there are not enough judged questions to fit gates.
type TooFewError struct {
	Answerable, Unanswerable         int // there are
	NeedAnswerable, NeedUnanswerable int
}

func (e *TooFewError) Error() string {
	return fmt.Sprintf("%d answerable and %d unanswerable questions are too few to fit: %d and %d are needed",
		e.Answerable, e.Unanswerable, e.NeedAnswerable, e.NeedUnanswerable)
}

// OpenGates let everything through that gates alone could hold back. Outcomes of an index with these gates tell what
// any other gates would decide; FitGates needs them.
func OpenGates() index.Gates {
	return index.Gates{AnswerFrom: math.SmallestNonzeroFloat64}
}

// Under is what the decision would have been with these gates, for an outcome of an index with OpenGates.
func (o *Outcome) Under(g index.Gates) index.Decision {
	switch {
	case o.Why == "exact" || o.Why == "unknown_code" || o.Why == "expired" || o.Decision == index.None:
		return o.Decision // whatever the gates are
	case o.score() < g.SuggestFrom:
		return index.None
	case o.score() <= g.NoneBelow:
		return index.Suggest
	case o.Decision == index.Answer && o.Likelihood < g.AnswerFrom && o.Rivals > 0:
		return index.Choose
	case o.Decision == index.Answer && o.Likelihood < g.AnswerFrom:
		return index.Suggest // there is nothing to choose from
	}
	return o.Decision
}

// score is the confidence of the first hit.
func (o *Outcome) score() float64 {
	if len(o.Confidences) == 0 {
		return 0
	}
	return o.Confidences[0]
}

// Rates are what gates lead to.
type Rates struct {
	Answered  Share `json:"answered"`         // of the answerable questions
	Precision Share `json:"answer_precision"` // of these answers, how many are expected
	False     Share `json:"false_answers"`    // of the unanswerable questions, how many are answered
	Silent    Share `json:"silent"`           // of the unanswerable questions, how many get not even links
}

// RatesUnder counts what the gates would lead to; outcomes as for Under.
func RatesUnder(outcomes []Outcome, gates index.Gates) Rates {
	var r Rates
	for i := range outcomes {
		r.add(&outcomes[i], gates)
	}
	return r
}

func (r *Rates) add(o *Outcome, gates index.Gates) {
	decision := o.Under(gates)
	if !o.Question.Answerable() {
		r.False.N++
		r.Silent.N++
		switch decision {
		case index.Answer:
			r.False.Of++
		case index.None:
			r.Silent.Of++
		}
		return
	}
	r.Answered.N++
	if decision == index.Answer {
		r.Answered.Of++
		r.Precision.N++
		if o.Right() {
			r.Precision.Of++
		}
	}
}

// A Fit is what FitGates found.
type Fit struct {
	Gates index.Gates `json:"-"`
	// Present are the rates of the gates that the site has now, Fitted those to expect of the new ones: measured on
	// questions that the gates were not fitted to (ten-fold cross-validation).
	Present Rates `json:"present"`
	Fitted  Rates `json:"fitted"`
	// ECE of the likelihood that the first hit is right, as it is and after the Logistic, cross-validated too.
	ECE         float64  `json:"ece"`
	ECELogistic float64  `json:"ece_logistic"`
	Logistic    Logistic `json:"logistic"`
}

// folds of the cross-validation.
const folds = 10

// FitGates finds the gates that answer most questions rightly, see wrongCost, while a share of at most falseAnswers of
// the unanswerable ones gets an answer. Outcomes are those of an index with OpenGates; present are the gates to compare with. It fails
// with a *TooFewError when there are fewer than MinFit questions of either sort, or too few unanswerable ones to tell
// such a share at all.
func FitGates(outcomes []Outcome, present index.Gates, falseAnswers float64) (*Fit, error) {
	answerable, unanswerable, err := sorts(outcomes, falseAnswers)
	if err != nil {
		return nil, err
	}
	f := &Fit{Gates: fit(outcomes, falseAnswers), Present: RatesUnder(outcomes, present)}
	var before, after []Forecast
	for part, others := range crossValidation(answerable, unanswerable) {
		gates := fit(others, falseAnswers)
		logistic := FitLogistic(forecasts(others))
		for k := range part {
			f.Fitted.add(&part[k], gates)
		}
		for _, forecast := range forecasts(part) {
			before = append(before, forecast)
			after = append(after, Forecast{logistic.Apply(forecast.Probability), forecast.True})
		}
	}
	f.ECE, f.ECELogistic = ECE(before), ECE(after)
	f.Logistic = FitLogistic(before)
	return f, nil
}

// sorts tells the answerable questions from the others. The error is a *TooFewError.
func sorts(outcomes []Outcome, falseAnswers float64) (answerable, unanswerable []Outcome, err error) {
	for _, o := range outcomes {
		if o.Question.Answerable() {
			answerable = append(answerable, o)
		} else {
			unanswerable = append(unanswerable, o)
		}
	}
	// See ThresholdFor: n values say something about a share of 1/(n+1).
	need := max(MinFit, int(math.Ceil(1/falseAnswers-1e-9))-1)
	if len(answerable) < MinFit || len(unanswerable) < need {
		return nil, nil, &TooFewError{len(answerable), len(unanswerable), MinFit, need}
	}
	return answerable, unanswerable, nil
}

// crossValidation deals both sorts to the folds alike, in an order that depends on nothing but their number, and yields
// each fold with the outcomes of all others.
func crossValidation(answerable, unanswerable []Outcome) iter.Seq2[[]Outcome, []Outcome] {
	rng := rand.New(rand.NewPCG(3, 4))
	var parts [folds][]Outcome
	for _, sort := range [][]Outcome{answerable, unanswerable} {
		for i, at := range rng.Perm(len(sort)) {
			parts[i%folds] = append(parts[i%folds], sort[at])
		}
	}
	return func(yield func(part, others []Outcome) bool) {
		for i, part := range parts {
			var others []Outcome
			for j, p := range parts {
				if j != i {
					others = append(others, p...)
				}
			}
			if !yield(part, others) {
				return
			}
		}
	}
}

// forecasts are the likelihoods with whether the first hit was right; it never is for unanswerable questions.
func forecasts(outcomes []Outcome) []Forecast {
	list := make([]Forecast, 0, len(outcomes))
	for i := range outcomes {
		if o := &outcomes[i]; len(o.Hits) > 0 {
			list = append(list, Forecast{o.Likelihood, o.Right()})
		}
	}
	return list
}

// wrongCost is how many right answers make up for a wrong one: hits are answered where three of four are right. Without
// it, gates that are fitted to questions that are easily told from the site's own would open as far as they can.
const wrongCost = 3

// fit tries a coarse grid of scores below which nothing is answered. For each, the lowest likelihood from which on hits
// may be answered follows from the unanswerable questions, and a grid of higher ones is tried too. The pair with most
// right answers less the cost of the wrong ones wins, and of equal ones that nearest to the default.
func fit(outcomes []Outcome, falseAnswers float64) index.Gates {
	const steps = 20
	defaults := index.DefaultGates()
	var best index.Gates
	bestGain, bestDistance := math.MinInt, 0.0
	for below := 4; below < steps-1; below++ {
		g := index.Gates{NoneBelow: float64(below) / steps}
		lowest := answerFrom(outcomes, g, falseAnswers)
		for from := 0; from < steps; from++ {
			g.AnswerFrom = float64(from) / steps
			if g.AnswerFrom <= lowest {
				g.AnswerFrom = lowest
			}
			gained := gain(outcomes, g)
			distance := math.Abs(g.NoneBelow-defaults.NoneBelow) + math.Abs(g.AnswerFrom-defaults.AnswerFrom)
			if gained > bestGain || gained == bestGain && distance < bestDistance {
				best, bestGain, bestDistance = g, gained, distance
			}
		}
	}
	best.SuggestFrom = suggestFrom(outcomes, best.NoneBelow)
	return best
}

// gain counts the right answers to answerable questions, less the cost of the wrong ones.
func gain(outcomes []Outcome, g index.Gates) (sum int) {
	for i := range outcomes {
		o := &outcomes[i]
		switch {
		case !o.Question.Answerable() || o.Under(g) != index.Answer:
		case o.Right():
			sum++
		default:
			sum -= wrongCost
		}
	}
	return sum
}

// answerFrom is the likelihood above which at most the wanted share of unanswerable questions is answered.
func answerFrom(outcomes []Outcome, g index.Gates, falseAnswers float64) float64 {
	const lowest, digits = 0.001, 1000 // three digits are shown and saved
	g.AnswerFrom = lowest
	var values []float64
	for i := range outcomes {
		o := &outcomes[i]
		if o.Question.Answerable() {
			continue
		}
		switch {
		case o.Under(g) != index.Answer:
			values = append(values, 0)
		case o.Why == "exact":
			values = append(values, 1) // no gate holds it back
		default:
			values = append(values, o.Likelihood)
		}
	}
	// Above the threshold, not at it.
	from := (math.Floor(ThresholdFor(values, falseAnswers)*digits) + 1) / digits
	return min(max(from, lowest), 1)
}

// suggestFrom is the score that 95 % of the answerable questions reach whose article is among the first five: links
// below it would rarely help.
func suggestFrom(outcomes []Outcome, noneBelow float64) float64 {
	var scores []float64
	for i := range outcomes {
		if o := &outcomes[i]; Recall(o.Grades, 5) > 0 {
			scores = append(scores, o.score())
		}
	}
	if len(scores) == 0 {
		return noneBelow
	}
	slices.Sort(scores)
	low := math.Floor(scores[len(scores)/20]*100) / 100
	return min(max(low, 0.01), noneBelow)
}
