package analysis_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"jieda/index/analysis"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"怎么退货？", "怎么退货？"},
		{"a\tb\nc\r\n", "a\tb\nc\r\n"},
		{"重\x00置", "重置"},
		{"重\u200b置\u200d\ufeff\u00ad\u2060\u202e", "重置"},
		{"重置\ufe0f葛\U000E0100城", "重置葛城"},
		{"退\xff货", "退 货"},
		{"退\xff\xfe\x80货", "退 货"},
		{"退货\xe8\xb4", "退货 "},
		{"\xc0\xafa", " a"},     // overlong
		{"\xed\xa0\x80a", " a"}, // surrogate
		{"👨‍👩‍👧退货", "👨👩👧退货"},    // joined by U+200D
		{"\x1b[31m红\x7f", "[31m红"},
		{"\ufffd", "\ufffd"},
		{"한국어\u3164", "한국어"},
	} {
		if got := analysis.Clean(c.text); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestFold(t *testing.T) {
	const S, T = analysis.Simplified, analysis.Traditional
	for _, c := range []struct {
		script     analysis.Script
		text, want string
	}{
		// Width and case.
		{S, "ＰＰＲ－９０８７", "ppr-9087"},
		{S, "PPR\u20119087", "ppr-9087"},
		{S, "３．５％，Ｃ＋＋、ｃ＃（ＡＰＰ）", "3.5％，c++、c#（app）"},
		{S, "ＴｉＤＢ＿Ｖ５", "tidb_v5"},
		{S, "①㎡㈱ﬁ…", "1m2(株)fi…"},
		{S, "￥100", "¥100"},
		{S, "ﾊﾝｶｸ", "ハンカク"},
		{S, "e\u0301 É J\u030c İ Σ", "é é ǰ i σ"},
		{S, "⼀⾔", "一言"},
		{S, "豈\uf900更", "岂岂更"},
		// Blanks.
		{S, "退 货　流程", "退货流程"},
		{S, "退\xff货\u00a0", "退货 "},
		{S, "用 iPhone 15 退 货", "用 iphone 15 退货"},
		{S, "第一段\n第二段\t第三段", "第一段\n第二段\t第三段"},
		{S, "退 ，货", "退 ，货"},
		// Readings.
		{S, "对(duì)于重（chóng）复", "对于重复"},
		{S, "对(dui4)于，一言(yi1 yan2)。", "对于，一言。"},
		{S, "银行(yínháng)卡", "银行卡"},
		{S, "对 (duì) (shì) 于", "对于"},
		{S, "对(duì) ok", "对 ok"},
		{S, "下载(APP)和系统(ios)，音乐(mp3)，座位(a1)，型号(h5)，流程(pdf)", "下载(app)和系统(ios)，音乐(mp3)，座位(a1)，型号(h5)，流程(pdf)"},
		{S, "x(duì)于", "x(duì)于"},
		{S, "对(duì", "对(duì"},
		{S, "对（duì)于", "对（duì)于"},
		// Commas of numbers, and others.
		{S, "容量 20,000 mAh", "容量 20000 mah"}, {S, "满1,234,567.50元", "满1234567.50元"}, {S, "E001,002", "e001,002"},
		{S, "12,5和1,2345和0,123和1234,567", "12,5和1,2345和0,123和1234,567"}, {S, "v2.1,234；1,234,56", "v2.1,234；1234,56"},
		{S, "单价1,000", "单价1000"}, {S, "9,1,234", "9,1,234"},
		// Simplified text stays as it is, but for single traditional characters.
		{S, "文件程序怎么什么", "文件程序怎么什么"},
		{S, "手机打坏了，萧乾在乾县", "手机打坏了，萧乾在乾县"},
		{S, "我的帳戶登录不了", "我的账户登录不了"},
		// Spellings of one word.
		{S, "到帐、帐号登陆不了和身分证", "到账、账号登录不了和身份证"}, {T, "帳戶登陸", "账户登录"},
		{S, "帐篷和蚊帐、登陆舰、本身分为、指定单位、定金", "帐篷和蚊帐、登陆舰、本身分为、指定单位、定金"},
		{S, "軟體", "软体"},
		// Traditional text.
		{T, "軟體", "软件"}, {T, "怎麼登出帳號", "怎么退出登录账号"}, {T, "軟 體", "软件"}, {T, "滑鼠", "鼠标"}, {T, "乾闥婆", "乾闼婆"}, {T, "張鈞甯", "张钧甯"},
		{T, "怎麼", "怎么"}, {T, "怎么什么", "怎么什么"}, {T, "頭髮", "头发"}, {T, "皇后", "皇后"}, {T, "著作", "著作"},
		{T, "睡著了", "睡着了"}, {T, "檔案", "文件"}, {T, "程式", "程序"}, {T, "記憶體", "内存"}, {T, "網際網路", "互联网"},
		{T, "隨身碟", "u盘"}, {T, "Ｂ型肝炎", "乙型肝炎"}, {T, "螢幕解析度", "屏幕分辨率"}, {T, "裡面", "里面"}, {T, "後面", "后面"},
		{T, "乾隆", "乾隆"}, {T, "餅乾", "饼干"}, {T, "幹部", "干部"}, {T, "公車", "公车"}, {T, "計程車", "出租车"},
		{T, "資料庫", "数据库"}, {T, "伺服器", "服务器"}, {T, "使用者", "用户"}, {T, "幺正", "幺正"}, {T, "瞭解", "了解"},
		{T, "台灣", "台湾"}, {T, "麵條", "面条"}, {T, "回覆", "回复"}, {T, "藉口", "借口"}, {T, "沈默", "沉默"}, {T, "印表機", "打印机"},
	} {
		if got := analysis.Fold(c.text, c.script); got != c.want {
			t.Errorf("Fold(%q, %d) = %q, want %q", c.text, c.script, got, c.want)
		}
	}
}

// TestFoldVariants: what variants are folded to is folded to nothing else, and is simplified.
func TestFoldVariants(t *testing.T) {
	for _, pair := range strings.Fields("帐号=账号 登陆=登录 其它=其他 撤消=撤销 图象=图像 录象=录像 摄象=摄像 影象=影像 身分=身份 帐蓬=帐篷 複帳=复账") {
		from, to, _ := strings.Cut(pair, "=")
		for _, text := range []string{from, "在" + from + "的", from + from, from + to} {
			want := strings.ReplaceAll(text, from, to)
			got := analysis.Fold(text, analysis.Simplified)
			if got != want || analysis.Fold(got, analysis.Simplified) != want {
				t.Errorf("%s: %s, want %s", text, got, want)
			}
		}
	}
}

// TestFoldEveryRune folds every character there is, between Han characters, Latin letters and blanks.
func TestFoldEveryRune(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r == 0x40000 {
			r = 0xE0000 // nothing is assigned between them
		}
		if r == 0xF0000 {
			break // private use
		}
		text := "中" + string(r) + "文 a" + string(r) + "Z" + string(r) + " " + string(r)
		once := analysis.Fold(text, analysis.Simplified)
		if twice := analysis.Fold(once, analysis.Simplified); twice != once {
			t.Errorf("%U: folded %q, twice %q", r, once, twice)
		}
	}
}

