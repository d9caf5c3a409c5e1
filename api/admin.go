package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"jieda/content"
	"jieda/index"
)

// GetStatus implements GET /api/v1/admin/status.
func (s operationsOf) GetStatus(context.Context, GetStatusRequestObject) (GetStatusResponseObject, error) {
	return GetStatus200JSONResponse(s.status(s.keeper.Status())), nil
}

// Reindex implements POST /api/v1/admin/reindex.
func (s operationsOf) Reindex(_ context.Context, r ReindexRequestObject) (ReindexResponseObject, error) {
	before := s.status(s.keeper.Status())
	s.keeper.Trigger("admin", given(r.Params.Force))
	return Reindex202JSONResponse(before), nil
}

func (s *Server) status(st index.Status) Status {
	out := Status{
		State:       StatusState(st.State),
		Version:     s.opts.Version,
		Generation:  st.Generation,
		BuiltAt:     known(st.BuiltAt),
		Articles:    st.Articles,
		Passages:    st.Passages,
		Errors:      st.Errors,
		Warnings:    st.Warnings,
		LastErrorAt: st.LastErrorAt,
	}
	if st.LastError != "" {
		out.LastError = &st.LastError
	}
	if b := st.Build; b != nil {
		out.Build = &Build{Reason: b.Reason, Phase: b.Phase, Done: b.Done, Total: b.Total, Started: b.Started}
	}
	if m := s.index.Semantic(); m != nil {
		out.Semantic = &SemanticStatus{Model: m.Model, Searched: m.Searched, Vectors: m.Vectors, Missing: m.Missing, Refused: m.Refused}
		if failed := cmp.Or(m.Passages.LastError, m.Questions.LastError); failed != "" {
			out.Semantic.LastError = &failed
		}
	}
	return out
}

// watchStatus implements GET /api/v1/admin/reindex/events. It ends when the client goes or the server drains.
func (s *Server) watchStatus(c echo.Context) error {
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	changes := s.keeper.Subscribe(ctx)

	w := c.Response()
	stream := http.NewResponseController(w)
	// The server's WriteTimeout is meant for pages. A writer that has no deadline to lift is as good.
	_ = stream.SetWriteDeadline(time.Time{})
	w.Header().Set(echo.HeaderContentType, "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold the events back
	w.WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}

	const heartbeat = 15 * time.Second
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		if err := stream.Flush(); err != nil {
			return nil // the client has gone
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.draining:
			return nil
		case <-beat.C:
			fmt.Fprint(w, ": still here\n\n")
		case st, open := <-changes:
			if !open {
				return nil
			}
			data, err := json.Marshal(s.status(st))
			if err != nil {
				return fmt.Errorf("write the status as JSON: %w", err)
			}
			fmt.Fprintf(w, "event: status\ndata: %s\n\n", data)
		}
	}
}

// ListProblems implements GET /api/v1/admin/problems.
func (s operationsOf) ListProblems(ctx context.Context, r ListProblemsRequestObject) (ListProblemsResponseObject, error) {
	l := languageOf(given(r.Params.AcceptLanguage))
	problems, err := s.keeper.Problems(ctx)
	if err != nil {
		return nil, err
	}
	result := ListProblems200JSONResponse{Problems: make([]ContentProblem, 0, len(problems))}
	for _, p := range problems {
		result.Problems = append(result.Problems, contentProblem(p, l))
	}
	return result, nil
}

// Explain implements GET /api/v1/admin/explain.
func (s operationsOf) Explain(ctx context.Context, r ExplainRequestObject) (ExplainResponseObject, error) {
	q, err := question(FieldErrorInQuery, "q", r.Params.Q)
	if err != nil {
		return nil, err
	}
	text, err := s.index.Explain(ctx, index.Request{
		Query:    q,
		Limit:    given(r.Params.Limit),
		Category: given(r.Params.Category),
		Kind:     content.Kind(given(r.Params.Kind)),
		Lang:     given(r.Params.Lang),

		Audiences: callerOf(ctx).audiences,
	})
	if err != nil {
		return nil, err
	}
	return Explain200TextResponse(text), nil
}

func contentProblem(p content.Problem, l language) ContentProblem {
	return ContentProblem{
		Path:     p.Path,
		Line:     p.Line,
		Severity: ContentProblemSeverity(p.Severity()),
		Code:     string(p.Code),
		Message:  p.Message(string(l)),
	}
}
