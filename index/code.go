package index

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"jieda/index/analysis"
)

// Codes are names that must be met as they are: X5 Pro, E2001, StarOS 7. A question with one that its best hit does not hold
// is never answered.

// A codeTerm is a code that a question names: the term, its folded text, and that compact (bt-300, bt300).
type codeTerm struct {
	key     analysis.Key
	name    string
	compact string
	letters int // of a version (StarOS 7): how much of compact is the name before the number; 0 for other codes
}

// splitNames drops the names that occur nowhere as they are spelled when all their parts do: x5pro asks for the same as
// "x5 pro" and must not count as unknown. It also notes the codes.
func (q *query) splitNames(all []analysis.Term) []analysis.Term {
	kept := all[:0]
	for i, t := range all {
		if t.Key.Kind() != analysis.Latin || t.Part {
			kept = append(kept, t)
			continue
		}
		if sum := amountAt(q.folded, int(t.Start)); t.Code && (sum.end == 0 || sum.unit.kind != money) { // 1000块 is no code
			name := q.folded[t.Start:t.End]
			q.codes = append(q.codes, codeTerm{t.Key, name, compact(name), 0})
		}
		if end := versionEnd(q.folded, int(t.Start), int(t.End)); end > 0 {
			whole := compact(q.folded[t.Start:end])
			q.codes = append(q.codes, codeTerm{analysis.LatinKey(whole), q.folded[t.Start:end], whole, int(t.End - t.Start)})
		}
		_, _, _, known := q.words.find(t.Key)
		parts := 0
		for _, p := range all[i+1:] {
			if !p.Part || p.Start >= t.End {
				break
			}
			if _, _, _, ok := q.words.find(p.Key); !ok {
				parts = 0
				break
			}
			parts++
		}
		if known || parts < 2 {
			kept = append(kept, t)
		}
	}
	return kept
}

// counted follows a number that says how many there are: X5 Pro 2 台, APP 3 天没更新.
const counted = "个台件次张位条只部人米寸瓦万千百折倍点页步岁期元块年月周星日天小分秒%"

// versionEnd is where a name of letters at text[from:to] ends with the number behind it, as in StarOS 7; 0 when there is
// none, or it only counts something (APP 3 天没更新).
func versionEnd(text string, from, to int) int {
	number := strings.TrimPrefix(text[to:], " ")
	if len(number) == len(text)-to || to-from < 2 || strings.Trim(text[from:to], "abcdefghijklmnopqrstuvwxyz") != "" {
		return 0
	}
	rest := strings.TrimLeft(number, "0123456789.")
	number = strings.TrimRight(number[:len(number)-len(rest)], ".")
	end := to + len(" ") + len(number)
	if number == "" || number[0] == '.' || rest != "" && inName(rest[0]) {
		return 0
	}
	if what, _ := utf8.DecodeRuneInString(strings.TrimPrefix(rest, " ")); rest != "" && strings.ContainsRune(counted, what) {
		return 0
	}
	return end
}

// checkCodes looks for codes in other spellings: X5Pro and "X5 Pro", w3 and SL-W3 are one name. What none of the best hits
// holds is said to be unknown, also where its parts occur (bt300 beside bt200 and 300): a caller must know what to ask about.
func (g *generation) checkCodes(ctx context.Context, q *query, best []candidate, ids []uint32, missing []codeTerm) error {
	nowhere := slices.DeleteFunc(slices.Clone(missing), func(c codeTerm) bool {
		_, _, _, known := q.words.find(c.key)
		return known
	})
	err := g.reader.Stored(ctx, ids, func(i int, b []byte) error {
		record, err := readPassage(b)
		if err != nil {
			return err
		}
		folded := analysis.Fold(strings.Join(record.wordings, " ")+" "+record.text, analysis.Simplified)
		text := compact(folded)
		held := func(c codeTerm) bool {
			if c.letters > 0 {
				this, other := holdsVersion(folded, c.name[:c.letters], strings.TrimSpace(c.name[c.letters:]))
				return this || i == 0 && !other
			}
			return holdsCode(text, c.compact)
		}
		if nowhere = slices.DeleteFunc(nowhere, held); i > 0 {
			return nil
		}
		for _, code := range slices.DeleteFunc(missing, held) {
			best[0].hasCodes = false
			q.lacking = append(q.lacking, code.name)
		}
		return nil
	})
	q.unknown = slices.DeleteFunc(q.unknown, func(name string) bool {
		return slices.ContainsFunc(q.codes, func(c codeTerm) bool { return c.name == name })
	})
	for _, code := range nowhere {
		q.unknown = append(q.unknown, code.name)
	}
	return err
}

// holdsVersion says whether a folded text holds a name with this number behind it, 6 also as 6.2, and whether with another
// one. Only there another number is another version: beside StarOS 6, StarOS 7 is unknown; where articles say just iOS,
// iOS 18 is not.
func holdsVersion(text, name, number string) (this, other bool) {
	for !this {
		at := strings.Index(text, name)
		if at < 0 {
			break
		}
		text = text[at+len(name):]
		rest := strings.TrimPrefix(text, " ")
		found := strings.TrimRight(rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789."))], ".")
		this = found == number || strings.HasPrefix(found, number+".")
		other = other || found != "" && !this
	}
	return this, other
}

// holdsCode says whether a compact text holds a compact code, not as a part of a longer number.
func holdsCode(text, code string) bool {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	for from := 0; ; from++ {
		at := strings.Index(text[from:], code)
		if at < 0 {
			return false
		}
		from += at
		to := from + len(code)
		if (from == 0 || !digit(text[from-1]) || !digit(code[0])) && (to == len(text) || !digit(text[to]) || !digit(code[len(code)-1])) {
			return true
		}
	}
}
