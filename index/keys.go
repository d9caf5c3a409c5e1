package index

import (
	"cmp"
	"math/bits"
	"slices"

	"jieda/index/analysis"
)

// A keyTable numbers keys in the order in which they come: the first is 0. It does what a map does in a quarter of the
// time, which counts because a build looks up every term of every text: it is a hash table with open addressing, and a
// term is found in one line of the processor's cache, mostly.
type keyTable struct {
	slots []keySlot // a power of two of them, at most two thirds taken
	shift int       // 64 − log2 of their number
	n     int
}

type keySlot struct {
	key    analysis.Key // 0, which is no key, where the slot is free
	number uint32
}

// reset forgets all keys and makes room for n.
func (t *keyTable) reset(n int) {
	size := 1 << bits.Len(uint(n+n/2))
	if size <= cap(t.slots) {
		t.slots = t.slots[:size]
		clear(t.slots)
	} else {
		t.slots = make([]keySlot, size)
	}
	t.shift = 64 - bits.TrailingZeros(uint(size))
	t.n = 0
}

// slot is where the key is, or would be.
func (t *keyTable) slot(k analysis.Key) *keySlot {
	// Fibonacci hashing: the product's high bits depend on all bits of the key.
	at := int(uint64(k) * 0x9E3779B97F4A7C15 >> t.shift)
	for {
		s := &t.slots[at]
		if s.key == k || s.key == 0 {
			return s
		}
		at = (at + 1) & (len(t.slots) - 1)
	}
}

func (t *keyTable) find(k analysis.Key) (number uint32, ok bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	s := t.slot(k)
	return s.number, s.key != 0
}

// number finds the key or adds it.
func (t *keyTable) number(k analysis.Key) (number uint32, added bool) {
	if 3*t.n >= 2*len(t.slots) {
		t.grow()
	}
	s := t.slot(k)
	if s.key != 0 {
		return s.number, false
	}
	*s = keySlot{k, uint32(t.n)}
	t.n++
	return s.number, true
}

func (t *keyTable) grow() {
	old := t.slots
	n := t.n
	t.slots = nil
	t.reset(max(len(old), 64)) // twice as many slots
	for _, s := range old {
		if s.key != 0 {
			*t.slot(s.key) = s
		}
	}
	t.n = n
}

// A keyFreq is a term and how often it occurs in a text.
type keyFreq struct {
	key  analysis.Key
	freq uint32
}

// A keyCounter counts the terms of one text after the other.
type keyCounter struct {
	table keyTable
	list  []keyFreq
}

// count returns each key with its number of occurrences, in the order of their first ones. The list is the caller's.
func (c *keyCounter) count(keys []analysis.Key) []keyFreq {
	c.table.reset(len(keys))
	c.list = c.list[:0]
	for _, k := range keys {
		n, added := c.table.number(k)
		if added {
			c.list = append(c.list, keyFreq{key: k})
		}
		c.list[n].freq++
	}
	return slices.Clone(c.list)
}

func compareByKey(x, y keyFreq) int { return cmp.Compare(x.key, y.key) }

// sortTerms sorts terms by number, each of which occurs once. room is used on the way, and returned because it may have
// grown. It is a radix sort, byte by byte from the lowest.
func sortTerms(terms, room []termFreq) []termFreq {
	if len(terms) < 32 {
		slices.SortFunc(terms, func(x, y termFreq) int { return cmp.Compare(x.term, y.term) })
		return room
	}
	highest := uint32(0)
	for _, t := range terms {
		highest = max(highest, t.term)
	}
	room = slices.Grow(room[:0], len(terms))[:len(terms)]
	from, to := terms, room
	for shift := 0; highest>>shift > 0; shift += 8 {
		var starts [256]int
		for _, t := range from {
			starts[t.term>>shift&0xff]++
		}
		at := 0
		for i, n := range starts {
			starts[i] = at
			at += n
		}
		for _, t := range from {
			digit := t.term >> shift & 0xff
			to[starts[digit]] = t
			starts[digit]++
		}
		from, to = to, from
	}
	copy(terms, from) // nothing when they are the same
	return room
}
