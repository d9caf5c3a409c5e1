package analysis

import (
	"unicode"
	"unicode/utf8"
)

// Clean makes any bytes safe for everything that follows: control characters (but not tab and line ends) and
// characters that nobody sees (zero-width blanks, joiners, variation selectors, direction marks, BOM) are dropped,
// and a run of invalid UTF-8 becomes one blank. It returns text itself when there is nothing to do.
//
// Segmenters need it: jieba forgets everything behind a NUL, and yields nothing at all for a text that has one
// invalid byte.
func Clean(text string) string {
	w := rewrite{src: text}
	clean(&w)
	return w.text()
}

func clean(w *rewrite) {
	s := w.src
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' && (c < '\t' || c > '\r') || c == 0x7F {
				w.replace(i, i+1, "")
			}
			i++
			continue
		}
		if commonHan(s, i) {
			i += 3
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			end := i + 1
			for end < len(s) && s[end] >= utf8.RuneSelf {
				if r, size := utf8.DecodeRuneInString(s[end:]); r != utf8.RuneError || size != 1 {
					break
				}
				end++
			}
			w.replace(i, end, " ")
			i = end
			continue
		}
		if invisible(r) {
			w.replace(i, i+size, "")
		}
		i += size
	}
}

// invisible says whether a reader cannot see r, and so cannot know that it is there: 重<U+200B>置 is 重置.
func invisible(r rune) bool {
	if 0x2E80 <= r && r < 0xFE00 && r != 0x3164 || 0xFF01 <= r && r < 0xFFA0 {
		return false // ideographs, kana, Hangul and their punctuation: nearly everything in a Chinese text
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// commonHan says whether s[i:] begins with a three-byte rune of U+4000 to U+9FFF: nearly every Han character, and
// nothing that cleaning or folding would touch, except as traditional.
func commonHan(s string, i int) bool {
	return i+2 < len(s) && s[i]-0xE4 <= 0xE9-0xE4 && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80
}

// decode is utf8.DecodeRuneInString(s[i:]), faster for usual Han characters.
func decode(s string, i int) (rune, int) {
	if commonHan(s, i) {
		return rune(s[i]&0x0F)<<12 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F), 3
	}
	return utf8.DecodeRuneInString(s[i:])
}

// isHan says whether r is a Chinese character: the unified ideographs with all extensions, the compatibility
// ideographs, 〇 and 々. Radicals and hexagrams are not.
func isHan(r rune) bool {
	switch {
	case r < 0x3005:
		return false
	case r <= 0x9FFF:
		return r >= 0x4E00 || 0x3400 <= r && r <= 0x4DBF || r == '〇' || r == '々'
	}
	return 0xF900 <= r && r <= 0xFAFF || 0x20000 <= r && r <= 0x323AF
}
