package analysis

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxLatin is the longest Latin token in bytes. Of longer ones, such as encoded data, only the parts are kept, and
// of longer parts pieces of this length.
const maxLatin = 64

// A class is what a character can be in a Latin token.
type class uint8

const (
	outside class = iota // of any token
	letter
	digit
	sign // one of "_.+#-"
)

func classOf(r rune) class {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
		return letter
	case '0' <= r && r <= '9':
		return digit
	case r == '_' || r == '.' || r == '+' || r == '#' || r == '-':
		return sign
	case r < utf8.RuneSelf,
		0x2010 <= r && r <= 0x3004, 0x3008 <= r && r <= 0x3020, 0xFF01 <= r && r <= 0xFF0F: // usual punctuation
		return outside
	case unicode.IsLetter(r) && !isHan(r), unicode.IsMark(r), unicode.IsNumber(r) && !isHan(r):
		return letter
	}
	return outside
}

// latin appends the token at s[start], with its parts behind it, and returns where to go on. A token is letters and
// digits, with signs among them. "+" and "#" may end it (c++, c#), other signs at the end are punctuation; a dot may
// begin it (.net).
func latin(dst []Term, s string, start int) ([]Term, int) {
	var (
		next  = start // behind what has been looked at
		bare  = start // behind the last letter or digit
		end   = start // behind the last character that is not punctuation
		parts int     // runs of letters or of digits
		seen  class   // of the character before
		codes bool    // there is a digit
	)
	for next < len(s) {
		r, size := rune(s[next]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[next:])
		}
		c := classOf(r)
		if c == outside {
			break
		}
		next += size
		switch c {
		case letter, digit:
			bare, end = next, next
			codes = codes || c == digit
			if c != seen {
				parts++
			}
		case sign:
			if r == '+' || r == '#' {
				end = next
			}
		}
		seen = c
		if next == start+1 && r == '.' && !dotName(s, start) {
			return dst, next // a full stop
		}
	}
	token := s[start:end]
	if len(token) <= maxLatin {
		dst = append(dst, Term{
			Key: textKey(Latin, token), Kind: Latin, Code: codes && !isQuantity(token),
			Start: int32(start), End: int32(end),
		})
		// The c of c++ is not c, but the 100 of 100+ is 100.
		if parts == 1 && (bare == end || bare == start+1) && token[0] != '.' {
			return dst, next
		}
	}
	return latinParts(dst, s, start, end), next
}

// dotName says whether the dot at s[i] begins a name: an ASCII letter follows, and no other dot is before it.
func dotName(s string, i int) bool {
	return i+1 < len(s) && s[i+1] < utf8.RuneSelf && classOf(rune(s[i+1])) == letter && (i == 0 || s[i-1] != '.')
}

// latinParts appends the runs of letters and of digits in s[start:end].
func latinParts(dst []Term, s string, start, end int) []Term {
	from, seen := start, sign
	flush := func(to int) {
		if seen == sign {
			return
		}
		dst = append(dst, Term{
			Key: textKey(Latin, s[from:to]), Kind: Latin, Part: true, Start: int32(from), End: int32(to),
		})
	}
	for i := start; i < end; {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if c := classOf(r); c != seen || i+size-from > maxLatin {
			flush(i)
			from, seen = i, c
		}
		i += size
	}
	flush(end)
	return dst
}

// isQuantity says whether a token with digits is a small number (15, 3.5), one with a unit (24h, 30min) or a range of
// them (3-5), rather than the name of something.
func isQuantity(token string) bool {
	low, high, isRange := strings.Cut(token, "-")
	return isAmount(strings.TrimSuffix(low, "+")) && (!isRange || isAmount(high))
}

func isAmount(s string) bool {
	unit := strings.TrimLeft(s, "0123456789.")
	number := s[:len(s)-len(unit)]
	digits := len(number) - strings.Count(number, ".")
	if digits < 1 || digits > 3 || len(number) > digits+1 || len(unit) > 3 {
		return false
	}
	return !strings.ContainsAny(unit, "0123456789_+#")
}
