package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// feedback is the form below an answer.
type feedback struct {
	Say                       words
	SearchID, Article, Chosen string
	Question                  string // "这是您要找的吗？"
}

// Feedback is the form for an article on this page.
func (p *page) Feedback(article, question string) feedback {
	return feedback{Say: p.Say, SearchID: p.SearchID, Article: article, Chosen: p.chosen, Question: question}
}

// A thanksPage thanks for feedback or a question, and asks why something was no help.
type thanksPage struct {
	Detail  string
	Article string    // to go back to
	Why     *feedback // nil when there is nothing to ask
}

// feedbackPage takes what the buttons below an answer send. A browser without scripts gets a page that says thank you,
// and asks for the reason when it was no help; our script looks at the status only.
func (s *Server) feedbackPage(c echo.Context) error {
	event := EventRequest{
		SearchID: c.FormValue("search_id"), Type: EventRequestType(c.FormValue("type")), ArticleID: filled(c, "article_id"),
		Comment: filled(c, "comment"),
	}
	if reason := filled(c, "reason"); reason != nil {
		event.Reason = (*EventRequestReason)(reason)
	}
	if err := s.takeEvent(c.Request().Context(), event); err != nil {
		return err
	}
	main := thanksPage{Article: given(event.ArticleID)}
	p := s.newPage(c, "", &main)
	p.Title, main.Detail = p.Say.Thanks, p.Say.TellUsWhy
	if event.Type == EventRequestTypeUnhelpful && event.Reason == nil && event.Comment == nil {
		p.SearchID = event.SearchID
		why := p.Feedback(main.Article, "")
		main.Why = &why
	}
	return s.show(c, http.StatusOK, "thanks", p)
}

// askPage takes a question that was not answered, for the editors.
func (s *Server) askPage(c echo.Context) error {
	asked := QuestionRequest{Question: c.FormValue("question"), Contact: filled(c, "contact"), SearchID: filled(c, "search_id")}
	// No person sees the field "website". A program that fills in everything is thanked as well, and learns nothing.
	if c.FormValue("website") == "" {
		if err := s.takeQuestion(c.Request().Context(), asked); err != nil {
			return err
		}
	}
	p := s.newPage(c, "", nil)
	p.Title, p.Main = p.Say.Asked, &thanksPage{Detail: p.Say.AskedHint}
	return s.show(c, http.StatusOK, "thanks", p)
}

// filled is the value of a form's field, nil when it was left empty.
func filled(c echo.Context, field string) *string {
	if v := c.FormValue(field); v != "" {
		return &v
	}
	return nil
}
