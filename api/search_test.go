package api

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSearch(t *testing.T) {
	s := newServer(t, nil)
	got := decoded[SearchResult](t, do(t, s, "GET", "/api/v1/search?q=怎么申请退货", ""), 200)
	if got.Query != "怎么申请退货" || got.Generation == "" || got.TookMs < 0 || got.Total != len(got.Hits) {
		t.Errorf("result %+v", got)
	}
	if !regexp.MustCompile(`^[A-Z2-7]{26}$`).MatchString(got.SearchID) {
		t.Errorf("search_id %q is not 128 bits in base32", got.SearchID)
	}
	if len(got.Hits) == 0 || got.Hits[0].Title != "怎么申请退货？" {
		t.Fatalf("hits %+v, want 怎么申请退货？ first", got.Hits)
	}
	top := got.Hits[0]
	if top.Category != "售后" || top.Kind != KindFaq || top.Updated == nil || top.Updated.Format("2006-01-02") != "2026-10-01" {
		t.Errorf("hit %+v", top)
	}
	for _, h := range got.Hits {
		n := utf8.RuneCountInString(h.Snippet)
		end := 0
		for _, pair := range h.Highlights {
			if pair[0] < end || pair[1] <= pair[0] || pair[1] > n {
				t.Errorf("%s: highlights %v of a snippet of %d characters", h.ArticleID, h.Highlights, n)
			}
			end = pair[1]
		}
	}
	// The address leads to the article.
	if page := do(t, s, "GET", top.URL, ""); page.StatusCode != 200 {
		t.Errorf("%s: status %d", top.URL, page.StatusCode)
	}
}

// TestAsTyped: a caller can have what was typed searched instead of what was probably meant.
func TestAsTyped(t *testing.T) {
	s := newServer(t, nil)
	got := decoded[SearchResult](t, do(t, s, "GET", "/api/v1/search?q=zenmeshenqingtuihuo", ""), 200)
	if got.Rescued == nil || len(got.Hits) == 0 {
		t.Errorf("result %+v", got)
	}
	got = decoded[SearchResult](t, do(t, s, "GET", "/api/v1/search?q=zenmeshenqingtuihuo&rescue=false", ""), 200)
	if got.Rescued != nil || len(got.Hits) != 0 {
		t.Errorf("as typed: %+v", got)
	}
}

