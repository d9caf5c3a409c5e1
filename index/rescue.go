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
	// typoGain is how much more than the typed question a corrected one must score.
	typoGain = 0.15
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

// A guess is a question that may have been meant, with what it finds.
type guess struct {
	*query
	hits   []candidate
	reason string // for a Rescue; "" is the question as it was typed
	sure   bool   // it may be answered if its score allows
}

func (r *guess) score() float64 {
	if len(r.hits) == 0 {
		return 0
	}
	return r.hits[0].score
}

// findOrRescue finds q. Where that misses, or the site may say it in other words, it tries what the customer may have meant:
// other words, then pinyin, then typing errors. It ends with the first reading that is no miss; while all are, the one that
// scores best counts. It returns the query and the hits to show, and a rescue when that is not q.
func (g *generation) findOrRescue(ctx context.Context, q *query, r *Request) (*query, []candidate, *rescue, error) {
	ranked, err := g.find(ctx, q, r)
	if err != nil || r.AsTyped || len(ranked) > 0 && (ranked[0].exact || ranked[0].contains) {
		return q, ranked, nil, err
	}
	if utf8.RuneCountInString(q.folded) > maxRescued {
		return q, ranked, nil, nil
	}
	best, err := g.rescue(ctx, &guess{q, ranked, "", true}, r)
	if err != nil || best.reason == "" {
		return q, ranked, nil, err
	}
	return best.query, best.hits, &rescue{Rescue{best.cleaned, best.reason}, q.cleaned, best.sure}, nil
}

// rescue returns the best reading of a question; that is the question as it was typed when nothing better is found.
func (g *generation) rescue(ctx context.Context, typed *guess, r *Request) (*guess, error) {
	// Pinyin and typing errors are looked for in the other words, which mean the same: 退宽多久到帐 may hold a synonym, too.
	worded, err := g.inOtherWords(ctx, typed, r)
	if err != nil {
		return nil, err
	}
	best, miss := worded, missed(worded.query, worded.hits)
	var tokens []latinToken
	// A question in Latin letters only is always looked at: a name that the site knows finds something by itself
	// (iphone tuikuan).
	if strings.ContainsAny(worded.folded, smallLetters) && (miss || !strings.ContainsFunc(worded.folded, isHan)) {
		tokens = latinTokens(worded.folded)
		read, err := g.asPinyin(ctx, worded, tokens, miss, r)
		if err != nil {
			return nil, err
		}
		if read != nil {
			if best, err = g.inOtherWords(ctx, read, r); err != nil {
				return nil, err
			}
			miss = missed(best.query, best.hits)
		}
	}
	if miss && worded.misspelt() {
		corrected, err := g.corrected(ctx, worded, tokens, max(DefaultGates().SuggestFrom, typed.score()+typoGain, best.score()), r)
		if err != nil {
			return nil, err
		}
		if corrected != nil {
			return g.inOtherWords(ctx, corrected, r)
		}
	}
	return best, nil
}

// corrected is what a question means with its typing errors corrected, if that scores more than enough; else nil.
func (g *generation) corrected(ctx context.Context, q *guess, tokens []latinToken, enough float64, r *Request) (*guess, error) {
	pieces := q.words.typoPieces(q.folded, tokens)
	if pieces == nil {
		return nil, nil
	}
	text := q.words.speller().spell(pieces).text
	if text == "" || text == q.folded {
		return nil, nil
	}
	other := g.foldedQuery(q.words, asTyped(q.query, text), text)
	return g.findBetter(ctx, other, enough, true, typo, false, r)
}

// findBetter returns the reading that q is if it scores more than enough; else nil. A doubtful one is looked at first.
func (g *generation) findBetter(ctx context.Context, q *query, enough float64, doubtful bool, reason string, sure bool, r *Request) (*guess, error) {
	if !q.telling {
		return nil, nil
	}
	if doubtful {
		if promising, err := g.promising(ctx, q, enough, r); err != nil || !promising {
			return nil, err
		}
	}
	list, err := g.find(ctx, q, r)
	if err != nil || len(list) == 0 || list[0].score <= enough {
		return nil, err
	}
	return &guess{q, list, reason, sure}, nil
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
	pieces     []piece // what it is as pinyin; nil when it is none
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
