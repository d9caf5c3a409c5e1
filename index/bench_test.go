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
