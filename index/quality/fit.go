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

// Limits are the shares of questions without an answer that fitted gates may answer.
type Limits struct {
	// False is that of the unanswerable questions which are not of kind LeftOut.
	False float64
	// LeftOut is that of those of kind LeftOut. When it is 0 they are only counted where there are enough of the others, and
	// limited by leftOutShare where there are not.
	LeftOut float64
}

// leftOutShare is the share of questions asked without their articles that fitted gates may answer where there is nothing
// else to go by, unless the default gates answer more. It cannot be near nothing: what is left is about the same things, and
// often answers the question though nobody has said so. The default gates answer .03 to .30 of them. Questions of a
// neighbouring field are told more easily: see DESIGN.md, Fitting.
const leftOutShare = 0.25

// A TooFewError says that there are not enough judged questions to fit gates.
type TooFewError struct {
	Answerable, Unanswerable, LeftOut int // there are; those of kind LeftOut are not among the unanswerable ones
	// What is needed: so many answerable ones, and of the others so many unanswerable ones or MinFit of kind LeftOut.
	NeedAnswerable, NeedUnanswerable int
}

func (e *TooFewError) Error() string {
	return fmt.Sprintf("%d answerable, %d unanswerable and %d left-out questions are too few to fit: %d answerable and %d unanswerable ones are needed",
		e.Answerable, e.Unanswerable, e.LeftOut, e.NeedAnswerable, e.NeedUnanswerable)
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
	LeftOut   Share `json:"left_out_answers"` // of those of kind LeftOut, which are in neither of these two, how many are answered
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
	if o.Question.Kind == LeftOut {
		r.LeftOut.N++
		if decision == index.Answer {
			r.LeftOut.Of++
		}
		return
	}
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
	// ByLeftOut says that there were too few unanswerable questions, and that the gates rest on those of kind LeftOut.
	ByLeftOut bool `json:"by_left_out"`
	// ECE of the likelihood that the first hit is right, as it is and after the Logistic, cross-validated too. Questions of
	// kind LeftOut do not count: half of what customers ask is not without an answer.
	ECE         float64  `json:"ece"`
	ECELogistic float64  `json:"ece_logistic"`
	Logistic    Logistic `json:"logistic"`
}

// folds of the cross-validation.
const folds = 10

// FitGates finds the gates that answer most questions rightly, see wrongCost, within the limits. Outcomes are those of an
// index with OpenGates, of kind LeftOut those of RunGaps; present are the gates to compare with.
//
// With MinFit unanswerable questions it goes by them, and by those of kind LeftOut only if they have a limit. With fewer, as
// most sites have, it goes by MinFit of kind LeftOut: see fitCautiously. Otherwise it fails with a *TooFewError, as it does
// with fewer than MinFit answerable questions and with too few unanswerable ones to tell such a share at all.
func FitGates(outcomes []Outcome, present index.Gates, limits Limits) (*Fit, error) {
	by := sorted(outcomes)
	f := &Fit{Present: RatesUnder(outcomes, present)}
	f.ByLeftOut = len(by.unanswerable) < MinFit && len(by.left) >= max(MinFit, needed(limits.LeftOut))
	if err := by.enough(limits, f.ByLeftOut); err != nil {
		return nil, err
	}
	find := func(by *sorts) index.Gates {
		if f.ByLeftOut {
			return fitCautiously(by, limits.LeftOut)
		}
		return fit(by, limits)
	}
	f.Gates = find(by)
	var before, after []Forecast
	for part, others := range by.crossValidation() {
		gates := find(others)
		logistic := FitLogistic(others.forecasts())
		for o := range part.all() {
			f.Fitted.add(o, gates)
		}
		for _, forecast := range part.forecasts() {
			before = append(before, forecast)
			after = append(after, Forecast{logistic.Apply(forecast.Probability), forecast.True})
		}
	}
	f.ECE, f.ECELogistic = ECE(before), ECE(after)
	f.Logistic = FitLogistic(before)
	return f, nil
}

// sorts are outcomes by what a fit makes of them.
type sorts struct{ answerable, unanswerable, left []Outcome }

func sorted(outcomes []Outcome) *sorts {
	by := &sorts{}
	for i := range outcomes {
		by.add(&outcomes[i])
	}
	return by
}

func (by *sorts) add(o *Outcome) {
	switch {
	case o.Question.Answerable():
		by.answerable = append(by.answerable, *o)
	case o.Question.Kind == LeftOut:
		by.left = append(by.left, *o)
	default:
		by.unanswerable = append(by.unanswerable, *o)
	}
}

func (by *sorts) all() iter.Seq[*Outcome] {
	return func(yield func(*Outcome) bool) {
		for _, sort := range [][]Outcome{by.answerable, by.unanswerable, by.left} {
			for i := range sort {
				if !yield(&sort[i]) {
					return
				}
			}
		}
	}
}

// needed is how many values say something about a share, 1/share − 1 as ThresholdFor explains; 0 for the share 0.
func needed(share float64) int {
	if share <= 0 {
		return 0
	}
	return int(math.Ceil(1/share-1e-9)) - 1
}

// enough returns a *TooFewError unless there are enough outcomes to fit gates to.
func (by *sorts) enough(limits Limits, byLeftOut bool) error {
	need := max(MinFit, needed(limits.False))
	if len(by.answerable) < MinFit || !byLeftOut && (len(by.unanswerable) < need || len(by.left) < needed(limits.LeftOut)) {
		return &TooFewError{len(by.answerable), len(by.unanswerable), len(by.left), MinFit, need}
	}
	return nil
}

