package index

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"jieda/index/analysis"
)

// TestKeyTable compares with a map: keys that differ in few bits, of every kind, and more of them than there was room for.
func TestKeyTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var table keyTable
	if _, ok := table.find(analysis.CharKey('退')); ok {
		t.Error("an empty table holds a key")
	}
	for round := range 20 {
		table.reset(rng.IntN(50))
		want := map[analysis.Key]uint32{}
		for range 1 << (round % 12) * 3 {
			k := analysis.PairKey('一'+rune(rng.IntN(40)), '丁'+rune(rng.IntN(40)))
			switch rng.IntN(3) {
			case 0:
				k = analysis.CharKey('一' + rune(rng.IntN(200)))
			case 1:
				k = analysis.LatinKey(string(rune('a' + rng.IntN(26))))
			}
			n, known := want[k]
			if got, ok := table.find(k); ok != known || ok && got != n {
				t.Fatalf("find(%x) = %d, %v, want %d, %v", k, got, ok, n, known)
			}
			if !known {
				n = uint32(len(want))
				want[k] = n
			}
			if got, added := table.number(k); got != n || added == known {
				t.Fatalf("number(%x) = %d, %v, want %d, %v", k, got, added, n, !known)
			}
		}
		for k, n := range want {
			if got, ok := table.find(k); !ok || got != n {
				t.Fatalf("find(%x) = %d, %v, want %d", k, got, ok, n)
			}
		}
	}
}

func TestKeyCounter(t *testing.T) {
	var c keyCounter
	a, b := analysis.CharKey('退'), analysis.CharKey('款')
	first := c.count([]analysis.Key{b, a, b})
	if got := c.count([]analysis.Key{a}); !slices.Equal(got, []keyFreq{{a, 1}}) {
		t.Errorf("the second text has %v", got)
	}
	if want := []keyFreq{{b, 2}, {a, 1}}; !slices.Equal(first, want) {
		t.Errorf("the first text has %v, want %v, after the second as well", first, want)
	}
}

func TestSortTerms(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var room []termFreq
	for range 300 {
		seen := map[uint32]bool{}
		var terms []termFreq
		for range rng.IntN(400) {
			if id := rng.Uint32() >> rng.IntN(32); !seen[id] {
				seen[id] = true
				terms = append(terms, termFreq{id, rng.Uint32()})
			}
		}
		want := slices.Clone(terms)
		slices.SortFunc(want, func(x, y termFreq) int { return cmp.Compare(x.term, y.term) })
		if room = sortTerms(terms, room); !slices.Equal(terms, want) {
			t.Fatalf("%v are not sorted", terms)
		}
	}
}
