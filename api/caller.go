package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jieda/keys"
)

// A caller is who sent a request, as far as jieda can know. The zero caller is the public, which needs no key and sees
// what is for everybody.
type caller struct {
	keyID     string   // "" for the public
	audiences []string // besides the public
	scopes    []keys.Scope
	perMinute int // its rate limit, 0 for none
}

// adminKeyID stands for the admin key where a key has an id.
const adminKeyID = "admin"

// callerOf returns who sent the request that ctx belongs to. Whatever leaves the server for a caller is limited to its
// audiences: hand them to every call of package index.
func callerOf(ctx context.Context) caller {
	who, _ := ctx.Value(callerKey{}).(caller)
	return who
}

type callerKey struct{}

func (c caller) isPublic() bool { return c.keyID == "" }

// recognised finds out who sends a request, and refuses those who send too many. A key that cannot be used is refused wherever it is sent, with the remedy:
// whoever sends one would not notice that only public articles come back.
func (s *Server) recognised(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		header := r.Header.Get(echo.HeaderAuthorization)
		if anonymous(c.Path()) {
			return next(c)
		}
		var who caller
		var refused error
		if header != "" {
			who, refused = s.caller(header, forPeople(r.URL.Path))
		}
		if err := s.admit(c, who); err != nil { // before the key's refusal, so that guessing keys is limited too
			return err
		}
		if refused != nil {
			return refused
		}
		if !who.isPublic() {
			c.SetRequest(r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
		}
		return next(c)
	}
}

// caller reads an Authorization header. On pages, Basic is not ours: a proxy that asks for a password passes it on.
func (s *Server) caller(header string, page bool) (caller, error) {
	scheme, key, _ := strings.Cut(header, " ")
	switch {
	case page && strings.EqualFold(scheme, "Basic"):
		return caller{}, nil
	case !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(key) == "":
		return caller{}, &refusal{status: http.StatusUnauthorized, code: ProblemCodeAuthorizationMalformed}
	}
	key = strings.TrimSpace(key)
	// Hashing first makes both sides equally long, so that the time tells nothing, not even the length.
	sent := sha256.Sum256([]byte(key))
	if s.opts.AdminKey != "" && subtle.ConstantTimeCompare(sent[:], s.key[:]) == 1 {
		return caller{keyID: adminKeyID, scopes: keys.Scopes()}, nil
	}
	found, err := s.keys.Find(key, time.Now())
	switch {
	case errors.Is(err, keys.ErrExpired):
		return caller{}, &refusal{status: http.StatusForbidden, code: ProblemCodeKeyExpired}
	case errors.Is(err, keys.ErrRevoked):
		return caller{}, &refusal{status: http.StatusForbidden, code: ProblemCodeKeyRevoked}
	case err != nil:
		return caller{}, &refusal{status: http.StatusForbidden, code: ProblemCodeKeyUnknown}
	}
	return caller{keyID: found.ID, audiences: found.Audiences, scopes: found.Scopes, perMinute: found.PerMinute}, nil
}

// anonymous routes give everybody the same and do not look at keys: what watches the server may send its own.
func anonymous(route string) bool {
	switch route {
	case "/healthz", "/readyz", "/metrics", "/openapi.json", "/assets/*", "/favicon.ico", "/widget.js",
		"/robots.txt", "/sitemap.xml", "/feed.xml", "/opensearch.xml":
		return true
	}
	return false
}

// needs lets a request through to routes of a scope, or of any of several. The public may search and ask for suggestions; a key may do what
// its scopes say and nothing else.
func (s *Server) needs(scopes ...keys.Scope) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			who := callerOf(c.Request().Context())
			if !who.isPublic() {
				for _, has := range who.scopes {
					if slices.Contains(scopes, has) {
						return next(c)
					}
				}
				return &refusal{status: http.StatusForbidden, code: ProblemCodeScopeMissing}
			}
			switch {
			case !slices.Contains(scopes, keys.Admin):
				return next(c)
			case s.opts.AdminKey == "" && !s.keys.Any(keys.Admin, time.Now()):
				return &refusal{status: http.StatusForbidden, code: ProblemCodeAdminDisabled}
			}
			return &refusal{status: http.StatusUnauthorized, code: ProblemCodeUnauthorized}
		}
	}
}
