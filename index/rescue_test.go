package index_test

import (
	"context"
	"strings"
	"testing"
	"unicode"

	"jieda/content"
	"jieda/content/sample"
	"jieda/index"
	"jieda/index/analysis"
)

func TestRescue(t *testing.T) {
	x := open(t, sample.FS())
	t.Run("rescued", func(t *testing.T) { rescued(t, x) })
	t.Run("not rescued", func(t *testing.T) { notRescued(t, x) })
	t.Run("decision", func(t *testing.T) { pinyinDecision(t, x) })
	t.Run("explain", func(t *testing.T) { explainRescue(t, x) })
}

func rescued(t *testing.T, x *index.Index) {
	for _, c := range []struct{ typed, searched, reason, article string }{
		{"tuikuan duojiu daozhang", "退款多久到账", "pinyin", "refund-time"},
		{"tuikuanduojiudaozhang", "退款多久到账", "pinyin", "refund-time"},
		{"Tui kuan duo jiu dao zhang?", "退款多久到账?", "pinyin", "refund-time"},
		{"tui'kuan duo'jiu dao'zhang", "退款多久到账", "pinyin", "refund-time"},
		{"quxiao zidong xufei", "取消自动续费", "pinyin", "auto-renew-off"},
		{"E0421 shi shenme yisi", "e0421 是什么意思", "pinyin", "e0421"},
		{"怎么tuikuan", "怎么退款", "pinyin", ""},
		{"iphone tuikuan", "iphone 退款", "pinyin", ""},
		{"zenmeyongiphonetuikuan", "怎么用iphone退款", "pinyin", ""},
		{"zenme senqin tuikuan", "怎么申请退款", "pinyin", ""},
		{"tuikuan3tian", "退款3天", "pinyin", "refund-time"},
		{"bluetootherjizenmelianiphone", "bluetooth耳机怎么连iphone", "pinyin", "bt200-pairing"},
		{"tuikaun duojiu daozhang", "退款多久到账", "pinyin", "refund-time"},
		{"tuikaun", "退款", "pinyin", ""},
		{"quxaio zidong xufei", "取消自动续费", "pinyin", "auto-renew-off"},
		{"发漂怎么开", "发票怎么开", "typo", ""},
		{"發漂怎麼開", "發票怎麼開", "typo", ""},
		{"优惠卷不能用", "优惠券不能用", "typo", "coupon-unavailable"},
		{"退宽多久到帐", "退款多久到帐", "typo", "refund-time"},
		{"ipone", "iphone", "typo", ""},
		{"ipone怎么连蓝牙耳机", "iphone怎么连蓝牙耳机", "typo", "bt200-pairing"},
		{"blutooth", "bluetooth", "typo", "bt200-pairing"},
	} {
		resp := search(t, x, index.Request{Query: c.typed})
		if resp.Rescued == nil || *resp.Rescued != (index.Rescue{Query: c.searched, Reason: c.reason}) {
			t.Errorf("%s: rescued as %+v, want %s %s", c.typed, resp.Rescued, c.reason, c.searched)
			continue
		}
		if c.article != "" && (len(resp.Hits) == 0 || resp.Hits[0].ArticleID != c.article) {
			t.Errorf("%s: hits %v, want %s", c.typed, resp.Hits, c.article)
		}
		if resp.Query != c.typed {
			t.Errorf("%s: query is %q", c.typed, resp.Query)
		}
		if c.reason == "typo" && resp.Decision == index.Answer {
			t.Errorf("%s: what was guessed from a typing error is answered", c.typed)
		}
	}
}

// notRescued has questions that find by themselves, and those of which nothing can be made.
func notRescued(t *testing.T, x *index.Index) {
	for _, q := range []string{
		"退款多久到账", "发票", "iphone", "退款", "bluetooth", "PPR-9087", "怎么连蓝牙",
		"ppr9088 chongdianman", "PPR-9086", "E0999", // a code is never turned into its neighbour
		"bpple怎么买", "练习", "如何安装deluge", // not what the site has, but no typing errors either
		"change password", "hello", "payment method", "customer support", "forgot my pasword", "nvidia-smi", "tuikaunx", "b超", "women", "language", "xyzzy", "huawei mate60", "can a man pay me",
		"", "？", "a", "''", "1", "退", strings.Repeat("tuikuan", 60),
	} {
		if resp := search(t, x, index.Request{Query: q}); resp.Rescued != nil {
			t.Errorf("%s: rescued as %+v", q, *resp.Rescued)
		}
	}
}

// pinyinDecision: pinyin may be answered, but not where the decoded question is a guess at a word that the site
// does not have, and never for a code that it does not have.
func pinyinDecision(t *testing.T, x *index.Index) {
	for _, c := range []struct {
		typed string
		want  bool
	}{
		{"tuikuan duojiu daozhang", true},
		{"E0421 shi shenme yisi", true},
		{"e0999 shi shenme yisi", false},
		{"tuikuan duojiu dao taobao", false},
		{"tuikaun duojiu daozhang", false},
	} {
		resp := search(t, x, index.Request{Query: c.typed})
		if got := resp.Decision == index.Answer; got != c.want {
			t.Errorf("%s: %s, rescued %+v", c.typed, resp.Decision, resp.Rescued)
		}
	}
}

