package quality

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"jieda/index"
)

// asked makes an outcome of an index with open gates. right < 0: unanswerable.
func asked(score, likelihood float64, right int) Outcome {
	o := Outcome{
		Decision: index.Answer, Why: "clear", Confidence: score, Likelihood: likelihood,
		Rivals: 1, Hits: []string{"a", "b"}, Confidences: []float64{score, 0.1}, Grades: []int{max(right, 0), 0},
	}
	if right >= 0 {
		o.Question.Expected = []Target{{"a", "", 1}}
	} else {
		o.Question.Kind = "none"
	}
	return o
}

// population draws questions whose unanswerable ones score lower, but overlap.
func population(seed uint64, answerable, unanswerable int) []Outcome {
	rng := rand.New(rand.NewPCG(seed, 1))
	var list []Outcome
	for range answerable {
		score := min(0.99, max(0.01, 0.65+0.15*rng.NormFloat64()))
		right := 0
		if rng.Float64() < score+0.2 {
			right = 1
		}
		list = append(list, asked(score, score, right))
	}
	for range unanswerable {
		score := min(0.99, max(0.01, 0.40+0.12*rng.NormFloat64()))
		list = append(list, asked(score, score, -1))
	}
	return list
}

// What the fit promises holds on questions that it has not seen: on average over many sites the share of false answers
// is within the limit, and the cross-validated rate says so too.
func TestFitKeepsItsPromise(t *testing.T) {
	for _, c := range []struct {
		answerable, unanswerable int
		limit                    float64
	}{{60, 40, 0.05}, {200, 200, 0.05}, {200, 200, 0.01}, {100, 100, 0.2}} {
		var unseen, validated, answered float64
		const sites = 40
		for site := range uint64(sites) {
			f, err := FitGates(population(site, c.answerable, c.unanswerable), index.DefaultGates(), c.limit)
			if err != nil {
				// 1 % of 200 can be told; nothing here may refuse.
				t.Fatal(err)
			}
			r := RatesUnder(population(1000+site, 1000, 1000), f.Gates)
			unseen += r.False.Value() / sites
			validated += f.Fitted.False.Value() / sites
			answered += r.Answered.Value() / sites
			for _, v := range []float64{f.Gates.NoneBelow, f.Gates.SuggestFrom, f.Gates.AnswerFrom} {
				if v <= 0 || v > 1 || math.Abs(v*1000-math.Round(v*1000)) > 1e-6 {
					t.Errorf("%+v cannot be written as settings", f.Gates)
				}
			}
			if f.Gates.SuggestFrom > f.Gates.NoneBelow {
				t.Errorf("%+v: links begin above answers", f.Gates)
			}
		}
		// The choice among scores makes it a little worse than promised; see fit.
		if unseen > 1.3*c.limit+0.005 || validated > 1.5*c.limit+0.01 {
			t.Errorf("%d/%d questions, limit %.2f: %.3f false answers on new questions, %.3f by cross-validation",
				c.answerable, c.unanswerable, c.limit, unseen, validated)
		}
		if answered < 0.3 {
			t.Errorf("limit %.2f: only %.2f are answered", c.limit, answered)
		}
	}
}

func TestFitRefuses(t *testing.T) {
	for _, c := range []struct {
		answerable, unanswerable int
		limit                    float64
		need                     int // unanswerable, 0 when it is enough
	}{
		{20, 20, 0.05, 0}, {19, 20, 0.05, 20}, {20, 19, 0.05, 20}, {0, 0, 0.05, 20},
		{50, 98, 0.01, 99}, {50, 99, 0.01, 0}, {50, 18, 0.5, 20},
	} {
		_, err := FitGates(population(1, c.answerable, c.unanswerable), index.DefaultGates(), c.limit)
		var few *TooFewError
		if errors.As(err, &few) != (c.need > 0) || c.need > 0 && (few.NeedUnanswerable != c.need || few.Unanswerable != c.unanswerable) {
			t.Errorf("%d and %d questions for %.2f: %v", c.answerable, c.unanswerable, c.limit, err)
		}
	}
}

// An unanswerable question that is word for word an article's question is answered whatever the gates are: it uses up
// the allowance, and when there are more of them nothing else is answered.
func TestFitCannotHoldBackExactQuestions(t *testing.T) {
	list := population(2, 100, 40)
	for i := range 4 {
		o := asked(1, 0.99, -1)
		o.Why = "exact"
		list[100+i] = o
	}
	f, err := FitGates(list, index.DefaultGates(), 0.05)
	if err != nil {
		t.Fatal(err)
	}
	if r := RatesUnder(list, f.Gates); f.Gates.AnswerFrom != 1 || r.False.Of != 4 || r.Answered.Of != 0 {
		t.Errorf("%+v leads to %+v", f.Gates, r)
	}
}

func TestUnder(t *testing.T) {
	g := index.Gates{NoneBelow: 0.5, SuggestFrom: 0.3, AnswerFrom: 0.7}
	with := func(o Outcome, d index.Decision, why string) Outcome {
		o.Decision, o.Why = d, why
		return o
	}
	alone := func(o Outcome) Outcome {
		o.Rivals = 0
		return o
	}
	for name, c := range map[string]struct {
		outcome Outcome
		want    index.Decision
	}{
		"likely":           {asked(0.6, 0.7, 1), index.Answer},
		"not so likely":    {asked(0.6, 0.69, 1), index.Choose},
		"nothing else":     {alone(asked(0.6, 0.69, 1)), index.Suggest},
		"at none_below":    {asked(0.5, 0.9, 1), index.Suggest},
		"at suggest_from":  {asked(0.3, 0.9, 1), index.Suggest},
		"weak":             {asked(0.29, 0.9, 1), index.None},
		"exact":            {with(asked(0.1, 0.1, 1), index.Answer, "exact"), index.Answer},
		"unknown code":     {with(asked(0.9, 0.9, 1), index.Suggest, "unknown_code"), index.Suggest},
		"a topic":          {with(asked(0.9, 0.9, 1), index.Choose, "close"), index.Choose},
		"a weak topic":     {with(asked(0.2, 0.9, 1), index.Choose, "close"), index.None},
		"nothing to go by": {with(asked(0.9, 0.9, 1), index.None, "weak"), index.None},
		"nothing found":    {Outcome{Decision: index.None, Why: "nothing"}, index.None},
	} {
		if got := c.outcome.Under(g); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
