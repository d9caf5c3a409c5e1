package analysis

import (
	"strings"
	"unicode/utf8"
)

// variants are spellings of one word, the one that is folded and what it is folded to. Customers and help centres write
// both, often the same help centre (登录 105 and 登陆 22 times, 账号 1,906 and 帐号 204 times), and it is never the spelling
// that tells two questions apart. Only what means the same wherever it stands is here: 定单 is also a part of 指定单位, 预定
// is not always 预订, and 订金 is no 定金. Words in which one of the spellings would be wrong are listed with themselves.
//
// Mostly from 第一批异形词整理表 (GF 1001-2001) and its supplement of 2003.
const variants = `
帐 账
登陆 登录
登陆艇 登陆艇
登陆舰 登陆舰
登陆战 登陆战
其它 其他
撤消 撤销
图象 图像
录象 录像
摄象 摄像
影象 影像
身分 身份
身分为 身分为
身分成 身分成
身分析 身分析
身分布 身分布
身分开 身分开
帐篷 帐篷
帐蓬 帐篷
帐棚 帐篷
帐幕 帐幕
帐幔 帐幔
帐子 帐子
帐顶 帐顶
蚊帐 蚊帐
床帐 床帐
纱帐 纱帐
营帐 营帐
`

// foldedVariants are the variants as a dictionary takes them: single characters, and longer spellings.
func foldedVariants() (chars, phrases map[string]string) {
	chars, phrases = map[string]string{}, map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(variants)) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		if utf8.RuneCountInString(from) == 1 {
			chars[from] = to
		} else {
			phrases[from] = to
		}
	}
	return chars, phrases
}
