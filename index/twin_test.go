package index

import (
	"math/rand/v2"
	"testing"
)

func TestSameAnswer(t *testing.T) {
	const long = "登录后打开订单详情点申请售后选择退货并填写原因客服审核通过后把商品寄回我们的仓库收到并验收后款项按原路退回"
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{long, long, true},
		{long, "请" + long, true},
		{long + "七天内可以退货", long + "七天内不可以退货", false},
		{long + "三天到账", long + "五天到账", false},
		{long + "收费10元", long + "收费20元", false},
		{long + "开通", long + "关闭", false},
		{long, "", false},
		{"", "", false},
		{long, "换货请联系门店", false},
	} {
		if got := (&original{text: c.a}).isTwin(c.b); got != c.want {
			t.Errorf("isTwin(…%s, …%s) = %v", tail(c.a), tail(c.b), got)
		}
		if (&original{text: c.a}).isTwin(c.b) != (&original{text: c.b}).isTwin(c.a) {
			t.Errorf("isTwin(…%s, …%s) depends on the order", tail(c.a), tail(c.b))
		}
	}
}

func TestSameQuestion(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"域名已经续费了,为什么还不能访问?", "域名已经续费了，为什么还不能访问", true},
		{"选择安全组不正确，会对绑定该安全组的实例有何影响？如何解决？", "选择安全组不正确，会对绑定该安全组的实例有何影响？该如何解决？", true},
		{"云手机订单怎么开发票", "云主机订单怎么开发票", false},
		{"最多可以创建10个实例吗", "最多可以创建20个实例吗", false},
		{"为什么域名续费以后还能访问我的网站", "为什么域名续费以后还不能访问我的网站", false},
		{"怎么开发票", "我在你们的网站上买了东西怎么开发票", false},
		{"", "", false},
		{"？", "！", false},
	} {
		if (&original{text: c.a}).isTwin(c.b) != c.want || (&original{text: c.b}).isTwin(c.a) != c.want {
			t.Errorf("%s asks the same as %s: %v expected", c.a, c.b, c.want)
		}
	}
}

func TestSameEdited(t *testing.T) {
	const said = "登录后打开订单详情点申请售后选择退货并填写原因客服审核通过后把商品寄回我们的仓库收到并验收后款项按原路退回" // 54 characters
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{said, said + "您也可以在公众号里查看退货的进度有疑问请联系客服", true}, // of 53 and 77 pairs 53: 2·53/130 = .82
		{said, said + said[:len(said)/2], true},
		{said, "不" + said, false},                       // 登录 is never behind a "not" there, and only so here
		{said + "没有包装的不收", said + "没有包装的不收周末不处理", true}, // denies what the other does not say
		{said + "七天内可以退货", said + "七天内不可以退货", false},    // turned
		{said + "可以退货", said + "不可以退货拆开后可以退货", true},    // says both
		{said + "一般三天到账", said + "三天到账", true},          // 一 of 一般 is no number
		{said + "三天到账", said + "五天到账", false},           //
		{said + "最多60个", said + "最多60个或500个", false},    // a number of its own
		{said + "最多60个", said + "最多60个以60个为限", true},    // the same once more
		{said + "开通", said + "关闭", false},               //
		{said, "登录后打开订单详情点申请换货并填写尺码和地址新的商品会在您寄回旧的之后发出运费由您承担", false}, // begins alike
		{"", "", false},
	} {
		if (&original{text: c.a}).isEdited(c.b) != c.want || (&original{text: c.b}).isEdited(c.a) != c.want {
			t.Errorf("isEdited(%s, %s) is not %v", c.a, c.b, c.want)
		}
	}
}

// A sketch may take other texts for twins, never twins for other texts.
func TestSketchNeverMissesATwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("登录后打开订单详情点申请售后选择退货abc, 7")
	random := func(n int) []rune {
		text := make([]rune, n)
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		return text
	}
	twins, others := 0, 0
	for range 3000 {
		a := random(20 + r.IntN(200))
		b := append([]rune(nil), a...)
		for range r.IntN(1 + len(b)/2) {
			if at := r.IntN(len(b)); r.IntN(2) == 0 {
				b = append(b[:at:at], append(random(1), b[at:]...)...)
			} else {
				b[at] = random(1)[0]
			}
		}
		best, other := string(a), string(b)
		may := newSketch(best).mayBeTwin(other)
		if dice(pairs(compact(best)), pairs(compact(other))) >= twinSimilarity {
			twins++
			if !may {
				t.Fatalf("%q and %q are twins", best, other)
			}
		} else if !may {
			others++
		}
	}
	if twins < 100 || others < 100 {
		t.Errorf("only %d twins and %d others that were told apart", twins, others)
	}
}

func tail(s string) string {
	r := []rune(s)
	return string(r[max(0, len(r)-8):])
}
