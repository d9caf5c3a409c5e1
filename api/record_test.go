package api

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jieda/index"
	"jieda/searchlog"
	"jieda/searchlog/store"
)

// newLog is a recorder into a real database, running until the end of the test.
func newLog(t testing.TB) *searchlog.Recorder {
	t.Helper()
	log, err := store.OpenSQLite(filepath.Join(t.TempDir(), "searchlog.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	recorder := searchlog.NewRecorder(log, searchlog.RecorderOptions{})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { recorder.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return recorder
}

// newLoggingServer serves the sample site with a search log.
func newLoggingServer(t testing.TB) *Server {
	t.Helper()
	return newServer(t, func(o *Options) { o.Log = newLog(t) })
}

// recorded is what the log holds about one search.
func recorded(t testing.TB, s *Server, id string) searchlog.Found {
	t.Helper()
	found, err := s.recorder.Find(t.Context(), id)
	if err != nil || len(found) != 1 {
		t.Fatalf("search %s in the log: %v, %v", id, found, err)
	}
	return found[0]
}

// What is recorded is what the caller got, and nothing about who it was.
func TestRecord(t *testing.T) {
	s := newLoggingServer(t)
	got := decoded[SearchResult](t, do(t, s, "GET", "/api/v1/search?q=tuihuo&limit=2", "", "X-Forwarded-For: 192.0.2.7"), 200)
	kept := recorded(t, s, got.SearchID)
	if kept.Surface != "search" || kept.Query != "tuihuo" || kept.RescueReason != "pinyin" || kept.Rescued != got.Rescued.Query ||
		kept.Decision != string(got.Decision) || kept.Generation != got.Generation || kept.Took <= 0 || kept.KeyID != "" ||
		kept.Confidence == 0 || len(kept.Shown) != len(got.Hits) || kept.Shown[0].PassageID != got.Hits[0].PassageID {
		t.Errorf("got %+v\nkept %+v", got, kept)
	}
	suggested := decoded[SuggestResult](t, do(t, s, "POST", "/api/v1/suggest", `{"message":"怎么申请退货？","channel":"wecom","session":"13800000000"}`,
		"Authorization: Bearer "+testKey), 200)
	kept = recorded(t, s, suggested.SearchID)
	if kept.Surface != "suggest" || kept.Channel != "wecom" || kept.KeyID != "admin" || len(kept.Shown) != len(suggested.Answers) ||
		kept.Shown[0].ArticleID != suggested.Answers[0].ArticleID {
		t.Errorf("got %+v\nkept %+v", suggested, kept)
	}
	none := decoded[SuggestResult](t, do(t, s, "POST", "/api/v1/suggest", `{"message":"量子纠缠是什么原理"}`), 200)
	if kept = recorded(t, s, none.SearchID); kept.Decision != "none" || len(kept.Shown) != 0 {
		t.Errorf("nothing found: kept %+v", kept)
	}
}

// Whatever characters a caller puts into it, a search is recorded, and those after it.
func TestRecordControlCharacters(t *testing.T) {
	s := newLoggingServer(t)
	for _, message := range []string{
		`{"message":"退\u0000款","channel":"we\u0000com\n","session":"\u0000","filters":{"category":"\u0000"}}`,
		`{"message":"退款","channel":"wecom"}`,
	} {
		got := decoded[SuggestResult](t, do(t, s, "POST", "/api/v1/suggest", message), 200)
		if kept := recorded(t, s, got.SearchID); kept.Channel != "wecom" || kept.Query != "退款" {
			t.Errorf("%s: kept %+v", message, kept)
		}
	}
}

// The page is recorded as well, once for a question and not for each page of its results.
func TestRecordPage(t *testing.T) {
	s := newLoggingServer(t)
	for target, status := range map[string]int{
		"/search?q=怎么申请退货": http.StatusOK, "/search?category=售后": http.StatusOK, "/": http.StatusOK,
		"/search?q=怎么申请退货&offset=10": http.StatusFound, // there is one page only
	} {
		if got := do(t, s, "GET", target, ""); got.StatusCode != status {
			t.Errorf("%s: %d, want %d", target, got.StatusCode, status)
		}
	}
	if _, err := s.recorder.Find(t.Context(), "none"); err != nil { // which writes what waits
		t.Fatal(err)
	}
	body := text(t, do(t, s, "GET", "/metrics", ""))
	for _, want := range []string{"jieda_searchlog_recorded_total 1\n", "jieda_searchlog_dropped_total 0\n", "jieda_searchlog_queued 0\n", "jieda_searchlog_failing 0\n"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
}

// BenchmarkAsked is what a search pays for being counted and recorded before it is answered.
func BenchmarkAsked(b *testing.B) {
	s := newLoggingServer(b)
	start := time.Now()
	found, err := s.index.Search(b.Context(), index.Request{Query: "怎么申请退货"})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("search", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.asked(b.Context(), asking{surface: "search", start: start}, found, found.Hits)
		}
	})
	b.Run("suggest with a trail", func(b *testing.B) {
		b.ReportAllocs()
		trail := ""
		for b.Loop() {
			_, trail = s.askedBy(b.Context(), trail, asking{surface: "suggest", start: start}, found, found.Hits)
		}
	})
}
