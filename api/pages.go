package api

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/labstack/echo/v4"

	"jieda/index"
)

//go:embed web
var web embed.FS

// pages are the templates and assets of the pages for people.
type pages struct {
	templates map[string]*template.Template // by file name without ".html"
	assets    map[string]asset              // by hashed name
	names     map[string]string             // "site.css" → its hashed name
}

// An asset is a style sheet, script or icon. Its name holds a hash of its content, so that browsers may keep it for ever.
// Its forms are by content coding: "br", "gzip", and "" as it is.
type asset struct {
	mime, hash string
	forms      map[string][]byte
}

func newPages(brand Brand) (*pages, error) {
	p := &pages{templates: map[string]*template.Template{}, assets: map[string]asset{}, names: map[string]string{}}
	const css, script = "text/css; charset=utf-8", "text/javascript; charset=utf-8"
	for name, mime := range map[string]string{
		"site.css": css, "icon.svg": "image/svg+xml", "search.js": script, "article.js": script, "feedback.js": script, "widget.js": script,
	} {
		body, err := web.ReadFile("web/" + name)
		if err != nil {
			return nil, fmt.Errorf("api: read asset: %w", err)
		}
		switch name {
		case "site.css":
			body = append([]byte(brand.css()), body...)
		case "icon.svg":
			body = bytes.ReplaceAll(body, []byte(defaultAccent), []byte(cmp.Or(brand.Accent, defaultAccent)))
		}
		sum := sha256.Sum256(body)
		hash, ext := hex.EncodeToString(sum[:6]), path.Ext(name)
		p.names[name] = strings.TrimSuffix(name, ext) + "." + hash + ext
		if p.assets[p.names[name]], err = newAsset(mime, hash, body); err != nil {
			return nil, fmt.Errorf("api: compress asset %s: %w", name, err)
		}
	}
	for _, name := range []string{"home", "search", "article", "print", "thanks", "error"} {
		t, err := template.New("layout.html").
			Funcs(template.FuncMap{"asset": func(name string) string { return "/assets/" + p.names[name] }}).
			ParseFS(web, "web/layout.html", "web/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("api: parse page %s: %w", name, err)
		}
		p.templates[name] = t
	}
	return p, nil
}

// asset answers GET /assets/*.
func (p *pages) asset(c echo.Context) error {
	return p.serve(c, c.Param("*"), "public, max-age=31536000, immutable")
}

func (p *pages) serve(c echo.Context, name, cacheControl string) error {
	a, ok := p.assets[name]
	if !ok {
		return &refusal{status: http.StatusNotFound, code: ProblemCodeNotFound}
	}
	h := c.Response().Header()
	h.Set("Cache-Control", cacheControl)
	h.Set("Vary", echo.HeaderAcceptEncoding)
	coding := codingFor(c.Request())
	etag := `"` + a.hash + coding + `"`
	h.Set("ETag", etag)
	if sent := c.Request().Header.Get("If-None-Match"); strings.Contains(sent, etag) {
		return c.NoContent(http.StatusNotModified)
	}
	if coding != "" {
		h.Set(echo.HeaderContentEncoding, coding)
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(a.forms[coding])))
	return c.Blob(http.StatusOK, a.mime, a.forms[coding])
}

// widget answers GET /widget.js, the search on pages of other sites. Its name stays the same, so it is kept for an hour only.
func (p *pages) widget(c echo.Context) error {
	return p.serve(c, p.names["widget.js"], "public, max-age=3600")
}

// newAsset compresses an asset as well as can be: that is done once and saves every visitor some.
func newAsset(mime, hash string, body []byte) (asset, error) {
	var br, gz bytes.Buffer
	b := brotli.NewWriterLevel(&br, brotli.BestCompression)
	g, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return asset{}, err
	}
	for _, w := range []io.WriteCloser{b, g} {
		if _, err := w.Write(body); err != nil {
			return asset{}, err
		}
		if err := w.Close(); err != nil {
			return asset{}, err
		}
	}
	return asset{mime: mime, hash: hash, forms: map[string][]byte{"": body, "br": br.Bytes(), "gzip": gz.Bytes()}}, nil
}

// codingFor is the smallest content coding that a client takes, "" for none.
func codingFor(r *http.Request) string {
	taken := map[string]bool{}
	for _, part := range strings.Split(r.Header.Get(echo.HeaderAcceptEncoding), ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(part, " ", ""), ";q=")
		q, err := strconv.ParseFloat(cmp.Or(weight, "1"), 64)
		taken[strings.ToLower(name)] = err == nil && q > 0
	}
	for _, coding := range []string{"br", "gzip"} {
		if taken[coding] {
			return coding
		}
	}
	return ""
}

// favicon leads to the icon, for browsers that show an image or a file of ours and look where icons always were.
func (p *pages) favicon(c echo.Context) error {
	return c.Redirect(http.StatusFound, "/assets/"+p.names["icon.svg"])
}

