package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAdminKey(t *testing.T) {
	s := newServer(t, nil)
	off := newServer(t, func(o *Options) { o.AdminKey = "" })
	routes := []struct{ method, target string }{
		{"GET", "/api/v1/admin/status"},
		{"POST", "/api/v1/admin/reindex"},
		{"GET", "/api/v1/admin/reindex/events"},
		{"GET", "/api/v1/admin/problems"},
		{"GET", "/api/v1/admin/explain?q=a"},
		{"GET", "/api/v1/admin/trail?token=a"},
	}
	for _, tt := range []struct {
		name   string
		server *Server
		header string
		status int
		code   ProblemCode
	}{
		{"no key", s, "", 401, ProblemCodeUnauthorized},
		{"another scheme", s, "Basic " + testKey, 401, ProblemCodeAuthorizationMalformed},
		{"scheme alone", s, "Bearer", 401, ProblemCodeAuthorizationMalformed},
		{"wrong key", s, "Bearer wrong", 403, ProblemCodeKeyUnknown},
		{"the key and more", s, "Bearer " + testKey + "x", 403, ProblemCodeKeyUnknown},
		{"none configured", off, "", 403, ProblemCodeAdminDisabled},
		{"none configured, some sent", off, "Bearer x", 403, ProblemCodeKeyUnknown},
	} {
		for _, r := range routes {
			got := do(t, tt.server, r.method, r.target, "", "Authorization: "+tt.header)
			p := decoded[Problem](t, got, tt.status)
			if p.Code != tt.code {
				t.Errorf("%s: %s: code %s, want %s", tt.name, r.target, p.Code, tt.code)
			}
			if has := got.Header.Get("WWW-Authenticate") != ""; has != (tt.status == 401) {
				t.Errorf("%s: WWW-Authenticate %v", tt.name, has)
			}
		}
	}
	decoded[Status](t, do(t, s, "GET", "/api/v1/admin/status", "", "Authorization: bearer "+testKey), 200)
}

func TestStatus(t *testing.T) {
	s := newServer(t, nil)
	st := decoded[Status](t, do(t, s, "GET", "/api/v1/admin/status", "", "Authorization: Bearer "+testKey), 200)
	if st.State != StatusStateReady || st.Generation == "" || st.BuiltAt == nil || st.Articles != 6 || st.Errors == 0 || st.Version != "v0-test" {
		t.Errorf("status %+v", st)
	}
}

// TestContentProblems: the broken file of the sample is named, in the reader's language.
func TestContentProblems(t *testing.T) {
	s := newServer(t, nil)
	for accept, word := range map[string]string{"zh-CN": "。", "en": "."} {
		list := decoded[ContentProblemList](t, do(t, s, "GET", "/api/v1/admin/problems", "",
			"Authorization: Bearer "+testKey, "Accept-Language: "+accept), 200)
		found := false
		for _, p := range list.Problems {
			if p.Path == "faq/坏的.md" {
				found = true
				if p.Severity != ContentProblemSeverityError || p.Line == 0 || !strings.HasSuffix(p.Message, word) {
					t.Errorf("%s: problem %+v", accept, p)
				}
			}
		}
		if !found {
			t.Errorf("%s: faq/坏的.md is not among %+v", accept, list.Problems)
		}
	}
}

// TestEvents: a client that follows the status gets the present one at once and then the change that reindexing
// makes, even through a server with a short write timeout.
func TestEvents(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	x, keeper := newIndex(t, sampleSite())
	if err := keeper.Start(ctx); err != nil {
		t.Fatal(err)
	}
	s := serve(t, x, keeper, nil)
	kept := make(chan error, 1)
	go func() { kept <- s.keeper.Run(ctx) }()
	web := httptest.NewUnstartedServer(s.Handler())
	web.Config.WriteTimeout = 200 * time.Millisecond
	web.Start()
	defer web.Close()

	resp, stream := follow(t, ctx, web.URL)
	defer resp.Body.Close()
	if first := next(t, stream); first.State != StatusStateReady {
		t.Errorf("first status %+v", first)
	}
	time.Sleep(300 * time.Millisecond) // longer than the write timeout

	r, err := http.NewRequestWithContext(ctx, "POST", web.URL+"/api/v1/admin/reindex?force=true", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testKey)
	accepted, err := web.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	decoded[Status](t, accepted, 202)
	for st := next(t, stream); st.State != StatusStateBuilding; st = next(t, stream) {
	}
	for st := next(t, stream); st.State != StatusStateReady; st = next(t, stream) {
	}
	cancel()
	if err := <-kept; err != nil {
		t.Errorf("keeper: %v", err)
	}
}

// TestDraining: before it stops, the server tells the load balancer and lets its streams end.
func TestDraining(t *testing.T) {
	s := newServer(t, nil)
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	resp, stream := follow(t, t.Context(), web.URL)
	defer resp.Body.Close()
	next(t, stream)
	if got := do(t, s, "GET", "/readyz", ""); got.StatusCode != 200 {
		t.Errorf("/readyz before: %d", got.StatusCode)
	}
	s.SetDraining()
	s.SetDraining()
	if p := decoded[Problem](t, do(t, s, "GET", "/readyz", ""), 503); p.Code != ProblemCodeDraining {
		t.Errorf("/readyz after: %s", p.Code)
	}
	if got := do(t, s, "GET", "/api/v1/search?q=退货", ""); got.StatusCode != 200 {
		t.Errorf("a late search: %d", got.StatusCode)
	}
	for stream.Scan() { // to the end of the stream
	}
	if err := stream.Err(); err != nil {
		t.Errorf("the stream broke off: %v", err)
	}
}

func follow(t *testing.T, ctx context.Context, address string) (*http.Response, *bufio.Scanner) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", address+"/api/v1/admin/reindex/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testKey)
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if ct := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || ct != "text/event-stream" {
		t.Fatalf("status %d, type %s", resp.StatusCode, ct)
	}
	return resp, bufio.NewScanner(resp.Body)
}

// next reads one event.
func next(t *testing.T, stream *bufio.Scanner) Status {
	t.Helper()
	for stream.Scan() {
		if data, ok := strings.CutPrefix(stream.Text(), "data: "); ok {
			var st Status
			if err := json.Unmarshal([]byte(data), &st); err != nil {
				t.Fatal(err)
			}
			return st
		}
	}
	t.Fatalf("the stream ended: %v", stream.Err())
	return Status{}
}