func TestFoldMapped(t *testing.T) {
	const S, T = analysis.Simplified, analysis.Traditional
	for _, c := range []struct {
		script           analysis.Script
		text, find, want string
	}{
		{S, "怎么退货", "退货", "退货"},
		{S, "错误ＰＰＲ－９０８７。", "9087", "９０８７"},
		{S, "如何 退 货 呢", "退货", "退 货"},
		{S, "如何 退 货 呢", "何退", "何 退"},
		{S, "对(duì)于", "对", "对"},
		{S, "对(duì)于", "对于", "对(duì)于"},
		{S, "对(duì)于", "于", "于"},
		{S, "\x00重\u200b置\xff密码", "重置密码", "重\u200b置\xff密码"},
		{T, "用滑鼠點選", "鼠标", "滑鼠"},
		{T, "螢幕解析度低", "分辨率", "解析度"},
		{T, "插 隨身 碟　嗎", "u盘", "隨身 碟"},
		{T, "網 際 網 路慢", "互联网", "網 際 網 路"},
		{T, "網際網路慢", "联", "網際網路"}, // replaced as a whole
		{S, "㈱Ａ", "株", "㈱"},
		{S, "xe\u0301y", "é", "e\u0301"},
	} {
		f := analysis.FoldMapped(c.text, c.script)
		at := strings.Index(f.Text, c.find)
		if at < 0 {
			t.Errorf("%q: no %q in %q", c.text, c.find, f.Text)
			continue
		}
		start, end := f.Span(at, at+len(c.find))
		if got := c.text[start:end]; got != c.want {
			t.Errorf("%q: %q came from %q, want %q", c.text, c.find, got, c.want)
		}
	}
}

