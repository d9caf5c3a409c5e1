package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"jieda/searchlog"
)

// SendEvent implements POST /api/v1/events.
func (s operationsOf) SendEvent(ctx context.Context, r SendEventRequestObject) (SendEventResponseObject, error) {
	return SendEvent204Response{}, s.takeEvent(ctx, *r.Body)
}

// SendQuestion implements POST /api/v1/questions.
func (s operationsOf) SendQuestion(ctx context.Context, r SendQuestionRequestObject) (SendQuestionResponseObject, error) {
	return SendQuestion204Response{}, s.takeQuestion(ctx, *r.Body)
}

// SendContact implements POST /api/v1/contacts.
func (s operationsOf) SendContact(ctx context.Context, r SendContactRequestObject) (SendContactResponseObject, error) {
	return SendContact204Response{}, s.takeContact(ctx, *r.Body)
}

// takeEvent checks and keeps an event, from JSON or from a form on a page. The search need not be known, as it may still
// wait to be written, or was answered by another server.
func (s *Server) takeEvent(ctx context.Context, e EventRequest) error {
	if err := s.conforms("EventRequest", e); err != nil {
		return err
	}
	if e.Type == EventRequestTypeOpen && e.ArticleID == nil {
		return invalid(fieldFault{in: FieldErrorInBody, field: "article_id", rule: ruleRequired})
	}
	return s.keep(ctx, searchlog.Event{
		SearchID:  e.SearchID,
		Type:      searchlog.EventType(e.Type),
		ArticleID: clean(given(e.ArticleID)),
		Reason:    string(given(e.Reason)),
		Comment:   clean(given(e.Comment)),
		Time:      time.Now(),
	})
}

// takeQuestion checks and keeps what a customer wants to know, from JSON or from a form on a page. Its route is sparing.
func (s *Server) takeQuestion(ctx context.Context, q QuestionRequest) error {
	if err := s.conforms("QuestionRequest", q); err != nil {
		return err
	}
	text := clean(q.Question)
	if text == "" {
		return invalid(fieldFault{in: FieldErrorInBody, field: "question", rule: ruleMinLength, limit: "1"})
	}
	return s.keep(ctx, searchlog.Question{
		Text:     text,
		Contact:  clean(given(q.Contact)),
		SearchID: given(q.SearchID),
		Time:     time.Now(),
	})
}

// takeContact checks and keeps what became of a customer who needed a human.
func (s *Server) takeContact(ctx context.Context, c ContactRequest) error {
	trail, err := s.readTrail(FieldErrorInBody, "trail", c.Trail)
	if err != nil {
		return err
	}
	contact := searchlog.Contact{Session: trail.Session, Outcome: searchlog.Outcome(c.Outcome), Time: time.Now()}
	if n := len(trail.Steps); n > 0 {
		contact.SearchID = trail.Steps[n-1].SearchID
	}
	return s.keep(ctx, contact)
}

// conforms holds a value against a schema of the document. Requests in JSON have passed it before; those that a page
// makes of a form have not, and shall have the same limits.
func (s *Server) conforms(schema string, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var decoded any
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		return err
	}
	if err := s.schemas[schema].Value.VisitJSON(decoded, openapi3.MultiErrors()); err != nil {
		return refusalOfValidator(err)
	}
	return nil
}

// keep writes feedback before the sender is thanked. It has places of its own, and not many: a disk that hangs keeps
// nobody from searching.
func (s *Server) keep(ctx context.Context, entry searchlog.Entry) error {
	const patience, retry = 3 * time.Second, 5 * time.Second
	select {
	case s.keeping <- struct{}{}:
		defer func() { <-s.keeping }()
	default:
		return &refusal{status: http.StatusServiceUnavailable, code: ProblemCodeOverloaded, retry: retry}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := s.recorder.Write(ctx, entry)
	switch {
	case errors.Is(err, searchlog.ErrOff):
		return &refusal{status: http.StatusForbidden, code: ProblemCodeFeedbackOff}
	case errors.Is(err, context.Canceled): // nobody waits for an answer
		return err
	case err != nil:
		return &refusal{status: http.StatusServiceUnavailable, code: ProblemCodeNotKept, retry: retry, cause: err}
	}
	return nil
}

// questionsPerMinute is how many questions to the editors an address may send; see openapi.yaml.
const questionsPerMinute = 5

// sparing refuses who asks the editors too often. Gateways with a key ask for many customers and have a limit of their
// own.
func (s *Server) sparing(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		sender := s.addressOf(c)
		if !callerOf(c.Request().Context()).isPublic() || sender == "" {
			return next(c)
		}
		if wait, _, _ := s.questions.take(sender, questionsPerMinute, time.Now()); wait > 0 {
			return &refusal{status: http.StatusTooManyRequests, code: ProblemCodeRateLimited, retry: max(wait, time.Second).Round(time.Second)}
		}
		return next(c)
	}
}
