package index

import "slices"

// DefaultOffered is how many answers are offered to a caller who does not say how many it wants.
const DefaultOffered = 3

// A customer is asked to choose among two to four answers; the third and fourth are nearly as good as the best.
const (
	minChoices, MaxChoices = 2, 4
	choiceShare            = 0.8 // of the best confidence
)

// Offered are the hits that a caller may put before a customer, given the decision: none when the decision is None; two
// to four when one must be chosen, whatever the limit; else the first ones, at most limit, DefaultOffered when 0. They
// are the first of Hits that have not expired; Hits must begin with the best (Offset 0) and hold MaxChoices if there are
// so many.
func (r *Response) Offered(limit int) []Hit {
	if limit <= 0 {
		limit = DefaultOffered
	}
	hits := r.Hits
	if slices.ContainsFunc(hits, func(h Hit) bool { return h.Expired }) {
		hits = slices.DeleteFunc(slices.Clone(hits), func(h Hit) bool { return h.Expired })
	}
	switch r.Decision {
	case None:
		return nil
	case Choose:
		hits = hits[:min(len(hits), MaxChoices)]
		for i, h := range hits {
			if i >= minChoices && h.Confidence < choiceShare*hits[0].Confidence {
				return hits[:i]
			}
		}
		return hits
	}
	return hits[:min(len(hits), limit)]
}
