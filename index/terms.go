package index

import (
	"encoding/binary"
	"math"
	"sort"

	"jieda/index/analysis"
)

// termCounter numbers the terms of a generation in order of first appearance, so that frequent ones get small
// numbers and vectors stay short, and counts in how many texts and questions each occurs.
type termCounter struct {
	ids                  map[analysis.Key]uint32
	keys                 []analysis.Key
	inText               []uint32 // passages whose text holds the term
	inUnits              []uint32 // questions that hold it
	passages, units      int
	textTerms, unitTerms int // all terms, repeated ones counted
}

func newTermCounter() *termCounter { return &termCounter{ids: make(map[analysis.Key]uint32, 1<<16)} }

func (c *termCounter) id(k analysis.Key) uint32 {
	id, ok := c.ids[k]
	if !ok {
		id = uint32(len(c.keys))
		c.ids[k] = id
		c.keys = append(c.keys, k)
		c.inText = append(c.inText, 0)
		c.inUnits = append(c.inUnits, 0)
	}
	return id
}

// count adds the vector of one more passage.
func (c *termCounter) count(v *vector) {
	c.passages++
	c.textTerms += v.textLen
	for _, t := range v.text {
		c.inText[t.term]++
	}
	for _, u := range v.units {
		c.units++
		c.unitTerms += u.len
		for _, t := range u.terms {
			c.inUnits[t.term]++
		}
	}
}

// A termTable answers how frequent a term is in a generation. It reads straight from the generation's bytes and costs
// no memory of its own.
//
// Layout, little-endian: count uint32; keys, ascending, uint64 each; for every key, in that order, its number, the
// number of texts and the number of questions that hold it, uint32 each.
type termTable struct {
	n    int
	keys []byte
	rows []byte
}

const termRow = 12

// append writes the table.
func (c *termCounter) append(b []byte) []byte {
	order := make([]uint32, len(c.keys))
	for i := range order {
		order[i] = uint32(i)
	}
	sort.Slice(order, func(i, j int) bool { return c.keys[order[i]] < c.keys[order[j]] })
	b = binary.LittleEndian.AppendUint32(b, uint32(len(order)))
	for _, id := range order {
		b = binary.LittleEndian.AppendUint64(b, uint64(c.keys[id]))
	}
	for _, id := range order {
		b = binary.LittleEndian.AppendUint32(b, id)
		b = binary.LittleEndian.AppendUint32(b, c.inText[id])
		b = binary.LittleEndian.AppendUint32(b, c.inUnits[id])
	}
	return b
}

func readTermTable(b []byte) (termTable, error) {
	if len(b) < 4 {
		return termTable{}, errRecord
	}
	n := int(binary.LittleEndian.Uint32(b))
	if len(b) != 4+n*(8+termRow) {
		return termTable{}, errRecord
	}
	return termTable{n: n, keys: b[4 : 4+8*n], rows: b[4+8*n:]}, nil
}

// key is the i-th key; they ascend.
func (t termTable) key(i int) analysis.Key {
	return analysis.Key(binary.LittleEndian.Uint64(t.keys[8*i:]))
}

// from is the position of the first key that is not less than k, n when there is none.
func (t termTable) from(k analysis.Key) int {
	return sort.Search(t.n, func(i int) bool { return t.key(i) >= k })
}

// find returns the term's number and counts; ok is false for a term that occurs nowhere.
func (t termTable) find(k analysis.Key) (id, inText, inUnits uint32, ok bool) {
	i := t.from(k)
	if i == t.n || t.key(i) != k {
		return 0, 0, 0, false
	}
	return t.row(i)
}

// row returns the number and counts of the i-th key; ok is true.
func (t termTable) row(i int) (id, inText, inUnits uint32, ok bool) {
	row := t.rows[termRow*i:]
	return binary.LittleEndian.Uint32(row), binary.LittleEndian.Uint32(row[4:]), binary.LittleEndian.Uint32(row[8:]), true
}

// idf is the inverse document frequency of BM25 as Lucene has it, never negative:
// ln(1 + (N − df + ½)/(df + ½)). Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
// Beyond", 2009, §3.1, with the 1+ of Lucene's BM25Similarity.
func idf(n, df int) float64 {
	return math.Log(1 + (float64(n-df)+0.5)/(float64(df)+0.5))
}
