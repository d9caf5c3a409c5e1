package index

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// A vector is everything that ranking needs to know of one passage, without its text: the terms of each of its
// questions and of the whole, with their frequencies. It is what lets two engines rank alike: they return candidates,
// we read their vectors.
//
// On disk, where numbers are uvarints, strings have their length before them, and terms are numbers of the
// generation's term table:
//
//	terms                             of the whole passage
//	units { wording traits terms }…   each question, the standard one first
//	negatives { wording }…
//
//	terms = length, count, count deltas of the ascending terms (uint16, little-endian), count frequencies (a byte)
//
// A delta over 65,535 is written as several, all but the last with frequency 0; a frequency over 255 as 255, where BM25
// is flat. Fixed sizes because ranking reads little else, and a branch that cannot be foreseen costs more than a byte.

// Lists of terms ascend.
type termFreq struct{ term, freq uint32 }

// A unit is one wording of a passage's question.
type unit struct {
	wording string // folded and compact: letters, digits and Han only
	traits  traits
	len     int // terms, repeated ones counted
	terms   []termFreq
}

type vector struct {
	textLen   int
	text      []termFreq
	units     []unit
	negatives []string
}

func (v *vector) append(b []byte) []byte {
	b = appendTerms(b, v.textLen, v.text)
	b = binary.AppendUvarint(b, uint64(len(v.units)))
	for _, u := range v.units {
		b = appendString(b, u.wording)
		b = append(b, byte(u.traits))
		b = appendTerms(b, u.len, u.terms)
	}
	b = binary.AppendUvarint(b, uint64(len(v.negatives)))
	for _, n := range v.negatives {
		b = appendString(b, n)
	}
	return b
}

func appendTerms(b []byte, length int, terms []termFreq) []byte {
	n, last := len(terms), uint32(0)
	for _, t := range terms {
		if t.term > last {
			n += int(t.term-last-1) / math.MaxUint16
		}
		last = t.term
	}
	b = binary.AppendUvarint(b, uint64(length))
	b = binary.AppendUvarint(b, uint64(n))
	b = slices.Grow(b, 3*n)
	deltas, freqs := b[len(b):len(b):len(b)+2*n], b[len(b)+2*n:len(b)+2*n:len(b)+3*n]
	b = b[:len(b)+3*n]
	last = 0
	for _, t := range terms {
		delta := t.term - last
		for ; delta > math.MaxUint16; delta -= math.MaxUint16 {
			deltas = binary.LittleEndian.AppendUint16(deltas, math.MaxUint16)
			freqs = append(freqs, 0)
		}
		deltas = binary.LittleEndian.AppendUint16(deltas, uint16(delta))
		freqs = append(freqs, byte(min(t.freq, 255)))
		last = t.term
	}
	return b
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

var errRecord = errors.New("record is cut off or malformed")

// A decoder reads what the append functions wrote. After the first error every result is zero and err is set.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) uint() uint64 {
	// One-byte numbers are nearly all of them; the loop is here for them.
	if len(d.b) > 0 && d.b[0] < 0x80 {
		n := uint64(d.b[0])
		d.b = d.b[1:]
		return n
	}
	n, k := binary.Uvarint(d.b)
	if k <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[k:]
	return n
}

func (d *decoder) bytes() []byte {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.fail()
		return nil
	}
	s := d.b[:n]
	d.b = d.b[n:]
	return s
}

func (d *decoder) string() string { return string(d.bytes()) }

func (d *decoder) fail() {
	d.err, d.b = errRecord, nil
}

// byte reads one byte.
func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.fail()
		return 0
	}
	c := d.b[0]
	d.b = d.b[1:]
	return c
}

// wanted are the terms of a question as vectors are read for them.
type wanted struct {
	ids            []uint32
	inText, inUnit []float64 // what each is worth
	next           []uint16  // of the terms with the same lowest bits: 1 and its position, 0 when there is none
	// at is, by the lowest bits of an id, 1 and the position of the first term that has these; 0 when none has. Nearly all
	// terms of a vector end here.
	at [1 << wantedBits]uint16
}

const wantedBits = 11

// newWanted has room for n terms.
func newWanted(n int) *wanted {
	weights := make([]float64, 2*n)
	return &wanted{ids: make([]uint32, 0, n), inText: weights[:0:n], inUnit: weights[n:n], next: make([]uint16, 0, n)}
}

func (w *wanted) add(id uint32, inText, inUnit float64) {
	slot := &w.at[id%(1<<wantedBits)]
	w.ids, w.inText, w.inUnit, w.next = append(w.ids, id), append(w.inText, inText), append(w.inUnit, inUnit), append(w.next, *slot)
	*slot = uint16(len(w.ids))
}

// score reads a list of terms and returns the BM25 sum over those that are wanted: weights[i] is what the i-th of them
// is worth. seen, if not nil, gets the sum of the weights of the terms that occurred. Formula: see bm25.
//
// Its loop looks at every term of every candidate. Nearly none of them is wanted, and that is all it finds out, of four
// at a time.
func (d *decoder) score(want *wanted, weights []float64, f bm25, seen *float64) (sum float64) {
	length, deltas, freqs := d.terms()
	if len(want.ids) == 0 {
		return 0
	}
	norm := f.norm(float64(length))
	add := func(i int, id uint32, at uint16) {
		for at > 0 && want.ids[at-1] != id {
			at = want.next[at-1]
		}
		if at > 0 && freqs[i] > 0 {
			weight, tf := weights[at-1], float64(freqs[i])
			sum += weight * tf * (f.k1 + 1) / (tf + norm)
			if seen != nil {
				*seen += weight
			}
		}
	}
	const low = 1<<wantedBits - 1
	i, id := 0, uint32(0)
	for ; len(deltas) >= 8; i, deltas = i+4, deltas[8:] {
		four := binary.LittleEndian.Uint64(deltas)
		id0 := id + uint32(four&math.MaxUint16)
		id1 := id0 + uint32(four>>16&math.MaxUint16)
		id2 := id1 + uint32(four>>32&math.MaxUint16)
		id3 := id2 + uint32(four>>48)
		at0, at1, at2, at3 := want.at[id0&low], want.at[id1&low], want.at[id2&low], want.at[id3&low]
		if at0|at1|at2|at3 != 0 {
			add(i, id0, at0)
			add(i+1, id1, at1)
			add(i+2, id2, at2)
			add(i+3, id3, at3)
		}
		id = id3
	}
	for ; len(deltas) >= 2; i, deltas = i+1, deltas[2:] {
		id += uint32(binary.LittleEndian.Uint16(deltas))
		add(i, id, want.at[id&low])
	}
	return sum
}

// holds says whether the next list of terms has a term.
func (d *decoder) holds(term uint32) bool {
	_, deltas, freqs := d.terms()
	id := uint32(0)
	for i := range freqs {
		id += uint32(binary.LittleEndian.Uint16(deltas[2*i:]))
		if id >= term && freqs[i] > 0 {
			return id == term
		}
	}
	return false
}

// terms reads a list of terms without looking into it.
func (d *decoder) terms() (length uint64, deltas, freqs []byte) {
	length = d.uint()
	n := d.uint()
	if n > uint64(len(d.b))/3 {
		d.fail()
		return 0, nil, nil
	}
	deltas, freqs, d.b = d.b[:2*n], d.b[2*n:3*n], d.b[3*n:]
	return length, deltas, freqs
}
