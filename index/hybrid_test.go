package index_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"jieda/content"
	"jieda/content/sample"
	"jieda/index"
	"jieda/index/local"
	"jieda/index/semantic"
	"jieda/index/semantic/semantictest"
)

// hybrid builds an index of the folder that asks the server, and waits for the vectors.
func hybrid(t testing.TB, s *semantictest.Server, folder fs.FS, change func(*index.Options, *semantic.Options)) *index.Index {
	t.Helper()
	x := hybridEmpty(t, s, change)
	rebuild(t, x, folder)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := x.AwaitMeanings(ctx); err != nil {
		t.Fatal(err)
	}
	return x
}

func hybridEmpty(t testing.TB, s *semantictest.Server, change func(*index.Options, *semantic.Options)) *index.Index {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	dir := t.TempDir()
	vectors := semantic.Options{URL: s.URL, Model: semantictest.Model, Dir: dir, Timeout: 5 * time.Second, Batch: 7, Logger: log}
	engine, err := local.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := index.Options{Engine: engine, DictDir: dictDir, Logger: log}
	if change != nil {
		change(&o, &vectors)
	}
	if o.Semantic, err = semantic.Open(vectors); err != nil {
		t.Fatal(err)
	}
	x, err := index.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range []interface{ Close() error }{x, o.Semantic, engine} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return x
}

