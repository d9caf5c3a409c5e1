package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"jieda/index"
)

// TestProblems: whatever is wrong with a request, the answer is a problem with a stable code that names the fields.
func TestProblems(t *testing.T) {
	s := newServer(t, nil)
	long := strings.Repeat("退", 501)
	big := `{"message":"` + strings.Repeat("x", 70_000) + `"}`
	for _, tt := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		code                       ProblemCode
		fields                     []string // "in field code"
	}{
		{"no question", "GET", "/api/v1/search", "", nil, 400, "invalid_request", []string{"query q required"}},
		{"empty question", "GET", "/api/v1/search?q=", "", nil, 400, "invalid_request", []string{"query q minLength"}},
		{"blank question", "GET", "/api/v1/search?q=%20%E3%80%80", "", nil, 400, "invalid_request", []string{"query q minLength"}},
		{"long question", "GET", "/api/v1/search?q=" + long, "", nil, 400, "invalid_request", []string{"query q maxLength"}},
		{"several fields at once", "GET", "/api/v1/search?limit=51&offset=-1&kind=video", "", nil, 400, "invalid_request",
			[]string{"query q required", "query limit maximum", "query offset minimum", "query kind enum"}},
		{"limit 0", "GET", "/api/v1/search?q=a&limit=0", "", nil, 400, "invalid_request", []string{"query limit minimum"}},
		{"limit that is no number", "GET", "/api/v1/search?q=a&limit=ten", "", nil, 400, "invalid_request", []string{"query limit type"}},
		{"offset beyond the last", "GET", "/api/v1/search?q=a&offset=1001", "", nil, 400, "invalid_request", []string{"query offset maximum"}},
		{"offset of articles beyond the last", "GET", "/api/v1/articles?offset=1000001", "", nil, 400, "invalid_request", []string{"query offset maximum"}},
		{"question given twice", "GET", "/api/v1/search?q=a&q=b", "", nil, 400, "invalid_request", []string{"query q repeated"}},
		{"limit and kind given twice", "GET", "/api/v1/search?q=a&limit=1&limit=2&kind=faq&kind=faq", "", nil, 400, "invalid_request", []string{"query limit repeated", "query kind repeated"}},
		{"two objects", "POST", "/api/v1/suggest", `{"message":"退货"} {"message":"换货"}`, nil, 400, "invalid_request", []string{"body  trailing"}},
		{"garbage after the object", "POST", "/api/v1/suggest", `{"message":"退货"}}`, nil, 400, "invalid_request", []string{"body  trailing"}},
		{"no body", "POST", "/api/v1/suggest", "", []string{"Content-Type: application/json"}, 400, "invalid_request", []string{"body  required"}},
		{"broken body", "POST", "/api/v1/suggest", `{"message":`, nil, 400, "invalid_request", []string{"body  syntax"}},
		{"body that is a list", "POST", "/api/v1/suggest", `[]`, nil, 400, "invalid_request", []string{"body  type"}},
		{"no message", "POST", "/api/v1/suggest", `{}`, nil, 400, "invalid_request", []string{"body message required"}},
		{"empty message", "POST", "/api/v1/suggest", `{"message":"  "}`, nil, 400, "invalid_request", []string{"body message minLength"}},
		{"long message", "POST", "/api/v1/suggest", `{"message":"` + long + `"}`, nil, 400, "invalid_request", []string{"body message maxLength"}},
		{"message that is a number", "POST", "/api/v1/suggest", `{"message":7}`, nil, 400, "invalid_request", []string{"body message type"}},
		{"history that is null", "POST", "/api/v1/suggest", `{"message":"退货","history":null}`, nil, 400, "invalid_request", []string{"body history nullable"}},
		{"limit 5.0", "POST", "/api/v1/suggest", `{"message":"退货","limit":5.0}`, nil, 400, "invalid_request", []string{"body limit type"}},
		{"GBK", "POST", "/api/v1/suggest", "{\"message\":\"\xcd\xcb\xbb\xf5\"}", nil, 400, "invalid_request", []string{"body  encoding"}},
		{"two unknown fields", "POST", "/api/v1/suggest", `{"message":"退货","filters":{"b":1,"a":1}}`, nil, 400, "invalid_request", []string{"body filters.a unknown", "body filters.b unknown"}},
		{"unknown field", "POST", "/api/v1/suggest", `{"message":"退货","mesage":"退货"}`, nil, 400, "invalid_request", []string{"body mesage unknown"}},
		{"field inside a field", "POST", "/api/v1/suggest", `{"message":"退货","filters":{"kind":"video"}}`, nil, 400, "invalid_request", []string{"body filters.kind enum"}},
		{"form instead of JSON", "POST", "/api/v1/suggest", `message=a`, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, "unsupported_media_type", nil},
		{"big body", "POST", "/api/v1/suggest", big, nil, 413, "body_too_large", nil},
		{"no such route", "GET", "/api/v1/nothing", "", nil, 404, "not_found", nil},
		{"no such route, posted", "POST", "/nothing", "{}", nil, 404, "not_found", nil},
		{"no such article", "GET", "/api/v1/articles/faq/%E6%97%A0", "", nil, 404, "article_not_found", nil},
		{"article of others", "GET", "/api/v1/articles/faq/内部/赔付.md", "", nil, 404, "article_not_found", nil},
		{"wrong method", "DELETE", "/api/v1/search", "", nil, 405, "method_not_allowed", nil},
		{"wrong method on a page", "POST", "/", "{}", nil, 405, "method_not_allowed", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := do(t, s, tt.method, tt.target, tt.body, tt.headers...)
			p := decoded[Problem](t, got, tt.status)
			var fields []string
			for _, f := range given(p.Errors) {
				fields = append(fields, fmt.Sprintf("%s %s %s", f.In, f.Field, f.Code))
				if strings.TrimSpace(f.Message) == "" {
					t.Errorf("field %s: no message", f.Field)
				}
			}
			if p.Code != tt.code || p.Status != tt.status || p.Title == "" || p.Detail == "" || p.Type != "about:blank" {
				t.Errorf("problem %+v", p)
			}
			if diff := cmp.Diff(tt.fields, fields); diff != "" {
				t.Errorf("fields (-want +got)\n%s", diff)
			}
			if p.RequestID == "" || p.RequestID != got.Header.Get("X-Request-Id") {
				t.Errorf("request id %q, header %q", p.RequestID, got.Header.Get("X-Request-Id"))
			}
			if tt.status == 405 && got.Header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
		})
	}
}

