package index

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jieda/index/analysis"
)

// Reasons of a Rescue.
const (
	pinyin = "pinyin" // the question was typed as one pronounces it: tuikuan
	typo   = "typo"   // a character or letter was wrong: 发漂, ipone
)

const (
	// missBelow: a question whose best passage reaches S0 of less was missed and may hold a typing error.
	missBelow = 0.5
	// typoGain and pinyinGain are how much more the rescued question must score. It is little for pinyin because nothing
	// of that was understood; the decision says what the hits are worth.
	typoGain, pinyinGain = 0.15, 0.1
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
	// promised is how many passages are looked at first for a correction.
	promised = 20
	// missScore: a best hit that scores no more is a miss.
	missScore = 0.45
	// maxRescued is the longest question, in characters, that is rescued. It bounds the work: a tenth of a millisecond for
	// thirty letters, some ten for three hundred of the most ambiguous ones.
	maxRescued = 300
)

// A rescue is a Rescue with what else must be known of it.
type rescue struct {
	Rescue
	typed string
	sure  bool // it may be answered if its score allows
}

// findOrRescue finds q. Where the site may say it in other words, or where that misses, it tries what the customer may have
// meant: paraphrases, then pinyin, then typing errors. It
// returns the query and the hits to show, and a rescue when that is not q.
func (g *generation) findOrRescue(ctx context.Context, q *query, r *Request) (*query, []candidate, *rescue, error) {
	ranked, err := g.find(ctx, q, r)
	if err != nil || r.AsTyped || len(ranked) > 0 && (ranked[0].exact || ranked[0].contains) {
		return q, ranked, nil, err
	}
	score := 0.0
	if len(ranked) > 0 {
		score = ranked[0].score
	}
	if utf8.RuneCountInString(q.folded) > maxRescued {
		return q, ranked, nil, nil
	}
	if other, list, rescued, err := g.findParaphrased(ctx, q, score, r); err != nil || rescued != nil {
		return other, list, rescued, err
	}
	missed := missed(q, ranked)
	letters := strings.ContainsAny(q.folded, smallLetters)
	// A question in Latin letters only is always looked at: a name that the site knows finds something by itself
	// (iphone tuikuan).
	if !missed && (!letters || strings.ContainsFunc(q.folded, isHan)) {
		return q, ranked, nil, nil
	}
	var tokens []latinToken
	if letters {
		tokens = latinTokens(q.folded)
		if other, list, rescued, err := g.findPinyin(ctx, q, tokens, score, missed, r); err != nil || rescued != nil {
			return other, list, rescued, err
		}
	}
	if missed && q.misspelt() {
		if other, list, rescued, err := g.findCorrected(ctx, q, tokens, score, r); err != nil || rescued != nil {
			return other, list, rescued, err
		}
	}
	return q, ranked, nil, nil
}

// findPinyin finds what q means when it is read as pinyin, if that scores more than score, which is q's best; else no
// rescue is returned.
func (g *generation) findPinyin(ctx context.Context, q *query, tokens []latinToken, score float64, missed bool, r *Request) (*query, []candidate, *rescue, error) {
	if missed {
		tokens = q.words.unglue(q.folded, tokens)
	}
	pieces := q.words.pinyinPieces(q.folded, tokens, missed)
	if pieces == nil {
		return nil, nil, nil, nil
	}
	text, cost := q.words.speller().spell(pieces, false)
	letters := 0
	for i := range pieces {
		letters += pieces[i].letters
	}
	unseen, pairs := q.words.unseen(text)
	sure := unseen == 0 && (letters >= sureLetters || strings.ContainsFunc(q.folded, isHan))
	if text == "" || unseen > 0 && cost > confusing {
		if other, less := q.words.speller().spell(pieces, true); other != text {
			text, cost, sure = other, less, false
			unseen, pairs = q.words.unseen(text)
		}
	}
	if text == "" || text == q.folded {
		return nil, nil, nil, nil
	}
	enough, limit := score+pinyinGain, plausible(letters)
	switch {
	case cost > limit+doubtful:
		return nil, nil, nil, nil
	case cost <= limit:
		enough = score
	case pairs == 0 || unseen*maxUnseen > pairs:
		enough = max(enough, DefaultGates().SuggestFrom)
	}
	return g.findBetter(ctx, q, text, enough, Rescue{Reason: pinyin}, sure, r)
}

