package learn

import (
	"slices"
	"strings"
	"unicode"

	"jieda/content"
	"jieda/index/analysis"
)

// A site is a Library, cut into words.
type site struct {
	library   *content.Library
	segmenter analysis.Segmenter
	passages  []passage
	byID      map[string]int // of passages
	first     map[string]int // passage of an article, by its id
	// pairs are the pairs of neighbouring characters in all that the site writes, text all of it in pieces of one
	// passage each: what tells whether it ever uses a word.
	pairs map[[2]rune]bool
	text  []string
}

// A passage is a content.Passage with the ways in which it is asked.
type passage struct {
	article  *content.Article
	passage  *content.Passage
	script   analysis.Script
	wordings []wording
}

// A wording is one way to ask, as words: letters, digits and Han, nothing else.
type wording struct {
	text  string // as it was written
	words []word
}

// A word is folded; shown is how it was written.
type word struct{ folded, shown string }

// join puts words together again: blanks only between Latin ones.
func join(words []word) (folded, shown string) {
	for i, w := range words {
		if i > 0 && isLatinWord(words[i-1].folded) && isLatinWord(w.folded) {
			folded += " "
			shown += " "
		}
		folded += w.folded
		shown += w.shown
	}
	return folded, shown
}

func isLatinWord(s string) bool { return s != "" && !isHan([]rune(s)[0]) }

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func newSite(library *content.Library, segmenter analysis.Segmenter) *site {
	s := &site{library: library, segmenter: segmenter, byID: make(map[string]int), first: make(map[string]int), pairs: make(map[[2]rune]bool)}
	for i := range library.Articles {
		a := &library.Articles[i]
		s.first[a.ID] = len(s.passages)
		var all strings.Builder
		all.WriteString(a.Title)
		for n := range a.Passages {
			all.WriteString("\n" + a.Passages[n].Question + "\n" + a.Passages[n].Text)
		}
		script := analysis.DetectScript(all.String())
		for n := range a.Passages {
			s.byID[a.Passages[n].ID] = len(s.passages)
			s.add(a, n, script)
		}
	}
	return s
}

// add takes passage n of an article.
func (s *site) add(a *content.Article, n int, script analysis.Script) {
	p := passage{article: a, passage: &a.Passages[n], script: script}
	// A section of a training article is called 费用 or 概述, which is no question.
	var asked []string
	if n == 0 {
		asked = append(asked, a.Title)
	}
	if a.Kind == content.FAQ {
		asked = append(asked, p.passage.Question)
	}
	asked = append(asked, p.passage.Alternates...)
	for _, text := range asked {
		if !slices.ContainsFunc(p.wordings, func(w wording) bool { return w.text == text }) {
			p.wordings = append(p.wordings, wording{text, s.words(text, script)})
		}
	}
	all := append([]string{a.Title, p.passage.Question, p.passage.Text}, p.passage.Alternates...)
	all = append(append(all, p.passage.Keywords...), a.Keywords...)
	text := analysis.Fold(strings.Join(all, "\n"), script)
	s.text = append(s.text, text)
	last := rune(0)
	for _, r := range text {
		if last != 0 {
			s.pairs[[2]rune{last, r}] = true
		}
		last = r
	}
	s.passages = append(s.passages, p)
}

// writes says whether the site ever uses a folded word.
func (s *site) writes(folded string) bool {
	last := rune(0)
	for _, r := range folded {
		if last != 0 && !s.pairs[[2]rune{last, r}] {
			return false
		}
		last = r
	}
	return slices.ContainsFunc(s.text, func(text string) bool { return strings.Contains(text, folded) })
}

// words cuts a text.
func (s *site) words(text string, script analysis.Script) (words []word) {
	folded := analysis.FoldMapped(text, script)
	add := func(start, end int) {
		from, to := folded.Span(start, end)
		words = append(words, word{folded.Text[start:end], text[from:to]})
	}
	kind, start := 0, 0 // of the run that is open: 0 none, 1 Latin, 2 Han
	end := func(at int) {
		switch kind {
		case 1:
			add(start, at)
		case 2:
			for _, w := range s.segmenter.Cut(folded.Text[start:at]) {
				add(start, start+len(w))
				start += len(w)
			}
		}
	}
	for at, r := range folded.Text {
		is := 0
		switch {
		case isHan(r):
			is = 2
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			is = 1
		}
		if is != kind {
			end(at)
			kind, start = is, at
		}
	}
	end(len(folded.Text))
	return words
}

// compact is what two questions must share to be the same but for blanks and punctuation.
func compact(words []word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.folded)
	}
	return b.String()
}