// A body that does not say how long it is meets the limit while it is read.
func TestBigBodyWithoutLength(t *testing.T) {
	s := newEmptyServer(t, nil)
	r := httptest.NewRequest("POST", "/api/v1/suggest", io.MultiReader(strings.NewReader(`{"message":"`), strings.NewReader(strings.Repeat("x", 70_000))))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if p := decoded[Problem](t, w.Result(), 413); p.Code != ProblemCodeBodyTooLarge {
		t.Errorf("code %s", p.Code)
	}
}

// TestSlowBody: who sends a body too slowly is told so, and not that it is no JSON.
func TestSlowBody(t *testing.T) {
	s := newServer(t, nil)
	hs := httptest.NewUnstartedServer(s.Handler())
	hs.Config.ReadTimeout = 100 * time.Millisecond
	hs.Start()
	defer hs.Close()
	conn, err := net.Dial("tcp", hs.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/v1/suggest HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{")
	got, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if p := decoded[Problem](t, got, 408); p.Code != ProblemCodeTimeout {
		t.Errorf("problem %+v", p)
	}
}

// TestEnumMessage: the values that are allowed stand apart.
func TestEnumMessage(t *testing.T) {
	s := newEmptyServer(t, nil)
	for lang, want := range map[string]string{"zh-CN": "只能是：faq、training", "en": "must be one of: faq, training"} {
		p := decoded[Problem](t, do(t, s, "GET", "/api/v1/search?q=a&kind=video", "", "Accept-Language: "+lang), 400)
		if got := given(p.Errors)[0].Message; got != want {
			t.Errorf("in %s: %q, want %q", lang, got, want)
		}
	}
}

// TestAdminDisabledNamesTheSetting: what the problem says to set is what can be set.
func TestAdminDisabledNamesTheSetting(t *testing.T) {
	for _, l := range []language{simplified, traditional, english} {
		_, detail := problemText(ProblemCodeAdminDisabled, l)
		for _, want := range []string{"admin.key", "JIEDA_ADMIN_KEY", "--admin-key"} {
			if !strings.Contains(detail, want) {
				t.Errorf("in %s: no %s in %q", l, want, detail)
			}
		}
	}
}

func TestProblemLanguages(t *testing.T) {
	s := newEmptyServer(t, nil)
	for accept, want := range map[string]string{
		"":                        "请求有误 不能大于 50",
		"zh-CN,zh;q=0.9,en;q=0.8": "请求有误 不能大于 50",
		"zh-TW":                   "請求有誤 不能大於 50",
		"zh-HK":                   "請求有誤 不能大於 50",
		"en-GB,zh;q=0.5":          "Invalid request must be at most 50",
		"fr, en;q=0.5":            "Invalid request must be at most 50",
		"ja":                      "请求有误 不能大于 50",
		"???":                     "请求有误 不能大于 50",
	} {
		p := decoded[Problem](t, do(t, s, "GET", "/api/v1/search?q=a&limit=51", "", "Accept-Language: "+accept), 400)
		if got := p.Title + " " + given(p.Errors)[0].Message; got != want {
			t.Errorf("Accept-Language %q: %q, want %q", accept, got, want)
		}
	}
}

// TestEveryCodeHasWords: no code falls through to the text of another, in any language.
func TestEveryCodeHasWords(t *testing.T) {
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []language{simplified, traditional, english} {
		seen := map[string]ProblemCode{}
		for _, v := range doc.Components.Schemas["Problem"].Value.Properties["code"].Value.Enum {
			code := ProblemCode(v.(string))
			title, detail := problemText(code, l)
			if title == "" || detail == "" {
				t.Errorf("%s in %s: title %q, detail %q", code, l, title, detail)
			}
			if other, twice := seen[title]; twice {
				t.Errorf("%s: %s and %s have the same title %q", l, code, other, title)
			}
			seen[title] = code
		}
	}
}

// TestRefusalOf: errors of the packages below become statuses in one place, and their text stays inside.
func TestRefusalOf(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
		code   ProblemCode
	}{
		{fmt.Errorf("search: %w", index.ErrNotReady), 503, ProblemCodeNotReady},
		{fmt.Errorf("read: %w", index.ErrNotFound), 404, ProblemCodeArticleNotFound},
		{fmt.Errorf("search: %w", context.DeadlineExceeded), 503, ProblemCodeTimeout},
		{echo.ErrTeapot, 500, ProblemCodeInternal},
		{errors.New("bleve: secret path"), 500, ProblemCodeInternal},
	} {
		r := refusalOf(tt.err)
		if r.status != tt.status || r.code != tt.code {
			t.Errorf("%v: %d %s, want %d %s", tt.err, r.status, r.code, tt.status, tt.code)
		}
		if p := r.problem(english, "1"); strings.Contains(p.Title+p.Detail, "secret") {
			t.Errorf("%v is shown to the client: %+v", tt.err, p)
		}
	}
}

// TestPanic: a panic is a 500 problem, and one line in the log with the place where it happened.
func TestPanic(t *testing.T) {
	var log bytes.Buffer
	s := newEmptyServer(t, nil)
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	e := s.handler.(*echo.Echo)
	e.GET("/api/panic", func(echo.Context) error { panic("坏了") })
	got := do(t, s, "GET", "/api/panic", "")
	p := decoded[Problem](t, got, 500)
	if p.Code != ProblemCodeInternal || strings.Contains(p.Detail, "坏了") {
		t.Errorf("problem %+v", p)
	}
	if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "TestPanic") ||
		!strings.Contains(log.String(), p.RequestID) {
		t.Errorf("%d log lines, want one with the stack and the request id:\n%s", n, &log)
	}
}

