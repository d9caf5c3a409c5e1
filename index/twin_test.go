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
		if got := sameAnswer(c.a, c.b); got != c.want {
			t.Errorf("sameAnswer(…%s, …%s) = %v", tail(c.a), tail(c.b), got)
		}
		if sameAnswer(c.a, c.b) != sameAnswer(c.b, c.a) {
			t.Errorf("sameAnswer(…%s, …%s) depends on the order", tail(c.a), tail(c.b))
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
