package content

import (
	"sync"
	"unicode"
)

// detectLang guesses the language of a text: "zh-CN", "zh-TW" for traditional characters, "ja", "en", and "zh-CN" when
// there is nothing to go by.
func detectLang(text string) string {
	scripts := scripts()
	var han, kana, latin, trad, simp, seen int
	for _, r := range text {
		if seen++; seen > 4000 {
			break
		}
		switch {
		case r >= firstHan && r <= lastHan:
			han++
			switch scripts[r-firstHan] {
			case 't':
				trad++
			case 's':
				simp++
			}
		case unicode.Is(unicode.Han, r):
			han++
		case r >= 0x3040 && r <= 0x30ff:
			kana++
		case r < 0x250 && unicode.IsLetter(r):
			latin++
		}
	}
	switch {
	case kana > 10 && kana*5 > han:
		return "ja"
	case han*10 < latin:
		return "en"
	case trad > simp:
		return "zh-TW"
	}
	return "zh-CN"
}

// The characters that nearly all Chinese text is written in: all of them are Han.
const firstHan, lastHan = '一', '\u9fef'

// The most frequent characters that are written in one of the two scripts only.
const (
	traditionalOnly = "來個們價動問單國學實寫將對帳幾後從應換擇於時會樣檔權歲歷沒無現當發碼給經網線聽與處號觀訂訊設話認說請證讀" +
		"變讓貨買資賣購軟轉這連進運過達遠選還邊銀錄錢開關電頁領題類體麼點"
	simplifiedOnly = "与个买从们价会体关写动单卖历发变号听国处学实对将岁帐应开当录择换无时权来样档没点现电码类线经给网观订认让" +
		"讯设证话说请读货购资转软边达过运还这进远连选钱银问页领题"
)

// scripts says of each character from firstHan on in which script it is written: 't' for traditional only, 's' for
// simplified only, 0 for all others.
var scripts = sync.OnceValue(func() *[lastHan - firstHan + 1]byte {
	var t [lastHan - firstHan + 1]byte
	for _, r := range traditionalOnly {
		t[r-firstHan] = 't'
	}
	for _, r := range simplifiedOnly {
		t[r-firstHan] = 's'
	}
	return &t
})
