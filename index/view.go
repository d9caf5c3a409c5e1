package index

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"jieda/content"
	"jieda/index/analysis"
)

// A group is the articles that the same callers see from the same moment on. How often a word occurs is counted for each
// group, so that nothing which a caller gets (what is unknown, what a question weighs, how a typing error is corrected)
// depends on articles that it may not see: else anybody could find out which words they hold.
type group struct {
	Audience []string // who sees them; empty in the first group, which everybody sees
	From     int64    // Unix seconds, when they become valid; 0 when they were at the time of the build
	Passages int
	Units    int // questions
	// TextTerms and UnitTerms are numbers of terms in all of them, repeated ones counted.
	TextTerms, UnitTerms int
}

func (g *group) add(o group) {
	g.Passages += o.Passages
	g.Units += o.Units
	g.TextTerms += o.TextTerms
	g.UnitTerms += o.UnitTerms
}

// groupOf finds the group of an article, and makes it when it is the first one in it.
func (m *meta) groupOf(a *content.Article) int {
	g := group{}
	if !slices.Contains(a.Audience, content.Public) {
		g.Audience = a.Audience
	}
	if a.ValidFrom.After(m.BuiltAt) {
		g.From = a.ValidFrom.Unix()
	}
	for i := range m.Groups {
		if m.Groups[i].From == g.From && slices.Equal(m.Groups[i].Audience, g.Audience) {
			return i
		}
	}
	m.Groups = append(m.Groups, g)
	return len(m.Groups) - 1
}

// Occurrences are how many texts and questions hold a term.
type occurrences struct{ inText, inUnits uint32 }

// A view is what is known of a generation's words to those who see the same groups. It does not change.
type view struct {
	group           // all that is seen, taken together
	labels []string // of the groups, see Document.Filters
	terms  termTable
	more   map[uint32]occurrences // besides those that everybody sees, by term; nil when there are none
	// speller is made when a question first misses.
	speller func() *speller
}

// views makes and keeps the views of a generation. There are as many as keys have different audiences, at most.
type views struct {
	public *view
	mu     sync.Mutex
	others map[string]*view // by the positions of the groups, two bytes each
}

// view returns what callers of these audiences may know of the words.
func (m *meta) view(audiences []string, now time.Time) *view {
	if len(m.Groups) == 1 {
		return m.views.public
	}
	var seen []byte
	for i, g := range m.Groups[1:] {
		all := len(g.Audience) == 0
		if g.From <= now.Unix() && (all || slices.ContainsFunc(g.Audience, func(a string) bool { return slices.Contains(audiences, a) })) {
			seen = binary.BigEndian.AppendUint16(seen, uint16(i+1))
		}
	}
	if len(seen) == 0 {
		return m.views.public
	}
	m.views.mu.Lock()
	defer m.views.mu.Unlock()
	v, ok := m.views.others[string(seen)]
	if !ok {
		v = m.newView(seen)
		if m.views.others == nil {
			m.views.others = map[string]*view{}
		}
		m.views.others[string(seen)] = v
	}
	return v
}

// newView makes the view of the first group and of those listed.
func (m *meta) newView(seen []byte) *view {
	v := &view{group: m.Groups[0], labels: []string{groupLabel(0)}, terms: m.terms}
	for ; len(seen) > 0; seen = seen[2:] {
		i := int(binary.BigEndian.Uint16(seen))
		v.add(m.Groups[i])
		v.labels = append(v.labels, groupLabel(i))
		rows := m.counts[i-1]
		if v.more == nil {
			v.more = make(map[uint32]occurrences, len(rows)/termRow)
		}
		for ; len(rows) > 0; rows = rows[termRow:] {
			id, inText, inUnits := readTermRow(rows)
			sum := v.more[id]
			v.more[id] = occurrences{sum.inText + inText, sum.inUnits + inUnits}
		}
	}
	v.speller = sync.OnceValue(func() *speller { return newSpeller(v, m.frequent(v)) })
	return v
}

// averageText and averageUnit are how many terms a passage has, and a question.
func (v *view) averageText() float64 { return float64(v.TextTerms) / float64(max(1, v.Passages)) }
func (v *view) averageUnit() float64 { return float64(v.UnitTerms) / float64(max(1, v.Units)) }

// find returns a term's number and how many texts and questions hold it; known is false when none does that may be seen.
func (v *view) find(k analysis.Key) (id, inText, inUnits uint32, known bool) {
	i := v.terms.from(k)
	if i == v.terms.n || v.terms.key(i) != k {
		return 0, 0, 0, false
	}
	return v.row(i)
}

// row is find for the i-th term of the table.
func (v *view) row(i int) (id, inText, inUnits uint32, known bool) {
	id, inText, inUnits = v.terms.row(i)
	if v.more != nil {
		more := v.more[id]
		inText, inUnits = inText+more.inText, inUnits+more.inUnits
	}
	return id, inText, inUnits, inText|inUnits != 0
}

// knows says whether a name, number or code occurs as a whole.
func (v *view) knows(token string) bool {
	_, _, _, known := v.find(analysis.LatinKey(token))
	return known
}

// writes says whether the characters of a Han word occur, side by side, wherever the segmenter cuts between them.
func (v *view) writes(word string) bool {
	if r, size := utf8.DecodeRuneInString(word); size == len(word) {
		_, _, _, known := v.find(analysis.CharKey(r))
		return known
	}
	return v.says(word)
}

// asks says whether a question of the site holds a name, number or code as a whole.
func (v *view) asks(token string) bool {
	_, _, inUnits, _ := v.find(analysis.LatinKey(token))
	return inUnits > 0
}

// frequent are those of the generation's names that are in a question or in at least two texts of a view, the most
// frequent first.
func (m *meta) frequent(v *view) []string {
	if len(m.Groups) == 1 {
		return m.Names
	}
	type counted struct {
		name  string
		count uint32
	}
	var list []counted
	for _, name := range m.Names {
		if _, inText, inUnits, _ := v.find(analysis.LatinKey(name)); inText >= 2 || inUnits > 0 {
			list = append(list, counted{name, inText + inUnits})
		}
	}
	slices.SortFunc(list, func(a, b counted) int {
		if a.count != b.count {
			return int(b.count) - int(a.count)
		}
		return strings.Compare(a.name, b.name)
	})
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.name
	}
	return names
}
