package analysis

import (
	"strings"
	"unicode/utf8"
)

// Longest is a Segmenter that takes the longest word of a list at every place, and single characters where there is
// none. It needs neither memory nor time to make, which is what tests want, but cuts worse than [Jieba].
type Longest struct {
	words  map[string]bool
	length int // of the longest word, in bytes
}

var _ Segmenter = (*Longest)(nil)

// NewLongest returns a Longest that knows the words, which are folded.
func NewLongest(words ...string) *Longest {
	l := &Longest{words: map[string]bool{}}
	for _, w := range words {
		l.words[w] = true
		l.length = max(l.length, len(w))
	}
	return l
}

// Cut implements [Segmenter].
func (l *Longest) Cut(text string) []string {
	var words []string
	for text != "" {
		_, n := utf8.DecodeRuneInString(text)
		for end := min(len(text), l.length); end > n; end-- {
			if l.words[text[:end]] && !strings.Contains(text[:end], "\n") {
				n = end
				break
			}
		}
		words = append(words, text[:n])
		text = text[n:]
	}
	return words
}

// Close implements [Segmenter].
func (l *Longest) Close() error { return nil }