// TestNeverRescuedWhenFound: a question of the site is found as it is, and so is half of one, cut between two Han
// characters.
func TestNeverRescuedWhenFound(t *testing.T) {
	lib := aliyunFAQ(t)
	x := build(t, lib)
	cut := 0
	for i := 0; i < len(lib.Articles); i += 11 {
		title := []rune(lib.Articles[i].Title)
		parts := []string{string(title)}
		if n := len(title) / 2; n >= 2 && unicode.Is(unicode.Han, title[n-1]) && unicode.Is(unicode.Han, title[n]) {
			parts = append(parts, string(title[:n]), string(title[n:]))
			cut++
		}
		for _, q := range parts {
			if resp := search(t, x, index.Request{Query: q}); resp.Rescued != nil {
				t.Errorf("%q is in %q, but was rescued as %+v", q, lib.Articles[i].Title, *resp.Rescued)
			}
		}
	}
	if cut < 50 {
		t.Errorf("only %d titles were cut", cut)
	}
}

func TestRescueKeepsToFilters(t *testing.T) {
	x := open(t, files(
		"faq/a.md", "---\ntitle: 内部折扣怎么申请\naudience: staff\n---\n员工在内网申请内部折扣。\n",
		"faq/b.md", "---\ntitle: 怎么退货\n---\n在订单页退货。\n",
	))
	if resp := search(t, x, index.Request{Query: "neibu zhekou zenme shenqing"}); len(resp.Hits) > 0 || resp.Rescued != nil {
		t.Errorf("a customer sees %+v, rescued as %+v", resp.Hits, resp.Rescued)
	}
	resp := search(t, x, index.Request{Query: "neibu zhekou zenme shenqing", Audiences: []string{"staff"}})
	if resp.Rescued == nil || resp.Rescued.Query != "内部折扣怎么申请" || resp.Decision != index.Answer {
		t.Errorf("staff: %s, rescued %+v", resp.Decision, resp.Rescued)
	}
}

// TestRescueSlips types the questions of the sample in pinyin with one key hit twice, which is never Chinese as typed: most
// find what they mean, and none is answered aloud.
func TestRescueSlips(t *testing.T) {
	lib, err := content.Read(context.Background(), sample.FS(), nil)
	if err != nil {
		t.Fatal(err)
	}
	x := open(t, sample.FS())
	tried, found := 0, 0
	for i := range lib.Articles {
		for _, question := range lib.Articles[i].Passages[0].Alternates {
			typed := slipped(question)
			if typed == "" {
				continue
			}
			tried++
			resp := search(t, x, index.Request{Query: typed})
			if resp.Decision == index.Answer {
				t.Errorf("%s: answered as %+v", typed, resp.Rescued)
			}
			if len(resp.Hits) > 0 && resp.Hits[0].ArticleID == lib.Articles[i].ID {
				found++
			} else {
				t.Logf("%s, %s: rescued as %+v", question, typed, resp.Rescued)
			}
		}
	}
	if tried < 20 || found*10 < tried*8 {
		t.Errorf("of %d questions %d found their article", tried, found)
	}
}

// slipped is a question in pinyin with the first letter of its third syllable typed twice; "" for one that is short, not all
// Han, or Chinese all the same.
func slipped(question string) string {
	var b strings.Builder
	syllables := 0
	for _, r := range question {
		readings := analysis.Readings(r)
		if len(readings) == 0 {
			return ""
		}
		syllable := readings[0].String()
		if syllables++; syllables == 3 {
			if strings.Contains("aoegnr", syllable[:1]) { // which may as well end the syllable before
				return ""
			}
			b.WriteByte(syllable[0])
		}
		b.WriteString(syllable)
	}
	if syllables < 4 {
		return ""
	}
	return b.String()
}

func explainRescue(t *testing.T, x *index.Index) {
	text, err := x.Explain(context.Background(), index.Request{Query: "tuikuan duojiu daozhang"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"question 问题      tuikuan duojiu daozhang\n", "rescued 改按       退款多久到账 (pinyin)"} {
		if !strings.Contains(text, want) {
			t.Errorf("explain has no %q:\n%s", want, text)
		}
	}
}

// FuzzRescue: whatever is typed, a rescue is another question than the typed one, and the same every time.
func FuzzRescue(f *testing.F) {
	x := open(f, sample.FS())
	for _, q := range []string{"tuikuan duojiu daozhang", "优惠卷不能用", "ipone 3 tian", "xi'an", "a1b2c3", "發漂", "\x00tui\xff", strings.Repeat("tuikuan", 60)} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		if len(q) > 1000 {
			return
		}
		a, b := search(t, x, index.Request{Query: q}), search(t, x, index.Request{Query: q})
		if (a.Rescued == nil) != (b.Rescued == nil) || a.Rescued != nil && *a.Rescued != *b.Rescued {
			t.Fatalf("%q: rescued as %+v, then as %+v", q, a.Rescued, b.Rescued)
		}
		if a.Rescued != nil && (a.Rescued.Query == a.Query || a.Rescued.Query == "" || len(a.Hits) == 0) {
			t.Fatalf("%q: rescued as %+v with %d hits", q, *a.Rescued, len(a.Hits))
		}
	})
}

// BenchmarkRescue asks what is not found as it was typed; see BenchmarkSearch for what is.
func BenchmarkRescue(b *testing.B) {
	x := build(b, aliyunFAQ(b))
	for _, q := range []string{"ruhexiugaimima", "yunfuwuqi wufa yuancheng lianjie zenme paicha", "如何购卖域铭", "windos"} {
		b.Run(q, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if resp := search(b, x, index.Request{Query: q}); resp.Rescued == nil {
					b.Fatal("not rescued")
				}
			}
		})
	}
}
