package api

import (
	"context"
	"net/url"
	"time"

	"jieda/content"
	"jieda/index"
)

// operationsOf implements the generated StrictServerInterface.
type operationsOf struct{ *Server }

var _ StrictServerInterface = operationsOf{}

// Search implements GET /api/v1/search.
func (s operationsOf) Search(ctx context.Context, r SearchRequestObject) (SearchResponseObject, error) {
	q, err := question(FieldErrorInQuery, "q", r.Params.Q)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	found, err := s.index.Search(ctx, index.Request{
		Query:    q,
		Limit:    given(r.Params.Limit),
		Offset:   given(r.Params.Offset),
		Category: given(r.Params.Category),
		Kind:     content.Kind(given(r.Params.Kind)),
		Lang:     given(r.Params.Lang),

		Audiences: callerOf(ctx).audiences,
		AsTyped:   r.Params.Rescue != nil && !*r.Params.Rescue,
	})
	if err != nil {
		return nil, err
	}
	result := Search200JSONResponse{
		SearchID:   s.asked(ctx, asking{surface: "search", start: start}, found, found.Hits),
		Query:      found.Query,
		Decision:   Decision(found.Decision),
		Total:      found.Total,
		TookMs:     float64(time.Since(start).Microseconds()) / 1000,
		Generation: found.Generation,
		Hits:       make([]Hit, 0, len(found.Hits)),
		Facets:     Facets{Category: counts(found.Categories), Kind: counts(found.Kinds)},
	}
	if found.Rescued != nil {
		result.Rescued = &Rescue{Query: found.Rescued.Query, Reason: RescueReason(found.Rescued.Reason)}
	}
	for _, h := range found.Hits {
		result.Hits = append(result.Hits, s.hit(h))
	}
	return result, nil
}

func (s *Server) hit(h index.Hit) Hit {
	return Hit{
		ArticleID:  h.ArticleID,
		PassageID:  h.PassageID,
		Kind:       Kind(h.Kind),
		Title:      h.Title,
		Question:   h.Question,
		Headings:   list(h.Headings),
		Category:   h.Category,
		URL:        s.address(h.ArticleID, h.Anchor),
		Snippet:    h.Snippet,
		Highlights: pairs(h.Highlights),
		Confidence: h.Confidence,
		Updated:    known(h.Updated),
	}
}

// address is where the page of an article is, absolute when the site's own address is known.
func (s *Server) address(id, anchor string) string {
	return s.opts.PublicURL + articlePath(id, anchor)
}

func articlePath(id, anchor string) string {
	return (&url.URL{Path: "/articles/" + id, Fragment: anchor}).String()
}

// given is the value of an optional field, zero when the caller left it out.
func given[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// known is nil, in JSON null, for a time that nobody knows.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// list is s, never null in JSON.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func pairs(in [][2]int) [][]int {
	out := make([][]int, 0, len(in))
	for _, pair := range in {
		out = append(out, pair[:])
	}
	return out
}

func counts(in []index.Count) []Count {
	out := make([]Count, 0, len(in))
	for _, c := range in {
		out = append(out, Count{Value: c.Value, Count: c.Count})
	}
	return out
}
