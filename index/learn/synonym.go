package learn

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jieda/content"
	"jieda/index"
)

// A Synonym is a group of expressions that may mean the same.
type Synonym struct {
	// Words are two expressions as the site or its customers write them. When OneWay, the first is the site's own and
	// the other what customers say.
	Words  []string `json:"words"`
	OneWay bool     `json:"one_way"`
	Source Source   `json:"source"`
	// Count is how many passages (of FromQuestions and FromTexts) or searches (of FromLog) speak for it.
	Count int `json:"count"`
	// Examples are at most maxExamples: two questions, or a piece of the text, or a search and the question it led to.
	Examples [][]string `json:"examples"`

	key [2]string // folded and sorted
}

// Source says where a suggestion comes from.
type Source string

const (
	FromQuestions Source = "questions" // two questions of one passage differ in nothing else
	FromTexts     Source = "texts"     // the text says so: 又称, brackets
	FromLog       Source = "log"       // searches with the one were answered by an article with the other
)

const (
	// longestSlot is how many words an expression may have.
	longestSlot = 3
	// longestExpression is in characters.
	longestExpression = 8
	// enoughPassages is how many passages must ask the same in two ways that differ in a pair of expressions. One is
	// enough when the two are used alike in the texts.
	enoughPassages = 2
	// alike is how similar (cosine of what stands before and after) two expressions must be used to be thought the same,
	// and usedOften how often each must occur to tell.
	alike     = 0.5
	usedOften = 5
	// enoughSearches is how many searches must use a word.
	enoughSearches = 2
	maxExamples    = 3
)

// A pairing is what is known about two expressions.
type pairing struct {
	shown    [2]string
	passages map[int]bool
	examples [][]string
	against  int
}

// An expression is one to longestSlot words of a question.
type expression struct {
	word
	first, last string // words, folded
}

// A slot is an expression in a question, and in which passage.
type slot struct {
	expression
	passage int
	text    string
}

// fromQuestions compares the questions of each passage with each other: where two differ in one expression, the two may
// mean the same (怎么退款, 怎么退钱). Where two questions of different passages differ in them (个人发票怎么开, 企业发票怎么开),
// they do not.
func (s *site) fromQuestions() []Synonym {
	contexts := make(map[string][]slot)
	for n := range s.passages {
		for _, w := range s.passages[n].wordings {
			slots(w, func(context string, e expression) {
				contexts[context] = append(contexts[context], slot{e, n, w.text})
			})
		}
	}
	found := make(map[[2]string]*pairing)
	const crowded = 200 // contexts such as "怎么…" say nothing, and all pairs of them cost too much
	for _, list := range contexts {
		if len(list) > crowded {
			continue
		}
		for i, a := range list {
			for _, b := range list[:i] {
				if a.passage != b.passage || !exchangeable(a.expression, b.expression) {
					continue
				}
				key, swapped := sorted(a.folded, b.folded)
				p := found[key]
				if p == nil {
					p = &pairing{shown: [2]string{a.shown, b.shown}, passages: make(map[int]bool)}
					if swapped {
						p.shown = [2]string{b.shown, a.shown}
					}
					found[key] = p
				}
				if !p.passages[a.passage] {
					p.examples = append(p.examples, []string{b.text, a.text})
				}
				p.passages[a.passage] = true
			}
		}
	}
	for _, list := range contexts {
		for i, a := range list[:min(len(list), crowded)] {
			for _, b := range list[:i] {
				key, _ := sorted(a.folded, b.folded)
				if p := found[key]; p != nil && a.passage != b.passage {
					p.against++
				}
			}
		}
	}
	usage := s.usage(found)
	var list []Synonym
	for key, p := range found {
		if p.against > 0 || len(p.passages) < enoughPassages && usage.similarity(key) < alike {
			continue
		}
		slices.SortFunc(p.examples, func(a, b []string) int { return slices.Compare(a, b) })
		list = append(list, Synonym{
			Words: p.shown[:], Source: FromQuestions, Count: len(p.passages), Examples: p.examples[:min(len(p.examples), maxExamples)], key: key,
		})
	}
	slices.SortFunc(list, bySupport)
	return list
}

func bySupport(a, b Synonym) int {
	return cmp.Or(b.Count-a.Count, slices.Compare(a.key[:], b.key[:]))
}

