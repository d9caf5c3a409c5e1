package api

import (
	"compress/gzip"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
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
		secure,
		middleware.BodyLimit("64K"),
		middleware.GzipWithConfig(middleware.GzipConfig{Level: gzip.BestSpeed, Skipper: compressedElsewhere, MinLength: 1024}),
		s.oldAddress,
	)
	get := func(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
		e.Match([]string{http.MethodGet, http.MethodHead}, path, h, m...)
	}
	json := ServerInterfaceWrapper{Handler: NewStrictHandler(operationsOf{s}, nil)}

	// For programs: see openapi.yaml.
	get("/api/v1/search", s.checked("search", json.Search), s.limited)
	e.POST("/api/v1/suggest", s.checked("suggest", json.Suggest), s.limited)
	get("/api/v1/articles", s.checked("listArticles", json.ListArticles), s.limited)
	get("/api/v1/articles/*", wildcard("id", s.checked("getArticle", json.GetArticle)), s.limited)
	get("/api/v1/categories", s.checked("listCategories", json.ListCategories), s.limited)

	// For the people who run the site.
	get("/api/v1/admin/status", s.checked("getStatus", json.GetStatus), s.admin)
	e.POST("/api/v1/admin/reindex", s.checked("reindex", json.Reindex), s.admin)
	get("/api/v1/admin/reindex/events", s.checked("watchStatus", s.watchStatus), s.admin)
	get("/api/v1/admin/problems", s.checked("listProblems", json.ListProblems), s.admin)
	get("/api/v1/admin/explain", s.checked("explain", json.Explain), s.admin, s.limited)

	// For machines that watch this one.
	get("/healthz", s.checked("health", json.Health))
	get("/readyz", s.checked("ready", json.Ready))
	get("/metrics", s.checked("metrics", echo.WrapHandler(s.metrics.handler())))
	get("/openapi.json", s.checked("openapi", s.openapi))

	// For people.
	get("/", s.homePage, s.limited)
	get("/search", s.searchPage, s.limited)
	get("/articles/*", s.articlePage, s.limited)
	get("/files/*", s.file)
	get("/assets/*", s.pages.asset)
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

// compressedElsewhere is true for what must not pass through gzip: a stream, which gzip would hold back, and images.
func compressedElsewhere(c echo.Context) bool {
	return c.Path() == "/api/v1/admin/reindex/events" || c.Path() == "/files/*"
}