// TestLogHidesQuestion: what customers ask is in the log at debug level only.
func TestLogHidesQuestion(t *testing.T) {
	for level, want := range map[slog.Level]bool{slog.LevelInfo: false, slog.LevelDebug: true} {
		var log bytes.Buffer
		s := newServer(t, func(o *Options) {
			o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level}))
		})
		do(t, s, "GET", "/api/v1/search?q=wodemima", "")
		do(t, s, "GET", "/search?q=wodemima", "")
		do(t, s, "GET", "/api/v1/search?q=wodemima&limit=99", "")
		if got := strings.Contains(log.String(), "wodemima"); got != want {
			t.Errorf("at level %s the question is in the log: %v\n%s", level, got, &log)
		}
	}
}

// TestTimeout: a search that takes too long is a 503 that says when to come back.
func TestTimeout(t *testing.T) {
	s := newServer(t, func(o *Options) { o.QueryTimeout = time.Nanosecond })
	got := do(t, s, "GET", "/api/v1/search?q=退货", "")
	if p := decoded[Problem](t, got, 503); p.Code != ProblemCodeTimeout || got.Header.Get("Retry-After") == "" {
		t.Errorf("problem %+v, Retry-After %q", p, got.Header.Get("Retry-After"))
	}
}

// TestOverload: when too many searches run, the next is refused at once, and health is not.
func TestOverload(t *testing.T) {
	s := newServer(t, func(o *Options) { o.MaxConcurrent = 1 })
	s.running <- struct{}{} // a search that hangs
	got := do(t, s, "GET", "/api/v1/search?q=退货", "")
	if p := decoded[Problem](t, got, 503); p.Code != ProblemCodeOverloaded || got.Header.Get("Retry-After") == "" {
		t.Errorf("problem %+v, Retry-After %q", p, got.Header.Get("Retry-After"))
	}
	if got := do(t, s, "GET", "/readyz", ""); got.StatusCode != http.StatusOK {
		t.Errorf("/readyz: %d", got.StatusCode)
	}
	<-s.running
	if got := do(t, s, "GET", "/api/v1/search?q=退货", ""); got.StatusCode != http.StatusOK {
		t.Errorf("after the search ended: %d", got.StatusCode)
	}
}

