package content

import "unicode"

// detectLang guesses the language of a text: "zh-CN", "zh-TW" for traditional characters, "ja", "en", and "zh-CN" when
// there is nothing to go by.
func detectLang(text string) string {
	var han, kana, latin, trad, simp, seen int
	for _, r := range text {
		if seen++; seen > 4000 {
			break
		}
		switch {
		case unicode.Is(unicode.Han, r):
			han++
			switch scriptOf(r) {
			case 't':
				trad++
			case 's':
				simp++
			}
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

// scriptOf knows the most frequent characters that are written in one of the two scripts only: 't' for traditional,
// 's' for simplified, 0 for all others.
func scriptOf(r rune) byte {
	switch r {
	case '來', '個', '們', '價', '動', '問', '單', '國', '學', '實', '寫', '將', '對', '帳', '幾', '後', '從', '應', '換', '擇', '於', '時',
		'會', '樣', '檔', '權', '歲', '歷', '沒', '無', '現', '當', '發', '碼', '給', '經', '網', '線', '聽', '與', '處', '號', '觀', '訂',
		'訊', '設', '話', '認', '說', '請', '證', '讀', '變', '讓', '貨', '買', '資', '賣', '購', '軟', '轉', '這', '連', '進', '運', '過',
		'達', '遠', '選', '還', '邊', '銀', '錄', '錢', '開', '關', '電', '頁', '領', '題', '類', '體', '麼', '點':
		return 't'
	case '与', '个', '买', '从', '们', '价', '会', '体', '关', '写', '动', '单', '卖', '历', '发', '变', '号', '听', '国', '处', '学', '实',
		'对', '将', '岁', '帐', '应', '开', '当', '录', '择', '换', '无', '时', '权', '来', '样', '档', '没', '点', '现', '电', '码', '类',
		'线', '经', '给', '网', '观', '订', '认', '让', '讯', '设', '证', '话', '说', '请', '读', '货', '购', '资', '转', '软', '边', '达',
		'过', '运', '还', '这', '进', '远', '连', '选', '钱', '银', '问', '页', '领', '题':
		return 's'
	}
	return 0
}
