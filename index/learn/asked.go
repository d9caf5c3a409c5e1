package learn

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"jieda/index"
	"jieda/index/analysis"
)

const (
	// patience is how long after a search that led nowhere the same visitor may search again for the same thing.
	patience = 3 * time.Minute
	// shortest and longest are how many characters a question has that is worth keeping.
	shortest, longest = 4, 40
	// sameWording is the share of pairs of characters (Dice) from which two searches are the same question.
	sameWording = 0.6
	maxGaps     = 100
)

// asked is a search and where it ended.
type asked struct {
	search  *Search
	words   []word
	compact string
	// passage is the one that the visitor found in the end, -1 when there is none, or several.
	passage int
	helpful bool
	// found says that the visitor opened something.
	found bool
}

// personal is what only the customer can know: links, mail addresses, and six digits or more.
var personal = regexp.MustCompile(`(?i)https?:|www\.|@|\d(?:[ -]?\d){5,}|身份证号|身份證號|我叫|我的名字|姓名(?:是|:|：)`)

// asked finds out where each search ended: with the one article that the visitor opened or called helpful, after this
// search or, when it led nowhere, after the next one. Searches with personal data are left out.
func (s *site) asked(searches []Search) (list []asked) {
	last := make(map[string]int) // by session: the search that led nowhere
	for i := range searches {
		search := &searches[i]
		script := analysis.DetectScript(search.Query)
		if personal.MatchString(analysis.Fold(search.Query, script)) {
			continue
		}
		a := asked{search: search, words: s.words(search.Query, script), passage: -1}
		a.compact = compact(a.words)
		a.found = len(search.Opened)+len(search.Helpful) > 0
		a.passage, a.helpful = s.ended(search)
		list = append(list, a)
		if search.Session == "" {
			continue
		}
		if before, ok := last[search.Session]; ok && a.passage >= 0 && search.Time.Sub(list[before].search.Time) <= patience {
			list[before].passage, list[before].found = a.passage, true
		}
		delete(last, search.Session)
		if !a.found {
			last[search.Session] = len(list) - 1
		}
	}
	return list
}

// ended returns the passage of the one article that helped, or else was the only one opened.
func (s *site) ended(search *Search) (passage int, helpful bool) {
	ids, helpful := search.Helpful, true
	if len(ids) == 0 {
		ids, helpful = search.Opened, false
	}
	if len(ids) != 1 {
		return -1, false
	}
	for _, shown := range search.Shown {
		if at, ok := s.byID[shown.Passage]; ok && shown.Article == ids[0] {
			return at, helpful
		}
	}
	if at, ok := s.first[ids[0]]; ok {
		return at, helpful
	}
	return -1, false // the article is no more
}

// An Alternate is a question that customers ask in their own way and that was not answered, though they found what they
// wanted in the end.
type Alternate struct {
	Article  string `json:"article_id"`
	Passage  string `json:"passage_id"`
	Path     string `json:"path"`     // of the article's file
	Line     int    `json:"line"`     // where the passage begins in it
	Standard string `json:"question"` // of the passage
	// Text is the most frequent of the ways to ask it; Others are the rest that are much alike.
	Text   string   `json:"text"`
	Others []string `json:"others"`
	// Count is how many searches they are, Helpful after how many of them the customer said that the article helped.
	Count   int `json:"count"`
	Helpful int `json:"helpful"`
}

// A Gap is a question that nothing was found for.
type Gap struct {
	Text   string   `json:"text"`
	Others []string `json:"others"`
	Count  int      `json:"count"`
}

