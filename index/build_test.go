package index

import (
	"context"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"jieda/content"
	"jieda/index/analysis"
)

// countingSegmenter counts the texts it cuts.
type countingSegmenter struct {
	analysis.Segmenter
	cut atomic.Int32
}

func (s *countingSegmenter) Cut(text string) []string {
	s.cut.Add(1)
	return s.Segmenter.Cut(text)
}

func TestUnchangedPassagesAreNotCutAgain(t *testing.T) {
	article := content.Article{ID: "a", Title: "怎么退款", Passages: []content.Passage{
		{ID: "a", Question: "怎么退款", Text: "在订单页申请退款。"},
		{ID: "a#b", Anchor: "b", Question: "退款多久到账", Text: "三个工作日内到账。"},
	}}
	seg := &countingSegmenter{Segmenter: analysis.NewLongest("退款", "订单", "申请", "到账")}
	fresh := (&cutter{analyzer: analysis.New(seg)}).worker()
	first, _ := fresh.article(&article)
	if n := seg.cut.Load(); n != 2 {
		t.Fatalf("%d texts were cut, want 2", n)
	}
	known := map[[16]byte]analysis.Cuts{}
	for i := range first {
		known[first[i].record.hash] = first[i].record.cuts
	}
	article.Passages[1].Text = "五个工作日内到账。"
	second, _ := (&cutter{analyzer: analysis.New(seg), known: known}).worker().article(&article)
	if n := seg.cut.Load(); n != 3 {
		t.Errorf("%d texts were cut for one changed passage, want 1", n-2)
	}
	if !slices.Equal(first[0].text, second[0].text) || first[0].textLen != second[0].textLen {
		t.Error("a passage has other terms when its cuts are used again")
	}
}

