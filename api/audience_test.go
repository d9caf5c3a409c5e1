package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/labstack/echo/v4"

	"jieda/keys"
	"jieda/searchlog"
)

// audienceSite is a knowledge base for the public, for staff and for partners. What is not for everybody has words of its
// own, in every field that could leave the house: 貔貅 and zephyrtron for staff, 鲲鹏 and quoxilator for partners.
func audienceSite(visible ...string) fstest.MapFS {
	site := fstest.MapFS{
		"faq/售后/退货.md": {Data: []byte(`---
title: 怎么申请退货
相似问: [怎么退货]
tags: [售后]
related: [faq/售后/换货.md, faq/内部/a7, faq/伙伴/b3]
---
签收后七天内在我的订单里申请。![步骤](步骤.png)

内部说明见[这里](../内部/a7.md),样张在[这里](../../附件/共用.pdf)。
`)},
		"faq/售后/换货.md":  {Data: []byte("# 怎么申请换货\n\n尺码不合适可以免费换货一次。\n")},
		"faq/支付/发票.md":  {Data: []byte("# 怎么开发票\n\n下单时勾选需要发票。\n")},
		"faq/售后/步骤.png": {Data: []byte("\x89PNG\r\n\x1a\n")},
		"附件/共用.pdf":     {Data: []byte("%PDF-1.4 共用\n")},
		"faq/内部/a7.png": {Data: []byte("\x89PNG\r\n\x1a\n貔貅")},
		"faq/伙伴/b3.pdf": {Data: []byte("%PDF-1.4 鲲鹏\n")},
	}
	if slices.Contains(visible, "staff") {
		site["faq/内部/a7.md"] = &fstest.MapFile{Data: []byte(`---
title: 貔貅计划怎么申请退货赔付
description: 貔貅说明
category: 貔貅仓
keywords: [貔貅, zephyrtron]
tags: [貔貅]
相似问: [zephyrtron 怎么退货]
aliases: [/old/a7.html]
audience: staff
---
zephyrtron 的貔貅价是每单五十元。![图](a7.png) [样张](../../附件/共用.pdf) zephyrtron
`)}
	}
	if slices.Contains(visible, "partner") {
		site["faq/伙伴/b3.md"] = &fstest.MapFile{Data: []byte(`---
title: 鲲鹏合作怎么开发票
category: 鲲鹏仓
相似问: [quoxilator 发票]
aliases: [/old/b3.html]
audience: [partner]
---
quoxilator 的鲲鹏价打八折。[合同](b3.pdf)
`)}
	}
	return site
}

// secretWords are those that only the articles of an audience hold.
var secretWords = map[string][]string{"staff": {"貔貅", "zephyrtron"}, "partner": {"鲲鹏", "quoxilator"}}

