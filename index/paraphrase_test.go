package index_test

import (
	"context"
	"strings"
	"testing"

	"jieda/content"
	"jieda/index"
)

// A customer's expression that the site does not know is read as the site's own, and that is said; one that it knows is
// left alone.
func TestParaphrase(t *testing.T) {
	x := build(t, &content.Library{Hash: "paraphrase", Articles: []content.Article{
		faq("lost", "拾获信用卡应如何处理", "请拨打客服电话,由专人为您说明。"),
		faq("refund", "怎么申请退款", "打开订单,点退款,三个工作日内到账。"),
		faq("limit", "单笔限额是一千元吗", "一千元以内不需要密码。"),
		faq("app", "怎么下载应用", "在应用商店搜索我们的名字。"),
		faq("wechat", "怎么绑定微信", "在账号设置里点绑定微信。"),
		faq("delivery", "怎么查物流", "订单详情里可以看到物流。"),
		faq("courier", "快递员态度不好怎么办", "请联系客服,我们会核实快递员的情况。"),
		faq("unbind", "手机号怎么解除绑定", "在账号设置里点解除绑定。"),
		faq("hours", "门店营业时间", "早上九点到晚上九点,星期日休息。"),
	}})
	for _, c := range []struct{ question, article, read string }{
		{"捡到信用卡怎么办", "lost", "拾获信用卡怎么办"},
		{"怎么退钱", "refund", "怎么退款"},
		{"怎麼退錢", "refund", "怎么退款"},
		{"单笔限额1000块吗", "limit", "单笔限额一千元吗"},
		{"怎么绑定wechat", "wechat", "怎么绑定微信"},
		{"快递员态度不好", "courier", ""},
		{"怎么解绑手机号", "unbind", "怎么解除绑定手机号"},
		{"门店几点关门", "hours", "门店营业时间"},
		{"門店禮拜日休息嗎", "hours", "门店星期日休息吗"},
		{"怎么申请退款", "refund", ""},
		{"apple怎么下载", "app", ""},
	} {
		found, err := x.Search(context.Background(), index.Request{Query: c.question})
		if err != nil {
			t.Fatal(err)
		}
		read, reason := "", ""
		if found.Rescued != nil {
			read, reason = found.Rescued.Query, found.Rescued.Reason
		}
		if len(found.Hits) == 0 || found.Hits[0].ArticleID != c.article || read != c.read || read != "" && reason != "synonym" {
			t.Errorf("%s: read as %q (%s), hits %v", c.question, read, reason, found.Hits)
		}
		typed, err := x.Search(context.Background(), index.Request{Query: c.question, AsTyped: true})
		if err != nil || typed.Rescued != nil {
			t.Errorf("%s, as typed: %+v, %v", c.question, typed.Rescued, err)
		}
	}
}

// Other words and another guess are tried together: neither hides the other, and what was guessed is said.
func TestParaphraseOfGuess(t *testing.T) {
	x := build(t, &content.Library{Hash: "guess", Articles: []content.Article{
		faq("refund", "怎么申请退款", "打开订单,点退款,三个工作日内到账。"),
		faq("app", "怎么下载应用", "在应用商店搜索我们的名字。"),
		faq("time", "什么时候发货", "付款后两天内。"),
	}})
	for _, c := range []struct{ question, read, reason string }{
		{"怎么申清退钱", "怎么申请退款", "typo"},
		{"zenme shenqing tuifei", "怎么申请退款", "pinyin"},
		{"怎么申请退钱", "怎么申请退款", "synonym"},
	} {
		found := search(t, x, index.Request{Query: c.question})
		if found.Rescued == nil || *found.Rescued != (index.Rescue{Query: c.read, Reason: c.reason}) || found.Hits[0].ArticleID != "refund" {
			t.Errorf("%s: read as %+v, hits %v", c.question, found.Rescued, found.Hits)
		}
		if c.reason == "typo" && found.Decision == index.Answer {
			t.Errorf("%s: answered", c.question)
		}
	}
}

