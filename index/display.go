package index

import (
	"strings"

	"jieda/index/analysis"
)

// Display says in which Chinese characters a reader wants to see texts. Words stay those of the writer.
type Display string

const (
	AsWritten Display = ""
	Hans      Display = "hans" // simplified
	Hant      Display = "hant" // traditional, as in Taiwan
)

// Text is a text as the reader wants to see it. lang is that of its article; when it is empty, the text alone must tell.
// It is left alone when it is in those characters already, or not Chinese.
func (d Display) Text(text, lang string) string {
	from, ok := scriptOf(lang, text)
	switch {
	case !ok || d == AsWritten:
		return text
	case d == Hans && from == analysis.Traditional:
		return analysis.Rewrite(text, analysis.Simplified)
	case d == Hant && from == analysis.Simplified:
		return analysis.Rewrite(text, analysis.Traditional)
	}
	return text
}

// Lang is the language tag of what Text returns.
func (d Display) Lang(lang string) string {
	from, ok := scriptOf(lang, "")
	switch {
	case !ok || lang == "":
		return lang
	case d == Hans && from == analysis.Traditional:
		return "zh-CN"
	case d == Hant && from == analysis.Simplified:
		return "zh-TW"
	}
	return lang
}

// scriptOf says in which characters a text of a language is, and whether it is Chinese at all.
func scriptOf(lang, text string) (s analysis.Script, ok bool) {
	switch lang = strings.ToLower(lang); {
	case lang == "":
		return analysis.DetectScript(text), true
	case lang != "zh" && !strings.HasPrefix(lang, "zh-"):
		return analysis.Simplified, false
	case strings.HasPrefix(lang, "zh-tw"), strings.HasPrefix(lang, "zh-hk"), strings.HasPrefix(lang, "zh-mo"),
		strings.HasPrefix(lang, "zh-hant"):
		return analysis.Traditional, true
	}
	return analysis.Simplified, true
}
