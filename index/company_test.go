package index_test

import (
	"slices"
	"testing"

	"jieda/content"
	"jieda/index"
)

// TestOtherCompanies: what a shop says of its own things is no answer to what is asked of another company's.
func TestOtherCompanies(t *testing.T) {
	articles := []content.Article{
		faq("refund", "退款多久到账", "验货通过后三个工作日到账。"), faq("repair", "维修进度在哪里查", "在订单详情里查看维修进度。"),
		faq("move", "京东订单可以换货吗", "在京东买的请在京东申请换货。"), faq("warranty", "保修期是多久", "所有产品保修一年。"),
	}
	x := build(t, &content.Library{Hash: "companies", Articles: articles})
	for _, c := range []struct {
		question string
		answered bool
		unknown  []string
	}{
		{"退款多久到账呢", true, []string{}},
		{"京东退款多久到账", false, []string{}}, // named in another article
		{"京东订单可以换货么", true, []string{}}, // and in this one
		{"紅米維修進度在哪裡查", false, []string{"红米"}},
		{"OPPO维修进度在哪里查", false, []string{"oppo"}},
		{"北京东站维修进度在哪里查", true, nil},
	} {
		resp := search(t, x, index.Request{Query: c.question})
		if got := resp.Decision == index.Answer; got != c.answered || len(resp.Hits) == 0 {
			t.Errorf("%s: %s (%s), %d hits", c.question, resp.Decision, resp.Reasons.Why, len(resp.Hits))
		}
		if c.unknown != nil && !slices.Equal(resp.Reasons.Unknown, c.unknown) {
			t.Errorf("%s: unknown %q, want %q", c.question, resp.Reasons.Unknown, c.unknown)
		}
	}
}

// TestUndoing: how to get something does not say how to be rid of it.
func TestUndoing(t *testing.T) {
	x := build(t, &content.Library{Hash: "undoing", Articles: []content.Article{
		faq("statement", "電子月結單", "登入網上理財登記電子月結單。"), faq("renew", "自動續費", "在設定裡開通或關閉自動續費。"),
		faq("cheque", "支票簿申請", "在分行申請支票簿。"),
	}})
	for question, answered := range map[string]bool{
		"電子月結單怎麼登記": true, "如何取消電子月結單": false, "怎麼關閉自動續費": true, "自動續費怎麼關閉": true,
	} {
		resp := search(t, x, index.Request{Query: question})
		if got := resp.Decision == index.Answer; got != answered || len(resp.Hits) == 0 {
			t.Errorf("%s: %s (%s), %d hits", question, resp.Decision, resp.Reasons.Why, len(resp.Hits))
		}
	}
}
