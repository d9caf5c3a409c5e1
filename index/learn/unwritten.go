package learn

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"jieda/content"
)

// Unwritten is a word that customers use and the site never does.
type Unwritten struct {
	Word  string `json:"word"`
	Count int    `json:"count"` // of searches
	// Articles are the ids of those in which the searches ended, Examples at most maxExamples of the searches.
	Articles []string `json:"articles"`
	Examples []string `json:"examples"`
}

// A saying is a word that the site never writes, with the searches that hold it.
type saying struct {
	shown    string
	searches []asked
	// says are the expressions of the site in its place, with how many searches speak for each.
	says map[string]*Synonym
}

// fromLog looks at the words of searches that the site never writes and that ended in an article all the same. Where a
// search and a question of that article differ in one expression (买贵了怎么办, 保价怎么办), the two may mean the same.
func (s *site) fromLog(all []asked) (synonyms []Synonym, unwritten []Unwritten) {
	sayings := make(map[string]*saying)
	for _, a := range all {
		if a.passage < 0 {
			continue
		}
		for _, w := range s.strange(a.words) {
			said := sayings[w.folded]
			if said == nil {
				said = &saying{shown: w.shown, says: make(map[string]*Synonym)}
				sayings[w.folded] = said
			}
			said.searches = append(said.searches, a)
			s.align(said, a, w)
		}
	}
	for _, said := range sayings {
		if len(said.searches) < enoughSearches {
			continue
		}
		var best *Synonym
		for _, y := range said.says {
			if best == nil || bySupport(*y, *best) < 0 {
				best = y
			}
		}
		if best != nil && best.Count >= enoughSearches {
			synonyms = append(synonyms, *best)
			continue
		}
		u := Unwritten{Word: said.shown, Count: len(said.searches)}
		for _, a := range said.searches {
			if id := s.passages[a.passage].article.ID; !slices.Contains(u.Articles, id) {
				u.Articles = append(u.Articles, id)
			}
			if len(u.Examples) < maxExamples && !slices.Contains(u.Examples, a.search.Query) {
				u.Examples = append(u.Examples, a.search.Query)
			}
		}
		unwritten = append(unwritten, u)
	}
	slices.SortFunc(synonyms, bySupport)
	slices.SortFunc(unwritten, func(a, b Unwritten) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Word, b.Word)) })
	return synonyms, unwritten
}

// strange are the words of a search that the site never writes, and rows of single characters that it never writes: 退钱
// even when it is cut into 退 and 钱. Two words that the site writes, only never side by side, are not strange.
func (s *site) strange(words []word) (list []word) {
	single := func(w word) bool { return utf8.RuneCountInString(w.folded) == 1 && !content.FunctionWords(w.folded) }
	for from := 0; from < len(words); from++ {
		to := from + 1
		for single(words[from]) && to < len(words) && to < from+longestSlot && single(words[to]) {
			to++
		}
		folded, shown := join(words[from:to])
		if n := utf8.RuneCountInString(folded); n < 2 || n > longestExpression || content.FunctionWords(folded) ||
			strings.ContainsFunc(folded, isNumeral) || s.writes(folded) {
			continue
		}
		list = append(list, word{folded, shown})
		from = to - 1
	}
	return list
}

// align finds what the questions of the passage say where a search has a strange expression.
func (s *site) align(said *saying, a asked, strange word) {
	counted := make(map[string]bool)
	slots(wording{words: a.words}, func(context string, mine expression) {
		if mine.folded != strange.folded {
			return
		}
		for _, w := range s.passages[a.passage].wordings {
			slots(w, func(other string, theirs expression) {
				if other != context || counted[theirs.folded] || !exchangeable(mine, theirs) {
					return
				}
				counted[theirs.folded] = true
				y := said.says[theirs.folded]
				if y == nil {
					key, _ := sorted(mine.folded, theirs.folded)
					y = &Synonym{Words: []string{theirs.shown, mine.shown}, OneWay: true, Source: FromLog, key: key}
					said.says[theirs.folded] = y
				}
				y.Count++
				if len(y.Examples) < maxExamples {
					y.Examples = append(y.Examples, []string{a.search.Query, w.text})
				}
			})
		}
	})
}
