package index

import (
	"context"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Articles are copied: the same answer stands under two headings, or in two products' help, and is edited since. Which of
// them comes first is chance, but the customer is right served by either: they must not make a clear answer a choice.

// twinSimilarity is the share of pairs of characters (Dice) from which two answers are the same but for a word or two.
const twinSimilarity = 0.9

// twinLength: texts of which one is shorter than this share of the other are not the same. It is less than what
// twinSimilarity allows, and saves looking at them.
const twinLength = 0.75

// editedSimilarity is the same share for answers to the very same question: 怎么进行功能体验 is asked in two places, and one
// of the answers names a link more. Below it headings that say nothing (网络FAQ) make twins of what has little in common.
const editedSimilarity = 0.7

// withoutTwins returns the hits without those among the best ones that give the answer of the first. Only hits that
// are nearly as good are looked at: no other is a rival.
func (g *generation) withoutTwins(ctx context.Context, hits []candidate) ([]candidate, error) {
	near := 1
	for near < min(len(hits), maxRivals) && hits[near].score >= rivalShare*hits[0].score {
		near++
	}
	if near == 1 {
		return hits, nil
	}
	ids := make([]uint32, near)
	for i := range ids {
		ids[i] = hits[i].ordinal
	}
	texts, questions := make([]string, len(ids)), make([]string, len(ids))
	err := g.reader.Stored(ctx, ids, func(i int, b []byte) error {
		record, err := readPassage(b)
		if err != nil {
			return err
		}
		texts[i] = record.text
		if unit := hits[i].unit; unit < len(record.wordings) {
			questions[i] = record.wordings[unit]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	answer, question := original{text: texts[0]}, original{text: questions[0]}
	others := hits
	for i := near - 1; i > 0; i-- {
		if !answer.isTwin(texts[i]) && !(question.isTwin(questions[i]) && answer.isEdited(texts[i])) {
			continue
		}
		if len(others) == len(hits) {
			others = slices.Clone(hits)
		}
		others = slices.Delete(others, i, i+1)
	}
	return others, nil
}

// An original is a text, an answer or a question, of which others may be twins. What it is compared by is made when it is
// needed.
type original struct {
	text    string
	compact string
	pairs   []uint64
	figures []string
	drawn   *sketch
}

func (o *original) compacted() string {
	if o.compact == "" {
		o.compact = compact(o.text)
	}
	return o.compact
}

// similarity is how many pairs of characters it shares with a compact text, see dice.
func (o *original) similarity(other string) float64 {
	if o.pairs == nil {
		o.pairs = pairs(o.compacted())
	}
	return dice(o.pairs, pairs(other))
}

// isTwin says whether another text tells a customer the same, or asks it. What they do not share may be an article or a
// product's name, but not a number or a "not": 七天内可以退货 and 七天内不可以退货 are alike in all but one character. Most texts are
// told apart by length or after a few characters.
func (o *original) isTwin(text string) bool {
	alike := min(len(o.text), len(text))
	if alike == 0 || float64(alike) < twinLength*float64(max(len(o.text), len(text))) {
		return false
	}
	if o.drawn == nil {
		o.drawn = newSketch(o.text)
	}
	if !o.drawn.mayBeTwin(text) {
		return false
	}
	a, b := o.compacted(), compact(text)
	if a == "" || b == "" {
		return false
	}
	return a == b || o.similarity(b) >= twinSimilarity && !Opposite(a, b) && slices.Equal(hinges(a), hinges(b))
}

// isEdited says whether another text, an answer to the same question, tells a customer the same though one of them has been
// edited. What one says more must not hold a number of its own, nor deny what the other says.
func (o *original) isEdited(text string) bool {
	a, b := o.compacted(), compact(text)
	if a == "" || b == "" {
		return false
	}
	if o.figures == nil {
		o.figures = figures(a)
	}
	// Numbers first: they tell the pages of one product's versions apart, and are soon found.
	return slices.Equal(o.figures, figures(b)) && o.similarity(b) >= editedSimilarity && !Opposite(a, b) && !turned(a, b)
}

// figures are the numbers of a text, sorted, each once, without 一, which also stands in 一般 and 统一. Never nil.
func figures(text string) []string {
	list := slices.DeleteFunc(hinges(text), func(hinge string) bool { return hinge == "一" || strings.Contains(negativeSigns, hinge) })
	slices.Sort(list)
	return slices.Compact(list)
}

// turned says whether one of two texts denies what the other says: a pair of characters that stands only behind a "not" in
// one (不可以, 不用登录), at most one character between them, and never in the other (可以, 登录).
func turned(a, b string) bool {
	const said, denied = 1, 2
	stands := map[[2]rune]byte{} // how in a, and how in b two bits to the left
	for side, text := range [...]string{a, b} {
		var before [2]rune // the two characters before the pair
		var last rune
		for _, r := range text {
			how := byte(said)
			if strings.ContainsRune(negativeSigns, before[0]) || strings.ContainsRune(negativeSigns, before[1]) {
				how = denied
			}
			stands[[2]rune{last, r}] |= how << (2 * side)
			before[0], before[1], last = before[1], last, r
		}
	}
	for _, how := range stands {
		if how == said|denied<<2 || how == denied|said<<2 {
			return true
		}
	}
	return false
}

// A sketch of a text has a bit for every pair of characters that the text, compact, holds. It tells most texts that are no twins
// of it after a few dozen characters.
type sketch [1 << 13 / 64]uint64

func pairBit(first, second rune) (word, bit int) {
	h := (uint32(first)*0x9E3779B1 ^ uint32(second)*0x85EBCA6B) >> 13 & (1<<13 - 1)
	return int(h >> 6), int(h & 63)
}

func newSketch(text string) *sketch {
	s := &sketch{}
	for first, second := range eachPair(text) {
		word, bit := pairBit(first, second)
		s[word] |= 1 << bit
	}
	return s
}

// eachPair yields the pairs of neighbouring characters of what compact leaves of a text.
func eachPair(text string) iter.Seq2[rune, rune] {
	return func(yield func(first, second rune) bool) {
		previous := rune(-1)
		for i := 0; i < len(text); {
			r, size := usualHan(text[i:]), 3
			if r == 0 {
				if r, size = utf8.DecodeRuneInString(text[i:]); !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					i += size
					continue
				}
			}
			i += size
			if previous >= 0 && !yield(previous, r) {
				return
			}
			previous = r
		}
	}
}

// mayBeTwin is false only for a text whose pairs, with those of the sketch's text, cannot reach twinSimilarity. Of two
// sets A and B with 2·|A∩B| ≥ t·(|A|+|B|) at most |B|·(1 − t/(2−t)) of B are not in A, because |A∩B| ≤ |A|.
func (s *sketch) mayBeTwin(text string) bool {
	allowed := int(float64(utf8.RuneCountInString(text)) * (1 - twinSimilarity/(2-twinSimilarity)))
	var missing sketch // each counts once
	missed := 0
	for first, second := range eachPair(text) {
		if word, bit := pairBit(first, second); s[word]>>bit&1 == 0 && missing[word]>>bit&1 == 0 {
			missing[word] |= 1 << bit
			if missed++; missed > allowed {
				return false
			}
		}
	}
	return true
}

// pairs are the pairs of neighbouring characters of s, sorted, each once.
func pairs(s string) []uint64 {
	list := make([]uint64, 0, utf8.RuneCountInString(s))
	previous := rune(-1)
	for _, r := range s {
		if previous >= 0 {
			list = append(list, uint64(previous)<<32|uint64(r))
		}
		previous = r
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// dice is 2·|A∩B|/(|A|+|B|) of two sorted sets. Source: L. R. Dice, "Measures of the Amount of Ecologic Association
// Between Species", 1945.
func dice(a, b []uint64) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	shared := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			shared++
			i, j = i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(shared) / float64(len(a)+len(b))
}

const (
	negativeSigns = "不没沒未无無非勿莫禁拒免"
	numeralSigns  = "一二三四五六七八九十百千万萬亿億两兩半"
)

// hinges are the numbers and negations of a text in their order: what turns an answer round without changing its length.
func hinges(s string) []string {
	list := []string{}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		end := i + size
		switch {
		case r >= '0' && r <= '9':
			for end < len(s) && s[end] >= '0' && s[end] <= '9' {
				end++
			}
			list = append(list, s[i:end])
		case r < utf8.RuneSelf: // most of a text about software
		case strings.ContainsRune(negativeSigns+numeralSigns, r):
			list = append(list, s[i:end])
		}
		i = end
	}
	return list
}
