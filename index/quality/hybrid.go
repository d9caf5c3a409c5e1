package quality

import (
	"math"
	"slices"

	"jieda/index"
)

// OpenHybridGates are OpenGates for words and meaning; FitHybrid needs them.
func OpenHybridGates() index.HybridGates {
	const open = math.SmallestNonzeroFloat64
	return index.HybridGates{SuggestFrom: open, ChooseFrom: open, AnswerFrom: open}
}

// A HybridFit is what FitHybrid found.
type HybridFit struct {
	Gates index.HybridGates `json:"-"`
	// Fitted are the rates to expect of them: cross-validated, as those of Fit.
	Fitted Rates `json:"fitted"`
}

// FitHybrid finds the gates of the decision by words and meaning, as FitGates does for words alone, and fails as it
// does without questions of kind LeftOut. Outcomes are those of an index with OpenHybridGates.
func FitHybrid(outcomes []Outcome, falseAnswers float64) (*HybridFit, error) {
	by := sorted(outcomes)
	if err := by.enough(Limits{False: falseAnswers}, false); err != nil {
		return nil, err
	}
	f := &HybridFit{Gates: fitHybrid(by, falseAnswers)}
	for part, others := range by.crossValidation() {
		gates := fitHybrid(others, falseAnswers)
		for o := range part.all() {
			f.Fitted.add(o, index.Gates{AnswerFrom: gates.AnswerFrom})
		}
	}
	return f, nil
}

// fitHybrid takes the likelihood with the highest gain of those that let through no more than the wanted share of
// unanswerable questions; of equal ones that nearest to the default for words. Where no answer is worth its risk it is
// 1, so that none is given by it. The closeness to choose from keeps that share too; links are shown from the closeness
// on that 95 % of the questions with a good first hit reach.
func fitHybrid(by *sorts, falseAnswers float64) index.HybridGates {
	const steps, digits = 20, 100
	best := index.HybridGates{AnswerFrom: 1}
	lowest := answerFrom(by.unanswerable, index.Gates{}, falseAnswers)
	bestGain := gain(by.answerable, index.Gates{AnswerFrom: 1})
	distance := func(from float64) float64 { return math.Abs(from - index.DefaultGates().AnswerFrom) }
	for step := range steps {
		from := max(float64(step)/steps, lowest)
		gained := gain(by.answerable, index.Gates{AnswerFrom: from})
		if gained > bestGain || gained == bestGain && best.AnswerFrom < 1 && distance(from) < distance(best.AnswerFrom) {
			best.AnswerFrom, bestGain = from, gained
		}
	}
	var without, with []float64
	for i := range by.unanswerable {
		without = append(without, by.unanswerable[i].Closeness)
	}
	for i := range by.answerable {
		if o := &by.answerable[i]; o.Right() {
			with = append(with, o.Closeness)
		}
	}
	best.ChooseFrom = min((math.Floor(ThresholdFor(without, falseAnswers)*digits)+1)/digits, 1)
	best.SuggestFrom = best.ChooseFrom
	if len(with) > 0 {
		slices.Sort(with)
		best.SuggestFrom = min(max(math.Floor(with[len(with)/20]*digits)/digits, 1.0/digits), best.ChooseFrom)
	}
	return best
}
