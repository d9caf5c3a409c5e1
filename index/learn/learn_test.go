package learn

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"jieda/content"
	"jieda/content/sample"
	"jieda/index"
	"jieda/index/analysis"
)

// jieba is loaded once, which takes a second.
var jieba = sync.OnceValue(func() analysis.Segmenter {
	dir, err := os.MkdirTemp("", "learn")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	segmenter, err := analysis.NewJieba(dir, nil)
	if err != nil {
		panic(err)
	}
	return segmenter
})

// find makes suggestions for a folder of articles.
func find(t *testing.T, folder fs.FS, searches ...Search) *Suggestions {
	t.Helper()
	library, err := content.Read(t.Context(), folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	found, err := Find(t.Context(), Input{Library: library, Segmenter: jieba(), Searches: searches})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// folder makes a file of each text: "# 怎么退款\n\n…".
func folder(texts ...string) fstest.MapFS {
	f := fstest.MapFS{}
	for i, text := range texts {
		f[fmt.Sprintf("faq/%d.md", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	return f
}

// pairs writes synonyms on one line each: "退款 = 退钱 (questions 2)".
func pairs(list []Synonym) []string {
	var lines []string
	for _, y := range list {
		sign := " = "
		if y.OneWay {
			sign = " <- "
		}
		lines = append(lines, fmt.Sprintf("%s (%s %d)", strings.Join(y.Words, sign), y.Source, y.Count))
	}
	slices.Sort(lines)
	return lines
}

func TestSynonyms(t *testing.T) {
	for _, c := range []struct {
		name   string
		folder fstest.MapFS
		want   []string
	}{
		{"two passages ask it in two ways", folder(
			"# 退款多久到账\n\n相似问：退钱多久到账\n\n三天。", "# 你好，怎么申请退款\n\n相似问：怎么申请退钱？\n\n点按钮。"),
			[]string{"退款 = 退钱 (questions 2)"}},
		{"traditional text is shown as it is", folder(
			"# 滑鼠軟體怎麼下載\n\n相似问：滑鼠驅動怎麼下載\n\n好。", "# 鍵盤軟體怎麼更新\n\n相似问：鍵盤驅動怎麼更新\n\n好。"),
			[]string{"軟體 = 驅動 (questions 2)"}},
		{"one passage is not enough", folder("# 退款多久到账\n\n相似问：退钱多久到账\n\n三天。"), nil},
		{"other articles tell them apart", folder(
			"# 怎么申请退货\n\n相似问：怎么申请换货\n\n好。", "# 退货多久到账\n\n相似问：换货多久到账\n\n好。",
			"# 退货运费谁付\n\n我们付。", "# 换货运费谁付\n\n您付。"), nil},
		{"opposites", folder(
			"# 怎么开通自动续费\n\n相似问：怎么关闭自动续费\n\n好。", "# 开通短信通知\n\n相似问：关闭短信通知\n\n好。"), nil},
		{"negation", folder(
			"# 支持开票\n\n相似问：不支持开票\n\n好。", "# 支持退货\n\n相似问：不支持退货\n\n好。",
			"# 发票不能开\n\n相似问：发票吗开\n\n好。", "# 订单不能开\n\n相似问：订单吗开\n\n好。"), nil},
		{"numbers", folder(
			"# 三天能到货吗\n\n相似问：七天能到货吗\n\n好。", "# 三天能发货吗\n\n相似问：七天能发货吗\n\n好。"), nil},
		{"what the editors know", fstest.MapFS{
			"a.md":                  {Data: []byte("# 退款多久到账\n\n相似问：退钱多久到账\n\n三天。")},
			"b.md":                  {Data: []byte("# 申请退款\n\n相似问：申请退钱\n\n三天。")},
			"_search/synonyms.yaml": {Data: []byte("- [退款, 返款, 退钱]\n")},
		}, nil},
		{"texts say so", folder(
			"# 灰度\n\n灰度发布，又名金丝雀发布，先给一部分人用。", "# 专票\n\n企业可以开增值税专用发票（专票）。"),
			[]string{"专用发票 = 专票 (texts 1)", "灰度发布 = 金丝雀发布 (texts 1)"}},
		{"initials in two passages", folder(
			"# 负载\n\n推送到负载均衡（SLB）即可。", "# 证书\n\n和负载均衡（SLB）一样。", "# 其他\n\n密钥管理系统（KMS）只说一次。"),
			[]string{"负载均衡 = SLB (texts 2)"}},
		{"remarks in brackets", folder(
			"# 运费\n\n运费（元）和姓名（必填），客户端（Android），客服（95588），中国银行（香港）。", "# 运费二\n\n运费（元）和姓名（必填），客户端（iOS），客服（95588），中国银行（香港）。"), nil},
		{"one name for two things", folder(
			"# 一\n\n文件系统（EXT）、文件系统（NTFS）。", "# 二\n\n文件系统（EXT）、文件系统（NTFS）。"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := pairs(find(t, c.folder).Synonyms); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

var begin = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// opened is a search that was not answered, after which an article was opened.
func opened(query, article string) Search {
	return Search{Query: query, Decision: index.Suggest, Time: begin, Shown: []Answer{{"faq/别的", "faq/别的"}, {article, article}}, Opened: []string{article}}
}

func shop() fstest.MapFS {
	return folder("# 价格保护怎么申请\n\n买后七天内降价，退差价。", "# 退款多久到账\n\n三天。")
}

func TestFromLog(t *testing.T) {
	found := find(t, shop(),
		opened("保价怎么申请", "faq/0"), opened("保价怎么申请？", "faq/0"), // the same in other words
		opened("差价补偿去哪里领", "faq/0"), opened("领补偿", "faq/0"), // 补偿 is not written, and stands beside nothing
		opened("退钱多久到账", "faq/1"), // once
	)
	if got, want := pairs(found.Synonyms), []string{"价格保护 <- 保价 (log 2)"}; !slices.Equal(got, want) {
		t.Errorf("synonyms %q, want %q", got, want)
	}
	if len(found.Unwritten) != 1 || found.Unwritten[0].Word != "补偿" || found.Unwritten[0].Count != 2 || !slices.Equal(found.Unwritten[0].Articles, []string{"faq/0"}) {
		t.Errorf("unwritten %+v", found.Unwritten)
	}
}

func TestAlternates(t *testing.T) {
	helpful := opened("我的钱几时回来", "faq/1")
	helpful.Helpful = []string{"faq/1"}
	answered := opened("已经回答了的问题", "faq/1")
	answered.Decision = index.Answer
	two := opened("打开了两篇文章", "faq/1")
	two.Opened = append(two.Opened, "faq/0")
	gone := opened("文章已经删除了", "faq/9")
	nothing := Search{Query: "钱什么时候给我啊", Decision: index.None, Time: begin, Session: "s"}
	again := opened("退款到账时间", "faq/1")
	again.Session, again.Time = "s", begin.Add(time.Minute)
	found := find(t, shop(), opened("降价了可以退差额么", "faq/0"), opened("降价了可以退差额吗", "faq/0"), opened("降价了可以退差额么？", "faq/0"),
		helpful, answered, answered, two, two, gone, gone, opened("退款多久到账？", "faq/1"), opened("退款多久到账？", "faq/1"),
		opened("只问过一次的", "faq/1"), nothing, again, nothing, again)
	var got []string
	for _, a := range found.Alternates {
		got = append(got, fmt.Sprint(a.Path, ":", a.Line, " ", a.Text, a.Others, " ", a.Count, " ", a.Helpful))
	}
	want := []string{
		"faq/0.md:1 降价了可以退差额么[降价了可以退差额吗] 3 0",
		"faq/1.md:1 退款到账时间[] 2 0",
		"faq/1.md:1 钱什么时候给我啊[] 2 0",
		"faq/1.md:1 我的钱几时回来[] 1 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestGaps(t *testing.T) {
	none := func(query string) Search { return Search{Query: query, Decision: index.None, Time: begin} }
	read := none("后来还是打开了")
	read.Opened = []string{"faq/1"}
	suggested := none("有一些链接可看")
	suggested.Decision = index.Suggest
	found := find(t, shop(), none("可以用比特币付款吗"), none("能用比特币付款吗"), none("附近有没有门店"), read, suggested, none("嗯"),
		none("我的电话是 138 1234 5678"), none("订单２０２６１１１８００查不到"), none("发到 a@example.com"))
	var got []string
	for _, g := range found.Gaps {
		got = append(got, fmt.Sprint(g.Text, g.Others, " ", g.Count))
	}
	if want := []string{"能用比特币付款吗[可以用比特币付款吗] 2", "附近有没有门店[] 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDuplicates(t *testing.T) {
	found := find(t, folder(
		"# 如何更改预留手机号码\n\n在设置里点手机号码，收验证码，即可修改。", "# 如何更改预留手机号\n\n在设置里点手机号，收验证码，即可修改。",
		"# 积分什么时候到账呢\n\n次日。", "# 积分什么时候到账\n\n确认收货以后七天，节假日顺延。",
		"# 怎么开通云享会员服务\n\n好。", "# 怎么关闭云享会员服务\n\n好的。", // opposites
		"# 报错 E0421 是什么意思\n\n坏了。", "# 报错 E0422 是什么意思\n\n没电了。", // codes
		"# 能不能送货上门安装\n\n能。", "# 不能送货上门安装\n\n不。",
	))
	var got []string
	for _, d := range found.Duplicates {
		got = append(got, fmt.Sprint(d.Questions, " ", d.SameAnswer))
	}
	slices.Sort(got)
	if want := []string{"[如何更改预留手机号码 如何更改预留手机号] true", "[积分什么时候到账呢 积分什么时候到账] false"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSample finds what little the built-in articles hold, the same on every run, and nothing wrong.
func TestSample(t *testing.T) {
	for range 3 {
		found := find(t, sample.FS())
		if got, want := pairs(found.Synonyms), []string{"序列号 = SN (texts 2)"}; !slices.Equal(got, want) {
			t.Errorf("synonyms %q, want %q", got, want)
		}
		if len(found.Unwritten)+len(found.Alternates)+len(found.Gaps)+len(found.Duplicates) > 0 {
			t.Errorf("found %+v", found)
		}
	}
}

// TestNothing has neither articles nor searches, or only odd ones.
func TestNothing(t *testing.T) {
	found := find(t, fstest.MapFS{}, Search{}, Search{Query: "\x00\xff（（", Decision: index.None}, Search{Query: strings.Repeat("退款", 5000), Decision: index.None})
	if len(found.Synonyms)+len(found.Unwritten)+len(found.Alternates)+len(found.Gaps)+len(found.Duplicates) > 0 {
		t.Errorf("found %+v", found)
	}
}