// A page is what the layout needs; Main is what the page itself shows.
type page struct {
	Lang    language
	Say     words
	Site    string
	Logo    string // where it is loaded from
	Footer  string
	Title   string // of the page, without the site's name
	Query   string // in the search box
	Contact *pageContact
	Main    any
	// SearchID is that of the search to which feedback on this page belongs; empty where there is none.
	SearchID   string
	Trail      string // of the visitor, up to this page; a token
	ChatScript *chatScript
	Listing    *listing // nil for a page that search engines leave out
	// TakesQuestions says that customers can leave a question for the editors.
	TakesQuestions bool

	request   *url.URL
	display   index.Display // the characters in which articles are shown; links keep it
	chosen    string        // the language in the address, if any; links keep it
	isResults bool          // links to articles say from which search they come
}

// A pageContact is the way to a human.
type pageContact struct {
	URL, Text string
	Pattern   string // the URL with "{trail}" still in it, if it takes a trail
}

// A chatScript is the web chat of another service, loaded on every page.
type chatScript struct {
	URL   string
	Trail string // for the human who takes over; empty where nothing was searched
}

// newPage begins a page in the language of the address or form, "?lang=en", or else of the browser.
func (s *Server) newPage(c echo.Context, title string, main any) *page {
	r := c.Request()
	p := &page{Title: title, Main: main, request: r.URL, chosen: r.FormValue("lang")}
	p.Lang = pageLanguage(r)
	if r.Method == http.MethodPost { // its page is not to be had again: links to it in other languages lead home
		p.request = &url.URL{Path: "/"}
	}
	if p.chosen != "" {
		p.chosen = string(p.Lang)
	}
	if d := index.Display(r.URL.Query().Get(displayParam)); d == index.Hans || d == index.Hant {
		p.display = d
	}
	p.Say = wordsIn(p.Lang)
	p.Site = cmp.Or(s.opts.SiteName, p.Say.HelpCenter)
	p.Logo = s.opts.Brand.logoURL()
	p.TakesQuestions = !s.recorder.Off()
	p.Contact = s.contact(p.Lang, "") // nothing has been searched yet
	brand := s.opts.Brand
	switch p.Lang {
	case english:
		p.Footer = cmp.Or(brand.FooterEN, brand.FooterZH)
	case traditional:
		p.Footer = index.Hant.Text(cmp.Or(brand.FooterZH, brand.FooterEN), "")
	default:
		p.Footer = cmp.Or(brand.FooterZH, brand.FooterEN)
	}
	if s.opts.Contact.Script != "" {
		p.ChatScript = &chatScript{URL: s.opts.Contact.Script}
	}
	return p
}

// contact is the way to a human in a language, to whom the trail goes if the operator wants it; nil when none is
// configured.
func (s *Server) contact(l language, trail string) *pageContact {
	contact := s.opts.Contact
	text := contact.TextZH
	switch l {
	case english:
		text = contact.TextEN
	case traditional:
		text = index.Hant.Text(text, "")
	}
	switch {
	case contact.URL != "":
		c := &pageContact{URL: strings.ReplaceAll(contact.URL, trailMark, trail), Text: cmp.Or(text, wordsIn(l).ContactUs)}
		if c.URL != contact.URL {
			c.Pattern = contact.URL
		}
		return c
	case contact.TextZH != "" || contact.TextEN != "": // a telephone number perhaps: better in another language than not
		return &pageContact{Text: cmp.Or(text, contact.TextZH, contact.TextEN)}
	}
	return nil
}

// trailMark stands in the configured contact URL where the visitor's trail is to be.
const trailMark = "{trail}"

// carry passes a trail on to the human whom this page leads to.
func (s *Server) carry(p *page, trail string) {
	p.Trail, p.Contact = trail, s.contact(p.Lang, trail)
	if p.ChatScript != nil {
		p.ChatScript.Trail = trail
	}
}

func pageLanguage(r *http.Request) language {
	return languageOf(cmp.Or(r.FormValue("lang"), r.Header.Get("Accept-Language")))
}

// Link is an address of the site that keeps the chosen language. Pairs are names and values of its query; those
// without a value are left out.
func (p *page) Link(path string, pairs ...any) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := fmt.Sprint(pairs[i+1]); v != "" && v != "0" {
			q.Set(fmt.Sprint(pairs[i]), v)
		}
	}
	p.keep(q)
	return (&url.URL{Path: path, RawQuery: q.Encode()}).String()
}

// keep puts into a query what the visitor chose.
func (p *page) keep(q url.Values) {
	if p.chosen != "" {
		q.Set("lang", p.chosen)
	}
	if p.display != index.AsWritten {
		q.Set(displayParam, string(p.display))
	}
}

// displayParam is where an address says in which characters articles are shown.
const displayParam = "display"

// Shown is a text of an article in the characters that the visitor wants; lang is the article's, empty when unknown.
func (p *page) Shown(text, lang string) string { return p.display.Text(text, lang) }

// ShownLang is the language of what Shown returns.
func (p *page) ShownLang(lang string) string { return p.display.Lang(lang) }

