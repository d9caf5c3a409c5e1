package index

import "testing"

func TestOpposite(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"怎么注册账号", "怎么注销账号", true}, {"怎么注销账号", "怎么注册账号", true}, {"怎么注册账号", "怎么注册账号", false},
		{"换货运费谁出", "退货运费谁承担", true}, {"换货和退货的区别", "怎么退货", false}, {"怎么退款", "怎么换货", false},
		{"怎么删除项目", "项目创建", true}, {"怎么减少转账限额", "如何提高转账限额", true}, {"如何禁用信用卡", "如何激活信用卡", true},
		{"怎么解除绑定手表", "怎么绑定手表", true}, {"怎么绑定手表", "怎么解除绑定手表", true}, {"怎么解除绑定", "解除绑定的方法", false},
		{"怎么退出登录", "登录不了怎么办", true}, {"打开页面后怎么关闭", "怎么关闭", false}, {"打开开关", "打开、关闭开关", false},
	} {
		if got := Opposite(c.a, c.b); got != c.want {
			t.Errorf("Opposite(%s, %s) = %v", c.a, c.b, got)
		}
	}
}

func TestDenied(t *testing.T) {
	for _, c := range []struct {
		question, wording string
		want              bool
	}{
		{"怎么提现", "不能提现怎么办", true},
		{"可以退货吗", "哪些商品不可以退货", true},
		{"感冒能吃什么药", "感冒不能吃什么药", true},
		{"为什么不能提现", "怎么提现", false},
		{"为什么不能提现", "不能提现怎么办", false},
		{"提现失败", "不能提现怎么办", false},
		{"拒绝退款怎么办", "商家不退款怎么办", false},
		{"充电慢", "充不进电怎么办", false},
		{"能不能退货", "怎么退货", false},
		{"怎么退货", "能不能退货", false},
		{"两款有什么区别", "两款有什么不同", false},
		{"怎么提现", "不", false},
	} {
		if got := denied(c.question, c.wording); got != c.want {
			t.Errorf("denied(%s, %s) = %v", c.question, c.wording, got)
		}
	}
}

func TestTellingName(t *testing.T) {
	for text, want := range map[string]bool{"l:1": false, "l:b": false, "l:12": false, "l:404": true, "l:5g": true, "l:vip": true, "l:qq": true} {
		if got := tellingName(text); got != want {
			t.Errorf("tellingName(%s) = %v", text, got)
		}
	}
}

// TestAsksToUndo: what is to be undone is asked for, not merely spoken of.
func TestAsksToUndo(t *testing.T) {
	for question, want := range map[string]bool{
		"如何取消电子月结单": true, "自动续费怎么关闭": true, "我要注销账号": true, "请问可以取消吗": true, "支票想作废": true, "取消": true,
		"取消订单后多久退款": false, "订单取消后多久退款": false, "为什么订单被取消了": false, "关机怎么弄": false, "怎么申请取消订单的退款": false, "": false,
	} {
		if got := asksToUndo(question); got != want {
			t.Errorf("asksToUndo(%s) = %v", question, got)
		}
	}
}
