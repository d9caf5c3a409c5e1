package index_test

import (
	"errors"
	"slices"
	"testing"

	"jieda/index"
)

// TestExpired: what has expired is found, and is neither said nor offered; what is not valid yet is not there.
func TestExpired(t *testing.T) {
	const over, coming = "valid_until: 2001-01-01", "valid_from: 2999-01-01"
	article := func(title, dates string) string {
		return "---\ntitle: " + title + "\n" + dates + "\n---\n签收后七天内申请。"
	}
	x := open(t, files(
		"faq/旧.md", article("怎么申请退货", over), "faq/新.md", article("退货怎么申请办理", ""),
		"faq/只有旧.md", article("双十一活动怎么参加", over), "faq/未来.md", article("年会员怎么续费", coming),
		"faq/发票旧.md", article("怎么开发票", over), "faq/发票.md", article("怎么开发票呢", ""),
	))
	for _, tt := range []struct {
		q       string
		offered []string
	}{
		{"怎么申请退货", []string{"faq/新"}}, {"双十一活动怎么参加", nil}, {"怎么开发票", []string{"faq/发票"}},
	} {
		resp := ask(t, x, tt.q)
		var got []string
		for _, h := range resp.Offered(0) {
			got = append(got, h.ArticleID)
		}
		if !slices.Equal(got, tt.offered) || (len(got) == 0) != (resp.Decision == index.None) || resp.Decision == index.Choose {
			t.Errorf("%s: %s offers %q, want %q", tt.q, resp.Decision, got, tt.offered)
		}
	}
	if resp := search(t, x, index.Request{Query: "年会员怎么续费"}); slices.ContainsFunc(resp.Hits, func(h index.Hit) bool { return h.ArticleID == "faq/未来" }) {
		t.Error("what is not valid yet is found")
	}
	if _, err := x.Article(t.Context(), "faq/未来", nil); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("what is not valid yet is opened: %v", err)
	}
}
