package quality

import (
	"math"

	"jieda/index"
)

// A Summary is what a run comes to.
type Summary struct {
	Answerable   int `json:"answerable"`
	Unanswerable int `json:"unanswerable"`
	// Means over the answerable questions.
	MRR  float64 `json:"mrr10"`
	R1   float64 `json:"r1"`
	R5   float64 `json:"r5"`
	NDCG float64 `json:"ndcg10"`
	// How the answerable questions were decided; the four add up to them.
	Answered  Share `json:"answered"`
	Choose    Share `json:"choose"`
	Suggested Share `json:"suggest"`
	None      Share `json:"none"`
	// Precision is the share of the answers to answerable questions that are expected.
	Precision Share `json:"answer_precision"`
	// Offered is the share of answerable questions whose answer, or choice, holds something expected.
	Offered Share `json:"offered_ok"`
	// False is the share of unanswerable questions that were answered; Kinds tells them apart, in the order in which
	// they first occur.
	False Share         `json:"false_answers"`
	Kinds []KindSummary `json:"kinds"`
}

// A KindSummary is about one kind of unanswerable questions.
type KindSummary struct {
	Kind  string `json:"kind"`
	False Share  `json:"false_answers"`
	// AUROC says how well confidence alone tells answerable questions from these; nil without answerable ones.
	AUROC *float64 `json:"auroc,omitempty"`
}

// Kind returns the summary of a kind; false when there are no such questions.
func (s *Summary) Kind(kind string) (KindSummary, bool) {
	for _, k := range s.Kinds {
		if k.Kind == kind {
			return k, true
		}
	}
	return KindSummary{}, false
}

// Summarize computes all measures of a run.
func Summarize(outcomes []Outcome) Summary {
	s := Summary{Kinds: []KindSummary{}}
	var positives []float64
	negatives := map[string][]float64{}
	for i := range outcomes {
		o := &outcomes[i]
		if !o.Question.Answerable() {
			s.addUnanswerable(o, negatives)
			continue
		}
		positives = append(positives, o.Confidence)
		s.addAnswerable(o)
	}
	n := float64(max(1, s.Answerable))
	s.MRR, s.R1, s.R5, s.NDCG = s.MRR/n, s.R1/n, s.R5/n, s.NDCG/n
	for _, share := range []*Share{&s.Answered, &s.Choose, &s.Suggested, &s.None, &s.Offered} {
		share.N = s.Answerable
	}
	s.Precision.N = s.Answered.Of
	s.False.N = s.Unanswerable
	for i := range s.Kinds {
		if a := AUROC(positives, negatives[s.Kinds[i].Kind]); !math.IsNaN(a) {
			s.Kinds[i].AUROC = &a
		}
	}
	return s
}

func (s *Summary) addAnswerable(o *Outcome) {
	s.Answerable++
	s.MRR += ReciprocalRank(o.Grades, Depth)
	s.R1 += Recall(o.Grades, 1)
	s.R5 += Recall(o.Grades, 5)
	s.NDCG += NDCG(o.Grades, o.Question.ideal(), Depth)
	switch o.Decision {
	case index.Answer:
		s.Answered.Of++
		if o.Right() {
			s.Precision.Of++
		}
	case index.Choose:
		s.Choose.Of++
	case index.Suggest:
		s.Suggested.Of++
	case index.None:
		s.None.Of++
	}
	if o.Offered && (o.Decision == index.Answer || o.Decision == index.Choose) {
		s.Offered.Of++
	}
}

func (s *Summary) addUnanswerable(o *Outcome, negatives map[string][]float64) {
	s.Unanswerable++
	kind := o.Question.Kind
	if negatives[kind] == nil {
		s.Kinds = append(s.Kinds, KindSummary{Kind: kind})
	}
	negatives[kind] = append(negatives[kind], o.Confidence)
	for i := range s.Kinds {
		if s.Kinds[i].Kind != kind {
			continue
		}
		s.Kinds[i].False.N++
		if o.Decision == index.Answer {
			s.Kinds[i].False.Of++
			s.False.Of++
		}
	}
}
