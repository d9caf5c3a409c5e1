package index

import (
	"cmp"
	"context"
	"strings"
	"unicode/utf8"

	"jieda/index/analysis"
)

// A paraphrase is a question in other words: with one expression, or several, replaced by what the site says for it
// (怎么退钱 as 怎么退款), or with an amount written another way (24小时 as 一天). It is searched beside the question when the
// site does not know the customer's expression, and shown when it finds something better; like every search for something
// else than what was typed it is reported, see Rescue.

const (
	// paraphrased is the reason of such a Rescue.
	paraphrased = "synonym"
	// maxParaphrases bounds the work: each is a search.
	maxParaphrases = 3
	// paraphraseGain is how much more than the question itself a paraphrase must score.
	paraphraseGain = 0.03
)

// A replacement of text[from:to] of a folded question.
type replacement struct {
	from, to int
	by       []string
}

// inOtherWords returns the best paraphrase of a reading, if one finds something better; else the reading itself. What was
// guessed to come to the reading stays its reason.
func (g *generation) inOtherWords(ctx context.Context, said *guess, r *Request) (*guess, error) {
	best, score := said, said.score()
	for _, text := range g.paraphrases(said.words, said.folded) {
		other := g.foldedQuery(said.words, text, text)
		list, err := g.find(ctx, other, r)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 && other.telling && list[0].score >= score+paraphraseGain &&
			list[0].confidence >= DefaultGates().SuggestFrom {
			best = &guess{other, list, cmp.Or(said.reason, paraphrased), said.sure}
			score = list[0].score
		}
	}
	return best, nil
}

// paraphrases are other ways to ask a folded question, best first: the one with everything replaced, then further
// choices for single expressions.
func (g *generation) paraphrases(words *view, folded string) []string {
	found := g.replacements(words, folded)
	if len(found) == 0 {
		return nil
	}
	var b strings.Builder
	at := 0
	for _, r := range found {
		b.WriteString(folded[at:r.from])
		b.WriteString(r.by[0])
		at = r.to
	}
	b.WriteString(folded[at:])
	list := []string{b.String()}
	for _, r := range found {
		for i, by := range r.by {
			if i == 0 && len(found) == 1 {
				continue // the same as the first
			}
			if len(list) == maxParaphrases {
				return list
			}
			list = append(list, folded[:r.from]+by+folded[r.to:])
		}
	}
	return list
}

// replacements finds the expressions of a folded question that may be said otherwise, from left to right, the longest
// first, with what the site says for them.
func (g *generation) replacements(words *view, folded string) []replacement {
	var list []replacement
	for at := 0; at < len(folded); {
		r, size := utf8.DecodeRuneInString(folded[at:])
		end := 0
		if amount := amountAt(folded, at); amount.end > 0 {
			end = amount.end
			if written := folded[at:end]; !words.says(written) {
				if by := words.sayable(amount.spellings(), written); len(by) > 0 {
					list = append(list, replacement{at, end, by})
				}
			}
		} else {
			for _, s := range g.synonyms[r] {
				if !strings.HasPrefix(folded[at:], s.from) || !standsAlone(folded, at, at+len(s.from)) {
					continue
				}
				end = at + len(s.from)
				if s.always || !words.says(s.from) {
					if by := words.sayable(s.to, s.from); len(by) > 0 {
						list = append(list, replacement{at, end, by})
					}
				}
				break
			}
		}
		at = max(end, at+size)
	}
	return list
}

// sayable are those of the expressions that the site uses. 关闭 is not said for 开通, whatever an editor wrote.
func (v *view) sayable(expressions []string, but string) []string {
	var list []string
	for _, e := range expressions {
		if e != but && !areOpposites(e, but) && v.says(e) {
			list = append(list, e)
		}
	}
	return list
}

// says reports whether all pairs of characters and all names of a folded expression occur on the site. It cannot tell
// whether they stand together; a single character is never enough.
func (v *view) says(expression string) bool {
	sound := false
	for _, t := range analysis.Terms(nil, expression, nil) {
		if t.Kind != analysis.Bigram && (t.Kind != analysis.Latin || t.Part) {
			continue
		}
		if _, _, _, known := v.find(t.Key); !known {
			return false
		}
		sound = true
	}
	return sound
}

// standsAlone says whether text[from:to] is not a part of a longer name in Latin letters: the app of apple is none.
func standsAlone(text string, from, to int) bool {
	letter := func(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
	return (from == 0 || !letter(text[from]) || !letter(text[from-1])) && (to == len(text) || !letter(text[to-1]) || !letter(text[to]))
}
