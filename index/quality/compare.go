package quality

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"jieda/index"
)

// A Row is one question of a saved run: what is needed to compare another run with it.
type Row struct {
	Set        string         `json:"set,omitempty"` // empty for a site's own tests
	ID         string         `json:"id"`
	Question   string         `json:"question"`
	Kind       string         `json:"kind,omitempty"` // of unanswerable questions
	Decision   index.Decision `json:"decision"`
	Confidence float64        `json:"confidence"`
	Hits       []string       `json:"hits"` // at most three
	// Values of answerable questions.
	RR    float64 `json:"rr10"`
	R1    float64 `json:"r1"`
	R5    float64 `json:"r5"`
	NDCG  float64 `json:"ndcg10"`
	Right bool    `json:"right"` // the first hit is expected
}

// Rows turns the outcomes of a set into what is saved.
func Rows(set string, outcomes []Outcome) []Row {
	rows := make([]Row, len(outcomes))
	for i := range outcomes {
		o := &outcomes[i]
		rows[i] = Row{
			Set: set, ID: o.Question.ID, Question: o.Question.Text, Kind: o.Question.Kind, Decision: o.Decision,
			Confidence: Rounded(o.Confidence), Hits: append([]string{}, o.Hits[:min(3, len(o.Hits))]...),
			RR: ReciprocalRank(o.Grades, Depth), R1: Recall(o.Grades, 1), R5: Recall(o.Grades, 5),
			NDCG: NDCG(o.Grades, o.Question.ideal(), Depth), Right: o.Right(),
		}
	}
	return rows
}

// WriteRows saves a run as JSON lines.
func WriteRows(w io.Writer, rows []Row) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, r := range rows {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// ReadRows reads a saved run.
func ReadRows(r io.Reader) ([]Row, error) {
	var rows []Row
	for d := json.NewDecoder(r); ; {
		var row Row
		err := d.Decode(&row)
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("question %d of the saved run: %w", len(rows)+1, err)
		}
		rows = append(rows, row)
	}
}

// A Comparison is how a run differs from an older one, over the questions that both were asked.
type Comparison struct {
	MRR  Difference `json:"mrr10"`
	R1   Difference `json:"r1"`
	R5   Difference `json:"r5"`
	NDCG Difference `json:"ndcg10"`
	// Answered is over answerable, False over unanswerable questions: the difference of the shares that are answered.
	Answered Difference `json:"answered"`
	False    Difference `json:"false_answers"`
	// Changes are the questions whose decision or first article changed, in the order of the new run.
	Changes []Change `json:"changes"`
}

// A Change is a question that gets something else than before.
type Change struct{ Old, New Row }

// MarshalJSON writes both sides with small names.
func (c Change) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]Row{"old": c.Old, "new": c.New})
}

// String is the change on one line: "choose refund-time → answer how-to-return".
func (c Change) String() string {
	side := func(r Row) string {
		return strings.TrimSpace(string(r.Decision) + " " + r.first())
	}
	return side(c.Old) + " → " + side(c.New)
}

func (r *Row) first() string {
	if len(r.Hits) == 0 {
		return ""
	}
	return r.Hits[0]
}

func (r *Row) answered() float64 {
	if r.Decision == index.Answer {
		return 1
	}
	return 0
}

// Compare pairs the questions of two runs by set and id. A question that only one of them was asked, or that has
// become another one, is left out.
func Compare(old, new []Row) Comparison {
	type key struct{ set, id string }
	before := make(map[key]*Row, len(old))
	for i := range old {
		before[key{old[i].Set, old[i].ID}] = &old[i]
	}
	c := Comparison{Changes: []Change{}}
	var answerable, unanswerable [2][]*Row
	for i := range new {
		now := &new[i]
		was, ok := before[key{now.Set, now.ID}]
		if !ok || was.Question != now.Question || was.Kind != now.Kind {
			continue
		}
		pairs := &answerable
		if now.Kind != "" {
			pairs = &unanswerable
		}
		pairs[0], pairs[1] = append(pairs[0], was), append(pairs[1], now)
		if was.Decision != now.Decision || was.first() != now.first() {
			c.Changes = append(c.Changes, Change{*was, *now})
		}
	}
	difference := func(pairs [2][]*Row, value func(*Row) float64) Difference {
		var values [2][]float64
		for side, rows := range pairs {
			for _, r := range rows {
				values[side] = append(values[side], value(r))
			}
		}
		return Bootstrap(values[0], values[1])
	}
	c.MRR = difference(answerable, func(r *Row) float64 { return r.RR })
	c.R1 = difference(answerable, func(r *Row) float64 { return r.R1 })
	c.R5 = difference(answerable, func(r *Row) float64 { return r.R5 })
	c.NDCG = difference(answerable, func(r *Row) float64 { return r.NDCG })
	c.Answered = difference(answerable, (*Row).answered)
	c.False = difference(unanswerable, (*Row).answered)
	return c
}
