package index

import (
	"testing"
	"unicode/utf8"

	"jieda/index/analysis"
)

func TestLabel(t *testing.T) {
	segmenter, err := analysis.NewJieba(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer segmenter.Close()
	g := &generation{words: &lexicon{analyzer: analysis.New(segmenter)}}
	for _, c := range []struct{ questions, want []string }{
		{[]string{"怎么申请退货？", "退款多久到账"}, []string{"怎么申请退货", "退款多久到账"}},
		{[]string{"旧机最终价格为什么比预估价低？不同意怎么办？"}, []string{"旧机最终价格为什么比预估价低…"}},
		{[]string{"收货地址写错的订单在发货之后还可以请快递修改吗"}, []string{"收货地址写错的订单在发货之后还可以请…"}},
		{[]string{"How do I change the delivery address of an order?"}, []string{"How do I change the…"}},
		{[]string{"怎么退货", "怎么退货？"}, []string{"怎么退货", "怎么退货 (2)"}},
		{[]string{"星澜商城云享会员连续包月自动续费服务怎么开通", "星澜商城云享会员连续包月自动续费服务怎么关闭"}, []string{"星澜商城云享会员连续包月自动续费服务…", "…城云享会员连续包月自动续费服务怎么关闭"}},
		{[]string{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""}, []string{"aaaaaaaaaaaaaaaaaaa…", ""}},
	} {
		hits := make([]Hit, len(c.questions))
		for i, q := range c.questions {
			hits[i].Question = q
		}
		g.label(hits)
		for i, h := range hits {
			if h.Label != c.want[i] || utf8.RuneCountInString(h.Label) > labelLength {
				t.Errorf("%q: %q, want %q", c.questions[i], h.Label, c.want[i])
			}
		}
	}
}