// slots calls each with every expression of a wording that could be another, and the rest of the wording.
func slots(w wording, each func(context string, e expression)) {
	const most = 16 // words: what is longer is a story
	if len(w.words) > most {
		return
	}
	for from := range w.words {
		for to := from + 1; to <= min(len(w.words), from+longestSlot); to++ {
			if to-from == len(w.words) {
				continue
			}
			if content.FunctionWords(w.words[to-1].folded) {
				break // 感冒能喝 = 感冒可以喝 is nothing to learn
			}
			folded, shown := join(w.words[from:to])
			if content.SaysLittle(folded) || utf8.RuneCountInString(folded) > longestExpression || strings.ContainsFunc(folded, isNumeral) {
				continue
			}
			each(rest(w.words[:from])+"…"+rest(w.words[to:]), expression{word{folded, shown}, w.words[from].folded, w.words[to-1].folded})
		}
	}
}

// lightWords are what two questions may differ in besides: 你好，能退款吗 and 能退钱吗.
const lightWords = " 你好 您好 请问 請問 的 了 吗 嗎 呢 啊 呀 吧 嘛 哦 我 你 您 我们 你们 一下 "

// rest is what stands before or after an expression, without light words.
func rest(words []word) string {
	var b strings.Builder
	for _, w := range words {
		if !strings.Contains(lightWords, " "+w.folded+" ") {
			b.WriteString(w.folded + " ")
		}
	}
	return b.String()
}

// isNumeral says whether a character counts something: 3天 and 7天 are never the same.
func isNumeral(r rune) bool {
	return unicode.IsDigit(r) || strings.ContainsRune("一二三四五六七八九十百千万两半", r)
}

// exchangeable says whether two expressions in the same place may mean the same: they share neither end, none holds the
// other, and they are no opposites.
func exchangeable(a, b expression) bool {
	if a.first == b.first || a.last == b.last || strings.Contains(a.folded, b.folded) || strings.Contains(b.folded, a.folded) {
		return false
	}
	return denies(a.folded) == denies(b.folded) && !index.Opposite(a.folded, b.folded)
}

func denies(s string) bool { return strings.ContainsAny(s, "不没沒未无無非勿别別") }

func sorted(a, b string) (key [2]string, swapped bool) {
	if a > b {
		return [2]string{b, a}, true
	}
	return [2]string{a, b}, false
}

// usage counts what stands directly before and after expressions in the texts, for those that too few passages speak
// for.
type usage map[string]map[[3]rune]float64

func (s *site) usage(found map[[2]string]*pairing) usage {
	u := make(usage)
	for key, p := range found {
		if p.against == 0 && len(p.passages) < enoughPassages {
			u[key[0]] = make(map[[3]rune]float64)
			u[key[1]] = make(map[[3]rune]float64)
		}
	}
	if len(u) == 0 {
		return u
	}
	for _, text := range s.text {
		starts := make([]int, 0, len(text)+1) // of its characters, and its end
		for at := range text {
			starts = append(starts, at)
		}
		starts = append(starts, len(text))
		character := func(i int) rune {
			r, _ := utf8.DecodeRuneInString(text[starts[i]:])
			return r
		}
		last := len(starts) - 1
		for at := range last {
			for to := at + 2; to <= min(at+longestExpression, last); to++ {
				seen, ok := u[text[starts[at]:starts[to]]]
				if !ok {
					continue
				}
				if at > 1 {
					seen[[3]rune{'<', character(at - 2), character(at - 1)}]++
				}
				if to+1 < last {
					seen[[3]rune{'>', character(to), character(to + 1)}]++
				}
			}
		}
	}
	return u
}

// similarity is the cosine of the roots of the counts of two expressions, 0 when either is rare.
func (u usage) similarity(key [2]string) float64 {
	a, b := u[key[0]], u[key[1]]
	sumA, sumB, both := 0.0, 0.0, 0.0
	for k, n := range a {
		sumA += n
		both += math.Sqrt(n * b[k])
	}
	for _, n := range b {
		sumB += n
	}
	if min(sumA, sumB) < 2*usedOften {
		return 0
	}
	return both / math.Sqrt(sumA*sumB)
}

// unknown keeps each pair once, with its first source, unless the editors have it in _search/synonyms.yaml already.
func (s *site) unknown(list []Synonym) []Synonym {
	known := make(map[string]int)
	for i, g := range s.library.Synonyms {
		for _, w := range g.Words {
			known[strings.ToLower(strings.Join(strings.Fields(w), ""))] = i + 1
		}
	}
	seen := make(map[[2]string]bool)
	return slices.DeleteFunc(list, func(y Synonym) bool {
		group := known[strings.ReplaceAll(y.key[0], " ", "")]
		drop := seen[y.key] || group > 0 && group == known[strings.ReplaceAll(y.key[1], " ", "")]
		seen[y.key] = true
		return drop
	})
}
