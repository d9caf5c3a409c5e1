package quality

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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
			f, err := FitGates(population(site, c.answerable, c.unanswerable), index.DefaultGates(), Limits{False: c.limit})
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
		answerable, unanswerable, left int
		limits                         Limits
		need                           int // unanswerable, 0 when it is enough
	}{
		{20, 20, 0, Limits{False: 0.05}, 0}, {19, 20, 0, Limits{False: 0.05}, 20}, {20, 19, 0, Limits{False: 0.05}, 20},
		{0, 0, 0, Limits{False: 0.05}, 20}, {50, 98, 0, Limits{False: 0.01}, 99}, {50, 99, 0, Limits{False: 0.01}, 0},
		{50, 18, 0, Limits{False: 0.5}, 20},
		{20, 0, 20, Limits{False: 0.05}, 0}, {20, 0, 19, Limits{False: 0.05}, 20}, {19, 0, 20, Limits{False: 0.05}, 20},
		// Who writes many but too few for the share is told so, not measured by something else.
		{50, 98, 50, Limits{False: 0.01}, 99}, {50, 19, 50, Limits{False: 0.01}, 0},
		{50, 0, 98, Limits{False: 0.05, LeftOut: 0.01}, 20}, {50, 0, 99, Limits{False: 0.05, LeftOut: 0.01}, 0},
		{50, 20, 98, Limits{False: 0.05, LeftOut: 0.01}, 20}, {50, 20, 99, Limits{False: 0.05, LeftOut: 0.01}, 0},
	} {
		_, err := FitGates(withLeftOut(population(1, c.answerable, c.unanswerable), c.left), index.DefaultGates(), c.limits)
		var few *TooFewError
		if errors.As(err, &few) != (c.need > 0) || c.need > 0 &&
			(few.NeedUnanswerable != c.need || few.Unanswerable != c.unanswerable || few.LeftOut != c.left) {
			t.Errorf("%d, %d and %d questions for %+v: %v", c.answerable, c.unanswerable, c.left, c.limits, err)
		}
	}
}

// withLeftOut adds n questions that score as unanswerable ones do.
func withLeftOut(list []Outcome, n int) []Outcome {
	for i, o := range population(77, 0, n) {
		o.Question.Kind, o.Question.ID = LeftOut, fmt.Sprint("left:", i)
		list = append(list, o)
	}
	return list
}

// repeated is n times the same outcome.
func repeated(n int, o Outcome) []Outcome { return slices.Repeat([]Outcome{o}, n) }

func leftOut(score, likelihood float64) Outcome {
	o := asked(score, likelihood, -1)
	o.Question.Kind = LeftOut
	return o
}

// Gates by what was left out, computed by hand. The default gates are .40 and .60.
func TestFitCautiously(t *testing.T) {
	weak := leftOut(0.3, 0.1) // never answered
	for name, c := range map[string]struct {
		answerable, left []Outcome
		limit            float64
		answered         map[float64]bool // whether a good hit of this likelihood is answered
	}{
		// 30 right answers at .45 more than by default: +30, no deviation. Five of 20 at .5 are allowed: ⌊.25·21⌋.
		"opens for many": {slices.Concat(repeated(30, asked(0.8, 0.45, 1)), repeated(30, asked(0.8, 0.9, 1))),
			slices.Concat(repeated(4, leftOut(0.8, 0.5)), repeated(16, weak)), 0, map[float64]bool{0.45: true, 0.9: true}},
		// Six are more than five: nothing at .5 or below may be answered.
		"not above the limit": {slices.Concat(repeated(30, asked(0.8, 0.45, 1)), repeated(30, asked(0.8, 0.9, 1))),
			slices.Concat(repeated(6, leftOut(0.8, 0.5)), repeated(14, weak)), 0, map[float64]bool{0.45: false, 0.9: true}},
		// The default gates answer 12 of 20, so as many may be answered: ⌊13/21·21⌋ = 13 is the place of the first that may not.
		"as many as by default": {slices.Concat(repeated(30, asked(0.8, 0.65, 1)), repeated(30, asked(0.8, 0.45, 1))),
			slices.Concat(repeated(12, leftOut(0.8, 0.7)), repeated(8, leftOut(0.8, 0.5))), 0, map[float64]bool{0.65: true, 0.45: false}},
		// The same with a limit: ⌊.25·21⌋ = 5, all of the twelve are too many.
		"unless there is a limit": {slices.Concat(repeated(30, asked(0.8, 0.65, 1)), repeated(30, asked(0.8, 0.75, 1))),
			slices.Concat(repeated(12, leftOut(0.8, 0.7)), repeated(8, leftOut(0.8, 0.5))), 0.25, map[float64]bool{0.65: false, 0.75: true}},
		// One right answer more among 30: gain 1, √(1 − 1/30) = .983 off it is still more than 0.
		"one is enough": {slices.Concat(repeated(1, asked(0.8, 0.55, 1)), repeated(29, asked(0.8, 0.9, 1))),
			repeated(20, weak), 0, map[float64]bool{0.55: true}},
		// Five right and one wrong: gain 2, √(14 − 4/30) = 3.72 off it is less than 0.
		"no accident": {slices.Concat(repeated(5, asked(0.8, 0.55, 1)), repeated(1, asked(0.8, 0.55, 0)), repeated(24, asked(0.8, 0.9, 1))),
			repeated(20, weak), 0, map[float64]bool{0.55: false, 0.9: true}},
		// Twenty right and one wrong: gain 17, √(29 − 289/30) = 4.4 off it.
		"a clear gain": {slices.Concat(repeated(20, asked(0.8, 0.55, 1)), repeated(1, asked(0.8, 0.55, 0)), repeated(9, asked(0.8, 0.9, 1))),
			repeated(20, weak), 0, map[float64]bool{0.55: true, 0.9: true}},
		// Answers of which one in two is wrong are given up: 10 right and 10 wrong gain −20; not to give them 20, less √(100 − 400/30) = 9.3.
		"closes": {slices.Concat(repeated(10, asked(0.8, 0.65, 1)), repeated(10, asked(0.8, 0.65, 0)), repeated(10, asked(0.8, 0.9, 1))),
			repeated(20, weak), 0, map[float64]bool{0.65: false, 0.9: true}},
	} {
		f, err := FitGates(slices.Concat(c.answerable, c.left), index.DefaultGates(), Limits{False: 0.05, LeftOut: c.limit})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !f.ByLeftOut || f.Present.LeftOut.N != 20 || f.Fitted.LeftOut.N != 20 || f.Present.False.N != 0 {
			t.Errorf("%s: %+v", name, f)
		}
		for likelihood, want := range c.answered {
			o := asked(0.8, likelihood, 1)
			if got := o.Under(f.Gates) == index.Answer; got != want {
				t.Errorf("%s: a hit of likelihood %v is answered: %v (%+v)", name, likelihood, got, f.Gates)
			}
		}
	}
}

