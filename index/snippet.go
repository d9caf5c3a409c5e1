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
	latin []markedName
	// grouped are its numbers as articles may write them, 12,000; nil when they have fewer than four digits.
	grouped []markedName
	// Nearly every pair and run is of no interest: these say so without looking it up.
	pairSeen  [512]bool // by pairHash
	latinSeen [128]bool // first characters of latin, ASCII ones; others are always looked up

	found []mark // working memory of marks
}

// A markedName is a name, number or code of the question, in small letters, and what it is worth.
type markedName struct {
	text   string
	weight float64
}

func pairHash(first, second rune) int { return int(first*31+second) & 511 }

func newMarker(q *query) *marker {
	m := &marker{pairs: map[[2]rune]float64{}, chars: map[rune]float64{}}
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
			m.pairSeen[pairHash(first, second)] = true
		case analysis.Char:
			r, _ := utf8.DecodeRuneInString(text)
			m.chars[r] = t.inText
		case analysis.Latin:
			m.latin = append(m.latin, markedName{text, t.inText})
			if with := grouped(text); with != "" {
				m.grouped = append(m.grouped, markedName{with, t.inText})
			}
			if c := text[0]; c < utf8.RuneSelf {
				m.latinSeen[c] = true
			}
		}
	}
	if len(m.pairs) > 0 || len(m.latin) > 0 {
		m.chars = nil
	}
	return m
}

// grouped is a whole number of four digits or more with commas, 12,000 for 12000; empty for anything else.
func grouped(name string) string {
	if len(name) < 4 || name[0] == '0' || strings.Trim(name, "0123456789") != "" {
		return ""
	}
	with := []byte(name[:(len(name)-1)%3+1])
	for rest := name[len(with):]; rest != ""; rest = rest[3:] {
		with = append(append(with, ','), rest[:3]...)
	}
	return string(with)
}

// A mark is a place in a text, in bytes, and what it is worth.
type mark struct {
	from, to int
	weight   float64
}

// snippet cuts the most telling part out of text and says what to highlight in it, in characters (runes).
func (m *marker) snippet(text string, traditional bool) (string, [][2]int) {
	// The first chunk that holds anything is taken.
	start := 0
	var marks []mark
	for at := 0; at < len(text); {
		end := runeStart(text, at+chunkLen)
		if marks = m.marks(text[at:end], traditional); len(marks) > 0 {
			for i := range marks {
				marks[i].from, marks[i].to = marks[i].from+at, marks[i].to+at
			}
			start = at
			break
		}
		at = end
	}
	from, to := window(text, start, marks)
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
	return printable(text[from:to]), highlights
}

// printable has a blank for everything that cannot be shown.
func printable(s string) string {
	var shown []byte // s as far as done; nil as long as nothing was hidden
	done := 0
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c <= '~' {
			i++
			continue
		}
		if usualHan(s[i:]) != 0 {
			i += 3
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsControl(r) || r == utf8.RuneError {
			if shown == nil {
				shown = make([]byte, 0, len(s))
			}
			shown = append(append(shown, s[done:i]...), ' ')
			done = i + size
		}
		i += size
	}
	if shown == nil {
		return s
	}
	return string(append(shown, s[done:]...))
}

// marks returns what is worth marking in text, in order, not overlapping. Traditional text is folded for it, because
// its words may be others in simplified characters (軟體, 软件), which costs ten times as much. The result is valid until
// the next call.
func (m *marker) marks(text string, traditional bool) []mark {
	marks := m.found[:0]
	defer func() { m.found = marks }()
	add := func(from, to int, weight float64) {
		if n := len(marks); n > 0 && from < marks[n-1].to {
			marks[n-1].to = max(to, marks[n-1].to)
			marks[n-1].weight += weight
			return
		}
		marks = append(marks, mark{from, to, weight})
	}
	if !traditional {
		m.scan(text, add)
		return marks
	}
	f := analysis.FoldMapped(text, analysis.Traditional)
	m.scan(f.Text, func(from, to int, weight float64) {
		from, to = f.Span(from, to)
		add(from, to, weight)
	})
	return marks
}

// scan calls add for every pair, character and name of the question that occurs in text, in order. Letters are folded
// one by one: case, full width, and a blank between Han characters.
func (m *marker) scan(text string, add func(from, to int, weight float64)) {
	var previous rune
	previousAt := 0
	for i := 0; i < len(text); {
		r, size := usualHan(text[i:]), 3
		if r == 0 {
			c := text[i]
			if c < utf8.RuneSelf && !inName(c) {
				if i++; c != ' ' {
					previous = 0
				}
				continue
			}
			if r, size = utf8.DecodeRuneInString(text[i:]); !isHan(r) {
				previous = 0
				if isPunctuation(r) || !isAlphanumeric(r) {
					i += size
					continue
				}
				if number := m.groupedAt(text[i:]); number.text != "" {
					add(i, i+len(number.text), number.weight)
					i += len(number.text)
					continue
				}
				end, mayHold := m.latinRun(text, i)
				if mayHold {
					m.scanLatin(text, i, end, add)
				}
				i = end
				continue
			}
		}
		if m.chars != nil {
			if w, ok := m.chars[r]; ok {
				add(i, i+size, w)
			}
		}
		if previous != 0 && m.pairSeen[pairHash(previous, r)] {
			if w, ok := m.pairs[[2]rune{previous, r}]; ok {
				add(previousAt, i+size, w)
			}
		}
		previous, previousAt = r, i
		i += size
	}
}

