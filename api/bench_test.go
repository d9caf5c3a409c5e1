package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"jieda/content/sample"
)

// BenchmarkSearch is one search over the handler, ten hits with snippets, without the network.
func BenchmarkSearch(b *testing.B) {
	x, keeper := newIndex(b, sample.FS())
	if err := keeper.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	handler := serve(b, x, keeper, nil).Handler()
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/search?q=%E9%80%80%E6%AC%BE%E5%A4%9A%E4%B9%85%E5%88%B0%E8%B4%A6", nil))
		if w.Code != http.StatusOK {
			b.Fatalf("status %d: %s", w.Code, w.Body)
		}
	}
}