// TestClientAddress: X-Forwarded-For is believed only from proxies that are trusted.
func TestClientAddress(t *testing.T) {
	for _, tt := range []struct {
		trusted []string
		want    string
	}{
		{nil, "192.0.2.1"},
		{[]string{"10.0.0.0/8"}, "192.0.2.1"},
		{[]string{"192.0.2.0/24"}, "203.0.113.7"},
		{[]string{"192.0.2.1"}, "203.0.113.7"},
	} {
		var log bytes.Buffer
		s := newEmptyServer(t, func(o *Options) {
			o.TrustedProxies, o.Logger = tt.trusted, slog.New(slog.NewTextHandler(&log, nil))
		})
		do(t, s, "GET", "/readyz", "", "X-Forwarded-For: 203.0.113.7") // httptest sends from 192.0.2.1
		if !strings.Contains(log.String(), "ip="+tt.want+" ") {
			t.Errorf("trusted %v: want ip %s in %s", tt.trusted, tt.want, &log)
		}
	}
}

func TestRequestID(t *testing.T) {
	s := newEmptyServer(t, nil)
	for _, tt := range []struct {
		sent string
		kept bool
	}{{"gateway-42", true}, {"", false}, {"a b", false}, {strings.Repeat("x", 65), false}} {
		got := do(t, s, "GET", "/healthz", "", "X-Request-Id: "+tt.sent).Header.Get("X-Request-Id")
		if got == "" || (got == tt.sent) != tt.kept {
			t.Errorf("sent %q, got %q", tt.sent, got)
		}
	}
}
