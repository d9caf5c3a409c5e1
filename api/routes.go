package api

import (
	"compress/gzip"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"jieda/keys"
)

// routes is every route of the program, and what stands before it.
func (s *Server) routes(extractIP echo.IPExtractor) http.Handler {
	e := echo.New()
	e.IPExtractor = extractIP
	e.HTTPErrorHandler = s.fail
	e.Use(
		identify,
		s.observe,
		middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: panicked, DisableErrorHandler: true}),
		s.secure,
		s.sharing(),
		middleware.BodyLimit("64K"),
		middleware.GzipWithConfig(middleware.GzipConfig{Level: gzip.BestSpeed, Skipper: compressedElsewhere, MinLength: 1024}),
		s.recognised,
		s.oldAddress,
	)
	get := func(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
		e.Match([]string{http.MethodGet, http.MethodHead}, path, h, m...)
	}
	json := ServerInterfaceWrapper{Handler: NewStrictHandler(operationsOf{s}, nil)}
	search, suggest, admin := s.needs(keys.Search), s.needs(keys.Suggest), s.needs(keys.Admin)

	// For programs: see openapi.yaml. A request takes its place among those that run (limited) after its body has been
	// read and checked, so that slow senders keep nobody out.
	get("/api/v1/search", s.checked("search", s.limited(json.Search)), search)
	get("/api/v1/complete", s.checked("complete", s.limited(json.Complete)), search)
	e.POST("/api/v1/suggest", s.checked("suggest", s.limited(json.Suggest)), suggest)
	e.POST(difyPath, s.checked("difyRetrieval", s.limited(json.DifyRetrieval)), needsKey, search)
	e.POST(mcpPath, s.serveMCP(s.newMCP()), s.ownName, search)
	get("/api/v1/articles", s.checked("listArticles", s.limited(json.ListArticles)), search)
	get("/api/v1/articles/*", wildcard("id", s.checked("getArticle", s.limited(json.GetArticle))), search)
	get("/api/v1/categories", s.checked("listCategories", s.limited(json.ListCategories)), search)

	// Feedback has places of its own: see keep.
	feedback := s.needs(keys.Search, keys.Suggest)
	e.POST("/api/v1/events", s.checked("sendEvent", json.SendEvent), feedback)
	e.POST("/api/v1/questions", s.checked("sendQuestion", s.sparing(json.SendQuestion)), feedback)
	e.POST("/api/v1/contacts", s.checked("sendContact", json.SendContact), suggest)

	// For the people who run the site.
	get("/api/v1/admin/status", s.checked("getStatus", json.GetStatus), admin)
	e.POST("/api/v1/admin/reindex", s.checked("reindex", json.Reindex), admin)
	get("/api/v1/admin/reindex/events", s.checked("watchStatus", s.watchStatus), admin)
	get("/api/v1/admin/problems", s.checked("listProblems", json.ListProblems), admin)
	get("/api/v1/admin/trail", s.checked("readTrail", s.limited(json.ReadTrail)), admin)
	get("/api/v1/admin/explain", s.checked("explain", s.limited(json.Explain)), admin)

	// For machines that watch this one.
	get("/healthz", s.checked("health", json.Health))
	get("/readyz", s.checked("ready", json.Ready))
	get("/metrics", s.checked("metrics", echo.WrapHandler(s.metrics.handler())))
	get("/openapi.json", s.checked("openapi", s.openapi))

	// For people.
	get("/", s.homePage, search, s.limited)
	get("/search", s.searchPage, search, s.limited)
	get("/articles/*", s.articlePage, search, s.limited)
	get("/print/*", s.printPage, search, s.limited)
	get("/download/*", s.download, search, s.limited)
	get("/files/*", s.file, search)
	e.POST("/feedback", s.feedbackPage, feedback, sameOrigin)
	e.POST("/ask", s.sparing(s.askPage), feedback, sameOrigin)
	get("/assets/*", s.pages.asset)
	get("/favicon.ico", s.pages.favicon)
	get("/widget.js", s.pages.widget)

	// For search engines and browsers.
	get("/robots.txt", s.robots)
	get("/sitemap.xml", s.sitemap, s.limited)
	get("/feed.xml", s.feed, s.limited)
	get("/opensearch.xml", s.openSearch)
	return e
}

// wildcard gives what a "*" route matched to next as a path parameter with a name. Ids of articles hold slashes;
// clients send them as they are or as %2F, and proxies change the one into the other.
func wildcard(name string, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		value := c.Param("*")
		c.SetParamNames(name)
		c.SetParamValues(value)
		return next(c)
	}
}

// compressedElsewhere is true for what must not pass through gzip: streams, which gzip would hold back, images, and assets,
// which were compressed when the program started.
func compressedElsewhere(c echo.Context) bool {
	return c.Path() == "/api/v1/admin/reindex/events" || c.Path() == mcpPath || c.Path() == "/files/*" || c.Path() == "/assets/*" || c.Path() == "/widget.js"
}
