package api

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jieda/content"
	"jieda/index"
)

// A listing is what search engines, and programs that preview links, are told about a page. Pages without one are not to
// be listed. Everything here is what the public sees: no key changes it.
type listing struct {
	URL         string // the one address of the page
	Description string
	Type        string // of Open Graph: "website" or "article"
	Image       string // the logo, if there is one
	Data        []any  // of schema.org, each written as JSON-LD
}

// list makes a listing for a page of the site, at a path with or without a query.
func (s *Server) list(c echo.Context, path, kind, description string, data ...any) *listing {
	l := &listing{URL: s.base(c) + path, Type: kind, Description: excerpt(description), Data: data}
	if logo := s.opts.Brand.logoURL(); strings.HasPrefix(logo, "/") {
		l.Image = s.base(c) + logo
	} else {
		l.Image = logo
	}
	return l
}

// base is the address of the site, as configured or else as the browser calls it.
func (s *Server) base(c echo.Context) string {
	if s.opts.PublicURL != "" {
		return s.opts.PublicURL
	}
	scheme := "http"
	if c.Scheme() == "https" {
		scheme = "https"
	}
	return scheme + "://" + c.Request().Host
}

// excerpt is the beginning of a text, on one line.
func excerpt(text string) string {
	const longest = 150
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) <= longest {
		return string(r)
	}
	return string(r[:longest-1]) + "…"
}

// listArticle is nil for an article that is not for everybody, or not now, or that its editor keeps out of searches.
func (s *Server) listArticle(c echo.Context, a *content.Article, p *page) *listing {
	if a.Hidden || !a.Shown(nil) || !a.Valid(time.Now()) {
		return nil
	}
	base := s.base(c)
	description := a.Description
	if description == "" {
		description = a.Passages[0].Text
	}
	steps := []any{step(1, p.Say.Home, base+"/")}
	for _, crumb := range crumbs(a.Category) {
		steps = append(steps, step(len(steps)+1, crumb.Name, base+categoryPath(crumb.Path)))
	}
	steps = append(steps, step(len(steps)+1, a.Title, base+articlePath(a.ID, "")))
	data := []any{schema("BreadcrumbList", "itemListElement", steps)}
	if a.Kind == content.FAQ {
		if questions := questionsOf(a); len(questions) > 0 {
			data = append(data, schema("FAQPage", "mainEntity", questions))
		}
	}
	return s.list(c, articlePath(a.ID, ""), "article", description, data...)
}

func schema(kind, key string, value any) map[string]any {
	return map[string]any{"@context": "https://schema.org", "@type": kind, key: value}
}

func step(position int, name, url string) map[string]any {
	return map[string]any{"@type": "ListItem", "position": position, "name": name, "item": url}
}

// questionsOf are the questions of an article with their answers, for schema.org. One that was cut into several passages
// is put together again.
func questionsOf(a *content.Article) (questions []any) {
	answers := map[string]map[string]any{}
	for _, p := range a.Passages {
		if p.Text == "" {
			continue
		}
		if answer, more := answers[p.Anchor]; more {
			answer["text"] = answer["text"].(string) + "\n" + p.Text
			continue
		}
		answers[p.Anchor] = map[string]any{"@type": "Answer", "text": p.Text}
		questions = append(questions, map[string]any{"@type": "Question", "name": p.Question, "acceptedAnswer": answers[p.Anchor]})
	}
	return questions
}

func categoryPath(category string) string {
	return "/search?" + url.Values{"category": {category}}.Encode()
}

// robots answers GET /robots.txt. Everything may be read but what is for programs.
func (s *Server) robots(c echo.Context) error {
	return c.String(http.StatusOK, "User-agent: *\nDisallow: /api/\nDisallow: /print/\nDisallow: /download/\n\nSitemap: "+s.base(c)+"/sitemap.xml\n")
}

