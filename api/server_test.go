package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"jieda/index"
	"jieda/index/local"
)

// shared is the sample site, built once: opening an index takes a second. Tests that change it make their own.
var shared struct {
	index  *index.Index
	keeper *index.Keeper
}

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "api")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	x, keeper, closeAll, err := openIndex(dir, sampleSite())
	if err != nil {
		log.Fatal(err)
	}
	if err := keeper.Start(context.Background()); err != nil {
		log.Fatalf("build the sample site: %v", err)
	}
	shared.index, shared.keeper = x, keeper
	code = m.Run()
	if err := closeAll(); err != nil {
		log.Print(err)
		code = 1
	}
	if err := goleak.Find(); err != nil {
		log.Print(err)
		code = 1
	}
	return code
}

func openIndex(dir string, site fs.FS) (*index.Index, *index.Keeper, func() error, error) {
	engine, err := local.Open(dir)
	if err != nil {
		return nil, nil, nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	x, err := index.New(index.Options{Engine: engine, DictDir: dir + "/dict", Logger: quiet})
	if err != nil {
		return nil, nil, nil, errors.Join(err, engine.Close())
	}
	closeAll := func() error { return errors.Join(x.Close(), engine.Close()) }
	return x, index.NewKeeper(x, site, index.KeeperOptions{Logger: quiet}), closeAll, nil
}

// sampleSite is a small knowledge base. Every file in it is used by some test.
func sampleSite() fstest.MapFS {
	return fstest.MapFS{
		"faq/售后/退货.md": {Data: []byte(`---
title: 怎么申请退货？
相似问: [怎么退货, 想退货怎么办]
related: [faq/售后/换货.md, faq/没有这篇]
aliases: [/help/return.html]
lastmod: 2026-10-01
---
签收后**七天内**，在“我的订单”里点“申请退货”，按页面上的步骤寄回即可。

![退货步骤](步骤.png)

| 会员等级 | 可以退货的天数 |
|---|---:|
| 普通会员 | 7 |
| 金牌会员 | 15 |
`)},
		"faq/售后/步骤.png": {Data: []byte("\x89PNG\r\n\x1a\n")},
		"faq/售后/换货.md": {Data: []byte(`# 怎么申请换货？

收到的鞋子尺码不合适，可以在十五天内免费换货一次。
`)},
		"faq/支付/发票.md": {Data: []byte(`---
title: 怎么开发票？
valid_until: 2099-12-31
---
下单时勾选“需要发票”，电子发票会发到您的邮箱。
`)},
		"faq/支付/脚本.md": {Data: []byte(`# 页面上出现 <script>alert(1)</script> 怎么办

这是<script>alert("正文")</script>浏览器插件引起的，请停用插件。

[退货单](../../附件/退货单.docx) ![图](/附件/图.svg) <a href="../../附件/说明.pdf">说明</a> [程序](/附件/程序.html)
`)},
		"training/新人/物流.md": {Data: []byte(`# 物流培训

新员工第一周阅读。

## 什么时候发货

每天下午四点前付款的订单，当天从仓库发出。

## 偏远地区怎么送

新疆和西藏的包裹由邮政承运，需要七到十天。
`)},
		"faq/内部/赔付.md": {Data: []byte(`---
title: 客服可以赔付多少钱
audience: staff
---
每单不超过五十元红包。

![步骤](../售后/步骤.png) ![赔付表](赔付表.png) [标准](标准.pdf)
`)},
		"faq/内部/赔付表.png":    {Data: []byte("\x89PNG\r\n\x1a\n")},
		"faq/内部/标准.pdf":     {Data: []byte("%PDF-1.4\n")},
		"附件/没有人用.png":       {Data: []byte("\x89PNG\r\n\x1a\n")},
		"faq/坏的.md":         {Data: []byte("---\ntitle: [没有写完\n---\n正文\n")},
		"附件/退货单.docx":       {Data: []byte("PK\x03\x04")},
		"附件/图.svg":          {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)},
		"附件/说明.pdf":         {Data: []byte("%PDF-1.4\n")},
		"附件/程序.html":        {Data: []byte("<script>alert(1)</script>")},
		"_search/图.png":     {Data: []byte("\x89PNG\r\n\x1a\n")},
		"faq/.git/logo.png": {Data: []byte("\x89PNG\r\n\x1a\n")},
	}
}

