package analysis

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold gives the form in which texts are compared: what differs only in spelling (ＰＰＲ－９０８７ and ppr-9087, 軟體 and
// 软件, 退 货 and 退货) becomes the same. Terms are cut from folded text. Its steps are
//
//  1. [Clean];
//  2. NFKC and lower case. Full-width punctuation stays as it is, because it separates in either form; hyphens
//     become "-";
//  3. blanks between Han characters are dropped (not tabs and line ends, which separate), and so are readings in
//     brackets: 對(duì)于. A bracket is a reading if it holds Latin letters with tone marks, or syllables with tone
//     digits: (dui4), but not (APP) or (mp3); so are the commas in 20,000;
//  4. for [Traditional] text Taiwan's wording becomes the mainland's, 軟體 to 軟件. Not for [Simplified] text, where it
//     does harm: it would turn 文件 into 文档;
//  5. traditional characters become simplified ones.
//
// Folding what is folded already changes nothing, provided that the second time it is called [Simplified], which it
// is then: the wording of step 4 has no end (檔案 is 文件, and a traditional 文件 is 文档).
func Fold(text string, s Script) string { return fold(text, s, false).Text }

// FoldMapped is Fold with a map back to the original.
func FoldMapped(text string, s Script) Folded { return fold(text, s, true) }

func fold(text string, s Script, track bool) Folded {
	f := Folded{Text: text, original: len(text)}
	w := &rewrite{track: track}
	f.apply(w, clean)
	f.apply(w, compatible)
	f.apply(w, join)
	f.convert(w, s)
	return f
}

// convert makes characters and, for traditional text, words those of the mainland.
func (f *Folded) convert(w *rewrite, s Script) {
	t := tables()
	if s == Traditional {
		f.apply(w, t.mainland)
	}
	// A second round finds only what the first has put together, and there is hardly ever any.
	for range 4 {
		if !f.apply(w, t.simplified) {
			break
		}
	}
}

// compatible applies NFKC and lower case.
func compatible(w *rewrite) {
	s := w.src
	prev := 0 // where the rune before s[i] begins
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				w.replace(i, i+1, lower[c-' ':c-' '+1])
			}
			prev, i = i, i+1
			continue
		}
		if commonHan(s, i) {
			prev, i = i, i+3
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if unchanged(r) {
			prev, i = i, i+size
			continue
		}
		if with := narrow(r); with != "" {
			w.replace(i, i+size, with)
			prev, i = i, i+size
			continue
		}
		// Take the rune with what combines with it: everything up to the next one that stands alone, and the one
		// before if r is an accent on it.
		from, end := i, i+size
		if !norm.NFKC.PropertiesString(s[i:]).BoundaryBefore() {
			from = prev
			w.undo(from)
		}
		for end < len(s) {
			p := norm.NFKC.PropertiesString(s[end:])
			if p.BoundaryBefore() || p.Size() == 0 {
				break
			}
			end += p.Size()
		}
		with := norm.NFKC.String(s[from:end])
		if low := strings.Map(unicode.ToLower, with); low != with {
			with = norm.NFKC.String(low)
		}
		if with != s[from:end] {
			w.replace(from, end, with)
		}
		prev, i = from, end
	}
}

// lower is printable ASCII in lower case, from the blank.
const lower = " !\"#$%&'()*+,-./0123456789:;<=>?@abcdefghijklmnopqrstuvwxyz[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// narrow is what a full-width character or hyphen becomes that can be a part of a code or name; otherwise "".
func narrow(r rune) string {
	switch {
	case '０' <= r && r <= '９', 'Ａ' <= r && r <= 'Ｚ', 'ａ' <= r && r <= 'ｚ',
		r == '＿', r == '．', r == '＋', r == '＃', r == '－':
		at := r - '！' + 1
		return lower[at : at+1]
	case r == '\u3000':
		return " "
	case 0x2010 <= r && r <= 0x2013, r == '\u2212', // hyphens, figure dash, en dash, minus
		r == '\u207B', r == '\u208B', r == '\uFE32', r == '\uFE63': // NFKC makes one of them of these
		return "-"
	}
	return ""
}

