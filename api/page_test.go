package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"jieda/index"
)

// view gets a page as a browser would and returns its text and its tree.
func view(t *testing.T, s *Server, target string, status int, headers ...string) (string, *html.Node) {
	t.Helper()
	got := do(t, s, "GET", target, "", append(headers, "Accept: text/html,*/*;q=0.8")...)
	body := text(t, got)
	if got.StatusCode != status || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("%s: %d %s, want a page with %d:\n%s", target, got.StatusCode, got.Header.Get("Content-Type"), status, body)
	}
	tree, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" && attr(n, "type") == "application/ld+json" {
			if data := n.FirstChild.Data; !json.Valid([]byte(data)) || strings.Contains(data, "<") {
				t.Errorf("%s: data %s", target, data)
			}
			continue
		}
		if n.Data == "style" || n.Data == "script" && (n.FirstChild != nil || !strings.HasPrefix(attr(n, "src"), "/assets/")) {
			t.Errorf("%s: a <%s> on the page that is not one of our assets", target, n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				t.Errorf("%s: <%s %s=%q>, which the content security policy forbids", target, n.Data, a.Key, a.Val)
			}
		}
	}
	return body, tree
}

// texts are the texts of the elements with that name, and that class unless it is empty.
func texts(tree *html.Node, name, class string) (found []string) {
	for n := range tree.Descendants() {
		if n.Type == html.ElementNode && n.Data == name && (class == "" || attr(n, "class") == class) {
			found = append(found, textOf(n))
		}
	}
	return found
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestHomePage(t *testing.T) {
	s := newServer(t, func(o *Options) { o.SiteName = "星澜帮助" })
	body, tree := view(t, s, "/", 200)
	if got := texts(tree, "a", "site"); !cmp.Equal(got, []string{"星澜帮助"}) {
		t.Errorf("name %q", got)
	}
	for _, want := range []string{"怎么申请退货？", `<time class="dim" datetime="2026-10-01">`, "售后</a> <span class=\"dim\">2 篇", "联系在线客服", `href="https://example.com/chat"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if n := strings.Count(body, `role="search"`); n != 1 {
		t.Errorf("%d search boxes", n)
	}
}

func TestTopics(t *testing.T) {
	got := topics([]index.Count{{Value: "", Count: 9}, {Value: "售后", Count: 3}, {Value: "售后/退货", Count: 2}, {Value: "售后/退货/海外", Count: 1}, {Value: "支付", Count: 1}})
	want := []topic{{Name: "售后", Count: 3, Below: []subtopic{{"退货", "售后/退货"}}}, {Name: "支付", Count: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAnswerPage: the answer itself stands on the page, rendered, above the other results.
func TestAnswerPage(t *testing.T) {
	s := newServer(t, nil)
	body, tree := view(t, s, "/search?q=怎么申请退货", 200)
	answer := texts(tree, "section", "answer")
	if len(answer) != 1 || !strings.Contains(answer[0], "签收后七天内，") || !strings.Contains(answer[0], "金牌会员 15") {
		t.Fatalf("answer %q", answer)
	}
	for _, want := range []string{"<strong>七天内</strong>", `src="/files/faq/%E5%94%AE%E5%90%8E/%E6%AD%A5%E9%AA%A4.png"`, `value="怎么申请退货"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	for _, other := range texts(tree, "ol", "results") {
		if strings.Contains(other, "怎么申请退货？") {
			t.Errorf("the answer is listed once more: %s", other)
		}
	}
}

// TestNonePage: who finds nothing is told so and shown the way to a human.
func TestNonePage(t *testing.T) {
	s := newServer(t, nil)
	_, tree := view(t, s, "/search?q=量子纠缠是什么原理", 200)
	none := texts(tree, "section", "none")
	if len(none) != 1 || !strings.Contains(none[0], "没有找到确切的答案") || !strings.Contains(none[0], "联系在线客服") {
		t.Errorf("page says %q", none)
	}
	_, tree = view(t, s, "/search?q=量子纠缠是什么原理&lang=en", 200)
	if none := texts(tree, "section", "none"); len(none) != 1 || !strings.Contains(none[0], "Chat with us") {
		t.Errorf("English page says %q", none)
	}
}

// TestNonePageWithoutContact: nobody is told to get in touch where there is no way to.
func TestNonePageWithoutContact(t *testing.T) {
	for _, tt := range []struct {
		contact Contact
		want    bool
	}{{Contact{}, false}, {Contact{TextZH: "电话 400-000-0000"}, true}, {Contact{URL: "/contact"}, true}} {
		s := newServer(t, func(o *Options) { o.Contact = tt.contact })
		_, tree := view(t, s, "/search?q=量子纠缠是什么原理", 200)
		if none := texts(tree, "section", "none"); len(none) != 1 || strings.Contains(none[0], "或者直接联系我们") != tt.want {
			t.Errorf("contact %+v: page says %q", tt.contact, none)
		}
	}
}

// TestNearest: what is shown below "no exact answer" has something to do with the question.
func TestNearest(t *testing.T) {
	for _, tt := range []struct{ confidences, want []float64 }{
		{nil, nil},
		{[]float64{0.29, 0.1}, nil},
		{[]float64{0.4, 0.3, 0.29}, []float64{0.4, 0.3}},
		{[]float64{0.4, 0.2, 0.35}, []float64{0.4, 0.35}},
		{[]float64{0.5, 0.5, 0.4, 0.4}, []float64{0.5, 0.5, 0.4}},
	} {
		var hits []index.Hit
		for _, c := range tt.confidences {
			hits = append(hits, index.Hit{Confidence: c})
		}
		var got []float64
		for _, h := range nearest(hits) {
			got = append(got, h.Confidence)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("of %v: %v, want %v", tt.confidences, got, tt.want)
		}
	}
}

// TestFilters: a phone has room for eight categories, and for the chosen one wherever it stands.
func TestFilters(t *testing.T) {
	var many []index.Count
	for i := range 30 {
		top := string(rune('甲' + i))
		many = append(many, index.Count{Value: top, Count: 60 - i}, index.Count{Value: top + "/下", Count: 30 - i})
	}
	value := func(i int) string { return string(rune('甲' + i)) }
	first := []string{value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7)}
	for _, tt := range []struct {
		chosen string
		want   []string
	}{
		{"", first},
		{value(2), first},
		{value(20), append(slices.Clone(first), value(20))},
		{value(20) + "/下", append(slices.Clone(first), value(20)+"/下")},
		{"没有", append(slices.Clone(first), "没有")},
	} {
		var got []string
		for _, c := range filters(many, tt.chosen) {
			got = append(got, c.Value)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q chosen: %q, want %q", tt.chosen, got, tt.want)
		}
	}
}

func TestSearchPage(t *testing.T) {
	s := newServer(t, nil)
	t.Run("marks what was asked for", func(t *testing.T) {
		_, tree := view(t, s, "/search?q=免费发票", 200)
		if marks := texts(tree, "mark", ""); !slices.Contains(marks, "免费") {
			t.Errorf("marks %q", marks)
		}
	})
	t.Run("category", func(t *testing.T) {
		_, tree := view(t, s, "/search?q=申请&category=支付", 200)
		for _, r := range texts(tree, "ol", "results") {
			if strings.Contains(r, "售后") {
				t.Errorf("results of another category: %s", r)
			}
		}
	})
	t.Run("browse", func(t *testing.T) {
		_, tree := view(t, s, "/search?category=售后", 200)
		got := texts(tree, "h3", "")
		if diff := cmp.Diff([]string{"怎么申请换货？", "怎么申请退货？"}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("nothing in the category", func(t *testing.T) {
		body, _ := view(t, s, "/search?category=没有", 200)
		if !strings.Contains(body, "这里还没有文章") {
			t.Error(body)
		}
	})
	t.Run("no question", func(t *testing.T) {
		got := do(t, s, "GET", "/search?q=+&lang=en", "")
		if got.StatusCode != 302 || got.Header.Get("Location") != "/?lang=en" {
			t.Errorf("%d to %s", got.StatusCode, got.Header.Get("Location"))
		}
	})
	t.Run("question too long", func(t *testing.T) {
		body, _ := view(t, s, "/search?q="+strings.Repeat("退", 501), 400)
		if !strings.Contains(body, "字数不能超过 500") {
			t.Error(body)
		}
	})
	t.Run("broken offset", func(t *testing.T) {
		for _, offset := range []string{"-5", "x", "99999999999999999999", "1e3", "7"} {
			view(t, s, "/search?q=退货&offset="+offset, 200)
		}
	})
}

// TestExpiredIsMarked: who finds an article that has expired sees that before opening it.
func TestExpiredIsMarked(t *testing.T) {
	site := sampleSite()
	site["faq/旧/过期.md"] = &fstest.MapFile{Data: []byte("---\nvalid_until: 2020-01-01\n---\n# 双十一活动怎么参加？\n\n在首页报名。\n")}
	s := newSite(t, site, nil)
	_, tree := view(t, s, "/search?q=双十一活动怎么参加", 200)
	if got := texts(tree, "h3", ""); !slices.Equal(got, []string{"双十一活动怎么参加？"}) {
		t.Fatalf("results %q", got)
	}
	if got := texts(tree, "span", "expired"); !slices.Equal(got, []string{"已过有效期"}) {
		t.Errorf("marks %q", got)
	}
	if _, tree := view(t, s, "/search?q=发票", 200); len(texts(tree, "span", "expired")) > 0 {
		t.Error("what is valid is marked as expired")
	}
}

// TestEscaping: nothing that a customer or an editor writes becomes markup. view looks for scripts.
func TestEscaping(t *testing.T) {
	s := newServer(t, nil)
	for _, target := range []string{
		`/search?q=%3Cscript%3Ealert(1)%3C/script%3E`,
		`/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&category=%3Cscript%3E&lang=%22%3E%3Cscript%3E`,
		`/search?category=%22%3E%3Cscript%3Ealert(1)%3C/script%3E`,
		`/search?q=插件&offset=%3Cscript%3E`,
		`/?lang=%22%3E%3Cscript%3E`,
		`/articles/faq/支付/脚本`,
		`/search?q=浏览器插件引起的`,
	} {
		if body, _ := view(t, s, target, 200); strings.Contains(body, "<script>") {
			t.Errorf("%s: markup in\n%s", target, body)
		}
	}
	if body, _ := view(t, s, `/%22%3E%3Cscript%3Ealert(1)%3C/script%3E`, 404); strings.Contains(body, "<script>") {
		t.Errorf("markup in\n%s", body)
	}
}

func TestArticlePage(t *testing.T) {
	s := newServer(t, nil)
	body, tree := view(t, s, "/articles/faq/售后/退货", 200)
	if got := texts(tree, "h1", ""); !cmp.Equal(got, []string{"怎么申请退货？"}) {
		t.Errorf("headings %q", got)
	}
	for _, want := range []string{"<strong>七天内</strong>", `<time datetime="2026-10-01">`, `href="/search?category=%E5%94%AE%E5%90%8E"`, "怎么申请换货？"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if strings.Contains(body, "想退货怎么办") {
		t.Error("alternates are shown")
	}
}

// TestOldAddresses: paths of files and addresses of an older site lead to the article's one address.
func TestOldAddresses(t *testing.T) {
	s := newServer(t, nil)
	const now = "/articles/faq/%E5%94%AE%E5%90%8E/%E9%80%80%E8%B4%A7"
	for old, want := range map[string]string{
		"/articles/faq/售后/退货.md":                 now,
		"/help/return.html":                      now,
		"/help/return.html/":                     now,
		"/help/return.html?lang=en&utm_source=x": now + "?lang=en",
	} {
		got := do(t, s, "GET", old, "")
		if got.StatusCode != 301 || got.Header.Get("Location") != want {
			t.Errorf("%s: %d to %q", old, got.StatusCode, got.Header.Get("Location"))
		}
	}
	view(t, s, "/help/other.html", 404)
}

func TestPageLanguages(t *testing.T) {
	s := newServer(t, nil)
	for _, tt := range []struct{ target, accept, lang, word string }{
		{"/", "", "zh-CN", "常见问题"},
		{"/", "en-US,en;q=0.9", "en", "Common questions"},
		{"/", "zh-TW", "zh-TW", "常見問題"},
		{"/?lang=en", "zh-CN", "en", "Common questions"},
		{"/?lang=zh-TW", "en", "zh-TW", "常見問題"},
	} {
		body, tree := view(t, s, tt.target, 200, "Accept-Language: "+tt.accept)
		if !strings.Contains(body, `<html lang="`+tt.lang+`">`) || !strings.Contains(body, tt.word) {
			t.Errorf("%s with %q is not in %s:\n%s", tt.target, tt.accept, tt.lang, body)
		}
		// A language that was chosen is kept by every link of the site and by the form, which replaces the query.
		if !strings.Contains(tt.target, "lang=") {
			continue
		}
		for n := range tree.Descendants() {
			if href := attr(n, "href"); n.Data == "a" && strings.HasPrefix(href, "/") && !strings.Contains(href, "lang=") {
				t.Errorf("%s: link %s forgets the language", tt.target, href)
			}
		}
		if !strings.Contains(body, `<input type="hidden" name="lang" value="`+tt.lang+`">`) {
			t.Errorf("%s: the form forgets the language", tt.target)
		}
	}
}

// TestWordsAreComplete: no text is missing in any language, and none was left in another one.
func TestWordsAreComplete(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}`)
	for _, l := range []language{simplified, traditional, english} {
		w := reflect.ValueOf(wordsIn(l))
		for i := range w.NumField() {
			name, text := w.Type().Field(i).Name, w.Field(i).String()
			if text == "" || name != "lang" && han.MatchString(text) == (l == english) {
				t.Errorf("%s in %s: %q", name, l, text)
			}
		}
	}
}

// TestThanksKeepTheLanguage: forms say in which language the customer reads, and links to others are not to the form.
func TestThanksKeepTheLanguage(t *testing.T) {
	s := newServer(t, nil)
	body := text(t, submit(t, s, "/ask", "question=Do+you+ship+overseas%3F&lang=en", "Sec-Fetch-Site: same-origin"))
	for _, want := range []string{`<html lang="en">`, `href="/?lang=zh-CN"`, `href="/?lang=en"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
}

// TestLatePages: a page of results that is no more leads to the last one.
func TestLatePages(t *testing.T) {
	s := newServer(t, nil)
	for target, want := range map[string]string{
		"/search?q=退货&offset=500&lang=en":   "/search?lang=en&offset=0&q=%E9%80%80%E8%B4%A7",
		"/search?category=售后&offset=90":     "/search?category=%E5%94%AE%E5%90%8E&offset=0",
		"/search?category=&offset=10000000": "/search?category=&offset=0",
	} {
		got := do(t, s, "GET", target, "")
		if at := got.Header.Get("Location"); got.StatusCode != 302 || at != want {
			t.Errorf("%s: %d to %s, want %s", target, got.StatusCode, at, want)
		}
	}
}

func TestErrorPages(t *testing.T) {
	s, empty := newServer(t, nil), newEmptyServer(t, nil)
	if body, _ := view(t, s, "/nothing", 404); !strings.Contains(body, "页面不存在") || !strings.Contains(body, `role="search"`) {
		t.Error(body)
	}
	if body, _ := view(t, s, "/articles/nothing?lang=en", 404); !strings.Contains(body, "Article not found") {
		t.Error(body)
	}
	if body, _ := view(t, empty, "/", 503); !strings.Contains(body, "正在准备内容") || !strings.Contains(body, "再试一次") {
		t.Error(body)
	}
	// Programs get a problem, also at the address of a page.
	decoded[Problem](t, do(t, s, "GET", "/nothing", "", "Accept: application/json"), 404)
	decoded[Problem](t, do(t, s, "GET", "/api/v1/nothing", "", "Accept: text/html"), 404)
}

func TestFiles(t *testing.T) {
	s := newServer(t, nil)
	for _, tt := range []struct {
		path     string
		status   int
		mime     string
		download bool
	}{
		{"faq/售后/步骤.png", 200, "image/png", false},
		{"faq%2F售后%2F步骤.png", 200, "image/png", false},
		{"附件/说明.pdf", 200, "application/pdf", false},
		{"附件/图.svg", 200, "image/svg+xml", false},
		{"附件/退货单.docx", 200, "application/octet-stream", true},
		{"附件/程序.html", 404, "", false},
		{"附件/没有.png", 404, "", false},
		{"附件/没有人用.png", 404, "", false},
		{"faq/内部/赔付表.png", 404, "", false},
		{"faq/内部/标准.pdf", 404, "", false},
		{"附件", 404, "", false},
		{"", 404, "", false},
		{"faq/售后/退货.md", 404, "", false},
		{"_search/图.png", 404, "", false},
		{"faq/.git/logo.png", 404, "", false},
		{"../server.go", 404, "", false},
		{"faq/..%2f..%2fserver.png", 404, "", false},
		{"/etc/passwd.png", 404, "", false},
	} {
		got := do(t, s, "GET", "/files/"+tt.path, "")
		body := text(t, got)
		if got.StatusCode != tt.status || tt.status == 200 && got.Header.Get("Content-Type") != tt.mime {
			t.Errorf("%s: %d %s %.80s", tt.path, got.StatusCode, got.Header.Get("Content-Type"), body)
		}
		if download := got.Header.Get("Content-Disposition") == "attachment"; download != tt.download {
			t.Errorf("%s: download %v", tt.path, download)
		}
		if got.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: the browser may guess the type", tt.path)
		}
		if tt.mime == "image/svg+xml" && !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: scripts in it may run", tt.path)
		}
	}
}

// TestAssets: the pages name assets by a hash, browsers keep them for ever and are told when they have them.
func TestAssets(t *testing.T) {
	s := newServer(t, nil)
	body, _ := view(t, s, "/", 200)
	names := regexp.MustCompile(`/assets/\w+\.[0-9a-f]{12}\.(css|svg|js)`).FindAllString(body, -1)
	if len(names) != 3 {
		t.Fatalf("assets %q", names)
	}
	for _, name := range names {
		got := do(t, s, "GET", name, "")
		if got.StatusCode != 200 || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", name, got.StatusCode, got.Header)
		}
		if again := do(t, s, "GET", name, "", "If-None-Match: "+got.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %d", name, again.StatusCode)
		}
		if b, err := io.ReadAll(got.Body); err != nil || len(b) == 0 || len(b) > 20<<10 {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
	for accepted, want := range map[string]string{
		"gzip, deflate, br, zstd": "br", "gzip, deflate": "gzip", "br;q=0, gzip;q=0.5": "gzip", "BR": "br", "": "", "identity": "", "gzip;q=x": "",
	} {
		got := do(t, s, "GET", names[0], "", "Accept-Encoding: "+accepted)
		b, err := io.ReadAll(got.Body)
		if got.Header.Get("Content-Encoding") != want || got.Header.Get("Vary") != "Accept-Encoding" || err != nil {
			t.Errorf("accepting %q: %v, %v", accepted, got.Header, err)
		}
		switch want {
		case "br":
			b, err = io.ReadAll(brotli.NewReader(bytes.NewReader(b)))
		case "gzip":
			var r *gzip.Reader
			if r, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
				b, err = io.ReadAll(r)
			}
		}
		if err != nil || !strings.Contains(string(b), "--accent") {
			t.Errorf("accepting %q: %v, %.60s", accepted, err, b)
		}
		if again := do(t, s, "GET", names[0], "", "Accept-Encoding: "+accepted, `If-None-Match: W/"old", `+got.Header.Get("ETag")); again.StatusCode != 304 {
			t.Errorf("accepting %q again: %d", accepted, again.StatusCode)
		}
	}
	if got := do(t, s, "GET", "/assets/site.css", ""); got.StatusCode != 404 {
		t.Errorf("without hash: %d", got.StatusCode)
	}
}

// TestHeaders: what a browser is told not to do, on every kind of answer.
func TestHeaders(t *testing.T) {
	s := newServer(t, nil)
	for _, target := range []string{"/", "/nothing", "/api/v1/search", "/api/v1/categories", "/assets/x"} {
		h := do(t, s, "GET", target, "").Header
		policy := h.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", target, h)
		}
		if h.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", target)
		}
	}
}

