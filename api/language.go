package api

import (
	xlanguage "golang.org/x/text/language"
)

// A language is one in which the interface speaks, as a BCP 47 tag. The language of an article is another matter.
type language string

const (
	simplified  language = "zh-CN"
	traditional language = "zh-TW"
	english     language = "en"
)

// languageOf chooses by an Accept-Language header, or by any list of tags; simplified Chinese when it says nothing
// that we speak. Hong Kong and Macau read the traditional texts.
func languageOf(accept string) language {
	wanted, _, err := xlanguage.ParseAcceptLanguage(accept)
	if err != nil || len(wanted) == 0 {
		return simplified
	}
	spoken := []language{simplified, traditional, english}
	matcher := xlanguage.NewMatcher([]xlanguage.Tag{
		xlanguage.SimplifiedChinese, xlanguage.TraditionalChinese, xlanguage.English,
	})
	_, i, confidence := matcher.Match(wanted...)
	if confidence == xlanguage.No {
		return simplified
	}
	return spoken[i]
}

// pick returns the text in this language.
func (l language) pick(zhCN, zhTW, en string) string {
	switch l {
	case english:
		return en
	case traditional:
		return zhTW
	}
	return zhCN
}
