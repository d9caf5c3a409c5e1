package index

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"jieda/index/analysis"
)

const (
	// pinyinGain is how much more than what was typed pinyin must score that is not Chinese beyond doubt. It is little because
	// nothing of that was understood; the decision says what the hits are worth.
	pinyinGain = 0.1
	// maxUnseen: when one in so many pairs of the decoded characters, or more, occurs nowhere, the decoded question must
	// reach Gates.SuggestFrom, as a corrected one.
	maxUnseen = 2
	// maxPlausible is the cost, for each character, up to which decoded text is Chinese beyond doubt: what is typed in pinyin
	// costs up to 5 and English read as pinyin (can a man pay me) from 6 on. Up to fewLetters letters it must not cost more
	// than fewPlausible, as words are more alike than sentences. Such text is shown whatever it finds, as the same in Han is.
	maxPlausible, fewPlausible, fewLetters = 5.5, 4.5, 10
	// doubtful is how much more text may cost that is looked at, but must be found clearly better than what was typed.
	doubtful = 1.0
	// confusing is the cost from which syllables may have been confused, where some pair occurs nowhere: those that were not
	// mostly cost less.
	confusing = 3.0
	// sureLetters is how many letters a question in letters only must have to be answered aloud: name is more often English
	// than 那么.
	sureLetters = 6
	// slipLetters is how many letters there must be for each slip of the fingers. Up to fewLetters letters, a question with a
	// slip must reach Gates.SuggestFrom.
	slipLetters = 5
)

// decoded is what a question means when it is read as pinyin.
type decoded struct {
	spelling
	letters       int // that were read so
	unseen, pairs int // see view.unseen
}

// decode reads a question's tokens as pinyin; strange says whether there are others that nobody knows. Without a reading the
// text is "". For loose see ways.
func (v *view) decode(folded string, tokens []latinToken, missed, loose bool) (d decoded, strange bool) {
	d.letters, strange = v.markPinyin(folded, tokens, missed, loose)
	if d.letters > 0 {
		d.spelling = v.speller().spell(pinyinPieces(folded, tokens))
		d.unseen, d.pairs = v.unseen(d.text)
	}
	return d, strange
}

// asPinyin finds what a question means when it is read as pinyin, if that scores more than the question; else it returns nil.
// Where it misses and is not all Chinese as it was typed, syllables may have been confused or mistyped; what is read so is never
// sure.
func (g *generation) asPinyin(ctx context.Context, q *guess, tokens []latinToken, missed bool, r *Request) (*guess, error) {
	d, strange := q.words.decode(q.folded, tokens, missed, false)
	sure := d.unseen == 0 && (d.letters >= sureLetters || strings.ContainsFunc(q.folded, isHan))
	if missed && (d.text == "" || strange || d.unseen > 0 && d.cost > confusing) {
		other, _ := q.words.decode(q.folded, tokens, missed, true)
		other.letters -= other.left
		if other.text != "" && other.text != d.text && other.slips*slipLetters <= other.letters && !foreign(other.left, other.letters) {
			d, sure = other, false
		}
	}
	if d.text == "" || d.text == q.folded || !strings.ContainsFunc(d.text, isHan) {
		return nil, nil
	}
	enough, limit := q.score()+pinyinGain, plausible(d.letters)
	slipped := d.slips > 0 && d.letters <= fewLetters
	switch {
	case d.cost > limit+doubtful:
		return nil, nil
	case d.cost <= limit && !slipped:
		enough = q.score()
	case slipped, d.pairs == 0, d.unseen*maxUnseen > d.pairs:
		enough = max(enough, DefaultGates().SuggestFrom)
	}
	return g.findBetter(ctx, g.foldedQuery(q.words, asTyped(q.query, d.text), d.text), enough, slipped, pinyin, sure, r)
}

// plausible is what a character may cost of pinyin of so many letters.
func plausible(letters int) float64 {
	if letters <= fewLetters {
		return fewPlausible
	}
	return maxPlausible
}

// unseen counts the pairs of characters in a decoded text, function words aside, and those of them that occur nowhere on
// the site.
func (v *view) unseen(text string) (unseen, pairs int) {
	for _, t := range analysis.Terms(nil, text, nil) {
		if t.Kind != analysis.Bigram {
			continue
		}
		first, n := utf8.DecodeRuneInString(text[t.Start:])
		second, _ := utf8.DecodeRuneInString(text[int(t.Start)+n:])
		if analysis.Weight(analysis.CharKey(first)) < 1 || analysis.Weight(analysis.CharKey(second)) < 1 {
			continue
		}
		pairs++
		if _, _, _, ok := v.find(t.Key); !ok {
			unseen++
		}
	}
	return unseen, pairs
}

// pinyinPieces cuts a folded question for the speller, with those of its tokens that are pinyin as they were read.
func pinyinPieces(folded string, tokens []latinToken) []piece {
	return pieces(folded, tokens, func(list []piece, t latinToken) []piece {
		if t.pieces == nil {
			return append(list, piece{text: folded[t.start:t.end]})
		}
		return append(list, t.pieces...)
	})
}

