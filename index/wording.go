package index

import (
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jieda/index/analysis"
)

// compact keeps letters, digits and Han of a folded text: what two wordings must share to be the same question,
// whatever blanks and punctuation ("怎么 退款?" and "怎么退款").
func compact(folded string) string {
	clean := true
	for _, r := range folded {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			clean = false
			break
		}
	}
	if clean {
		return folded
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, folded)
}

// greetings open a message without being part of the question. Source: notes on relevance, appendix.
var greetings = []string{
	"你好", "您好", "你们好", "亲", "哈喽", "嗨", "在吗", "在么", "请问一下", "请问", "请教一下", "请教", "想问一下", "想问下", "想问",
	"我想问一下", "我想问问", "我想问", "我想请问", "我想咨询一下", "我想咨询", "咨询一下", "我想知道", "想知道", "麻烦问一下", "麻烦",
	"问一下", "问下", "问问", "不好意思", "打扰一下", "那个", "那",
}

// withoutGreeting drops greetings from the front of a compact question, but never all of it.
func withoutGreeting(q string) string {
	for {
		longest := ""
		for _, g := range greetings {
			if len(g) > len(longest) && len(g) < len(q) && strings.HasPrefix(q, g) {
				longest = g
			}
		}
		if longest == "" {
			return q
		}
		q = q[len(longest):]
	}
}

// traits are what kind of question a wording is: the class of its question word in the low four bits (0 when it has
// none), and whether it is negated.
type traits byte

const negated traits = 0x10

func (t traits) intent() traits { return t & 0x0f }

// intents are question words, by class; the first class that occurs counts. Source: notes on relevance, appendix.
var intents = [...][]string{
	{"为什么", "为何", "为啥", "原因", "怎么回事", "怎么会"},
	{"怎么办", "怎么处理", "如何处理", "如何解决", "怎么解决"},
	{"多久", "多长时间", "什么时候", "何时", "几天", "几点", "期限", "时间", "啥时候"},
	{"多少", "费用", "价格", "收费", "几个", "上限", "最高", "限额"},
	{"哪里", "哪儿", "在哪", "何处", "查看", "查询"},
	{"什么是", "是什么", "是指", "什么意思", "定义", "区别"},
	{"能不能", "能否", "可以", "可否", "是否", "可不可以", "有没有", "会不会", "能", "吗"},
	{"怎么", "如何", "怎样", "咋", "方法", "流程", "步骤", "办理"},
}

// negations turn a question round; notNegations hold their characters without doing so.
var (
	negations    = []string{"不", "没", "未", "无法", "失败", "取消", "关闭", "停", "解除", "拒", "别", "退", "注销"}
	notNegations = strings.NewReplacer("能不能", "", "可不可以", "", "是不是", "", "有没有", "", "会不会", "", "要不要", "", "不好意思", "", "对不起", "")
)

func traitsOf(wording string) (t traits) {
	for class, words := range intents {
		if containsAny(wording, words) {
			t = traits(class + 1)
			break
		}
	}
	if containsAny(notNegations.Replace(wording), negations) {
		t |= negated
	}
	return t
}

// opposites are pairs of sides: a word of one must not stand for a word of the other, however alike the rest of two questions
// is. Words of a side are not synonyms. 激活 and 禁用 are what folding makes of Taiwan's 啟用 and 停用.
var opposites = [...][2][]string{
	{{"开通", "开启", "打开", "启用", "激活"}, {"关闭", "关掉", "停用", "禁用"}}, {{"开通", "登记"}, {"取消"}},
	{{"开户", "开立"}, {"销户", "取消", "注销"}}, {{"注册"}, {"注销"}}, {{"绑定"}, {"解绑", "解除绑定"}}, {{"安装"}, {"卸载"}},
	{{"登录"}, {"退出登录", "登出", "退出"}}, {{"上架"}, {"下架"}},
	{{"创建", "新建", "添加", "新增", "设置", "申请"}, {"删除", "移除", "删掉"}},
	{{"提高", "增加", "调高", "提升", "上调"}, {"降低", "减少", "调低", "减低", "下调"}}, {{"升级"}, {"降级"}}, {{"扩容"}, {"缩容"}},
	{{"转入"}, {"转出"}}, {{"充值"}, {"提现"}}, {{"存款"}, {"取款"}}, {{"买入"}, {"卖出"}}, {{"换货"}, {"退货"}},
	{{"个人"}, {"企业", "公司"}}, {{"国内"}, {"国外", "海外"}}, {{"境内"}, {"境外"}}, {{"保修期内"}, {"保修期外"}},
	{{"发货"}, {"收货"}}, {{"线上"}, {"线下"}}, {{"公网"}, {"内网"}}, {{"导入"}, {"导出"}}, {{"上传"}, {"下载"}},
}

// Opposite says whether one of two wordings has a word and the other only its opposite: 怎么注册账号, 怎么注销账号.
func Opposite(a, b string) bool {
	for i := range opposites {
		for side := range opposites[i] {
			for _, this := range opposites[i][side] {
				if !strings.Contains(a, this) {
					continue
				}
				for _, that := range opposites[i][1-side] {
					if hasOnly(a, this, that) && hasOnly(b, that, this) {
						return true
					}
				}
			}
		}
	}
	return false
}