func TestQueryScript(t *testing.T) {
	for _, c := range []struct {
		q           string
		traditional bool // the site
		want        analysis.Script
	}{
		{"怎麼退貨", false, analysis.Traditional},
		{"怎么退货", true, analysis.Simplified},
		{"文件在哪", false, analysis.Simplified},
		{"文件在哪", true, analysis.Traditional},
		{"我的帳户登录不了", false, analysis.Simplified}, // 帳 against 户 登录
		{"", true, analysis.Traditional},
		{"iphone", false, analysis.Simplified},
	} {
		if got := analysis.QueryScript(c.q, c.traditional); got != c.want {
			t.Errorf("QueryScript(%q, %v) = %d, want %d", c.q, c.traditional, got, c.want)
		}
	}
	if trad, simp := analysis.CountScript("皇后的頭髮，发后"); trad != 2 || simp != 3 {
		t.Errorf("CountScript = %d, %d, want 2 (頭髮), 3 (后发后)", trad, simp)
	}
	if got := analysis.DetectScript("文件", "在哪裡", "看"); got != analysis.Traditional {
		t.Error("texts that belong together are traditional if one of them is")
	}
}

// anyText draws what people and machines paste: Chinese of both kinds, Latin, what folding rewrites, and garbage.
var anyText = rapid.Custom(func(t *rapid.T) string {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"退货", "退貨", "軟體", "滑鼠", "怎麼", "幺麼", "么麽", "解析度", "隨身碟", "乾", "乾縣", "瀋重", "打壞", "㈱", "豈", "〇", "𠮷",
			" ", "　", "\u00a0", "\n", "\t", "(duì)", "（dui4）", "(", "（", ")", "duì", "(APP)", "，", "。", "…", "“",
			"ＰＰＲ－９０８７", "PPR-9087", "E0421", "4.2.1", "iPhone15", "C++", ".NET", "_", "－", "é", "e\u0301", "J\u030c", "ﬁ",
			"\u3099", "か", "ｶﾞ", "한", "ᄒ", "ᅡ", "ᆫ", "İ", "ẞ", "👨‍👩‍👧", "\u200b", "\ufeff", "\x00", "\xff", "\xe8\xb4", "\xed\xa0\x80",
		}),
		rapid.StringN(0, 5, -1),
		rapid.StringOfN(rapid.RuneFrom(nil, unicode.Han), 1, 4, -1),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 4), func(b []byte) string { return string(b) }),
	)
	return strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
})

var anyScript = rapid.SampledFrom([]analysis.Script{analysis.Simplified, analysis.Traditional})

func TestFoldProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkFold(t, anyText.Draw(t, "text"), anyScript.Draw(t, "script"))
	})
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func checkFold(t fataler, text string, script analysis.Script) {
	folded := analysis.Fold(text, script)
	if !utf8.ValidString(folded) || strings.ContainsRune(folded, 0) {
		t.Fatalf("Fold(%q) = %q is not clean", text, folded)
	}
	if again := analysis.Fold(folded, analysis.Simplified); again != folded {
		t.Fatalf("Fold(%q) = %q, folded again %q", text, folded, again)
	}
	f := analysis.FoldMapped(text, script)
	if f.Text != folded {
		t.Fatalf("FoldMapped(%q) = %q, Fold %q", text, f.Text, folded)
	}
	if got := f.Original(len(f.Text)); got != len(text) {
		t.Fatalf("%q: the end is at %d, want %d", text, got, len(text))
	}
	boundary := map[int]bool{len(text): true} // where a rune, or an invalid byte, begins or ends
	for i := range text {
		boundary[i] = true
	}
	before := 0
	for i, r := range f.Text {
		o := f.Original(i)
		if o < before || o > len(text) {
			t.Fatalf("%q: Original(%d) = %d after %d", text, i, o, before)
		}
		before = o
		start, end := f.Span(i, i+utf8.RuneLen(r))
		if start != o || end <= start || end > len(text) || !boundary[start] || !boundary[end] {
			t.Fatalf("%q → %q: Span of %q at %d is %d:%d", text, f.Text, r, i, start, end)
		}
		if s, e := f.Span(0, i+utf8.RuneLen(r)); s > start || e < end {
			t.Fatalf("%q: Span(0, …) = %d:%d does not hold %d:%d", text, s, e, start, end)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"對(duì)于軟 體", "ＰＰＲ－９０８７", "e\u0301", "\xff\x00", "J\u030c", "网 際 網 路", "么麽", "한\u11ab"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, traditional bool) {
		script := analysis.Simplified
		if traditional {
			script = analysis.Traditional
		}
		checkFold(t, text, script)
	})
}