// Display is the choice of characters in the address, for the search form to keep.
func (p *page) Display() string { return string(p.display) }

// Displays are links to this page in every kind of characters, the present one among them.
func (p *page) Displays() []displayLink {
	links := []displayLink{
		{index.AsWritten, p.Say.AsWritten, "", false}, {index.Hans, "简体", "", false}, {index.Hant, "繁體", "", false},
	}
	for i := range links {
		l := &links[i]
		q := p.request.Query()
		q.Del(displayParam)
		if l.display != index.AsWritten {
			q.Set(displayParam, string(l.display))
		}
		l.URL, l.Present = (&url.URL{Path: p.request.Path, RawQuery: q.Encode()}).String(), l.display == p.display
	}
	return links
}

type displayLink struct {
	display    index.Display
	Label, URL string
	Present    bool
}

// ArticleLink is the address of an article, or of a place in it. From a page of results it says which search led there.
func (p *page) ArticleLink(id, anchor string) string {
	u := url.URL{Path: "/articles/" + id, Fragment: anchor}
	q := url.Values{}
	p.keep(q)
	if p.isResults && p.SearchID != "" {
		q.Set(searchParam, p.SearchID)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// PathLink is the address of an article in another form, below a path such as "/print/".
func (p *page) PathLink(below, id string) string { return p.Link(below + id) }

// IsHome is true for the home page, which has the site's name and the search box in its middle and not at the top.
func (p *page) IsHome() bool { _, is := p.Main.(homePage); return is }

// IsResults is true for a page of results, whose trail is the visitor's newest.
func (p *page) IsResults() bool { return p.isResults }

// Chosen is the language in the address, for the search form to keep.
func (p *page) Chosen() string { return p.chosen }

// Languages are links to this page in every language, the present one among them.
func (p *page) Languages() []pageLanguageLink {
	links := []pageLanguageLink{
		{simplified, "简", "简体中文", ""}, {traditional, "繁", "繁體中文", ""}, {english, "EN", "English", ""},
	}
	for i := range links {
		q := p.request.Query()
		q.Set("lang", string(links[i].Lang))
		links[i].URL = (&url.URL{Path: p.request.Path, RawQuery: q.Encode()}).String()
	}
	return links
}

type pageLanguageLink struct {
	Lang              language
	Short, Label, URL string
}

// show writes a page. It is made as a whole first, so that a failure is not half a page.
func (s *Server) show(c echo.Context, status int, name string, p *page) error {
	var b bytes.Buffer
	if err := s.pages.templates[name].Execute(&b, p); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	h := c.Response().Header()
	h.Add("Vary", "Accept-Language")
	if status == http.StatusOK {
		h.Set("Cache-Control", "no-cache")
		if p.SearchID == "" { // else every answer is another one
			sum := sha256.Sum256(b.Bytes())
			etag := `W/"` + hex.EncodeToString(sum[:8]) + `"`
			h.Set("ETag", etag)
			if strings.Contains(c.Request().Header.Get("If-None-Match"), etag) {
				return c.NoContent(http.StatusNotModified)
			}
		}
	}
	return c.HTMLBlob(status, b.Bytes())
}

// wantsPage says whether an error is shown to a person: to a browser, on anything but the addresses for programs.
func wantsPage(r *http.Request) bool {
	return forPeople(r.URL.Path) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// forPeople says whether an address is one of a page, or of what belongs to pages, and not one for programs.
func forPeople(path string) bool {
	for _, programs := range []string{"/api/", "/dify/", "/mcp"} {
		if strings.HasPrefix(path, programs) {
			return false
		}
	}
	return true
}

// An errorPage says what went wrong, with the search box for another try.
type errorPage struct {
	Detail    string
	RequestID string
	Retry     bool // trying again may help
}

func (s *Server) failPage(r *refusal, c echo.Context) error {
	l := pageLanguage(c.Request())
	title, detail := problemText(r.code, l)
	for _, f := range r.fields {
		detail = f.message(l)
	}
	p := s.newPage(c, title, errorPage{Detail: detail, RequestID: requestID(c), Retry: r.retry > 0})
	if q := []rune(strings.ToValidUTF8(c.QueryParam("q"), "")); len(q) <= index.MaxQuery {
		p.Query = string(q)
	}
	return s.show(c, r.status, "error", p)
}

// oldAddress sends visitors of an address that no route knows on to the article that had it once, as its editor
// wrote under "aliases", with or without slashes around it.
func (s *Server) oldAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		r := c.Request()
		if err != echo.ErrNotFound || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
			return err
		}
		bare := strings.Trim(r.URL.Path, "/")
		for _, called := range []string{"/" + bare, bare, "/" + bare + "/", bare + "/"} {
			if a, lookupErr := s.index.Article(r.Context(), called, callerOf(r.Context()).audiences); lookupErr == nil {
				return c.Redirect(http.StatusMovedPermanently, s.newPage(c, "", nil).ArticleLink(a.ID, ""))
			}
		}
		return err
	}
}
