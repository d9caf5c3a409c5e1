package api

import (
	"context"
	"crypto/rand"
	"time"

	"jieda/index"
	"jieda/searchlog"
)

// asking is how a question came to us.
type asking struct {
	surface string // search, suggest, page …
	channel string // where the customer writes, if the caller said so
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
		Query:      found.Query,
		Decision:   string(found.Decision),
		Confidence: found.Reasons.Confidence,
		Generation: found.Generation,
		Shown:      make([]searchlog.Shown, 0, len(shown)),
		KeyID:      callerOf(ctx).keyID,
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
