package analysis

import "unicode/utf8"

// Kind is the way in which a term was cut from its text.
type Kind uint8

const (
	Word   Kind = iota // a word as the segmenter cuts it, 密码
	Bigram             // two Han characters side by side
	Char               // one Han character
	Latin              // a name, number or code, ppr-9087, and any other letters that are not Chinese
)

// A Key is the identity of a term: equal terms have equal keys, in every text, on every machine and in every
// release with the same [Version]. Its two top bits are the kind. A term of one or two Han characters is held
// exactly; anything longer by a hash of 61 bits.
type Key uint64

const hashed = 1 << 61

// Kind tells the kind of the term.
func (k Key) Kind() Kind { return Kind(k >> 62) }

func runeKey(kind Kind, first, second rune) Key {
	return Key(kind)<<62 | Key(first)<<21 | Key(second)
}

// CharKey is the key of one Han character, PairKey that of two side by side. Keys of a kind ascend with their first
// character, then with their second.
func CharKey(r rune) Key             { return runeKey(Char, 0, r) }
func PairKey(first, second rune) Key { return runeKey(Bigram, first, second) }

// LatinKey is the key of a name, number or code in folded letters.
func LatinKey(token string) Key { return textKey(Latin, token) }

// Last is the last character of a term that is not hashed: the character of a Char, the second of a Bigram.
func (k Key) Last() rune { return rune(k & (1<<21 - 1)) }

// textKey is FNV-1a with the finishing step of MurmurHash3, because FNV's high bits are poor for short texts.
func textKey(kind Kind, text string) Key {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return Key(kind)<<62 | hashed | Key(h&(hashed-1))
}

// A Term is one unit of a folded text that can be looked up.
type Term struct {
	Key  Key
	Kind Kind
	// Part is set for the letters or the digits that make up a larger Latin token: ppr and 9087 of ppr-9087.
	Part bool
	// Code is set for a whole Latin token that holds a digit and names something, ppr-9087, 4.2.1, 10086 or
	// iphone15: what must not be answered with its neighbour. Small numbers and quantities (3.5, 24h) are not codes.
	Code bool
	// Start and End are byte offsets in the folded text.
	Start, End int32
}

// Text shows a term to people, "w:密码", "b:密码", "u:码" or "l:ppr-9087". The text is the one that it was cut from.
func Text(t Term, folded string) string {
	return "wbul"[t.Kind:t.Kind+1] + ":" + folded[t.Start:t.End]
}

// Terms appends the terms of a folded text to dst: of every run of Han characters its words, pairs and characters,
// and of everything else its Latin tokens, each followed by its parts. The order is that of the text; among Han terms
// that of their End, and at the same End a pair comes before its second character and that before the word.
//
// Cuts are those that [Analyzer.Segment] made of the same text. Where there are too few of them every character is
// a word. A text that is not folded gives terms that nobody looks for, but does no harm.
func Terms(dst []Term, folded string, cuts Cuts) []Term {
	s := folded
	var (
		han        int       // Han characters so far
		prev       rune = -1 // the Han character just before, or -1
		prevAt     int       // where it begins
		word       int       // where the present word begins
		first      rune      // its characters
		second     rune
		characters int // in the present word; 0 outside of a run
	)
	endWord := func(end int) {
		var key Key
		switch characters {
		case 0:
			return
		case 1:
			key = runeKey(Word, 0, first)
		case 2:
			key = runeKey(Word, first, second)
		default:
			key = textKey(Word, s[word:end])
		}
		dst = append(dst, Term{Key: key, Kind: Word, Start: int32(word), End: int32(end)})
		characters = 0
	}
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = decode(s, i)
		}
		if !isHan(r) {
			endWord(i)
			prev = -1
			if c := classOf(r); c == letter || c == digit || r == '.' {
				dst, i = latin(dst, s, i)
			} else {
				i += size
			}
			continue
		}
		if prev < 0 || cuts.at(han) {
			endWord(i)
			word = i
		}
		switch characters {
		case 0:
			first = r
		case 1:
			second = r
		}
		characters++
		han++
		if prev >= 0 {
			dst = append(dst, Term{
				Key: runeKey(Bigram, prev, r), Kind: Bigram, Start: int32(prevAt), End: int32(i + size),
			})
		}
		dst = append(dst, Term{Key: runeKey(Char, 0, r), Kind: Char, Start: int32(i), End: int32(i + size)})
		prev, prevAt = r, i
		i += size
	}
	endWord(len(s))
	return dst
}