func TestSpans(t *testing.T) {
	got := spans("怎么申请退货？", [][2]int{{0, 2}, {4, 6}})
	want := []span{{"怎么", true}, {"申请", false}, {"退货", true}, {"？", false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := spans("", nil); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}

// submit sends a form as a browser without scripts does.
func submit(t *testing.T, s *Server, target, form string, headers ...string) *http.Response {
	t.Helper()
	return do(t, s, "POST", target, form, append(headers, "Content-Type: application/x-www-form-urlencoded", "Accept: text/html")...)
}

// TestFeedbackWithoutScript walks the way of a customer who says that an answer was no help, and why.
func TestFeedbackWithoutScript(t *testing.T) {
	s := newLoggingServer(t)
	_, tree := view(t, s, "/search?q=怎么申请退货", 200)
	fields := url.Values{"type": {"unhelpful"}}
	for n := range tree.Descendants() {
		if n.Data == "input" && attr(n, "type") == "hidden" && (attr(n, "name") == "search_id" || attr(n, "name") == "article_id") {
			fields.Set(attr(n, "name"), attr(n, "value"))
		}
	}
	if fields.Get("article_id") != "faq/售后/退货" || !isSearchID(fields.Get("search_id")) {
		t.Fatalf("the form holds %v", fields)
	}
	body := text(t, submit(t, s, "/feedback", fields.Encode()))
	for _, want := range []string{"谢谢您的反馈", `name="reason" value="off_topic"`, fields.Get("search_id"), `href="/articles/faq/`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	fields.Set("reason", "unclear")
	fields.Set("comment", "图看不清")
	if body := text(t, submit(t, s, "/feedback", fields.Encode())); strings.Contains(body, "<fieldset>") {
		t.Errorf("asked for the reason again:\n%s", body)
	}
	found := recorded(t, s, fields.Get("search_id"))
	if len(found.Events) != 1 {
		t.Fatalf("the log holds %+v", found)
	}
	if e := found.Events[0]; e.Type != "unhelpful" || e.Reason != "unclear" || e.Comment != "图看不清" || e.ArticleID != "faq/售后/退货" {
		t.Errorf("event %+v", e)
	}
}

func TestFormsRefuse(t *testing.T) {
	s := newLoggingServer(t)
	id := strings.Repeat("A", 26)
	for _, tt := range []struct {
		target, form, header string
		status               int
	}{
		{"/feedback", "", "", 400},
		{"/feedback", "search_id=x&type=helpful", "", 400},
		{"/feedback", "search_id=" + id + "&type=bought", "", 400},
		{"/feedback", "search_id=" + id + "&type=unhelpful&reason=because", "", 400},
		{"/feedback", "search_id=" + id + "&type=helpful&comment=" + strings.Repeat("a", 1001), "", 400},
		{"/feedback", "search_id=" + id + "&type=helpful", "Origin: https://evil.example", 403},
		{"/feedback", "search_id=" + id + "&type=helpful", "Sec-Fetch-Site: cross-site", 403},
		{"/feedback", "search_id=" + id + "&type=helpful", "Sec-Fetch-Site: same-origin", 200},
		{"/ask", "question=+", "", 400},
		{"/ask", "question=" + strings.Repeat("a", 1001), "", 400},
		{"/ask", "question=怎么开发票&website=http://spam", "", 200},
		{"/ask", "question=怎么开发票&contact=a@example.com&lang=en", "", 200},
		{"/ask", "question=怎么开发票", "Origin: https://evil.example", 403},
	} {
		headers := []string{"X-Nothing: "}
		if tt.header != "" {
			headers = []string{tt.header}
		}
		if got := submit(t, s, tt.target, tt.form, headers...); got.StatusCode != tt.status {
			t.Errorf("%s %.80s with %q: %d %.200s", tt.target, tt.form, tt.header, got.StatusCode, text(t, got))
		}
	}
	// What the script needs to say which search an article was opened from.
	id = strings.Repeat("B", 26)
	if body, _ := view(t, s, "/articles/faq/售后/退货?s="+id, 200); !strings.Contains(body, `data-from="`+id+`"`) || !strings.Contains(body, `data-opened="faq/售后/退货"`) {
		t.Errorf("the search is not on the page of the article:\n%s", body)
	}
	if body, _ := view(t, s, "/articles/faq/售后/退货?s=%22%3E%3Cscript%3E", 200); strings.Contains(body, "data-opened") {
		t.Errorf("anything is taken for a search:\n%s", body)
	}
	off := newServer(t, nil)
	if body, _ := view(t, off, "/articles/faq/售后/退货?s="+id, 200); strings.Contains(body, "data-from") || strings.Contains(body, "data-opened") {
		t.Error("a site without a log counts what is opened")
	}
	if body, _ := view(t, off, "/search?q=怎么申请退货", 200); strings.Contains(body, `action="/feedback"`) {
		t.Error("a site without a log asks for feedback")
	}
	if body, _ := view(t, off, "/search?q=量子纠缠", 200); strings.Contains(body, `action="/ask"`) {
		t.Error("a site without a log takes questions")
	}
}

// TestRescueIsShown: who did not mean what was searched instead can have what was typed.
func TestRescueIsShown(t *testing.T) {
	s := newServer(t, nil)
	_, tree := view(t, s, "/search?q=zenmeshenqingtuihuo", 200)
	note := texts(tree, "p", "note")
	if len(note) != 1 || note[0] != "显示“怎么申请退货”的结果， 改为搜索“zenmeshenqingtuihuo”" {
		t.Errorf("note %q", note)
	}
	body, tree := view(t, s, "/search?q=zenmeshenqingtuihuo&rescue=false", 200)
	if note := texts(tree, "p", "note"); len(note) != 0 || len(texts(tree, "section", "none")) != 1 {
		t.Errorf("as typed: note %q in\n%s", note, body)
	}
}

// TestTrailReachesTheHuman: the searches of a visitor go with the contact link, over several searches and to an article.
func TestTrailReachesTheHuman(t *testing.T) {
	s := newServer(t, func(o *Options) { o.Contact = Contact{URL: "https://example.com/chat?from=help&t={trail}#now"} })
	human := func(tree *html.Node) string {
		for n := range tree.Descendants() {
			if n.Data == "a" && strings.HasPrefix(attr(n, "href"), "https://example.com/chat?from=help&t=") {
				return strings.TrimSuffix(strings.TrimPrefix(attr(n, "href"), "https://example.com/chat?from=help&t="), "#now")
			}
		}
		t.Fatal("no way to a human")
		return ""
	}
	_, tree := view(t, s, "/", 200)
	if token := human(tree); token != "" {
		t.Errorf("at home there is a trail %q", token)
	}
	_, tree = view(t, s, "/search?q=怎么申请退货", 200)
	_, tree = view(t, s, "/search?q=怎么开发票&t="+human(tree), 200)
	trail, err := s.trails.Read(human(tree), time.Now())
	if err != nil || len(trail.Steps) != 2 || trail.Steps[1].Decision != "answer" {
		t.Errorf("trail %+v, %v", trail, err)
	}
	link := ""
	for n := range tree.Descendants() {
		if href := attr(n, "href"); n.Data == "a" && strings.HasPrefix(href, "/articles/") {
			link = href
			break
		}
	}
	_, tree = view(t, s, link, 200)
	opened, err := s.trails.Read(human(tree), time.Now())
	if err != nil || len(opened.Steps) != 1 || opened.Steps[0].SearchID != trail.Steps[1].SearchID {
		t.Errorf("%s: trail %+v, %v; want the last search of %+v", link, opened, err, trail)
	}
	view(t, s, "/search?q=退货&t=forged", 200) // begins a new one
}

func TestPrintAndDownload(t *testing.T) {
	s := newServer(t, func(o *Options) { o.PublicURL = "https://help.example.com" })
	body, tree := view(t, s, "/articles/training/新人/物流", 200)
	for _, want := range []string{`href="/print/training/%E6%96%B0%E4%BA%BA/%E7%89%A9%E6%B5%81"`, `href="/download/training/%E6%96%B0%E4%BA%BA/%E7%89%A9%E6%B5%81"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if got := texts(tree, "h1", ""); !cmp.Equal(got, []string{"物流培训"}) {
		t.Errorf("headings %q", got)
	}
	_, tree = view(t, s, "/print/training/新人/物流", 200)
	if got := texts(tree, "form", ""); len(got) != 0 {
		t.Errorf("forms on paper: %q", got)
	}
	if got := texts(tree, "h2", ""); !cmp.Equal(got, []string{"什么时候发货", "偏远地区怎么送"}) {
		t.Errorf("sections on paper: %q", got)
	}
	got := do(t, s, "GET", "/download/faq/售后/退货", "")
	_, params, err := mime.ParseMediaType(got.Header.Get("Content-Disposition"))
	if err != nil || params["filename"] != "怎么申请退货？.md" || got.Header.Get("Content-Type") != "text/markdown; charset=utf-8" {
		t.Errorf("headers %v, %v", got.Header, err)
	}
	markdown := text(t, got)
	for _, want := range []string{"# 怎么申请退货？\n\n", "**七天内**", "(https://help.example.com/files/faq/"} {
		if !strings.Contains(markdown, want) {
			t.Errorf("no %s in\n%s", want, markdown)
		}
	}
	for _, target := range []string{"/print/faq/内部/赔付", "/download/faq/内部/赔付", "/print/nothing"} {
		if got := do(t, s, "GET", target, ""); got.StatusCode != 404 {
			t.Errorf("%s: %d", target, got.StatusCode)
		}
	}
}

// TestBrand: whatever colour an operator chooses, links and buttons can be read, on light pages and on dark ones.
func TestBrand(t *testing.T) {
	for _, accent := range []string{"", "#000", "#fff", "#ffff00", "#0f6e5a", "#ff5a00", "#7f7f7f", "#001133", "#E4F0FF"} {
		css := Brand{Accent: accent}.css()
		sets := regexp.MustCompile(`--accent:(#\w+);--on-accent:(#\w+);--tint:(#\w+);--edge:(#\w+)`).FindAllStringSubmatch(css, -1)
		if len(sets) != 2 {
			t.Fatalf("%q: %s", accent, css)
		}
		for i, set := range sets {
			ground := []string{"#ffffff", "#1a1d1f"}[i]
			edge, _ := parseColour(set[4])
			paper, _ := parseColour(ground)
			if c := edge.contrast(paper); c < 1.3 {
				t.Errorf("%q: an edge of %s on %s is not seen, contrast %.2f", accent, set[4], ground, c)
			}
			for _, pair := range [][2]string{{set[1], ground}, {set[1], set[3]}, {set[2], set[1]}} {
				a, _ := parseColour(pair[0])
				b, _ := parseColour(pair[1])
				if c := a.contrast(b); c < 4.5 {
					t.Errorf("%q: %s on %s has a contrast of %.2f", accent, pair[0], pair[1], c)
				}
			}
		}
	}
	s := newServer(t, func(o *Options) {
		o.Brand = Brand{Logo: "附件/没有人用.png", FooterZH: "© 星澜", FooterEN: "© Xinglan"}
		o.Contact.Script = "https://chat.example.net/widget/v1.js"
	})
	body := text(t, do(t, s, "GET", "/?lang=en", ""))
	for _, want := range []string{`<img src="/files/%E9%99%84%E4%BB%B6/%E6%B2%A1%E6%9C%89%E4%BA%BA%E7%94%A8.png"`, "© Xinglan", `<script src="https://chat.example.net/widget/v1.js" data-trail="" defer>`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if got := do(t, s, "GET", "/files/附件/没有人用.png", ""); got.StatusCode != 200 { // by no article, but by every page
		t.Errorf("the logo: %d", got.StatusCode)
	}
	policy := do(t, s, "GET", "/", "").Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self' https://chat.example.net;") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %s", policy)
	}
}

// TestDisplay: articles are shown in the characters that a reader wants, the interface stays in its language, and links
// and the form keep the choice.
func TestDisplay(t *testing.T) {
	s := newServer(t, func(o *Options) { o.Contact = Contact{TextZH: "联系客服：发短信"} })
	for _, tt := range []struct {
		target string
		status int
		want   []string
	}{
		{"/?lang=en&display=hant", 200, []string{"怎麼申請退貨？", `lang="zh-TW"`, "How can we help?", "售後"}},
		{"/search?q=怎么申请退货&display=hant&lang=en", 200, []string{"簽收後<strong>七天內</strong>", "售後", `value="怎么申请退货"`, `name="display" value="hant"`}},
		{"/articles/faq/售后/退货?display=hant&lang=en", 200, []string{"<h1>怎麼申請退貨？</h1>", `alt="退貨步驟"`, "%E5%94%AE%E5%90%8E/%E6%AD%A5%E9%AA%A4.png"}},
		{"/print/training/新人/物流?display=hant&lang=en", 200, []string{"物流培訓", "什麼時候發貨", `id="什么时候发货"`}},
		{"/?lang=zh-TW", 200, []string{"怎么申请退货？", "聯繫客服：發短信"}},
		{"/?display=klingon", 200, []string{"怎么申请退货？"}},
	} {
		body, tree := view(t, s, tt.target, tt.status)
		for _, want := range tt.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s in\n%s", tt.target, want, body)
			}
		}
		if !strings.Contains(tt.target, "display=hant") {
			continue
		}
		for n := range tree.Descendants() {
			href := attr(n, "href")
			if n.Data == "a" && strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "/files/") && !strings.Contains(href, "display=") &&
				attr(n, "rel") != "nofollow" {
				t.Errorf("%s: link %s forgets the characters", tt.target, href)
			}
		}
	}
}
