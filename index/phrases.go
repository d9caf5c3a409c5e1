package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phrases are found by their first character, in small letters; the longest of a character comes first.
type phrases map[rune][]string

func newPhrases(lists ...[]string) phrases {
	p := phrases{}
	for _, words := range lists {
		for _, w := range words {
			first, _ := utf8.DecodeRuneInString(w)
			p[first] = append(p[first], w)
		}
	}
	for _, words := range p {
		slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	}
	return p
}

// prefixLen is the length in bytes of the longest of the phrases that the text begins with, 0 when there is none. Latin
// ones end where words end.
func (p phrases) prefixLen(text string) int {
	first, _ := utf8.DecodeRuneInString(text)
	if first >= utf8.RuneSelf {
		for _, w := range p[first] {
			if strings.HasPrefix(text, w) {
				return len(w)
			}
		}
		return 0
	}
	for _, w := range p[unicode.ToLower(first)] {
		if len(text) >= len(w) && strings.EqualFold(text[:len(w)], w) && (len(text) == len(w) || !isNameByte(text[len(w)])) {
			return len(w)
		}
	}
	return 0
}

// in says whether a text holds one of the phrases.
func (p phrases) in(text string) bool {
	for i := 0; i < len(text); {
		if p.prefixLen(text[i:]) > 0 && (i == 0 || text[i] >= utf8.RuneSelf || !isNameByte(text[i-1])) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		i += size
	}
	return false
}

