package api

import (
	"context"

	"jieda/index"
)

// Complete implements GET /api/v1/complete.
func (s operationsOf) Complete(ctx context.Context, r CompleteRequestObject) (CompleteResponseObject, error) {
	q, err := question(FieldErrorInQuery, "q", r.Params.Q)
	if err != nil {
		return nil, err
	}
	found, err := s.index.Complete(ctx, index.CompletionRequest{
		Typed:     q,
		Limit:     given(r.Params.Limit),
		Audiences: callerOf(ctx).audiences,
	})
	if err != nil {
		return nil, err
	}
	result := Complete200JSONResponse{Query: q, Completions: make([]Completion, 0, len(found))}
	for _, c := range found {
		result.Completions = append(result.Completions, Completion{
			Question:        c.Question,
			MatchedQuestion: c.MatchedQuestion,
			Highlights:      pairs(c.Highlights),
			ArticleID:       c.ArticleID,
			PassageID:       c.PassageID,
			Kind:            Kind(c.Kind),
			Title:           c.Title,
			Category:        c.Category,
			Lang:            c.Lang,
			URL:             s.address(c.ArticleID, c.Anchor),
		})
	}
	return result, nil
}
