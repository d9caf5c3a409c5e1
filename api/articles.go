package api

import (
	"context"

	"jieda/content"
	"jieda/index"
)

// ListArticles implements GET /api/v1/articles.
func (s operationsOf) ListArticles(ctx context.Context, r ListArticlesRequestObject) (ListArticlesResponseObject, error) {
	infos, total, err := s.index.Articles(ctx, index.ListRequest{
		Limit:    given(r.Params.Limit),
		Offset:   given(r.Params.Offset),
		Category: given(r.Params.Category),
		Kind:     content.Kind(given(r.Params.Kind)),
		Lang:     given(r.Params.Lang),

		Audiences: callerOf(ctx).audiences,
	})
	if err != nil {
		return nil, err
	}
	result := ListArticles200JSONResponse{Total: total, Articles: make([]ArticleInfo, 0, len(infos))}
	for _, a := range infos {
		result.Articles = append(result.Articles, ArticleInfo{
			ArticleID:   a.ID,
			Kind:        Kind(a.Kind),
			Title:       a.Title,
			Description: a.Description,
			Category:    a.Category,
			Lang:        a.Lang,
			URL:         s.address(a.ID, ""),
			Updated:     known(a.Updated),
		})
	}
	return result, nil
}

// GetArticle implements GET /api/v1/articles/{id}.
func (s operationsOf) GetArticle(ctx context.Context, r GetArticleRequestObject) (GetArticleResponseObject, error) {
	a, err := s.index.Article(ctx, r.ID, callerOf(ctx).audiences)
	if err != nil {
		return nil, err
	}
	related, err := s.related(ctx, a.Related)
	if err != nil {
		return nil, err
	}
	links := content.ChatOptions{Path: a.Path, Link: s.absolute(ctx), URL: s.address(a.ID, "")}
	result := GetArticle200JSONResponse{
		ArticleID:   a.ID,
		Kind:        Kind(a.Kind),
		Title:       a.Title,
		Description: a.Description,
		Category:    a.Category,
		Lang:        a.Lang,
		Keywords:    list(a.Keywords),
		Tags:        list(a.Tags),
		URL:         s.address(a.ID, ""),
		Updated:     known(a.Updated),
		ValidFrom:   known(a.ValidFrom),
		ValidUntil:  known(a.ValidUntil),
		Markdown:    content.ChatMarkdown(a.Body, links),
		Passages:    make([]Passage, 0, len(a.Passages)),
		Related:     related,
	}
	for _, p := range a.Passages {
		result.Passages = append(result.Passages, Passage{
			PassageID: p.ID,
			Question:  p.Question,
			Headings:  list(p.Headings),
			URL:       s.address(a.ID, p.Anchor),
			Answer:    AnswerText{Text: p.Text, Markdown: content.ChatMarkdown(p.Markdown, links)},
		})
	}
	return result, nil
}

// ListCategories implements GET /api/v1/categories.
func (s operationsOf) ListCategories(ctx context.Context, _ ListCategoriesRequestObject) (ListCategoriesResponseObject, error) {
	categories, err := s.index.Categories(ctx, callerOf(ctx).audiences)
	if err != nil {
		return nil, err
	}
	return ListCategories200JSONResponse{Categories: counts(categories)}, nil
}
