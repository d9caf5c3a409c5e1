package api

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"jieda/content"
	"jieda/index"
)

// Suggest implements POST /api/v1/suggest.
func (s operationsOf) Suggest(ctx context.Context, r SuggestRequestObject) (SuggestResponseObject, error) {
	q, err := question(FieldErrorInBody, "message", r.Body.Message)
	if err != nil {
		return nil, err
	}
	limit := cmp.Or(given(r.Body.Limit), index.DefaultOffered)
	filters := given(r.Body.Filters)
	start := time.Now()
	found, err := s.index.Search(ctx, index.Request{
		Query:    q,
		Limit:    max(limit, index.MaxChoices),
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
	answers := found.Offered(limit)
	id, trail := s.askedBy(ctx, given(r.Body.Trail), asking{surface: "suggest", channel: given(r.Body.Channel), start: start}, found, answers)
	result := Suggest200JSONResponse{
		SearchID: id,
		Trail:    trail,
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
	for _, h := range answers {
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
