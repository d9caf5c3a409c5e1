package api

import (
	"context"
	"errors"
	"time"

	"jieda/index"
	"jieda/searchlog"
)

// readTrail reads a token that somebody sends in a field of that name, and refuses one that is not ours or too old.
func (s *Server) readTrail(in FieldErrorIn, field, token string) (searchlog.Trail, error) {
	trail, err := s.trails.Read(token, time.Now())
	switch {
	case errors.Is(err, searchlog.ErrTrailExpired):
		return trail, invalid(fieldFault{in: in, field: field, rule: ruleExpired})
	case err != nil:
		return trail, invalid(fieldFault{in: in, field: field, rule: ruleTrail})
	}
	return trail, nil
}

// ReadTrail implements GET /api/v1/admin/trail.
func (s operationsOf) ReadTrail(ctx context.Context, r ReadTrailRequestObject) (ReadTrailResponseObject, error) {
	trail, err := s.readTrail(FieldErrorInQuery, "token", r.Params.Token)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(trail.Steps))
	for _, step := range trail.Steps {
		ids = append(ids, step.SearchID)
	}
	found, err := s.recorder.Find(ctx, ids...)
	if err != nil {
		return nil, err
	}
	result := ReadTrail200JSONResponse{Session: trail.Session, Steps: make([]TrailStep, 0, len(ids))}
	titles := map[string]string{}
	for _, step := range trail.Steps {
		shown := TrailStep{SearchID: step.SearchID, Decision: Decision(step.Decision)}
		for _, f := range found {
			if f.ID != step.SearchID {
				continue
			}
			if shown.Search, err = s.loggedSearch(ctx, f, titles); err != nil {
				return nil, err
			}
		}
		result.Steps = append(result.Steps, shown)
	}
	return result, nil
}

// loggedSearch is what the log holds about a search. titles remembers those of articles that were looked up before.
func (s *Server) loggedSearch(ctx context.Context, f searchlog.Found, titles map[string]string) (*LoggedSearch, error) {
	out := &LoggedSearch{
		Time: f.Time, Surface: f.Surface, Channel: f.Channel, Query: f.Query,
		Shown: make([]ShownPassage, 0, len(f.Shown)), Events: make([]LoggedEvent, 0, len(f.Events)),
	}
	if f.RescueReason != "" {
		out.Rescued = &Rescue{Query: f.Rescued, Reason: RescueReason(f.RescueReason)}
	}
	for _, shown := range f.Shown {
		if _, known := titles[shown.ArticleID]; !known {
			a, err := s.index.Article(ctx, shown.ArticleID, callerOf(ctx).audiences)
			switch {
			case err == nil:
				titles[shown.ArticleID] = a.Title
			case errors.Is(err, index.ErrNotFound):
				titles[shown.ArticleID] = ""
			default:
				return nil, err
			}
		}
		out.Shown = append(out.Shown, ShownPassage{
			ArticleID: shown.ArticleID, PassageID: shown.PassageID, Title: titles[shown.ArticleID],
		})
	}
	for _, e := range f.Events {
		out.Events = append(out.Events, LoggedEvent{
			Time: e.Time, Type: string(e.Type), ArticleID: e.ArticleID, Reason: e.Reason, Comment: e.Comment,
		})
	}
	return out, nil
}
