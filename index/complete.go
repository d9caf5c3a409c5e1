package index

import (
	"context"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jieda/content"
	"jieda/index/analysis"
)

// A CompletionRequest asks for questions to offer while somebody types.
type CompletionRequest struct {
	// Typed is what stands in the search box; at most MaxQuery characters, checked by the caller.
	Typed string
	// Limit is the number of questions wanted, 8 when 0.
	Limit int
	// Audiences are those the caller belongs to besides the public.
	Audiences []string
	// Now is the moment for validity dates; time.Now() when zero.
	Now time.Time
}

// A Completion is a question to offer, and where its answer is.
type Completion struct {
	Question string
	// MatchedQuestion is the alternate that holds what was typed, when Question does not.
	MatchedQuestion string
	// Highlights are what was typed, as rune offsets [start,end) into Question; empty when it is in MatchedQuestion.
	Highlights                   [][2]int
	ArticleID, PassageID, Anchor string
	Title, Category, Lang        string
	Kind                         content.Kind
}

const (
	defaultCompletions = 8
	// abbreviated is how many readings of a character, the usual one and those behind it, may be typed as one letter. With
	// all of them tk would be 折扣 (折: zhe, she, ti) and nearly everything else.
	abbreviated = 2
	// maxTyped is how many characters are completed; who has typed more has written a question.
	maxTyped = 64
	// maxTried is how many completions one keystroke may look at, about 2 ms. It is reached when what was typed has letters
	// as frequent as zm (怎么) and yet holds hardly anywhere.
	maxTried = 20_000
)

// Complete returns the questions that hold what was typed: in Han characters, simplified or traditional; in pinyin
// without tones (tuikuan); by the first letter of each character (tk); or mixed (退k, tkuan). What is typed last may be
// part of a syllable (tuiku).
//
// The popular ones, which are those of articles with the smallest weight, come first. Of equally popular ones, those
// that begin with what was typed come before those that hold it, and those before the ones of which only an alternate
// does; then the shorter ones. Errors: ErrNotReady, and whatever ends ctx.
func (x *Index) Complete(ctx context.Context, r CompletionRequest) ([]Completion, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release(x.log)
	if r.Limit <= 0 {
		r.Limit = defaultCompletions
	}
	if r.Now.IsZero() {
		r.Now = time.Now()
	}
	var found []matchedCompletion
	for _, typed := range g.typed(r.Typed) {
		for _, m := range g.offers(typed, &r) {
			if !slices.ContainsFunc(found, func(f matchedCompletion) bool { return f.number == m.number }) {
				found = append(found, m)
			}
		}
	}
	slices.SortStableFunc(found, matchedCompletion.compare)
	list, err := g.shown(ctx, found[:min(len(found), r.Limit)])
	if err != nil {
		return nil, fmt.Errorf("completing: %w", err)
	}
	return list, nil
}

// typed folds what was typed, in one or two ways: letter by letter as a wording's keys are, and, when it is traditional,
// in the mainland's words.
func (g *generation) typed(raw string) (ways [][]rune) {
	for _, s := range []analysis.Script{analysis.Simplified, analysis.QueryScript(raw, g.meta.Traditional)} {
		runes := []rune(strings.ReplaceAll(compact(analysis.Fold(raw, s)), "ü", "v"))
		if len(runes) == 0 || len(runes) > maxTyped || len(ways) > 0 && slices.Equal(ways[0], runes) {
			continue
		}
		ways = append(ways, runes)
	}
	return ways
}

// A fit is how a completion holds what was typed; smaller is better.
type fit int

const (
	beginsQuestion fit = iota
	insideQuestion
	beginsAlternate
	insideAlternate
	fits
	nowhere = fits
)

type matchedCompletion struct {
	completion
	number int // among the completions of the generation
	fit    fit
	typed  []rune
}

func (m matchedCompletion) compare(o matchedCompletion) int {
	if m.tier != o.tier {
		return int(m.tier) - int(o.tier)
	}
	if m.fit != o.fit {
		return int(m.fit - o.fit)
	}
	return m.number - o.number
}

// offers returns the best completions, at least as many as wanted if there are so many.
func (g *generation) offers(typed []rune, r *CompletionRequest) (found []matchedCompletion) {
	c := &g.meta.completions
	holding, beginning := c.rows().candidates(typed)
	m := newTypedMatcher(typed)
	tried := 0
	tier := uint32(0)
	var n [fits]int // found in this tier
	for word, set := range holding {
		for ; set != 0; set &= set - 1 {
			i := word<<6 + bits.TrailingZeros64(set)
			begins := beginning.has(i)
			if !begins && n[insideQuestion] >= r.Limit && c.tierOf(i) == tier {
				continue // enough of these; there may still be some that begin with it
			}
			e := c.at(i)
			if e.tier != tier {
				if len(found) >= r.Limit {
					return found
				}
				tier, n = e.tier, [fits]int{}
			}
			row := &g.meta.rows[g.meta.articleOf[e.passage]]
			if !row.valid(r.Now) || !g.visible(row, r.Audiences, r.Now) {
				continue
			}
			at := m.keys(e.keys)
			if tried++; tried > maxTried {
				return found
			}
			if at == nowhere || n[at] >= r.Limit {
				continue
			}
			n[at]++
			found = append(found, matchedCompletion{e, i, at, typed})
			if n[beginsQuestion] >= r.Limit {
				return found
			}
		}
	}
	return found
}

