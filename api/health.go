package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"jieda/index"
)

// Health implements GET /healthz: the process answers, and so does the index when one is open. An index that is not
// open yet is no reason to kill the process that is building it.
func (s operationsOf) Health(ctx context.Context, _ HealthRequestObject) (HealthResponseObject, error) {
	if s.index.Generation() != "" {
		ctx, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		if _, err := s.index.Search(ctx, index.Request{Query: "帮助", Limit: 1}); err != nil {
			return nil, &refusal{status: http.StatusServiceUnavailable, code: ProblemCodeInternal,
				cause: fmt.Errorf("health: search: %w", err)}
		}
	}
	return Health200JSONResponse(s.health()), nil
}

// Ready implements GET /readyz.
func (s operationsOf) Ready(context.Context, ReadyRequestObject) (ReadyResponseObject, error) {
	if s.isDraining() {
		return nil, &refusal{status: http.StatusServiceUnavailable, code: ProblemCodeDraining}
	}
	if s.index.Generation() == "" {
		return nil, &refusal{status: http.StatusServiceUnavailable, code: ProblemCodeNotReady, retry: 5 * time.Second}
	}
	return Ready200JSONResponse(s.health()), nil
}

func (s *Server) health() Health {
	return Health{Status: HealthStatusOk, Version: s.opts.Version, Generation: s.index.Generation()}
}

// openapi implements GET /openapi.json.
func (s *Server) openapi(c echo.Context) error {
	c.Response().Header().Set("Access-Control-Allow-Origin", "*") // so that documentation viewers can read it
	return c.JSONBlob(http.StatusOK, s.docJSON)
}