// newIndex opens an empty index and a keeper of the site on a temporary disk.
func newIndex(t testing.TB, site fs.FS) (*index.Index, *index.Keeper) {
	t.Helper()
	x, keeper, closeAll, err := openIndex(t.TempDir(), site)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := closeAll(); err != nil {
			t.Error(err)
		}
	})
	return x, keeper
}

// newServer serves the sample site, which can be searched. configure may be nil.
func newServer(t testing.TB, configure func(*Options)) *Server {
	t.Helper()
	return serve(t, shared.index, shared.keeper, configure)
}

// newEmptyServer serves an index that is not open yet.
func newEmptyServer(t testing.TB, configure func(*Options)) *Server {
	t.Helper()
	x, keeper := newIndex(t, sampleSite())
	return serve(t, x, keeper, configure)
}

const testKey = "faq_test_key"

func serve(t testing.TB, x *index.Index, keeper *index.Keeper, configure func(*Options)) *Server {
	t.Helper()
	opts := Options{
		Index: x, Keeper: keeper, Files: sampleSite(), AdminKey: testKey, Version: "v0-test",
		Contact: Contact{URL: "https://example.com/chat", TextZH: "联系在线客服", TextEN: "Chat with us"},
	}
	if configure != nil {
		configure(&opts)
	}
	s, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// do sends one request. Headers are "Name: value".
func do(t testing.TB, s *Server, method, target, body string, headers ...string) *http.Response {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, target, reader)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w.Result()
}

// text reads a body.
func text(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// decoded reads a JSON body of the given status.
func decoded[T any](t testing.TB, r *http.Response, status int) T {
	t.Helper()
	body := text(t, r)
	if r.StatusCode != status {
		t.Fatalf("status %d, want %d: %s", r.StatusCode, status, body)
	}
	var v T
	d := json.NewDecoder(strings.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

func TestNewRefuses(t *testing.T) {
	x, keeper := newIndex(t, fstest.MapFS{})
	for _, tt := range []struct {
		name string
		set  func(*Options)
		want string
	}{
		{"no index", func(o *Options) { o.Index = nil }, "Index and Keeper"},
		{"public address with a path", func(o *Options) { o.PublicURL = "https://example.com/help" }, "without a path"},
		{"public address without a scheme", func(o *Options) { o.PublicURL = "example.com" }, "https://"},
		{"contact that is a script", func(o *Options) { o.Contact.URL = "javascript:alert(1)" }, "Contact.URL"},
		{"contact that is a word", func(o *Options) { o.Contact.URL = "客服" }, "Contact.URL"},
		{"chat script without TLS", func(o *Options) { o.Contact.Script = "http://example.com/chat.js" }, "Contact.Script"},
		{"colour with a name", func(o *Options) { o.Brand.Accent = "green" }, "Brand.Accent"},
		{"logo that is a script", func(o *Options) { o.Brand.Logo = "javascript:alert(1)" }, "Brand.Logo"},
		{"logo that is no image", func(o *Options) { o.Brand.Logo = "faq/a.md" }, "Brand.Logo"},
		{"knowledge without a name", func(o *Options) { o.Knowledge = []string{"shop=category:"} }, "ID=category:NAME"},
		{"proxy that is a name", func(o *Options) { o.TrustedProxies = []string{"proxy.local"} }, "proxy.local"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := Options{Index: x, Keeper: keeper}
			tt.set(&opts)
			_, err := New(opts)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("New: %v, want an error with %q", err, tt.want)
			}
		})
	}
}
