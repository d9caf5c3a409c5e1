package content

import (
	"strings"
	"testing"
)

func TestCleanQuestion(t *testing.T) {
	for heading, want := range map[string]string{
		"1. 怎么退款？":      "怎么退款？",
		"12、怎么退款":       "怎么退款",
		"（3）怎么退款":       "怎么退款",
		"一、怎么退款":        "怎么退款",
		"（二）怎么退款":       "怎么退款",
		"Q1：怎么退款？":      "怎么退款？",
		"Q: 怎么退款？":      "怎么退款？",
		"问：怎么退款？":       "怎么退款？",
		"问题3. 怎么退款？":    "怎么退款？",
		"1. Q：怎么退款？":    "怎么退款？",
		"3.5 折怎么用":      "3.5 折怎么用",
		"24小时客服":        "24小时客服",
		"2026.1 新规":     "2026.1 新规",
		"一般多久到账":        "一般多久到账",
		"问诊怎么预约":        "问诊怎么预约",
		"QQ 怎么登录":       "QQ 怎么登录",
		"1.":            "1.",
		"Q：":            "Q：",
		"十一、双十一活动":      "双十一活动",
		"（含税）价格怎么算":     "（含税）价格怎么算",
		"Question 2: x": "x",
	} {
		if got := cleanQuestion(heading); got != want {
			t.Errorf("%q becomes %q, want %q", heading, got, want)
		}
	}
}

func TestIsQuestion(t *testing.T) {
	for heading, want := range map[string]bool{
		"怎么退款": true, "退款要多久？": true, "能退吗": true, "如何开发票": true, "什么是运费险": true, "可以货到付款": true,
		"是否包邮": true, "How to return": true, "Is it free": true, "運費誰出呢": true, "問：退貨": true, "Q2：运费": true,
		"步骤": false, "注意事项": false, "退款规定": false, "Overview": false, "Island shipping": false, "1. 准备": false,
	} {
		if got := isQuestion(heading); got != want {
			t.Errorf("isQuestion(%q) = %v", heading, got)
		}
	}
}

func TestParseNote(t *testing.T) {
	for line, want := range map[string]string{
		"相似问:怎么退钱 | 钱能退吗":    "怎么退钱/钱能退吗",
		"相似问：怎么退钱；钱能退吗；":     "怎么退钱/钱能退吗",
		"相似问：怎么退、能退吗":        "怎么退/能退吗",
		"相似问：退货、换货怎么办":       "退货、换货怎么办",
		"相似问：怎么退？能退吗？？退钱":    "怎么退？/能退吗？？/退钱",
		"**相似问：** 怎么退｜能退吗":   "怎么退/能退吗",
		"**相似问**：怎么退":        "怎么退",
		"- 相似问：怎么退":          "怎么退",
		"> 相似问：怎么退":          "怎么退",
		"【相似问】：怎么退":          "怎么退",
		"反例问：怎么换":            "怎么换",
		"關鍵詞：運費，退貨、換貨":       "運費/退貨/換貨",
		"相似問題：怎麼退":           "怎麼退",
		"相似问：":               "",
		"相似问题有很多：比如怎么退":      "no note",
		"相似问 怎么退":            "no note",
		"- 关键词：列表里的一项是给读者看的": "no note",
	} {
		n, ok := parseNote(line)
		got := strings.Join(n.values, "/")
		if !ok {
			got = "no note"
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", line, got, want)
		}
	}
}

func TestNearMiss(t *testing.T) {
	for key, want := range map[string]string{
		"qusetions": "questions", "questons": "questions", "keywordss": "keywords", "titel": "title", "audiense": "audience",
		"valid_untl": "valid_until", "author": "", "ms.topic": "", "layout": "", "dtae": "", "permalink": "",
	} {
		if got := nearMiss(key); got != want {
			t.Errorf("nearMiss(%q) = %q, want %q", key, got, want)
		}
	}
}

// TestMessages looks for codes without a message, and for messages in which an argument is left open.
func TestMessages(t *testing.T) {
	for _, c := range []Code{fileUnreadable, fileTooLarge, fileBroken, fileName, fileIrregular, fileHidden, symlinkOutside, symlinkFolder, noArticles, rulesUnused,
		encodingGBK, encodingUTF16, encodingBig5, encodingInvalid, encodingUnreadable, frontMatterUnclosed, frontMatterDashes, frontMatterSyntax, frontMatterColon, frontMatterTwice,
		frontMatterTOML, frontMatterType, frontMatterDate, frontMatterTypo, audienceUnclear, audienceOnly, idInvalid, idDuplicate, aliasTaken, titleMissing,
		articleEmpty, articleTwice, articleExpired, validReversed, reviewOverdue, headingEmpty, sectionEmpty, questionLong,
		questionTwice, negativeConflict, hiddenMisplaced, relatedMissing, linkBroken, linkOutside, linkCase, anchorMissing, markdownComplex,
		wordSyntax, wordFrequency, wordLong, wordNotHan, wordTwice} {
		p := Problem{Path: "a.md", Code: c, Args: []string{"甲", "乙", "丙"}}
		for _, lang := range []string{"zh", "en"} {
			message := p.Message(lang)
			if strings.Contains(message, "{") && c != frontMatterColon || strings.Contains(message, "unknown") || strings.Contains(message, "未知") {
				t.Errorf("%s in %s: %s", c, lang, message)
			}
			if ended := strings.HasSuffix(message, "。") || strings.HasSuffix(message, "？") || strings.HasSuffix(message, ".") || strings.HasSuffix(message, "?"); !ended {
				t.Errorf("%s in %s does not end: %s", c, lang, message)
			}
		}
	}
}
