package index

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"jieda/content"
	"jieda/index/analysis"
)

const (
	// maxWordings is how many wordings of a question are completed, the standard question first.
	maxWordings = 10
	// maxWording is how many bytes of a wording are completed, some sixty characters: nobody types more of a question
	// to have the rest offered. With maxWordings it bounds what an entry takes.
	maxWording = 192
)

// A completion is something to offer while a customer types: a passage's question, or an article's title.
type completion struct {
	passage uint32
	// tier says how popular it is; 0 is the most popular. Until the log counts, it is the editor's weight.
	tier    uint32
	ofTitle bool   // its text is the title of the article to which the passage belongs
	keys    string // see wordingKeys
}

// wordingKeys are what may be typed of a question, folded and compact: the question in one line, its alternates in the
// next ones. A traditional wording stands twice in its line where it is two in simplified characters, letter by letter
// and in the mainland's words, with a tab between: 軟體下載 as 软体下载 and 软件下载.
func wordingKeys(s analysis.Script, question string, alternates []string) string {
	var b strings.Builder
	for i, w := range append([]string{question}, alternates...) {
		if i == maxWordings {
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		letters := wordingKey(w, analysis.Simplified)
		b.WriteString(letters)
		if s != analysis.Traditional {
			continue
		}
		if words := wordingKey(w, s); words != letters {
			b.WriteByte('\t')
			b.WriteString(words)
		}
	}
	return b.String()
}

func wordingKey(w string, s analysis.Script) string {
	key := compact(analysis.Fold(w, s))
	if len(key) <= maxWording {
		return key
	}
	end := maxWording
	for !utf8.RuneStart(key[end]) {
		end--
	}
	return key[:end]
}

// tiers numbers the weights that articles have, the most popular first; articles without one come last.
func tiers(articles []content.Article) map[int]uint32 {
	var weights []int
	for i := range articles {
		if w := articles[i].Weight; w != 0 {
			weights = append(weights, w)
		}
	}
	slices.Sort(weights)
	weights = slices.Compact(weights)
	tier := map[int]uint32{0: uint32(len(weights))}
	for i, w := range weights {
		tier[w] = uint32(i)
	}
	return tier
}

// completionSize is that of an entry on disk: passage, tier, and where its keys end.
const completionSize = 12

// titleFlag marks the completions of titles in the passage's number on disk.
const titleFlag = 1 << 31

// appendCompletions writes them in the order in which they are offered: the popular ones first, then the short ones,
// which are more often what was meant. On disk they are their number and the length of all keys, an entry of fixed size
// each, and the keys.
func appendCompletions(b []byte, list []completion) []byte {
	slices.SortStableFunc(list, func(x, y completion) int {
		return cmp.Or(cmp.Compare(x.tier, y.tier), cmp.Compare(x.length(), y.length()))
	})
	le := binary.LittleEndian
	size := 0
	for i := range list {
		size += len(list[i].keys)
	}
	b = le.AppendUint32(b, uint32(len(list)))
	b = le.AppendUint32(b, uint32(size))
	end := 0
	for _, c := range list {
		end += len(c.keys)
		if c.ofTitle {
			c.passage |= titleFlag
		}
		b = le.AppendUint32(b, c.passage)
		b = le.AppendUint32(b, c.tier)
		b = le.AppendUint32(b, uint32(end))
	}
	for _, c := range list {
		b = append(b, c.keys...)
	}
	return b
}

// length is that of the first key, in bytes.
func (c *completion) length() int {
	if i := strings.IndexAny(c.keys, "\t\n"); i >= 0 {
		return i
	}
	return len(c.keys)
}

// completions are those of a generation. They stay where the generation's meta is mapped; only rows take memory.
type completions struct {
	entries, keys []byte
	// rows are made when something is first completed.
	rows func() *completionRows
}

var errCompletions = errors.New("completions are cut off or out of range")

// readCompletions reads what appendCompletions wrote and returns what follows. It keeps using b.
func readCompletions(b []byte, passages int) (c completions, rest []byte, err error) {
	le := binary.LittleEndian
	if len(b) < 8 {
		return c, nil, errCompletions
	}
	n, size := uint64(le.Uint32(b)), uint64(le.Uint32(b[4:]))
	b = b[8:]
	if uint64(len(b)) < n*completionSize+size {
		return c, nil, errCompletions
	}
	c.entries, b = b[:n*completionSize], b[n*completionSize:]
	c.keys, b = b[:size], b[size:]
	last := uint32(0)
	for i := range int(n) {
		e := c.entries[i*completionSize:]
		end := le.Uint32(e[8:])
		if le.Uint32(e)&^titleFlag >= uint32(passages) || end < last || uint64(end) > size {
			return c, nil, errCompletions
		}
		last = end
	}
	c.rows = sync.OnceValue(c.newRows)
	return c, b, nil
}

func (c *completions) len() int { return len(c.entries) / completionSize }

func (c *completions) at(i int) completion {
	le := binary.LittleEndian
	e := c.entries[i*completionSize:]
	from := uint32(0)
	if i > 0 {
		from = le.Uint32(c.entries[(i-1)*completionSize+8:])
	}
	passage := le.Uint32(e)
	return completion{
		passage: passage &^ titleFlag, ofTitle: passage&titleFlag != 0, tier: le.Uint32(e[4:]),
		keys: string(c.keys[from:le.Uint32(e[8:])]),
	}
}

func (c *completions) tierOf(i int) uint32 {
	return binary.LittleEndian.Uint32(c.entries[i*completionSize+4:])
}

// A row has a bit for each completion. An empty one has none.
type row []uint64

func (r row) has(i int) bool { return i>>6 < len(r) && r[i>>6]&(1<<(i&63)) != 0 }

// completionRows say which completions may match, so that few must be looked at: for 100,000 they are some 10 MB, and a
// keystroke reads a few of them, of 12 KB each.
//
// A row belongs to a class of characters: the letter with which it is spelled, of Latin letters and of Han characters in
// every reading (行: h and x), or "other" for digits and the rest.
type completionRows struct {
	bits   int
	single [classes]row          // holds such a character
	first  [classes]row          // a wording begins with one
	pair   [classes][classes]row // holds the one and then the other
	han    [hanRows]row          // holds a Han character with this hash
	// syllables are those of Mandarin; beginnings are what one can begin with, the syllable itself included.
	syllables, beginnings map[string]bool
}

const (
	classes = 27
	other   = classes - 1
	hanRows = 256
)

func (x *completionRows) mark(r *row, i int) {
	if *r == nil {
		*r = make(row, (x.bits+63)/64)
	}
	(*r)[i>>6] |= 1 << (i & 63)
}

// classesOf appends the classes of a character, each once.
func classesOf(to []uint8, r rune) []uint8 {
	switch {
	case 'a' <= r && r <= 'z':
		return append(to, uint8(r-'a'))
	case r == 'ü':
		return append(to, 'v'-'a')
	}
	n := len(to)
	for _, s := range analysis.Readings(r) {
		if class := s.String()[0] - 'a'; !slices.Contains(to[n:], class) {
			to = append(to, class)
		}
	}
	if len(to) == n {
		to = append(to, other)
	}
	return to
}

func (c *completions) newRows() *completionRows {
	x := &completionRows{bits: c.len(), syllables: map[string]bool{}, beginnings: map[string]bool{}}
	for s := 1; s < analysis.Syllables(); s++ {
		name := analysis.Syllable(s).String()
		x.syllables[name] = true
		for end := 1; end <= len(name); end++ {
			x.beginnings[name[:end]] = true
		}
	}
	var before, now []uint8
	for i := range c.len() {
		before = before[:0]
		for _, r := range c.at(i).keys {
			if r == '\n' || r == '\t' {
				before = before[:0]
				continue
			}
			now = classesOf(now[:0], r)
			for _, class := range now {
				x.mark(&x.single[class], i)
				if len(before) == 0 {
					x.mark(&x.first[class], i)
				}
				for _, b := range before {
					x.mark(&x.pair[b][class], i)
				}
			}
			if isHan(r) {
				x.mark(&x.han[r%hanRows], i)
			}
			before, now = now, before
		}
	}
	return x
}

// A step is how the next character of a wording may have been typed: as so many characters, of which the first is of
// the class.
type step struct {
	class uint8
	n     int
}

// steps are the ways in which what was typed can go on: a character as it is, the first letter of its reading, with an
// h behind z, c and s, the whole syllable, or, where nothing follows, a part of one.
func (x *completionRows) steps(typed []rune) (list []step) {
	r := typed[0]
	if r > 'z' || r < 'a' {
		var class [8]uint8
		return []step{{classesOf(class[:0], r)[0], 1}}
	}
	class := uint8(r - 'a')
	list = append(list, step{class, 1})
	var syllable [maxSyllable]byte
	for i, r := range typed[:min(len(typed), maxSyllable)] {
		if r < 'a' || r > 'z' {
			break
		}
		syllable[i] = byte(r)
		s := string(syllable[:i+1])
		if i > 0 && (x.syllables[s] || s == "zh" || s == "ch" || s == "sh" || i+1 == len(typed) && x.beginnings[s]) {
			list = append(list, step{class, i + 1})
		}
	}
	return list
}

// maxSyllable is the length of the longest, zhuang.
const maxSyllable = 6

// candidates returns a row of the completions that may hold what was typed, and one of those that may begin with it.
func (x *completionRows) candidates(typed []rune) (holding, beginning row) {
	holding, beginning = make(row, (x.bits+63)/64), make(row, (x.bits+63)/64)
	for _, s := range x.steps(typed) {
		here := x.single[s.class]
		if s.n < len(typed) {
			here = x.following(typed[s.n:], s.class, 1)
		}
		holding.or(here)
		beginning.or(x.first[s.class])
	}
	for _, r := range typed {
		if isHan(r) {
			holding.and(x.han[r%hanRows])
		}
	}
	beginning.and(holding)
	return holding, beginning
}

// following are the completions that may hold what was typed behind a character of the class. It looks at the first few
// characters only.
func (x *completionRows) following(typed []rune, class uint8, depth int) row {
	const deepest = 3
	all := make(row, (x.bits+63)/64)
	for _, s := range x.steps(typed) {
		pair := x.pair[class][s.class]
		if pair == nil {
			continue
		}
		if s.n == len(typed) || depth == deepest {
			all.or(pair)
			continue
		}
		rest := x.following(typed[s.n:], s.class, depth+1)
		rest.and(pair)
		all.or(rest)
	}
	return all
}

func (r row) or(other row) {
	for i := range other {
		r[i] |= other[i]
	}
}

func (r row) and(other row) {
	if other == nil {
		clear(r)
		return
	}
	for i := range r {
		r[i] &= other[i]
	}
}