// crossValidation deals all sorts to the folds alike, in an order that depends on nothing but their number, and yields
// each fold with the outcomes of all others. What was left out goes with the same question asked of the whole.
func (by *sorts) crossValidation() iter.Seq2[*sorts, *sorts] {
	rng := rand.New(rand.NewPCG(3, 4))
	fold := map[string]int{} // of what was left out, by id
	var parts [folds]sorts
	for _, sort := range [][]Outcome{by.answerable, by.unanswerable} {
		for i, at := range rng.Perm(len(sort)) {
			parts[i%folds].add(&sort[at])
			fold[leftOutID(&sort[at].Question)] = i % folds
		}
	}
	for i := range by.left {
		at, ok := fold[by.left[i].Question.ID]
		if !ok {
			at = i % folds
		}
		parts[at].add(&by.left[i])
	}
	return func(yield func(part, others *sorts) bool) {
		for i := range parts {
			others := &sorts{}
			for j := range parts {
				if j != i {
					for o := range parts[j].all() {
						others.add(o)
					}
				}
			}
			if !yield(&parts[i], others) {
				return
			}
		}
	}
}

// forecasts are the likelihoods with whether the first hit was right; it never is for unanswerable questions.
func (by *sorts) forecasts() []Forecast {
	list := make([]Forecast, 0, len(by.answerable)+len(by.unanswerable))
	for o := range by.all() {
		if len(o.Hits) > 0 && o.Question.Kind != LeftOut {
			list = append(list, Forecast{o.Likelihood, o.Right()})
		}
	}
	return list
}

// wrongCost is how many right answers make up for a wrong one: hits are answered where three of four are right. Without
// it, gates that are fitted to questions that are easily told from the site's own would open as far as they can.
const wrongCost = 3

// fit takes the gates with the highest gain of those within the limits, and of equal ones those nearest to the default.
func fit(by *sorts, limits Limits) index.Gates {
	return by.best(func(g index.Gates) float64 {
		lowest := answerFrom(by.unanswerable, g, limits.False)
		if limits.LeftOut > 0 {
			lowest = max(lowest, answerFrom(by.left, g, limits.LeftOut))
		}
		return lowest
	}, func(g index.Gates) float64 { return float64(gain(by.answerable, g)) })
}

// fitCautiously is fit by what was left out alone. It moves away from the default gates only as far as that is no accident:
// what counts is the gain over them less its standard error. Without that, gates fitted to twenty questions are worse than
// the defaults. A limit of 0 is leftOutShare.
func fitCautiously(by *sorts, limit float64) index.Gates {
	defaults := index.DefaultGates()
	if limit <= 0 {
		answered := RatesUnder(by.left, defaults).LeftOut
		limit = max(leftOutShare, float64(answered.Of+1)/float64(answered.N+1)) // see ThresholdFor: so many stay allowed
	}
	return by.best(func(g index.Gates) float64 { return answerFrom(by.left, g, limit) }, func(g index.Gates) float64 {
		var sum, squares float64 // over the questions, of what g gains more than the defaults
		for i := range by.answerable {
			more := float64(by.answerable[i].gain(g) - by.answerable[i].gain(defaults))
			sum += more
			squares += more * more
		}
		return sum - math.Sqrt(max(squares-sum*sum/float64(len(by.answerable)), 0))
	})
}

// best tries a coarse grid of scores below which nothing is answered. For each, lowest returns the likelihood from which on hits
// may be answered, and a grid of higher ones is tried too. The pair of the highest value wins, and of equal ones that
// nearest to the default.
func (by *sorts) best(lowest, value func(index.Gates) float64) index.Gates {
	const steps = 20
	defaults := index.DefaultGates()
	var best index.Gates
	bestValue, bestDistance := math.Inf(-1), 0.0
	for below := 4; below < steps-1; below++ {
		g := index.Gates{NoneBelow: float64(below) / steps}
		low := lowest(g)
		for from := range steps {
			g.AnswerFrom = max(float64(from)/steps, low)
			v := value(g)
			distance := math.Abs(g.NoneBelow-defaults.NoneBelow) + math.Abs(g.AnswerFrom-defaults.AnswerFrom)
			if v > bestValue || v == bestValue && distance < bestDistance {
				best, bestValue, bestDistance = g, v, distance
			}
		}
	}
	best.SuggestFrom = suggestFrom(by.answerable, best.NoneBelow)
	return best
}

// gain counts the right answers to answerable questions, less the cost of the wrong ones.
func gain(outcomes []Outcome, g index.Gates) (sum int) {
	for i := range outcomes {
		sum += outcomes[i].gain(g)
	}
	return sum
}

// gain is 1 for a right answer to an answerable question and less than nothing for a wrong one.
func (o *Outcome) gain(g index.Gates) int {
	switch {
	case !o.Question.Answerable() || o.Under(g) != index.Answer:
		return 0
	case o.Right():
		return 1
	}
	return -wrongCost
}

// answerFrom is the likelihood above which at most the wanted share of unanswerable questions is answered.
func answerFrom(unanswerable []Outcome, g index.Gates, falseAnswers float64) float64 {
	const lowest, digits = 0.001, 1000 // three digits are shown and saved
	g.AnswerFrom = lowest
	var values []float64
	for i := range unanswerable {
		o := &unanswerable[i]
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
