package index

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"jieda/index/analysis"
)

// maxNames is how many names a generation keeps for correcting typing errors.
const maxNames = 20_000

// Names that are corrected are at least so long (vip, vpn and app are too near to each other) and at most.
const minName, maxName = 4, 32

// namesOf lists the Latin words among terms: tokens, or parts of tokens, of small letters only. One may occur twice.
func namesOf(terms []analysis.Term, folded string) []string {
	var names []string
	for _, t := range terms {
		if t.Kind != analysis.Latin || !isName(folded[t.Start:t.End]) {
			continue
		}
		names = append(names, folded[t.Start:t.End])
	}
	return names
}

func isName(token string) bool {
	if len(token) < minName || len(token) > maxName {
		return false
	}
	for i := range len(token) {
		if token[i] < 'a' || token[i] > 'z' {
			return false
		}
	}
	return true
}

// frequentNames chooses the names that are in a question or in at least two texts, the most frequent first.
func (c *termCounter) frequentNames(names map[string]bool) []string {
	count := func(name string) int {
		id, _ := c.ids.find(analysis.LatinKey(name))
		total := c.total(id)
		return int(total.inText) + int(total.inUnits)
	}
	var list []string
	for name := range names {
		if id, ok := c.ids.find(analysis.LatinKey(name)); ok {
			if total := c.total(id); total.inText >= 2 || total.inUnits > 0 {
				list = append(list, name)
			}
		}
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(count(b), count(a)), strings.Compare(a, b)) })
	return list[:min(len(list), maxNames)]
}

// nearestName returns the site's name that the token is probably a misspelling of: one edit away, or two from eight
// letters on, with the first letter right, or changed with the second; of several the nearest, then the most frequent.
// Hardly anybody mistypes the first letter (Pollock and Zamora, 1984), and a name that nobody knows is often like one that
// the site has (elinks and links, swift and shift, lolcat and local). It is "" when there is none, and for what is not a word of
// letters: a code that nobody knows must not become its neighbour's.
func (s *speller) nearestName(token string) string {
	if !isName(token) {
		return ""
	}
	limit := 1
	if len(token) >= 8 {
		limit = 2
	}
	mask := letterMask(token)
	nearest := int32(-1)
	among := func(list []int32) {
		for _, i := range list {
			name := s.names[i]
			if n := len(name) - len(token); n > limit || -n > limit || bits.OnesCount32(mask^s.nameLetters[i]) > 2*limit {
				continue
			}
			if name[0] != token[0] && (name[0] != token[1] || name[1] != token[0]) {
				continue
			}
			if d := edits(token, name, limit); d < limit || d == limit && (nearest < 0 || i < nearest) {
				nearest, limit = i, d
			}
		}
	}
	among(s.namesBy[token[0]-'a'])
	if token[1] != token[0] {
		among(s.namesBy[token[1]-'a'])
	}
	if nearest < 0 {
		return ""
	}
	return s.names[nearest]
}

// byFirst lists the positions of names by their first letter. All names are of small letters, see isName.
func byFirst(names []string) (lists [26][]int32) {
	for i, name := range names {
		lists[name[0]-'a'] = append(lists[name[0]-'a'], int32(i))
	}
	return lists
}

// letterMask has one bit for each letter that occurs; an edit changes at most two of them.
func letterMask(s string) (mask uint32) {
	for i := range len(s) {
		mask |= 1 << (s[i] & 31)
	}
	return mask
}

func letterMasks(names []string) []uint32 {
	masks := make([]uint32, len(names))
	for i, name := range names {
		masks[i] = letterMask(name)
	}
	return masks
}

// edits is the least number of letters to insert, delete, replace or swap with the next to make b of a (optimal string
// alignment), or any number greater than limit if it is greater.
func edits(a, b string, limit int) int {
	var rows [3][maxName + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			d := last[j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			d = min(d, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > limit {
			return least
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
