package index_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jieda/content"
	"jieda/content/sample"
	"jieda/index"
	"jieda/index/analysis"
)

func complete(t testing.TB, x *index.Index, r index.CompletionRequest) []index.Completion {
	t.Helper()
	if r.Limit == 0 {
		r.Limit = 50
	}
	list, err := x.Complete(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// offered writes completions as lines of the question, with what was typed in brackets, and the alternate, if that is
// what was typed.
func offered(list []index.Completion) (lines []string) {
	for _, c := range list {
		q := []rune(c.Question)
		line := c.Question
		for _, h := range c.Highlights {
			line = string(q[:h[0]]) + "[" + string(q[h[0]:h[1]]) + "]" + string(q[h[1]:])
		}
		if c.MatchedQuestion != "" {
			line += " = " + c.MatchedQuestion
		}
		lines = append(lines, line)
	}
	return lines
}

func TestComplete(t *testing.T) {
	x := open(t, files(
		"faq/a.md", "---\ntitle: 退款多久到账？\n相似问: [钱什么时候退回来]\n---\n三天。",
		"faq/b.md", "# 怎么申请退款\n\n在订单里。",
		"faq/c.md", "---\ntitle: 怎么退换货\nweight: 1\n---\n点退换货。",
		"faq/d.md", "# iPhone 15 怎么充电？\n\n插上。",
		"faq/e.md", "# 银行卡怎么绑定\n\n在“我的”里。",
		"faq/f.md", "# 軟體更新失敗怎麼辦\n\n請重新下載軟體，這樣就可以了。",
		"faq/g.md", "---\ntitle: 退款的内部规则\naudience: staff\n---\n不外传。",
		"faq/h.md", "---\ntitle: 退款活动\nvalid_until: 2020-01-01\n---\n过期。",
		"faq/i.md", "---\ntitle: 退款页\nsearch: false\n---\n不搜。",
		"training/j.md", "# 新人培训\n\n开场。\n\n## 绿色通道\n\n给老客户。\n\n## 费用 & 发票\n\n不收钱。",
	))
	for _, tt := range []struct {
		typed string
		want  []string
	}{
		{"退款", []string{"[退款]多久到账？", "怎么申请[退款]"}},
		{"退", []string{"怎么[退]换货", "[退]款多久到账？", "怎么申请[退]款"}}, // what the editor put first stays first
		{"怎么", []string{"[怎么]退换货", "[怎么]申请退款", "iPhone 15 [怎么]充电？", "银行卡[怎么]绑定", "軟體更新失敗[怎麼]辦"}},
		{"tuikuan", []string{"[退款]多久到账？", "怎么申请[退款]"}},
		{"TUI KUAN", []string{"[退款]多久到账？", "怎么申请[退款]"}},
		{"tuiku", []string{"[退款]多久到账？", "怎么申请[退款]"}},
		{"tk", []string{"[退款]多久到账？", "怎么申请[退款]"}},
		{"tkdj", []string{"[退款多久]到账？"}},
		{"退k", []string{"[退款]多久到账？", "怎么申请[退款]"}},
		{"t款", []string{"[退款]多久到账？", "怎么申请[退款]"}},
		{"tuik", []string{"[退款]多久到账？", "怎么申请[退款]"}},
		{"退款到账", nil},
		{"退钱", nil},
		{"什么时候", []string{"退款多久到账？ = 钱什么时候退回来"}},
		{"qsmsh", []string{"退款多久到账？ = 钱什么时候退回来"}},
		{"yinhang", []string{"[银行]卡怎么绑定"}}, // 行 is read xing more often
		{"yhk", []string{"[银行卡]怎么绑定"}},
		{"zhongxin", nil},
		{"iphone", []string{"[iPhone] 15 怎么充电？"}},
		{"iphone15zm", []string{"[iPhone 15 怎么]充电？"}},
		{"phone", nil}, // not in the middle of a name
		{"15", []string{"iPhone [15] 怎么充电？"}},
		{"軟體", []string{"[軟體]更新失敗怎麼辦"}},
		{"軟", []string{"[軟]體更新失敗怎麼辦"}},
		{"软体", []string{"[軟體]更新失敗怎麼辦"}},
		{"软件更新", []string{"軟體更新失敗怎麼辦"}},
		{"ruanti", []string{"[軟體]更新失敗怎麼辦"}},
		{"lvse", []string{"[绿色]通道"}},
		{"lüse", []string{"[绿色]通道"}},
		{"费用发票", []string{"[费用 & 发票]"}},
		{"xinren", []string{"[新人]培训"}},
		{"内部", nil},
		{"过期", nil},
		{"？！", nil},
		{"\x00\xff", nil},
		{strings.Repeat("退", 65), nil},
	} {
		got := offered(complete(t, x, index.CompletionRequest{Typed: tt.typed}))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got)\n%s", tt.typed, diff)
		}
	}
	staff := index.CompletionRequest{Typed: "tkdnb", Audiences: []string{"staff"}}
	if diff := cmp.Diff([]string{"[退款的内部]规则"}, offered(complete(t, x, staff))); diff != "" {
		t.Errorf("staff (-want +got)\n%s", diff)
	}
	staff.Audiences = nil
	if got := complete(t, x, staff); len(got) != 0 {
		t.Errorf("the public is offered %v", got)
	}
	before := time.Date(2019, 5, 1, 0, 0, 0, 0, time.UTC)
	if got := complete(t, x, index.CompletionRequest{Typed: "退款活动", Now: before}); len(got) != 1 {
		t.Errorf("while it was valid: %v", got)
	}
	got := complete(t, x, index.CompletionRequest{Typed: "费用"})
	want := []index.Completion{{
		Question: "费用 & 发票", Highlights: [][2]int{{0, 2}}, ArticleID: "training/j", PassageID: "training/j#费用--发票",
		Anchor: "费用--发票", Title: "新人培训", Lang: "zh-CN", Kind: content.Training,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := complete(t, x, index.CompletionRequest{Typed: "怎么", Limit: 2}); len(got) != 2 {
		t.Errorf("%d with a limit of 2", len(got))
	}
}

// TestCompleteEveryQuestion: whatever part of a question of the sample is typed, in whatever way, it is among what is
// offered.
func TestCompleteEveryQuestion(t *testing.T) {
	lib, err := content.Read(t.Context(), sample.FS(), nil)
	if err != nil {
		t.Fatal(err)
	}
	x := build(t, lib)
	tried := 0
	for _, a := range lib.Articles {
		if a.Hidden || !a.Shown(nil) || !a.Valid(time.Now()) {
			continue
		}
		for _, p := range a.Passages {
			var han []rune
			for _, r := range analysis.Fold(p.Question, analysis.Simplified) {
				if len(analysis.Readings(r)) == 0 {
					break
				}
				han = append(han, r)
			}
			if len(han) < 2 {
				continue
			}
			var pinyin, initials, mixed strings.Builder
			for i, r := range han {
				readings := analysis.Readings(r)
				reading := readings[len(readings)-1].String() // the least usual one
				pinyin.WriteString(reading)
				initials.WriteString(readings[min(1, len(readings)-1)].String()[:1])
				if i%2 == 0 {
					mixed.WriteRune(r)
				} else {
					mixed.WriteString(reading)
				}
			}
			for _, typed := range []string{string(han), string(han[1:]), pinyin.String(), initials.String(), mixed.String()} {
				if utf8.RuneCountInString(typed) > 64 {
					continue
				}
				tried++
				list := complete(t, x, index.CompletionRequest{Typed: typed, Limit: 500})
				if !slices.ContainsFunc(list, func(c index.Completion) bool { return c.PassageID == p.ID }) {
					t.Errorf("%q is not offered for %q, but %q", p.Question, typed, offered(list))
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d tried", tried)
	}
}

// FuzzComplete: whatever is typed, what is offered holds it where it says, and a longer list begins with the shorter.
func FuzzComplete(f *testing.F) {
	x := open(f, sample.FS())
	for _, typed := range []string{"退款", "tk", "zm", "退k", "xi'an", "ｔｕｉ", "軟體", "A", "zh", "E0421", "ü", "\x00", "😀"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if utf8.RuneCountInString(typed) > index.MaxQuery {
			return
		}
		few := complete(t, x, index.CompletionRequest{Typed: typed, Limit: 3})
		many := complete(t, x, index.CompletionRequest{Typed: typed, Limit: 20})
		if len(few) > 3 || len(many) > 20 || len(few) < min(3, len(many)) {
			t.Fatalf("%d of 3, %d of 20", len(few), len(many))
		}
		if diff := cmp.Diff(many[:len(few)], few); diff != "" {
			t.Errorf("3 are not the first of 20:\n%s", diff)
		}
		for _, c := range many {
			for _, h := range c.Highlights {
				if h[0] < 0 || h[0] >= h[1] || h[1] > utf8.RuneCountInString(c.Question) {
					t.Errorf("highlight %v of %q", h, c.Question)
				}
			}
		}
	})
}

// BenchmarkComplete types into a site of 100,000 sections; ns/op is a keystroke.
func BenchmarkComplete(b *testing.B) {
	lib := manyQuestions(100_000)
	x := build(b, lib)
	for _, typed := range []string{"怎么", "退", "退款", "t", "tk", "tuikuan", "zm", "zmtk", "zenmeshenqingtuikuan", "zmxq", "锝", "款zzz"} {
		b.Run(typed, func(b *testing.B) {
			complete(b, x, index.CompletionRequest{Typed: typed, Limit: 8}) // the first makes the rows
			for b.Loop() {
				if _, err := x.Complete(b.Context(), index.CompletionRequest{Typed: typed, Limit: 8}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// manyQuestions makes up a site of so many questions, of words of customer service.
func manyQuestions(n int) *content.Library {
	how := []string{"怎么", "如何", "为什么不能", "可以", "多久能", "哪里", "什么时候", "能不能"}
	do := []string{"申请", "查询", "修改", "取消", "开通", "关闭", "绑定", "补开", "下载", "验证"}
	whose := []string{"", "会员的", "企业的", "海外", "分期的", "礼品卡的", "老客户的", "预售"}
	what := []string{"退款", "发票", "订单", "优惠券", "收货地址", "银行卡", "手机号", "密码", "积分", "物流", "保修", "账单", "合同", "额度"}
	lib := &content.Library{Hash: fmt.Sprint("many ", n)}
	for i := range n {
		q := fmt.Sprintf("%s%s%s%s%d", how[i%8], do[i/8%10], whose[i/80%8], what[i/640%14], i/8960)
		id := fmt.Sprintf("faq/%d", i)
		lib.Articles = append(lib.Articles, content.Article{
			ID: id, Path: id + ".md", Kind: content.FAQ, Title: q, Lang: "zh-CN", Audience: []string{content.Public}, Body: "见说明。",
			Passages: []content.Passage{{ID: id, Question: q, Text: "见说明。", Markdown: "见说明。"}},
		})
	}
	return lib
}