// groupedAt is the number with commas at the beginning of text; the zero value when there is none of the question's.
func (m *marker) groupedAt(text string) markedName {
	for _, number := range m.grouped {
		if strings.HasPrefix(text, number.text) {
			return number
		}
	}
	return markedName{}
}

// usualHan is the character at the beginning of s if it is one of U+4E00 to U+9FFF, as nearly all in a text are, and 0
// otherwise.
func usualHan(s string) rune {
	if len(s) < 3 || s[0]-0xE4 > 0xE9-0xE4 || (s[1]|s[2])&0xC0 != 0x80 || (s[1]&s[2])&0x80 == 0 {
		return 0
	}
	r := rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
	if r < 0x4E00 {
		return 0
	}
	return r
}

// isPunctuation says that r is one of the usual marks between words, which are no letters: it saves looking them up.
func isPunctuation(r rune) bool {
	return r >= 0x2010 && r <= 0x2027 || r >= 0x3001 && r <= 0x3003 || r >= 0x3008 && r <= 0x3011 || r >= 0xFF01 && r <= 0xFF0F ||
		r >= 0xFF1A && r <= 0xFF20
}

// isHan is unicode.Is(unicode.Han, r), quickly for the characters of nearly all text.
func isHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || (r < 0x20 || r > 0x7E) && unicode.Is(unicode.Han, r)
}

func isAlphanumeric(r rune) bool {
	if r < utf8.RuneSelf {
		return r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// narrow is the half-width form of a full-width character.
func narrow(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		return r - 0xFEE0
	}
	return r
}

// inName says whether c is an ASCII letter, digit or sign inside names.
func inName(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '+' || c == '#' || c == '-'
}

// latinRun is where the run of letters, digits and signs inside names ends that begins at from. mayHold is false when it
// certainly has none of the question's names, whole or as a part: these begin where the run does, or where letters follow
// digits or signs.
func (m *marker) latinRun(text string, from int) (end int, mayHold bool) {
	const none, number, word = 0, 1, 2
	before := -1
	for i := from; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			if usualHan(text[i:]) != 0 {
				return i, mayHold
			}
			r, size := utf8.DecodeRuneInString(text[i:])
			if r = narrow(r); isHan(r) || !isAlphanumeric(r) && !strings.ContainsRune("_.+#-", r) {
				return i, mayHold
			}
			mayHold = len(m.latin) > 0
			i += size
			continue
		}
		if !inName(c) {
			return i, mayHold
		}
		kind := none
		switch {
		case c >= '0' && c <= '9':
			kind = number
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			kind = word
			c |= 0x20
		}
		mayHold = mayHold || kind != before && m.latinSeen[c]
		before = kind
		i++
	}
	return len(text), mayHold
}

// scanLatin adds the run, or else the parts of it that the question has.
func (m *marker) scanLatin(text string, from, to int, add func(from, to int, weight float64)) {
	if whole := strings.TrimRight(text[from:to], "_.-"); m.addName(whole, from, add) {
		return
	}
	kind := func(r rune) int {
		switch r = narrow(r); {
		case unicode.IsDigit(r):
			return 1
		case unicode.IsLetter(r):
			return 2
		}
		return 0
	}
	for i := from; i < to; {
		first, size := utf8.DecodeRuneInString(text[i:])
		end := i + size
		for end < to {
			r, size := utf8.DecodeRuneInString(text[end:])
			if kind(r) != kind(first) {
				break
			}
			end += size
		}
		if kind(first) != 0 {
			m.addName(text[i:end], i, add)
		}
		i = end
	}
}

// addName adds a piece of text that begins at from if it is one of the question's names, and says whether it is.
func (m *marker) addName(piece string, from int, add func(from, to int, weight float64)) bool {
	for _, name := range m.latin {
		if sameName(piece, name.text) {
			add(from, from+len(piece), name.weight)
			return true
		}
	}
	return false
}

// sameName says whether a piece of text is a name, whatever its case and width.
func sameName(piece, name string) bool {
	for i := 0; i < len(piece) && piece[i] < utf8.RuneSelf; i++ {
		c := piece[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if i >= len(name) || c != name[i] {
			return false
		}
		if i == len(piece)-1 {
			return len(piece) == len(name)
		}
	}
	return strings.ToLower(strings.Map(narrow, piece)) == name
}

// window chooses the part of text to show: the stretch of snippetLen characters with the most telling marks, begun at
// the sentence if that is near. start is where to begin when nothing is marked.
func window(text string, start int, marks []mark) (from, to int) {
	from = start
	best := 0.0
	var words []string
	for i := range marks {
		sum := 0.0
		words = words[:0]
		for j := i; j < len(marks) && marks[j].to-marks[i].from <= 3*(snippetLen-lead); j++ {
			word := text[marks[j].from:marks[j].to]
			if !slices.Contains(words, word) {
				words = append(words, word)
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
	// Punctuation and blanks say nothing at the front.
	for from < len(text) {
		r, size := utf8.DecodeRuneInString(text[from:])
		if !unicode.IsSpace(r) && !strings.ContainsRune("。！？；，、：!?;,:)）”’」』】", r) {
			break
		}
		from += size
	}
	to = from
	for n := 0; to < len(text); to++ {
		if utf8.RuneStart(text[to]) {
			if n == snippetLen {
				break
			}
			n++
		}
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
		if strings.ContainsRune("。！？；!?;\n", r) {
			return from
		}
		from -= size
	}
	// No sentence begins near by: begin a little before the mark, after a comma or blank if there is one.
	near := text[from:at]
	if i := strings.IndexAny(near, "，、,： :"); i >= 0 {
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
