package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jieda/content"
	"jieda/index"
)

const difyPath = "/dify/retrieval"

const (
	// defaultRecords is how many records Dify gets when it says null, which it does for data sets without settings.
	defaultRecords = 4
	maxRecords     = 50
	// spareRecords are searched for besides, to stand in for expired ones.
	spareRecords = 10
)

// A Knowledge is what a knowledge_id of Dify stands for.
type Knowledge struct {
	ID string
	// Category narrows it to this category and those below; "" does not.
	Category string
	// Audience narrows it to what this audience may see, public articles included; a key that does not belong to the
	// audience is told that there is no such knowledge. "" means everything that the key may see.
	Audience string
}

// allKnowledge is the ID of everything that a key may see. It needs no configuration.
const allKnowledge = "all"

// ParseKnowledge reads "shop=category:售后/退货" or "internal=audience:staff".
func ParseKnowledge(s string) (Knowledge, error) {
	id, what, _ := strings.Cut(s, "=")
	kind, name, _ := strings.Cut(what, ":")
	k := Knowledge{ID: strings.TrimSpace(id)}
	switch kind = strings.TrimSpace(kind); kind {
	case "category":
		k.Category = strings.Trim(strings.TrimSpace(name), "/")
	case "audience":
		k.Audience = strings.TrimSpace(name)
	}
	if k.ID == "" || k.ID == allKnowledge || k.Category == "" && k.Audience == "" {
		return Knowledge{}, fmt.Errorf("api: %q: write ID=category:NAME or ID=audience:NAME; the ID %q is taken", s, allKnowledge)
	}
	return k, nil
}

// chosen finds what the id stands for, as far as the caller may see it.
func (s *Server) chosen(id string, who caller) (category string, audiences []string, err error) {
	if id == allKnowledge {
		return "", who.audiences, nil
	}
	for _, k := range s.knowledge {
		switch {
		case k.ID != id:
		case k.Audience == "":
			return k.Category, who.audiences, nil
		case slices.Contains(who.audiences, k.Audience) || k.Audience == content.Public:
			return k.Category, []string{k.Audience}, nil
		}
	}
	return "", nil, &refusal{status: http.StatusNotFound, code: ProblemCodeKnowledgeNotFound}
}

// needsKey refuses the public. Dify always sends a key, and registers whatever does not refuse a wrong one.
func needsKey(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if callerOf(c.Request().Context()).isPublic() {
			return &refusal{status: http.StatusUnauthorized, code: ProblemCodeUnauthorized}
		}
		return next(c)
	}
}

// DifyRetrieval implements POST /dify/retrieval.
func (s operationsOf) DifyRetrieval(ctx context.Context, r DifyRetrievalRequestObject) (DifyRetrievalResponseObject, error) {
	request := given(r.Body)
	result := DifyRetrieval200JSONResponse{Records: []DifyRecord{}}
	if strings.TrimSpace(given(request.Query)) == "" {
		return result, nil // how Dify tries us out
	}
	q, err := question(FieldErrorInBody, "query", *request.Query)
	if err != nil {
		return nil, err
	}
	category, audiences, err := s.chosen(given(request.KnowledgeID), callerOf(ctx))
	if err != nil {
		return nil, err
	}
	condition, err := request.MetadataCondition.where()
	if err != nil {
		return nil, err
	}
	setting := given(request.RetrievalSetting)
	limit := min(cmp.Or(given(setting.TopK), defaultRecords), maxRecords)
	start := time.Now()
	found, err := s.index.Ask(ctx, index.Message{Request: index.Request{ // an application passes on what a customer wrote
		Query: q, Limit: limit + spareRecords, Category: category, Audiences: audiences, Where: condition, Full: true,
	}})
	if err != nil {
		return nil, err
	}
	hits := sayable(found, start, limit)
	// The order is that of the hits; what one of them may score more than the one before it is taken off.
	for i := range hits {
		if i > 0 {
			hits[i].Confidence = min(hits[i].Confidence, hits[i-1].Confidence)
		}
	}
	hits = slices.DeleteFunc(hits, func(h index.Hit) bool { return h.Confidence < given(setting.ScoreThreshold) })
	searchID := s.asked(ctx, asking{surface: "dify", start: start}, found, hits)
	for _, h := range hits {
		result.Records = append(result.Records, DifyRecord{
			Content: h.Question + "\n\n" + s.markdown(ctx, cmp.Or(h.Markdown, h.Text), h.Path, s.address(h.ArticleID, h.Anchor)),
			Score:   h.Confidence,
			Title:   h.Title,
			Metadata: DifyMetadata{
				DocumentID: h.ArticleID,
				PassageID:  h.PassageID,
				Path:       h.Path,
				URL:        s.address(h.ArticleID, h.Anchor),
				Category:   h.Category,
				Kind:       Kind(h.Kind),
				Lang:       h.Lang,
				Updated:    known(h.Updated),
				ValidUntil: known(h.ValidUntil),
				Decision:   Decision(found.Decision),
				SearchID:   searchID,
				IndexID:    found.Generation,
			},
		})
	}
	return result, nil
}