// markPinyin reads the tokens that are pinyin and returns how many letters they have, 0 when nothing is to be read so; strange
// says whether there are others that nobody knows. A name that the site knows stays (iphone tuikuan), unless it is one syllable among others (wo yao
// kai fapiao, where kai may be a name somewhere). Nothing is read so where much of what is unknown is not pinyin: the
// customer writes another language (change my plan). Known syllables alone (fa piao) are read so only when the question
// missed. For loose see ways.
func (v *view) markPinyin(folded string, tokens []latinToken, missed, loose bool) (all int, strange bool) {
	var single, letters, others int
	for i := range tokens {
		t := &tokens[i]
		text := folded[t.start:t.end]
		known := v.knows(text)
		t.pieces = nil
		if known && len(text) > maxSyllable { // nvidia: stays what it is, however it reads
			continue
		}
		read, syllable := v.readPinyin(text, missed, loose)
		switch {
		case read != nil && syllable:
			single++
			t.pieces = read
		case read != nil && !known:
			t.pieces = read
		case !known && strings.ContainsAny(text, smallLetters):
			others += len(text)
		}
		if t.pieces != nil {
			all += len(text)
			if !known {
				letters += len(text)
			}
		}
	}
	switch {
	case letters > 0 && !foreign(others, letters):
		return all, others > 0
	case letters == 0 && others == 0 && missed && single > 1:
		return all, false
	}
	return 0, others > 0
}

// foreign says whether a question with so many letters of words that nobody knows is in another language, given those that
// are pinyin.
func foreign(others, pinyin int) bool { return pinyin <= 2*others }

// readPinyin reads a token as pinyin, with digits and signs between if it has any; nil when it is none. syllable says whether
// it is a single one, as typed.
func (v *view) readPinyin(token string, missed, loose bool) (list []piece, syllable bool) {
	for rest := token; rest != ""; {
		letters := rest[:len(rest)-len(strings.TrimLeft(rest, smallLetters))]
		other := rest[len(letters):]
		if at := strings.IndexAny(other, smallLetters); at >= 0 {
			other = other[:at]
		}
		rest = rest[len(letters)+len(other):]
		if letters != "" && letters != token && len(letters) >= minName && v.knows(letters) { // nvidia-smi
			list = append(list, piece{text: letters})
		} else if letters != "" {
			ways := v.ways(letters, missed, loose)
			if ways == nil || len(letters) < 2 && letters != token {
				return nil, false
			}
			syllable = letters == token && slices.ContainsFunc(ways[0], func(w way) bool {
				return w.end == len(token) && w.syllable != 0 && w.cost == 0
			})
			list = append(list, piece{ways: ways, letters: len(letters), text: letters})
		}
		if other != "" {
			list = append(list, piece{text: other})
		}
	}
	if !slices.ContainsFunc(list, func(p piece) bool { return p.ways != nil }) {
		return nil, false
	}
	return list, syllable
}

// A way leads through a text of letters, from an offset to end.
type way struct {
	end      int
	syllable analysis.Syllable // what it stands for; 0 when it is a name of the site, which stays
	slip     bool
	cost     float64 // besides that of what it stands for
}

// Names and pinyin that are typed in one are told apart where there are so many letters, and names have so many.
const minGlued, minGluedName, maxGluedName = 5, 2, 24

// minSlipped is the fewest letters in one in which there may be a slip.
const minSlipped = 3

// ways are the steps through a text of small letters, at every offset, that are on a way from the beginning to the end, by
// syllables and, in a question that missed, by names of the site (yushanwalletzhifu, for 玉山 wallet 支付); nil when there is
// no way. When loose, syllables may be meant that sound alike (zan for zhang) and, where there is no other way, those that
// are one slip of the fingers away (see analysis.Slips).
func (v *view) ways(letters string, missed, loose bool) [][]way {
	list := make([][]way, len(letters))
	for i, spellings := range analysis.Spellings(letters) {
		for _, s := range spellings {
			list[i] = append(list[i], way{end: s.End, syllable: s.Syllable})
			if !loose {
				continue
			}
			for _, other := range analysis.SoundAlikes(s.Syllable) {
				list[i] = append(list[i], way{end: s.End, syllable: other, cost: soundAlikeCost})
			}
		}
		if !missed || len(letters) < minGlued {
			continue
		}
		for end := i + minGluedName; end <= min(i+maxGluedName, len(letters)); end++ {
			if end-i == len(letters) {
				continue
			}
			if _, inText, inUnits, known := v.find(analysis.LatinKey(letters[i:end])); known {
				list[i] = append(list[i], way{end: end, cost: v.speller().nameCost(float64(inText) + float64(inUnits))})
			}
		}
	}
	from, until := through(list)
	if from == nil {
		return nil
	}
	if !from[0] && loose && len(letters) >= minSlipped {
		slipped := false
		for i := range list {
			if !until[i] {
				continue
			}
			for end := i + 1; end <= min(i+analysis.MaxSlip, len(letters)); end++ {
				if !from[end] {
					continue
				}
				for _, s := range analysis.Slips(letters[i:end]) {
					list[i] = append(list[i], way{end: end, syllable: s, slip: true, cost: slipCost})
					slipped = true
				}
			}
		}
		if slipped {
			from, until = through(list)
		}
	}
	if !from[0] {
		return nil
	}
	for i := range list {
		if !until[i] {
			list[i] = nil
			continue
		}
		list[i] = slices.DeleteFunc(list[i], func(w way) bool { return !from[w.end] })
	}
	return list
}

// through says from which offsets ways lead to the end, and to which from the beginning.
func through(ways [][]way) (from, until []bool) {
	from, until = make([]bool, len(ways)+1), make([]bool, len(ways)+1)
	from[len(ways)], until[0] = true, true
	for i := len(ways) - 1; i >= 0; i-- {
		from[i] = slices.ContainsFunc(ways[i], func(w way) bool { return from[w.end] })
	}
	for i, list := range ways {
		if until[i] {
			for _, w := range list {
				until[w.end] = true
			}
		}
	}
	return from, until
}