// plausible is what a character may cost of pinyin of so many letters.
func plausible(letters int) float64 {
	if letters <= fewLetters {
		return fewPlausible
	}
	return maxPlausible
}

// findCorrected is findPinyin for typing errors.
func (g *generation) findCorrected(ctx context.Context, q *query, tokens []latinToken, score float64, r *Request) (*query, []candidate, *rescue, error) {
	pieces := q.words.typoPieces(q.folded, tokens)
	if pieces == nil {
		return nil, nil, nil, nil
	}
	text, _ := q.words.speller().spell(pieces, false)
	if text == "" || text == q.folded {
		return nil, nil, nil, nil
	}
	return g.findBetter(ctx, q, text, max(DefaultGates().SuggestFrom, score+typoGain), Rescue{Reason: typo}, false, r)
}

// findBetter searches a folded text instead of q. It returns no rescue when nothing scores enough.
func (g *generation) findBetter(ctx context.Context, q *query, text string, enough float64, as Rescue, sure bool, r *Request) (*query, []candidate, *rescue, error) {
	other := g.foldedQuery(q.words, asTyped(q, text), text)
	if !other.telling {
		return nil, nil, nil, nil
	}
	if as.Reason == typo { // most of what is read as pinyin is
		if promising, err := g.promising(ctx, other, enough, r); err != nil || !promising {
			return nil, nil, nil, err
		}
	}
	list, err := g.find(ctx, other, r)
	if err != nil || len(list) == 0 || list[0].score <= enough {
		return nil, nil, nil, err
	}
	as.Query = other.cleaned
	return other, list, &rescue{as, q.cleaned, sure}, nil
}

// promising says whether one of the first few passages that the engine brings scores enough: most corrections are wrong,
// and looking at these takes half of what a search does.
func (g *generation) promising(ctx context.Context, q *query, enough float64, r *Request) (bool, error) {
	if r.Where != nil { // which takes longer than it saves
		return true, nil
	}
	found, err := g.reader.Find(ctx, q.engineQuery(r.filters(q.words), promised))
	if err != nil {
		return false, err
	}
	list, err := g.rank(ctx, q, found)
	return slices.ContainsFunc(list, func(c candidate) bool { return c.score > enough }), err
}

// misspelt says whether the question holds something that could be a typing error: characters side by side, or a name, that
// occur so nowhere on the site.
func (q *query) misspelt() bool {
	return slices.ContainsFunc(q.terms, func(t queryTerm) bool {
		kind := t.key.Kind()
		return !t.known && (kind == analysis.Bigram || kind == analysis.Latin && !t.code)
	})
}

