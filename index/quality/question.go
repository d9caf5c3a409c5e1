package quality

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"jieda/content"
	"jieda/index"
)

// A Question is one judged question. Without anything expected it is unanswerable: the knowledge base does not hold
// the answer, and the right decision is to say nothing.
type Question struct {
	// ID names it in its set; runs are compared by it. A site's tests have their text for it.
	ID   string
	Text string
	// Expected are the articles, or places in articles, that answer it; one of them is enough.
	Expected []Target
	// Kind sorts unanswerable questions: "far" from another field, "near" from a neighbouring one, "none" in a site's
	// tests.
	Kind string
	// Optional questions count in every measure, but a site is not refused for them.
	Optional bool
	// Place is file and line, "_search/tests/退货.yaml:12"; empty in sets.
	Place string
}

// Answerable says whether something is expected.
func (q *Question) Answerable() bool { return len(q.Expected) > 0 }

// A Target is an article, or one passage of it when Anchor is not empty.
type Target struct {
	Article, Anchor string
	Grade           int // from 1; how good an answer it is, for nDCG
}

func (t Target) String() string {
	if t.Anchor == "" {
		return t.Article
	}
	return t.Article + "#" + t.Anchor
}

// grade is what a hit is worth to the question, 0 when it is not expected.
func (q *Question) grade(h *index.Hit) (grade int) {
	for _, t := range q.Expected {
		if t.Article == h.ArticleID && (t.Anchor == "" || t.Anchor == h.Anchor) {
			grade = max(grade, t.Grade)
		}
	}
	return grade
}

// An Outcome is what came back for a question.
type Outcome struct {
	Question Question
	Decision index.Decision
	Why      string
	// Confidence is the best of the hits', 0 when there are none; Likelihood that of the first being right.
	Confidence, Likelihood float64
	// Rivals are what else was found, see index.Reasons.
	Rivals int
	// Closeness is that of the first hit in meaning, 0 without a semantic layer.
	Closeness float64
	// Hits are the articles, best first, at most Depth; Confidences and Grades are theirs.
	Hits        []string
	Confidences []float64
	Grades      []int
	// Offered says that what the caller may put before the customer holds something expected.
	Offered bool
}

// Right says whether the first hit is expected.
func (o *Outcome) Right() bool { return len(o.Grades) > 0 && o.Grades[0] > 0 }

// Passed says whether a customer was served as the question's author wants: the answer is the expected one, or it is
// among what is offered to choose from or shown as links. For an unanswerable question: it is neither answered nor is
// anything offered to choose from.
func (o *Outcome) Passed() bool {
	if !o.Question.Answerable() {
		return o.Decision == index.None || o.Decision == index.Suggest
	}
	if o.Decision == index.Answer {
		return o.Right()
	}
	return o.Offered
}

// ideal are the grades of the best possible ranking.
func (q *Question) ideal() []int {
	grades := make([]int, len(q.Expected))
	for i, t := range q.Expected {
		grades[i] = t.Grade
	}
	slices.Sort(grades)
	slices.Reverse(grades)
	return grades
}

// Run asks the index every question as a member of the public and returns the outcomes in the same order. now is the moment
// for dates of validity, the present when it is zero.
func Run(ctx context.Context, x *index.Index, questions []Question, now time.Time) ([]Outcome, error) {
	return run(ctx, x, questions, index.Request{Now: now})
}

// RunWords is Run without the semantic layer, if there is one.
func RunWords(ctx context.Context, x *index.Index, questions []Question, now time.Time) ([]Outcome, error) {
	return run(ctx, x, questions, index.Request{Now: now, WordsOnly: true})
}

// run asks every question with what else the request says.
func run(ctx context.Context, x *index.Index, questions []Question, r index.Request) ([]Outcome, error) {
	r.Limit = Depth
	outcomes := make([]Outcome, len(questions))
	for i, q := range questions {
		r.Query = q.Text
		found, err := x.Search(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("asking %q: %w", q.Text, err)
		}
		o := Outcome{Question: q, Decision: found.Decision, Why: found.Reasons.Why,
			Likelihood: found.Reasons.Likelihood, Rivals: found.Reasons.Rivals, Closeness: found.Reasons.Closeness}
		for j := range found.Hits {
			h := &found.Hits[j]
			o.Hits = append(o.Hits, h.ArticleID)
			o.Confidences = append(o.Confidences, h.Confidence)
			o.Grades = append(o.Grades, q.grade(h))
			o.Confidence = max(o.Confidence, h.Confidence)
		}
		for _, h := range found.Offered(0) { // not always the first hits: what is out of date is left out
			o.Offered = o.Offered || q.grade(&h) > 0
		}
		outcomes[i] = o
	}
	return outcomes, nil
}

// Resolve replaces what the authors of questions wrote, an id, a path or an old address, by the article's id, and
// checks that the anchors exist. What does not exist, or is not public, is returned as mistakes.
func Resolve(ctx context.Context, x *index.Index, questions []Question) ([]Mistake, error) {
	var mistakes []Mistake
	for i := range questions {
		q := &questions[i]
		for j := range q.Expected {
			t := &q.Expected[j]
			mistake := Mistake{Place: q.Place, Code: articleMissing, Args: []string{t.Article}}
			a, err := x.Article(ctx, t.Article, nil)
			if errors.Is(err, index.ErrNotFound) {
				mistakes = append(mistakes, mistake)
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("looking up %q: %w", t.Article, err)
			}
			if t.Anchor != "" && !slices.ContainsFunc(a.Passages, func(p content.Passage) bool { return p.Anchor == t.Anchor }) {
				var anchors []string
				for _, p := range a.Passages {
					if p.Anchor != "" {
						anchors = append(anchors, "#"+p.Anchor)
					}
				}
				mistakes = append(mistakes, Mistake{
					Place: q.Place, Code: anchorMissing, Args: []string{t.Article, t.Anchor, strings.Join(anchors, " ")},
				})
			}
			t.Article = a.ID
		}
	}
	return mistakes, nil
}

// Rounded is a confidence as it is shown and compared: two digits, half away from zero. The tiny addend keeps a value
// of x.xx5 from falling to either side on machines that multiply and add in one step.
func Rounded(confidence float64) float64 {
	return math.Floor(100*confidence+0.5+1e-9) / 100
}
