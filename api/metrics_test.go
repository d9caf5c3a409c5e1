package api

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestMetrics(t *testing.T) {
	s := newServer(t, nil)
	do(t, s, "GET", "/api/v1/search?q=怎么申请退货？", "")
	do(t, s, "POST", "/api/v1/suggest", `{"message":"量子纠缠是什么原理"}`)
	do(t, s, "GET", "/api/v1/articles/faq/没有这篇", "")
	do(t, s, "BREW", "/", "")
	body := text(t, do(t, s, "GET", "/metrics", ""))
	for _, want := range []string{
		`jieda_searches_total{decision="answer",source="search"} 1`,
		`jieda_searches_total{decision="none",source="suggest"} 1`,
		`jieda_http_requests_total{method="GET",route="/api/v1/articles/*",status="404"} 1`,
		`jieda_http_requests_total{method="other",`,
		`jieda_http_request_duration_seconds_count{route="/api/v1/search"} 1`,
		`jieda_generation_info{generation="` + s.index.Generation() + `",state="ready"} 1`,
		`jieda_articles 6`,
		`jieda_last_build_failed 0`,
		`jieda_builds_total{result="ok"} 1`,
		`jieda_builds_total{result="failed"} 0`,
		`go_goroutines`,
		`process_cpu_seconds_total`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
}

// TestMetricsCompressedOnce: the gzip middleware compresses, promhttp must not as well.
func TestMetricsCompressedOnce(t *testing.T) {
	got := do(t, newEmptyServer(t, nil), "GET", "/metrics", "", "Accept-Encoding: gzip")
	if got.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("Content-Encoding %q", got.Header.Get("Content-Encoding"))
	}
	r, err := gzip.NewReader(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil || !strings.HasPrefix(string(plain), "# HELP") {
		t.Errorf("%v: %.40q", err, plain)
	}
}