// TestAudiences walks every route with every kind of key. For each caller there is a twin of the site without the
// articles that the caller may not see: it must not be possible to tell the site from its twin, neither by texts nor by
// counts, facets, completions, corrections, confidences, related links, files or refusals.
func TestAudiences(t *testing.T) {
	both := []keys.Scope{keys.Search, keys.Suggest}
	gone := time.Now().Add(-time.Hour)
	described := map[string]keys.Key{
		"public":  {Scopes: both},
		"search":  {Scopes: []keys.Scope{keys.Search}},
		"suggest": {Scopes: []keys.Scope{keys.Suggest}},
		"staff":   {Scopes: both, Audiences: []string{"staff"}},
		"partner": {Scopes: both, Audiences: []string{"partner"}},
		"several": {Scopes: both, Audiences: []string{"partner", "staff"}},
		"other":   {Scopes: both, Audiences: []string{"nobody", "STAFF", "*"}},
		"admin":   {Scopes: []keys.Scope{keys.Admin}},
		"expired": {Scopes: both, Audiences: []string{"staff"}, Expires: gone},
		"revoked": {Scopes: both, Audiences: []string{"staff"}, Revoked: gone},
	}
	ring, secrets := newKeys(t, described)
	trails, err := searchlog.NewSigner([]byte("one secret for the site and its twins"))
	if err != nil {
		t.Fatal(err)
	}
	trail := trails.Sign(searchlog.Trail{}.Next(searchlog.Step{SearchID: walkSearch, Decision: "answer"}), time.Now())
	open := func(visible ...string) *Server {
		x, keeper := newIndex(t, audienceSite(visible...))
		if err := keeper.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return serve(t, x, keeper, func(o *Options) {
			o.Keys, o.Files = ring, audienceSite("staff", "partner")
			o.Log, o.Trails = newLog(t), trails
			o.Knowledge = []string{"internal=audience:staff", "shop=category:售后", "secret=category:貔貅仓"}
		})
	}
	whole := open("staff", "partner")
	twins := map[string]*Server{"": open(), "staff": open("staff"), "partner": open("partner")}

	type sender struct {
		name, header, sees string
		refused            bool // nearly everywhere: a few requests to each route are enough
	}
	senders := []sender{
		{"none", "", "", false}, {"wrong", "Bearer " + secrets["staff"] + "X", "", true}, {"malformed", secrets["staff"], "", true},
		{"basic", "Basic c3RhZmY6c3RhZmY=", "", true}, {"admin key", "Bearer " + testKey, "", false},
	}
	for name, k := range described {
		who := sender{name, "Bearer " + secrets[name], "", name == "admin" || !k.Expires.IsZero() || !k.Revoked.IsZero()}
		if name == "staff" || name == "partner" || name == "several" {
			who.sees = strings.Join(k.Audiences, " ")
		}
		senders = append(senders, who)
	}
	reached := map[string]bool{} // routes that did what they are for, for somebody
	leaked := map[string]bool{}  // routes that showed staff text to those who may see it: the walk looks where it is
	for _, route := range append(whole.handler.(*echo.Echo).Routes(), &echo.Route{Method: "GET", Path: "/*"}) {
		if route.Method == http.MethodHead || !strings.HasPrefix(route.Path, "/") {
			continue // HEAD is GET without the body
		}
		at := route.Method + " " + route.Path
		for _, who := range senders {
			for i, r := range walkRequests(whole, route, trail) {
				if who.refused && i%9 > 0 {
					continue
				}
				got := r.send(t, whole, who.header)
				if got.Code < 400 {
					reached[at] = true
				}
				body := readable(got)
				for audience, words := range secretWords {
					for _, word := range words {
						switch {
						case !strings.Contains(body, word):
						case strings.Contains(who.sees, audience):
							leaked[at] = true
						case !strings.Contains(r.String(), word) && !strings.HasPrefix(route.Path, "/api/v1/admin/"):
							t.Errorf("%s, key %s: %s shows %s: %d %s", at, who.name, r, word, got.Code, body)
						}
					}
				}
				twin := twins[who.sees]
				if twin == nil || strings.HasPrefix(route.Path, "/api/v1/admin/") && strings.HasPrefix(who.name, "admin") || route.Path == "/metrics" {
					continue // sees everything; or numbers of the whole site, for those who run it
				}
				want := r.send(t, twin, who.header)
				if got.Code != want.Code || body != readable(want) {
					t.Errorf("%s, key %s: %s tells that there is more\nwith    %d %s\nwithout %d %s", at, who.name, r, got.Code, body, want.Code, readable(want))
				}
			}
		}
		if !reached[at] {
			t.Errorf("%s: no request of this test succeeds there; add one to walkRequests", at)
		}
	}
	for _, at := range []string{
		"GET /api/v1/search", "POST /api/v1/suggest", "GET /api/v1/complete", "GET /api/v1/articles", "GET /api/v1/articles/*",
		"GET /api/v1/categories", "POST /dify/retrieval", "POST /mcp", "GET /", "GET /search", "GET /articles/*", "GET /print/*",
		"GET /download/*", "GET /files/*",
	} {
		if !leaked[at] {
			t.Errorf("%s shows staff nothing: the test does not look where something is", at)
		}
	}
}

// A walkRequest is one request to a route. A body that is not JSON is a form.
type walkRequest struct{ method, target, body string }

func (r walkRequest) String() string {
	target, err := url.PathUnescape(r.target)
	if err != nil {
		target = r.target
	}
	return r.method + " " + target + " " + r.body
}

