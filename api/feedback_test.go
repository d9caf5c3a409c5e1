package api

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jieda/keys"
	"jieda/searchlog"
	"jieda/searchlog/store"
)

// suggestOnce asks the question of the sample and returns the answer.
func suggestOnce(t testing.TB, s *Server, message, trail string) SuggestResult {
	t.Helper()
	return decoded[SuggestResult](t, do(t, s, "POST", "/api/v1/suggest", `{"message":"`+message+`","trail":"`+trail+`"}`), 200)
}

func send(t testing.TB, s *Server, target, body string, status int, headers ...string) *http.Response {
	t.Helper()
	got := do(t, s, "POST", target, body, headers...)
	if got.StatusCode != status {
		t.Errorf("%s %s: status %d, want %d: %s", target, body, got.StatusCode, status, text(t, got))
	}
	return got
}

// An event that comes right behind its search is kept, once, and a change of mind replaces.
func TestSendEvent(t *testing.T) {
	s := newLoggingServer(t)
	id := suggestOnce(t, s, "怎么退货", "").SearchID
	for _, body := range []string{
		`"type":"open","article_id":"faq/售后/退货"`,
		`"type":"open","article_id":"faq/售后/退货"`,
		`"type":"helpful","article_id":"faq/售后/退货"`,
		`"type":"unhelpful","article_id":"faq/售后/退货"`,
		`"type":"unhelpful","article_id":"faq/售后/退货","reason":"outdated","comment":" 去年\u0000的\u200b "`,
		`"type":"contact"`,
	} {
		send(t, s, "/api/v1/events", `{"search_id":"`+id+`",`+body+`}`, 204)
	}
	var got []string
	for _, e := range recorded(t, s, id).Events {
		got = append(got, strings.Join([]string{string(e.Type), e.ArticleID, e.Reason, e.Comment}, "|"))
	}
	slices.Sort(got) // they may have come in the same millisecond
	want := []string{"contact|||", "open|faq/售后/退货||", "unhelpful|faq/售后/退货|outdated|去年的"}
	if !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
}

func TestFeedbackRefuses(t *testing.T) {
	s := newLoggingServer(t)
	id := `"search_id":"5GQ3TBRMY5QJ4RJKCNLS6W7A2E"`
	for _, tt := range []struct{ target, body, field, rule string }{
		{"/api/v1/events", `{` + id + `}`, "type", "required"},
		{"/api/v1/events", `{"type":"helpful"}`, "search_id", "required"},
		{"/api/v1/events", `{` + id + `,"type":"liked"}`, "type", "enum"},
		{"/api/v1/events", `{` + id + `,"type":"open"}`, "article_id", "required"},
		{"/api/v1/events", `{` + id + `,"type":"open","article_id":""}`, "article_id", "minLength"},
		{"/api/v1/events", `{` + id + `,"type":"unhelpful","reason":"不喜欢"}`, "reason", "enum"},
		{"/api/v1/events", `{` + id + `,"type":"unhelpful","comment":"` + strings.Repeat("长", 1001) + `"}`, "comment", "maxLength"},
		{"/api/v1/events", `{"search_id":"13800000000","type":"helpful"}`, "search_id", "pattern"},
		{"/api/v1/events", `{` + id + `,"type":"helpful","ip":"192.0.2.7"}`, "ip", "unknown"},
		{"/api/v1/questions", `{"question":""}`, "question", "minLength"},
		{"/api/v1/questions", `{"question":"` + "\u200b" + `"}`, "question", "minLength"},
		{"/api/v1/questions", `{"question":"` + strings.Repeat("问", 1001) + `"}`, "question", "maxLength"},
		{"/api/v1/questions", `{"question":"q","contact":"` + strings.Repeat("1", 201) + `"}`, "contact", "maxLength"},
		{"/api/v1/contacts", `{"trail":"AAAA","outcome":"handed_over"}`, "trail", "trail"},
		{"/api/v1/contacts", `{"trail":"AAAA","outcome":"happy"}`, "outcome", "enum"},
		{"/api/v1/contacts", `{"outcome":"abandoned"}`, "trail", "required"},
	} {
		p := decoded[Problem](t, do(t, s, "POST", tt.target, tt.body, "Authorization: Bearer "+testKey), 400)
		if p.Errors == nil || len(*p.Errors) != 1 || (*p.Errors)[0].Field != tt.field || (*p.Errors)[0].Code != tt.rule {
			t.Errorf("%s: %+v, want %s %s", tt.body, p.Errors, tt.field, tt.rule)
		}
	}
}

// A page that takes a form goes through the same limits as JSON.
func TestFeedbackFromPages(t *testing.T) {
	s := newLoggingServer(t)
	long := strings.Repeat("长", 1001)
	var refused *refusal
	err := s.takeEvent(t.Context(), EventRequest{SearchID: "5GQ3TBRMY5QJ4RJKCNLS6W7A2E", Type: "helpful", Comment: &long})
	if !errors.As(err, &refused) || refused.status != 400 || refused.fields[0].field != "comment" {
		t.Errorf("long comment: %v", err)
	}
	err = s.takeQuestion(t.Context(), QuestionRequest{Question: long})
	if !errors.As(err, &refused) || refused.fields[0].rule != ruleMaxLength {
		t.Errorf("long question: %v", err)
	}
	if err := s.takeQuestion(t.Context(), QuestionRequest{Question: "能开纸质发票吗"}); err != nil {
		t.Error(err)
	}
}

