// Package segmentertest is what every [analysis.Segmenter] must pass.
package segmentertest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"jieda/index/analysis"
)

var runs = []string{
	"我要退货", "的", "怎么重置企业邮箱的登录密码", "中华人民共和国国务院", "〇", "𠮷野家", "南京市长江大桥", "啊啊啊啊啊啊啊啊",
	"退", "货", "龘靐齉", "一二三四五六七八九十", "下雨天留客天留我不留",
}

// Test tests the promises of the interface. Open returns a new Segmenter; Test closes it.
func Test(t *testing.T, open func(t *testing.T) analysis.Segmenter) {
	seg := open(t)

	t.Run("concatenation", func(t *testing.T) {
		texts := append([]string{"", "\n", "\n\n退货\n\n", "退货\n"}, runs...)
		texts = append(texts, strings.Join(runs, "\n"), strings.Repeat("退货流程", 50_000))
		for _, text := range texts {
			words := seg.Cut(text)
			if got := strings.Join(words, ""); got != text {
				t.Errorf("Cut(%.30q): the words make %.30q", text, got)
			}
			if slices.Contains(words, "") {
				t.Errorf("Cut(%.30q) has an empty word", text)
			}
		}
	})

	t.Run("together as one by one", func(t *testing.T) {
		// Each run beside each other, so that a word across the newline would show.
		for _, a := range runs {
			for _, b := range runs {
				want := slices.Concat(seg.Cut(a), []string{"\n"}, seg.Cut(b))
				if got := seg.Cut(a + "\n" + b); !slices.Equal(got, want) {
					t.Errorf("Cut(%q) = %q, one by one %q", a+"\n"+b, got, want)
				}
			}
		}
	})

	t.Run("concurrent", func(t *testing.T) {
		text := strings.Join(runs, "\n")
		want := seg.Cut(text)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 200 {
					if got := seg.Cut(text); !slices.Equal(got, want) {
						t.Errorf("Cut = %q, alone %q", got, want)
						return
					}
				}
			})
		}
		wg.Wait()
	})

	t.Run("close", func(t *testing.T) {
		for range 2 {
			if err := seg.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