// alternates are suggested from two searches on, or one after which the article was said to help.
func (s *site) alternates(all []asked) []Alternate {
	byPassage := make(map[int][]asked)
	for _, a := range all {
		if a.passage < 0 || a.search.Decision == index.Answer || !worthKeeping(a.compact) {
			continue
		}
		if slices.ContainsFunc(s.passages[a.passage].wordings, func(w wording) bool { return compact(w.words) == a.compact }) {
			continue
		}
		byPassage[a.passage] = append(byPassage[a.passage], a)
	}
	var list []Alternate
	for at, some := range byPassage {
		p := &s.passages[at]
		for _, g := range group(some) {
			helpful := 0
			for _, a := range g.all {
				if a.helpful {
					helpful++
				}
			}
			if len(g.all) < enoughSearches && helpful == 0 {
				continue
			}
			list = append(list, Alternate{
				Article: p.article.ID, Passage: p.passage.ID, Path: p.article.Path, Line: p.passage.Line, Standard: p.passage.Question,
				Text: g.text, Others: g.others, Count: len(g.all), Helpful: helpful,
			})
		}
	}
	slices.SortFunc(list, func(a, b Alternate) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), a.Line-b.Line, b.Count-a.Count, strings.Compare(a.Text, b.Text))
	})
	return list
}

// gaps are the searches after which nothing could be said and nothing was opened, the most frequent first.
func (s *site) gaps(all []asked) []Gap {
	some := slices.DeleteFunc(slices.Clone(all), func(a asked) bool {
		return a.found || a.search.Decision != index.None || !worthKeeping(a.compact)
	})
	var list []Gap
	for _, g := range group(some) {
		list = append(list, Gap{Text: g.text, Others: g.others, Count: len(g.all)})
	}
	slices.SortFunc(list, func(a, b Gap) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Text, b.Text)) })
	return list[:min(len(list), maxGaps)]
}

func worthKeeping(compact string) bool {
	n := utf8.RuneCountInString(compact)
	return n >= shortest && n <= longest
}

// A wayOfAsking is searches that are much alike.
type wayOfAsking struct {
	all    []asked
	text   string // the most frequent, of several the shortest
	others []string
	pairs  map[[2]rune]bool
}

// group puts searches together: equal ones first, then, the most frequent and shortest ones first, each with the group
// that it is most alike to.
func group(some []asked) (groups []*wayOfAsking) {
	equal := make(map[string][]asked)
	for _, a := range some {
		equal[a.compact] = append(equal[a.compact], a)
	}
	keys := make([]string, 0, len(equal))
	for key := range equal {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(len(equal[b])-len(equal[a]), len(a)-len(b), strings.Compare(a, b))
	})
	holding := make(map[[2]rune][]*wayOfAsking)
	for _, key := range keys {
		pairs := pairsOf(key)
		text := strings.Join(strings.Fields(equal[key][0].search.Query), " ")
		var best *wayOfAsking
		share := 0.0
		tried := make(map[*wayOfAsking]bool)
		for pair := range pairs {
			for _, g := range holding[pair] {
				if !tried[g] {
					tried[g] = true
					if d := dice(pairs, g.pairs); d >= sameWording && (d > share || d == share && g.text < best.text) {
						best, share = g, d
					}
				}
			}
		}
		if best != nil {
			best.all = append(best.all, equal[key]...)
			best.others = append(best.others, text)
			continue
		}
		g := &wayOfAsking{all: equal[key], text: text, others: []string{}, pairs: pairs}
		groups = append(groups, g)
		for pair := range pairs {
			holding[pair] = append(holding[pair], g)
		}
	}
	return groups
}

// pairsOf are the pairs of neighbouring characters of a text.
func pairsOf(text string) map[[2]rune]bool {
	pairs := make(map[[2]rune]bool)
	last := rune(0)
	for _, r := range text {
		if last != 0 {
			pairs[[2]rune{last, r}] = true
		}
		last = r
	}
	return pairs
}

// dice is 2·|A∩B|/(|A|+|B|). Source: L. R. Dice, "Measures of the Amount of Ecologic Association Between Species", 1945.
func dice(a, b map[[2]rune]bool) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	shared := 0
	for pair := range a {
		if b[pair] {
			shared++
		}
	}
	return 2 * float64(shared) / float64(len(a)+len(b))
}