// shown reads what is shown of completions.
func (g *generation) shown(ctx context.Context, found []matchedCompletion) ([]Completion, error) {
	ids := make([]uint32, len(found))
	for i, m := range found {
		ids[i] = m.passage
	}
	list := make([]Completion, len(found))
	err := g.reader.Stored(ctx, ids, func(i int, b []byte) error {
		record, err := readPassage(b)
		if err != nil {
			return err
		}
		m := found[i]
		row := &g.meta.rows[g.meta.articleOf[m.passage]]
		out := Completion{
			Question: record.wordings[0], ArticleID: record.articleID, PassageID: record.id, Anchor: record.anchor,
			Title: record.title, Category: g.meta.Categories[row.category], Lang: g.meta.Langs[row.lang], Kind: row.kind(),
		}
		if m.ofTitle {
			out.Question, out.Anchor = record.title, ""
		}
		typed := newTypedMatcher(m.typed)
		if m.fit <= insideQuestion {
			out.Highlights = typed.highlights(out.Question)
		} else {
			for _, w := range record.wordings[1:] {
				if typed.find(wordingKey(w, analysis.Simplified)) != nil || typed.find(wordingKey(w, analysis.Traditional)) != nil {
					out.MatchedQuestion = w
					break
				}
			}
		}
		list[i] = out
		return nil
	})
	return list, err
}

// A typedMatcher finds what was typed in wordings.
type typedMatcher struct {
	typed   []rune
	text    string
	letters bool // some of it may be pinyin
}

func newTypedMatcher(typed []rune) *typedMatcher {
	isLetter := func(r rune) bool { return 'a' <= r && r <= 'z' }
	return &typedMatcher{typed: typed, text: string(typed), letters: slices.ContainsFunc(typed, isLetter)}
}

// keys says where the keys of a completion hold what was typed.
func (m *typedMatcher) keys(keys string) fit {
	best := nowhere
	begins, inside := beginsQuestion, insideQuestion
	for line := range strings.SplitSeq(keys, "\n") {
		for key := range strings.SplitSeq(line, "\t") {
			at := m.find(key)
			switch {
			case at == nil:
			case at[0] == 0:
				best = min(best, begins)
			default:
				best = min(best, inside)
			}
		}
		if best < begins+2 {
			return best
		}
		begins, inside = beginsAlternate, insideAlternate
	}
	return best
}

// find returns the byte offsets [start,end) of the first place in a key that was typed; nil when there is none.
func (m *typedMatcher) find(key string) []int {
	if !m.letters {
		if at := strings.Index(key, m.text); at >= 0 {
			return []int{at, at + len(m.text)}
		}
		return nil
	}
	inName := false // the character before is a letter or digit of a name
	for start, r := range key {
		if r < utf8.RuneSelf && inName {
			continue // not in the middle of a name
		}
		inName = r < utf8.RuneSelf
		if end := m.from(key, start, m.typed); end >= 0 {
			return []int{start, end}
		}
	}
	return nil
}

// from returns where in the key ends what was typed if it begins at start, else -1.
func (m *typedMatcher) from(key string, start int, typed []rune) int {
	if len(typed) == 0 {
		return start
	}
	if start == len(key) {
		return -1
	}
	r, size := utf8.DecodeRuneInString(key[start:])
	if r == typed[0] {
		return m.from(key, start+size, typed[1:])
	}
	if typed[0] < 'a' || typed[0] > 'z' {
		return -1
	}
	for i, s := range analysis.Readings(r) {
		name := s.String()
		if rune(name[0]) != typed[0] {
			continue
		}
		n := 1
		for n < len(name) && n < len(typed) && rune(name[n]) == typed[n] {
			n++
		}
		for ; n > 0; n-- {
			whole := n == len(name)
			initial := (n == 1 || n == 2 && name[1] == 'h') && i < abbreviated
			if !whole && !initial && n < len(typed) {
				continue
			}
			if end := m.from(key, start+size, typed[n:]); end >= 0 {
				return end
			}
		}
	}
	return -1
}

// highlights are the rune offsets of what was typed in a question as it is shown.
func (m *typedMatcher) highlights(question string) [][2]int {
	folded := analysis.FoldMapped(question, analysis.Simplified)
	var key strings.Builder
	var at []int // for each byte of key its offset in folded
	for i, r := range folded.Text {
		if kept := compact(string(r)); kept != "" {
			for j := range len(kept) {
				at = append(at, i+j)
			}
			key.WriteString(kept)
		}
	}
	found := m.find(key.String())
	if found == nil {
		return nil
	}
	last, size := at[found[1]-1], 1
	for !utf8.RuneStart(folded.Text[last]) {
		last--
	}
	_, size = utf8.DecodeRuneInString(folded.Text[last:])
	from, to := folded.Span(at[found[0]], last+size)
	start := utf8.RuneCountInString(question[:from])
	return [][2]int{{start, start + utf8.RuneCountInString(question[from:to])}}
}
