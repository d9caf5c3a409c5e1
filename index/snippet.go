package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jieda/index/analysis"
)

const (
	// snippetLen is the length of a snippet in characters: three lines on a phone.
	snippetLen = 110
	// lead is how many characters may stand before the first mark.
	lead = 24
	// chunkLen is how much of a long passage is looked at in one go, in bytes.
	chunkLen = 4 << 10
)

// A marker finds the words of one question in the texts of its hits, on the letters that the reader sees: a question
// in simplified characters marks traditional text, ｉＰｈｏｎｅ is marked for iphone.
type marker struct {
	// pairs are what each pair of Han characters of the question is worth; chars is used when it has no pair.
	pairs map[[2]rune]float64
	chars map[rune]float64
	latin map[string]float64
}

func newMarker(q *query) *marker {
	m := &marker{pairs: map[[2]rune]float64{}, chars: map[rune]float64{}, latin: map[string]float64{}}
	for _, t := range q.terms {
		_, text, _ := strings.Cut(t.text, ":")
		if analysis.Weight(t.key) < 1 {
			continue
		}
		switch t.key.Kind() {
		case analysis.Bigram:
			first, n := utf8.DecodeRuneInString(text)
			second, _ := utf8.DecodeRuneInString(text[n:])
			m.pairs[[2]rune{first, second}] = t.inText
		case analysis.Char:
			r, _ := utf8.DecodeRuneInString(text)
			m.chars[r] = t.inText
		case analysis.Latin:
			m.latin[text] = t.inText
		}
	}
	if len(m.pairs) > 0 || len(m.latin) > 0 {
		m.chars = nil
	}
	return m
}

// A mark is a place in a text, in bytes, and what it is worth.
type mark struct {
	from, to int
	weight   float64
}

// snippet cuts the most telling part out of text and says what to highlight in it, in characters (runes).
func (m *marker) snippet(text string, traditional bool) (string, [][2]int) {
	script := analysis.Simplified
	if traditional {
		script = analysis.Traditional
	}
	// The first chunk that holds anything is taken.
	start := 0
	var marks []mark
	for at := 0; at < len(text); {
		end := runeStart(text, at+chunkLen)
		if marks = m.marks(text[at:end], script); len(marks) > 0 {
			for i := range marks {
				marks[i].from, marks[i].to = marks[i].from+at, marks[i].to+at
			}
			start = at
			break
		}
		at = end
	}
	from, to := window(text, start, marks)
	var b strings.Builder
	b.Grow(to - from)
	for _, r := range text[from:to] {
		if unicode.IsControl(r) || r == utf8.RuneError {
			r = ' '
		}
		b.WriteRune(r)
	}
	highlights := [][2]int{}
	at, runes := from, 0
	count := func(to int) int {
		runes += utf8.RuneCountInString(text[at:to])
		at = to
		return runes
	}
	for _, k := range marks {
		if k.from < from || k.to > to {
			continue
		}
		span := [2]int{count(k.from), 0}
		span[1] = count(k.to)
		if n := len(highlights); n > 0 && highlights[n-1][1] == span[0] {
			highlights[n-1][1] = span[1]
			continue
		}
		highlights = append(highlights, span)
	}
	return b.String(), highlights
}

// marks returns what is worth marking in text, in order, not overlapping.
func (m *marker) marks(text string, script analysis.Script) []mark {
	f := analysis.FoldMapped(text, script)
	var marks []mark
	add := func(from, to int, weight float64) { // in folded text
		from, to = f.Span(from, to)
		if n := len(marks); n > 0 && from < marks[n-1].to {
			marks[n-1].to = max(to, marks[n-1].to)
			marks[n-1].weight += weight
			return
		}
		marks = append(marks, mark{from, to, weight})
	}
	folded := f.Text
	var previous rune
	previousAt := 0
	for i := 0; i < len(folded); {
		r, size := utf8.DecodeRuneInString(folded[i:])
		if !isHan(r) {
			previous = 0
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				i += size
				continue
			}
			end := i + latinRun(folded[i:])
			m.markLatin(folded, i, end, add)
			i = end
			continue
		}
		if w, ok := m.chars[r]; ok {
			add(i, i+size, w)
		}
		if previous != 0 {
			if w, ok := m.pairs[[2]rune{previous, r}]; ok {
				add(previousAt, i+size, w)
			}
		}
		previous, previousAt = r, i
		i += size
	}
	return marks
}

