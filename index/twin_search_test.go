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
