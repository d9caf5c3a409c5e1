package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// harmless ids are written into logs as they came. It stands outside because echo applies middleware anew per request.
var harmless = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// identify gives every request an id, the caller's own when it is short and harmless, for logs and problems.
func identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		if !harmless.MatchString(id) {
			id = rand.Text()
		}
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

func requestID(c echo.Context) string { return c.Response().Header().Get(echo.HeaderXRequestID) }

// observe turns the error of a request into its answer, and writes one line and two metrics about it. What a customer
// asked is in the query, which is logged at debug level only.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		took := time.Since(start)
		r, status := c.Request(), c.Response().Status
		s.metrics.observe(r.Method, cmp.Or(c.Path(), "none"), status, took)

		attrs := []slog.Attr{
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", status),
			slog.Float64("ms", float64(took.Microseconds())/1000),
			slog.Int64("bytes", c.Response().Size),
			slog.String("ip", c.RealIP()),
			slog.String("request_id", requestID(c)),
		}
		level := slog.LevelInfo
		switch {
		case status == http.StatusServiceUnavailable: // we said so ourselves: not ready, too busy, too slow
			level = slog.LevelWarn
			attrs = append(attrs, slog.Any("error", err))
		case status >= 500:
			level = slog.LevelError
			attrs = append(attrs, slog.Any("error", err))
		}
		if s.log.Enabled(r.Context(), slog.LevelDebug) {
			attrs = append(attrs, slog.String("query", r.URL.RawQuery))
		}
		s.log.LogAttrs(r.Context(), level, "request", attrs...)
		return nil
	}
}

// panicked makes a panic an error that carries its stack into the request's log line.
func panicked(_ echo.Context, err error, stack []byte) error {
	return fmt.Errorf("panic: %w\n%s", err, stack)
}

// secure sets the headers that keep a page from running or embedding anything that is not ours, or of the web chat that
// the operator chose. Images may come from elsewhere, because editors link to them.
func (s *Server) secure(next echo.HandlerFunc) echo.HandlerFunc {
	chat, frames := "", ""
	if u, err := url.Parse(s.opts.Contact.Script); err == nil && u.Host != "" {
		chat = " https://" + u.Host
		frames = "frame-src" + chat + "; "
	}
	policy := "default-src 'none'; script-src 'self'" + chat + "; connect-src 'self'" + chat + "; style-src 'self'" + chat + "; " + frames +
		"img-src 'self' https: data:; media-src 'self' https:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		return next(c)
	}
}

// sameOrigin refuses forms that another site has a browser send.
func sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := http.NewCrossOriginProtection().Check(c.Request()); err != nil {
			return &refusal{status: http.StatusForbidden, code: ProblemCodeCrossOrigin, cause: err}
		}
		return next(c)
	}
}

// limited refuses a request at once when too many run already, because waiting customers ask again and make it worse,
// and sets its deadline.
func (s *Server) limited(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		select {
		case s.running <- struct{}{}:
			defer func() { <-s.running }()
		default:
			return &refusal{status: http.StatusServiceUnavailable, code: ProblemCodeOverloaded, retry: 2 * time.Second}
		}
		parent := c.Request().Context()
		ctx, cancel := context.WithTimeout(parent, s.timeout)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		err := next(c)
		c.SetRequest(c.Request().WithContext(parent))
		return err
	}
}

// sharing lets pages of the configured sites call us from a browser (CORS). They send keys in a header if they have any;
// no cookie is ever set or read. A page of another site gets an answer that its browser does not show it.
func (s *Server) sharing() echo.MiddlewareFunc {
	if len(s.opts.CORSOrigins) == 0 {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	const remembered = 10 * time.Minute // what a browser was told about a route
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins: s.opts.CORSOrigins,
		AllowMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowHeaders: []string{
			echo.HeaderAuthorization, echo.HeaderContentType, "Accept-Language", echo.HeaderXRequestID,
			"Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id", "Last-Event-ID",
		},
		ExposeHeaders: []string{
			echo.HeaderXRequestID, echo.HeaderRetryAfter, "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
		},
		MaxAge: int(remembered.Seconds()),
	})
}
