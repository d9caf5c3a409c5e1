package api

import (
	"encoding/json"
	"encoding/xml"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"
)

// newSite serves a site of its own.
func newSite(t *testing.T, site fs.FS, configure func(*Options)) *Server {
	t.Helper()
	x, keeper := newIndex(t, site)
	if err := keeper.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return serve(t, x, keeper, configure)
}

// TestListings: pages say where they are to be found, or that they are not to be.
func TestListings(t *testing.T) {
	site := sampleSite()
	site["faq/旧/过期.md"] = &fstest.MapFile{Data: []byte("---\nvalid_until: 2020-01-01\nid: expired\n---\n# 春节还发货吗？\n\n发。\n")}
	site["faq/旧/藏.md"] = &fstest.MapFile{Data: []byte("---\nsearch: false\nid: hidden\n---\n# 内测怎么报名？\n\n填表。\n")}
	s := newSite(t, site, func(o *Options) { o.PublicURL = "https://help.example.com" })
	for target, canonical := range map[string]string{
		"/":                        "https://help.example.com/",
		"/?lang=en":                "https://help.example.com/",
		"/search?q=怎么申请退货&lang=en": "https://help.example.com/search?q=%E6%80%8E%E4%B9%88%E7%94%B3%E8%AF%B7%E9%80%80%E8%B4%A7",
		"/search?category=售后":      "https://help.example.com/search?category=%E5%94%AE%E5%90%8E",
		"/search?q=量子纠缠是什么原理":      "", // nobody can have any text listed as a page of this site
		"/articles/expired":        "",
		"/articles/hidden":         "",
	} {
		body, tree := view(t, s, target, 200)
		found := ""
		for n := range tree.Descendants() {
			if n.Type == html.ElementNode && n.Data == "link" && attr(n, "rel") == "canonical" {
				found = attr(n, "href")
			}
		}
		if found != canonical || strings.Contains(body, `content="noindex"`) != (canonical == "") || strings.Contains(body, `name="description"`) != (canonical != "") {
			t.Errorf("%s: canonical %q, want %q, in\n%s", target, found, canonical, body)
		}
	}
}

// TestArticleData: what schema.org is told about a question is its answer, and nothing in it ends the script element.
func TestArticleData(t *testing.T) {
	site := sampleSite()
	site["faq/售后/尖括号.md"] = &fstest.MapFile{Data: []byte("---\nid: brackets\n---\n# 写</script><script>alert(1)</script>会怎样？\n\n`</script><!--` 只是文字。\n")}
	s := newSite(t, site, nil)
	_, tree := view(t, s, "/articles/brackets", 200)
	var data []map[string]any
	for n := range tree.Descendants() {
		if n.Type == html.ElementNode && n.Data == "script" && attr(n, "type") == "application/ld+json" {
			var d map[string]any
			if err := json.Unmarshal([]byte(n.FirstChild.Data), &d); err != nil {
				t.Fatal(err)
			}
			data = append(data, d)
		}
	}
	if len(data) != 2 || data[0]["@type"] != "BreadcrumbList" || data[1]["@type"] != "FAQPage" {
		t.Fatalf("data %v", data)
	}
	if n := len(data[0]["itemListElement"].([]any)); n != 3 {
		t.Errorf("%d steps to the article: %v", n, data[0])
	}
	question := data[1]["mainEntity"].([]any)[0].(map[string]any)
	if answer := question["acceptedAnswer"].(map[string]any)["text"]; answer != "</script><!-- 只是文字。" {
		t.Errorf("answer %q", answer)
	}
}

// TestSitemapAndFeed: they hold what everybody may read now, whoever asks.
func TestSitemapAndFeed(t *testing.T) {
	site := sampleSite()
	site["faq/旧/过期.md"] = &fstest.MapFile{Data: []byte("---\nvalid_until: 2020-01-01\nid: expired\ndate: 2019-12-01\n---\n# 春节还发货吗？\n\n发。\n")}
	site["faq/旧/藏.md"] = &fstest.MapFile{Data: []byte("---\nsearch: false\nid: hidden\ndate: 2026-10-02\n---\n# 内测怎么报名？\n\n填表。\n")}
	site["faq/内/部.md"] = &fstest.MapFile{Data: []byte("---\naudience: staff\nid: internal\ndate: 2026-10-03\n---\n# 赔付上限是多少？\n\n两百。\n")}
	s := newSite(t, site, func(o *Options) { o.PublicURL = "https://help.example.com"; o.SiteName = "星澜 <帮助>" })
	for target, mime := range map[string]string{
		"/sitemap.xml": "application/xml", "/feed.xml": "application/atom+xml", "/opensearch.xml": "application/opensearchdescription+xml",
	} {
		got := do(t, s, "GET", target, "")
		body := text(t, got)
		if got.StatusCode != 200 || !strings.HasPrefix(got.Header.Get("Content-Type"), mime) || xml.Unmarshal([]byte(body), new(struct{})) != nil {
			t.Errorf("%s: %d %v\n%s", target, got.StatusCode, got.Header, body)
		}
		if regexp.MustCompile(`expired|hidden|internal|localhost`).MatchString(body) {
			t.Errorf("%s tells what it must not:\n%s", target, body)
		}
		if target == "/opensearch.xml" {
			continue
		}
		at := regexp.MustCompile(`<(?:loc|id)>https://help\.example\.com/articles/`).FindAllString(body, -1)
		if len(at) == 0 || slices.Contains(at, "") {
			t.Errorf("%s: no articles in\n%s", target, body)
		}
	}
	robots := text(t, do(t, s, "GET", "/robots.txt", ""))
	if !strings.Contains(robots, "\nSitemap: https://help.example.com/sitemap.xml\n") {
		t.Error(robots)
	}
}

// TestPageIsAskedForAgain: a page that did not change is not sent again.
func TestPageIsAskedForAgain(t *testing.T) {
	s := newServer(t, nil)
	for _, target := range []string{"/", "/search?category=售后"} {
		first := do(t, s, "GET", target, "")
		if got := do(t, s, "GET", target, "", "If-None-Match: "+first.Header.Get("ETag")); first.Header.Get("ETag") == "" || got.StatusCode != 304 {
			t.Errorf("%s again: %d", target, got.StatusCode)
		}
		if got := do(t, s, "GET", target, "", "Accept-Language: en", "If-None-Match: "+first.Header.Get("ETag")); got.StatusCode != 200 {
			t.Errorf("%s in another language: %d", target, got.StatusCode)
		}
	}
}