// unchanged says that compatible leaves r alone, for the characters that are usual in Chinese text: quickly, and for
// full-width punctuation against NFKC.
func unchanged(r rune) bool {
	switch {
	case r < 0x3000:
		return r == '—' || r == '‘' || r == '’' || r == '“' || r == '”' || r == '…'
	case r < 0xF900:
		return 0x3001 <= r && r <= 0x3029 || 0x3041 <= r && r <= 0x3096 || 0x30A1 <= r && r <= 0x30FE ||
			0x3400 <= r && r <= 0x9FFF || 0xAC00 <= r && r <= 0xD7A3
	case 0xFF01 <= r && r <= 0xFF60:
		return narrow(r) == ""
	}
	return false
}

// join drops blanks between Han characters and readings behind them, and the commas of numbers.
func join(w *rewrite) {
	s := w.src
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == ',' && groups(s, i) {
			w.replace(i, i+1, "")
		}
		if c != ' ' && c != '(' && c != "（"[0] {
			continue
		}
		if i == 0 || s[i-1] < utf8.RuneSelf {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(s[:i]); !isHan(before) {
			continue
		}
		end := i
		for end < len(s) {
			if s[end] == ' ' {
				end++
			} else if n := reading(s[end:]); n > 0 {
				end += n
			} else {
				break
			}
		}
		if end == i {
			continue
		}
		if after, _ := utf8.DecodeRuneInString(s[end:]); isHan(after) {
			w.replace(i, end, "")
			i = end - 1
			continue
		}
		for i < end {
			if s[i] == ' ' {
				i++
				continue
			}
			n := reading(s[i:])
			w.replace(i, i+n, "")
			i += n
		}
		i = end - 1
	}
}

// maxGroups is how many commas a number may have.
const maxGroups = 4

// groups says whether the comma at s[i] only makes a number easier to read: up to three digits, no 0 first, and groups of
// three (20,000, but not 12,5 or E001,002).
func groups(s string, i int) bool {
	isDigit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	if !isDigit(i+1) || !isDigit(i+2) || !isDigit(i+3) || isDigit(i+4) {
		return false
	}
	for range maxGroups {
		from := i
		for from > i-4 && isDigit(from-1) {
			from--
		}
		switch n := i - from; {
		case n == 3 && from > 0 && s[from-1] == ',':
			i = from - 1
			continue
		case n == 0, n > 3, s[from] == '0', from > 0 && s[from-1] == ',':
			return false
		}
		return from == 0 || s[from-1] != '.' && (s[from-1] >= utf8.RuneSelf || classOf(rune(s[from-1])) != letter)
	}
	return false
}

// maxReading is the longest reading in bytes, brackets included: that of an idiom of four characters.
const maxReading = 48

// reading returns the length of the bracket with a pinyin reading at the beginning of s, which is lower case; 0 when
// there is none.
func reading(s string) int {
	var closing string
	switch {
	case s[0] == '(':
		closing = ")"
	case strings.HasPrefix(s, "（"):
		closing = "）"
	default:
		return 0
	}
	open := len(closing)
	n := strings.Index(s[:min(len(s), maxReading)], closing)
	if n < 0 || !isReading(s[open:n]) {
		return 0
	}
	return n + open
}

const toneMarks = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"

func isReading(s string) bool {
	toned := false
	word := 0 // where the present one begins
	for i, r := range s {
		switch {
		case 'a' <= r && r <= 'z', r == 'ü':
		case strings.ContainsRune(toneMarks, r):
			toned = true
		case '1' <= r && r <= '5':
			if !isSyllable(s[word:i]) {
				return false
			}
			toned = true
			word = i + 1
		case r == ' ', r == '\'', r == '’', r == '-':
			word = i + utf8.RuneLen(r)
		default:
			return false
		}
	}
	return toned
}

// isSyllable says whether s could be a pinyin syllable without tone: "dui" is one, "mp" (of mp3) is not. A single
// letter is not taken for one: (a1) is rather a name.
func isSyllable(s string) bool {
	initial := len(s) - len(strings.TrimLeft(s, "bpmfdtnlgkhjqxrzcsyw"))
	switch s[:initial] {
	case "", "zh", "ch", "sh":
	default:
		if initial > 1 {
			return false
		}
	}
	switch s[initial:] {
	case "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er", "ong",
		"ia", "ie", "iao", "iu", "ian", "in", "iang", "ing", "iong",
		"ua", "uo", "uai", "ui", "uan", "un", "uang", "ue", "ve", "üe", "ün":
		return true
	case "a", "o", "e", "i", "u", "v", "ü":
		return initial > 0
	}
	return false
}
