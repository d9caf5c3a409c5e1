package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"

	"jieda/content"
	"jieda/index"
	"jieda/searchlog"
)

// An articlePage shows one article.
type articlePage struct {
	*content.Article
	HTML            template.HTML
	Contents        []content.Heading // empty when there is little to choose from
	Crumbs          []crumb
	RelatedArticles []Link
	Before, After   *index.Info // in the list of its category
	UpdatedOn       string
	Expired, NotYet bool
	Opened          string // the id of the search that led here
}

// IsTraining says that the article is for reading from beginning to end, on paper too.
func (p *articlePage) IsTraining() bool { return p.Kind == content.Training }

// searchParam is where the address of an article says which search led there.
const searchParam = "s"

func (s *Server) articlePage(c echo.Context) error {
	ctx, called := c.Request().Context(), pathParam(c, "*")
	a, err := s.index.Article(ctx, called, callerOf(ctx).audiences)
	if err != nil {
		return err
	}
	if a.ID != called { // a path or an alias: there is one address for an article
		return c.Redirect(http.StatusMovedPermanently, s.newPage(c, "", nil).ArticleLink(a.ID, ""))
	}
	p := s.newPage(c, "", nil)
	main, err := s.read(ctx, a, p.display)
	if err != nil {
		return err
	}
	if main.RelatedArticles, err = s.alsoRead(ctx, a); err != nil {
		return err
	}
	if main.Before, main.After, err = s.index.Neighbours(ctx, a.ID, callerOf(ctx).audiences); err != nil {
		return err
	}
	if id := c.QueryParam(searchParam); isSearchID(id) {
		main.Opened = id
	}
	p.Title, p.Main = p.Shown(a.Title, a.Lang), main
	p.SearchID = cmp.Or(main.Opened, rand.Text()) // who came another way can say whether it helped, too
	if main.Opened != "" {
		s.carry(p, s.trails.Sign(searchlog.Trail{}.Next(searchlog.Step{SearchID: main.Opened}), time.Now()))
	}
	p.Listing = s.listArticle(c, a, p)
	return s.show(c, http.StatusOK, "article", p)
}

// printPage shows an article without anything around it, for paper.
func (s *Server) printPage(c echo.Context) error {
	ctx := c.Request().Context()
	a, err := s.index.Article(ctx, pathParam(c, "*"), callerOf(ctx).audiences)
	if err != nil {
		return err
	}
	p := s.newPage(c, "", nil)
	main, err := s.read(ctx, a, p.display)
	if err != nil {
		return err
	}
	p.Title, p.Main = p.Shown(a.Title, a.Lang), main
	return s.show(c, http.StatusOK, "print", p)
}

// download hands out an article as its editor wrote it, below its title.
func (s *Server) download(c echo.Context) error {
	ctx := c.Request().Context()
	a, err := s.index.Article(ctx, pathParam(c, "*"), callerOf(ctx).audiences)
	if err != nil {
		return err
	}
	markdown := content.ChatMarkdown(a.Body, content.ChatOptions{Link: s.absolute(ctx), Path: a.Path})
	if !strings.HasPrefix(markdown, "# ") {
		markdown = "# " + a.Title + "\n\n" + markdown
	}
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, a.Title)
	c.Response().Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + ".md"}))
	return c.Blob(http.StatusOK, "text/markdown; charset=utf-8", []byte(strings.TrimRight(markdown, "\n")+"\n"))
}

// read renders an article.
func (s *Server) read(ctx context.Context, a *content.Article, display index.Display) (*articlePage, error) {
	html, headings, err := content.Render(a, s.rendering(ctx, display, a.Lang))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &articlePage{
		Article: a, HTML: html, Contents: contents(headings), Crumbs: crumbs(a.Category),
		UpdatedOn: date(a.Updated),
		Expired:   !a.ValidUntil.IsZero() && !now.Before(a.ValidUntil),
		NotYet:    now.Before(a.ValidFrom),
	}, nil
}

// alsoRead are the articles that the editor named as related, and, where those are few, the ones that the title finds.
func (s *Server) alsoRead(ctx context.Context, a *content.Article) ([]Link, error) {
	const enough, near = 4, 0.3
	links, err := s.related(ctx, a.Related)
	if err != nil || len(links) >= enough || a.Hidden {
		return links, err
	}
	found, err := s.index.Search(ctx, index.Request{
		Query: shortened(a.Title), Lang: a.Lang, Audiences: callerOf(ctx).audiences, AsTyped: true, Limit: enough + len(links) + 1,
	})
	if err != nil {
		return nil, err
	}
	for _, h := range found.Hits {
		link := Link{ArticleID: h.ArticleID, Title: h.Title, URL: s.address(h.ArticleID, "")}
		if h.ArticleID != a.ID && !h.Expired && h.Confidence >= near && len(links) < enough && !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links, nil
}

// shortened is as much of a title as can be searched.
func shortened(title string) string {
	r := []rune(title)
	return string(r[:min(len(r), index.MaxQuery)])
}

// isSearchID says whether it could be the id of a search: anybody can write an address.
func isSearchID(id string) bool {
	return len(id) == 26 && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
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

// rendering is how articles become pages.
func (s *Server) rendering(ctx context.Context, display index.Display, lang string) content.RenderOptions {
	opts := content.RenderOptions{Link: s.linker(ctx), Size: s.imageSize, Zoom: true}
	if display != index.AsWritten {
		opts.Text = func(text string) string { return display.Text(text, lang) }
	}
	return opts
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
