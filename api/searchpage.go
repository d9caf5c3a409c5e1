package api

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jieda/content"
	"jieda/index"
)

// trailParam is where our script puts the visitor's trail, so that a search continues it. The script takes it out of the
// address again, so that nobody passes it on by sharing the page.
const trailParam = "t"

// pageLength is how many hits stand on one page of results.
const pageLength = 10

// A searchPage shows what was found, arranged by the decision, or the articles of a category.
type searchPage struct {
	Category string
	Crumbs   []crumb
	Decision index.Decision // empty when a category is browsed
	Rescued  *index.Rescue
	Answer   *answerCard
	Choices  []index.Hit
	Results  []result
	Topics   []index.Count // to narrow the result
	Browse   []topic       // where to go on when nothing was found
	AsTyped  string        // "false" as the value of "rescue" when nothing but what was typed is searched
	Total    int

	Number, Pages               int  // of this page, and how many there are
	Previous, Next              int  // offsets
	HasPrevious, HasNext, Alone bool // Alone: nothing stands above the results
}

// A crumb is one step of a category's path.
type crumb struct{ Name, Path string }

// An answerCard is the answer itself.
type answerCard struct {
	index.Hit
	HTML      template.HTML
	UpdatedOn string
}

// A result is one article in a list.
type result struct {
	ID, Anchor, Title, Question, Category, Lang, Updated string
	Snippet                                              []span
	Expired                                              bool // what it says may not apply any more
}

// A span is a piece of a snippet; Mark says that it is what was asked for.
type span struct {
	Text string
	Mark bool
}

func (s *Server) searchPage(c echo.Context) error {
	category := strings.Trim(c.QueryParam("category"), "/")
	offset, err := strconv.Atoi(c.QueryParam("offset"))
	if err != nil {
		offset = 0 // a broken link is no reason to show nothing
	}
	const lastListed, lastFound = 1_000_000, 1000 // as in openapi.yaml
	offset = min(max(offset, 0), lastListed) / pageLength * pageLength
	if strings.TrimSpace(c.QueryParam("q")) == "" {
		if category == "" && !c.QueryParams().Has("category") {
			return c.Redirect(http.StatusFound, s.newPage(c, "", nil).Link("/"))
		}
		return s.browse(c, category, offset)
	}
	offset = min(offset, lastFound)
	q, err := question(FieldErrorInQuery, "q", c.QueryParam("q"))
	if err != nil {
		return err
	}
	ctx, start := c.Request().Context(), time.Now()
	asTyped := c.QueryParam("rescue") == "false"
	found, err := s.index.Search(ctx, index.Request{
		Query: q, Category: category, Audiences: callerOf(ctx).audiences, Offset: offset, Limit: pageLength, AsTyped: asTyped,
	})
	if err != nil {
		return err
	}
	main := &searchPage{
		Category: category, Crumbs: crumbs(category), Decision: found.Decision, Rescued: found.Rescued,
		Topics: filters(found.Categories, category), Total: found.Total,
	}
	if asTyped {
		main.AsTyped = "false"
	}
	hits := found.Hits
	if found.Decision == index.None {
		hits = nearest(hits)
		main.Total = len(hits)
		categories, err := s.index.Categories(ctx, callerOf(ctx).audiences)
		if err != nil {
			return err
		}
		main.Browse = topics(categories)
	}
	p := s.newPage(c, "", main)
	if len(hits) == 0 && main.Total > 0 {
		return toLastPage(c, main.Total)
	}
	p.Title, p.Query, p.isResults = p.Say.ResultsFor(q), q, true
	if offset == 0 { // who turns the pages does not ask again
		var trail string
		p.SearchID, trail = s.askedBy(ctx, c.QueryParam(trailParam), asking{surface: "page", start: start}, found, hits)
		s.carry(p, trail)
		switch found.Decision {
		case index.Answer:
			if main.Answer, err = s.answer(ctx, hits[0], p.display); err != nil {
				return err
			}
			hits = hits[1:]
		case index.Choose:
			main.Choices = found.Offered(pageLength)
			hits = hits[len(main.Choices):]
		}
	}
	for _, h := range hits {
		main.Results = append(main.Results, resultOf(h))
	}
	if found.Decision != index.None { // else anybody could have any text listed as a page of this site
		p.Listing = s.list(c, "/search?"+url.Values{"q": {q}}.Encode(), "website", p.Title+" · "+questionsOn(found.Hits))
	}
	main.Alone = main.Answer == nil && main.Choices == nil && found.Decision != index.None
	main.paginate(offset)
	return s.show(c, http.StatusOK, "search", p)
}

// nearest are the hits, best first, that may be shown as related when there is no answer: few, as more would look like
// an answer, and none that has hardly anything to do with the question.
func nearest(hits []index.Hit) (shown []index.Hit) {
	const most, least = 3, 0.3
	for _, h := range hits {
		if h.Confidence >= least && len(shown) < most {
			shown = append(shown, h)
		}
	}
	return shown
}

