package quality

import (
	"errors"
	"fmt"
	"testing"

	"jieda/index"
)

// hybridOutcomes are n questions with an answer and n without, as an index with open gates gives them.
func hybridOutcomes(n int, right bool) (outcomes []Outcome) {
	for i := range n {
		grade := 0
		if right {
			grade = 1
		}
		outcomes = append(outcomes,
			Outcome{
				Question: Question{ID: fmt.Sprint("a", i), Expected: []Target{{Article: "x", Grade: 1}}},
				Decision: index.Answer, Why: "clear", Likelihood: 0.9, Closeness: 0.7,
				Hits: []string{"x"}, Confidences: []float64{0.7}, Grades: []int{grade},
			},
			Outcome{
				Question: Question{ID: fmt.Sprint("n", i), Kind: "none"}, Decision: index.Answer, Why: "clear",
				Likelihood: 0.3, Closeness: 0.2, Hits: []string{"x"}, Confidences: []float64{0.2}, Grades: []int{0},
			})
	}
	return outcomes
}

func TestFitHybrid(t *testing.T) {
	f, err := FitHybrid(hybridOutcomes(20, true), 0.05)
	if err != nil {
		t.Fatal(err)
	}
	// Everything between .3 and .9 parts them; .6 is the default for words.
	if f.Gates != (index.HybridGates{SuggestFrom: 0.21, ChooseFrom: 0.21, AnswerFrom: 0.6}) {
		t.Errorf("gates %+v", f.Gates)
	}
	if f.Fitted.Answered != (Share{20, 20}) || f.Fitted.Precision != (Share{20, 20}) || f.Fitted.False != (Share{0, 20}) {
		t.Errorf("rates %+v", f.Fitted)
	}

	// When the first hit is never right, no likelihood is worth an answer.
	f, err = FitHybrid(hybridOutcomes(20, false), 0.05)
	if err != nil || f.Gates.AnswerFrom != 1 || f.Fitted.Answered.Of != 0 {
		t.Errorf("gates %+v, rates %+v, %v", f.Gates, f.Fitted, err)
	}

	var few *TooFewError
	if _, err := FitHybrid(hybridOutcomes(5, true), 0.05); !errors.As(err, &few) {
		t.Errorf("five questions are enough: %v", err)
	}
}
