package index_test

import (
	"context"
	"testing"

	"jieda/content"
	"jieda/index"
)

// The same answer in two articles is one answer; two answers to nearly the same question are a choice.
func TestTwinsDoNotSpoilAnAnswer(t *testing.T) {
	const answer = "打开手机里的应用,点右下角的我的,再点发票管理,选择订单后填写抬头和税号,提交后一小时内发到邮箱。"
	ask := func(second string) index.Decision {
		x := build(t, &content.Library{Hash: second, Articles: []content.Article{
			faq("a", "云手机订单怎么开发票", answer),
			faq("b", "云主机订单怎么开发票", second),
			faq("c", "怎么申请退货", "七天内可以退货。"),
		}})
		found, err := x.Search(context.Background(), index.Request{Query: "我的订单怎么开发票"})
		if err != nil {
			t.Fatal(err)
		}
		return found.Decision
	}
	if got := ask(answer); got != index.Answer {
		t.Errorf("twice the same answer: %s", got)
	}
	if got := ask("请联系您的客户经理,由他为您开具纸质发票并寄到合同上的地址,一般需要五个工作日。"); got != index.Choose {
		t.Errorf("two answers: %s", got)
	}
}

// The same question stands in two products' help, and one of the answers has been edited: nothing to choose between,
// unless they differ in a number or one denies what the other says.
func TestEditedTwinsDoNotSpoilAnAnswer(t *testing.T) {
	const answer = "登录后打开订单详情,点申请售后,选择退货并填写原因,客服审核通过后把商品寄回我们的仓库,收到并验收后款项按原路退回。"
	for _, c := range []struct {
		title, text string
		want        index.Decision
	}{
		{"收到的商品有破损要怎么退货", answer + "您也可以在公众号里查看退货的进度。", index.Answer},
		{"收到的商品有破损要怎么退货", answer + "审核需要3天。", index.Choose},
		{"收到的商品有破损要怎么退货", "不用" + answer, index.Choose},
		{"收到的商品有破损要怎么退货", "请联系您的客户经理,由他为您处理,一般需要几个工作日。", index.Choose},
		{"收到的赠品有破损要怎么退货", answer + "您也可以在公众号里查看退货的进度。赠品随商品一起寄回。", index.Choose},
	} {
		x := build(t, &content.Library{Hash: c.title + c.text, Articles: []content.Article{
			faq("a", "收到的商品有破损要怎么退货", answer),
			faq("b", c.title, c.text),
			faq("c", "怎么开发票", "在订单页点开发票。"),
		}})
		found, err := x.Search(context.Background(), index.Request{Query: "收到的东西有破损要怎么退货呢"})
		if err != nil {
			t.Fatal(err)
		}
		if found.Decision != c.want {
			t.Errorf("%s, %s: %s, want %s (%+v)", c.title, c.text, found.Decision, c.want, found.Reasons)
		}
	}
}
