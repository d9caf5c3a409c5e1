package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"jieda/content"
	"jieda/index"
)

// Suggest implements POST /api/v1/suggest.
func (s operationsOf) Suggest(ctx context.Context, r SuggestRequestObject) (SuggestResponseObject, error) {
	q, err := question(FieldErrorInBody, "message", r.Body.Message)
	if err != nil {
		return nil, err
	}
	filters := given(r.Body.Filters)
	who := callerOf(ctx)
	if who.audiences, err = narrowed(who.audiences, filters.Audience); err != nil {
		return nil, err
	}
	ctx = context.WithValue(ctx, callerKey{}, who)
	channel := clean(given(r.Body.Channel))
	limit := cmp.Or(given(r.Body.Limit), index.DefaultOffered)
	start := time.Now()
	found, err := s.index.Ask(ctx, index.Message{
		Request: index.Request{
			Query:     q,
			Limit:     limit,
			Category:  given(filters.Category),
			Kind:      content.Kind(given(filters.Kind)),
			Lang:      given(filters.Lang),
			Tags:      given(filters.Tags),
			Channel:   channel,
			Audiences: who.audiences,
			Full:      true,
		},
		Earlier: byCustomer(given(r.Body.History)),
	})
	if err != nil {
		return nil, err
	}
	answers := found.Offered(limit)
	id, trail := s.askedBy(ctx, given(r.Body.Trail), asking{surface: "suggest", channel: channel, start: start}, found, answers)
	result := Suggest200JSONResponse{
		SearchID:   id,
		Trail:      trail,
		Decision:   Decision(found.Decision),
		Reasons:    reasons(found),
		Generation: found.Generation,
		Answers:    make([]Suggestion, 0, len(answers)),
	}
	for _, h := range answers {
		suggestion, err := s.suggestion(ctx, h, given(r.Body.MaxChars))
		if err != nil {
			return nil, err
		}
		result.Answers = append(result.Answers, suggestion)
	}
	if found.Decision == index.None && found.Reasons.Why != index.WhyNoQuestion {
		result.Handover = s.handover(messageLanguage(given(r.Params.AcceptLanguage), q), trail)
	}
	return result, nil
}

// narrowed are the audiences that a caller asks for, of those it has: all when it does not say. Public is always one.
func narrowed(has []string, wanted *[]string) ([]string, error) {
	if wanted == nil {
		return has, nil
	}
	for _, a := range *wanted {
		if a != content.Public && !slices.Contains(has, a) {
			return nil, &refusal{status: http.StatusForbidden, code: ProblemCodeAudienceMissing}
		}
	}
	return *wanted, nil
}

// byCustomer are the customer's own messages of a conversation. What an agent says is not looked at: it names things
// that the customer did not ask for.
func byCustomer(history []Message) (texts []string) {
	for _, m := range history {
		if m.Role == MessageRoleCustomer {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func reasons(found *index.Response) Reasons {
	read := found.Reading
	r := Reasons{
		Why:          found.Reasons.Why,
		Confidence:   found.Reasons.Confidence,
		Coverage:     found.Reasons.Coverage,
		Margin:       found.Reasons.Margin,
		Exact:        found.Reasons.Exact,
		UnknownTerms: list(found.Reasons.Unknown),
		Questions:    list(read.Questions),
		SetAside:     make([]Aside, 0, len(read.SetAside)),
		Unanswered:   list(read.Unanswered),
	}
	if read.Completed != "" {
		r.Completed = &read.Completed
	}
	for _, a := range read.SetAside {
		r.SetAside = append(r.SetAside, Aside{Kind: AsideKind(a.Kind), Text: a.Text})
	}
	if found.Rescued != nil {
		r.Rescued = &Rescue{Query: found.Rescued.Query, Reason: RescueReason(found.Rescued.Reason)}
	}
	return r
}

func (s *Server) suggestion(ctx context.Context, h index.Hit, maxChars int) (Suggestion, error) {
	related, err := s.related(ctx, h.Related)
	if err != nil {
		return Suggestion{}, err
	}
	address := s.address(h.ArticleID, h.Anchor)
	opts := content.ChatOptions{Path: h.Path, Lang: h.Lang, Link: s.absolute(ctx), URL: address, MaxChars: maxChars}
	return Suggestion{
		ArticleID:       h.ArticleID,
		PassageID:       h.PassageID,
		Label:           h.Label,
		Question:        h.Question,
		MatchedQuestion: h.MatchedQuestion,
		Answer: AnswerText{
			Text:     content.ChatText(h.Markdown, opts),
			Markdown: content.ChatMarkdown(h.Markdown, opts),
		},
		URL:        address,
		Confidence: h.Confidence,
		ValidUntil: known(h.ValidUntil),
		Related:    related,
	}, nil
}

// absolute is linker for readers who are not on a page of ours.
func (s *Server) absolute(ctx context.Context) func(string) string {
	link := s.linker(ctx)
	return func(target string) string {
		if path := link(target); path != "" {
			return s.opts.PublicURL + path
		}
		return ""
	}
}

// handover is the way to a human, nil when none is configured.
func (s *Server) handover(l language, trail string) *Handover {
	contact := s.contact(l, trail)
	if contact == nil {
		return nil
	}
	address := contact.URL
	if strings.HasPrefix(address, "/") {
		address = s.opts.PublicURL + address
	}
	return &Handover{Text: contact.Text, URL: address}
}

// messageLanguage is the one in which a customer is spoken to: that of the request, or else of the message. "*" says
// nothing: programs in JavaScript send it by themselves.
func messageLanguage(accept, message string) language {
	accept = strings.TrimSpace(accept)
	if (accept == "" || accept == "*") && !strings.ContainsFunc(message, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return english
	}
	return languageOf(accept)
}

// related turns what an editor wrote under "related", ids or paths, into links. What does not exist is left out; the
// editor finds it among the problems.
func (s *Server) related(ctx context.Context, refs []string) ([]Link, error) {
	links := make([]Link, 0, len(refs))
	for _, ref := range refs {
		a, err := s.index.Article(ctx, ref, callerOf(ctx).audiences)
		if errors.Is(err, index.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		link := Link{ArticleID: a.ID, Title: a.Title, URL: s.address(a.ID, "")}
		if !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links, nil
}
