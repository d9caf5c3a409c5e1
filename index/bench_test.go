package index_test

import (
	"context"
	"testing"

	"jieda/content/sample"
	"jieda/index"
)

// BenchmarkBuild builds an index of 3,104 sections (1 MB) in a new folder, dictionary loaded: sections a second.
func BenchmarkBuild(b *testing.B) {
	lib := aliyunFAQ(b)
	size := 0
	for i := range lib.Articles {
		size += len(lib.Articles[i].Title) + len(lib.Articles[i].Body)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		b.StopTimer()
		x := empty(b)
		small := *lib
		small.Articles = lib.Articles[:1]
		if err := x.Build(context.Background(), &small, nil); err != nil { // loads the dictionary
			b.Fatal(err)
		}
		b.StartTimer()
		if err := x.Build(context.Background(), lib, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(lib.Articles)*b.N)/b.Elapsed().Seconds(), "sections/s")
}

// BenchmarkSearch asks real questions, ten hits with snippets each.
func BenchmarkSearch(b *testing.B) {
	x := build(b, aliyunFAQ(b))
	questions := aliyunQuestions(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		search(b, x, index.Request{Query: questions[i%len(questions)].text})
	}
}

// BenchmarkMissed asks what the articles do not answer, with rescue and without it: most of such questions hold words that
// occur nowhere, and no typing error.
func BenchmarkMissed(b *testing.B) {
	x := build(b, aliyunFAQ(b))
	questions := []string{
		"周末的音乐会几点开始", "怎么做红烧排骨才软烂", "二叉树的中序遍历怎么写", "宝宝发烧三十九度怎么办", "婚前财产离婚时怎么分割",
		"高铁上能带宠物吗", "信用卡逾期会影响征信吗", "swift 里的闭包是什么", "如何安装 deluge 和 lolcat", "练习吉他要先学乐理吗",
	}
	for _, asTyped := range []bool{false, true} {
		b.Run(map[bool]string{false: "rescue", true: "as typed"}[asTyped], func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				search(b, x, index.Request{Query: questions[i%len(questions)], AsTyped: asTyped})
			}
		})
	}
}

// BenchmarkAsk is a message of one question: what it costs more than the search.
func BenchmarkAsk(b *testing.B) {
	x := open(b, sample.FS())
	for _, m := range []string{"退款多久到账", "你好😀 我的订单号是202611180034567，退款多久到账？谢谢"} {
		b.Run(m, func(b *testing.B) {
			for b.Loop() {
				if _, err := x.Ask(b.Context(), index.Message{Request: index.Request{Query: m}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			if _, err := x.Search(b.Context(), index.Request{Query: "退款多久到账"}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