// hasOnly says whether a wording has this word and not that one. 解除绑定 is no 绑定.
func hasOnly(wording, this, that string) bool {
	if !strings.Contains(wording, this) {
		return false
	}
	if strings.Contains(this, that) {
		wording = strings.ReplaceAll(wording, this, "")
	}
	return !strings.Contains(wording, that)
}

// areOpposites says whether two expressions are of the two sides of a pair themselves.
func areOpposites(a, b string) bool {
	return slices.ContainsFunc(opposites[:], func(pair [2][]string) bool {
		return slices.Contains(pair[0], a) && slices.Contains(pair[1], b) || slices.Contains(pair[1], a) && slices.Contains(pair[0], b)
	})
}

// undoings are words for undoing what was done before, in two characters each.
var undoings = []string{"取消", "关闭", "关掉", "停用", "禁用", "停止", "终止", "解除", "解绑", "解约", "注销", "销户", "删除", "删掉", "移除", "卸载", "退订", "撤销", "作废"}

// undoing is a question whose verb is one of undoings: 怎么取消自动续费, 自动续费怎么关闭, 支票想作废. The 取消 of 取消订单后多久退款 is none.
var undoing = regexp.MustCompile(`(?:^|怎么|怎样|如何|咋|点样|想|要|可以|能|帮我|在哪|哪里|是否)(?:` + strings.Join(undoings, "|") + `)[^后]*$` +
	`|(?:` + strings.Join(undoings, "|") + `)(?:掉|吗|不|呢|么|怎么办|怎么弄|流程|方法)*$`)

// asksToUndo says whether a compact question asks how to undo something.
func asksToUndo(question string) bool {
	return containsAny(question, undoings) && undoing.MatchString(withoutGreeting(question))
}

// undoneBy says whether the text of a vector speaks of undoing. Where it does not, it cannot say how: 如何取消電子月結單 is not
// answered by how one gets them.
func (v *view) undoneBy(vector []byte) bool {
	return slices.ContainsFunc(undoings, func(word string) bool {
		first, size := utf8.DecodeRuneInString(word)
		second, _ := utf8.DecodeRuneInString(word[size:])
		id, _, _, known := v.find(analysis.PairKey(first, second))
		return known && (&decoder{b: vector}).holds(id)
	})
}

// denials say that something does not happen or must not, the longest first; notDenials hold their characters without
// doing so. refusals say so without one of them.
var (
	denials    = []string{"不能够", "不可以", "不支持", "不允许", "不能", "不可", "不会", "无法", "没有", "没法", "没", "未", "不"}
	refusals   = []string{"不", "没", "未", "无法", "失败", "拒"}
	notDenials = strings.NewReplacer("能不能", "", "可不可以", "", "是不是", "", "有没有", "", "会不会", "", "要不要", "", "不好意思", "",
		"对不起", "", "不同", "", "不管", "", "不论", "", "不仅", "", "不但", "", "差不多", "", "未来", "", "未成年", "")
)

// denied says whether a wording is about not being able to do what the question asks to do: 不能提现怎么办, when asked
// 怎么提现. The other way round it mostly helps: who asks 为什么不能提现 is served by how it is done.
func denied(question, wording string) bool {
	if containsAny(notDenials.Replace(question), refusals) {
		return false
	}
	wording = notDenials.Replace(wording)
	for wording != "" {
		_, size := utf8.DecodeRuneInString(wording)
		for _, d := range denials {
			if strings.HasPrefix(wording, d) {
				size = len(d)
				if what := firstRunes(wording[size:], 2); utf8.RuneCountInString(what) == 2 && strings.Contains(question, what) {
					return true
				}
				break
			}
		}
		wording = wording[size:]
	}
	return false
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// A matcher measures how much of a question a wording has in the same order: the length of their longest common
// subsequence (LCS). The question's first 64 characters count, one bit each.
type matcher struct {
	len int
	// A hash table with open addressing, by character: where in the question it stands.
	chars [2 * matcherLen]rune
	bits  [2 * matcherLen]uint64
}

const matcherLen = 64

func newMatcher(question string) *matcher {
	m := &matcher{}
	for _, r := range question {
		if m.len == matcherLen {
			break
		}
		at := m.slot(r)
		m.chars[at] = r
		m.bits[at] |= 1 << m.len
		m.len++
	}
	return m
}

// slot is where r is, or would be.
func (m *matcher) slot(r rune) int {
	at := int(r*7) & (len(m.chars) - 1)
	for m.chars[at] != 0 && m.chars[at] != r {
		at = (at + 1) & (len(m.chars) - 1)
	}
	return at
}

// similarity is 2·LCS/(|a|+|b|), 0–1, over the first 64 characters of each. The LCS is computed bit-parallel: H. Hyyrö,
// "Bit-Parallel LCS-length Computation Revisited", 2004.
func (m *matcher) similarity(wording []byte) float64 {
	if m.len == 0 || len(wording) == 0 {
		return 0
	}
	v, n := ^uint64(0), 0
	for i := 0; i < len(wording) && n < matcherLen; n++ {
		r, size := utf8.DecodeRune(wording[i:])
		i += size
		u := v & m.bits[m.slot(r)]
		v = (v + u) | (v - u)
	}
	lcs := bits.OnesCount64(^v & (1<<m.len - 1)) // a shift by 64 gives 0, minus 1 all ones
	return 2 * float64(lcs) / float64(m.len+n)
}
