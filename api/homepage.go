package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"jieda/content"
	"jieda/index"
)

// A homePage shows where to begin: topics and common questions, below the search box.
type homePage struct {
	Topics    []topic
	Questions []index.Info
	Newest    []newArticle
}

// A newArticle is one that was published not long ago, with the day.
type newArticle struct {
	index.Info
	On string
}

// A topic is a category at the top, with the categories right below it.
type topic struct {
	Name  string
	Count int
	Below []subtopic
}

type subtopic struct{ Name, Path string }

func (s *Server) homePage(c echo.Context) error {
	ctx := c.Request().Context()
	categories, err := s.index.Categories(ctx, callerOf(ctx).audiences)
	if err != nil {
		return err
	}
	const shown = 6
	who := callerOf(ctx).audiences
	questions, _, err := s.index.Articles(ctx, index.ListRequest{Kind: content.FAQ, Audiences: who, Limit: shown})
	if err != nil {
		return err
	}
	newest, _, err := s.index.Articles(ctx, index.ListRequest{Newest: true, Audiences: who, Limit: shown})
	if err != nil {
		return err
	}
	main := homePage{Topics: topics(categories), Questions: questions}
	for _, a := range newest {
		if !a.Published.IsZero() {
			main.Newest = append(main.Newest, newArticle{a, date(a.Published)})
		}
	}
	p := s.newPage(c, "", main)
	p.Listing = s.list(c, "/", "website", p.Say.About)
	return s.show(c, http.StatusOK, "home", p)
}

// topics arranges categories, which come by path, under those at the top.
func topics(categories []index.Count) (top []topic) {
	const below = 4
	for _, c := range categories {
		name, rest, nested := strings.Cut(c.Value, "/")
		switch {
		case name == "":
		case !nested:
			top = append(top, topic{Name: name, Count: c.Count})
		case len(top) > 0 && top[len(top)-1].Name == name && !strings.Contains(rest, "/") && len(top[len(top)-1].Below) < below:
			t := &top[len(top)-1]
			t.Below = append(t.Below, subtopic{Name: rest, Path: c.Value})
		}
	}
	return top
}