// sitemap answers GET /sitemap.xml: every public article that is valid now, and the categories.
func (s *Server) sitemap(c echo.Context) error {
	type entry struct {
		Loc     string `xml:"loc"`
		LastMod string `xml:"lastmod,omitempty"`
	}
	ctx, base := c.Request().Context(), s.base(c)
	entries := []entry{{Loc: base + "/"}}
	categories, err := s.index.Categories(ctx, nil)
	if err != nil {
		return err
	}
	for _, category := range categories {
		if category.Value != "" {
			entries = append(entries, entry{Loc: base + categoryPath(category.Value)})
		}
	}
	const most, atOnce = 50_000, 1000 // no sitemap may have more
	for offset := 0; len(entries) < most; offset += atOnce {
		infos, total, err := s.index.Articles(ctx, index.ListRequest{Limit: atOnce, Offset: offset})
		if err != nil {
			return err
		}
		for _, a := range infos[:min(len(infos), most-len(entries))] {
			entries = append(entries, entry{Loc: base + articlePath(a.ID, ""), LastMod: date(a.Updated)})
		}
		if offset+atOnce >= total {
			break
		}
	}
	return writeXML(c, "application/xml", struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		Entries []entry  `xml:"url"`
	}{Entries: entries})
}

// feed answers GET /feed.xml: the newest public articles, as Atom (RFC 4287). Those without a date are not in it.
func (s *Server) feed(c echo.Context) error {
	type link struct {
		Rel  string `xml:"rel,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	type entry struct {
		Title     string `xml:"title"`
		ID        string `xml:"id"`
		Link      link   `xml:"link"`
		Published string `xml:"published"`
		Updated   string `xml:"updated"`
		Summary   string `xml:"summary,omitempty"`
	}
	const newest = 50
	infos, _, err := s.index.Articles(c.Request().Context(), index.ListRequest{Newest: true, Limit: newest})
	if err != nil {
		return err
	}
	base, p := s.base(c), s.newPage(c, "", nil)
	var last time.Time
	var entries []entry
	for _, a := range infos {
		if a.Published.IsZero() {
			continue
		}
		updated := a.Updated
		if updated.IsZero() {
			updated = a.Published
		}
		if updated.After(last) {
			last = updated
		}
		at := base + articlePath(a.ID, "")
		entries = append(entries, entry{
			Title: a.Title, ID: at, Link: link{Href: at}, Summary: a.Description,
			Published: a.Published.Format(time.RFC3339), Updated: updated.Format(time.RFC3339),
		})
	}
	c.Response().Header().Add("Vary", "Accept-Language")
	return writeXML(c, "application/atom+xml", struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Title   string   `xml:"title"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Author  string   `xml:"author>name"`
		Links   []link   `xml:"link"`
		Entries []entry  `xml:"entry"`
	}{
		Title: p.Site + " · " + p.Say.Newest, ID: base + "/", Updated: last.Format(time.RFC3339), Author: p.Site,
		Links: []link{{Rel: "self", Href: base + "/feed.xml"}, {Href: base + "/"}}, Entries: entries,
	})
}

// openSearch answers GET /opensearch.xml, with which browsers search from their address bar.
func (s *Server) openSearch(c echo.Context) error {
	type address struct {
		Type     string `xml:"type,attr"`
		Template string `xml:"template,attr"`
	}
	type image struct {
		Type string `xml:"type,attr"`
		URL  string `xml:",chardata"`
	}
	const longestName = 16 // of a ShortName
	base, p := s.base(c), s.newPage(c, "", nil)
	name := []rune(p.Site)
	c.Response().Header().Add("Vary", "Accept-Language")
	return writeXML(c, "application/opensearchdescription+xml", struct {
		XMLName     xml.Name `xml:"http://a9.com/-/spec/opensearch/1.1/ OpenSearchDescription"`
		ShortName   string
		Description string
		Encoding    string `xml:"InputEncoding"`
		Image       image
		URL         address `xml:"Url"`
	}{
		ShortName: string(name[:min(len(name), longestName)]), Description: p.Site + " · " + p.Say.About, Encoding: "UTF-8",
		Image: image{"image/svg+xml", base + "/assets/" + s.pages.names["icon.svg"]},
		URL:   address{"text/html", base + "/search?q={searchTerms}"},
	})
}

// writeXML answers with a document that browsers and robots may keep for a while.
func writeXML(c echo.Context, mime string, document any) error {
	b, err := xml.Marshal(document)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=3600")
	return c.Blob(http.StatusOK, mime+"; charset=utf-8", append([]byte(xml.Header), b...))
}
