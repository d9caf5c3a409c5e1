package api

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"jieda/index"
	"jieda/searchlog"
)

// asking is how a question came to us.
type asking struct {
	surface string // search, suggest, page …
	channel string // where the customer writes, if the caller said so
	session string // of the visitor's trail, if there is one
	start   time.Time
}

// asked counts and records a search whose hits shown are put before a customer, and returns the id by which feedback
// refers to it. It costs about a microsecond and never fails: see [searchlog.Recorder].
func (s *Server) asked(ctx context.Context, a asking, found *index.Response, shown []index.Hit) (id string) {
	s.metrics.searched(a.surface, found.Decision)
	id = rand.Text()
	if s.recorder.Off() {
		return id
	}
	search := searchlog.Search{
		ID:         id,
		Time:       a.start,
		Surface:    a.surface,
		Channel:    a.channel,
		Query:      loggable(found),
		Decision:   string(found.Decision),
		Confidence: found.Reasons.Confidence,
		Generation: found.Generation,
		Shown:      make([]searchlog.Shown, 0, len(shown)),
		KeyID:      callerOf(ctx).keyID,
		Session:    a.session,
		Took:       time.Since(a.start),
	}
	if found.Rescued != nil {
		search.Rescued, search.RescueReason = found.Rescued.Query, found.Rescued.Reason
	}
	for _, h := range shown {
		search.Shown = append(search.Shown, searchlog.Shown{ArticleID: h.ArticleID, PassageID: h.PassageID})
	}
	s.recorder.Record(search)
	return id
}

// loggable is what was asked, for the log: of a chat message what was searched of it. The customer's own numbers are
// not kept.
func loggable(found *index.Response) string {
	if found.Reading == nil {
		return found.Query
	}
	if len(found.Reading.Questions) > 0 {
		return found.Reading.Questions[0]
	}
	var texts []string
	for _, a := range found.Reading.SetAside {
		if a.Kind != index.Number && a.Kind != index.Link {
			texts = append(texts, a.Text)
		}
	}
	return strings.Join(texts, " ")
}

// askedBy does what asked does, for a visitor whose searches before are in the trail token, and returns the trail with
// this search. A token that cannot be read begins a new trail: a customer's answer must not fail because of what a
// gateway did to it.
func (s *Server) askedBy(ctx context.Context, token string, a asking, found *index.Response, shown []index.Hit) (id, trail string) {
	way, err := s.trails.Read(token, a.start)
	if err != nil {
		way = searchlog.Trail{Session: rand.Text()}
	}
	a.session = way.Session
	id = s.asked(ctx, a, found, shown)
	return id, s.trails.Sign(way.Next(searchlog.Step{SearchID: id, Decision: string(found.Decision)}), a.start)
}