// What the site's editors call the same is, though the site knows both expressions; one-way groups only one way.
func TestSiteSynonyms(t *testing.T) {
	x := build(t, &content.Library{Hash: "synonyms", Articles: []content.Article{
		faq("price", "怎么申请保价", "下单后七天内可以申请一次。"),
		faq("delivery", "怎么查物流", "订单详情里可以看到。"),
		faq("courier", "快递员态度不好怎么办", "请联系客服,有人说买贵了也可以问。"),
	}, Synonyms: []content.SynonymGroup{{Words: []string{"物流", "快递"}}, {Words: []string{"保价", "买贵了"}, OneWay: true}}})
	for question, want := range map[string]string{
		"怎么查快递": "delivery", "買貴了怎麼申請": "price", "快递员态度": "courier", "怎么申请保价": "price",
	} {
		found, err := x.Search(context.Background(), index.Request{Query: question})
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Hits) == 0 || found.Hits[0].ArticleID != want {
			t.Errorf("%s: %+v, want %s", question, found.Hits, want)
		}
	}
}

// faq is an article that is one question with its answer.
func faq(id, question, text string) content.Article {
	return content.Article{
		ID: id, Path: "faq/" + id + ".md", Kind: content.FAQ, Title: question, Lang: "zh-CN", Audience: []string{content.Public},
		Body: text, Passages: []content.Passage{{ID: id, Question: question, Text: text, Markdown: text}},
	}
}

// Explain names what decided, and what the best hit lacks.
func TestExplainSaysWhy(t *testing.T) {
	x := build(t, &content.Library{Hash: "explain", Articles: []content.Article{
		faq("on", "怎么开通云享会员的自动续费", "点我的,再点开通。"),
		faq("fee", "分期付款怎么收手续费", "每期费率在收银台显示。"),
		faq("other", "怎么申请退款", "打开订单,点退款。"),
		faq("jd", "京东旗舰店的会员卡怎么登记", "在京东旗舰店首页点登记会员卡。"),
	}})
	for question, want := range map[string][]string{
		"怎么关闭云享会员的自动续费": {"because 原因       the best hit is about the opposite", "missing 首条缺少   w:关闭"},
		"怎么开通云享会员的自动续费": {"because 原因       the question is one of the best hit's own", "missing 首条缺少   nothing 无"},
		"京东分期付款怎么收手续费":  {"because 原因       the best hit does not name 京东"},
		"京东旗舰店的会员卡怎么作废": {"because 原因       the best hit does not speak of undoing"}, // it does name 京东
		"分期付款的手续费怎么取消":  {"because 原因       the best hit does not speak of undoing"},
		"E0999怎么收手续费":   {"because 原因       the best hit does not name e0999", "l:e0999 (", "nowhere 全库没有"},
	} {
		text, err := x.Explain(context.Background(), index.Request{Query: question})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: explain lacks %q:\n%s", question, w, text)
			}
		}
	}
}

// An editor who calls opposites the same does not make them so.
func TestOppositeSynonyms(t *testing.T) {
	x := build(t, &content.Library{Hash: "opposites", Articles: []content.Article{
		faq("off", "怎么关闭夜间模式", "在设置里点关闭。"),
		faq("on", "会员怎么开通", "在我的页面开通。"),
		faq("delivery", "怎么查物流", "订单详情里可以看到。"),
	}, Synonyms: []content.SynonymGroup{{Words: []string{"开通", "关闭"}}}})
	found, err := x.Search(context.Background(), index.Request{Query: "怎么开通夜间模式"})
	if err != nil {
		t.Fatal(err)
	}
	if found.Rescued != nil || found.Decision == index.Answer {
		t.Errorf("%s, rescued %+v, hits %+v", found.Decision, found.Rescued, found.Hits)
	}
}
