package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/go-cmp/cmp"
)

// TestGeneratedCode fails when openapi.yaml was changed and "go generate ./api" was not run: the generated file embeds
// the document it was made of. oapi-codegen leaves out the operations that oapi-codegen.yaml excludes, and writes
// operation ids with a capital.
func TestGeneratedCode(t *testing.T) {
	written, err := document()
	if err != nil {
		t.Fatal(err)
	}
	generated, err := GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asJSON(t, written.Components), asJSON(t, generated.Components)); diff != "" {
		t.Errorf("components (-written +generated); run go generate ./api\n%s", diff)
	}
	for path, item := range written.Paths.Map() {
		for method, op := range item.Operations() {
			switch op.OperationID {
			case "watchStatus", "metrics", "openapi":
				continue
			}
			op.OperationID = strings.ToUpper(op.OperationID[:1]) + op.OperationID[1:]
			got := generated.Paths.Value(path).GetOperation(method)
			if diff := cmp.Diff(asJSON(t, op), asJSON(t, got)); diff != "" {
				t.Errorf("%s %s (-written +generated); run go generate ./api\n%s", method, path, diff)
			}
		}
	}
}

func asJSON(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestContract calls every operation of the document, well and badly, and holds every response against the document.
func TestContract(t *testing.T) {
	ready, empty := newServer(t, nil), newEmptyServer(t, nil)
	logging := newLoggingServer(t)
	trail := decoded[SuggestResult](t, do(t, logging, "POST", "/api/v1/suggest", `{"message":"怎么退货"}`), 200).Trail
	key := "Authorization: Bearer " + testKey
	cases := []struct {
		operation, method, target, body string
		header                          string
		server                          *Server
		status                          int
	}{
		{"search", "GET", "/api/v1/search?q=怎么退货", "", "", ready, 200},
		{"search", "GET", "/api/v1/search?q=怎么退货&limit=1&offset=1&category=售后&kind=faq&lang=zh-CN&utm_source=x", "", "", ready, 200},
		{"search", "GET", "/api/v1/search?q=量子纠缠", "", "", ready, 200},
		{"search", "GET", "/api/v1/search", "", "", ready, 400},
		{"search", "GET", "/api/v1/search?q=退货", "", "", empty, 503},
		{"search", "GET", "/api/v1/search?q=zenmetuihuo&rescue=false", "", "", ready, 200},
		{"complete", "GET", "/api/v1/complete?q=退货", "", "", ready, 200},
		{"complete", "GET", "/api/v1/complete?q=th&limit=1", "", "", ready, 200},
		{"complete", "GET", "/api/v1/complete?q=zzz", "", "", ready, 200},
		{"complete", "GET", "/api/v1/complete?q=退货&limit=21", "", "", ready, 400},
		{"complete", "GET", "/api/v1/complete", "", "", ready, 400},
		{"complete", "GET", "/api/v1/complete?q=退货", "", "", empty, 503},
		{"suggest", "POST", "/api/v1/suggest", `{"message":"怎么退货"}`, "", ready, 200},
		{"suggest", "POST", "/api/v1/suggest", `{"message":"量子纠缠"}`, "", ready, 200},
		{"suggest", "POST", "/api/v1/suggest", `{"message":"退货","history":[{"role":"customer","text":"你好"}],"channel":"wecom","session":"s1","limit":1,"filters":{"category":"售后","kind":"faq","lang":"zh-CN","tags":["a"]}}`, "", ready, 200},
		{"suggest", "POST", "/api/v1/suggest", `{"message":"你好，退货怎么弄，订单号202611180034567","max_chars":100,"filters":{"audience":["public"]}}`, "Accept-Language: en", ready, 200},
		{"suggest", "POST", "/api/v1/suggest", `{"message":"转人工"}`, "", ready, 200},
		{"suggest", "POST", "/api/v1/suggest", `{"message":"那多久","history":[{"role":"customer","text":"什么时候发货"}]}`, "", ready, 200},
		{"suggest", "POST", "/api/v1/suggest", `{"message":"退货","max_chars":99}`, "", ready, 400},
		{"suggest", "POST", "/api/v1/suggest", `{"message":"退货","filters":{"audience":["staff"]}}`, "", ready, 403},
		{"suggest", "POST", "/api/v1/suggest", `{}`, "", ready, 400},
		{"difyRetrieval", "POST", "/dify/retrieval", `{"knowledge_id":"all","query":"怎么退货","retrieval_setting":{"top_k":2,"score_threshold":0.1},"metadata_condition":{"logical_operator":"or","conditions":[{"name":"category","comparison_operator":"is","value":"售后"}]}}`, key, ready, 200},
		{"difyRetrieval", "POST", "/dify/retrieval", "", key, empty, 200},
		{"difyRetrieval", "POST", "/dify/retrieval", `{"knowledge_id":"all","query":"怎么退货"}`, key, empty, 503},
		{"difyRetrieval", "POST", "/dify/retrieval", `{"query":"怎么退货"}`, key, ready, 404},
		{"difyRetrieval", "POST", "/dify/retrieval", `{"query":7}`, key, ready, 400},
		{"difyRetrieval", "POST", "/dify/retrieval", "", "", ready, 403},
		{"sendEvent", "POST", "/api/v1/events", `{"search_id":"5GQ3TBRMY5QJ4RJKCNLS6W7A2E","type":"unhelpful","article_id":"faq/退货","reason":"outdated","comment":"去年的"}`, "", logging, 204},
		{"sendEvent", "POST", "/api/v1/events", `{"search_id":"1","type":"liked"}`, "", logging, 400},
		{"sendEvent", "POST", "/api/v1/events", `{"search_id":"5GQ3TBRMY5QJ4RJKCNLS6W7A2E","type":"helpful"}`, "", ready, 403},
		{"sendQuestion", "POST", "/api/v1/questions", `{"question":"能开纸质发票吗","contact":"13800000000","search_id":"5GQ3TBRMY5QJ4RJKCNLS6W7A2E"}`, "", logging, 204},
		{"sendQuestion", "POST", "/api/v1/questions", `{"question":" "}`, "", logging, 400},
		{"sendContact", "POST", "/api/v1/contacts", `{"trail":"` + trail + `","outcome":"handed_over"}`, "", logging, 204},
		{"sendContact", "POST", "/api/v1/contacts", `{"trail":"x","outcome":"handed_over"}`, "", logging, 400},
		{"readTrail", "GET", "/api/v1/admin/trail?token=" + trail, "", key, logging, 200},
		{"readTrail", "GET", "/api/v1/admin/trail?token=x", "", key, logging, 400},
		{"readTrail", "GET", "/api/v1/admin/trail?token=" + trail, "", "", logging, 401},
		{"listArticles", "GET", "/api/v1/articles", "", "", ready, 200},
		{"listArticles", "GET", "/api/v1/articles?category=售后&kind=faq&lang=zh-CN&limit=1&offset=1", "", "", ready, 200},
		{"listArticles", "GET", "/api/v1/articles?limit=0", "", "", ready, 400},
		{"getArticle", "GET", "/api/v1/articles/faq/售后/退货.md", "", "", ready, 200},
		{"getArticle", "GET", "/api/v1/articles/faq/没有这篇", "", "", ready, 404},
		{"getArticle", "GET", "/api/v1/articles/faq/退货", "", "", empty, 503},
		{"listCategories", "GET", "/api/v1/categories", "", "", ready, 200},
		{"listCategories", "GET", "/api/v1/categories", "", "", empty, 503},
		{"getStatus", "GET", "/api/v1/admin/status", "", key, ready, 200},
		{"getStatus", "GET", "/api/v1/admin/status", "", key, empty, 200},
		{"getStatus", "GET", "/api/v1/admin/status", "", "", ready, 401},
		{"reindex", "POST", "/api/v1/admin/reindex", "", key, ready, 202},
		{"reindex", "POST", "/api/v1/admin/reindex?force=true", "", key, ready, 202},
		{"reindex", "POST", "/api/v1/admin/reindex?force=yes", "", key, ready, 400},
		{"listProblems", "GET", "/api/v1/admin/problems", "", key, ready, 200},
		{"listProblems", "GET", "/api/v1/admin/problems", "", "Authorization: Bearer wrong", ready, 403},
		{"explain", "GET", "/api/v1/admin/explain?q=退货", "", key, ready, 200},
		{"explain", "GET", "/api/v1/admin/explain", "", key, ready, 400},
		{"watchStatus", "GET", "/api/v1/admin/reindex/events", "", key, ready, 200},
		{"watchStatus", "GET", "/api/v1/admin/reindex/events", "", "", ready, 401},
		{"health", "GET", "/healthz", "", "", ready, 200},
		{"health", "GET", "/healthz", "", "", empty, 200},
		{"ready", "GET", "/readyz", "", "", ready, 200},
		{"ready", "GET", "/readyz", "", "", empty, 503},
		{"metrics", "GET", "/metrics", "", "", ready, 200},
		{"openapi", "GET", "/openapi.json", "", "", ready, 200},
	}
	called := map[string]bool{}
	for _, tt := range cases {
		t.Run(tt.operation+" "+tt.target, func(t *testing.T) {
			called[tt.operation] = true
			ctx, cancel := context.WithCancel(t.Context())
			if tt.operation == "watchStatus" {
				cancel() // the stream ends before it begins
			}
			defer cancel()
			r := httptest.NewRequestWithContext(ctx, tt.method, tt.target, strings.NewReader(tt.body))
			if tt.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			if name, value, ok := strings.Cut(tt.header, ": "); ok {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			tt.server.Handler().ServeHTTP(w, r)
			if w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			holdsContract(t, tt.server, tt.operation, r, w.Result())
		})
	}
	for id := range ready.operations {
		if !called[id] {
			t.Errorf("operation %s is in the document, but in no case of this test", id)
		}
	}
}

// holdsContract fails the test when a response is not what the document says about the operation.
func holdsContract(t *testing.T, s *Server, operation string, r *http.Request, got *http.Response) {
	t.Helper()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got.Header.Get("X-Request-Id") == "" {
		t.Error("no X-Request-Id")
	}
	if got.StatusCode >= 400 && operation != "difyRetrieval" && got.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("status %d is a %s, not a problem", got.StatusCode, got.Header.Get("Content-Type"))
	}
	decode := func(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
		b, err := io.ReadAll(body)
		return string(b), err
	}
	openapi3filter.RegisterBodyDecoder("text/event-stream", decode)
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: s.operations[operation]},
		Status:                 got.StatusCode,
		Header:                 got.Header,
		Body:                   io.NopCloser(bytes.NewReader(body)),
		Options:                &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		t.Errorf("breaks the contract: %v\n%s", err, body)
	}
}

// TestDocumentIsServed: what programs download is the document, with every operation.
func TestDocumentIsServed(t *testing.T) {
	s := newEmptyServer(t, nil)
	body := text(t, do(t, s, "GET", "/openapi.json", ""))
	got, err := openapi3.NewLoader().LoadFromData([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if got.Info.License.Name != "Apache-2.0" {
		t.Errorf("license %s", got.Info.License.Name)
	}
	if want := strings.Count(string(openapiYAML), "operationId:"); len(operations(got)) != want {
		t.Errorf("%d operations served, %d written", len(operations(got)), want)
	}
}