// isHan is unicode.Is(unicode.Han, r), quickly for the characters of nearly all text.
func isHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || (r < 0x20 || r > 0x7E) && unicode.Is(unicode.Han, r)
}

// latinRun is the length of the run of letters, digits and the signs inside names at the front of s.
func latinRun(s string) int {
	for i, r := range s {
		if isHan(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.+#-", r) {
			return i
		}
	}
	return len(s)
}

// markLatin marks the run, or else the parts of it that the question has.
func (m *marker) markLatin(folded string, from, to int, add func(from, to int, weight float64)) {
	if len(m.latin) == 0 {
		return
	}
	if w, ok := m.latin[strings.TrimRight(folded[from:to], "_.-")]; ok {
		add(from, from+len(strings.TrimRight(folded[from:to], "_.-")), w)
		return
	}
	kind := func(r rune) int {
		switch {
		case unicode.IsDigit(r):
			return 1
		case unicode.IsLetter(r):
			return 2
		}
		return 0
	}
	for i := from; i < to; {
		first, _ := utf8.DecodeRuneInString(folded[i:])
		end := i
		for end < to {
			r, size := utf8.DecodeRuneInString(folded[end:])
			if kind(r) != kind(first) {
				break
			}
			end += size
		}
		if w, ok := m.latin[folded[i:end]]; ok && kind(first) != 0 {
			add(i, end, w)
		}
		i = end
	}
}

// window chooses the part of text to show: the stretch of snippetLen characters with the most telling marks, begun at
// the sentence if that is near. start is where to begin when nothing is marked.
func window(text string, start int, marks []mark) (from, to int) {
	from = start
	best := 0.0
	for i := range marks {
		sum := 0.0
		distinct := map[string]bool{}
		for j := i; j < len(marks) && marks[j].to-marks[i].from <= 3*(snippetLen-lead); j++ {
			word := text[marks[j].from:marks[j].to]
			if !distinct[word] {
				distinct[word] = true
				sum += marks[j].weight
			}
		}
		if sum > best {
			best, from = sum, marks[i].from
		}
		if i == 64 {
			break // the beginning of a long text is as good
		}
	}
	if from > start {
		from = sentenceStart(text, start, from)
	}
	to = from
	for n := 0; to < len(text) && n < snippetLen; n++ {
		_, size := utf8.DecodeRuneInString(text[to:])
		to += size
	}
	// Never through a mark.
	at, _ := slices.BinarySearchFunc(marks, to, func(m mark, to int) int { return m.from - to })
	if at > 0 && marks[at-1].from > from && marks[at-1].to > to {
		to = marks[at-1].from
	}
	return from, to
}

// sentenceStart goes back from at to the beginning of its sentence, at most lead characters.
func sentenceStart(text string, start, at int) int {
	from := at
	for range lead {
		if from <= start {
			return start
		}
		r, size := utf8.DecodeLastRuneInString(text[start:from])
		if strings.ContainsRune("。!?;!?;\n", r) {
			return from
		}
		from -= size
	}
	// No sentence begins near by: begin a little before the mark, after a comma or blank if there is one.
	near := text[from:at]
	if i := strings.IndexAny(near, ",、,: :"); i >= 0 {
		_, size := utf8.DecodeRuneInString(near[i:])
		return from + i + size
	}
	return from
}

// runeStart is the start of the character at or before i; len(s) when i is beyond.
func runeStart(s string, i int) int {
	if i >= len(s) {
		return len(s)
	}
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