// missed says whether the hits are no good: the best is too weak to be offered, or has little of the question and would
// not be answered. It goes by the default gates: those of the site decide what may be done with hits, never which they are.
func missed(q *query, ranked []candidate) bool {
	if len(ranked) == 0 || ranked[0].score <= missScore {
		return true
	}
	return ranked[0].first < missBelow && likelihood(ranked[0].confidence, ahead(ranked), q.signs) < DefaultGates().AnswerFrom
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

// label marks a response to a rescued question. One that is not sure is not said aloud: the customer is asked.
func (r *rescue) label(resp *Response) {
	if r == nil {
		return
	}
	resp.Query, resp.Rescued = r.typed, &r.Rescue
	if !r.sure && resp.Decision == Answer {
		resp.Decision, resp.Reasons.Why = Choose, "close"
	}
}

// asTyped shows a corrected question with everything but the corrections as it was typed, if one can tell:
// 發漂怎麼開 becomes 發票怎麼開, though 发票怎么开 is searched.
func asTyped(q *query, text string) string {
	typed, folded, shown := []rune(q.cleaned), []rune(q.folded), []rune(text)
	if len(typed) != len(folded) || len(folded) != len(shown) {
		return text
	}
	for i := range shown {
		if shown[i] == folded[i] {
			shown[i] = typed[i]
		}
	}
	return string(shown)
}

// pinyinPieces cuts a folded question for the speller, what is pinyin in syllables; nil when nothing is.
func (v *view) pinyinPieces(folded string, tokens []latinToken, missed bool) []piece {
	if !v.markPinyin(folded, tokens, missed) {
		return nil
	}
	return pieces(folded, tokens, func(list []piece, t latinToken) []piece {
		text := folded[t.start:t.end]
		if !t.pinyin {
			return append(list, piece{text: text})
		}
		for text != "" {
			letters := text[:len(text)-len(strings.TrimLeft(text, smallLetters))]
			other := text[len(letters):]
			if at := strings.IndexAny(other, smallLetters); at >= 0 {
				other = other[:at]
			}
			if letters != "" {
				list = append(list, piece{spellings: analysis.Spellings(letters), letters: len(letters)})
			}
			if other != "" {
				list = append(list, piece{text: other})
			}
			text = text[len(letters)+len(other):]
		}
		return list
	})
}

// typoPieces cuts a folded question for the speller, with names corrected and characters marked that may be wrong; nil when
// nothing is.
func (v *view) typoPieces(folded string, tokens []latinToken) []piece {
	corrected := false
	list := pieces(folded, tokens, func(list []piece, t latinToken) []piece {
		text := folded[t.start:t.end]
		if !v.knows(text) {
			if name := v.speller().nearestName(text); name != "" {
				text, corrected = name, true
			}
		}
		return append(list, piece{text: text})
	})
	if !v.markReplaceable(list) && !corrected {
		return nil
	}
	return list
}

// pieces cuts a folded question: its Han characters, its tokens as cut does, which appends them, and what else there is.
func pieces(folded string, tokens []latinToken, cut func([]piece, latinToken) []piece) []piece {
	list := make([]piece, 0, utf8.RuneCountInString(folded))
	blank := false
	for i := 0; i < len(folded); {
		before := len(list)
		if len(tokens) > 0 && tokens[0].start == i {
			list = cut(list, tokens[0])
			i = tokens[0].end
			tokens = tokens[1:]
		} else {
			r, size := utf8.DecodeRuneInString(folded[i:])
			switch {
			case isHan(r):
				list = append(list, piece{han: r})
			case unicode.IsSpace(r), r == '\'', r == '’':
				blank = true
			default:
				list = append(list, piece{text: folded[i : i+size]})
			}
			i += size
		}
		if len(list) > before {
			list[before].blank, blank = blank, false
		}
	}
	return list
}

// markReplaceable marks the Han characters that are in pairs which occur nowhere, and says whether there are any.
func (v *view) markReplaceable(pieces []piece) bool {
	marked := false
	for i := 1; i < len(pieces); i++ {
		a, b := &pieces[i-1], &pieces[i]
		if a.han == 0 || b.han == 0 {
			continue
		}
		if _, _, _, ok := v.find(analysis.PairKey(a.han, b.han)); !ok {
			a.replace, b.replace, marked = true, true, true
		}
	}
	return marked
}

const smallLetters = "abcdefghijklmnopqrstuvwxyz"

// A latinToken is a whole name, number or code of a folded question.
type latinToken struct {
	start, end int
	pinyin     bool
}

func latinTokens(folded string) []latinToken {
	var tokens []latinToken
	end := 0
	for _, t := range analysis.Terms(nil, folded, nil) {
		if t.Kind != analysis.Latin || int(t.Start) < end {
			continue
		}
		// Of tokens that are too long there are only parts.
		if n := len(tokens); n > 0 && t.Part && int(t.Start) == end {
			tokens[n-1].end = int(t.End)
		} else {
			tokens = append(tokens, latinToken{start: int(t.Start), end: int(t.End)})
		}
		end = int(t.End)
	}
	return tokens
}

// Names and pinyin that are typed in one are told apart when the name has so many letters, and the pinyin.
const minGlued, minGluedPinyin = 3, 4

// unglue cuts the tokens that are a name of the site with pinyin before it, behind it, or both: yushanwalletzhifu, for 玉山
// wallet 支付. Of several ways it takes that with the longest name. The tokens that it is given do not change.
func (v *view) unglue(folded string, tokens []latinToken) []latinToken {
	var list []latinToken // nil as long as nothing was cut
	for n, t := range tokens {
		text := folded[t.start:t.end]
		from, to := 0, 0
		if len(text) >= minGlued+minGluedPinyin && strings.Trim(text, smallLetters) == "" && !v.knows(text) && analysis.Spellings(text) == nil {
			from, to = v.gluedName(text)
		}
		if from == to {
			if list != nil {
				list = append(list, t)
			}
			continue
		}
		if list == nil {
			list = append(make([]latinToken, 0, len(tokens)+2), tokens[:n]...)
		}
		for _, part := range [][2]int{{0, from}, {from, to}, {to, len(text)}} {
			if part[0] < part[1] {
				list = append(list, latinToken{start: t.start + part[0], end: t.start + part[1]})
			}
		}
	}
	if list == nil {
		return tokens
	}
	return list
}

// gluedName finds the longest name of the site in letters that are pinyin before and behind it; from is to when there is none.
func (v *view) gluedName(letters string) (from, to int) {
	pinyinUntil, pinyinFrom := make([]bool, len(letters)+1), make([]bool, len(letters)+1)
	pinyinUntil[0], pinyinFrom[len(letters)] = true, true
	for i := 1; i < len(letters); i++ {
		pinyinUntil[i] = analysis.Spellings(letters[:i]) != nil
		pinyinFrom[i] = analysis.Spellings(letters[i:]) != nil
	}
	for size := len(letters) - minGluedPinyin; size >= minGlued; size-- {
		for i := 0; i+size <= len(letters); i++ {
			if pinyinUntil[i] && pinyinFrom[i+size] && v.knows(letters[i:i+size]) {
				return i, i + size
			}
		}
	}
	return 0, 0
}

// markPinyin marks the tokens that are read as pinyin and says whether there are any. A name that the site knows stays
// (iphone tuikuan), unless it is one syllable among others (wo yao kai fapiao, where kai may be a name somewhere).
// Nothing is marked where much of what is unknown is not pinyin: the customer writes another language (change my plan).
// Known syllables alone (fa piao) are read so only when the question missed.
func (v *view) markPinyin(folded string, tokens []latinToken, missed bool) bool {
	var single, letters, foreign int
	for i := range tokens {
		t := &tokens[i]
		text := folded[t.start:t.end]
		known := v.knows(text)
		syllable, ok := isPinyin(text)
		switch {
		case ok && syllable:
			single++
			t.pinyin = true
		case ok && !known:
			t.pinyin = true
		case !known && strings.ContainsAny(text, smallLetters):
			foreign += len(text)
		}
		if t.pinyin && !known {
			letters += len(text)
		}
	}
	return letters > 2*foreign && (letters > 0 || missed && single > 1)
}

// isPinyin says whether a token is pinyin, with digits between if it has any, and whether it is a single syllable.
func isPinyin(token string) (single, ok bool) {
	runs := strings.FieldsFunc(token, func(r rune) bool { return '0' <= r && r <= '9' })
	if len(runs) == 0 {
		return false, false
	}
	for _, letters := range runs {
		ways := analysis.Spellings(letters)
		if ways == nil || len(letters) < 2 && letters != token {
			return false, false
		}
		single = len(runs) == 1 && slices.ContainsFunc(ways[0], func(s analysis.Spelling) bool { return s.End == len(letters) })
	}
	return single, true
}