// questionsOn are the questions of the first hits, as the description of their page.
func questionsOn(hits []index.Hit) string {
	var questions []string
	for _, h := range hits {
		questions = append(questions, h.Question)
	}
	return strings.Join(questions, " ")
}

// filters are the categories, most first, to narrow a result with: those at the top, as many as a phone has room for,
// and always the chosen one.
func filters(categories []index.Count, chosen string) (shown []index.Count) {
	const most = 8
	has := false
	for _, c := range categories {
		switch {
		case c.Value == chosen:
			has = true
		case c.Value == "", strings.Contains(c.Value, "/"), len(shown) >= most:
			continue
		}
		shown = append(shown, c)
	}
	if chosen != "" && !has {
		shown = append(shown, index.Count{Value: chosen})
	}
	return shown
}

// browse lists the articles of a category, all of them when it is empty.
func (s *Server) browse(c echo.Context, category string, offset int) error {
	ctx := c.Request().Context()
	infos, total, err := s.index.Articles(ctx, index.ListRequest{
		Category: category, Audiences: callerOf(ctx).audiences, Offset: offset, Limit: pageLength,
	})
	if err != nil {
		return err
	}
	if len(infos) == 0 && total > 0 {
		return toLastPage(c, total)
	}
	main := &searchPage{Category: category, Crumbs: crumbs(category), Total: total, Alone: true}
	for _, a := range infos {
		main.Results = append(main.Results, result{
			ID: a.ID, Title: a.Title, Question: a.Title, Category: a.Category, Lang: a.Lang, Updated: date(a.Updated),
		}.described(a.Description))
	}
	main.paginate(offset)
	p := s.newPage(c, "", main)
	p.Title = cmp.Or(category, p.Say.AllArticles)
	if offset == 0 {
		p.Listing = s.list(c, categoryPath(category), "website", p.Title+" · "+p.Say.About)
	}
	return s.show(c, http.StatusOK, "search", p)
}

// toLastPage sends who asks for a later page on to the last one: results become fewer, links stay.
func toLastPage(c echo.Context, total int) error {
	asked := c.QueryParams()
	asked.Set("offset", strconv.Itoa((total-1)/pageLength*pageLength))
	return c.Redirect(http.StatusFound, "/search?"+asked.Encode())
}

func (m *searchPage) paginate(offset int) {
	m.Number, m.Pages = offset/pageLength+1, max(1, (m.Total+pageLength-1)/pageLength)
	m.Previous, m.Next = offset-pageLength, offset+pageLength
	m.HasPrevious, m.HasNext = offset > 0, offset+pageLength < m.Total
}

// answer renders the passage that answers the question.
func (s *Server) answer(ctx context.Context, h index.Hit, display index.Display) (*answerCard, error) {
	a, err := s.index.Article(ctx, h.ArticleID, callerOf(ctx).audiences)
	if err != nil {
		return nil, err
	}
	passage := content.Article{ID: a.ID, Path: a.Path, Title: h.Question}
	for _, p := range a.Passages {
		if p.ID == h.PassageID {
			passage.Body = p.Markdown
		}
	}
	html, _, err := content.Render(&passage, s.rendering(ctx, display, a.Lang))
	if err != nil {
		return nil, err
	}
	return &answerCard{Hit: h, HTML: html, UpdatedOn: date(h.Updated)}, nil
}

func (r result) described(text string) result {
	if text != "" {
		r.Snippet = []span{{Text: text}}
	}
	return r
}

func resultOf(h index.Hit) result {
	return result{
		ID: h.ArticleID, Anchor: h.Anchor, Title: h.Title, Question: h.Question, Category: h.Category, Lang: h.Lang,
		Snippet: spans(h.Snippet, h.Highlights), Updated: date(h.Updated), Expired: h.Expired,
	}
}

// spans cuts a snippet at its highlights, which are rune offsets, ascending and apart.
func spans(snippet string, highlights [][2]int) (out []span) {
	runes, at := []rune(snippet), 0
	for _, h := range highlights {
		if h[0] > at {
			out = append(out, span{Text: string(runes[at:h[0]])})
		}
		out = append(out, span{Text: string(runes[h[0]:h[1]]), Mark: true})
		at = h[1]
	}
	if at < len(runes) {
		out = append(out, span{Text: string(runes[at:])})
	}
	return out
}

// crumbs are the steps down to a category.
func crumbs(category string) (steps []crumb) {
	if category == "" {
		return nil
	}
	names := strings.Split(category, "/")
	for i, name := range names {
		steps = append(steps, crumb{Name: name, Path: strings.Join(names[:i+1], "/")})
	}
	return steps
}
