package learn

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"jieda/index"
)

// A Duplicate is a question that two articles answer: merge them, or say in the questions what is different.
type Duplicate struct {
	Questions  [2]string `json:"questions"`
	Passages   [2]string `json:"passage_ids"`
	Places     [2]Place  `json:"places"`
	Similarity float64   `json:"similarity"` // of the questions, 0–1
	SameAnswer bool      `json:"same_answer"`
}

// A Place is a line of a file.
type Place struct {
	Path string `json:"path"`
	Line int    `json:"line"`
}

const (
	// nearlySame is the share of their pairs of characters, each weighted by its rarity (weighted Jaccard), from which two
	// questions are nearly the same.
	nearlySame = 0.8
	// sameAnswerFrom is the share of pairs of characters (Dice) from which two answers are the same.
	sameAnswerFrom = 0.7
	maxDuplicates  = 200
)

// A question is a wording with its pairs of characters, the rarest first.
type question struct {
	passage int
	text    string
	compact string
	names   string // see namesIn
	pairs   [][2]rune
	weight  float64
}

// duplicates finds questions of different articles that are nearly the same. Those that are the same to the letter are
// a [content.Problem] already.
func (s *site) duplicates() []Duplicate {
	var all []question
	spread := make(map[[2]rune]int)
	for n := range s.passages {
		for _, w := range s.passages[n].wordings {
			q := question{passage: n, text: w.text, compact: compact(w.words)}
			if !worthKeeping(q.compact) {
				continue
			}
			for pair := range pairsOf(q.compact) {
				q.pairs = append(q.pairs, pair)
				spread[pair]++
			}
			q.names = namesIn(w.words, q.compact)
			all = append(all, q)
		}
	}
	rarity := func(pair [2]rune) float64 { return math.Log(1 + float64(len(all))/float64(spread[pair])) }
	holding := make(map[[2]rune][]int)
	best := make(map[[2]int]Duplicate) // by passages
	for i := range all {
		q := &all[i]
		slices.SortFunc(q.pairs, func(a, b [2]rune) int { return cmp.Or(spread[a]-spread[b], slices.Compare(a[:], b[:])) })
		for _, pair := range q.pairs {
			q.weight += rarity(pair)
		}
		// Of two that share so much, the rarest pairs of one must hold one of the other's rarest.
		tried := make(map[int]bool)
		rest := q.weight
		for _, pair := range q.pairs {
			if rest < nearlySame*q.weight {
				break
			}
			rest -= rarity(pair)
			for _, j := range holding[pair] {
				if tried[j] {
					continue
				}
				tried[j] = true
				s.compare(&all[j], q, rarity, best)
			}
			holding[pair] = append(holding[pair], i)
		}
	}
	var list []Duplicate
	for at, d := range best {
		for side := range at {
			p := &s.passages[at[side]]
			d.Passages[side] = p.passage.ID
			d.Places[side] = Place{p.article.Path, p.passage.Line}
		}
		a, b := s.passages[at[0]].passage.Text, s.passages[at[1]].passage.Text
		d.SameAnswer = a == b || dice(pairsOf(a), pairsOf(b)) >= sameAnswerFrom
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b Duplicate) int {
		return cmp.Or(cmp.Compare(b.Similarity, a.Similarity), slices.Compare(a.Passages[:], b.Passages[:]))
	})
	return list[:min(len(list), maxDuplicates)]
}

// compare notes two questions that are nearly the same, unless the passages have a more similar pair.
func (s *site) compare(a, b *question, rarity func([2]rune) float64, best map[[2]int]Duplicate) {
	if s.passages[a.passage].article == s.passages[b.passage].article || a.text == b.text || a.names != b.names || index.Opposite(a.compact, b.compact) {
		return
	}
	shared := 0.0
	for _, pair := range a.pairs {
		if slices.Contains(b.pairs, pair) {
			shared += rarity(pair)
		}
	}
	similarity := shared / (a.weight + b.weight - shared)
	at := [2]int{a.passage, b.passage}
	if similarity >= nearlySame && similarity > best[at].Similarity {
		best[at] = Duplicate{Questions: [2]string{a.text, b.text}, Similarity: math.Round(similarity*100) / 100}
	}
}

// namesIn are the numbers, the names and the denial of a question, which make it another one: 3天 and 7天, E0421 and
// E0422, 能送货吗 and 不能送货吗; 能不能送货 is no denial.
func namesIn(words []word, compact string) string {
	var names []string
	for _, w := range words {
		if isLatinWord(w.folded) || strings.ContainsFunc(w.folded, isNumeral) {
			names = append(names, w.folded)
		}
	}
	for _, either := range []string{"能不能", "是不是", "有没有", "会不会", "可不可以", "要不要"} {
		compact = strings.ReplaceAll(compact, either, "")
	}
	if denies(compact) {
		names = append(names, "不")
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