// Questions are kept once, and an address may not send many.
func TestSendQuestion(t *testing.T) {
	s := newLoggingServer(t)
	for range questionsPerMinute {
		send(t, s, "/api/v1/questions", `{"question":"能开纸质发票吗？"}`, 204)
	}
	got := send(t, s, "/api/v1/questions", `{"question":"别的问题"}`, 429)
	if got.Header.Get("Retry-After") != "12" {
		t.Errorf("Retry-After %q", got.Header.Get("Retry-After"))
	}
	send(t, s, "/api/v1/questions", `{"question":"`+strings.Repeat("长", 1001)+`"}`, 400)              // says what is wrong rather
	send(t, s, "/api/v1/questions", `{"question":"能开纸质发票吗？"}`, 204, "Authorization: Bearer "+testKey) // a gateway
	send(t, s, "/api/v1/events", `{"search_id":"5GQ3TBRMY5QJ4RJKCNLS6W7A2E","type":"helpful"}`, 204)  // is not meant
}

// When the log cannot be written, feedback is refused with what to do, and searches are answered all the same.
func TestLogBroken(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "searchlog.db")
	if err := os.Mkdir(path, 0o700); err != nil { // a folder stands in its place
		t.Fatal(err)
	}
	log, err := store.OpenSQLite(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s := newServer(t, func(o *Options) { o.Log = searchlog.NewRecorder(log, searchlog.RecorderOptions{}) })
	id := suggestOnce(t, s, "怎么退货", "").SearchID
	event := `{"search_id":"` + id + `","type":"helpful"}`
	got := do(t, s, "POST", "/api/v1/events", event)
	if p := decoded[Problem](t, got, 503); p.Code != ProblemCodeNotKept || got.Header.Get("Retry-After") == "" {
		t.Errorf("problem %+v", p)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	send(t, s, "/api/v1/events", event, 204)
}

// While many wait for a disk that hangs, further feedback is refused at once and searches are answered.
func TestFeedbackPlaces(t *testing.T) {
	s := newLoggingServer(t)
	for range cap(s.keeping) {
		s.keeping <- struct{}{}
	}
	event := `{"search_id":"5GQ3TBRMY5QJ4RJKCNLS6W7A2E","type":"helpful"}`
	got := do(t, s, "POST", "/api/v1/events", event)
	if p := decoded[Problem](t, got, 503); p.Code != ProblemCodeOverloaded || got.Header.Get("Retry-After") == "" {
		t.Errorf("problem %+v", p)
	}
	suggestOnce(t, s, "怎么退货", "")
	<-s.keeping
	send(t, s, "/api/v1/events", event, 204)
}

// Without a log feedback is refused; search and trail go on.
func TestLogOff(t *testing.T) {
	s := newServer(t, nil)
	trail := suggestOnce(t, s, "怎么退货", "").Trail
	for target, body := range map[string]string{
		"/api/v1/events":    `{"search_id":"5GQ3TBRMY5QJ4RJKCNLS6W7A2E","type":"helpful"}`,
		"/api/v1/questions": `{"question":"q"}`,
		"/api/v1/contacts":  `{"trail":"` + trail + `","outcome":"abandoned"}`,
	} {
		if p := decoded[Problem](t, do(t, s, "POST", target, body), 403); p.Code != ProblemCodeFeedbackOff {
			t.Errorf("%s: %+v", target, p)
		}
	}
}

// Keys that may search or ask for suggestions may give feedback; only those of gateways report contacts.
func TestFeedbackScopes(t *testing.T) {
	for scope, want := range map[keys.Scope]map[string]bool{
		keys.Search:  {"/api/v1/events": true, "/api/v1/questions": true},
		keys.Suggest: {"/api/v1/events": true, "/api/v1/questions": true, "/api/v1/contacts": true},
		keys.Admin:   {"/api/v1/admin/trail": true},
	} {
		ring, secrets := newKeys(t, map[string]keys.Key{"k": {Scopes: []keys.Scope{scope}}})
		s := newServer(t, func(o *Options) { o.Keys = ring })
		for _, target := range []string{"/api/v1/events", "/api/v1/questions", "/api/v1/contacts", "/api/v1/admin/trail"} {
			method := "POST"
			if target == "/api/v1/admin/trail" {
				method = "GET"
			}
			got := do(t, s, method, target, `{}`, "Authorization: Bearer "+secrets["k"])
			if open := got.StatusCode == 400; open != want[target] || !open && got.StatusCode != 403 {
				t.Errorf("%s with scope %s: %d", target, scope, got.StatusCode)
			}
		}
	}
}