// TestBuildReusesCuts: the second build of an index asks the segmenter only for what changed.
func TestBuildReusesCuts(t *testing.T) {
	e := newMemoryEngine()
	x, err := New(Options{Engine: e, DictDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	lib := &content.Library{Hash: "1"}
	for _, q := range []string{"怎么退款", "怎么换货", "怎么开发票"} {
		lib.Articles = append(lib.Articles, content.Article{
			ID: q, Path: q, Kind: content.FAQ, Title: q, Audience: []string{content.Public}, Passages: []content.Passage{{ID: q, Question: q, Text: q}},
		})
	}
	if err := x.Build(context.Background(), lib, nil); err != nil {
		t.Fatal(err)
	}
	counting := &countingSegmenter{Segmenter: x.current.words.segmenter}
	x.current.words.analyzer = analysis.New(counting)
	lib.Hash = "2"
	lib.Articles[1].Passages[0].Text = "另一个答案"
	if err := x.Build(context.Background(), lib, nil); err != nil {
		t.Fatal(err)
	}
	if n := counting.cut.Load(); n != 1 {
		t.Errorf("%d passages were segmented, want the one that changed", n)
	}
	// Other site words cut otherwise: nothing can be used again.
	lib.Hash, lib.Words = "3", []content.Word{{Text: "开发票", Freq: 20000}}
	if err := x.Build(context.Background(), lib, nil); err != nil {
		t.Fatal(err)
	}
	if x.current.words.analyzer == nil || len(x.current.words.site) != 1 {
		t.Error("the new dictionary is not in use")
	}
}

// TestFailedBuildChangesNothing: whatever fails, searches go on in the generation before.
func TestFailedBuildChangesNothing(t *testing.T) {
	e := newMemoryEngine()
	x, err := New(Options{Engine: e, DictDir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	lib := &content.Library{Hash: "1", Articles: []content.Article{{
		ID: "a", Path: "a", Kind: content.FAQ, Title: "怎么退款", Audience: []string{content.Public},
		Passages: []content.Passage{{ID: "a", Question: "怎么退款", Text: "退款"}},
	}}}
	if err := x.Build(context.Background(), lib, nil); err != nil {
		t.Fatal(err)
	}
	before := x.Generation()
	for _, fail := range []string{"write", "open", "switch"} {
		e.fail = fail
		lib.Hash = fail
		if err := x.Build(context.Background(), lib, nil); err == nil {
			t.Fatalf("Build succeeded although %s fails", fail)
		}
		if got := x.Generation(); got != before {
			t.Errorf("after a failed %s the generation is %s, want %s", fail, got, before)
		}
		if resp, err := x.Search(context.Background(), Request{Query: "退款"}); err != nil || len(resp.Hits) != 1 {
			t.Errorf("after a failed %s: %v", fail, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e.fail = ""
	lib.Hash = "cancelled"
	if err := x.Build(ctx, lib, nil); err == nil || x.Generation() != before {
		t.Errorf("a cancelled build: %v, generation %s", err, x.Generation())
	}
}

func TestReadMetaDamaged(t *testing.T) {
	b := newBuilder(&content.Library{Hash: "x", Articles: []content.Article{{ID: "a", Title: "退款", Audience: []string{"public"},
		Passages: []content.Passage{{ID: "a", Question: "退款", Text: "退款"}}}}}, &cutter{analyzer: analysis.New(analysis.NewLongest("退款"))}, nil)
	for _, err := range b.documents(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	good, err := b.finish()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readMeta(good); err != nil {
		t.Fatalf("the meta just written: %v", err)
	}
	for n := range good { // every prefix
		if _, err := readMeta(good[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for a whole meta", n, len(good))
		}
	}
	older := newBuilder(b.lib, b.cutter, nil)
	older.meta.Format = formatVersion - 1
	old, err := older.finish()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readMeta(old); err == nil {
		t.Error("the meta of another format is read")
	}
}

// FuzzRecords: bytes from disk never make a reader panic.
func FuzzRecords(f *testing.F) {
	v := vector{textLen: 3, text: []termFreq{{1, 2}, {300, 1}}, units: []unit{{wording: "退款", len: 1, terms: []termFreq{{1, 1}}}}, negatives: []string{"不退"}}
	r := passageRecord{articleID: "a", id: "a#b", title: "退款", wordings: []string{"退款"}, text: "三天"}
	f.Add(v.append(nil))
	f.Add(r.append(nil))
	f.Add([]byte(`{"Body":"x","Passages":[{}],"Pieces":[[0,9]]}`))
	q := &query{
		known: wantedTerms([]uint32{1, 300}, []float64{1, 1}), selfText: 1, selfUnit: 1, total: 2,
		compact: "退款", letters: []byte("退款"), matcher: newMatcher("退款"),
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var c candidate
		rest, _ := c.firstStage(q, b)
		_ = c.secondStage(q, rest)
		_ = wordingOf(b, 1)
		_ = (&decoder{b: b}).holds(300)
		_, _ = readPassage(b)
		_, _ = readArticle(b)
		_, _ = readMeta(b)
		_, _, _ = readTermTable(b, 2)
	})
}

// wantedTerms are terms that are worth as much in a text as in a question.
func wantedTerms(ids []uint32, weights []float64) *wanted {
	w := newWanted(len(ids))
	for i, id := range ids {
		w.add(id, weights[i], weights[i])
	}
	return w
}

func TestSimilarity(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"退款", "退款", 1}, {"退款", "款退", 0.5}, {"怎么退款", "退款怎么", 0.5}, {"退款", "发票", 0}, {"", "退款", 0}, {"退款", "", 0},
		{"abcdef", "acf", 2 * 3.0 / 9},
	} {
		if got := newMatcher(c.a).similarity([]byte(c.b)); got != c.want {
			t.Errorf("similarity(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
	long := ""
	for range 20 {
		long += "退款多久到账"
	}
	if got := newMatcher(long).similarity([]byte(long)); got != 1 {
		t.Errorf("the same long question: %v, want 1", got)
	}
}

func TestTraits(t *testing.T) {
	for wording, want := range map[string]traits{
		"怎么换货": 8, "怎么退款": 8 | negated, "多久到账": 3, "为什么退不了款": 1 | negated, "能不能退款": 7 | negated, "能不能换货": 7, "发票": 0, "无法登录怎么办": 2 | negated,
	} {
		if got := traitsOf(wording); got != want {
			t.Errorf("traits of %q = %#x, want %#x", wording, got, want)
		}
	}
	for question, want := range map[string]string{"你好请问怎么退款": "怎么退款", "请问": "请问", "怎么退款": "怎么退款"} {
		if got := withoutGreeting(question); got != want {
			t.Errorf("without greeting, %q is %q, want %q", question, got, want)
		}
	}
}

func TestWordingOfCandidate(t *testing.T) {
	v := vector{units: []unit{{wording: "怎么退款"}, {wording: "钱能退吗", len: 1, terms: []termFreq{{1, 1}}}}}
	if got := wordingOf(v.append(nil), 1); got != "钱能退吗" {
		t.Errorf("the second wording is read as %q", got)
	}
}

// TestBM25 compares with a value computed by hand: k1 1, b ¾, a text of twice the average length, tf 2, weight 3:
// norm = 1·(¼ + ¾·2) = 1.75; 3·2·2/(2+1.75) = 3.2.
func TestBM25(t *testing.T) {
	if got := (bm25{1, 0.75, 10}).score(3, 2, 20); got != 3.2 {
		t.Errorf("bm25 = %v, want 3.2", got)
	}
	if got := idf(10, 10); got <= 0 {
		t.Errorf("idf of a term that is everywhere = %v, must stay positive", got)
	}
	v := vector{textLen: 20, text: []termFreq{{7, 2}, {9, 300}}}
	d := decoder{b: v.append(nil)}
	if got := d.score(wantedTerms([]uint32{3, 7, 8}, []float64{5, 3, 5}), []float64{5, 3, 5}, bm25{1, 0.75, 10}, nil); got != 3.2 || d.err != nil {
		t.Errorf("score of a vector = %v, %v, want 3.2", got, d.err)
	}
}

// TestTerms compares reading a list of terms four at a time, for ids that look alike in their lowest bits and with gaps
// that take several deltas, with the plain sum.
func TestTerms(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		v := vector{textLen: 40}
		freq := map[uint32]uint32{}
		for range rng.IntN(30) {
			id := rng.Uint32N(5)<<wantedBits + rng.Uint32N(8)
			if rng.IntN(4) == 0 {
				id += 200_000
			}
			freq[id] = 1 + rng.Uint32N(3)
		}
		var ids []uint32
		for id, f := range freq {
			v.text = append(v.text, termFreq{id, f})
			if rng.IntN(2) == 0 {
				ids = append(ids, id)
			} else if other := id ^ 1<<wantedBits; freq[other] == 0 {
				ids = append(ids, other) // not there, but alike
			}
		}
		sortTerms(v.text, nil)
		slices.Sort(ids)
		weights := make([]float64, len(ids))
		for i := range weights {
			weights[i] = rng.Float64()
		}
		f, want, wantSeen, seen := bm25{1, 0.75, 10}, 0.0, 0.0, 0.0
		for i, id := range ids {
			if freq[id] > 0 {
				want += f.score(weights[i], float64(freq[id]), 40)
				wantSeen += weights[i]
			}
			if d := (decoder{b: v.append(nil)}); d.holds(id) != (freq[id] > 0) {
				t.Fatalf("holds(%d) is %v in %v", id, freq[id] == 0, freq)
			}
		}
		d := decoder{b: v.append(nil)}
		if got := d.score(wantedTerms(ids, weights), weights, f, &seen); math.Abs(got-want) > 1e-12 || math.Abs(seen-wantSeen) > 1e-12 {
			t.Fatalf("score %v, seen %v, want %v and %v; terms %v, wanted %v", got, seen, want, wantSeen, freq, ids)
		}
	}
}