// markdown is what an editor wrote, for a reader who is not on a page of ours: its links and images lead somewhere.
func (s *Server) markdown(ctx context.Context, text, path, address string) string {
	return content.ChatMarkdown(text, content.ChatOptions{Path: path, Link: s.absolute(ctx), URL: address})
}

// sayable are the hits that may be handed to a language model, at most limit. It says aloud whatever it gets, so there
// are none when the decision is none, and none of articles that have expired.
func sayable(found *index.Response, now time.Time, limit int) (hits []index.Hit) {
	if found.Decision == index.None {
		return nil
	}
	for _, h := range found.Hits {
		if len(hits) < limit && (h.ValidUntil.IsZero() || now.Before(h.ValidUntil)) {
			hits = append(hits, h)
		}
	}
	return hits
}

// where checks the conditions. It is nil when there are none.
func (d *DifyConditions) where() (func(*index.Facts) bool, error) {
	if d == nil {
		return nil, nil
	}
	field, operator := "logical_operator", d.LogicalOperator
	if given(operator) == "" && given(d.Logic) != "" {
		field, operator = "logic", d.Logic
	}
	or := strings.EqualFold(given(operator), "or")
	if !or && given(operator) != "" && !strings.EqualFold(*operator, "and") {
		return nil, invalid(fieldFault{in: FieldErrorInBody, field: "metadata_condition." + field, rule: ruleEnum, limit: "and\nor"})
	}
	var conditions []condition
	for i, sent := range given(d.Conditions) {
		c, fault := newCondition(sent.Name, sent.ComparisonOperator, sent.Value)
		if fault != nil {
			fault.field = fmt.Sprintf("metadata_condition.conditions.%d.%s", i, fault.field)
			return nil, invalid(*fault)
		}
		conditions = append(conditions, c)
	}
	return where(conditions, or), nil
}

// failDify answers with the refusal in Dify's form. When a data set is registered, only 403, 404 and 502 keep Dify from
// accepting it, so whatever is wrong with a key is a 403.
func failDify(r *refusal, c echo.Context) error {
	l := languageOf(c.Request().Header.Get("Accept-Language"))
	p := r.problem(l, requestID(c))
	e := DifyError{ErrorCode: r.status, ErrorMsg: p.Title + l.pick("：", "：", ": ") + p.Detail}
	if p.Errors != nil {
		for _, f := range *p.Errors {
			e.ErrorMsg += l.pick("；", "；", "; ") + f.Field + " " + f.Message
		}
	}
	status := r.status
	switch r.code {
	case ProblemCodeUnauthorized, ProblemCodeAuthorizationMalformed:
		status, e.ErrorCode = http.StatusForbidden, 1001
	case ProblemCodeKeyUnknown, ProblemCodeKeyExpired, ProblemCodeKeyRevoked, ProblemCodeScopeMissing:
		e.ErrorCode = 1002
	case ProblemCodeKnowledgeNotFound:
		e.ErrorCode = 2001
	}
	return c.JSON(status, e)
}
