package analysis_test

import (
	"slices"
	"testing"

	"jieda/index/analysis"
	"jieda/index/analysis/segmentertest"
)

func TestLongest(t *testing.T) {
	segmentertest.Test(t, func(t *testing.T) analysis.Segmenter {
		return analysis.NewLongest("退货", "退货流程", "重置", "密码", "南京市", "长江大桥", "货\n龘")
	})
	got := analysis.NewLongest("退货", "退货流程").Cut("我退货流程慢")
	if want := []string{"我", "退货流程", "慢"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