// With enough unanswerable questions those asked without their articles are counted, and hold nothing back without a limit.
func TestFitCountsLeftOut(t *testing.T) {
	list := slices.Concat(repeated(30, asked(0.8, 0.45, 1)), repeated(20, asked(0.3, 0.1, -1)))
	left := repeated(20, leftOut(0.8, 0.7))
	alone, err := FitGates(list, index.DefaultGates(), Limits{False: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	both, err := FitGates(slices.Concat(list, left), index.DefaultGates(), Limits{False: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	if both.ByLeftOut || both.Gates != alone.Gates || both.ECE != alone.ECE || both.Logistic != alone.Logistic {
		t.Errorf("%+v, without those left out %+v", both, alone)
	}
	if want := (Share{20, 20}); both.Fitted.LeftOut != want || both.Present.LeftOut != want || both.Fitted.False != (Share{0, 20}) {
		t.Errorf("%+v", both.Fitted)
	}
	held, err := FitGates(slices.Concat(list, left), index.DefaultGates(), Limits{False: 0.05, LeftOut: 0.25})
	if err != nil {
		t.Fatal(err)
	}
	if held.ByLeftOut || held.Gates.AnswerFrom <= 0.7 || held.Fitted.LeftOut.Of != 0 || held.Fitted.Answered.Of != 0 {
		t.Errorf("with a limit %+v: %+v", held.Gates, held.Fitted)
	}
}

// A question and the same asked without its article are in the same fold: gates are never measured on what they were fitted to.
func TestCrossValidationKeepsPairsTogether(t *testing.T) {
	list := population(5, 60, 30)
	for i := range 60 {
		list[i].Question.ID = fmt.Sprint(i)
		left := leftOut(0.5, 0.5)
		left.Question.ID = fmt.Sprint("left:", i)
		list = append(list, left)
	}
	folds, seen := 0, 0
	for part, others := range sorted(list).crossValidation() {
		folds++
		seen += len(part.left)
		if len(part.answerable) != 6 || len(part.unanswerable) != 3 || len(others.answerable) != 54 || len(others.left) != 54 {
			t.Errorf("a fold of %d, %d and %d", len(part.answerable), len(part.unanswerable), len(part.left))
		}
		for _, l := range part.left {
			if !slices.ContainsFunc(part.answerable, func(o Outcome) bool { return "left:"+o.Question.ID == l.Question.ID }) {
				t.Errorf("%s without its question", l.Question.ID)
			}
		}
	}
	if folds != 10 || seen != 60 {
		t.Errorf("%d folds with %d of 60", folds, seen)
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
	f, err := FitGates(list, index.DefaultGates(), Limits{False: 0.05})
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