func (r walkRequest) send(t *testing.T, s *Server, header string) *httptest.ResponseRecorder {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if strings.Contains(r.target, "/reindex/events") {
		cancel() // an endless stream ends before it begins
	}
	q := httptest.NewRequestWithContext(ctx, r.method, r.target, strings.NewReader(r.body))
	q.Header.Set("Accept", "application/json, text/event-stream")
	q.Header.Set("X-Request-Id", "walk")
	switch {
	case strings.HasPrefix(r.body, "{"):
		q.Header.Set("Content-Type", "application/json")
	case r.body != "":
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if header != "" {
		q.Header.Set("Authorization", header)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, q)
	return w
}

// walkSearch is the id of a search that feedback is about.
const walkSearch = "5GQ3TBRMY5QJ4RJKCNLS6W7A2E"

// walkQuestions hold the words that are not for everybody, words that nearly are these, and what is common to them and
// to public articles.
var walkQuestions = []string{
	"怎么申请退货", "退货赔付", "发票", "貔貅", "zephyrtron", "zephirtron 怎么退货", "pixiu jihua", "皮休计划怎么申请退货", "貔貅和鲲鹏",
	"quoxilater 发票", "kunpeng", "貔", "z",
}

// walkRequests are the requests to a route that try to get at what is not for everybody, by all the names and words that
// it has. What a route does not understand is refused: that is walked too.
func walkRequests(s *Server, route *echo.Route, trail string) (list []walkRequest) {
	add := func(query url.Values, body string) {
		target := route.Path
		if len(query) > 0 {
			target += "?" + query.Encode()
		}
		list = append(list, walkRequest{route.Method, target, body})
	}
	if before, isWild := strings.CutSuffix(route.Path, "*"); isWild {
		for _, name := range []string{
			"faq/内部/a7", "faq/内部/a7.md", "old/a7.html", "/old/a7.html", "faq/内部/a7.png", "faq/伙伴/b3", "faq/伙伴/b3.md", "old/b3.html",
			"faq/伙伴/b3.pdf", "附件/共用.pdf", "faq/售后/退货", "faq/售后/步骤.png", "faq/内部", "内部", s.pages.names["site.css"], "faq/没有",
		} {
			list = append(list, walkRequest{route.Method, before + (&url.URL{Path: name}).EscapedPath(), ""})
			list = append(list, walkRequest{route.Method, before + url.PathEscape(name), ""})
		}
		return list
	}
	add(nil, "")
	if route.Method == http.MethodGet {
		for _, q := range walkQuestions {
			add(url.Values{"q": {q}}, "")
		}
		for _, category := range []string{"貔貅仓", "鲲鹏仓", "内部", "售后"} {
			add(url.Values{"category": {category}}, "")
			add(url.Values{"q": {"退货"}, "category": {category}}, "")
		}
		add(url.Values{"token": {trail}}, "")
		return list
	}
	bodies, known := map[string][]string{
		"/api/v1/suggest": {
			`{"message":%q}`,
			`{"message":"那要多久","history":[{"role":"customer","text":%q}]}`,
			`{"message":%q,"filters":{"tags":["貔貅"]}}`,
			`{"message":%q,"filters":{"category":"鲲鹏仓"}}`,
			`{"message":%q,"filters":{"audience":["staff"]}}`,
		},
		difyPath: {
			`{"knowledge_id":"all","query":%q,"retrieval_setting":{"top_k":5,"score_threshold":0}}`,
			`{"knowledge_id":"internal","query":%q,"retrieval_setting":{"top_k":5,"score_threshold":0}}`,
			`{"knowledge_id":"secret","query":%q,"retrieval_setting":{"top_k":5,"score_threshold":0}}`,
		},
		mcpPath: {
			`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":%q}}}`,
		},
		"/api/v1/questions": {`{"question":%q}`},
		"/ask":              {"question=%s"},
	}[route.Path]
	if !known {
		bodies = []string{`{"message":%q}`}
	}
	for _, body := range bodies {
		for _, q := range walkQuestions {
			add(nil, fmt.Sprintf(body, q))
		}
	}
	for _, id := range []string{"faq/内部/a7", "faq/伙伴/b3", "faq/售后/退货"} {
		switch route.Path {
		case mcpPath:
			add(nil, fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"fetch","arguments":{"id":%q}}}`, id))
			add(nil, fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":%q}}`, mcpArticles+id))
		case "/api/v1/events":
			add(nil, fmt.Sprintf(`{"search_id":%q,"type":"open","article_id":%q}`, walkSearch, id))
		case "/feedback":
			add(nil, url.Values{"search_id": {walkSearch}, "type": {"unhelpful"}, "article_id": {id}}.Encode())
		}
	}
	switch route.Path {
	case mcpPath:
		add(nil, `{"jsonrpc":"2.0","id":1,"method":"resources/list"}`)
	case "/api/v1/contacts":
		add(nil, fmt.Sprintf(`{"trail":%q,"outcome":"handed_over"}`, trail))
	}
	return list
}

var (
	volatile = regexp.MustCompile(`\\?"(search_id|took_ms|generation|index_id|trail|built_at)\\?": ?(\\?"[^"\\]*\\?"|[-+.\de]+|null|\[[^\]]*\])`)
	visit    = regexp.MustCompile(`\b[A-Z2-7]{26}\b|data-trail="[^"]*"`) // what names one search of one visitor
	escaped  = regexp.MustCompile(`(%[0-9A-Fa-f]{2})+`)
)

// readable is what came back, headers that may tell something included, with addresses as people read them, and without
// what differs between two runs.
func readable(w *httptest.ResponseRecorder) string {
	body := w.Header().Get("Location") + " " + w.Header().Get("Cache-Control") + " " + volatile.ReplaceAllString(w.Body.String(), "-")
	body = visit.ReplaceAllString(body, "-")
	return escaped.ReplaceAllStringFunc(body, func(s string) string {
		if plain, err := url.PathUnescape(s); err == nil {
			return plain
		}
		return s
	})
}
