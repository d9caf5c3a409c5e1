package index_test

import (
	"fmt"
	"testing"

	"jieda/index"
)

// TestOffered: what may be put before a customer follows from the decision.
func TestOffered(t *testing.T) {
	hits := func(confidences ...float64) (h []index.Hit) {
		for i, c := range confidences {
			h = append(h, index.Hit{ArticleID: fmt.Sprint(i), Confidence: c})
		}
		return h
	}
	for _, tt := range []struct {
		decision index.Decision
		hits     []index.Hit
		limit    int
		want     int
	}{
		{index.None, hits(0.3, 0.2), 3, 0},
		{index.None, nil, 3, 0},
		{index.Answer, hits(0.9), 3, 1},
		{index.Answer, hits(0.9, 0.5, 0.4, 0.3), 3, 3},
		{index.Answer, hits(0.9, 0.5), 1, 1},
		{index.Suggest, hits(0.5, 0.4, 0.3, 0.2, 0.1), 10, 5},
		{index.Choose, hits(0.7, 0.69, 0.3), 3, 2},
		{index.Choose, hits(0.7, 0.2, 0.1), 3, 2},
		{index.Choose, hits(0.7, 0.69, 0.68, 0.67, 0.66), 3, 4},
		{index.Choose, hits(0.7, 0.69, 0.68), 1, 3},
		{index.Choose, hits(0.7, 0.69, 0.68, 0.67, 0.66, 0.65, 0.64, 0.63, 0.62, 0.1), 10, 4},
		{index.Choose, hits(0.7), 3, 1},
		{index.Suggest, hits(0.5, 0.4, 0.3, 0.2), 0, 3},
	} {
		got := (&index.Response{Decision: tt.decision, Hits: tt.hits}).Offered(tt.limit)
		if len(got) != tt.want {
			t.Errorf("%s of %d hits, limit %d: %d offered, want %d", tt.decision, len(tt.hits), tt.limit, len(got), tt.want)
		}
	}
}
