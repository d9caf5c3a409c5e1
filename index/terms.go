package index

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"sort"

	"jieda/index/analysis"
)

// termCounter numbers the terms of a generation in order of first appearance, so that frequent ones get small
// numbers and vectors stay short, and counts in how many texts and questions of each group each occurs.
type termCounter struct {
	ids    keyTable
	keys   []analysis.Key
	public []occurrences            // in the first group, by number
	others []map[uint32]occurrences // in the groups after it
}

func newTermCounter() *termCounter { return &termCounter{} }

func (c *termCounter) id(k analysis.Key) uint32 {
	id, added := c.ids.number(k)
	if added {
		c.keys = append(c.keys, k)
		c.public = append(c.public, occurrences{})
	}
	return id
}

// count adds the vector of one more passage, which belongs to the n-th group, g.
func (c *termCounter) count(v *vector, n int, g *group) {
	add := func(term, inText, inUnits uint32) {
		if n == 0 {
			c.public[term].inText += inText
			c.public[term].inUnits += inUnits
			return
		}
		for len(c.others) < n {
			c.others = append(c.others, map[uint32]occurrences{})
		}
		o := c.others[n-1][term]
		c.others[n-1][term] = occurrences{o.inText + inText, o.inUnits + inUnits}
	}
	g.Passages++
	g.TextTerms += v.textLen
	for _, t := range v.text {
		add(t.term, 1, 0)
	}
	for _, u := range v.units {
		g.Units++
		g.UnitTerms += u.len
		for _, t := range u.terms {
			add(t.term, 0, 1)
		}
	}
}

// total is how many texts and questions of all groups hold a term.
func (c *termCounter) total(term uint32) occurrences {
	sum := c.public[term]
	for _, counts := range c.others {
		o := counts[term]
		sum.inText += o.inText
		sum.inUnits += o.inUnits
	}
	return sum
}

// A termTable knows the terms of a generation, and how frequent each is in the group that everybody sees. It reads
// straight from the generation's bytes and costs no memory of its own.
//
// Layout, little-endian: count uint32; keys, ascending, uint64 each; for every key, in that order, a row of its number,
// the number of texts and the number of questions that hold it, uint32 each. Then for every further group: count uint32,
// and the rows of the terms that it holds.
type termTable struct {
	n    int
	keys []byte
	rows []byte
}

const termRow = 12

// append writes the table for a number of groups, the first included.
func (c *termCounter) append(b []byte, groups int) []byte {
	order := make([]keySlot, len(c.keys))
	for i, k := range c.keys {
		order[i] = keySlot{k, uint32(i)}
	}
	slices.SortFunc(order, func(x, y keySlot) int { return cmp.Compare(x.key, y.key) })
	b = slices.Grow(b, 4+(8+termRow)*len(order))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(order)))
	for _, t := range order {
		b = binary.LittleEndian.AppendUint64(b, uint64(t.key))
	}
	for _, t := range order {
		b = appendTermRow(b, t.number, c.public[t.number])
	}
	for n := range groups - 1 {
		var counts map[uint32]occurrences
		if n < len(c.others) {
			counts = c.others[n]
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(len(counts)))
		for _, id := range slices.Sorted(maps.Keys(counts)) {
			b = appendTermRow(b, id, counts[id])
		}
	}
	return b
}

func appendTermRow(b []byte, id uint32, o occurrences) []byte {
	b = binary.LittleEndian.AppendUint32(b, id)
	b = binary.LittleEndian.AppendUint32(b, o.inText)
	return binary.LittleEndian.AppendUint32(b, o.inUnits)
}

func readTermRow(row []byte) (id, inText, inUnits uint32) {
	return binary.LittleEndian.Uint32(row), binary.LittleEndian.Uint32(row[4:]), binary.LittleEndian.Uint32(row[8:])
}

// readTermTable reads what append wrote. counts are the rows of the groups after the first.
func readTermTable(b []byte, groups int) (t termTable, counts [][]byte, err error) {
	// take cuts n times size bytes off.
	take := func(n, size int) (cut []byte) {
		if n > len(b)/size {
			b, err = nil, errRecord
			return nil
		}
		cut, b = b[:n*size], b[n*size:]
		return cut
	}
	count := func() int {
		if n := take(1, 4); n != nil {
			return int(binary.LittleEndian.Uint32(n))
		}
		return 0
	}
	t.n = count()
	t.keys, t.rows = take(t.n, 8), take(t.n, termRow)
	for range groups - 1 {
		counts = append(counts, take(count(), termRow))
	}
	if err == nil && len(b) > 0 {
		err = errRecord
	}
	if err != nil {
		return termTable{}, nil, err
	}
	return t, counts, nil
}

// key is the i-th key; they ascend.
func (t termTable) key(i int) analysis.Key {
	return analysis.Key(binary.LittleEndian.Uint64(t.keys[8*i:]))
}

// from is the position of the first key that is not less than k, n when there is none.
func (t termTable) from(k analysis.Key) int {
	return sort.Search(t.n, func(i int) bool { return t.key(i) >= k })
}

// row returns the number and counts of the i-th key.
func (t termTable) row(i int) (id, inText, inUnits uint32) { return readTermRow(t.rows[termRow*i:]) }

// idf is the inverse document frequency of BM25 as Lucene has it, never negative:
// ln(1 + (N − df + ½)/(df + ½)). Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
// Beyond", 2009, §3.1, with the 1+ of Lucene's BM25Similarity.
func idf(n, df int) float64 {
	return math.Log(1 + (float64(n-df)+0.5)/(float64(df)+0.5))
}