// The phrases by which messages are read, in simplified and traditional characters. They were collected from
// conversations with customer service, not tuned on a set.
var (
	// openings open a message without being part of the question.
	openingWords = []string{
		"你好", "您好", "你们好", "您们好", "你們好", "大家好", "哈喽", "哈囉", "哈罗", "嗨", "在吗", "在嗎", "在么", "在不在", "有人吗", "有人嗎",
		"有人在吗", "有人在嗎", "早上好", "上午好", "中午好", "下午好", "晚上好", "早安", "午安", "晚安", "不好意思", "打扰一下", "打扰了",
		"打擾一下", "打擾了", "亲亲", "客服你好", "客服您好", "hi", "hello", "hey",
		"问一下", "问下", "问问", "問一下", "問下", "問問", "想问", "想問", "请教", "請教", "我想问", "我想問", "再问一下", "再問一下",
	}
	// beginnings announce a question, also in the middle of what was spoken without punctuation.
	beginningWords = []string{
		"请问一下", "请问下", "请问", "請問一下", "請問下", "請問", "请教一下", "請教一下", "我想问一下", "我想问下", "我想问问", "我想请问一下",
		"我想请问", "想请问", "想问一下", "想问下", "想问问", "我就想问", "我想問一下", "我想問下", "我想請問一下", "我想請問", "想請問", "想問一下",
		"想問下", "我想咨询一下", "我想咨询", "想咨询一下", "咨询一下", "我想諮詢一下", "想諮詢一下", "諮詢一下", "麻烦问一下", "麻烦问下",
		"麻煩問一下", "麻煩問下", "我想知道", "我想了解一下", "想了解一下", "我想瞭解一下", "想瞭解一下", "帮我看一下", "帮我看下", "幫我看一下",
		"帮我查一下", "幫我查一下", "麻烦帮我看一下", "麻煩幫我看一下", "顺便问一下", "顺便问下", "順便問一下", "另外问一下", "另外", "还有就是",
		"還有就是", "还有一个问题", "還有一個問題", "换个问题", "換個問題",
	}
	// endings close a message.
	endings = []string{
		"谢谢你", "谢谢您", "谢谢啦", "谢谢了", "谢谢", "多谢", "謝謝你", "謝謝您", "謝謝", "多謝", "麻烦了", "麻煩了", "拜托了", "拜託了", "在线等",
		"線上等", "急急急", "thanks", "thank you", "thx",
	}
	// smallTalk is what a message may hold besides: a piece made of nothing else asks nothing.
	smallTalk = newPhrases([]string{
		"亲", "親", "亲爱的", "親愛的", "客服", "小姐姐", "小哥哥", "小哥", "老板", "老闆", "美女", "帅哥", "好的", "好", "好吧", "好哒", "嗯", "嗯嗯",
		"哦", "噢", "喔", "行", "可以", "收到", "知道了", "明白", "明白了", "了解", "了解了", "瞭解", "是的", "对", "對", "不是", "没有了", "沒有了",
		"没了", "沒了", "没问题", "沒問題", "没事", "沒事", "再见", "再見", "拜拜", "哈哈", "呵呵", "嘻嘻", "感谢", "感謝", "辛苦了", "辛苦", "急",
		"求助", "求解", "麻烦", "麻煩", "请", "請", "稍等", "等一下", "ok", "okay", "yes", "no", "bye", "good", "是这样的", "是這樣的", "情况是这样",
		"事情是这样", "新年好", "新年快乐", "节日快乐", "我", "来了", "那好", "先这样", "不用了",
	}, openingWords, beginningWords, endings)
	openings, beginnings = newPhrases(openingWords), newPhrases(beginningWords)
	// complaints hold nothing to look up.
	complaints = newPhrases([]string{
		"气死我了", "气死了", "氣死我了", "氣死了", "太气人了", "气人", "垃圾", "破服务", "什么服务", "什麼服務", "什么态度", "什麼態度", "差劲", "差勁", "太差劲", "太差勁", "太差", "差", "太慢", "慢死了", "骗子", "騙子", "骗人", "騙人", "坑人", "坑爹", "太坑", "无语",
		"無語", "服了", "烦死了", "煩死了", "烦人", "急死我了", "急死了", "着急", "著急", "很急", "搞什么鬼", "搞什么", "搞什麼", "什么玩意", "什么鬼",
		"什麼鬼", "有没有搞错", "有沒有搞錯", "过分", "過分", "受不了", "失望", "差评", "差評", "给差评", "给你们差评", "再也不买了", "再也不来了",
		"再也不買了", "没人管", "沒人管", "没人理", "沒人理", "怎么没人回", "怎么没人理", "怎麼沒人回", "人呢", "快点", "快點", "赶紧", "趕緊", "赶快",
		"快回复", "快回覆", "回复我", "说话", "說話", "欺负人", "恶心", "噁心", "破", "烂", "爛",
	})
	besideComplaints = newPhrases([]string{
		"服务", "服務", "态度", "態度", "公司", "商家", "店", "平台", "什么", "什麼", "东西", "東西", "质量", "質量",
	})
	// humans ask for a person.
	humans = newPhrases([]string{
		"转人工客服", "转人工", "轉人工客服", "轉人工", "人工客服", "人工服务", "人工服務", "人工", "真人客服", "真人", "客服", "agent", "human",
	})
	besideHumans = newPhrases([]string{"转接", "轉接", "转", "轉", "找", "我要", "我想", "要", "帮我", "幫我", "给我", "給我", "联系", "聯繫", "请", "請"})
	// fillers say nothing anywhere.
	fillers = newPhrases([]string{
		"我们", "我們", "你们", "你們", "咱们", "一下", "真的", "真是", "这个", "那个", "這個", "那個", "就是", "非常", "现在", "的", "了", "啊", "呀",
		"哈", "呢", "吧", "嘛", "哦", "是", "我", "你", "您", "就", "也", "都", "还", "還", "这", "這", "那", "有", "很", "太", "在", "和", "跟", "啦",
		"哎", "唉", "额", "呃", "诶", "欸", "滴", "哒",
	})
	// conditions begin what must not be left out of the question that follows.
	conditions = newPhrases([]string{"如果", "要是", "假如", "假设", "假設", "若是", "若", "万一", "萬一", "除了", "if"})
	// askWords make a question of a sentence.
	askWords = newPhrases([]string{
		"为什么", "為什麼", "为何", "為何", "为啥", "怎么办", "怎麼辦", "怎么回事", "怎麼回事", "怎么样", "怎麼樣", "怎么弄", "怎么", "怎麼", "怎样",
		"怎樣", "如何", "咋办", "咋", "多久", "多长时间", "多長時間", "什么时候", "什麼時候", "啥时候", "何时", "何時", "几天", "幾天", "几点", "幾點",
		"几个", "幾個", "几号", "幾號", "几次", "几年", "幾年", "多少钱", "多少錢", "多少", "哪里", "哪裡", "哪裏", "哪儿", "在哪", "哪个", "哪個",
		"哪些", "哪", "谁", "誰", "什么", "什麼", "甚麼", "啥", "能不能", "能否", "可不可以", "可否", "是不是", "是否", "有没有", "有沒有", "会不会",
		"會不會", "要不要", "行不行", "吗", "嗎", "么", "麼", "呢", "how", "what", "when", "where", "why", "which", "who", "can", "could", "do",
		"does", "is", "are",
	})
	// lightWords say nothing of what a question is about, though they are no function words: 怎么办理.
	lightWords = newPhrases([]string{
		"办理", "辦理", "处理", "處理", "解决", "解決", "操作", "申请", "申請", "弄", "办", "辦", "搞", "回复", "回覆", "需要", "大概", "一般", "最快",
		"最晚", "可以", "我要", "我想", "想要", "想", "这个", "這個", "那个", "那個", "这款", "這款", "那款", "那么", "那麼", "那", "它", "刚才",
		"剛才", "上面", "然后", "然後", "到底", "究竟", "一下", "一直", "情况", "情況", "回事",
	})
	// pronouns stand for what was spoken of before.
	pronouns = newPhrases([]string{"这个", "這個", "那个", "那個", "这款", "這款", "那款", "这种", "這種", "它", "上面那个", "刚才那个", "刚才说的", "上面说的"})
	// subjectless begin a question whose subject was named before.
	subjectless = newPhrases([]string{
		"要", "需要", "能", "可以", "会", "會", "是不是", "有没有", "有沒有", "多久", "多长时间", "多長時間",
	})
	// turns begin a follow-up.
	turns = newPhrases([]string{"那么", "那麼", "那如果", "那"})
)

// lightCharacters count as little as function characters.
const lightCharacters = "会會要能不没沒还還这這那个個给給从從为為着著于於过過很太再又"
