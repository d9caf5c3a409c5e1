package api

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jieda/content"
)

// An articlePage shows one article.
type articlePage struct {
	*content.Article
	HTML            template.HTML
	Contents        []content.Heading // empty when there is little to choose from
	Crumbs          []crumb
	RelatedArticles []Link
	UpdatedOn       string
	Expired, NotYet bool
}

func (s *Server) articlePage(c echo.Context) error {
	ctx, called := c.Request().Context(), pathParam(c, "*")
	a, err := s.index.Article(ctx, called, callerOf(ctx).audiences)
	if err != nil {
		return err
	}
	if a.ID != called { // a path or an alias: there is one address for an article
		return c.Redirect(http.StatusMovedPermanently, s.newPage(c, "", nil).ArticleLink(a.ID, ""))
	}
	html, headings, err := content.Render(a, content.RenderOptions{Link: s.linker(ctx)})
	if err != nil {
		return err
	}
	related, err := s.related(ctx, a.Related)
	if err != nil {
		return err
	}
	now := time.Now()
	main := &articlePage{
		Article: a, HTML: html, Contents: contents(headings), Crumbs: crumbs(a.Category), RelatedArticles: related,
		UpdatedOn: date(a.Updated),
		Expired:   !a.ValidUntil.IsZero() && !now.Before(a.ValidUntil),
		NotYet:    now.Before(a.ValidFrom),
	}
	return s.show(c, http.StatusOK, "article", s.newPage(c, a.Title, main))
}

// contents keeps the headings that help to find one's way: two levels, and three entries at least.
func contents(headings []content.Heading) (shown []content.Heading) {
	const atLeast, deepest = 3, 3
	for _, h := range headings {
		if h.Level <= deepest {
			shown = append(shown, h)
		}
	}
	if len(shown) < atLeast {
		return nil
	}
	return shown
}

// linker turns what an editor's relative link leads to into an address of the site: another article, or a file that
// is served. Anything else leads nowhere.
func (s *Server) linker(ctx context.Context) func(string) string {
	return func(target string) string {
		path, anchor, _ := strings.Cut(target, "#")
		if a, err := s.index.Article(ctx, path, callerOf(ctx).audiences); err == nil {
			return articlePath(a.ID, anchor)
		}
		if _, served := fileType(path); served {
			return (&url.URL{Path: "/files/" + path}).String()
		}
		return ""
	}
}

// date is the day for people, empty when it is not known.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02")
}
