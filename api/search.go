package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"time"

	"jieda/content"
	"jieda/index"
)

// operationsOf implements the generated StrictServerInterface.
type operationsOf struct{ *Server }

var _ StrictServerInterface = operationsOf{}

// defaultSuggestions is how many answers a gateway gets that does not say how many it wants.
const defaultSuggestions = 3

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
	})
	if err != nil {
		return nil, err
	}
	s.metrics.searched("search", found.Decision)
	result := Search200JSONResponse{
		SearchID:   rand.Text(),
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
	highlights := make([][]int, 0, len(h.Highlights))
	for _, pair := range h.Highlights {
		highlights = append(highlights, pair[:])
	}
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
		Highlights: highlights,
		Confidence: h.Confidence,
		Updated:    known(h.Updated),
	}
}

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
		Full:     true,
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
		a, err := s.index.Article(ctx, ref, nil)
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

func counts(in []index.Count) []Count {
	out := make([]Count, 0, len(in))
	for _, c := range in {
		out = append(out, Count{Value: c.Value, Count: c.Count})
	}
	return out
}
