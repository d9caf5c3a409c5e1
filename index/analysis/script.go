package analysis

import "unicode/utf8"

// Script is how a text writes Chinese.
type Script uint8

const (
	// Simplified is the zero value, and also what a text is that has no Chinese or is of both kinds alike.
	Simplified Script = iota
	Traditional
)

// CountScript counts the Han characters that only traditional text has (後, 體) and those that only simplified text
// has (发, 体). Most characters are in neither.
func CountScript(text string) (trad, simp int) {
	t := tables()
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := decode(text, i)
		i += size
		switch t.only(r) {
		case onlyTraditional:
			trad++
		case onlySimplified:
			simp++
		}
	}
	return trad, simp
}

// DetectScript tells the script of texts that belong together, such as title, questions and body of an article.
// One text is often too short to tell: 文件 is written alike in both.
func DetectScript(texts ...string) Script {
	var trad, simp int
	for _, text := range texts {
		t, s := CountScript(text)
		trad, simp = trad+t, simp+s
	}
	if trad > simp {
		return Traditional
	}
	return Simplified
}

// QueryScript tells the script of a question. A question that has neither kind of character, 文件 for example, is in
// the script of the site, that is, of most of its articles.
//
// There is no third value for a question with some traditional characters among more simplified ones: [Fold] turns
// single traditional characters into simplified ones for [Simplified] too, and leaves a text that has none alone.
func QueryScript(q string, siteTraditional bool) Script {
	trad, simp := CountScript(q)
	if trad > simp || trad == 0 && simp == 0 && siteTraditional {
		return Traditional
	}
	return Simplified
}
