package content

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Word 词 is an entry of the site's dictionary.
type Word struct {
	Text string // Chinese characters only, at most maxWord
	Freq int    // defaultFreq when not given; never below 1
	Tag  string // part of speech, "n"; empty when not given
}

const (
	// defaultFreq makes a word win against the shorter words in it, and is what gojieba's own users give.
	defaultFreq = 20000
	maxFreq     = 100_000_000
	// maxWord is how many characters a word may have: the segmenter makes one word of all of them, whatever is asked.
	maxWord = 20
)

// readWords reads the dictionary: one word per line, "惠民保 20000 n", frequency and part of speech optional, with
// comments from "#" on. What jieba would silently ignore, or would do harm, is left out and reported.
func readWords(data []byte) (words []Word, problems []Problem) {
	text, problems := decode(dictionaryPath, data)
	seen := make(map[string]int)
	n := 0
	for line := range strings.Lines(text) {
		n++
		entry, _, _ := strings.Cut(line, "#")
		if strings.TrimSpace(entry) == "" {
			continue
		}
		word, code, args := parseWord(entry)
		if code == "" && seen[word.Text] > 0 {
			code, args = wordTwice, []string{word.Text, strconv.Itoa(seen[word.Text])}
		}
		if code != "" {
			problems = append(problems, Problem{Path: dictionaryPath, Line: n, Code: code, Args: args})
			continue
		}
		seen[word.Text] = n
		words = append(words, word)
	}
	return words, problems
}

// parseWord reads one line. Code is empty when the line is right.
func parseWord(line string) (word Word, code Code, args []string) {
	fields := strings.Fields(line)
	word = Word{Text: fields[0], Freq: defaultFreq}
	rest := fields[1:]
	if len(rest) > 0 && looksLikeNumber(rest[0]) {
		freq, err := strconv.Atoi(rest[0])
		if err != nil || freq < 1 || freq > maxFreq {
			return word, wordFrequency, []string{word.Text, rest[0]}
		}
		word.Freq, rest = freq, rest[1:]
	}
	if len(rest) > 0 && isTag(rest[0]) {
		word.Tag, rest = rest[0], rest[1:]
	}
	switch {
	case len(rest) > 0:
		return word, wordSyntax, []string{cutText(strings.TrimSpace(line), 30)}
	case utf8.RuneCountInString(word.Text) > maxWord:
		return word, wordLong, []string{cutText(word.Text, 30)}
	case strings.ContainsFunc(word.Text, func(r rune) bool { return !unicode.Is(unicode.Han, r) }):
		return word, wordNotHan, []string{word.Text}
	}
	return word, "", nil
}

func looksLikeNumber(s string) bool { return strings.Trim(s, "+-.0123456789") == "" }

// isTag tells parts of speech such as "n", "nz" and "eng" from the second half of a word that was written with a blank.
func isTag(s string) bool {
	return len(s) <= 5 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
}