func TestComplete(t *testing.T) {
	s := newServer(t, func(o *Options) { o.PublicURL = "https://help.example.com" })
	got := decoded[CompletionList](t, do(t, s, "GET", "/api/v1/complete?q=+sqth+", ""), 200)
	want := CompletionList{Query: "sqth", Completions: []Completion{{
		Question: "怎么申请退货？", Highlights: [][]int{{2, 6}}, ArticleID: "faq/售后/退货", PassageID: "faq/售后/退货", Kind: KindFaq,
		Title: "怎么申请退货？", Category: "售后", Lang: "zh-CN", URL: "https://help.example.com/articles/faq/%E5%94%AE%E5%90%8E/%E9%80%80%E8%B4%A7",
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = decoded[CompletionList](t, do(t, s, "GET", "/api/v1/complete?q=想退", ""), 200)
	if len(got.Completions) != 1 || got.Completions[0].MatchedQuestion != "想退货怎么办" {
		t.Errorf("by alternate: %+v", got)
	}
}

// TestNoLeak: an article for staff is in no answer to the public, whichever way one asks.
func TestNoLeak(t *testing.T) {
	s := newServer(t, nil)
	for _, r := range []struct{ method, target, body string }{
		{"GET", "/api/v1/search?q=客服可以赔付多少钱", ""},
		{"POST", "/api/v1/suggest", `{"message":"客服可以赔付多少钱"}`},
		{"GET", "/api/v1/complete?q=客服可以", ""},
		{"GET", "/api/v1/complete?q=kfkypf", ""},
		{"GET", "/api/v1/articles", ""},
		{"GET", "/api/v1/articles/faq/内部/赔付", ""},
		{"GET", "/api/v1/categories", ""},
		{"GET", "/", ""},
		{"GET", "/search?q=客服可以赔付多少钱", ""},
		{"GET", "/search?category=内部", ""},
		{"GET", "/articles/faq/内部/赔付", ""},
		{"GET", "/files/faq/内部/赔付.md", ""},
	} {
		body := text(t, do(t, s, r.method, r.target, r.body))
		if strings.Contains(body, "红包") || strings.Contains(body, "可以赔付多少钱\"") && !strings.Contains(r.target+r.body, "可以赔付") {
			t.Errorf("%s %s shows what is for staff:\n%s", r.method, r.target, body)
		}
	}
}

func TestPublicURL(t *testing.T) {
	s := newServer(t, func(o *Options) { o.PublicURL = "https://help.example.com/" })
	got := decoded[SearchResult](t, do(t, s, "GET", "/api/v1/search?q=退货", ""), 200)
	if len(got.Hits) == 0 || !strings.HasPrefix(got.Hits[0].URL, "https://help.example.com/articles/") {
		t.Errorf("hits %+v", got.Hits)
	}
}

// TestArticleAddresses: an id is found with its slashes plain, escaped once, or escaped as a proxy does it.
func TestArticleAddresses(t *testing.T) {
	s := newServer(t, nil)
	list := decoded[ArticleList](t, do(t, s, "GET", "/api/v1/articles?limit=50", ""), 200)
	if list.Total != 5 || len(list.Articles) != 5 {
		t.Fatalf("%d of %d articles, want 5", len(list.Articles), list.Total)
	}
	for _, info := range list.Articles {
		id := info.ArticleID
		for _, form := range []string{id, url.PathEscape(id), (&url.URL{Path: id}).EscapedPath(), strings.ReplaceAll(id, "/", "%2f")} {
			t.Run(form, func(t *testing.T) {
				a := decoded[Article](t, do(t, s, "GET", "/api/v1/articles/"+form, ""), 200)
				if a.ArticleID != id || a.Markdown == "" || len(a.Passages) == 0 || a.Passages[0].Answer.Markdown == "" {
					t.Errorf("article %+v", a)
				}
			})
		}
	}
}

// FuzzSearchQuery: whatever stands behind the question mark, JSON and page answer it or say what is wrong with it.
func FuzzSearchQuery(f *testing.F) {
	s := newServer(f, nil)
	for _, seed := range []string{
		"q=怎么退货", "q=%E9%80%80%E8%B4%A7", "q=%zz", "q=%00", "q=%ff%fe", "q=a;b=c", "q=" + strings.Repeat("退", 600),
		"q=&limit=", "q=a&limit=999999999999999999999", "q=a&offset=-0", "q=a&kind=", "q=a&q=b", "q=(&category=%2F..",
		"q=PPR-9087", "q=<script>", "q=\u200b", "q=a&limit=1e1", "q=a&lang=zh-CN-x", "lang=en&q=對(duì)于",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/api/v1/search", "/search"} {
			r := httptest.NewRequestWithContext(t.Context(), "GET", path, nil)
			r.URL.RawQuery = query
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			if path == "/search" {
				if w.Code >= 500 {
					t.Errorf("page ?%q: %d %s", query, w.Code, w.Body)
				}
				continue
			}
			switch w.Code {
			case 200:
				var got SearchResult
				if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
					t.Errorf("?%q: %v", query, err)
				}
				for _, h := range got.Hits {
					if math.IsNaN(h.Confidence) || h.Confidence < 0 || h.Confidence > 1 {
						t.Errorf("?%q: confidence %v", query, h.Confidence)
					}
				}
			case 400:
				var p Problem
				if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Code != ProblemCodeInvalidRequest || len(given(p.Errors)) == 0 {
					t.Errorf("?%q: %v %s", query, err, w.Body)
				}
			default:
				t.Errorf("?%q: %d %s", query, w.Code, w.Body)
			}
		}
	})
}

// TestListFarBeyond: a list can be read to its end; a search need not.
func TestListFarBeyond(t *testing.T) {
	s := newServer(t, nil)
	list := decoded[ArticleList](t, do(t, s, "GET", "/api/v1/articles?offset=1000000", ""), 200)
	if list.Total != 5 || len(list.Articles) != 0 {
		t.Errorf("list %+v", list)
	}
}

// TestHead: HEAD is answered like GET, without the body.
func TestHead(t *testing.T) {
	s := newServer(t, nil)
	hs := httptest.NewServer(s.Handler())
	defer hs.Close()
	for _, target := range []string{
		"/api/v1/search?q=a", "/api/v1/articles", "/api/v1/articles/faq/%E5%94%AE%E5%90%8E/%E9%80%80%E8%B4%A7",
		"/api/v1/categories", "/api/v1/admin/status", "/api/v1/admin/reindex/events", "/api/v1/admin/problems",
		"/api/v1/admin/explain?q=a",
	} {
		var types []string
		for _, method := range []string{"HEAD", "GET"} {
			ctx, cancel := context.WithCancel(t.Context()) // the stream of events has no end
			r, err := http.NewRequestWithContext(ctx, method, hs.URL+target, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+testKey)
			got, err := hs.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if got.StatusCode != 200 {
				t.Errorf("%s %s: %d", method, target, got.StatusCode)
			}
			types = append(types, got.Header.Get("Content-Type"))
			cancel()
			got.Body.Close()
		}
		if types[0] != types[1] {
			t.Errorf("%s: content types %q", target, types)
		}
	}
}
