package index_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"jieda/content"
	"jieda/content/sample"
	"jieda/index"
	"jieda/index/analysis"
)

// The substring floor: every run of two or more Han characters from a title, question or alternate finds its article,
// and where no other article's questions hold that run, among the first three; in traditional, full-width, spaced and
// mixed-case spelling too.

func TestSubstringFloor(t *testing.T) {
	read, err := content.Read(context.Background(), sample.FS(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("sample", func(t *testing.T) { substringFloor(t, read, 3000) })
	t.Run("aliyun-faq", func(t *testing.T) { substringFloor(t, aliyunFAQ(t), 3000) })
}

func substringFloor(t *testing.T, lib *content.Library, cases int) {
	x := build(t, lib)
	// What each article can be asked, folded: one line a question, so that no run crosses two.
	asked := make([]string, len(lib.Articles))
	var public []int
	for i := range lib.Articles {
		a := &lib.Articles[i]
		lines := []string{a.Title}
		text := a.Title
		for _, p := range a.Passages {
			lines = append(append(lines, p.Question), p.Alternates...)
			text += p.Text
		}
		script := analysis.DetectScript(append(lines, text)...)
		for j, l := range lines {
			lines[j] = analysis.Fold(l, script)
		}
		asked[i] = strings.Join(lines, "\n")
		if a.Shown(nil) && !a.Hidden && a.ValidFrom.IsZero() {
			public = append(public, i)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	unique, shared := 0, 0
	for range cases {
		at := public[rng.IntN(len(public))]
		a := &lib.Articles[at]
		p := &a.Passages[rng.IntN(len(a.Passages))]
		wordings := append([]string{p.Question, a.Title}, p.Alternates...)
		run := randomRun(rng, wordings[rng.IntN(len(wordings))])
		if run == "" {
			continue
		}
		folded := analysis.Fold(run, analysis.DetectScript(asked[at]))
		holders := 0
		for i, text := range asked {
			if strings.Contains(text, folded) && lib.Articles[i].Shown(nil) {
				holders++
			}
		}
		if holders == 0 { // a phrase that folds otherwise when it is cut
			continue
		}
		want := 50
		if holders == 1 {
			want = 3
			unique++
		} else {
			shared++
			if holders > want {
				continue // more articles hold it than a page can show
			}
		}
		for spelling, q := range map[string]string{"as written": run, "spaced": spaced(run), "full width": fullWidth(run)} {
			found := false
			for _, h := range search(t, x, index.Request{Query: q, Limit: want}).Hits {
				found = found || h.ArticleID == a.ID
			}
			if !found {
				t.Errorf("%q (%s), from %q, is not among the first %d (%d articles hold it)", q, spelling, p.Question, want, holders)
			}
		}
	}
	t.Logf("%d runs of one article's questions, %d of several's", unique, shared)
	if unique < cases/10 {
		t.Errorf("only %d of %d cases are of one article: the test shows little", unique, cases)
	}
}

// randomRun cuts a run of two or more Han characters out of s; "" when there is none.
func randomRun(rng *rand.Rand, s string) string {
	runes := []rune(s)
	var starts []int
	for i := 0; i+1 < len(runes); i++ {
		if unicode.Is(unicode.Han, runes[i]) && unicode.Is(unicode.Han, runes[i+1]) {
			starts = append(starts, i)
		}
	}
	if len(starts) == 0 {
		return ""
	}
	from := starts[rng.IntN(len(starts))]
	to := from + 2
	for to < len(runes) && unicode.Is(unicode.Han, runes[to]) && rng.IntN(3) > 0 {
		to++
	}
	return string(runes[from:to])
}

func spaced(s string) string { return strings.Join(strings.Split(s, ""), " ") }

func fullWidth(s string) string {
	return "　" + s + "　？"
}

// TestSpellings: the same question in other spellings finds the same article first.
func TestSpellings(t *testing.T) {
	x := open(t, files(
		"faq/a.md", "# iPhone 15 Pro 的軟體更新失敗怎麼辦\n\n重新開機。",
		"faq/b.md", "# TiDB 集群怎么扩容\n\n加节点。",
		"faq/c.md", "# 退款多久能到账\n\n三天。",
	))
	for question, article := range map[string]string{
		"软件更新失败": "faq/a", "軟體更新失敗": "faq/a", "软 件 更 新": "faq/a", "ＩＰＨＯＮＥ　１５": "faq/a", "iphone15 pro": "faq/a",
		"體更": "faq/a", "体更": "faq/a", "tidb": "faq/b", "ＴｉＤＢ集群": "faq/b", "TIDB擴容": "faq/b", "退款多久能到賬": "faq/c", "退\u200b款多久": "faq/c", "退(tuì)款": "faq/c",
	} {
		resp := search(t, x, index.Request{Query: question})
		if len(resp.Hits) == 0 || resp.Hits[0].ArticleID != article {
			t.Errorf("%q: %+v, want %s first", question, resp.Hits, article)
		}
	}
}