func rebuild(t testing.TB, x *index.Index, folder fs.FS) {
	t.Helper()
	lib, err := content.Read(context.Background(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Build(context.Background(), lib, nil); err != nil {
		t.Fatal(err)
	}
}

// lostAndFound is a site in which nobody writes 捡到 or 弄丢.
func lostAndFound() fstest.MapFS {
	return files(
		"faq/found.md", "---\nnegatives: [捡到钱包]\n---\n# 拾获悠游卡如何交还\n\n请交至任一车站询问处。",
		"faq/lost.md", "# 遗失雨伞如何登记\n\n请到服务台填表。",
		"faq/refund.md", "# 车票如何退款\n\n在原售票窗口办理。",
		"faq/price.md", "# 票价怎么计算\n\n按里程。",
		"faq/staff.md", "---\naudience: staff\n---\n# 拾获悠游卡如何交还主管\n\n内部流程。",
		"faq/old.md", "---\nvalid_until: 2020-01-01\n---\n# 遗失月票如何补办\n\n已停办。",
		"faq/future.md", "---\nvalid_from: 2099-01-01\n---\n# 拾获悠游卡如何交还新规\n\n尚未生效。",
		"faq/时刻.md", "---\ntags: [时刻]\nlang: zh-CN\n---\n# 首班车几点\n\n六点。",
		"training/found.md", "---\ncategory: 内训/车站\ntags: [失物]\n---\n# 拾获悠游卡如何交还培训\n\n培训材料。",
		"faq/wecom.md", "---\nchannel: [wecom]\n---\n# 拾获悠游卡如何交还客服\n\n发给客服。",
		"faq/wifi.md", "# 车上无线网络怎么连接\n\n选择车厢网络。",
	)
}

func synonyms() [][]string {
	return [][]string{{"拾获", "捡到", "捡着"}, {"遗失", "弄丢"}, {"交还", "怎么还给失主"}, {"雨伞", "洋伞"}, {"登记", "挂号"}}
}

func ids(r *index.Response) (list []string) {
	for _, h := range r.Hits {
		list = append(list, h.ArticleID)
	}
	return list
}

// TestHybridFindsSynonyms: 捡着 stands nowhere, so words cannot know what it is.
func TestHybridFindsSynonyms(t *testing.T) {
	x := hybrid(t, semantictest.New(t, synonyms()...), lostAndFound(), nil)
	request := index.Request{Query: "捡着悠游卡"}
	got := search(t, x, request)
	if len(got.Hits) == 0 || !strings.Contains(got.Hits[0].Question, "拾获") {
		t.Errorf("hits %v", ids(got))
	}
	if got.Decision == index.Answer || got.Reasons.Closeness < 0.3 {
		t.Errorf("%s with %+v: meaning alone must not answer, and must be told", got.Decision, got.Reasons)
	}
	// Words know nothing of this one.
	request.Query = "弄丢洋伞挂号"
	words, both := request, request
	words.WordsOnly = true
	if got := search(t, x, words); got.Decision != index.None {
		t.Errorf("words alone: %s %v", got.Decision, ids(got))
	}
	if got := search(t, x, both); got.Decision == index.Answer || len(got.Hits) == 0 || !strings.Contains(got.Hits[0].Question, "遗失") {
		t.Errorf("with meaning: %s %v %+v", got.Decision, ids(got), got.Reasons)
	}
	explained, err := x.Explain(context.Background(), index.Request{Query: "捡着悠游卡"})
	if err != nil || !strings.Contains(explained, "rank by meaning") || !strings.Contains(explained, semantictest.Model) {
		t.Errorf("explain: %v\n%s", err, explained)
	}
	if s := x.Semantic(); s.Hybrid == 0 || s.Missing != 0 || s.Vectors == 0 || !s.Searched || len(s.Fallbacks) != 0 {
		t.Errorf("status: %+v", s)
	}
}

// TestHybridFilters: what the search by words may not return, the search by meaning may not either.
func TestHybridFilters(t *testing.T) {
	x := hybrid(t, semantictest.New(t, synonyms()...), lostAndFound(), nil)
	for _, c := range []struct {
		request index.Request
		want    []string // these and no others hold 拾获
	}{
		{index.Request{}, []string{"faq/found", "faq/wecom", "training/found"}},
		{index.Request{Channel: "web"}, []string{"faq/found", "training/found"}},
		{index.Request{Audiences: []string{"staff"}}, []string{"faq/found", "faq/staff", "faq/wecom", "training/found"}},
		{index.Request{Kind: content.Training}, []string{"training/found"}},
		{index.Request{Category: "内训"}, []string{"training/found"}},
		{index.Request{Category: "内训/车站"}, []string{"training/found"}},
		{index.Request{Category: "内"}, nil},
		{index.Request{Tags: []string{"失物"}}, []string{"training/found"}},
		{index.Request{Tags: []string{"失物", "时刻"}}, nil},
		{index.Request{Lang: "en"}, nil},
		{index.Request{Where: func(f *index.Facts) bool { return f.Path == "faq/found.md" }}, []string{"faq/found"}},
		{index.Request{Now: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, []string{"faq/found", "faq/future", "faq/wecom", "training/found"}},
	} {
		c.request.Query, c.request.Limit = "捡到悠游卡怎么还给失主", 50
		got := search(t, x, c.request)
		var found []string
		for _, h := range got.Hits {
			if strings.Contains(h.Question, "拾获") {
				found = append(found, h.ArticleID)
			}
		}
		slices.Sort(found)
		if !slices.Equal(found, c.want) {
			t.Errorf("%+v: %v, want %v", c.request, found, c.want)
		}
		if got.Total != len(got.Hits) {
			t.Errorf("%+v: total %d, %d hits", c.request, got.Total, len(got.Hits))
		}
	}
	// The editor says that the wallet is another matter, however near it is.
	if got := search(t, x, index.Request{Query: "捡到钱包"}); slices.Contains(ids(got), "faq/found") {
		t.Errorf("a negative is brought back: %v", ids(got))
	}
}

// TestHybridGuarantees: an exact question is answered as without the layer, an unknown code or an expired article is
// not, whatever meaning says.
func TestHybridGuarantees(t *testing.T) {
	folder := lostAndFound()
	folder["faq/e0421.md"] = &fstest.MapFile{Data: []byte("# 闸机显示 E0421 怎么办\n\n请重新刷卡。")}
	reckless := func(o *index.Options, _ *semantic.Options) {
		o.HybridGates = index.HybridGates{SuggestFrom: 0.01, ChooseFrom: 0.01, AnswerFrom: 0.01}
	}
	for name, change := range map[string]func(*index.Options, *semantic.Options){"default": nil, "reckless": reckless} {
		x := hybrid(t, semantictest.New(t, append(synonyms(), []string{"E0421", "E0999"})...), folder, change)
		for _, c := range []struct {
			query    string
			decision index.Decision
			why      string
		}{
			{"车票如何退款", index.Answer, "exact"},
			{"闸机显示 E0421 怎么办", index.Answer, "exact"},
			{"闸机显示 E0999 怎么办", index.Suggest, "unknown_code"},
			{"遗失月票如何补办", index.Suggest, "expired"},
		} {
			got := search(t, x, index.Request{Query: c.query})
			if got.Decision != c.decision || got.Reasons.Why != c.why {
				t.Errorf("%s: %s: %s (%s), want %s (%s)", name, c.query, got.Decision, got.Reasons.Why, c.decision, c.why)
			}
		}
	}
}

// TestHybridOrder: confidence never rises from one hit to the next, on any page; a wording that holds the whole question
// goes before those that do not; pages do not overlap.
func TestHybridOrder(t *testing.T) {
	x := hybrid(t, semantictest.New(t, synonyms()...), sample.FS(), nil)
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		query := anyQuestion(t)
		words, err := x.Search(context.Background(), index.Request{Query: query, Limit: 50, Now: now, WordsOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		all, err := x.Search(context.Background(), index.Request{Query: query, Limit: 50, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(all.Hits, func(a, b index.Hit) int { return int(1e9 * (b.Confidence - a.Confidence)) }) {
			t.Errorf("%q: confidence rises", query)
		}
		if len(all.Hits) > 0 && all.Hits[0].Confidence != all.Reasons.Confidence {
			t.Errorf("%q: the first hit has %f, the reasons say %f", query, all.Hits[0].Confidence, all.Reasons.Confidence)
		}
		if words.Reasons.Exact && all.Hits[0].PassageID != words.Hits[0].PassageID {
			t.Errorf("%q: the exact question is no longer first", query)
		}
		if all.Decision == index.Answer && words.Decision != index.Answer {
			t.Errorf("%q: answered by meaning", query)
		}
		var paged []string
		for offset := 0; offset < 50; offset += 7 {
			page, err := x.Search(context.Background(), index.Request{Query: query, Limit: min(7, 50-offset), Offset: offset, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			if page.Total != all.Total || page.Decision != all.Decision {
				t.Errorf("%q: page at %d has total %d, %s", query, offset, page.Total, page.Decision)
			}
			paged = append(paged, ids(page)...)
		}
		if !slices.Equal(paged, ids(all)) {
			t.Errorf("%q: pages give %v, all at once %v", query, paged, ids(all))
		}
	})
}

// anyQuestion is made of pieces of what customers of the sample ask.
func anyQuestion(t *rapid.T) string {
	pieces := []string{"怎么", "退货", "发票", "捡到", "耳机", "X5", "E0421", "E9999", "没声音", "会员", "tuikuan", "天气", "多久", "?", " ", "怎么退货", "七天无理由退货", "運費", "电池"}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 5).Draw(t, "pieces"), "")
}

// TestWithoutMeaning: when the endpoint fails or is late, results are to the byte those of an index that never had one,
// and the metrics say why.
func TestWithoutMeaning(t *testing.T) {
	plain := open(t, sample.FS())
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	s := semantictest.New(t)
	x := hybrid(t, s, sample.FS(), func(_ *index.Options, o *semantic.Options) { o.Timeout = 60 * time.Millisecond })
	for reason, fault := range map[string]semantictest.Fault{
		semantic.Failed:    {Status: 500},
		semantic.Timeout:   {Delay: time.Minute},
		semantic.Malformed: {Truncated: true},
	} {
		s.Do(semantictest.Fault{})
		waitFor(t, "the end of the pause", func() bool {
			before := x.Semantic().Hybrid
			search(t, x, index.Request{Query: reason + " before"})
			return x.Semantic().Hybrid > before
		})
		before := x.Semantic()
		s.Do(fault)
		rapid.Check(t, func(t *rapid.T) {
			r := index.Request{Query: anyQuestion(t), Limit: rapid.IntRange(1, 50).Draw(t, "limit"), Offset: rapid.IntRange(0, 60).Draw(t, "offset"), Now: now}
			began := time.Now()
			got, err := x.Search(context.Background(), r)
			took := time.Since(began)
			if err != nil {
				t.Fatal(err)
			}
			want, err := plain.Search(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v:\n%+v\nwant\n%+v", r, got, want)
			}
			if took > 2*time.Second {
				t.Errorf("it took %v", took)
			}
		})
		status := x.Semantic()
		if status.Fallbacks[reason] == before.Fallbacks[reason] || status.Fallbacks[semantic.Paused] == before.Fallbacks[semantic.Paused] || status.Questions.Failures[reason] == 0 {
			t.Errorf("%s: the status does not say so: %+v", reason, status)
		}
		explained, err := x.Explain(context.Background(), index.Request{Query: "怎么退货"})
		if err != nil || !strings.Contains(explained, "not used 未使用 (") {
			t.Errorf("explain: %v\n%s", err, explained)
		}
	}
}

// TestMeaningsComeLater: a new generation is searched by words at once, whatever the endpoint does, and by meaning when
// the vectors are there; texts that were embedded once are not sent again.
func TestMeaningsComeLater(t *testing.T) {
	s := semantictest.New(t, synonyms()...)
	s.Do(semantictest.Fault{Status: 503})
	x := hybridEmpty(t, s, nil)
	rebuild(t, x, lostAndFound())
	if got := search(t, x, index.Request{Query: "车票如何退款"}); got.Decision != index.Answer {
		t.Errorf("while the endpoint is down: %s", got.Decision)
	}
	status := x.Semantic()
	if status.Searched || status.Missing != 11 || status.Vectors != 0 || status.Fallbacks["incomplete"] == 0 {
		t.Errorf("status while it is down: %+v", status)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := x.AwaitMeanings(ctx); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("waiting for an endpoint that is down: %v", err)
	}

	// A switch while it is down does not wait for it.
	changed := lostAndFound()
	changed["faq/price.md"] = &fstest.MapFile{Data: []byte("# 票价怎么计算\n\n按里程,见站内价目表。")}
	rebuild(t, x, changed)
	s.Do(semantictest.Fault{})
	waitFor(t, "vectors", func() bool { return x.Semantic().Searched && x.Semantic().Missing == 0 })
	// The endpoint is not asked again at once after it failed.
	waitFor(t, "a search by meaning", func() bool {
		return len(search(t, x, index.Request{Query: "捡到悠游卡"}).Hits) > 0 && x.Semantic().Hybrid > 0
	})

	sent := len(s.Texts())
	changed["faq/new.md"] = &fstest.MapFile{Data: []byte("# 站内可以充电吗\n\n可以。")}
	rebuild(t, x, changed)
	waitFor(t, "one more vector", func() bool { return x.Semantic().Vectors == 12 && x.Semantic().Missing == 0 })
	if got := s.Texts()[sent:]; len(got) != 1 || !strings.Contains(got[0], "充电") {
		t.Errorf("sent again: %q", got)
	}
	for _, text := range s.Texts() {
		if n := len([]rune(text)); n > 480 {
			t.Errorf("a text of %d characters was sent", n)
		}
	}
}

func waitFor(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waiting for %s", what)
		}
	}
}

// TestSearchesWhileSwitching: searches, builds and an endpoint that fails now and then at the same time. For the race
// detector.
func TestSearchesWhileSwitching(t *testing.T) {
	s := semantictest.New(t, synonyms()...)
	x := hybrid(t, s, lostAndFound(), nil)
	stop := make(chan struct{})
	var searching sync.WaitGroup
	for i := range 4 {
		searching.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				r := index.Request{Query: fmt.Sprintf("捡到悠游卡怎么还给失主%d", (n+i)%3), Tags: []string{"失物"}}
				if _, err := x.Search(context.Background(), r); err != nil {
					t.Error(err)
					return
				}
				x.Semantic()
			}
		})
	}
	for n := range 5 {
		s.Do(semantictest.Fault{Status: 500, Times: 2})
		folder := lostAndFound()
		folder["faq/new.md"] = &fstest.MapFile{Data: fmt.Appendf(nil, "# 第%d条新规定\n\n内容。", n)}
		rebuild(t, x, folder)
	}
	close(stop)
	searching.Wait()
	waitFor(t, "the vectors of the last generation", func() bool { return x.Semantic().Missing == 0 })
}
