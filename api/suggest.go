package api

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"jieda/content"
	"jieda/index"
)

// defaultSuggestions is how many answers a gateway gets that does not say how many it wants.
const defaultSuggestions = 3

// Suggest implements POST /api/v1/suggest.
func (s operationsOf) Suggest(ctx context.Context, r SuggestRequestObject) (SuggestResponseObject, error) {
	q, err := question(FieldErrorInBody, "message", r.Body.Message)
	if err != nil {
		return nil, err
	}
	limit := given(r.Body.Limit)
	if limit == 0 {
		limit = defaultSuggestions
	}
	filters := given(r.Body.Filters)
	found, err := s.index.Search(ctx, index.Request{
		Query:    q,
		Limit:    max(limit, maxChoices),
		Category: given(filters.Category),
		Kind:     content.Kind(given(filters.Kind)),
		Lang:     given(filters.Lang),
		Tags:     given(filters.Tags),

		Audiences: callerOf(ctx).audiences,
		Full:      true,
	})
	if err != nil {
		return nil, err
	}
	s.metrics.searched("suggest", found.Decision)
	result := Suggest200JSONResponse{
		SearchID: rand.Text(),
		Decision: Decision(found.Decision),
		Reasons: Reasons{
			Why:          found.Reasons.Why,
			Confidence:   found.Reasons.Confidence,
			Coverage:     found.Reasons.Coverage,
			Margin:       found.Reasons.Margin,
			Exact:        found.Reasons.Exact,
			UnknownTerms: list(found.Reasons.Unknown),
		},
		Generation: found.Generation,
		Answers:    []Suggestion{},
	}
	for _, h := range offered(found, limit) {
		related, err := s.related(ctx, h.Related)
		if err != nil {
			return nil, err
		}
		result.Answers = append(result.Answers, Suggestion{
			ArticleID:       h.ArticleID,
			PassageID:       h.PassageID,
			Question:        h.Question,
			MatchedQuestion: h.MatchedQuestion,
			Answer:          AnswerText{Text: h.Text, Markdown: h.Markdown},
			URL:             s.address(h.ArticleID, h.Anchor),
			Confidence:      h.Confidence,
			ValidUntil:      known(h.ValidUntil),
			Related:         related,
		})
	}
	return result, nil
}

// A customer is asked to choose among two to four answers.
const minChoices, maxChoices = 2, 4

// offered are the hits that a caller may put before a customer, given the decision: none when the decision is none;
// two to four that are nearly as good as the best when one must be chosen, whatever the limit; else the first ones.
func offered(found *index.Response, limit int) []index.Hit {
	hits := found.Hits
	switch found.Decision {
	case index.None:
		return nil
	case index.Choose:
		const near = 0.8 // of the best confidence
		hits = hits[:min(len(hits), maxChoices)]
		for i, h := range hits {
			if i >= minChoices && h.Confidence < near*hits[0].Confidence {
				return hits[:i]
			}
		}
		return hits
	}
	return hits[:min(len(hits), limit)]
}

// related turns what an editor wrote under "related", ids or paths, into links. What does not exist is left out; the
// editor finds it among the problems.
func (s *Server) related(ctx context.Context, refs []string) ([]Link, error) {
	links := make([]Link, 0, len(refs))
	for _, ref := range refs {
		a, err := s.index.Article(ctx, ref, callerOf(ctx).audiences)
		if errors.Is(err, index.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		link := Link{ArticleID: a.ID, Title: a.Title, URL: s.address(a.ID, "")}
		if !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links, nil
}
